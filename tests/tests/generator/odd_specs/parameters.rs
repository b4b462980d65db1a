//! Parameters.

use super::{Odd, PARAMETER, accepted, after, before, refused};

const SOUND: &str = "schema: { type: string }, example: x";

pub fn cases() -> Vec<Odd> {
    let mut cases = sound();
    cases.extend(unsound());
    cases.extend(shared());
    cases
}

/// One parameter more.
fn more(text: &str) -> String {
    after(PARAMETER, &format!("        - {{ {text} }}"))
}

fn sound() -> Vec<Odd> {
    let mut cases = Vec::new();
    for (name, text) in [
        ("optional header", format!("name: X-Trace, in: header, description: odd, {SOUND}")),
        ("required header", format!("name: X-Trace, in: header, required: true, description: odd, {SOUND}")),
        (
            "optional header of a number",
            "name: X-Count, in: header, description: odd, schema: { type: integer, format: int64 }, example: 1".into(),
        ),
        ("header with one value", "name: Version, in: header, description: odd, schema: { type: string, enum: [\"1\"] }".into()),
        ("optional query", format!("name: q, in: query, description: odd, {SOUND}")),
        (
            "list in the query",
            "name: q, in: query, description: odd, schema: { type: array, items: { type: string } }, example: [x]".into(),
        ),
        ("boolean in the query", "name: q, in: query, description: odd, schema: { type: boolean }, example: true".into()),
        ("date in the query", "name: q, in: query, description: odd, schema: { type: string, format: date }, example: 2026-11-21".into()),
        (
            "enum component in the query",
            "name: q, in: query, description: odd, schema: { $ref: \"#/components/schemas/Status\" }, example: sent".into(),
        ),
        ("style form", format!("name: q, in: query, style: form, description: odd, {SOUND}")),
        ("explode: true in the query", format!("name: q, in: query, explode: true, description: odd, {SOUND}")),
        ("deprecated parameter", format!("name: q, in: query, deprecated: true, description: odd, {SOUND}")),
    ] {
        cases.push(accepted(name, &[(PARAMETER, &more(&text))]));
    }
    cases
}

fn unsound() -> Vec<Odd> {
    let mut cases = Vec::new();
    for (name, text, words) in [
        ("Authorization", format!("name: Authorization, in: header, description: odd, {SOUND}"), "set by the client itself"),
        ("authorization in small letters", format!("name: authorization, in: header, description: odd, {SOUND}"), "remove the parameter"),
        ("Content-Type", format!("name: Content-Type, in: header, description: odd, {SOUND}"), "set by the client itself"),
        ("Accept", format!("name: Accept, in: header, description: odd, {SOUND}"), "set by the client itself"),
        ("Host", format!("name: Host, in: header, description: odd, {SOUND}"), "set by the client itself"),
        ("Content-Length", format!("name: Content-Length, in: header, description: odd, {SOUND}"), "set by the client itself"),
        ("header with a space", format!("name: X Trace, in: header, description: odd, {SOUND}"), "letters, digits and hyphens"),
        ("header with a colon", format!("name: \"X:Trace\", in: header, description: odd, {SOUND}"), "letters, digits and hyphens"),
        ("cookie", format!("name: session, in: cookie, description: odd, {SOUND}"), "`in: path`, `query` or `header`"),
        ("formData", format!("name: session, in: formData, description: odd, {SOUND}"), "needs a name and a place"),
        ("no place", format!("name: session, description: odd, {SOUND}"), "needs a name and a place"),
        ("path parameter of another path", format!("name: box, in: path, required: true, description: odd, {SOUND}"), "is not in the path"),
        ("same name twice", format!("name: id, in: query, description: odd, {SOUND}"), "parameters `id` and `id` are both `id`"),
        ("same name in Rust", format!("name: Id, in: query, description: odd, {SOUND}"), "rename or remove one"),
        ("explode: false", "name: q, in: query, explode: false, description: odd, schema: { type: array, items: { type: string } }, example: [x]".into(), "one value with commas"),
        ("deepObject", format!("name: q, in: query, style: deepObject, description: odd, {SOUND}"), "`style: deepObject` is not supported"),
        ("pipeDelimited", format!("name: q, in: query, style: pipeDelimited, description: odd, {SOUND}"), "remove it"),
        ("explode: true in a header", format!("name: X-Q, in: header, explode: true, description: odd, {SOUND}"), "`explode: true` is not supported"),
        ("inline enum", "name: q, in: query, description: odd, schema: { type: string, enum: [a, b] }, example: a".into(), "an enum is written inline"),
        ("inline enum of one value in the query", "name: q, in: query, description: odd, schema: { type: string, enum: [a] }, example: a".into(), "only a header may"),
        ("inline enum of a header", "name: X-Q, in: header, description: odd, schema: { type: string, enum: [a, b] }, example: a".into(), "make it a named component"),
        ("inline enum in a list", "name: q, in: query, description: odd, schema: { type: array, items: { type: string, enum: [a, b] } }, example: [a]".into(), "an enum is written inline"),
        ("object", "name: q, in: query, description: odd, schema: { type: object, additionalProperties: true }, example: {}".into(), "one parameter for each field"),
        ("object component", "name: q, in: query, description: odd, schema: { $ref: \"#/components/schemas/ErrorResponse\" }, example: {}".into(), "neither a scalar nor a list"),
        ("list of objects", "name: q, in: query, description: odd, schema: { type: array, items: { $ref: \"#/components/schemas/ErrorResponse\" } }, example: []".into(), "neither a scalar nor a list"),
        ("list of lists", "name: q, in: query, description: odd, schema: { type: array, items: { type: array, items: { type: string } } }, example: []".into(), "neither a scalar nor a list"),
        ("list in a header", "name: X-Q, in: header, description: odd, schema: { type: array, items: { type: string } }, example: [x]".into(), "how the values are separated"),
        ("file", "name: q, in: query, description: odd, schema: { type: string, format: binary }, example: x".into(), "`multipart/form-data` body"),
        ("default", "name: q, in: query, description: odd, schema: { type: string, default: x }, example: x".into(), "name the default in the description"),
        ("no schema", "name: q, in: query, description: odd, example: x".into(), "write `schema: { type: string }`"),
        ("no example", "name: q, in: query, description: odd, schema: { type: string }".into(), "with a documented value"),
        ("schema without a type", "name: q, in: query, description: odd, schema: { maxLength: 3 }, example: x".into(), "does not say its type"),
        ("type that is not one", "name: q, in: query, description: odd, schema: { type: strng }, example: x".into(), "did you mean `string`?"),
        ("format that is not one", "name: q, in: query, description: odd, schema: { type: string, format: datetime }, example: x".into(), "did you mean `date-time`?"),
        ("example of another type", "name: q, in: query, description: odd, schema: { type: integer, format: int64 }, example: x".into(), "correct the example"),
    ] {
        cases.push(refused(format!("parameter: {name}"), &[(PARAMETER, &more(&text))], "odd", words));
    }
    cases
}

fn shared() -> Vec<Odd> {
    let shared = |text: &str| before("  responses:\n    Error:", &format!("  parameters:\n    Shared: {{ {text} }}"));
    let reference = after(PARAMETER, "        - $ref: \"#/components/parameters/Shared\"");
    let sound = format!("name: q, in: query, description: odd, {SOUND}");
    vec![
        refused(
            "parameter without a description",
            &[(PARAMETER, &more(&format!("name: q, in: query, {SOUND}")))],
            "name: q",
            "say what it means",
        ),
        accepted("parameter by reference", &[(PARAMETER, &reference), ("  responses:\n    Error:", &shared(&sound))]),
        refused("parameter component without use", &[("  responses:\n    Error:", &shared(&sound))], "Shared:", "use it, or remove it"),
        refused(
            "parameter in a circle",
            &[
                (PARAMETER, &reference),
                (
                    "  responses:\n    Error:",
                    &before("  responses:\n    Error:", "  parameters:\n    Shared: { $ref: \"#/components/parameters/Shared\" }"),
                ),
            ],
            "    Shared:",
            "refers to itself",
        ),
        refused(
            "parameter that is a schema",
            &[(PARAMETER, &after(PARAMETER, "        - $ref: \"#/components/schemas/Status\""))],
            "        - $ref: \"#/components/schemas/Status\"",
            "#/components/parameters/Name",
        ),
        refused(
            "header of the credential",
            &[
                (PARAMETER, &more(&format!("name: x-api-key, in: header, description: odd, {SOUND}"))),
                ("      type: http\n      scheme: bearer", "      type: apiKey\n      in: header\n      name: X-API-Key"),
            ],
            "odd",
            "set by the client itself",
        ),
    ]
}
