//! Names that mean something else in Rust.

use super::{FIELD, Odd, PARAMETER, PATH, RESULT, accepted, after, before, operation, refused};

pub fn cases() -> Vec<Odd> {
    let mut cases = components();
    cases.extend(parameters_and_properties());
    cases.extend(enums());
    cases.extend(methods());
    cases.extend(tags());
    cases
}

fn components() -> Vec<Odd> {
    let reserved = [
        "Self", "Option", "Some", "None", "Result", "Ok", "Err", "String", "Box", "Vec", "Default", "From", "TryFrom", "Into", "Clone",
        "Debug", "Client", "Error", "Number", "Value", "Send",
    ];
    let mut cases: Vec<Odd> = reserved
        .into_iter()
        .map(|name| {
            let (reference, own) = (format!("schemas/{name}\""), format!("    {name}: # odd\n      type: string"));
            let changes = [("schemas/Status\"", reference.as_str()), ("    Status:\n      type: string", own.as_str())];
            refused(format!("component called {name}"), &changes, "# odd", format!("rename it, e.g. `Api{name}`"))
        })
        .collect();
    for name in ["Message", "Type", "Async", "Types", "Messages", "Vec2", "Unknown", "Response", "Request", "Header"] {
        let (reference, own) = (format!("schemas/{name}\""), format!("    {name}:\n      type: string"));
        cases.push(accepted(
            format!("component called {name}"),
            &[("schemas/Status\"", &reference), ("    Status:\n      type: string", &own)],
        ));
    }
    for (name, words) in [
        ("HTTPStatus", "write `HttpStatus`"),
        ("2Status", "not in PascalCase"),
        ("Status.v2", "write `StatusV2`"),
        ("Status-Code", "write `StatusCode`"),
    ] {
        let (reference, own) = (format!("schemas/{name}\""), format!("    {name}:\n      type: string"));
        let changes = [("schemas/Status\"", reference.as_str()), ("    Status:\n      type: string", own.as_str())];
        cases.push(refused(format!("component called {name}"), &changes, format!("    {name}:"), words));
    }
    cases.push(refused(
        "components that differ in case",
        &[
            (
                RESULT,
                &after(
                    RESULT,
                    "        other: { $ref: \"#/components/schemas/SenderId\" }\n        more: { $ref: \"#/components/schemas/SenderID\" }",
                ),
            ),
            (
                "    Status:\n",
                "    SenderID: { type: string, description: x }\n    SenderId: { type: string, description: x }\n    Status:\n",
            ),
        ],
        "    SenderId: {",
        "have the same name in Rust",
    ));
    cases
}

fn parameters_and_properties() -> Vec<Odd> {
    let mut cases = Vec::new();
    for name in [
        "client",
        "call",
        "new",
        "body",
        "send",
        "stream",
        "body_map",
        "extra",
        "clone",
        "build",
        "default",
        "options",
        "self",
        "Self",
        "super",
        "crate",
        "type",
        "async",
        "match",
        "dyn",
        "gen",
        "union",
        "_key",
        "$filter",
        "2fa",
        "filter[status]",
        "tags[]",
        "X-Trace",
        "firstName",
        "über",
        "a.b",
        "id2",
        "value",
        "error",
        "Ok",
        "path",
        "request",
        "response",
        "headers",
        "name with spaces",
    ] {
        let parameter = after(
            PARAMETER,
            &format!("        - {{ name: \"{name}\", in: query, description: x, schema: {{ type: string }}, example: x }}"),
        );
        cases.push(accepted(format!("parameter called {name}"), &[(PARAMETER, &parameter)]));
        let field = after(FIELD, &format!("        \"{name}\": {{ type: string, description: x }}"));
        let result = after(RESULT, &format!("        \"{name}\": {{ type: string, nullable: true, description: x }}"));
        cases.push(accepted(format!("property called {name}"), &[(FIELD, &field), (RESULT, &result)]));
    }
    for name in ["$", "-", "²", "_"] {
        let parameter = after(
            PARAMETER,
            &format!("        - {{ name: \"{name}\", in: query, description: odd, schema: {{ type: string }}, example: x }}"),
        );
        cases.push(refused(format!("parameter called {name}"), &[(PARAMETER, &parameter)], "description: odd", "leave the parameter out"));
        let field = after(FIELD, &format!("        \"{name}\": {{ type: string, description: odd }}"));
        cases.push(refused(format!("property called {name}"), &[(FIELD, &field)], "description: odd", "leave it out"));
    }
    cases.extend([
        refused(
            "empty property name",
            &[(FIELD, &after(FIELD, "        \"\": { type: string, description: odd }"))],
            "description: odd",
            "can be read in Rust",
        ),
        refused(
            "empty parameter name",
            &[(
                PARAMETER,
                &after(PARAMETER, "        - { name: \"\", in: query, description: odd, schema: { type: string }, example: x }"),
            )],
            "description: odd",
            "needs a name",
        ),
        accepted("properties that are one in Rust", &[(FIELD, &after(FIELD, "        Text: { type: string, description: odd }"))]),
        accepted(
            "properties that differ by a digit",
            &[(FIELD, &after(FIELD, "        text1: { type: string, description: x }\n        text2: { type: string, description: x }"))],
        ),
    ]);
    cases
}

fn enums() -> Vec<Odd> {
    let values = |values: &str| format!("enum: [queued, sent, {values}]");
    let mut cases = Vec::new();
    for value in ["error", "Error", "Self", "self", "unknown", "default", "24h", "type", "ok", "none", "string", "a-b", "a b", "über"] {
        cases.push(accepted(format!("enum value {value}"), &[("enum: [queued, sent]", &values(value))]));
    }
    for (value, words) in [
        ("\"\"", "can be read in Rust"),
        ("\"+\"", "can be read in Rust"),
        ("Sent", "have the same Rust name"),
        ("sent", "have the same Rust name"),
        ("null", "enum value null is not a string"),
        ("5", "quote it"),
        ("true", "is not a string"),
        ("[a]", "is not a string"),
    ] {
        cases.push(refused(format!("enum value {value}"), &[("enum: [queued, sent]", &values(value))], "enum: [queued", words));
    }
    cases.push(refused("enum without values", &[("enum: [queued, sent]", "enum: []")], "enum: []", "an enum without values"));
    cases
}

fn methods() -> Vec<Odd> {
    let id = |id: &str| format!("operationId: {id}");
    let mut cases = Vec::new();
    for name in [
        "from_env",
        "send_request",
        "with_options",
        "move_message",
        "clone_message",
        "new_message",
        "list_messages",
        "await_message",
        "build_client",
    ] {
        cases.push(accepted(format!("operation called {name}"), &[("operationId: send_message", &id(name))]));
    }
    for name in [
        "builder",
        "with",
        "request",
        "sendMessage",
        "send-message",
        "SendMessage",
        "send message",
        "_send",
        "send_",
        "5_send",
        "send__message",
    ] {
        let spec = id(&format!("\"{name}\""));
        cases.push(refused(
            format!("operation called {name}"),
            &[("operationId: send_message", &spec)],
            "operationId:",
            "write it like `send_message`",
        ));
    }
    let second = |id: &str, more: &str| before(PATH, &operation("/again", "post", id, more));
    cases.extend([
        refused(
            "methods that clash",
            &[(PATH, &second("send_messages", ""))],
            "operationId: send_messages",
            "would both be `client.messages().send`; the other is at specs/demo/openapi.yaml:20",
        ),
        refused(
            "methods that clash: remedy",
            &[(PATH, &second("send_messages", ""))],
            "operationId: send_messages",
            "write `x-method: another_name`",
        ),
        accepted("methods told apart", &[(PATH, &second("send_messages", "\n      x-method: send_all"))]),
        refused(
            "methods that clash by x-method",
            &[(PATH, &second("list_threads", "\n      x-method: send"))],
            "x-method: send",
            "would both be",
        ),
        refused(
            "x-method that the rule gives",
            &[(PATH, &second("list_messages", "\n      x-method: list"))],
            "x-method: list",
            "remove `x-method`",
        ),
        refused(
            "x-method that is a keyword",
            &[(PATH, &second("list_threads", "\n      x-method: type"))],
            "x-method: type",
            "cannot be the name of a method",
        ),
        refused(
            "x-method in camel case",
            &[(PATH, &second("list_threads", "\n      x-method: listAll"))],
            "x-method: listAll",
            "a word in snake_case",
        ),
        refused(
            "x-method called new",
            &[(PATH, &second("list_threads", "\n      x-method: new"))],
            "x-method: new",
            "nor `new` or `clone`",
        ),
        refused("operation ids that differ in case", &[(PATH, &second("send_Message", ""))], "operationId: send_Message", "snake_case"),
    ]);
    cases
}

fn tags() -> Vec<Odd> {
    let tag = |name: &str| {
        [("tags: [messages]".to_owned(), format!("tags: [\"{name}\"]")), ("  - name: messages".to_owned(), format!("  - name: \"{name}\""))]
    };
    let mut cases = Vec::new();
    for (name, words) in [
        ("with", "taken or is not Rust"),
        ("request", "taken or is not Rust"),
        ("builder", "taken or is not Rust"),
        ("from_env", "taken or is not Rust"),
        ("clone", "taken or is not Rust"),
        ("new", "taken or is not Rust"),
        ("with-credential", "`client.with_credential()`"),
        ("with-credential-provider", "taken or is not Rust"),
        ("for_location", "name it after the thing"),
        ("for-agency-with-provider", "taken or is not Rust"),
        ("type", "taken or is not Rust"),
        ("async", "taken or is not Rust"),
        ("Messages", "kebab-case or snake_case"),
        ("my messages", "write it like `contacts`"),
        ("messages/sms", "kebab-case"),
        ("2fa", "kebab-case"),
        ("", "kebab-case"),
        ("lead-data_base", "kebab-case"),
    ] {
        let [(a, b), (c, d)] = tag(name);
        cases.push(refused(format!("tag called {name}"), &[(&a, &b), (&c, &d)], "  - name: \"", words));
    }
    for name in ["lead-database", "lead_database", "oauth2", "client", "send"] {
        let [(a, b), (c, d)] = tag(name);
        cases.push(accepted(format!("tag called {name}"), &[(&a, &b), (&c, &d)]));
    }
    let declared = "    description: Messages.\n";
    cases.extend([
        refused(
            "tag declared twice",
            &[(declared, &after(declared, "  - { name: messages, description: Again. }"))],
            "Again",
            "declared twice",
        ),
        refused(
            "tags that are one group",
            &[(declared, &after(declared, "  - { name: a-b, description: x }\n  - { name: a_b, description: x }"))],
            "name: a_b",
            "declared twice",
        ),
        refused(
            "tag without operations",
            &[(declared, &after(declared, "  - { name: calls, description: x }"))],
            "name: calls",
            "has no operation",
        ),
        refused("tag without description", &[(declared, "")], "  - name: messages", "say what its operations have in common"),
        refused("tag not declared", &[("tags: [messages]", "tags: [calls]")], "tags: [calls]", "use one of: messages"),
        refused("no tag", &[("      tags: [messages]\n", "")], "    post:", "write `tags: [messages]`"),
        refused("two tags", &[("tags: [messages]", "tags: [messages, messages]")], "tags: [messages, ", "exactly one tag"),
    ]);
    cases
}
