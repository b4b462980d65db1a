//! One document with a bit of everything.

use serde_json::{Value, json};

use crate::{Direction, Document, Effect, Location, Position, Repeat, Strictness, Style, references};

fn contacts() -> Document {
    let component = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let json_of = |schema: Value, example: Value| json!({ "application/json": { "schema": schema, "example": example } });
    let contact =
        json!({ "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "tags": ["a"], "seat": { "number": 1 }, "to": { "url": "u", "text": "x" } });
    Document::new(json!({
        "tags": [{ "name": "contacts", "description": "People." }],
        "paths": {
            "/{team}/contacts/{id}": {
                "parameters": [
                    { "$ref": "#/components/parameters/Fields" },
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string" }, "example": "c1" },
                    { "name": "session", "in": "cookie", "schema": { "type": "string" } },
                ],
                "post": {
                    "operationId": "search_contacts", "tags": ["contacts"], "x-effect": "reads", "x-repeat": "twice", "security": [],
                    "parameters": [
                        { "name": "Version", "in": "header", "required": true, "schema": { "type": "string", "enum": ["v1"] } },
                        { "name": "team", "in": "path", "required": true, "schema": { "type": "string" }, "example": "t1" },
                    ],
                    "x-pagination": { "style": "token", "items": "contacts", "next": { "after": "last.id" }, "total-pages": "meta.pages" },
                    "requestBody": { "$ref": "#/components/requestBodies/Search" },
                    "responses": {
                        "202": { "description": "Later." },
                        "2XX": { "content": json_of(component("Contacts"), json!({ "contacts": [contact] })) },
                        "4XX": { "$ref": "#/components/responses/Error" },
                    },
                },
            },
        },
        "x-webhook-envelope": { "type": "event", "data": "data" },
        "x-webhook-events": { "moved": { "payload": component("Move"), "example": { "event": "moved", "data": { "from": "x" } } } },
        "components": {
            "parameters": { "Fields": { "name": "fields", "in": "query", "schema": component("Field") } },
            "requestBodies": { "Search": { "required": true, "content": json_of(component("Search"), json!({ "status": "new" })) } },
            "responses": { "Error": { "content": json_of(component("Error"), json!({})) } },
            "schemas": {
                "Search": { "type": "object", "properties": { "status": component("Status"), "sort": component("Sort") } },
                "Status": { "type": "string", "enum": ["new", "old"] },
                "Sort": { "type": "string", "enum": ["up", "down"] },
                "Field": { "type": "string", "enum": ["id"] },
                "Contacts": { "type": "object", "properties": {
                    "contacts": { "type": "array", "items": component("Contact") },
                    "meta": { "type": "object", "properties": { "pages": { "type": "integer" } } },
                } },
                "Contact": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": { "type": "string", "format": "uuid" },
                        "summary": { "type": "string", "nullable": true },
                        "status": component("Status"),
                        "tags": { "type": "array", "items": component("Tag") },
                        "custom": { "type": "object", "additionalProperties": true },
                        "seat": { "type": "object", "nullable": true, "allOf": [component("Seat")] },
                        "to": { "oneOf": [component("ToLead"), component("ToProfile")] },
                    },
                },
                "Tag": { "type": "string", "enum": ["a", "b"] },
                "Seat": { "type": "object", "properties": { "number": { "type": "integer" } } },
                "ToLead": { "type": "object", "required": ["lead", "text"], "properties": { "lead": { "type": "string" }, "text": { "type": "string" } } },
                "ToProfile": { "type": "object", "required": ["url", "text"], "properties": { "url": { "type": "string" }, "text": { "type": "string" } } },
                "Error": { "type": "object", "properties": { "message": { "type": "string" } } },
                "Move": { "type": "object", "properties": { "from": { "type": "string" } } },
                "Unused": { "type": "string", "enum": ["x"] },
                "Circle": component("Circle"),
                "Both": { "allOf": [component("Seat"), component("Error"), component("Both")] },
            },
        },
    }))
}

#[test]
fn an_operation_is_typed_with_what_its_path_and_its_references_say() {
    let document = contacts();
    let operation = document.operation("search_contacts").unwrap();
    assert_eq!((operation.method, operation.path, operation.group), ("POST", "/{team}/contacts/{id}", "contacts"));
    assert_eq!(operation.pointer(), "/paths/~1{team}~1contacts~1{id}/post");
    let parameters: Vec<_> = operation.parameters.iter().map(|parameter| (parameter.location, parameter.name)).collect();
    assert_eq!(parameters, [(Location::Path, "team"), (Location::Path, "id"), (Location::Query, "fields"), (Location::Header, "Version")]);
    let constant = |name| operation.parameter(Location::Header, name).unwrap().constant(&document);
    assert_eq!(constant("Version"), Some("v1"));
    let body = operation.body.unwrap();
    assert!(body.required && body.content.is_json());
    assert_eq!(body.content.example, Some(&json!({ "status": "new" })));
    // The success with a body speaks for the operation, and a class of codes is its plainest.
    assert_eq!(operation.success.map(|success| (success.status, success.code())), Some(("2XX", 200)));
    assert_eq!((operation.effect(), operation.repeat(), operation.is_authenticated()), (Effect::Reads, Some(Repeat::Twice), false));
    let pagination = operation.pagination().unwrap();
    assert_eq!(pagination.style, Style::Token(vec![("after".to_owned(), "last.id".to_owned())]));
    assert_eq!((pagination.items.as_str(), pagination.total_pages.as_deref()), ("contacts", Some("meta.pages")));
    assert_eq!(document.group_description("contacts"), "People.");
}

#[test]
fn schemas_are_read_through_references_parts_and_alternatives() {
    let document = contacts();
    let contacts = document.component("Contacts").unwrap();
    assert_eq!(document.at(contacts, "meta.pages").unwrap()["type"], "integer");
    let contact = document.items(document.property(contacts, "contacts").unwrap()).unwrap();
    assert_eq!(document.property(contact, "seat"), document.component("Seat"));
    let to = document.property(contact, "to").unwrap();
    assert_eq!(document.alternative(to, &json!({ "url": "u", "text": "x" })), document.component("ToProfile").unwrap());
    let mut names: Vec<_> = document.properties(to).into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(names, ["lead", "text", "text", "url"]);
    assert_eq!(document.choices(document.property(contact, "status").unwrap()), Some(vec!["new", "old"]));
    assert_eq!(["Seat", "Error"].map(|name| document.allows_unknown(document.component(name).unwrap())), [false, false]);
}

#[test]
fn circles_of_references_end() {
    let document = contacts();
    let node = |name: &str| document.component(name).unwrap();
    assert_eq!(document.resolve(node("Circle")), node("Circle"));
    assert_eq!(document.property(node("Both"), "message").unwrap()["type"], "string");
    assert_eq!(document.property(node("Both"), "nothing"), None);
    assert!(!document.properties(node("Both")).is_empty());
    let mut found = Vec::new();
    references(node("Both"), Position::Node, &mut found);
    assert_eq!(found.len(), 3);
}

#[test]
fn a_vendor_may_add_to_the_enums_that_it_sends() {
    let document = contacts();
    assert!(document.reachable(Direction::Request).contains("Status"));
    let received = ["Status", "Tag", "Unused", "Error", "Sort", "Field", "Search"].map(|name| document.received().contains(name));
    assert_eq!(received, [true, true, true, true, false, false, false]);
}

#[test]
fn an_example_of_a_component_is_its_first_value_in_the_documented_ones() {
    let document = contacts();
    let cases = [
        ("Search", json!({ "status": "new" })),
        ("Status", json!("new")),
        ("Tag", json!("a")),
        ("Seat", json!({ "number": 1 })),
        ("ToProfile", json!({ "url": "u", "text": "x" })),
        ("Move", json!({ "from": "x" })),
    ];
    for (name, example) in cases {
        assert_eq!(document.example(name), Some(&example), "{name}");
    }
    assert_eq!(["ToLead", "Unused", "Circle", "Nothing"].map(|name| document.example(name)), [None; 4]);
}

#[test]
fn problems_are_sentences_with_a_place() {
    let id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
    let all = [Strictness::Exact, Strictness::Request, Strictness::Response];
    let shapes = [Strictness::Exact, Strictness::Request];
    let cases: [(&str, Value, &[&str], &[Strictness]); 11] = [
        ("all fits", json!({ "id": id, "summary": null, "tags": ["a"], "custom": { "any": 1 } }), &[], &all),
        ("missing", json!({}), &["\"id\" is a required property"], &all),
        ("format", json!({ "id": "x" }), &["id: \"x\" is not a \"uuid\""], &shapes),
        ("format of a response", json!({ "id": "x" }), &[], &[Strictness::Response]),
        ("a new value", json!({ "id": id, "tags": ["c"] }), &["tags.0: \"c\" is not one of \"a\" or \"b\""], &[Strictness::Exact]),
        ("a new value of an open enum", json!({ "id": id, "tags": ["c"] }), &[], &[Strictness::Request, Strictness::Response]),
        ("unknown", json!({ "id": id, "nick": 1 }), &["Additional properties are not allowed ('nick' was unexpected)"], &shapes),
        ("nullable of another type", json!({ "id": id, "summary": 1 }), &["summary: 1 is not of type \"string\""], &all),
        (
            "in a nullable reference",
            json!({ "id": id, "seat": { "number": "1" } }),
            &["seat.number: \"1\" is not of type \"integer\""],
            &all,
        ),
        (
            "the nearer alternative",
            json!({ "id": id, "to": { "url": "u", "text": 1 } }),
            &["to.text: 1 is not of type \"string\""],
            &shapes,
        ),
        ("null where none is meant", json!({ "id": null }), &["id: null is not of type \"string\""], &all),
    ];
    let contact = json!({ "$ref": "#/components/schemas/Contact" });
    let document = contacts();
    for (case, value, expected, strictness) in cases {
        for strictness in strictness {
            let problems = document.problems(&contact, &value, *strictness);
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), *expected, "{case}, {strictness:?}");
        }
    }
    let unknown = document.problems(&contact, &json!({ "id": id, "nack": 1, "nick": 2 }), Strictness::Exact);
    assert_eq!(unknown.iter().map(|problem| problem.unexpected.join(" ")).collect::<Vec<_>>(), ["nack nick"]);
    assert_eq!(document.problems(&contact, &json!({ "id": id, "nick": 1 }), Strictness::Response), []);
    assert_eq!(document.problems(&json!({ "type": "sting" }), &json!(1), Strictness::Exact).len(), 1);
}

#[test]
fn the_words_of_every_version_hold() {
    let document = Document::new(json!({ "components": { "schemas": {
        "Old": { "type": "object", "properties": {
            "low": { "type": "integer", "minimum": 3, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false },
            "note": { "type": "string", "nullable": true },
        } },
        "New": { "type": "object", "properties": {
            "low": { "type": ["integer", "null"], "exclusiveMinimum": 3 },
            "kind": { "const": "new" },
            "beside": { "$ref": "#/components/schemas/Old/properties/low", "minimum": 5 },
            "default": { "patternProperties": { "^x-": { "$ref": "#/components/schemas/Old" } } },
        } },
    } } }));
    let cases: [(&str, Value, &[&str], &[Strictness]); 9] = [
        ("Old", json!({ "low": 4, "note": null }), &[], &[Strictness::Exact, Strictness::Open]),
        ("Old", json!({ "low": 3 }), &["low: 3 is less than or equal to the minimum of 3"], &[Strictness::Exact, Strictness::Open]),
        ("Old", json!({ "low": 9 }), &[], &[Strictness::Exact, Strictness::Open]),
        ("Old", json!({ "other": 1 }), &["Additional properties are not allowed ('other' was unexpected)"], &[Strictness::Exact]),
        ("Old", json!({ "other": 1 }), &[], &[Strictness::Open]),
        ("New", json!({ "low": null, "kind": "new", "beside": 5, "other": 1 }), &[], &[Strictness::Open]),
        ("New", json!({ "low": 3 }), &["low: 3 is less than or equal to the minimum of 3"], &[Strictness::Open]),
        (
            "New",
            json!({ "kind": "old", "beside": 4 }),
            &["kind: \"new\" was expected", "beside: 4 is less than the minimum of 5"],
            &[Strictness::Open],
        ),
        (
            "New",
            json!({ "default": { "x-a": { "low": 3 } } }),
            &["default.x-a.low: 3 is less than or equal to the minimum of 3"],
            &[Strictness::Open],
        ),
    ];
    for (component, value, expected, strictness) in cases {
        for strictness in strictness {
            let schema = json!({ "$ref": format!("#/components/schemas/{component}") });
            let problems = document.problems(&schema, &value, *strictness);
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), *expected, "{component} {value}, {strictness:?}");
        }
    }
}

#[test]
fn many_schemas_are_validated_as_few_are() {
    let few = contacts();
    let many = contacts();
    let names =
        || many.json()["components"]["schemas"].as_object().unwrap().keys().filter(|name| !["Circle", "Both"].contains(&name.as_str()));
    let schema = |name: &String| json!({ "$ref": format!("#/components/schemas/{name}") });
    let value = json!({ "id": 1, "contacts": [{ "id": 1 }], "nick": 2 });
    for name in names().chain(names()) {
        let alone = contacts().problems(&schema(name), &value, Strictness::Exact);
        assert!(!alone.is_empty(), "{name}");
        assert_eq!(many.problems(&schema(name), &value, Strictness::Exact), alone, "{name}");
    }
    assert_eq!(few.problems(&schema(&"Tag".to_owned()), &json!("a"), Strictness::Exact), []);
}
