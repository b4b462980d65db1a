//! Documents of other versions, in several files, and none at all.

use std::fs;

use reachout_codegen::{Mode, import, regen};

use super::bundled;

#[test]
fn swagger_2_is_raised_to_3() {
    let root = tempfile::tempdir().unwrap();
    let swagger = r##"{
      "swagger": "2.0", "info": { "title": "Old", "version": "1" }, "host": "old.example", "basePath": "/v1", "schemes": ["https"],
      "securityDefinitions": { "key": { "type": "apiKey", "in": "header", "name": "X-Old-Key" } }, "security": [{ "key": [] }],
      "consumes": ["application/json"], "produces": ["application/json"],
      "paths": {
        "/pets": { "post": { "operationId": "addPet", "tags": ["pets"],
          "parameters": [{ "in": "body", "name": "pet", "required": true, "schema": { "$ref": "#/definitions/Pet" } }],
          "responses": { "200": { "description": "Added.", "schema": { "$ref": "#/definitions/Pet" } } } } },
        "/pets/{id}/photo": { "post": { "operationId": "addPhoto", "tags": ["pets"], "consumes": ["multipart/form-data"],
          "parameters": [{ "in": "path", "name": "id", "type": "string", "required": true }, { "in": "formData", "name": "photo", "type": "file", "required": true }],
          "responses": { "204": { "description": "Added." } } } }
      },
      "definitions": { "Pet": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } } }
    }"##;
    let file = root.path().join("swagger.json");
    fs::write(&file, swagger).unwrap();
    import(root.path(), &file, "old").unwrap();
    regen(root.path(), Mode::Write).unwrap();
    let document = bundled(root.path(), "old");
    assert_eq!(document["servers"][0]["url"], "https://old.example/v1");
    assert_eq!(document["components"]["securitySchemes"]["credential"]["name"], "X-Old-Key");
    assert_eq!(document["x-client"]["credential"], "OLD_API_KEY");
    let body = &document["paths"]["/pets"]["post"]["requestBody"]["content"]["application/json"];
    assert_eq!(body["schema"]["$ref"], "#/components/schemas/Pet");
    assert_eq!(document["paths"]["/pets/{id}/photo"]["post"]["x-multipart"], true);
}

#[test]
fn files_that_a_document_refers_to_are_brought_in() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("apps/v2")).unwrap();
    fs::create_dir_all(root.path().join("apps/common")).unwrap();
    let document = "openapi: 3.0.0\ninfo: { title: Many, version: '1' }\npaths:\n  /a:\n    get:\n      operationId: get_a\n      responses:\n        \
                    200: { description: A., content: { application/json: { schema: { $ref: '../common/shared.yaml#/components/schemas/A' } } } }\n        \
                    400: { description: No., content: { application/json: { schema: { $ref: 'https://elsewhere.example/error.json' } } } }\n";
    fs::write(root.path().join("apps/v2/many.yaml"), document).unwrap();
    let shared = "components:\n  schemas:\n    A: { type: object, properties: { b: { $ref: '#/components/schemas/B' } } }\n    B: { type: object, properties: { c: { type: string } } }\n";
    fs::write(root.path().join("apps/common/shared.yaml"), shared).unwrap();
    import(root.path(), &root.path().join("apps/v2/many.yaml"), "many").unwrap();
    // A document that was moved, and its references were not.
    fs::create_dir_all(root.path().join("apps/v2/common")).unwrap();
    fs::rename(root.path().join("apps/common/shared.yaml"), root.path().join("apps/v2/common/shared.yaml")).unwrap();
    let written = import(root.path(), &root.path().join("apps/v2/many.yaml"), "many").unwrap();
    assert!(written.lossy.iter().any(|(step, _)| step.contains("found nearby")), "{:?}", written.lossy);
    regen(root.path(), Mode::Write).unwrap();
    let schemas = &bundled(root.path(), "many")["components"]["schemas"];
    assert_eq!(schemas["A"]["properties"]["b"]["$ref"], "#/components/schemas/B");
    assert!(schemas["B"].is_object());
}

#[test]
fn what_is_no_published_document_is_refused_with_a_remedy() {
    let root = tempfile::tempdir().unwrap();
    for (content, message, help) in [
        ("{ \"openapi\": \"4.0.0\" }", "the file's version is 4.0.0", "openapi: 3.0.x"),
        ("{ \"openapi\": ", "the file is not JSON", "OpenAPI file"),
        ("- a\n- b\n", "not an OpenAPI document", "OpenAPI file"),
        ("a: [\n", "not valid YAML", "mind the indentation"),
        ("{ \"swagger\": \"1.2\" }", "the file's version is 1.2", "swagger: \"2.0\""),
    ] {
        let file = root.path().join("file");
        fs::write(&file, content).unwrap();
        let error = import(root.path(), &file, "anybody").unwrap_err().to_string();
        assert!(error.contains(message) && error.contains(help), "{content}: {error}");
    }
    assert!(!root.path().join("specs/anybody/openapi.yaml").exists());
    let error = import(root.path(), &root.path().join("nowhere.yaml"), "anybody").unwrap_err().to_string();
    assert!(error.contains("nowhere.yaml"), "{error}");
}
