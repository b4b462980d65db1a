//! Groups of a reviewed vendor that are taken from its published files, and how much of what is known a spec has.

use std::{fs, path::Path};

use reachout_codegen::{Error, Mode, Written, coverage, import, lint, regen};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::bundled;
use crate::bad_specs::workspace;

const PUBLISHED: &str = "openapi: 3.0.0
info: { title: Shop, version: '1', description: Prose of the vendor. }
servers: [{ url: 'https://demo.example' }]
paths:
  /orders:
    get:
      operationId: getOrders
      summary: Prose of the vendor
      tags: [Orders]
      security: [{ Sub-Account: [orders.readonly] }]
      parameters:
        - { name: Version, in: header, required: true, schema: { type: string, enum: ['2026-01-01'] } }
        - { name: skip, in: query, description: Prose of the vendor, schema: { type: string, example: '20', default: '0' } }
      responses:
        '200': { description: Prose of the vendor, content: { application/json: { schema: { $ref: '#/components/schemas/ListOrdersDto' } } } }
    post:
      operationId: create-order
      tags: [Orders]
      security: [{ Sub-Account: [] }, { Agency: [] }]
      parameters: [{ name: Version, in: header, required: true, schema: { type: string, enum: ['2026-01-01'] } }]
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/OrderDTO' } } } }
      responses: { '201': { description: Prose of the vendor } }
components:
  securitySchemes: { Sub-Account: { type: http, scheme: bearer }, Agency: { type: http, scheme: bearer } }
  schemas:
    ListOrdersDto:
      type: object
      required: [orders, total]
      properties:
        orders: { type: array, items: { $ref: '#/components/schemas/OrderDTO' } }
        total: { type: number, example: 1 }
    OrderDTO:
      type: object
      required: [_id, status, country]
      properties:
        _id: { type: string, description: Prose of the vendor, example: o1 }
        status: { type: string, enum: [open, paid] }
        note: { type: string, nullable: true }
        country: { type: string, enum: [COUNTRIES] }
";

const PLAN: &str = "pages: https://demo.example/docs/
note: From the file of 2026; nobody has reviewed it
tokens: { Sub-Account: location, Agency: agency }
words: { total: How many there are. }
groups:
  - name: shop
    file: apps/shop.yaml
    prefix: Shop
    tags: { Orders: { name: orders, description: Orders of a shop. } }
    operations: { GET /orders: list_orders }
";

/// A reviewed vendor that takes the group whole, and has a component of a name that the group has too.
const ROOT: &str = "openapi: 3.0.3
info: { title: Demo API, version: '1', description: A vendor with one operation. }
x-client: { name: Demo, env: DEMO, credential: DEMO_TOKEN }
servers: [{ url: 'https://demo.example' }]
security: [{ token: [] }]
tags: [{ name: messages, description: Messages. }]
x-fragments:
  - $ref: official/shop.yaml
    parameters: [{ $ref: 'common.yaml#/components/parameters/Version20260101' }]
paths:
  /messages/{id}:
    get:
      operationId: get_message
      tags: [messages]
      summary: Get a message
      description: Returns one message.
      x-effect: reads
      externalDocs: { url: 'https://demo.example/docs' }
      x-evidence: { level: full }
      parameters: [{ name: id, in: path, required: true, description: The message., schema: { type: string }, example: m1 }]
      responses:
        '200':
          description: The message.
          content: { application/json: { schema: { $ref: '#/components/schemas/Order' }, example: { text: Hi } } }
        4XX: { $ref: 'common.yaml#/components/responses/Error' }
        5XX: { $ref: 'common.yaml#/components/responses/Error' }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Order: { type: object, description: A message., properties: { text: { type: string, nullable: true, description: Its text. } } }
";

const COMMON: &str = "components:
  parameters:
    Version20260101:
      name: Version
      in: header
      required: true
      description: Version of the API.
      schema: { type: string, enum: ['2026-01-01'] }
      example: '2026-01-01'
  responses:
    Error:
      description: It failed.
      content: { application/json: { schema: { $ref: '#/components/schemas/ErrorResponse' }, example: { message: No. } } }
  schemas:
    AnyValue: { description: Any JSON value. }
    ErrorResponse:
      type: object
      description: Why it failed.
      properties: { message: { type: string, nullable: true, description: In words. } }
";

fn demo() -> TempDir {
    let root = workspace(ROOT);
    let specs = root.path().join("specs/demo");
    fs::create_dir_all(specs.join("official")).unwrap();
    fs::create_dir_all(root.path().join("apps")).unwrap();
    let countries: Vec<String> = (0..101).map(|number| format!("C{number}")).collect();
    for (path, content) in [
        (specs.join("common.yaml"), COMMON.to_owned()),
        (specs.join("official/groups.yaml"), PLAN.to_owned()),
        (root.path().join("apps/shop.yaml"), PUBLISHED.replace("COUNTRIES", &countries.join(", "))),
    ] {
        fs::write(path, content).unwrap();
    }
    root
}

fn again(root: &Path) -> Result<Written, Error> {
    import(root, root, "demo")
}

#[test]
fn a_group_of_published_files_follows_the_conventions_and_takes_no_prose() {
    let root = demo();
    let written = again(root.path()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(written.operations, 2);
    lint(root.path(), &[]).unwrap_or_else(|error| panic!("{error}"));
    regen(root.path(), Mode::Write).unwrap_or_else(|error| panic!("{error}"));
    let document = bundled(root.path(), "demo");
    assert!(!document.to_string().contains("Prose"));
    let list = &document["paths"]["/orders"]["get"];
    let schemas = &document["components"]["schemas"];
    for (what, found, expected) in [
        ("id", &list["operationId"], json!("list_orders")),
        ("level", &list["x-evidence"]["level"], json!("official")),
        ("token", &list["x-token"], json!("location")),
        ("either token", &document["paths"]["/orders"]["post"]["x-token"], json!("any")),
        ("scope", &list["description"], json!("Needs the scope `orders.readonly`.")),
        ("page", &list["externalDocs"]["url"], json!("https://demo.example/docs/apps/shop.yaml")),
        ("paging", &list["x-pagination"], json!({ "style": "offset", "items": "orders", "param": "skip", "total": "total" })),
        ("a count", &list["parameters"][0]["schema"]["type"], json!("integer")),
        ("its words", &list["parameters"][0]["description"], json!("Skip. Default: `0`.")),
        ("the root's header", &document["paths"]["/orders"]["parameters"][0]["$ref"], json!("#/components/parameters/Version20260101")),
        ("a response requires nothing", &schemas["ListOrdersResponse"]["required"], Value::Null),
        ("and may be null", &schemas["ListOrdersResponse"]["properties"]["total"]["nullable"], json!(true)),
        ("but for the id", &schemas["ShopOrder"]["required"], json!(["_id"])),
        ("a request requires what the file says", &schemas["CreateOrderRequest"]["required"], json!(["_id", "status", "country"])),
        (
            "a name that another has",
            &schemas["ListOrdersResponse"]["properties"]["orders"]["items"]["$ref"],
            json!("#/components/schemas/ShopOrder"),
        ),
        ("a long list is a text", &schemas["ShopOrder"]["properties"]["country"]["type"], json!("string")),
        ("words of the plan", &schemas["ListOrdersResponse"]["properties"]["total"]["description"], json!("How many there are.")),
        (
            "examples of properties",
            &document["paths"]["/orders"]["get"]["responses"]["200"]["content"]["application/json"]["example"]["orders"][0]["_id"],
            json!("o1"),
        ),
        (
            "no schema is any value",
            &document["paths"]["/orders"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]["$ref"],
            json!("#/components/schemas/AnyValue"),
        ),
        ("or nothing", &document["paths"]["/orders"]["post"]["responses"]["204"]["description"], json!("Success, without a body.")),
    ] {
        assert_eq!(*found, expected, "{what}");
    }
    assert_eq!(again(root.path()).unwrap().files, Vec::<std::path::PathBuf>::new(), "a second import changes nothing");
}

#[test]
fn what_people_know_of_a_group_outlives_an_import() {
    let root = demo();
    again(root.path()).unwrap();
    let overlay = "overlay: 1.0.0\ninfo: { title: Known, version: '1' }\nactions:\n  - target: $.paths['/orders'].post\n    update: { x-effect: reaches-a-person, x-guess: false }\n";
    fs::write(root.path().join("specs/demo/official/shop.overlay.yaml"), overlay).unwrap();
    again(root.path()).unwrap();
    regen(root.path(), Mode::Write).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(bundled(root.path(), "demo")["paths"]["/orders"]["post"]["x-effect"], "reaches-a-person");
    let moved = overlay.replace("/orders", "/order");
    fs::write(root.path().join("specs/demo/official/shop.overlay.yaml"), moved).unwrap();
    let error = lint(root.path(), &[]).unwrap_err().to_string();
    assert!(
        error.contains("specs/demo/official/shop.overlay.yaml:4: /actions/0/target: `$.paths['/order'].post` matches nothing"),
        "{error}"
    );
}

#[test]
fn a_plan_names_every_tag_and_only_operations_that_are_there() {
    let root = demo();
    for (written, by, message) in [
        ("Orders: { name", "Order: { name", "`Orders`, the tag of GET /orders, is not among the tags of group `shop`"),
        ("GET /orders: list", "GET /order: list", "`GET /order` is not in this file"),
        ("prefix: Shop", "prefixes: Shop", "unknown field `prefixes`"),
    ] {
        fs::write(root.path().join("specs/demo/official/groups.yaml"), PLAN.replace(written, by)).unwrap();
        let error = again(root.path()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn coverage_counts_what_is_known_by_its_status() {
    let root = demo();
    again(root.path()).unwrap();
    let known =
        "- GET /messages/{id}\n- GET /orders\n- POST /orders: not yet\n- GET /later: not yet\n- GET /named: no page seen\n- GET /gone\n";
    fs::write(root.path().join("specs/demo/inventory.yaml"), known).unwrap();
    fs::write(root.path().join("specs/demo/inventory-2026-01-01.yaml"), "- GET /orders\n- GET /messages/{id}: not yet\n").unwrap();
    let lists = &coverage(root.path(), &[]).unwrap_or_else(|error| panic!("{error}"))[0].lists;
    let [own, other] = lists.as_slice() else { panic!("{lists:?}") };
    assert_eq!((own.known, own.reviewed, own.official, own.planned, own.unseen), (6, 1, 2, 1, 1));
    assert_eq!(own.missing, ["GET /gone"]);
    assert_eq!((other.version.as_deref(), other.known, other.official, other.planned), (Some("2026-01-01"), 2, 1, 1));
    fs::write(root.path().join("specs/demo/inventory.yaml"), "- GET /orders: some day\n").unwrap();
    let error = coverage(root.path(), &[]).unwrap_err().to_string();
    assert!(error.contains("specs/demo/inventory.yaml:1") && error.contains("no page seen"), "{error}");
}
