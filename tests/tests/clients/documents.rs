//! The documents themselves: what other generators, linters and readers rely on, and what the README says of them.

use std::collections::BTreeSet;
use std::path::Path;

use reachout_document::Document;
use serde_json::Value;

fn documents() -> [(&'static str, Value); 5] {
    let embedded = [
        ("highlevel", highlevel::OPENAPI),
        ("leonar", leonar::OPENAPI),
        ("sendpilot", sendpilot::OPENAPI),
        ("hoop-ai", hoop_ai::OPENAPI),
        ("leadway", leadway::OPENAPI),
    ];
    embedded.map(|(vendor, document)| (vendor, Document::embedded(document).json().clone()))
}

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// Every operation with its path.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let items = document["paths"].as_object().unwrap().iter();
    items.flat_map(|(path, item)| {
        item.as_object().unwrap().values().filter(|node| node["operationId"].is_string()).map(move |node| (path.as_str(), node))
    })
}

/// Every node of a JSON tree, with its pointer.
fn nodes<'a>(node: &'a Value, at: &str, found: &mut Vec<(String, &'a Value)>) {
    found.push((at.to_owned(), node));
    match node {
        Value::Object(map) => map.iter().for_each(|(key, child)| nodes(child, &format!("{at}/{key}"), found)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, child)| nodes(child, &format!("{at}/{index}"), found)),
        _ => {}
    }
}

/// Runtime and reader of documents have types of their own for effect and pages: a client has no reader, and the reader no HTTP.
#[test]
fn a_route_says_what_its_document_says() {
    let clients = [
        (&highlevel::VENDOR, highlevel::OPENAPI),
        (&leonar::VENDOR, leonar::OPENAPI),
        (&sendpilot::VENDOR, sendpilot::OPENAPI),
        (&hoop_ai::VENDOR, hoop_ai::OPENAPI),
        (&leadway::VENDOR, leadway::OPENAPI),
    ];
    for (vendor, document) in clients {
        let document = Document::embedded(document);
        let documented: BTreeSet<_> = document
            .operations()
            .map(|operation| {
                let items = operation.pagination().map(|pagination| pagination.items);
                (operation.id.to_owned(), operation.effect().to_string(), operation.is_authenticated(), items)
            })
            .collect();
        let routes: BTreeSet<_> = vendor
            .routes
            .iter()
            .map(|route| {
                let items = route.pagination.map(|pagination| pagination.items.to_owned());
                (route.operation_id.to_owned(), route.effect().to_string(), route.authenticated, items)
            })
            .collect();
        assert!(!routes.is_empty(), "{}", vendor.id);
        assert_eq!(routes, documented, "{}", vendor.id);
    }
}

#[test]
fn every_integer_says_how_wide_it_is() {
    for (vendor, document) in documents() {
        let mut found = Vec::new();
        nodes(&document, "", &mut found);
        let integers: Vec<_> = found.iter().filter(|(_, node)| node["type"] == "integer").collect();
        assert!(!integers.is_empty(), "{vendor} has integers");
        let bare: Vec<&String> =
            integers.iter().filter(|(_, node)| node["format"] != "int64" && !node["maximum"].is_number()).map(|(at, _)| at).collect();
        assert_eq!(bare, Vec::<&String>::new(), "{vendor}");
    }
}

/// Other generators name the body of `send_message` `SendMessageRequest`: a schema of that name that is something else collides with it.
#[test]
fn a_schema_named_after_an_operation_is_its_body() {
    for (vendor, document) in documents() {
        for (_, operation) in operations(&document) {
            let pascal = |word: &str| word[..1].to_uppercase() + &word[1..];
            let id: String = operation["operationId"].as_str().unwrap().split('_').map(pascal).collect();
            let success = operation["responses"].as_object().unwrap().iter().find(|(status, _)| status.starts_with('2')).unwrap().1;
            for (suffix, content) in [("Request", &operation["requestBody"]["content"]), ("Response", &success["content"])] {
                let name = format!("{id}{suffix}");
                if document["components"]["schemas"].get(&name).is_none() {
                    continue;
                }
                let schema = content.as_object().and_then(|content| content.values().next()).map(|media| &media["schema"]["$ref"]);
                assert_eq!(schema, Some(&Value::from(format!("#/components/schemas/{name}"))), "{vendor}: {name} belongs to {id}");
            }
        }
    }
}

#[test]
fn what_a_request_needs_together_is_said() {
    let cases = [
        ("leonar", "SendMessageRequest", &["email", "`subject`"][..]),
        ("leonar", "EnrollContactsRequest", &["`contact_ids`", "`contacts`", "not both"]),
        ("sendpilot", "SendMessageRequest", &["`senderId`", "`recipientLinkedinUrl`", "`leadId`"]),
        ("hoop-ai", "CreateTokenRequest", &["`authorization_code`", "`code`", "`refresh_token`"]),
        ("leadway", "CreateTokenRequest", &["`authorization_code`", "`code`", "`refresh_token`"]),
        ("hoop-ai", "CustomFieldInput", &["`fieldValue`", "`field_value`", "one of the two"]),
        ("leadway", "CustomFieldInput", &["`fieldValue`", "`field_value`", "one of the two"]),
    ];
    let documents = documents();
    for (vendor, schema, words) in cases {
        let document = &documents.iter().find(|(known, _)| *known == vendor).unwrap().1;
        let description = document["components"]["schemas"][schema]["description"].as_str().unwrap();
        for word in words {
            assert!(description.contains(word), "{vendor} {schema} does not say {word}: {description}");
        }
    }
}

/// Other generators try every alternative, and refuse a value that two of them take: those of one type require what the other does not.
#[test]
fn alternatives_are_told_apart_without_knowing_rust() {
    // Alternatives of responses that nobody recorded: nothing of them is sure to come.
    const UNRECORDED: [&str; 3] = ["ConversationAiDetails", "VerifyEmailResponse", "VoiceAiActionParameters"];
    fn unwrapped<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
        match (schema["$ref"].as_str(), schema["allOf"].as_array().map(Vec::as_slice)) {
            (Some(reference), _) => unwrapped(document, document.pointer(&reference[1..]).unwrap()),
            (None, Some([one])) => unwrapped(document, one),
            _ => schema,
        }
    }
    for (vendor, document) in documents() {
        for (name, schema) in
            document["components"]["schemas"].as_object().unwrap().iter().filter(|(name, _)| !UNRECORDED.contains(&name.as_str()))
        {
            let alternatives: Vec<&Value> =
                schema["oneOf"].as_array().into_iter().flatten().map(|alternative| unwrapped(&document, alternative)).collect();
            for (at, one) in alternatives.iter().enumerate() {
                for other in alternatives[at + 1..].iter().filter(|other| other["type"] == one["type"]) {
                    let required = |schema: &Value| -> BTreeSet<String> {
                        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
                    };
                    let (one, other) = (required(one), required(other));
                    assert!(!one.is_subset(&other) && !other.is_subset(&one), "{vendor} {name}: {one:?} and {other:?}");
                }
            }
        }
    }
}

#[test]
fn an_upload_has_a_file() {
    // Its parts are named by whoever sends them, which no schema can say.
    const NAMED_BY_THE_CALLER: &str = "#/components/schemas/UploadCustomFieldFilesRequest";
    let is_file = |schema: &Value| schema["format"] == "binary";
    for (vendor, document) in documents() {
        let uploads = operations(&document).filter(|(_, operation)| operation["x-multipart"] == true);
        let schemas = uploads.map(|(_, operation)| &operation["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"]);
        for reference in schemas.filter(|reference| *reference != NAMED_BY_THE_CALLER) {
            let schema = document.pointer(&reference.as_str().unwrap()[1..]).unwrap();
            let files: Vec<&Value> = schema["properties"]
                .as_object()
                .unwrap()
                .values()
                .filter(|property| is_file(property) || is_file(&property["items"]))
                .collect();
            assert!(files.iter().any(|file| file["format"] == "binary" || file["minItems"] == 1), "{vendor} {reference}: {files:?}");
        }
    }
}

/// The page prints `<string>`: which word stands for a message to a contact is not documented.
#[test]
fn an_example_shows_no_value_that_is_on_no_page() {
    let (_, send) =
        operations(Document::embedded(leonar::OPENAPI).json()).find(|(_, operation)| operation["operationId"] == "send_message").unwrap();
    let example = &send["responses"]["2XX"]["content"]["application/json"]["example"]["data"];
    assert!(example["id"].is_string() && example["direction"].is_null(), "{example}");
}

/// A rule that is off in `specs/redocly.yaml` is one that a document breaks, for the reason given there.
#[test]
fn the_linters_exceptions_are_needed() {
    let mut needed = BTreeSet::new();
    for (_, document) in documents() {
        let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
        needed.extend(document["info"]["license"].is_null().then_some("info-license"));
        needed.extend(paths.iter().any(|path| path.ends_with('/')).then_some("no-path-trailing-slash"));
        let overlap = |one: &str, other: &str| {
            let (one, other): (Vec<_>, Vec<_>) = (one.split('/').collect(), other.split('/').collect());
            let alike = |(one, other): (&&str, &&str)| one == other || one.starts_with('{') || other.starts_with('{');
            one != other && one.len() == other.len() && one.iter().zip(&other).all(alike)
        };
        needed.extend(paths.iter().any(|one| paths.iter().any(|other| overlap(one, other))).then_some("no-ambiguous-paths"));
        needed.extend(document.get("x-webhook-events").map(|_| "no-unused-components"));
    }
    let config = file("specs/redocly.yaml");
    let off: BTreeSet<&str> = config.lines().filter_map(|line| line.trim().strip_suffix(": off")).collect();
    assert_eq!(off, needed);
}

#[test]
fn the_readme_counts_what_the_documents_hold() {
    let readme = file("README.md");
    for (vendor, document) in documents() {
        let name = document["x-client"]["name"].as_str().unwrap();
        let row = readme.lines().find(|line| line.starts_with(&format!("| [{name}]"))).unwrap_or_else(|| panic!("{name} has no row"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let expected = [
            format!("[`{vendor}`](crates/{vendor})"),
            operations(&document).count().to_string(),
            format!("`{}`", document["x-client"]["credential"].as_str().unwrap()),
        ];
        assert_eq!(cells[2..5], expected, "{name}");
    }
    let demo = readme.split("$ cargo run -q -p reachout -- demo\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let rows = demo.lines().filter(|line| documents().iter().any(|(vendor, _)| line.starts_with(&format!(" {vendor} ")))).count();
    assert_eq!((rows, readme.contains("the five documented operations")), (5, true), "the demo shows as many as the README says");
}
