//! Request bodies, forms and examples.

use super::{FIELD, OPERATION, Odd, accepted, after, refused};

pub fn cases() -> Vec<Odd> {
    let mut cases = bodies();
    cases.extend(examples());
    cases
}

fn bodies() -> Vec<Odd> {
    let json = "          application/json:\n            schema:\n              $ref: \"#/components/schemas/SendMessageRequest\"";
    let form = json.replace("application/json", "application/x-www-form-urlencoded");
    let multipart = json.replace("application/json", "multipart/form-data");
    let marked = after(OPERATION, "      x-multipart: true");
    let nested = after(FIELD, "        list: { type: array, description: x, items: { type: string } }");
    let object = after(FIELD, "        map: { type: object, description: x, additionalProperties: true }");
    let file = after(FIELD, "        file: { type: string, format: binary, description: x }");
    let files = after(FIELD, "        files: { type: array, description: x, items: { type: string, format: binary } }");
    // What reaches a person by PUT or DELETE says what a repeat does.
    let changes = ("x-effect: reaches-a-person", "x-effect: changes");
    vec![
        refused("GET with a body", &[("    post:", "    get:")], "      requestBody:", "GET carries no body"),
        accepted("PUT with a body", &[("    post:", "    put:"), changes]),
        accepted("DELETE with a body", &[("    post:", "    delete:"), changes]),
        refused("HEAD with a body", &[("    post:", "    head:")], "      requestBody:", "HEAD carries no body"),
        refused(
            "optional body",
            &[("      requestBody:\n        required: true\n", "      requestBody:\n")],
            "      requestBody:",
            "write `required: true`",
        ),
        refused(
            "body without content",
            &[(json, ""), ("        content:\n\n            example:\n              text: Hi\n      responses", "      responses")],
            "      requestBody:",
            "has no content",
        ),
        refused(
            "inline body",
            &[(json, "          application/json:\n            schema: { type: string }")],
            "          application/json:",
            "is written inline",
        ),
        refused("body as text", &[(json, &json.replace("application/json", "text/plain"))], "text/plain", "is not supported"),
        accepted("body as JSON patch", &[(json, &json.replace("application/json", "application/json-patch+json"))]),
        accepted("form", &[(json, &form)]),
        accepted("form with a list", &[(json, &form), (FIELD, &nested)]),
        refused("form with an object", &[(json, &form), (FIELD, &object)], "x-www-form-urlencoded", "field `map` does not fit into a form"),
        refused("multipart without a mark", &[(json, &multipart)], "multipart/form-data", "write `x-multipart: true`"),
        accepted("multipart", &[(json, &multipart), (OPERATION, &marked)]),
        accepted("multipart with a file", &[(json, &multipart), (OPERATION, &marked), (FIELD, &file)]),
        accepted("multipart with files", &[(json, &multipart), (OPERATION, &marked), (FIELD, &files)]),
        refused(
            "multipart with an object",
            &[(json, &multipart), (OPERATION, &marked), (FIELD, &object)],
            "multipart/form-data",
            "field `map` does not fit into a form",
        ),
        refused("JSON marked as multipart", &[(OPERATION, &marked)], "          application/json:", "is not supported"),
    ]
}

fn examples() -> Vec<Odd> {
    vec![
        refused(
            "no example",
            &[("            example:\n              text: Hi\n", "")],
            "          application/json:",
            "the request body has no example",
        ),
        refused(
            "example of another type",
            &[("              text: Hi", "              text: 5")],
            "            example:",
            "text: 5 is not of type \"string\"",
        ),
        refused(
            "example without a required field",
            &[("              text: Hi", "              {}")],
            "            example:",
            "\"text\" is a required property",
        ),
        refused(
            "example with an unknown field",
            &[("              text: Hi", "              text: Hi\n              txt: Hi")],
            "            example:",
            "'txt' was unexpected",
        ),
        refused(
            "example that is too long",
            &[("              text: Hi", &format!("              text: {}", "x".repeat(101)))],
            "            example:",
            "is longer than 100 characters",
        ),
        accepted(
            "two examples",
            &[(
                "            example:\n              text: Hi",
                "            examples:\n              one: { value: { text: Hi } }\n              two: { summary: Another, value: { text: Ho } }",
            )],
        ),
        refused(
            "second example of another type",
            &[(
                "            example:\n              text: Hi",
                "            examples:\n              one: { value: { text: Hi } }\n              two: { value: { text: 5 } }",
            )],
            "              two:",
            "correct the example",
        ),
        accepted(
            "$ref in an example is data",
            &[
                (FIELD, &after(FIELD, "        map: { type: object, description: x, additionalProperties: true }")),
                ("              text: Hi", "              text: Hi\n              map: { $ref: \"#/nowhere\" }"),
            ],
        ),
        accepted(
            "$ref deep in an example is data",
            &[
                (FIELD, &after(FIELD, "        map: { type: object, description: x, additionalProperties: true }")),
                ("              text: Hi", "              text: Hi\n              map: { a: [{ b: { $ref: other.yaml } }] }"),
            ],
        ),
        accepted(
            "$ref in a named example is data",
            &[
                (FIELD, &after(FIELD, "        map: { type: object, description: x, additionalProperties: true }")),
                (
                    "            example:\n              text: Hi",
                    "            examples:\n              one: { value: { text: Hi, map: { $ref: \"#/nowhere\" } } }",
                ),
            ],
        ),
        refused(
            "null where it is not allowed",
            &[("                id: m1", "                id: null")],
            "              example:",
            "id: null is not of type \"string\"",
        ),
        accepted("null where it is allowed", &[("                status: sent", "                status: null")]),
    ]
}
