//! A bad spec is refused with file, line and a remedy; nothing panics and no file changes.

use std::fs;

use reachout_codegen::{Error, Mode, lint, regen};
use tempfile::TempDir;

pub const GOOD: &str = include_str!("good.yaml");

/// A workspace whose only vendor is `demo`.
pub fn workspace(spec: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("specs/demo")).unwrap();
    fs::write(root.path().join("specs/demo/openapi.yaml"), spec).unwrap();
    root
}

struct Case {
    name: &'static str,
    /// What is replaced in the good spec, and by what.
    change: (&'static str, &'static str),
    line: usize,
    message: &'static str,
    help: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "a reference to nothing",
        change: ("schemas/SendMessageRequest\"", "schemas/SendMesageRequest\""),
        line: 40,
        message: "`#/components/schemas/SendMesageRequest` points at nothing in specs/demo/openapi.yaml",
        help: "the section has: ErrorResponse, SendMessageRequest,",
    },
    Case {
        name: "a reference into a missing file",
        change: ("\"#/components/schemas/Status\"", "\"other.yaml#/components/schemas/Status\""),
        line: 101,
        message: "points into specs/demo/other.yaml, which does not exist",
        help: "relative to this file",
    },
    Case {
        name: "a duplicate operationId",
        change: ("components:\n  securitySchemes", "  /again:\n    get:\n      operationId: send_message\ncomponents:\n  securitySchemes"),
        line: 59,
        message: "operationId `send_message` is used twice; first at specs/demo/openapi.yaml:20",
        help: "give each operation its own",
    },
    Case {
        name: "an inline response schema",
        change: (
            "              schema:\n                $ref: \"#/components/schemas/SendMessageResponse\"",
            "              schema:\n                type: object",
        ),
        line: 47,
        message: "the response schema is written inline, or missing",
        help: "make it a named component",
    },
    Case {
        name: "a JSON response without a schema",
        change: ("              schema:\n                $ref: \"#/components/schemas/SendMessageResponse\"\n", ""),
        line: 47,
        message: "the response schema is written inline, or missing",
        help: "make it a named component",
    },
    Case {
        name: "a default response",
        change: ("        5XX:\n", "        default:\n"),
        line: 55,
        message: "`default` response",
        help: "write `4XX` and `5XX`",
    },
    Case {
        name: "two success responses",
        change: (
            "        4XX:\n",
            "        \"201\":\n          description: Also sent.\n          content: { application/json: { schema: { $ref: \"#/components/schemas/SendMessageResponse\" }, example: { id: m1 } } }\n        4XX:\n",
        ),
        line: 43,
        message: "2 success responses",
        help: "write exactly one",
    },
    Case {
        name: "a typed error of its own",
        change: ("        4XX:\n", "        \"404\":\n          description: Not there.\n        4XX:\n"),
        line: 53,
        message: "response 404",
        help: "errors are `4XX` and `5XX`",
    },
    Case {
        name: "an undeclared path parameter",
        change: ("/contacts/{id}/messages", "/contacts/{id}/{box}/messages"),
        line: 19,
        message: "path parameter `box` of `/contacts/{id}/{box}/messages` is not declared",
        help: "add `- { name: box, in: path, required: true",
    },
    Case {
        name: "an optional path parameter",
        change: (
            "          required: true\n          description: The contact.",
            "          required: false\n          description: The contact.",
        ),
        line: 29,
        message: "path parameter `id` is not required",
        help: "write `required: true`",
    },
    Case {
        name: "invalid YAML",
        change: ("tags: [messages]", "tags: [messages"),
        line: 21,
        message: "not valid YAML",
        help: "mind the indentation",
    },
    Case {
        name: "a key given twice",
        change: ("  title: Demo API\n", "  title: Demo API\n  title: Demo\n"),
        line: 4,
        message: "`title` is given twice",
        help: "keep one",
    },
    Case {
        name: "two request media types",
        change: ("              text: Hi\n", "              text: Hi\n          text/plain:\n            schema: { type: string }\n"),
        line: 37,
        message: "2 request media types",
        help: "keep one",
    },
    Case {
        name: "names that are one in Rust",
        change: ("    Status:\n", "    status:\n      type: string\n      description: Again.\n    Status:\n"),
        line: 102,
        message: "component `status` is not in PascalCase",
        help: "write `Status`",
    },
    Case {
        name: "a default in a request",
        change: ("          maxLength: 100\n", "          maxLength: 100\n          default: Hello\n"),
        line: 89,
        message: "a request carries a default",
        help: "name the default in the description",
    },
    Case {
        name: "anyOf",
        change: ("          allOf:\n", "          anyOf:\n"),
        line: 100,
        message: "`anyOf` is not supported",
        help: "write `oneOf`",
    },
    Case {
        name: "an inline enum",
        change: (
            "          type: string\n          description: Identifier.",
            "          type: string\n          description: Identifier.\n          enum: [a, b]",
        ),
        line: 94,
        message: "an enum is written inline",
        help: "make it a named component",
    },
    Case {
        name: "an example that does not fit",
        change: ("                id: m1\n", "                id: 1\n"),
        line: 50,
        message: "the example does not fit its schema: id: 1 is not of type \"string\"",
        help: "correct the example",
    },
    Case {
        name: "no evidence",
        change: ("      x-evidence:\n        level: full\n", ""),
        line: 19,
        message: "the evidence is not given",
        help: "write `x-evidence: { level: full }`",
    },
    Case {
        name: "pagination over nothing",
        change: ("      x-evidence:\n", "      x-pagination: { style: offset, items: data, param: offset }\n      x-evidence:\n"),
        line: 26,
        message: "`items: data` is not an array of the response",
        help: "write the dot path",
    },
];

#[test]
fn the_good_spec_is_good() {
    let root = workspace(GOOD);
    assert_eq!(lint(root.path(), &[]).unwrap().vendors, ["demo"]);
}

#[test]
fn bad_specs_are_refused_with_place_and_remedy() {
    let mut wrong = Vec::new();
    for Case { name, change: (from, to), line, message, help } in CASES {
        assert_eq!(GOOD.matches(from).count(), 1, "{name}: the text to change is not there once");
        let root = workspace(&GOOD.replace(from, to));
        fs::create_dir_all(root.path().join("crates/demo/src")).unwrap();
        fs::write(root.path().join("crates/demo/src/generated.rs"), "// as it was").unwrap();

        let text = lint(root.path(), &[]).expect_err(name).to_string();
        let place = format!("specs/demo/openapi.yaml:{line}: ");
        let found = text.lines().any(|finding| finding.starts_with(&place) && finding.contains(message));
        if !found || !text.contains(help) {
            wrong.push(format!("{name}: expected line {line}, `{message}`, help `{help}` in:\n{text}"));
        }
        let error = regen(root.path(), Mode::Write).expect_err(name);
        assert!(matches!(error, Error::Spec(_)), "{name}: {error}");
        assert_eq!(fs::read_to_string(root.path().join("crates/demo/src/generated.rs")).unwrap(), "// as it was", "{name}");
        assert!(!root.path().join("crates/demo/openapi.json").exists(), "{name}: a file was written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
