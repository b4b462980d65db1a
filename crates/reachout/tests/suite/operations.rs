//! `reachout VENDOR OPERATION`.

use heck::ToKebabCase;
use reachout_mocks::{httpmock::MockServer, leonar::MockServerExt as _};
use reachout_sandbox::{Sandbox, Settings};
use serde_json::{Map, Value, json};

use crate::program::{command, reachout, run, with_credentials};

const VENDORS: [(&str, &str, &str, &str); 4] = [
    ("leonar", "LEONAR", "LEONAR_API_KEY", leonar::OPENAPI),
    ("sendpilot", "SENDPILOT", "SENDPILOT_API_KEY", sendpilot::OPENAPI),
    ("hoop-ai", "HOOP_AI", "HOOP_AI_TOKEN", hoop_ai::OPENAPI),
    ("leadway", "LEADWAY", "LEADWAY_TOKEN", leadway::OPENAPI),
];

fn operations(document: &Value) -> Vec<&Value> {
    let items = document["paths"].as_object().unwrap().values().filter_map(Value::as_object);
    items.flat_map(Map::values).filter(|node| node["operationId"].is_string()).collect()
}

#[test]
fn every_operation_has_its_help() {
    for (vendor, _, _, openapi) in VENDORS {
        let document: Value = serde_json::from_str(openapi).unwrap();
        let listing = reachout(&[vendor, "--help"]);
        assert_eq!(listing.code, 0);
        for operation in operations(&document) {
            let (name, summary) = (operation["operationId"].as_str().unwrap().to_kebab_case(), operation["summary"].as_str().unwrap());
            let tag = operation["tags"][0].as_str().unwrap();
            assert!(listing.stdout.contains(&format!("\n{tag}:\n")), "{vendor} {tag}");
            assert!(
                listing.stdout.lines().any(|line| line.trim_start().starts_with(&format!("{name} ")) && line.ends_with(summary)),
                "{vendor} {name}"
            );
            let help = reachout(&[vendor, &name, "--help"]);
            assert_eq!((help.code, help.stderr.as_str()), (0, ""), "{vendor} {name}: {help:?}");
            assert!(help.stdout.contains(operation["externalDocs"]["url"].as_str().unwrap()), "{vendor} {name}");
            let undescribed = help
                .stdout
                .lines()
                .zip(help.stdout.lines().skip(1))
                .find(|(flag, text)| flag.trim_start().starts_with("--") && text.trim().is_empty());
            assert_eq!(undescribed, None, "{vendor} {name}");
            let body = operation["requestBody"]["content"].as_object().and_then(|content| content.keys().next());
            let has_body = body.is_some_and(|media_type| !media_type.starts_with("multipart/"));
            assert_eq!(help.stdout.contains("Example for --json-body:\n{"), has_body, "{vendor} {name}");
        }
    }
}

/// The documented arguments of an operation, as somebody would type them.
fn arguments(document: &Value, item: &Value, operation: &Value) -> Vec<String> {
    let follow = |node: &Value| match node["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap().clone(),
        None => node.clone(),
    };
    let both = [&item["parameters"], &operation["parameters"]];
    let parameters = both.into_iter().filter_map(Value::as_array).flatten().map(follow);
    // A header with one value is sent by itself.
    let given = parameters.filter(|parameter| parameter["in"] != "header" && (parameter["required"] == true || parameter["in"] == "path"));
    let argument = |parameter: Value| {
        let example = match &parameter["example"] {
            Value::String(text) => text.clone(),
            example => example.to_string(),
        };
        format!("--{}={example}", parameter["name"].as_str().unwrap().to_kebab_case())
    };
    given.map(argument).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_its_documented_request() {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    for (vendor, env, credential_env, openapi) in VENDORS {
        let played: reachout_sandbox::Vendor = vendor.parse().unwrap();
        let (url, key) = (sandbox.base_url(played), sandbox.api_key(played));
        let document: Value = serde_json::from_str(openapi).unwrap();
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values().filter(|node| node["operationId"].is_string()) {
                let name = operation["operationId"].as_str().unwrap().to_kebab_case();
                let mut command = command();
                command.env(format!("{env}_BASE_URL"), &url).env(credential_env, key).args([vendor, &name, "--json"]);
                command.args(arguments(&document, item, operation));
                if let Some((media_type, content)) =
                    operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next())
                {
                    if media_type.starts_with("multipart/") {
                        let fields = content["example"].as_object().unwrap().iter().filter(|(_, value)| value.is_string());
                        command.args(fields.map(|(field, value)| format!("--{}={}", field.to_kebab_case(), value.as_str().unwrap())));
                        command.arg("--file").arg(file.path());
                    } else {
                        command.args(["--json-body", "-"]).write_stdin(content["example"].to_string());
                    }
                }
                // What one operation deletes is there for the next.
                sandbox.reset();
                let ran = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
                assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{vendor} {name}: {ran:?}");
                assert!(!ran.stdout.is_empty(), "{vendor} {name}");
            }
        }
    }
}

#[test]
fn lists_are_tables_and_objects_are_fields() {
    let table = reachout(&["leonar", "list-contacts", "--limit", "10", "--sandbox"]);
    assert_eq!((table.code, table.stderr.as_str()), (0, ""));
    let header: Vec<&str> = table.stdout.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header[..3], ["ID", "FIRST_NAME", "LAST_NAME"]);
    assert!(!table.stdout.contains('\u{1b}'), "colours in a pipe: {table:?}");
    let object = reachout(&["leonar", "get-project", "--id", crate::CONTACT, "--sandbox"]);
    assert!(object.stdout.starts_with(" id ") && object.stdout.lines().next().unwrap().ends_with(crate::CONTACT), "{object:?}");
}

#[test]
fn json_is_the_response_or_one_line_an_item() {
    let page = reachout(&["sendpilot", "list-campaigns", "--json", "--sandbox"]).json();
    assert!(page["campaigns"].is_array() && page["pagination"].is_object(), "{page}");
    let all = reachout(&["sendpilot", "list-campaigns", "--json", "--all", "--limit", "1", "--sandbox"]);
    assert_eq!(all.code, 0, "{all:?}");
    let lines: Vec<Value> = all.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty() && lines.iter().all(|item| item["id"].is_string()), "{lines:?}");
}

#[test]
fn single_arguments_come_on_top_of_a_body() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{ "first_name": "Sophie", "last_name": "Martin" }"#).unwrap();
    let arguments = [
        "leonar",
        "create-contact",
        "--sandbox",
        "--json",
        "--json-body",
        file.path().to_str().unwrap(),
        "--first-name",
        "Anna",
        "--tags",
        "a",
        "--tags",
        "b",
    ];
    let created = reachout(&arguments).json();
    assert_eq!((&created["data"]["first_name"], &created["data"]["last_name"]), (&"Anna".into(), &"Martin".into()), "{created}");
}

#[test]
fn a_text_stands_for_one_of_several_forms() {
    let sent = reachout(&[
        "leadway",
        "send-message",
        "--sandbox",
        "--type",
        "SMS",
        "--sub-type",
        "SMS",
        "--status",
        "pending",
        "--contact-id",
        "c",
        "--message",
        "Hi",
    ]);
    assert_eq!(sent.code, 0, "{sent:?}");
}

/// With credentials and base URLs where nobody listens: a connection would end with 3.
#[test]
fn usage_errors_come_before_any_network() {
    let cases: [(&[&str], &str); 7] = [
        (&["leonar", "get-project"], "--id <UUID>"),
        (&["leonar", "get-project", "--id", "x"], "invalid value 'x' for '--id <UUID>'"),
        (&["leonar", "create-contact"], "--first-name <TEXT>"),
        (&["leonar", "create-contact", "--json-body", "/no/such/file"], "/no/such/file cannot be read"),
        (&["leonar", "list-contacts", "--global-status", "x"], "`x` is not one of new,"),
        (&["leonar", "enroll-contacts", "--id", crate::CONTACT], "--json-body <FILE|->"),
        (&["hoop-ai", "get-contact", "--contact-id", ""], "contactId"),
    ];
    for (arguments, text) in cases {
        let ran = run(with_credentials().args(arguments));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(text), "{arguments:?}: {ran:?}");
    }
    let broken = run(with_credentials().args(["leonar", "create-contact", "--json-body", "-"]).write_stdin("{"));
    assert!(broken.refused().starts_with("error: standard input is not the body that the operation takes"), "{broken:?}");
}

#[test]
fn a_value_that_the_vendor_may_have_added_is_sent() {
    // `status` is open: the vendor answers with it.
    let ran = reachout(&["sendpilot", "list-leads", "--campaign-id", "camp_xyz789", "--status", "BRAND_NEW", "--sandbox"]);
    assert!(!ran.stderr.contains("invalid value"), "{ran:?}");
}

#[test]
fn downloads_go_to_a_file_or_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.wav");
    let arguments = ["hoop-ai", "download-recording", "--sandbox", "--message-id", "m", "--location-id", "l"];
    let piped = reachout(&arguments);
    assert_eq!(piped.code, 0, "{piped:?}");
    let saved = reachout(&[&arguments[..], &["--output", path.to_str().unwrap()]].concat());
    assert_eq!(String::from_utf8_lossy(&std::fs::read(&path).unwrap()), piped.stdout);
    assert!(saved.stdout.ends_with("call.wav\n"), "{saved:?}");
    let nowhere = reachout(&[&arguments[..], &["--output", "/no/such/folder/x"]].concat());
    assert!(nowhere.code == 2 && nowhere.stderr.contains("cannot be written"), "refused before the call: {nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_off_shows_what_came() {
    let server = MockServer::start_async().await;
    server.list_projects(|when, then| {
        when.offset(None);
        then.json(200, json!({ "data": [{ "id": crate::CONTACT, "name": "Engineers" }], "meta": { "has_more": true, "limit": 1, "offset": 0, "total": 2 } }));
    });
    server.list_projects(|when, then| {
        when.offset(1);
        then.error(403, "forbidden", "No\u{1b}[31m more");
    });
    for (form, shown) in [(&["--json"][..], "{"), (&[], " ID ")] {
        let mut command = with_credentials();
        command.env("LEONAR_BASE_URL", server.base_url()).args(["leonar", "list-projects", "--all"]).args(form);
        let ran = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stdout.starts_with(shown) && ran.stderr.contains("code forbidden") && !ran.stderr.contains('\u{1b}'), "{ran:?}");
    }
}
