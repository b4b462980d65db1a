//! What people say of a draft outlives the next import.

use std::{fs, path::Path};

use reachout_codegen::{Error, Mode, import, lint, regen};
use tempfile::TempDir;

use super::bundled;

const PUBLISHED: &str = "openapi: 3.0.0
info: { title: Shop, version: '1' }
servers: [{ url: 'https://shop.example' }]
paths:
  /orders:
    get:
      operationId: fetchEm
      tags: [orders]
      parameters: [{ name: offset, in: query, schema: { type: integer } }]
      responses:
        '200':
          description: Orders.
          content: { application/json: { schema: { type: object, properties: { data: { type: array, items: { type: object, properties: { id: { type: string } } } } } } } }
  /debug:
    get:
      operationId: get_debug
      responses: { '200': { description: Debug. } }
";

const OVERLAY: &str = "overlay: 1.0.0
info: { title: What is known, version: '1' }
actions:
  - target: $.paths['/orders'].get
    update:
      operationId: list_orders
      x-evidence: { level: full }
      x-pagination: { style: offset, items: data, param: offset }
  - target: $.components.schemas.FetchEmResponseDatum
    update: { x-name: Order, description: An order. }
  - target: $.paths['/debug']
    remove: true
";

fn shop(published: &str, overlay: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    again(root.path(), published).unwrap();
    fs::write(root.path().join("specs/shop/overlay.yaml"), overlay).unwrap();
    root
}

fn again(root: &Path, published: &str) -> Result<(), Error> {
    fs::write(root.join("shop.yaml"), published).unwrap();
    import(root, &root.join("shop.yaml"), "shop").map(drop)
}

#[test]
fn names_pages_and_corrections_outlive_an_import() {
    let items = "items: { type: object, properties: { id: { type: string } } }";
    let name = if PUBLISHED.contains(items) { item_name() } else { unreachable!() };
    let overlay = OVERLAY.replace("FetchEmResponseDatum", &name);
    let root = shop(PUBLISHED, &overlay);
    // The vendor adds a field.
    again(root.path(), &PUBLISHED.replace("id: { type: string } }", "id: { type: string }, note: { type: string } }")).unwrap();
    regen(root.path(), Mode::Write).unwrap();
    let document = bundled(root.path(), "shop");
    let operation = &document["paths"]["/orders"]["get"];
    assert_eq!(operation["operationId"], "list_orders");
    assert_eq!(operation["x-pagination"]["items"], "data");
    assert_eq!(operation["x-evidence"]["level"], "full");
    assert!(document["paths"].get("/debug").is_none());
    let order = &document["components"]["schemas"]["Order"];
    assert_eq!((&order["description"], order["properties"]["note"].is_object()), (&"An order.".into(), true), "{order}");
    assert!(document["components"]["schemas"].get(&name).is_none(), "the old name is gone");
}

/// What the import calls one of the orders.
fn item_name() -> String {
    let root = shop(PUBLISHED, "overlay: 1.0.0\nactions: []\n");
    regen(root.path(), Mode::Write).unwrap();
    let schemas = bundled(root.path(), "shop")["components"]["schemas"].clone();
    let found = schemas.as_object().unwrap().iter().find(|(_, schema)| schema["properties"].get("id").is_some());
    found.unwrap().0.clone()
}

#[test]
fn an_overlay_that_is_wrong_is_named_with_its_line() {
    let action = |text: &str| format!("overlay: 1.0.0\nactions:\n  - target: $.info\n    update: {{ title: Shop }}\n{text}");
    for (overlay, line, message, help) in [
        (
            action("  - target: $.paths['/gone'].get\n    update: { summary: Gone }\n"),
            5,
            "matches nothing",
            "does not have what it is about any more",
        ),
        (action("  - target: paths.get\n    update: {}\n"), 5, "is not a JSONPath", "RFC 9535"),
        (action("  - target: $.info.title\n    update: Shop\n"), 5, "", "name what holds a single value"),
        (action("  - target: $.info\n"), 5, "this action does nothing", "`remove: true`"),
        (action("  - target: $.info\n    updates: {}\n"), 5, "`updates` is not known in an action", "`update` or `remove`"),
        ("overlay: 2.0.0\nactions: []\n".to_owned(), 1, "not an OpenAPI Overlay 1.0", "write `overlay: 1.0.0`"),
        ("overlay: 1.0.0\nactions: { a: b }\n".to_owned(), 2, "`actions` is not a list", "`- target: …`"),
        // What an action writes is linted where it stands.
        (
            action("  - target: $.paths['/orders'].get\n    update:\n      operationId: List\n"),
            7,
            "`List` is not verb_noun",
            "`list_contacts`",
        ),
    ] {
        let root = shop(PUBLISHED, &overlay);
        let error = lint(root.path(), &[]).unwrap_err().to_string();
        let place = format!("specs/shop/overlay.yaml:{line}: ");
        assert!(error.contains(&place) && error.contains(message) && error.contains(help), "{overlay}\n{error}");
    }
}

#[test]
fn an_import_tells_of_what_the_overlay_cannot_find_any_more() {
    let root = shop(PUBLISHED, "overlay: 1.0.0\nactions:\n  - target: $.paths['/debug']\n    remove: true\n");
    let error = again(root.path(), &PUBLISHED.replace("/debug", "/trace")).unwrap_err().to_string();
    assert!(error.contains("specs/shop/overlay.yaml:3") && error.contains("`$.paths['/debug']` matches nothing"), "{error}");
}
