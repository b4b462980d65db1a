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
    repository_of(GOOD)
}

fn repository_of(spec: &str) -> TempDir {
    let root = workspace(spec);
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
        ("another path", "/contacts/{id}/messages:", "/people/{id}/messages:", true, "`POST /people/{id}/messages`"),
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

/// A spec with everything that can change.
const RICH: &str = include_str!("rich.yaml");

/// What changes, what is replaced in the spec by what, whether it breaks, and what the report says.
const KINDS: [(&str, &str, &str, bool, &str); 40] = [
    ("base URL", "https://demo.example/v1", "https://demo.example/v2", true, "the base URL was `https://demo.example/v1`"),
    ("auth scheme", "type: http, scheme: bearer", "type: apiKey, in: header, name: X-Key", true, "the way to authenticate"),
    ("auth header", "type: http, scheme: bearer", "type: http, scheme: basic", true, "`Authorization: Basic`"),
    ("credential name", "DEMO_TOKEN", "DEMO_KEY", true, "the environment variable of the credential"),
    ("prefix", "env: DEMO\n", "env: SHOP\n", true, "the prefix of environment variables"),
    (
        "security",
        "      tags: [messages]\n      summary: List",
        "      security: []\n      tags: [messages]\n      summary: List",
        true,
        "the credential of `messages().list`",
    ),
    ("path of the code", "error.code", "error.name", true, "the path of an error's code"),
    ("path of the message", "error.message", "error.text", true, "the path of an error's message"),
    ("path of the request id", "request-id: traceId", "request-id: id", true, "the path of an error's request id"),
    ("rate limit", "requests: 100", "requests: 50", true, "the rate limit was 100 requests in 10 s"),
    ("rate limit's time", "seconds: 10", "seconds: 60", true, "the rate limit"),
    ("rate limit's header", "X-Left", "X-Remaining", true, "the headers of the rate limit"),
    ("rate limit's unit", "counted-by: location", "counted-by: account", true, "the count of the rate limit"),
    (
        "pagination's style",
        "style: offset, items: data, param: offset",
        "style: page, items: data, param: offset",
        true,
        "the pages of `messages().list`",
    ),
    ("pagination's end", ", more: more }", " }", true, "the pages of `messages().list`"),
    (
        "no pagination",
        "      x-pagination: { style: offset, items: data, param: offset, more: more }\n",
        "",
        true,
        "the pages of `messages().list`",
    ),
    (
        "method",
        "    post:\n      operationId: send_message\n",
        "    put:\n      operationId: send_message\n      x-repeat: twice\n",
        true,
        "`POST /contacts/{id}/messages` and is `PUT",
    ),
    ("path", "  /messages:\n", "  /mails:\n", true, "`GET /messages` and is `GET /mails`"),
    ("constant header", "enum: [\"1\"]", "enum: [\"2\"]", true, "what is sent always"),
    ("lower maxLength", "maxLength: 100", "maxLength: 90", true, "the length of `SendMessageRequest.text`"),
    ("higher maxLength", "maxLength: 100", "maxLength: 110", false, "the length of `SendMessageRequest.text`"),
    ("new minLength", "maxLength: 100", "minLength: 2, maxLength: 100", true, "the length of `SendMessageRequest.text`"),
    ("lower maxItems", "maxItems: 5", "maxItems: 4", true, "the number of items of `SendMessageRequest.copies`"),
    ("lower length of items", "maxLength: 50", "maxLength: 40", true, "the length of each item of `SendMessageRequest.copies`"),
    ("lower maximum of a parameter", "maximum: 100", "maximum: 50", true, "the value of `limit` of `messages().list`"),
    ("lower maxItems of a parameter", "maxItems: 10", "maxItems: 9", true, "the number of items of `tags`"),
    ("removed limit", ", maxLength: 100", "", false, "the length of `SendMessageRequest.text`"),
    ("renamed event", "  message.sent: {", "  message.created: {", true, "`webhook event message.sent` is gone"),
    ("alias of an event", "aliases: [sent], ", "", true, "is not called `sent` any more"),
    ("event's envelope", "type: event, data", "type: kind, data", true, "the event name in a webhook"),
    ("deprecated", "      summary: List", "      deprecated: true\n      summary: List", true, "`messages().list` is deprecated"),
    ("respelled field", "sentAt:", "sent_at:", true, "`Message.sent_at` was"),
    ("respelled parameter", "name: limit, in: query", "name: Limit, in: query", true, "`messages().list.limit` was"),
    ("respelled value", "in-progress", "in_progress", true, "`Status.InProgress` was"),
    ("removed value", "enum: [sms, email]", "enum: [sms]", true, "`Channel.Email` is gone"),
    ("new value", "enum: [queued, in-progress]", "enum: [queued, in-progress, sent]", false, "`Status.Sent` is new"),
    (
        "type of a field",
        "id: { type: string, description: Its id. }",
        "id: { type: string, format: uuid, description: Its id. }",
        true,
        "`Message.id` was",
    ),
    ("required field of a request", "required: [text]", "required: [text, channel]", true, "`SendMessageRequest` was `new(text)`"),
    (
        "optional parameter",
        "        - { name: limit",
        "        - { name: q, in: query, description: Which., schema: { type: string }, example: x }\n        - { name: limit",
        false,
        "`messages().list.q` is new",
    ),
    (
        "body as a form",
        "content: { application/json: { schema: { $ref: \"#/components/schemas/SendMessageRequest\" }",
        "content: { application/x-www-form-urlencoded: { schema: { $ref: \"#/components/schemas/SendMessageRequest\" }",
        true,
        "as a form",
    ),
];

#[test]
fn every_kind_of_change_is_named_as_breaking_or_not() {
    let root = repository_of(RICH);
    let mut wrong = Vec::new();
    for (name, from, to, breaking, expected) in KINDS {
        assert_eq!(RICH.matches(from).count(), 1, "{name}: the text to change is not there once");
        let mut spec = RICH.replacen(from, to, 1);
        spec = match name {
            "required field of a request" => spec.replace("example: { text: Hi }", "example: { text: Hi, channel: sms }"),
            "type of a field" => spec.replace("id: m1", "id: 123e4567-e89b-12d3-a456-426614174000"),
            "renamed event" => spec.replace("event: message.sent", "event: message.created"),
            "no pagination" => spec.replace("- { name: offset", "- { name: start"),
            "event's envelope" => spec.replace("event: message.sent", "kind: message.sent"),
            _ => spec,
        };
        fs::write(root.path().join("specs/demo/openapi.yaml"), spec).unwrap();
        let report = match diff_base(root.path(), "HEAD", &[]) {
            Ok(report) => report,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        let text = report.to_string();
        let said = text.lines().find(|line| line.contains(expected));
        let marked = said.is_some_and(|line| line.starts_with("- **breaks**"));
        if said.is_none() || marked != breaking || report.is_refused() != breaking {
            wrong.push(format!("{name}: `{expected}`, {breaking}, in:\n{text}"));
        }
        if text.contains("Compatible") && text.contains("**breaks**") {
            wrong.push(format!("{name}: compatible and not:\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), KINDS.len(), wrong.join("\n\n"));
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
