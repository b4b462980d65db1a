//! The document as a whole.

use super::{OPERATION, Odd, ROOT, SCHEMA, accepted, after, before, refused};

pub fn cases() -> Vec<Odd> {
    let mut cases = heads();
    cases.extend(security());
    cases.extend(events());
    cases
}

fn heads() -> Vec<Odd> {
    let mut cases = Vec::new();
    for (name, from, to, at, words) in [
        ("OpenAPI 3.1", "openapi: 3.0.3", "openapi: 3.1.0", "openapi:", "write `openapi: 3.0.3`"),
        ("OpenAPI without a patch", "openapi: 3.0.3", "openapi: \"3.0\"", "openapi:", "write `openapi: 3.0.3`"),
        ("Swagger", "openapi: 3.0.3", "swagger: \"2.0\"", "swagger", "`swagger` is not known"),
        ("empty title", "title: Demo API", "title: \"\"", "title:", "`/info/title` is missing or empty"),
        ("no client", "x-client:\n  name: Demo\n  env: DEMO\n  credential: DEMO_TOKEN\n", "", "openapi", "`/x-client/name` is missing"),
        ("http server", "url: https://demo.example\n", "url: http://demo.example\n", "servers:", "the first server is not an https URL"),
        ("relative server", "url: https://demo.example\n", "url: /v1\n", "servers:", "the first server is not an https URL"),
        ("server of nothing", "url: https://demo.example\n", "url: https://\n", "servers:", "the first server is not an https URL"),
        ("server with a variable", "url: https://demo.example\n", "url: https://{region}.demo.example\n", "  - url:", "write the URL out"),
        ("server with a query", "url: https://demo.example\n", "url: https://demo.example?v=1\n", "  - url:", "write the URL out"),
        ("no servers", "servers:\n  - url: https://demo.example\n", "servers: []\n", "servers:", "write `servers:"),
        ("env in small letters", "env: DEMO\n", "env: demo\n", "env:", "a capital first"),
        ("env with a hyphen", "env: DEMO\n", "env: DEMO-API\n", "env:", "cannot be the name of an environment variable"),
        ("env that begins with a digit", "env: DEMO\n", "env: 1DEMO\n", "env:", "cannot be the name of an environment variable"),
        ("env with an equals sign", "env: DEMO\n", "env: DEMO=1\n", "env:", "cannot be the name of an environment variable"),
        (
            "credential with a space",
            "credential: DEMO_TOKEN",
            "credential: DEMO TOKEN",
            "credential:",
            "write capitals, digits and underscores",
        ),
        (
            "rate limit of nothing",
            "env: DEMO\n",
            "env: DEMO\n  rate-limit: { requests: 0, seconds: 10 }\n",
            "rate-limit",
            "two positive numbers",
        ),
        ("half a rate limit", "env: DEMO\n", "env: DEMO\n  rate-limit: { requests: 10 }\n", "rate-limit", "two positive numbers"),
        (
            "rate limit header of two words",
            "env: DEMO\n",
            "env: DEMO\n  rate-limit: { requests: 10, seconds: 1, headers: { limit: X Limit } }\n",
            "limit:",
            "not the name of a header",
        ),
        ("counted by two words", "env: DEMO\n", "env: DEMO\n  counted-by: sub account\n", "counted-by:", "part of a method's name"),
        ("counted by a capital", "env: DEMO\n", "env: DEMO\n  counted-by: Location\n", "counted-by:", "write it like `location`"),
        ("counted by nothing", "env: DEMO\n", "env: DEMO\n  counted-by: \"\"\n", "counted-by:", "write it like `location`"),
        ("error path with two dots", "env: DEMO\n", "env: DEMO\n  error: { code: a..b }\n", "code:", "write it like `error.code`"),
    ] {
        cases.push(refused(format!("document: {name}"), &[(from, to)], at, words));
    }
    for (name, from, to) in [
        (
            "licence",
            "  version: \"1\"\n",
            "  version: \"1\"\n  license: { name: MIT, url: \"https://demo.example\" }\n  termsOfService: https://demo.example\n",
        ),
        (
            "second server",
            "  - url: https://demo.example\n",
            "  - url: https://demo.example/v1\n    description: x\n  - url: https://eu.demo.example\n",
        ),
        ("env with a digit", "env: DEMO\n", "env: DEMO_2\n"),
        (
            "rate limit",
            "env: DEMO\n",
            "env: DEMO\n  rate-limit: { requests: 10, seconds: 1 }\n  error: { code: error.code, message: message, request-id: id }\n",
        ),
        (
            "rate limit headers",
            "env: DEMO\n",
            "env: DEMO\n  rate-limit: { requests: 10, seconds: 1, headers: { remaining: X-Left, interval-milliseconds: X-Interval } }\n",
        ),
        ("external docs", "x-client:\n", "externalDocs: { url: \"https://demo.example\" }\nx-client:\n"),
        ("later patch of OpenAPI", "openapi: 3.0.3", "openapi: 3.0.4"),
    ] {
        cases.push(accepted(format!("document: {name}"), &[(from, to)]));
    }
    cases
}

fn security() -> Vec<Odd> {
    let scheme = "      type: http\n      scheme: bearer\n";
    let applied = "security:\n  - token: []\n";
    let mut cases = Vec::new();
    for (name, from, to, at, words) in [
        ("undeclared", applied, "security:\n  - tokn: []\n", "  - tokn: []", "write the name of the scheme: token"),
        ("not applied", applied, "", "openapi", "write `security:"),
        ("two applied", applied, "security:\n  - token: []\n  - {}\n", "security:", "does not apply its security scheme"),
        ("an empty requirement", applied, "security:\n  - {}\n", "  - {}", "names one scheme"),
        (
            "OAuth2",
            scheme,
            "      type: oauth2\n      flows: {}\n",
            "  securitySchemes:",
            "http bearer or basic, or an API key in a header",
        ),
        ("key without a name", scheme, "      type: apiKey\n      in: header\n", "  securitySchemes:", "name: X-API-Key"),
        (
            "key whose name is not a header",
            scheme,
            "      type: apiKey\n      in: header\n      name: X API Key\n",
            "  securitySchemes:",
            "name: X-API-Key",
        ),
        (
            "two schemes",
            scheme,
            "      type: http\n      scheme: bearer\n    other:\n      type: http\n      scheme: bearer\n",
            "  securitySchemes:",
            "there must be one security scheme",
        ),
    ] {
        cases.push(refused(format!("security: {name}"), &[(from, to)], at, words));
    }
    cases.extend([
        accepted("security: key in a header", &[(scheme, "      type: apiKey\n      in: header\n      name: X-API-Key\n")]),
        accepted("security: said again", &[(OPERATION, &after(OPERATION, "      security: [{ token: [] }]"))]),
        refused(
            "security: undeclared on an operation",
            &[(OPERATION, &after(OPERATION, "      security: [{ admin: [] }]"))],
            "security: [{ admin",
            "security scheme `admin` is not declared",
        ),
        refused(
            "security: a choice on an operation",
            &[(OPERATION, &after(OPERATION, "      security: [{ token: [] }, { token: [] }]"))],
            "security: [{ token",
            "or write `security: []`",
        ),
    ]);
    cases
}

fn events() -> Vec<Odd> {
    let payload =
        before(SCHEMA, "    Sent: { type: object, description: x, properties: { id: { type: string, nullable: true, description: x } } }");
    let events = |envelope: &str, event: &str| before(ROOT, &format!("{envelope}x-webhook-events:\n  sent: {{ {event} }}"));
    let envelope = "x-webhook-envelope: { type: event }\n";
    let sound = "payload: { $ref: \"#/components/schemas/Sent\" }, description: Sent., example: { event: sent, id: x }";
    let mut cases = vec![accepted("event", &[(ROOT, &events(envelope, sound)), (SCHEMA, &payload)])];
    for (name, envelope, event, at, words) in [
        ("no envelope", "", sound.to_owned(), "x-webhook-events", "write `x-webhook-envelope:"),
        (
            "inline payload",
            envelope,
            format!("{}, aliases: [a]", sound.replace("{ $ref: \"#/components/schemas/Sent\" }", "{ type: string }")),
            "  sent: {",
            "write `payload: { $ref: … }`",
        ),
        ("no description", envelope, sound.replace("description: Sent., ", ""), "  sent: {", "say when it is sent"),
        (
            "no example",
            envelope,
            sound.replace(", example: { event: sent, id: x }", ""),
            "  sent: {",
            "the whole body as the vendor sends it",
        ),
        ("alias that is text", envelope, format!("{sound}, aliases: old"), "  sent: {", "write a list"),
        ("unknown key", envelope, format!("{sound}, alias: [old]"), "  sent: {", "did you mean `aliases`?"),
        (
            "envelope with an unknown key",
            "x-webhook-envelope: { type: event, dat: x }\n",
            sound.to_owned(),
            "x-webhook-envelope",
            "did you mean `data`?",
        ),
    ] {
        cases.push(refused(format!("event: {name}"), &[(ROOT, &events(envelope, &event)), (SCHEMA, &payload)], at, words));
    }
    cases
}
