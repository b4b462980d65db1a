//! `reachout VENDOR GROUP OPERATION`.

use std::collections::HashSet;

use heck::ToKebabCase;
use reachout_document::Document;
use reachout_messenger::Vendor;
use reachout_mocks::Mocks;
use reachout_runtime::Route;
use reachout_sandbox::{Sandbox, Settings};
use serde_json::{Value, json};

use crate::program::{command, reachout, run, with_credentials};

fn vendors() -> impl Iterator<Item = (&'static reachout_runtime::Vendor, &'static Value)> {
    Vendor::ALL.into_iter().filter_map(Vendor::api).map(|api| (api.vendor, Document::embedded(api.openapi).json()))
}

/// What is typed for an operation: `contacts list`.
fn words(route: &Route) -> [String; 2] {
    [route.group.to_kebab_case(), route.name.to_kebab_case()]
}

/// All operations of a vendor that has some dozens; of one that has hundreds, about forty from its whole document, because each is a process.
fn commands(vendor: &'static reachout_runtime::Vendor) -> impl Iterator<Item = &'static Route> {
    vendor.routes.iter().copied().step_by(vendor.routes.len().div_ceil(40))
}

#[test]
fn operations_have_their_help() {
    for (vendor, document) in vendors() {
        let listing = reachout(&[vendor.id, "--help"]);
        assert_eq!(listing.code, 0);
        for route in commands(vendor) {
            let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
            let ([group, name], summary) = (words(route), operation["summary"].as_str().unwrap());
            let case = format!("{} {group} {name}", vendor.id);
            let (_, listed) = listing.stdout.split_once(&format!("\n{group}:\n")).unwrap_or_else(|| panic!("{case}"));
            let listed: Vec<&str> = listed.lines().take_while(|line| !line.is_empty()).flat_map(str::split_whitespace).collect();
            assert!(listed.join(" ").contains(&format!("{name} {summary}")), "{case}");
            let help = reachout(&[vendor.id, &group, &name, "--help"]);
            assert_eq!((help.code, help.stderr.as_str()), (0, ""), "{case}: {help:?}");
            assert!(help.stdout.contains(operation["externalDocs"]["url"].as_str().unwrap()), "{case}");
            assert!(help.stdout.contains(&format!("{} {}", route.method, route.path)), "{case}");
            let levels =
                [("recorded", "\nLive responses were recorded"), ("partial", "\nDocumented in part"), ("client-only", "\nNot documented")];
            for (level, words) in levels {
                assert_eq!(help.stdout.contains(words), operation["x-evidence"]["level"] == level, "{case}: {level}");
            }
            let undescribed = help
                .stdout
                .lines()
                .zip(help.stdout.lines().skip(1))
                .find(|(flag, text)| ["--", "<"].iter().any(|start| flag.trim_start().starts_with(start)) && text.trim().is_empty());
            assert_eq!(undescribed, None, "{case}");
            let body = operation["requestBody"]["content"].as_object().and_then(|content| content.keys().next());
            let has_body = body.is_some_and(|media_type| !media_type.starts_with("multipart/"));
            assert_eq!(
                ["{", "["].iter().any(|open| help.stdout.contains(&format!("Example for --json-body:\n{open}"))),
                has_body,
                "{case}"
            );
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
        match parameter["in"].as_str().unwrap() {
            "path" => example,
            _ => format!("--{}={example}", parameter["name"].as_str().unwrap().to_kebab_case()),
        }
    };
    given.map(argument).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_take_their_documented_requests() {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    let mut failed = Vec::new();
    for (vendor, document) in vendors() {
        let simulated: Vendor = vendor.id.parse().unwrap();
        let (url, key) = (sandbox.base_url(simulated), Sandbox::api_key(simulated));
        for route in commands(vendor) {
            let item = &document["paths"][route.path];
            let operation = &item[route.method.as_str().to_lowercase()];
            let [group, name] = words(route);
            let case = format!("{} {group} {name}", vendor.id);
            let mut command = command();
            command.env(format!("{}_BASE_URL", vendor.env), &url).env(vendor.credential_env, key);
            command.args([vendor.id, &group, &name, "--json"]).args(arguments(document, item, operation));
            if let Some((media_type, content)) = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next()) {
                if media_type.starts_with("multipart/") {
                    let schema = content["schema"]["$ref"].as_str().and_then(|reference| document.pointer(&reference[1..])).unwrap();
                    let is_text = |field: &str, value: &Value| value.is_string() && schema["properties"][field]["format"] != "binary";
                    let fields = content["example"].as_object().unwrap().iter().filter(|(field, value)| is_text(field, value));
                    command.args(fields.map(|(field, value)| format!("--{}={}", field.to_kebab_case(), value.as_str().unwrap())));
                    let is_file = |property: &Value| property["format"] == "binary" || property["items"]["format"] == "binary";
                    if schema["properties"].as_object().unwrap().values().any(is_file) {
                        command.arg("--file").arg(file.path());
                    }
                } else {
                    command.args(["--json-body", "-"]).write_stdin(content["example"].to_string());
                }
            }
            // What one operation deletes is there for the next.
            sandbox.reset();
            let ran = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
            if (ran.code, ran.stderr.as_str()) != (0, "") || ran.stdout.is_empty() {
                failed.push(format!("{case}: {ran:?}"));
                continue;
            }
            let received = sandbox.requests().last().unwrap().operation.clone();
            assert_eq!(received.as_deref(), Some(route.operation_id), "{case}");
        }
    }
    assert!(failed.is_empty(), "{} operations failed:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn lists_are_tables_and_objects_are_fields() {
    let table = reachout(&["leonar", "contacts", "list", "--limit", "10", "--sandbox"]);
    assert_eq!((table.code, table.stderr.as_str()), (0, ""));
    let header: Vec<&str> = table.stdout.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header[..3], ["ID", "FIRST_NAME", "LAST_NAME"]);
    assert!(!table.stdout.contains('\u{1b}'), "colours in a pipe: {table:?}");
    let project = "d4e5f6a7-8901-23bc-defa-456789012cde";
    let object = reachout(&["leonar", "projects", "get", project, "--sandbox"]);
    assert!(object.stdout.starts_with(" id ") && object.stdout.lines().next().unwrap().ends_with(project), "{object:?}");
}

#[test]
fn json_is_the_response_or_one_line_an_item() {
    let page = reachout(&["sendpilot", "campaigns", "list", "--json", "--sandbox"]).json();
    assert!(page["campaigns"].is_array() && page["pagination"].is_object(), "{page}");
    let all = reachout(&["sendpilot", "campaigns", "list", "--json", "--all", "--limit", "1", "--sandbox"]);
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
        "contacts",
        "create",
        "--sandbox",
        "--json",
        "--json-body",
        &format!("@{}", file.path().display()),
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
        "messages",
        "send",
        "--sandbox",
        "--type",
        "SMS",
        "--sub-type",
        "SMS",
        "--status",
        "pending",
        "--contact-id",
        "abc123def456",
        "--message",
        "Hi",
    ]);
    assert_eq!(sent.code, 0, "{sent:?}");
}

/// With credentials and base URLs where nobody listens: a connection would end with 3.
#[test]
fn usage_errors_come_before_any_network() {
    let cases: [(&[&str], &str); 7] = [
        (&["leonar", "projects", "get"], "<ID>"),
        (&["leonar", "projects", "get", "x"], "invalid value 'x' for '<ID>': a UUID"),
        (&["leonar", "contacts", "create"], "--first-name <TEXT>"),
        (&["leonar", "contacts", "create", "--json-body", "@/no/such/file"], "/no/such/file cannot be read"),
        (&["leonar", "contacts", "list", "--global-status", "x"], "`x` is not one of new,"),
        (&["leonar", "sequences", "enroll-contacts", crate::CONTACT], "--json-body <JSON|@FILE|->"),
        (&["hoop-ai", "contacts", "get", ""], "contactId"),
    ];
    for (arguments, text) in cases {
        let ran = run(with_credentials().args(arguments));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(text), "{arguments:?}: {ran:?}");
    }
    let broken = run(with_credentials().args(["leonar", "contacts", "create", "--json-body", "-"]).write_stdin("{"));
    assert!(broken.refused().starts_with("error: standard input is not the body that the operation takes"), "{broken:?}");
}

/// With credentials and base URLs where nobody listens: a connection would end with 3.
#[test]
fn what_does_not_fit_is_said_at_once_and_nothing_is_sent() {
    const CREATE: [&str; 3] = ["leonar", "contacts", "create"];
    let long = "x".repeat(101);
    let cases: [(&[&str], &str, &[&str]); 8] = [
        (
            &CREATE,
            r#"{"first_name":"A","titel":"CTO","emails":[{"mail":"x"}]}"#,
            &["titel: unknown field; did you mean `title`?", "emails[0].mail: unknown field; did you mean `email`?"],
        ),
        (&CREATE, r#"{"first_name":"A","zzzzzzzz":1}"#, &["error: zzzzzzzz: unknown field\n"]),
        (&CREATE, r#"{"first_name":"A","years_experience":"ten"}"#, &["error: years_experience: \"ten\" is not of type \"integer\"\n"]),
        (&CREATE, r#"{"last_name":"B"}"#, &["error: \"first_name\" is a required property\n"]),
        (
            &[CREATE[0], CREATE[1], CREATE[2], "--first-name", &long, "--last-name", &long],
            "",
            &["first_name: ", "last_name: ", "longer than 100"],
        ),
        (&["leonar", "contacts", "list", "--limit", "101", "--offset", "-1"], "", &["--limit: 101 is greater", "--offset: -1 is less"]),
        (&["sendpilot", "inbox", "send-message"], r#"{"leadId":"l","mesage":"Hi"}"#, &["mesage: unknown field; did you mean `message`?"]),
        (
            &["leadway", "messages", "send"],
            r#"{"type":"SMZ","contactId":"c","status":"pending","subType":"SMS"}"#,
            &["type: \"SMZ\" is not one of"],
        ),
    ];
    for (arguments, body, expected) in cases {
        let body = if body.is_empty() { vec![] } else { vec!["--json-body", body] };
        let ran = run(with_credentials().args(arguments).args(body));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(expected.iter().all(|text| ran.stderr.contains(text)), "{arguments:?}: {ran:?}");
    }
    let path = run(with_credentials().args(CREATE).args(["--json-body", "contact.json"]));
    assert!(path.refused().contains("a file is given as @FILE"), "{path:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_is_not_as_documented_is_shown_and_is_not_done() {
    let mocks = Mocks::<leonar::Client>::start();
    mocks.any(&leonar::routes::CREATE_CONTACT).json(200, json!({ "data": { "id": 7, "first_name": "Ada" } }));
    let none = json!({ "data": "none", "meta": { "has_more": false, "limit": 1, "offset": 0, "total": 0 } });
    mocks.any(&leonar::routes::LIST_CONTACTS).json(200, none);
    let cases: [(&[&str], &str, &str); 3] = [
        (&["create", "--first-name", "Ada"], "Ada", "its response is not as documented: data.id: 7 is not of type"),
        (&["list", "--json"], "none", "its response is not as documented: data: \"none\" is not of type"),
        (&["list", "--all"], "nothing found", "its response is not as documented: data: \"none\" is not of type"),
    ];
    for (arguments, shown, problem) in cases {
        let mut command = with_credentials();
        command.env("LEONAR_BASE_URL", mocks.base_url()).args(["leonar", "contacts"]).args(arguments);
        let ran = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
        assert_eq!(ran.code, 5, "{ran:?}");
        // For programs the sentence is a JSON text.
        let told = ran.stderr.replace("\\\"", "\"");
        assert!(ran.stdout.contains(shown) && told.contains(problem), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_goes_through_every_page_of_each_kind() {
    let sandbox = Sandbox::start().await.unwrap();
    let reachout = async |vendor: &str, arguments: &[&str]| {
        let simulated: Vendor = vendor.parse().unwrap();
        let api = simulated.api().unwrap().vendor;
        let mut command = command();
        command.env(format!("{}_BASE_URL", api.env), sandbox.base_url(simulated)).env(api.credential_env, Sandbox::api_key(simulated));
        command.arg(vendor).args(arguments).arg("--json");
        let ran = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{vendor} {arguments:?}: {ran:?}");
        ran
    };
    for name in ["Ada", "Eve", "Zoe"] {
        reachout("leonar", &["contacts", "create", "--first-name", name, "--last-name", "Paged"]).await;
        reachout("leadway", &["contacts", "create", "--location-id", "here", "--first-name", name, "--last-name", "Paged"]).await;
        let lead = format!(r#"{{"campaignId":"camp_xyz789","leads":[{{"linkedinUrl":"https://www.linkedin.com/in/{name}"}}]}}"#);
        reachout("sendpilot", &["leads", "create", "--json-body", &lead]).await;
    }
    // By offset in the query and in the body, by page, by token, and by the last item.
    let lists: [(&str, &[&str]); 5] = [
        ("leonar", &["contacts", "list", "--search", "paged", "--limit", "2"]),
        ("leonar", &["contacts", "search", "--query", "paged", "--limit", "2"]),
        ("sendpilot", &["leads", "list", "--campaign-id", "camp_xyz789", "--limit", "2"]),
        ("leadway", &["contacts", "list", "--location-id", "here", "--query", "paged", "--limit", "2"]),
        ("leadway", &["contacts", "search", "--location-id", "here", "--query", "paged", "--page-limit", "2"]),
    ];
    for (vendor, arguments) in lists {
        let calls = sandbox.requests().len();
        let all = reachout(vendor, &[arguments, &["--all"]].concat()).await.stdout;
        let ids: HashSet<String> = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string()).collect();
        assert!(ids.len() >= 3 && ids.len() == all.lines().count(), "{vendor} {arguments:?}: {all}");
        assert!(sandbox.requests().len() > calls + 1, "{vendor} {arguments:?}: in one page");
    }
}

#[test]
fn a_value_that_the_vendor_may_have_added_is_sent() {
    // `status` is open: the vendor responds with it.
    let ran = reachout(&["sendpilot", "leads", "list", "--campaign-id", "camp_xyz789", "--status", "BRAND_NEW", "--sandbox"]);
    assert!(!ran.stderr.contains("invalid value"), "{ran:?}");
    assert!(ran.stderr.starts_with("note: --status: `BRAND_NEW` is not one of"), "{ran:?}");
}

#[test]
fn downloads_go_to_a_file_or_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.wav");
    let arguments = ["hoop-ai", "messages", "download-recording", "--sandbox", "ve9EPM428h8vShlRW1KT", "tDtDnQdgm2LXpyiqYvZ6"];
    let piped = reachout(&arguments);
    assert_eq!(piped.code, 0, "{piped:?}");
    let saved = reachout(&[&arguments[..], &["--save", path.to_str().unwrap()]].concat());
    assert_eq!(String::from_utf8_lossy(&std::fs::read(&path).unwrap()), piped.stdout);
    assert!(saved.stdout.ends_with("call.wav\n"), "{saved:?}");
    let nowhere = reachout(&[&arguments[..], &["--save", "/no/such/folder/x"]].concat());
    assert!(nowhere.code == 2 && nowhere.stderr.contains("cannot be written"), "refused before the call: {nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_off_shows_what_came() {
    let mocks = Mocks::<leonar::Client>::start();
    let projects = || mocks.any(&leonar::routes::LIST_PROJECTS);
    let first = json!({ "data": [{ "id": crate::CONTACT, "name": "Engineers" }], "meta": { "has_more": true, "limit": 1, "offset": 0, "total": 2 } });
    projects().query("offset", None::<i64>).json(200, first);
    projects().query("offset", 1).error(403, "forbidden", "No\u{1b}[31m more");
    for (form, shown) in [(&["--json"][..], "{"), (&[], " ID ")] {
        let mut command = with_credentials();
        command.env("LEONAR_BASE_URL", mocks.base_url()).args(["leonar", "projects", "list", "--all"]).args(form);
        let ran = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stdout.starts_with(shown) && ran.stderr.contains("code forbidden") && !ran.stderr.contains('\u{1b}'), "{ran:?}");
    }
}
