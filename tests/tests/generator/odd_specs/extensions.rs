//! `x-extend`: what an edition adds to what it shares.

use std::fs;

use reachout_codegen::{Mode, lint, regen};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{GOOD, PATH, SCHEMA, before};
use crate::bad_specs::workspace;

const SHARED: &str = "paths:
  /shared/{id}:
    put:
      operationId: update_thread
      tags: [messages]
      x-effect: changes
      summary: Update a thread
      description: Updates one thread.
      parameters:
        - { name: id, in: path, required: true, description: The thread., schema: { type: string }, example: t1 }
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: \"#/components/schemas/Thread\" }
            example: { name: a, topic: b }
      responses:
        2XX: { description: Done. }
        4XX: { $ref: \"#/components/responses/Error\" }
        5XX: { $ref: \"#/components/responses/Error\" }
components:
  responses:
    Error: { $ref: \"../demo/openapi.yaml#/components/responses/Error\" }
  schemas:
    Thread:
      type: object
      description: A thread.
      required: [name, topic]
      properties:
        name: { type: string, description: Its name. }
        topic: { type: string, description: What it is about. }
        status: { type: string, description: Its state. }
";

const OPERATION: &str = "  /shared/{id}:
    $ref: \"../shared/threads.yaml#/paths/~1shared~1{id}\"
    put:
      x-extend: true
      externalDocs: { url: https://demo.example/threads }
      x-evidence: { level: full }
      description: Updates one thread, or its place.
      parameters:
        - { name: place, in: query, description: Its place., schema: { type: integer, format: int64 }, example: 1 }
      requestBody:
        content:
          application/json:
            example: { topic: null, pinned: true }";

const EXTENSION: &str = "    Thread:
      $ref: \"../shared/threads.yaml#/components/schemas/Thread\"
      x-extend:
        description: A thread of this edition.
        properties:
          topic: null
          pinned: { type: boolean, description: Whether it stands first. }
        replace:
          status: { $ref: \"#/components/schemas/Status\" }
        required: [pinned]
        optional: [name]";

/// A workspace whose vendor shares a fragment, changed as given.
fn edition(operation: &str, schema: &str) -> (TempDir, String) {
    let fragment = SHARED.replace("\"#/components/responses/Error\"", "\"../demo/openapi.yaml#/components/responses/Error\"");
    let fragment = fragment.replace("  responses:\n    Error: { $ref: \"../demo/openapi.yaml#/components/responses/Error\" }\n", "");
    let spec = GOOD.replace(PATH, &before(PATH, operation)).replace(SCHEMA, &before(SCHEMA, schema));
    let root = workspace(&spec);
    fs::create_dir_all(root.path().join("specs/shared")).unwrap();
    fs::write(root.path().join("specs/shared/threads.yaml"), fragment).unwrap();
    (root, spec)
}

#[test]
fn an_extension_is_merged_into_what_is_shared() {
    let (root, _) = edition(OPERATION, EXTENSION);
    regen(root.path(), Mode::Write).unwrap();
    let document: Value = serde_json::from_str(&fs::read_to_string(root.path().join("crates/demo/openapi.json")).unwrap()).unwrap();

    let thread = &document["components"]["schemas"]["Thread"];
    let expected = json!({
        "type": "object",
        "description": "A thread of this edition.",
        "required": ["pinned"],
        "properties": {
            "name": { "type": "string", "description": "Its name." },
            "status": { "$ref": "#/components/schemas/Status" },
            "pinned": { "type": "boolean", "description": "Whether it stands first." },
        },
    });
    assert_eq!(thread.to_string(), expected.to_string());

    let operation = &document["paths"]["/shared/{id}"]["put"];
    let keys: Vec<&String> = operation.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "operationId",
            "tags",
            "x-effect",
            "summary",
            "description",
            "externalDocs",
            "x-evidence",
            "parameters",
            "requestBody",
            "responses"
        ]
    );
    assert_eq!(operation["description"], "Updates one thread, or its place.");
    assert_eq!(operation["parameters"][0]["name"], "id");
    assert_eq!(operation["parameters"][1]["name"], "place");
    let content = &operation["requestBody"]["content"]["application/json"];
    assert_eq!(
        content.to_string(),
        json!({ "schema": { "$ref": "#/components/schemas/Thread" }, "example": { "name": "a", "pinned": true } }).to_string()
    );
}

#[test]
fn faults_of_an_extension_are_found_where_they_were_written() {
    let extension = EXTENSION.find("      x-extend:").map_or("", |at| &EXTENSION[at..]);
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        ("list instead of a mapping", extension, "      x-extend: []", "x-extend: []", "only an object schema can be extended"),
        ("added parameter", "description: Its place., ", "", "name: place", "say what it means"),
        ("added example", "pinned: true", "pinned: 5", "example: { topic", "pinned: 5 is not of type"),
        (
            "added property",
            "type: boolean, description: Whether it stands first.",
            "type: boolean",
            "pinned: {",
            "property `pinned` has no description",
        ),
        (
            "replaced property",
            "\"#/components/schemas/Status\" }\n        required",
            "\"#/components/schemas/Stat\" }\n        required",
            "status: {",
            "points at nothing",
        ),
        (
            "required that is not there",
            "required: [pinned]",
            "required: [pined]",
            "required: [pined]",
            "`pined` is required and not described",
        ),
        ("property that is there", "pinned: { type: boolean", "name: { type: boolean", "          name: {", "write it under `replace:`"),
        ("removal of nothing", "topic: null\n", "topik: null\n", "topik", "`topik` is not in what this extends"),
        (
            "replacement of nothing",
            "replace:\n          status",
            "replace:\n          state",
            "state: {",
            "`state` is not in what this extends",
        ),
        ("unknown key", "optional: [name]", "removed: [name]", "removed:", "`removed` is not known in `x-extend`"),
        (
            "unknown key of the operation",
            "      x-evidence: { level: full }\n      description: Updates",
            "      x-evidense: { level: full }\n      description: Updates",
            "x-evidense",
            "did you mean `x-evidence`?",
        ),
        (
            "method that is not shared",
            "    put:\n      x-extend: true",
            "    post:\n      x-extend: true",
            "    post:",
            "`post` extends nothing",
        ),
        (
            "method without the mark",
            "      x-extend: true\n      externalDocs",
            "      externalDocs",
            "    put:",
            "or extend the shared one with `x-extend: true`",
        ),
        (
            "removal of nothing in an operation",
            "topic: null, pinned",
            "topik: null, pinned",
            "topik",
            "`topik` is not in what this extends",
        ),
        (
            "key beside a reference",
            "      x-extend:\n        description",
            "      nullable: true\n      x-extend:\n        description",
            "nullable: true",
            "where OpenAPI 3.0 ignores it",
        ),
    ];
    let mut wrong = Vec::new();
    for (name, from, to, at, words) in cases {
        let (whole, changed) = (format!("{OPERATION}\0{EXTENSION}"), format!("{OPERATION}\0{EXTENSION}").replacen(from, to, 1));
        assert_ne!(whole, changed, "{name}: the text to change is not there");
        let (operation, schema) = changed.split_once('\0').unwrap();
        let (root, spec) = edition(operation, schema);
        let line = spec[..spec.rfind(at).unwrap()].matches('\n').count() + 1;
        let text = lint(root.path(), &[]).expect_err(name).to_string();
        let place = format!("demo/openapi.yaml:{line}: ");
        let found = text.split("specs/").any(|finding| finding.starts_with(&place) && finding.contains(words));
        if !found {
            wrong.push(format!("{name}: expected line {line} with `{words}` in:\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_is_shared_is_reported_in_its_own_file() {
    let (root, _) = edition(OPERATION, EXTENSION);
    let fragment = root.path().join("specs/shared/threads.yaml");
    let text = fs::read_to_string(&fragment)
        .unwrap()
        .replace("name: { type: string, description: Its name. }", "name: { type: strng, description: Its name. }");
    let line = text.lines().position(|line| line.contains("strng")).unwrap() + 1;
    fs::write(&fragment, text).unwrap();
    let error = lint(root.path(), &[]).unwrap_err().to_string();
    assert!(
        error.contains(&format!("specs/shared/threads.yaml:{line}: /components/schemas/Thread/properties/name/type: `strng`")),
        "{error}"
    );
}

#[test]
fn a_fragment_has_only_what_is_shared() {
    let (root, _) = edition(OPERATION, EXTENSION);
    let fragment = root.path().join("specs/shared/threads.yaml");
    fs::write(&fragment, format!("{}component: {{}}\n", fs::read_to_string(&fragment).unwrap())).unwrap();
    let error = lint(root.path(), &[]).unwrap_err().to_string();
    assert!(error.contains("/component: `component` is not known in a fragment"), "{error}");
}

#[test]
fn a_note_of_a_shared_operation_has_a_page_and_evidence() {
    let (root, spec) = edition(OPERATION, EXTENSION);
    let note = |text: &str| fs::write(root.path().join("specs/demo/openapi.yaml"), format!("{spec}x-operations:\n  {text}\n")).unwrap();
    note("update_thread: { page: \"https://demo.example/threads\", evidence: { level: full } }");
    lint(root.path(), &[]).unwrap();

    let line = spec.lines().count() + 2;
    for (text, words) in [
        ("update_thread: { pages: x }", "`pages` is not known in a note of `x-operations`"),
        ("update_threads: { page: x }", "no operation is called `update_threads`"),
        ("update_thread: { page: \"http://demo.example\" }", "the vendor's page is not given"),
        ("update_thread: { evidence: { levl: full } }", "did you mean `level`?"),
    ] {
        note(text);
        let error = lint(root.path(), &[]).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
        assert!(error.contains(&format!("specs/demo/openapi.yaml:{line}: ")) || words.starts_with("the vendor"), "{text}: {error}");
    }
}
