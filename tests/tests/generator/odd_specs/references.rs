//! References.

use super::{FIELD, Odd, PATH, RESULT, accepted, after, before, operation, refused};

pub fn cases() -> Vec<Odd> {
    let to = |text: &str| after(RESULT, &format!("        odd: {{ {text} }}"));
    let mut cases = Vec::new();
    for (name, text, words) in [
        ("to nothing", "$ref: \"#/components/schemas/Statuss\"", "points at nothing"),
        ("to another section", "$ref: \"#/components/responses/Error\"", "write `$ref: \"#/components/schemas/Name\"`"),
        ("to a missing section", "$ref: \"#/components/schemes/Status\"", "the section it names is missing too"),
        ("to a missing file", "$ref: \"other.yaml#/components/schemas/Status\"", "relative to this file"),
        ("to a folder", "$ref: \"../demo#/components/schemas/Status\"", "which does not exist"),
        ("out of the workspace", "$ref: \"../../../../../../etc/passwd#/x\"", "which does not exist"),
        ("to the web", "$ref: \"https://demo.example/openapi.yaml#/components/schemas/Status\"", "which does not exist"),
        ("without a fragment", "$ref: Status", "write `file.yaml#/components/schemas/Name`"),
        ("empty", "$ref: \"\"", "names no node"),
        ("to the whole document", "$ref: \"#\"", "names no component"),
        ("to a property", "$ref: \"#/components/schemas/ErrorResponse/properties/message\"", "make what it points at a component"),
        ("to an operation", "$ref: \"#/paths/~1contacts~1{id}~1messages/post\"", "names no component"),
        ("with a description beside it", "$ref: \"#/components/schemas/Status\", description: x", "where OpenAPI 3.0 ignores it"),
        ("with nullable beside it", "$ref: \"#/components/schemas/Status\", nullable: true", "`allOf: [{ $ref: … }]`"),
        ("with x-extend beside it", "$ref: \"#/components/schemas/Status\", x-extend: {}", "stands beside a `$ref`"),
        ("of a number", "$ref: 5", "must be text"),
        ("of a list", "$ref: [x]", "must be text"),
    ] {
        cases.push(refused(format!("reference {name}"), &[(RESULT, &to(text))], "        odd: {", words));
    }
    let second = |text: &str| before(PATH, text);
    cases.extend([
        accepted("property called $ref", &[(FIELD, &after(FIELD, "        $ref: { type: string, description: x }"))]),
        accepted("property called example", &[(FIELD, &after(FIELD, "        example: { $ref: \"#/components/schemas/Status\" }"))]),
        accepted(
            "property called properties",
            &[(
                FIELD,
                &after(FIELD, "        properties: { type: string, description: x }\n        default: { type: string, description: x }"),
            )],
        ),
        refused(
            "property called $ref that is text",
            &[(FIELD, &after(FIELD, "        $ref: \"#/components/schemas/Status\""))],
            "        $ref: \"#/components/schemas/Status\"",
            "a mapping, or a `$ref`",
        ),
        refused("path that is its own", &[(PATH, &second("  /again: { $ref: \"#/paths/~1again\" }"))], "  /again:", "leads back to itself"),
        refused(
            "paths in a circle",
            &[(PATH, &second("  /again: { $ref: \"#/paths/~1once\" }\n  /once: { $ref: \"#/paths/~1again\" }"))],
            "  /again:",
            "write the node out once",
        ),
        refused(
            "path that is another",
            &[(PATH, &second("  /contacts/{id}/notes: { $ref: \"#/paths/~1contacts~1{id}~1messages\" }"))],
            "operationId: send_message",
            "is used twice",
        ),
        refused(
            "operation by reference",
            &[(PATH, &second("  /again:\n    post: { $ref: \"#/paths/~1contacts~1{id}~1messages/post\" }"))],
            "    post: {",
            "names no component",
        ),
        refused("paths by reference", &[("paths:\n", "paths:\n  $ref: \"#/paths\"\n")], "  $ref: \"#/paths\"", "write a mapping"),
        refused(
            "document by reference",
            &[("openapi: 3.0.3\n", "openapi: 3.0.3\n$ref: \"#/info\"\n")],
            "$ref: \"#/info\"",
            "names no component",
        ),
        refused(
            "response that is a schema",
            &[(
                "        4XX:\n          $ref: \"#/components/responses/Error\"",
                "        4XX:\n          $ref: \"#/components/schemas/ErrorResponse\"",
            )],
            "        4XX:",
            "shared error",
        ),
        refused(
            "body that is a schema",
            &[("              $ref: \"#/components/schemas/SendMessageRequest\"", "              $ref: \"#/components/responses/Error\"")],
            "            schema:",
            "#/components/schemas/Name",
        ),
        accepted("path item with an escaped name", &[(PATH, &second(&operation("/a~b", "get", "list_threads", "")))]),
    ]);
    cases
}
