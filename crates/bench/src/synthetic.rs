//! A vendor of our making, with as many operations as one wants.

use std::{fs, path::Path};

use anyhow::Context as _;
use serde_json::{Map, Value, json};

/// Writes `specs/demo` below a root that holds nothing else.
///
/// # Errors
/// Where it cannot be written.
pub fn write(root: &Path, operations: usize) -> anyhow::Result<()> {
    let specs = root.join("specs/demo");
    fs::create_dir_all(&specs).with_context(|| format!("cannot create {}", specs.display()))?;
    fs::write(specs.join("openapi.yaml"), serde_json::to_string_pretty(&document(operations))?)?;
    Ok(())
}

/// JSON, which is YAML too.
fn document(operations: usize) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    schemas.insert(
        "ErrorResponse".to_owned(),
        json!({"type": "object", "description": "An error.", "properties": {"message": {"type": "string", "description": "What went wrong."}}}),
    );
    for index in 0..operations {
        paths.insert(format!("/things{index}/{{id}}"), path(index));
        schemas.insert(format!("Thing{index}"), schema(index));
    }
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Demo API", "version": "1", "description": "A vendor that is made to measure."},
        "x-client": {"name": "Demo", "env": "DEMO", "credential": "DEMO_TOKEN"},
        "servers": [{"url": "https://demo.example"}],
        "security": [{"token": []}],
        "tags": [{"name": "things", "description": "Things."}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"Error": {
                "description": "An error.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}, "example": {"message": "No."}}}
            }},
            "schemas": schemas
        }
    })
}

fn path(index: usize) -> Value {
    json!({"get": {
        "operationId": format!("get_thing{index}"),
        "tags": ["things"],
        "summary": "Get a thing",
        "description": "Returns one thing.",
        "externalDocs": {"url": "https://demo.example/docs"},
        "x-evidence": {"level": "full"},
        "parameters": [
            {"name": "id", "in": "path", "required": true, "description": "An id.", "schema": {"type": "string"}, "example": "x"}
        ],
        "responses": {
            "2XX": {
                "description": "Done.",
                "content": {"application/json": {
                    "schema": {"$ref": format!("#/components/schemas/Thing{index}")},
                    "example": {"id": "a", "name": "b", "status": "sent", "tags": ["a", "b"], "parent": {"id": "c"}}
                }}
            },
            "4XX": {"$ref": "#/components/responses/Error"},
            "5XX": {"$ref": "#/components/responses/Error"}
        }
    }})
}

fn schema(index: usize) -> Value {
    json!({
        "type": "object",
        "description": "A thing.",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "description": "Its id."},
            "name": {"type": "string", "nullable": true, "description": "Its name."},
            "status": {"type": "string", "nullable": true, "description": "Its status."},
            "tags": {"type": "array", "nullable": true, "description": "Its tags.", "items": {"type": "string"}},
            "parent": {
                "type": "object", "nullable": true, "description": "The thing above.",
                "allOf": [{"$ref": format!("#/components/schemas/Thing{index}")}]
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_operations_as_wanted() {
        let document = document(12);
        assert_eq!(document["paths"].as_object().map(Map::len), Some(12));
        let reference = &document["paths"]["/things7/{id}"]["get"]["responses"]["2XX"]["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(reference, "#/components/schemas/Thing7");
        assert!(document["components"]["schemas"]["Thing7"].is_object());
    }
}
