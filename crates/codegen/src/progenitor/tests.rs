use std::{fs, path::Path};

use super::check;
use crate::{
    load::{Document, load},
    model::{Api, Field, Shape, TypeRef, read},
};

const SPEC: &str = r##"openapi: 3.0.3
info: { title: Demo, version: "1" }
servers: [{ url: "https://demo.example" }]
paths:
  /nodes/{id}:
    put:
      operationId: put_node
      tags: [nodes]
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Either" } } }
      responses:
        "200": { description: It is there., content: { application/json: { schema: { $ref: "#/components/schemas/Node" } } } }
        "204": { description: It was there. }
components:
  schemas:
    Node:
      type: object
      required: [id, type]
      properties:
        id: { type: string, format: uuid }
        "@id": { type: string }
        type: { type: string, maxLength: 9 }
        at: { type: string, format: date-time, nullable: true }
        count: { type: integer, format: int32, minimum: 0 }
        size: { type: integer, format: uint64, minimum: 1 }
        ratio: { type: number }
        tags: { type: array, uniqueItems: true, items: { type: string, nullable: true } }
        texts: { type: object, additionalProperties: { type: string } }
        next: { $ref: "#/components/schemas/Node" }
        kind: { $ref: "#/components/schemas/Kind" }
    Kind: { type: string, enum: [one, two] }
    Either: { oneOf: [{ $ref: "#/components/schemas/Node" }, { $ref: "#/components/schemas/Kind" }] }
    Names: { type: array, nullable: true, items: { type: string } }
    Uuid: { type: string, format: uuid }
"##;

fn document(spec: &str) -> Document {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("specs/demo");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("openapi.yaml"), spec).unwrap();
    load(root.path(), "demo").unwrap()
}

fn found(document: &Document, api: &Api) -> Vec<String> {
    let findings = check(document, api).into_iter();
    findings
        .map(|finding| {
            assert_eq!(finding.origin.file, Path::new("specs/demo/openapi.yaml"));
            format!("{}{}: {}", finding.origin.line, finding.origin.pointer, finding.message)
        })
        .collect()
}

fn fields(api: &mut Api) -> &mut Vec<Field> {
    match &mut api.schemas.get_mut("Node").unwrap().shape {
        Shape::Struct { fields, .. } => fields,
        shape => panic!("{shape:?}"),
    }
}

fn field<'a>(api: &'a mut Api, wire: &str) -> &'a mut Field {
    fields(api).iter_mut().find(|field| field.wire == wire).unwrap()
}

#[test]
fn a_type_that_is_another_than_progenitors_is_named_with_its_place() {
    type Change = fn(&mut Api);
    let cases: [(Change, &str); 13] = [
        (
            |api| field(api, "id").ty = TypeRef::String,
            "23/components/schemas/Node/properties/id: `Node.id` is `id: String` here and `id: rt::Uuid`",
        ),
        (|api| field(api, "id").required = false, "`Node.id` is `id: rt::Uuid`, optional, here and `id: rt::Uuid` by"),
        (|api| field(api, "id").nullable = true, "`Node.id` is `id: Option<rt::Uuid>` here and `id: rt::Uuid` by"),
        (|api| field(api, "type").name = "kind_".to_owned(), "`Node.type` is `kind: String` here and `type: String` by"),
        (
            |api| field(api, "at").ty = TypeRef::Date,
            "`Node.at` is `at: rt::NaiveDate`, optional, here and `at: rt::DateTime<rt::Utc>`, optional,",
        ),
        (|api| field(api, "count").ty = TypeRef::Bool, "`Node.count` is `count: bool`, optional, here and `count: i64`"),
        (|api| field(api, "size").ty = TypeRef::Integer("i64".into()), "`Node.size` is `size: i64`, optional, here and `size: u64`"),
        (|api| field(api, "tags").ty = TypeRef::List(TypeRef::String.into()), "and `tags: Vec<Option<String>>`, optional,"),
        (|api| field(api, "texts").ty = TypeRef::Object, "and `texts: std::collections::BTreeMap<String, String>`, optional,"),
        (
            |api| field(api, "next").ty = TypeRef::Component("Node".into()),
            "`Node.next` is `next: Node`, optional, here and `next: Box<Node>`",
        ),
        (|api| drop(fields(api).pop()), "19/components/schemas/Node: `Node` is an object of"),
        (
            |api| match &mut api.schemas.get_mut("Kind").unwrap().shape {
                Shape::Enum(variants) => drop(variants.pop()),
                shape => panic!("{shape:?}"),
            },
            "34/components/schemas/Kind: `Kind` is an enum of 1 values here and an enum of 2 values by progenitor",
        ),
        (
            |api| match &mut api.schemas.get_mut("Either").unwrap().shape {
                Shape::OneOf { alternatives, .. } => alternatives.reverse(),
                shape => panic!("{shape:?}"),
            },
            "35/components/schemas/Either: `Either` is one of `Kind`, `Node` here and one of `Node`, `Kind` by progenitor",
        ),
    ];
    let document = document(SPEC);
    assert_eq!(found(&document, &read(&document)), Vec::<String>::new());
    for (change, expected) in cases {
        let mut api = read(&document);
        change(&mut api);
        let found = found(&document, &api);
        assert!(found.len() == 1 && found[0].contains(expected), "expected {expected} in {found:#?}");
    }
}

#[test]
fn what_progenitor_refuses_is_named_with_its_place() {
    let schema = SPEC.replace("format: int32, minimum: 0", "default: none");
    let operation = SPEC.replace("required: true, schema", "required: true, style: matrix, schema");
    for (spec, expected) in [
        (&schema, "19/components/schemas/Node: progenitor cannot generate from this: "),
        (
            &operation,
            "6/paths/~1nodes~1{id}/put: progenitor cannot generate from this: unexpected or unhandled format in the OpenAPI document",
        ),
    ] {
        let document = document(spec);
        let found = found(&document, &read(&document));
        assert!(found.iter().any(|finding| finding.contains(expected)), "expected {expected} in {found:#?}");
    }
}
