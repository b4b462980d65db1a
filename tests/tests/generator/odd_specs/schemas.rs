//! Schemas.

use super::{FIELD, Odd, PATH, RESULT, SCHEMA, accepted, after, before, operation, refused};

pub fn cases() -> Vec<Odd> {
    let mut cases = properties();
    cases.extend(components());
    cases.extend(recursive());
    cases.extend(required());
    cases.push(refused(
        "fault of a shared schema is found once",
        &[("    SendMessageRequest:\n      type: object", "    SendMessageRequest:\n      type: objct")],
        "      type: objct",
        "did you mean `object`?\n1 problem",
    ));
    cases.push(refused(
        "fault of a shared schema is not found at an example",
        &[("        id:\n          type: string", "        id:\n          type: strng")],
        "          type: strng",
        "did you mean `string`?\n1 problem",
    ));
    cases
}

/// What a response may require.
fn required() -> Vec<Odd> {
    const ID: (&str, &str) = ("      required: [id]\n", "      required: [id, status]\n");
    const TWO: (&str, &str) = (
        "        status:\n",
        "        senderId: { type: string, description: x }\n        held: { $ref: \"#/components/schemas/Held\" }\n        status:\n",
    );
    let held =
        before(SCHEMA, "    Held: { type: object, description: x, required: [id], properties: { id: { type: string, description: x } } }");
    let example = ("                id: m1\n", "                id: m1\n                held: { id: h1 }\n");
    let with = |required: &'static str| [("      required: [id]\n", required), TWO, (SCHEMA, held.as_str()), example];
    vec![
        refused(
            "response requires a status",
            &[ID],
            "      required: [id, status]",
            "`status` is required in a response, on the word of a page",
        ),
        accepted("response requires a status that was recorded", &[ID, ("level: full", "level: recorded")]),
        refused(
            "response requires two ids",
            &with("      required: [id, senderId]\n"),
            "required: [id, senderId]",
            "`senderId` is required",
        ),
        accepted("response requires an id and what holds one", &with("      required: [id, held]\n")),
        accepted("every response keeps more", &[("openapi: 3.0.3\n", "openapi: 3.0.3\nx-extra: true\n")]),
        refused(
            "every response keeps more, in words",
            &[("openapi: 3.0.3\n", "openapi: 3.0.3\nx-extra: \"yes\"\n")],
            "x-extra:",
            "write `true`",
        ),
        refused("the vendor's file without a note", &[("level: full", "level: official")], "      x-evidence:", "needs a note"),
    ]
}

fn properties() -> Vec<Odd> {
    let mut cases = Vec::new();
    for (name, property) in [
        ("int64", "type: integer, format: int64"),
        ("double", "type: number, format: double"),
        ("uuid", "type: string, format: uuid"),
        ("date-time", "type: string, format: date-time"),
        ("limits", "type: integer, minimum: 0, maximum: 10"),
        ("free-form object", "type: object, additionalProperties: true"),
        ("closed object", "type: object, additionalProperties: false"),
        ("map of texts", "type: object, additionalProperties: { type: string }"),
        ("map of components", "type: object, additionalProperties: { $ref: \"#/components/schemas/Status\" }"),
        ("list of lists", "type: array, items: { type: array, items: { type: string } }"),
        ("nullable text", "type: string, nullable: true"),
        ("pattern", "type: string, pattern: \"^[a-z]+$\""),
        ("reference", "type: string, allOf: [{ $ref: \"#/components/schemas/Status\" }]"),
        ("any value by name", "allOf: [{ $ref: \"#/components/schemas/ErrorResponse\" }]"),
        ("object without properties", "type: object"),
    ] {
        cases.push(accepted(
            format!("property: {name}"),
            &[(FIELD, &after(FIELD, &format!("        odd: {{ description: x, {property} }}")))],
        ));
    }
    for (name, property, words) in [
        ("no type", "maxLength: 3", "does not say its type"),
        ("nothing but a description", "title: x", "one of: array, boolean"),
        ("type strng", "type: strng", "did you mean `string`?"),
        ("type float", "type: float", "write one of: array, boolean"),
        ("type String", "type: String", "did you mean `string`?"),
        ("type null", "type: \"null\"", "is not a type"),
        ("type empty", "type:", "does not say its type"),
        ("list of types", "type: [string, \"null\"]", "and `nullable: true` where null is meant"),
        ("format datetime", "type: string, format: datetime", "did you mean `date-time`?"),
        ("integer of any size", "type: integer, minimum: 0", "write `format: int64`, or a `maximum`"),
        ("format guid", "type: string, format: guid", "did you mean `uuid`?"),
        ("format of a number on a text", "type: string, format: int64", "is not a format of `string`"),
        ("format of a text on a number", "type: integer, format: uuid", "is not a format of `integer`"),
        ("format on a flag", "type: boolean, format: uuid", "say in the description what the value is"),
        ("nullable without type", "nullable: true, allOf: [{ $ref: \"#/components/schemas/Status\" }]", "write the `type` beside it"),
        ("nullable alone", "nullable: true", "ignores `nullable` without `type`"),
        ("array of nothing", "type: array", "write `items:`"),
        ("items of a text", "type: string, items: { type: string }", "write `type: array`, or remove it"),
        ("inline enum", "type: string, enum: [a, b]", "an enum is written inline"),
        (
            "inline object",
            "type: object, properties: { a: { type: string, description: x } }",
            "an object or alternative is written inline",
        ),
        (
            "inline alternative",
            "oneOf: [{ $ref: \"#/components/schemas/Status\" }, { $ref: \"#/components/schemas/ErrorResponse\" }]",
            "an object or alternative is written inline",
        ),
        (
            "inline object in a list",
            "type: array, items: { type: object, properties: { a: { type: string, description: x } } }",
            "make it a named component",
        ),
        ("inline enum in a map", "type: object, additionalProperties: { type: string, enum: [a, b] }", "make it a named component"),
        ("lengths the wrong way round", "type: string, minLength: 5, maxLength: 3", "`minLength` is greater than `maxLength`"),
        ("bounds the wrong way round", "type: integer, minimum: 5, maximum: 3", "exchange them"),
        ("pattern that is not one", "type: string, pattern: \"[a-\"", "is not a pattern"),
        ("default", "type: string, default: x", "a request carries a default"),
        ("anyOf", "anyOf: [{ $ref: \"#/components/schemas/Status\" }]", "write `oneOf`"),
        ("no part", "allOf: []", "nothing to choose from"),
        (
            "one part, written inline",
            "type: object, allOf: [{ type: object, properties: { a: { type: string, description: x } } }]",
            "an object or alternative is written inline",
        ),
        ("enum of numbers", "type: integer, enum: [1, 2]", "without an enum"),
        ("required of a text", "type: string, required: [a]", "describe it under `properties`"),
    ] {
        let field = after(FIELD, &format!("        odd: {{ description: x, {property} }}"));
        cases.push(refused(format!("property: {name}"), &[(FIELD, &field)], "        odd: {", words));
    }
    cases.push(refused(
        "property: no description",
        &[(FIELD, &after(FIELD, "        odd: { type: string }"))],
        "        odd: {",
        "with its unit and limits",
    ));
    cases
}

fn components() -> Vec<Odd> {
    let used = after(RESULT, "        odd: { $ref: \"#/components/schemas/Odd\" }");
    let component = |text: &str| before(SCHEMA, &format!("    Odd: {{ {text} }}"));
    let leaf = "    Leaf: { type: object, description: x, properties: { a: { type: string, description: x } } }";
    let with_leaf = |text: &str| before(SCHEMA, &format!("    Odd: {{ {text} }}\n{leaf}"));
    let (status, leaf) = ("{ $ref: \"#/components/schemas/Status\" }", "{ $ref: \"#/components/schemas/Leaf\" }");
    let mut cases = Vec::new();
    for (name, schema) in [
        ("any value", component("description: x")),
        ("extra", component("type: object, description: x, x-extra: true, properties: { a: { type: string, description: x } }")),
        ("alternatives", with_leaf(&format!("description: x, oneOf: [{leaf}, {status}]"))),
        (
            "parts",
            with_leaf(&format!(
                "description: x, allOf: [{leaf}, {{ type: object, properties: {{ b: {{ type: string, description: x }} }} }}]"
            )),
        ),
        ("alias", component("$ref: \"#/components/schemas/Status\"")),
        ("map", component(&format!("type: object, description: x, additionalProperties: {status}"))),
        ("list", component(&format!("type: array, description: x, items: {status}"))),
        ("empty object", component("type: object, description: x, properties: {}")),
        ("text", component("type: string, description: x")),
        ("nullable object", component("type: object, nullable: true, description: x, properties: { a: { type: string, description: x } }")),
    ] {
        cases.push(accepted(format!("component: {name}"), &[(RESULT, &used), (SCHEMA, &schema)]));
    }
    for (name, schema, words) in [
        (
            "no type beside properties",
            component("description: x, properties: { a: { type: string, description: x } }"),
            "does not say its type",
        ),
        ("nullable any value", component("description: x, nullable: true"), "without `type`"),
        (
            "oneOf and nullable",
            with_leaf(&format!("description: x, nullable: true, oneOf: [{leaf}, {status}]")),
            "an alternative cannot be nullable",
        ),
        ("oneOf of one", component(&format!("description: x, oneOf: [{status}]")), "nothing to choose from"),
        ("oneOf of the same", component(&format!("description: x, oneOf: [{status}, {status}]")), "this part is named twice"),
        ("oneOf inline", component(&format!("description: x, oneOf: [{status}, {{ type: string }}]")), "its name is the variant's"),
        (
            "oneOf beside properties",
            with_leaf(&format!(
                "type: object, description: x, properties: {{ a: {{ type: string, description: x }} }}, oneOf: [{leaf}, {status}]"
            )),
            "give each alternative all its properties",
        ),
        ("x-extra of a text", component("type: string, description: x, x-extra: true"), "`x-extra` is for an object"),
        (
            "x-extra of a map",
            component("type: object, description: x, x-extra: true, additionalProperties: true"),
            "write `additionalProperties: true` for a free-form map",
        ),
        (
            "x-extra twice",
            component(
                "type: object, description: x, x-extra: true, additionalProperties: true, properties: { a: { type: string, description: x } }",
            ),
            "keep one of the two",
        ),
        (
            "x-extra as text",
            component("type: object, description: x, x-extra: \"yes\", properties: { a: { type: string, description: x } }"),
            "write `true` or `false`",
        ),
        (
            "x-extend",
            component("type: object, description: x, x-extend: {}, properties: { a: { type: string, description: x } }"),
            "where the root names it",
        ),
        (
            "properties of a text",
            component("type: string, description: x, properties: { a: { type: string, description: x } }"),
            "write `type: object`",
        ),
        (
            "required twice",
            component("type: object, description: x, required: [a, a], properties: { a: { type: string, description: x } }"),
            "`a` is required twice",
        ),
        (
            "required and not there",
            component("type: object, description: x, required: [b], properties: { a: { type: string, description: x } }"),
            "`b` is required and not described",
        ),
        ("no description", component("type: string"), "say what it stands for"),
        ("enum of a number", component("type: integer, description: x, enum: [a, b]"), "write `type: string`"),
    ] {
        cases.push(refused(format!("component: {name}"), &[(RESULT, &used), (SCHEMA, &schema)], "    Odd: {", words));
    }
    cases.push(refused(
        "component: not used",
        &[(SCHEMA, &component("type: string, description: x"))],
        "    Odd: {",
        "use it, or remove it",
    ));
    cases
}

fn recursive() -> Vec<Odd> {
    let used = after(RESULT, "        odd: { $ref: \"#/components/schemas/Odd\" }");
    let (odd, even) = ("{ $ref: \"#/components/schemas/Odd\" }", "{ $ref: \"#/components/schemas/Even\" }");
    let object = |name: &str, required: &str, property: &str| {
        format!("    {name}: {{ type: object, description: x{required}, properties: {{ next: {property} }} }}")
    };
    let must = ", required: [next]";
    let mut cases = Vec::new();
    for (name, schemas) in [
        ("tree", object("Odd", "", odd)),
        ("tree by a list", object("Odd", must, &format!("{{ type: array, description: x, items: {odd} }}"))),
        ("tree by a map", object("Odd", must, &format!("{{ type: object, description: x, additionalProperties: {odd} }}"))),
        ("tree that ends with null", object("Odd", must, &format!("{{ type: object, nullable: true, description: x, allOf: [{odd}] }}"))),
        ("tree of two", format!("{}\n{}", object("Even", "", odd), object("Odd", must, even))),
        (
            "tree by an alternative",
            format!(
                "    Even: {{ description: x, oneOf: [{odd}, {{ $ref: \"#/components/schemas/Status\" }}] }}\n{}",
                object("Odd", must, even)
            ),
        ),
    ] {
        // A response may require what was recorded.
        let recorded = ("level: full", "level: recorded");
        cases.push(accepted(format!("recursive: {name}"), &[(RESULT, &used), (SCHEMA, &before(SCHEMA, &schemas)), recorded]));
    }
    for (name, schemas, at, words) in [
        ("reference to itself", format!("    Odd: {odd}"), "    Odd:", "component `Odd` refers to itself"),
        (
            "references in a circle",
            format!("    Even: {odd}\n    Odd: {even}"),
            "    Even:",
            "component `Even` refers to itself through `Odd`",
        ),
        (
            "part of itself",
            format!("    Odd: {{ type: object, description: x, allOf: [{odd}, {{ type: object }}] }}"),
            "    Odd:",
            "is made of itself",
        ),
        (
            "parts in a circle",
            format!("    Even: {{ description: x, allOf: [{odd}] }}\n    Odd: {{ description: x, allOf: [{even}] }}"),
            "    Even:",
            "is made of itself through `Odd`",
        ),
        (
            "alternative of itself",
            format!("    Odd: {{ description: x, oneOf: [{odd}, {{ $ref: \"#/components/schemas/Status\" }}] }}"),
            "    Odd:",
            "out of its own `allOf` or `oneOf`",
        ),
        ("required within itself", object("Odd", must, odd), "    Odd:", "make the property optional"),
        (
            "required within each other",
            format!("{}\n{}", object("Even", must, odd), object("Odd", must, even)),
            "    Even:",
            "without end through `Odd`",
        ),
    ] {
        cases.push(refused(format!("recursive: {name}"), &[(RESULT, &used), (SCHEMA, &before(SCHEMA, &schemas))], at, words));
    }
    let more = before(PATH, &operation("/again", "post", "list_threads", ""));
    cases.push(accepted("two operations", &[(PATH, &more)]));
    cases
}
