//! Keys that nothing knows, and values of another shape.

use super::{FIELD, OPERATION, Odd, PARAMETER, PATH, ROOT, after, before, refused};

pub fn cases() -> Vec<Odd> {
    let mut cases = unknown();
    cases.extend(unsupported());
    cases.extend(shapes());
    cases
}

fn unknown() -> Vec<Odd> {
    // Where, what is written there, and what should be offered.
    [
        ("root", ROOT, before(ROOT, "tag: []"), "tag: []", "did you mean `tags`?"),
        ("root extension", ROOT, before(ROOT, "x-clients: {}"), "x-clients", "did you mean `x-client`?"),
        ("somebody's extension", ROOT, before(ROOT, "x-logo: {}"), "x-logo", "`x-logo` is not known in the document"),
        ("info", "  version: \"1\"\n", "  version: \"1\"\n  licence: { name: MIT }\n".into(), "licence", "did you mean `license`?"),
        (
            "server",
            "  - url: https://demo.example\n",
            "  - url: https://demo.example\n    descripton: x\n".into(),
            "descripton",
            "did you mean `description`?",
        ),
        (
            "client",
            "  env: DEMO\n",
            "  env: DEMO\n  ratelimit: { requests: 1, seconds: 1 }\n".into(),
            "ratelimit",
            "did you mean `rate-limit`?",
        ),
        (
            "rate limit",
            "  env: DEMO\n",
            "  env: DEMO\n  rate-limit: { requests: 1, seconds: 1, burst: 2 }\n".into(),
            "burst",
            "`rate-limit` has: requests, seconds, headers",
        ),
        (
            "rate limit header",
            "  env: DEMO\n",
            "  env: DEMO\n  rate-limit: { requests: 1, seconds: 1, headers: { remaning: X-Left } }\n".into(),
            "remaning",
            "did you mean `remaining`?",
        ),
        ("error paths", "  env: DEMO\n", "  env: DEMO\n  error: { mesage: message }\n".into(), "mesage", "did you mean `message`?"),
        ("tag", "    description: Messages.\n", "    description: Messages.\n    x-group: a\n".into(), "x-group", "is not known in a tag"),
        ("method", PATH, before(PATH, "    putt: {}"), "putt", "did you mean `put`?"),
        ("method in capitals", "    post:\n", "    POST:\n".into(), "POST", "did you mean `post`?"),
        ("operation", "      summary: Send", "      summery: Send".into(), "summery", "did you mean `summary`?"),
        ("operationid", "      operationId:", "      operationid:".into(), "operationid", "did you mean `operationId`?"),
        ("pagination mark", OPERATION, after(OPERATION, "      x-paginaton: {}"), "x-paginaton", "did you mean `x-pagination`?"),
        ("mark of an operation", OPERATION, after(OPERATION, "      x-idempotent: true"), "x-idempotent", "is not known in an operation"),
        ("evidence", "        level: full\n", "        level: full\n        notes: x\n".into(), "notes", "did you mean `note`?"),
        (
            "pagination",
            OPERATION,
            after(OPERATION, "      x-pagination: { style: page, items: x, params: y }"),
            "params",
            "did you mean `param`?",
        ),
    ]
    .into_iter()
    .chain(unknown_deeper())
    .map(|(place, from, to, at, words)| refused(format!("unknown key: {place}"), &[(from, &to)], at, words))
    .collect()
}

/// Where, what is replaced and by what, which line is at fault, and what should be offered.
type Row = (&'static str, &'static str, String, &'static str, &'static str);

fn unknown_deeper() -> Vec<Row> {
    vec![
        (
            "external docs",
            "      externalDocs: { url: https://demo.example/docs }\n",
            "      externalDocs: { url: https://demo.example/docs, href: x }\n".into(),
            "href",
            "`externalDocs` has: url, description",
        ),
        (
            "parameter",
            "          in: path\n",
            "          in: path\n          requird: true\n".into(),
            "requird",
            "did you mean `required`?",
        ),
        (
            "request body",
            "      requestBody:\n",
            "      requestBody:\n        desciption: x\n".into(),
            "desciption",
            "did you mean `description`?",
        ),
        (
            "media type",
            "            example:\n              text: Hi",
            "            exampel:\n              text: Hi".into(),
            "exampel",
            "did you mean `example`?",
        ),
        (
            "response",
            "          description: Sent.\n",
            "          description: Sent.\n          schema: {}\n".into(),
            "schema: {}",
            "is not known in a response",
        ),
        ("components", "components:\n", "components:\n  schema: {}\n".into(), "  schema: {}", "did you mean `schemas`?"),
        (
            "security scheme",
            "      scheme: bearer\n",
            "      scheme: bearer\n      schema: x\n".into(),
            "schema: x",
            "did you mean `scheme`?",
        ),
        ("schema", FIELD, after(FIELD, "          maxlength: 3"), "maxlength", "did you mean `maxLength`?"),
        (
            "properties",
            "      properties:\n        text:\n",
            "      propertys:\n        text:\n".into(),
            "propertys",
            "did you mean `properties`?",
        ),
        (
            "key of a property one level up",
            "In words.\n",
            after("In words.\n", "      nulable: true"),
            "nulable",
            "did you mean `nullable`?",
        ),
    ]
}

fn unsupported() -> Vec<Odd> {
    let schema = |line: &str| after(FIELD, &format!("          {line}"));
    [
        (
            "server variables",
            "  - url: https://demo.example\n",
            "  - url: https://demo.example\n    variables: {}\n".into(),
            "variables",
            "write the URL out",
        ),
        ("server of a path", PATH, before(PATH, "    servers: []"), "    servers: []", "remove it"),
        ("server of an operation", OPERATION, after(OPERATION, "      servers: []"), "      servers: []", "remove it"),
        ("description of a path", PATH, before(PATH, "    description: x"), "    description: x", "say it in each operation"),
        ("callbacks", OPERATION, after(OPERATION, "      callbacks: {}"), "callbacks", "write `x-webhook-events`"),
        ("options", PATH, before(PATH, "    options: {}"), "options", "remove the operation"),
        ("trace", PATH, before(PATH, "    trace: {}"), "trace", "remove the operation"),
        ("content of a parameter", PARAMETER, after(PARAMETER, "          content: {}"), "content: {}", "write `schema`"),
        ("allowReserved", PARAMETER, after(PARAMETER, "          allowReserved: true"), "allowReserved", "remove it"),
        ("allowEmptyValue", PARAMETER, after(PARAMETER, "          allowEmptyValue: true"), "allowEmptyValue", "remove it"),
        ("encoding", "              text: Hi\n", "              text: Hi\n            encoding: {}\n".into(), "encoding", "remove it"),
        (
            "links",
            "          description: Sent.\n",
            "          description: Sent.\n          links: {}\n".into(),
            "links",
            "what to call next",
        ),
        ("not", FIELD, schema("not: { type: string }"), "not: {", "or a plain type"),
        ("discriminator", FIELD, schema("discriminator: { propertyName: x }"), "discriminator", "`oneOf` whose alternatives"),
        ("const", FIELD, schema("const: x"), "const", "or a plain type"),
        ("patternProperties", FIELD, schema("patternProperties: {}"), "patternProperties", "or a plain type"),
        ("readOnly", FIELD, schema("readOnly: true"), "readOnly", "leave the property out of the request's component"),
        ("writeOnly", FIELD, schema("writeOnly: true"), "writeOnly", "leave the property out of the response's component"),
        ("xml", FIELD, schema("xml: {}"), "xml", "remove it"),
        ("examples of a schema", FIELD, schema("examples: [x]"), "examples", "write one `example`"),
        ("if", FIELD, schema("if: {}"), "if: {}", "OpenAPI 3.1"),
        ("webhooks", ROOT, before(ROOT, "webhooks: {}"), "webhooks", "write `x-webhook-events`"),
        ("x-extend of an operation", OPERATION, after(OPERATION, "      x-extend: true"), "x-extend", "beside the `$ref`"),
    ]
    .into_iter()
    .map(|(what, from, to, at, words): (_, _, String, _, _)| refused(format!("unsupported: {what}"), &[(from, &to)], at, words))
    .collect()
}

fn shapes() -> Vec<Odd> {
    [
        ("a number for a summary", "summary: Send a message", "summary: 5", "summary: 5", "write a text: quote it"),
        ("nothing for a description", "description: Sends one message.", "description:", "      description:", "`description` is empty"),
        ("a date for a version", "version: \"1\"", "version: 1.0", "version: 1.0", "quote it"),
        ("a list for a description", "description: Sends one message.", "description: [x]", "description: [x]", "`description` is a list"),
        ("required: true on a property", "          maxLength: 100", "          required: true # odd", "# odd", "write a list"),
        ("text for tags", "tags: [messages]", "tags: messages", "tags: messages", "`tags` is the text \"messages\""),
        (
            "mapping for parameters",
            "        - name: id\n          in: path",
            "          name: id\n          in: path",
            "      parameters:",
            "write a list",
        ),
        (
            "text for nullable",
            "          nullable: true\n          description: In words.",
            "          nullable: \"true\"\n          description: In words.",
            "nullable: \"true\"",
            "write `true` or `false`",
        ),
        (
            "yes for required",
            "          required: true\n          description: The contact.",
            "          required: yes\n          description: The contact.",
            "required: yes",
            "`true` or `false`",
        ),
        ("text for a length", "maxLength: 100", "maxLength: \"100\"", "maxLength: \"100\"", "a whole number, 0 or more"),
        ("negative length", "maxLength: 100", "maxLength: -1", "maxLength: -1", "a whole number, 0 or more"),
        ("fraction for a length", "maxLength: 100", "maxLength: 1.5", "maxLength: 1.5", "a whole number, 0 or more"),
        ("text for a minimum", "maxLength: 100", "minimum: \"1\"", "minimum: \"1\"", "a number, without quotes"),
        ("mapping for an enum", "enum: [queued, sent]", "enum: { queued: 1 }", "enum: {", "write a list"),
        ("true for a schema", "schema: { type: string }", "schema: true", "schema: true", "a mapping, or a `$ref`"),
        (
            "list for properties",
            "        message:\n          type: string\n          nullable: true\n          description: In words.",
            "        - message",
            "      properties:",
            "write a mapping",
        ),
        (
            "nothing for components' parameters",
            "  responses:\n    Error:",
            "  parameters: # odd\n  responses:\n    Error:",
            "# odd",
            "`parameters` is empty",
        ),
        (
            "text for a security scheme",
            "    token:\n      type: http\n      scheme: bearer",
            "    token: bearer",
            "    token: bearer",
            "write a mapping",
        ),
        ("number for a reference", "$ref: \"#/components/schemas/Status\"", "$ref: 5", "            - $ref: 5", "must be text"),
        (
            "text for additionalProperties",
            "maxLength: 100",
            "additionalProperties: none",
            "additionalProperties: none",
            "a mapping, or a `$ref`",
        ),
    ]
    .into_iter()
    .map(|(name, from, to, at, words)| refused(name, &[(from, to)], at, words))
    .collect()
}
