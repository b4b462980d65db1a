//! What changed against a revision or a newer document, and whether it breaks users.

use std::{fs, path::Path, process::Command};

use reachout_codegen::{diff_against, diff_base, import};
use tempfile::TempDir;

use crate::bad_specs::{GOOD, workspace};

const VERSION: &str = "[workspace]\n\n[workspace.package]\nversion = \"0.1.0\"\n";

fn git(root: &Path, arguments: &[&str]) {
    let run = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// A repository whose last commit has the good spec.
fn repository() -> TempDir {
    let root = workspace(GOOD);
    fs::create_dir_all(root.path().join("crates/demo")).unwrap();
    fs::write(root.path().join("Cargo.toml"), VERSION).unwrap();
    fs::write(root.path().join("crates/demo/Cargo.toml"), "[package]\nname = \"demo\"\nversion.workspace = true\n").unwrap();
    git(root.path(), &["init", "--quiet"]);
    git(root.path(), &["add", "-A"]);
    git(root.path(), &["commit", "--quiet", "-m", "Begin"]);
    root
}

#[test]
fn a_change_is_named_and_said_to_break_or_not() {
    for (name, from, to, breaking, expected) in [
        ("nothing", "", "", false, "Nothing changed"),
        ("a comment", "openapi: 3.0.3", "# Read again.\nopenapi: 3.0.3", false, "Nothing changed"),
        (
            "an optional field of a request",
            "          maxLength: 100\n",
            "          maxLength: 100\n        subject: { type: string, description: The subject. }\n",
            false,
            "`SendMessageRequest.subject` is new",
        ),
        (
            "a required field of a request",
            "      required: [text]\n      properties:\n",
            "      required: [text, from]\n      properties:\n        from: { type: string, description: Who sends. }\n",
            true,
            "**breaks** `SendMessageRequest` was `new(text)` and is `new(text, from)`",
        ),
        (
            "a field of a response that may be left out",
            "      required: [id]\n",
            "",
            true,
            "**breaks** `SendMessageResponse.id` was `String` and is `Option<String>`",
        ),
        ("a new value of an open enum", "enum: [queued, sent]", "enum: [queued, sent, read]", false, "`Status.Read` is new"),
        (
            "another name of an operation",
            "operationId: send_message",
            "operationId: post_message",
            true,
            "**breaks** `messages().send` is gone",
        ),
        (
            "another effect",
            "x-effect: reaches-a-person",
            "x-effect: reads",
            true,
            "**breaks** `messages().send.(effect)` was `reaches a person, sent once` and is `reads, repeated`",
        ),
        (
            "another repeat",
            "x-effect: reaches-a-person",
            "x-effect: changes\n      x-repeat: same",
            true,
            "**breaks** `messages().send.(effect)` was `reaches a person, sent once` and is `changes, repeated`",
        ),
        ("another path", "/contacts/{id}/messages:", "/people/{id}/messages:", false, "`POST /people/{id}/messages`"),
    ] {
        let root = repository();
        assert!(from.is_empty() || GOOD.matches(from).count() == 1, "{name}: the text to change is not there once");
        // What is required is in the example too.
        let spec = if from.is_empty() { GOOD.to_owned() } else { GOOD.replacen(from, to, 1) };
        let spec = if name.starts_with("a required") {
            spec.replace("              text: Hi\n", "              text: Hi\n              from: u1\n")
        } else {
            spec
        };
        fs::write(root.path().join("specs/demo/openapi.yaml"), spec).unwrap();
        let report = diff_base(root.path(), "HEAD", &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = report.to_string();
        assert!(text.contains(expected), "{name}: `{expected}` is not in\n{text}");
        assert_eq!(report.is_refused(), breaking, "{name}:\n{text}");
    }
}

#[test]
fn a_version_may_say_that_it_breaks() {
    for (version, refused) in [("0.1.0", true), ("0.1.1", true), ("0.2.0", false), ("1.0.0", false)] {
        let root = repository();
        fs::write(root.path().join("specs/demo/openapi.yaml"), GOOD.replace("operationId: send_message", "operationId: post_message"))
            .unwrap();
        fs::write(root.path().join("Cargo.toml"), VERSION.replace("0.1.0", version)).unwrap();
        let report = diff_base(root.path(), "HEAD", &["demo".into()]).unwrap();
        assert_eq!(report.is_refused(), refused, "{version}:\n{report}");
    }
}

#[test]
fn a_vendor_comes_and_goes() {
    let root = repository();
    fs::create_dir_all(root.path().join("specs/other")).unwrap();
    fs::create_dir_all(root.path().join("crates/other")).unwrap();
    fs::rename(root.path().join("specs/demo/openapi.yaml"), root.path().join("specs/other/openapi.yaml")).unwrap();
    let report = diff_base(root.path(), "HEAD", &[]).unwrap();
    let text = report.to_string();
    assert!(text.contains("new crate `other`, 1 operations") && text.contains("crate `demo` is gone"), "{text}");
    assert!(report.is_refused());
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let root = repository();
    for revision in ["no-such-branch", "--output=x", ""] {
        let error = diff_base(root.path(), revision, &[]).unwrap_err().to_string();
        assert!(error.contains(&format!("git has no specs at `{revision}`")) && error.contains("--base origin/main"), "{error}");
    }
}

#[test]
fn a_newer_document_is_compared_with_what_was_imported() {
    let published = "openapi: 3.0.0\ninfo: { title: Shop, version: '1' }\npaths:\n  /orders:\n    get:\n      operationId: list_orders\n      responses:\n        \
                     '200': { description: Orders., content: { application/json: { schema: { $ref: '#/components/schemas/Orders' } } } }\ncomponents:\n  schemas:\n    \
                     Orders: { type: object, properties: { total: { type: integer }, note: { type: string } } }\n";
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("shop.yaml");
    fs::write(&file, published).unwrap();
    import(root.path(), &file, "shop").unwrap();
    let same = diff_against(root.path(), &file, "shop").unwrap();
    assert!(same.vendors.is_empty() && !same.is_refused(), "{same}");
    fs::write(&file, published.replace("note: { type: string }", "remark: { type: string }")).unwrap();
    let report = diff_against(root.path(), &file, "shop").unwrap();
    let text = report.to_string();
    assert!(text.contains("**breaks** `Orders.note` is gone") && text.contains("`Orders.remark` is new"), "{text}");
    assert!(report.is_refused());
}
