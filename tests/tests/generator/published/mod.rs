//! Published documents become drafts that can be generated from. Each case is a reduction of something that a real document does.

mod cases;
pub mod documents;
mod groups;
mod overlays;
mod versions;

use std::{fs, path::Path};

use reachout_codegen::{Mode, Written, import, lint, regen};
use serde_json::Value;

/// Something that published documents do, and what stands in the draft.
pub struct Case {
    pub name: &'static str,
    /// Operations and components, in the words of OpenAPI.
    pub paths: &'static str,
    pub schemas: &'static str,
    /// A pointer into the draft, and the JSON there; `null` where nothing is.
    pub draft: &'static [(&'static str, &'static str)],
    /// Steps that are listed as lossy.
    pub lossy: &'static [&'static str],
}

/// A document with these paths and schemas.
fn published(case: &Case) -> String {
    let version = if case.name.contains("3.1") { "3.1.0" } else { "3.0.1" };
    format!(
        "openapi: {version}\ninfo: {{ title: Things, version: 2 }}\nservers: [{{ url: \"https://api.things.example/\" }}]\npaths:\n{}\ncomponents:\n  schemas:\n    \
         Thing: {{ type: object, properties: {{ id: {{ type: string }} }} }}\n{}\n",
        case.paths, case.schemas
    )
}

/// Imports every case into a workspace, as the vendors `case0`, `case1` …
pub fn import_all(root: &Path) -> Vec<(&'static Case, Written)> {
    let imported = cases::CASES.iter().enumerate().map(|(index, case)| {
        let file = root.join(format!("case{index}.yaml"));
        fs::write(&file, published(case)).unwrap();
        let written =
            import(root, &file, &format!("case{index}")).unwrap_or_else(|error| panic!("{}: {error}\n{}", case.name, published(case)));
        (case, written)
    });
    imported.collect()
}

/// The bundled document of a vendor, after generation.
fn bundled(root: &Path, vendor: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root.join(format!("crates/{vendor}/openapi.json"))).unwrap()).unwrap()
}

#[test]
fn what_published_documents_do_becomes_a_draft() {
    let root = tempfile::tempdir().unwrap();
    let imported = import_all(root.path());
    regen(root.path(), Mode::Write).unwrap_or_else(|error| panic!("{error}"));
    let mut wrong = Vec::new();
    for (index, (case, written)) in imported.iter().enumerate() {
        let document = bundled(root.path(), &format!("case{index}"));
        for (pointer, expected) in case.draft {
            let expected: Value = serde_json::from_str(expected).unwrap();
            let found = document.pointer(pointer).cloned().unwrap_or_default();
            if found != expected {
                wrong.push(format!("{}: {pointer} is {found}, not {expected}", case.name));
            }
        }
        for step in case.lossy {
            if !written.lossy.iter().any(|(known, _)| known.contains(step)) {
                wrong.push(format!("{}: `{step}` is not among {:?}", case.name, written.lossy));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(regen(root.path(), Mode::Check).unwrap(), [], "a draft reads back as it was written");
}

#[test]
fn a_draft_can_be_generated_from_and_lists_the_rest_as_work() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("things.yaml");
    fs::write(&file, published(&cases::CASES[0])).unwrap();
    let written = import(root.path(), &file, "things").unwrap();
    let linted = lint(root.path(), &[]).unwrap();
    assert_eq!(linted.work.len(), written.work);
    let messages: Vec<&str> = linted.work.iter().map(|finding| finding.message.as_str()).collect();
    for expected in ["the vendor's page is not given", "this example was made up by an import", "component `Thing` has no description"] {
        assert!(messages.contains(&expected), "{expected} is not among {messages:#?}");
    }
    let spec = fs::read_to_string(root.path().join("specs/things/openapi.yaml")).unwrap();
    let finished = root.path().join("specs/things/openapi.yaml");
    fs::write(&finished, spec.replace("x-draft: true\n", "")).unwrap();
    let error = lint(root.path(), &[]).unwrap_err().to_string();
    assert!(error.contains("component `Thing` has no description"), "what is no draft follows the conventions: {error}");
    assert!(regen(root.path(), Mode::Write).is_err());
}

#[test]
fn a_document_written_by_hand_is_not_replaced() {
    let root = crate::bad_specs::workspace(crate::bad_specs::GOOD);
    let file = root.path().join("things.yaml");
    fs::write(&file, published(&cases::CASES[0])).unwrap();
    let error = import(root.path(), &file, "demo").unwrap_err().to_string();
    assert!(error.contains("specs/demo/openapi.yaml was written by hand") && error.contains("cargo xtask diff --against"), "{error}");
    assert_eq!(fs::read_to_string(root.path().join("specs/demo/openapi.yaml")).unwrap(), crate::bad_specs::GOOD);
}
