//! Operations, their paths and their responses.

use super::{GOOD, OPERATION, Odd, PATH, accepted, after, before, operation, refused};

pub fn cases() -> Vec<Odd> {
    let mut cases = paths();
    cases.extend(statuses());
    cases.extend(responses());
    cases.extend(facts());
    cases.extend(effects());
    cases
}

/// What an operation does, and what a repeat does.
fn effects() -> Vec<Odd> {
    const EFFECT: &str = "      x-effect: reaches-a-person\n";
    let with = |text: &str| format!("      x-effect: {text}\n");
    let second = |path: &str, method: &str, from: &str, to: &str| {
        let written = operation(path, method, "act_again", "");
        assert!(written.contains(from), "{written}");
        before(PATH, &written.replace(from, to))
    };
    let mut cases = Vec::new();
    for effect in [
        "reads",
        "reads\n      x-repeat: twice",
        "changes",
        "changes\n      x-repeat: same",
        "deletes",
        "reaches-a-person\n      x-repeat: twice",
    ] {
        cases.push(accepted(format!("effect: {effect}"), &[(EFFECT, &with(effect))]));
    }
    for (name, effect, at, words) in [
        ("none of ours", "sends", "x-effect: sends", "write one of reads, changes, deletes, reaches-a-person"),
        ("empty repeat", "changes\n      x-repeat: often", "x-repeat: often", "write `same` or `twice`"),
        ("reads and is the same", "reads\n      x-repeat: same", "x-repeat: same", "leave `x-repeat` out"),
        ("a person, the same", "reaches-a-person\n      x-repeat: same", "x-repeat: same", "nobody is written to twice"),
        ("a guess", "changes\n      x-guess: true", "x-guess: true", "the effect is a guess of the import"),
    ] {
        cases.push(refused(format!("effect: {name}"), &[(EFFECT, &with(effect))], at, words));
    }
    cases.push(refused("effect: not said", &[(EFFECT, "")], "    post:", "nothing says what this operation does"));
    for (name, method, from, to, words) in [
        ("a GET that reaches a person", "get", "x-effect: reads", "x-effect: reaches-a-person", "write `x-repeat: twice`"),
        ("a GET that changes", "get", "x-effect: reads", "x-effect: changes", "write `x-repeat: twice`"),
        ("a GET that deletes", "get", "x-effect: reads", "x-effect: deletes\n      x-repeat: same", "correct the method or the effect"),
        ("a PUT that reaches a person", "put", "x-effect: changes", "x-effect: reaches-a-person", "write `x-repeat: twice`"),
        ("a DELETE that reads", "delete", "x-effect: changes", "x-effect: reads", "write deletes or changes"),
    ] {
        // The other operation has another effect, so that the line is told by it.
        let other = with(if to.contains("changes") { "deletes" } else { "changes" });
        let at = to.lines().next().unwrap_or(to);
        cases.push(refused(format!("effect: {name}"), &[(EFFECT, &other), (PATH, &second("/again", method, from, to))], at, words));
    }
    cases
}

fn paths() -> Vec<Odd> {
    let own = "  /contacts/{id}/messages:";
    let mut cases = Vec::new();
    for (path, words) in [
        ("/contacts/{id}/messages?sync=true", "as parameters with `in: query`"),
        ("/contacts/{id}/messages#now", "percent-encoded"),
        ("/contacts/{id}/my messages", "percent-encoded"),
        ("/contacts/{id}/übersicht", "percent-encoded"),
        ("/contacts\\\\{id}", "percent-encoded"),
        ("contacts/{id}/messages", "write `/contacts/{id}/messages`"),
        ("//contacts/{id}", "does not begin with one slash"),
        ("/contacts/{id", "do not match"),
        ("/contacts/id}", "do not match"),
        ("/contacts/{{id}}", "do not match"),
        ("/contacts/{id}/{}", "without a name"),
        ("/contacts/{id}/{id}", "a parameter twice"),
        ("/contacts/{id}/{box}", "`box` of"),
        ("/contacts", "is not in the path"),
        ("", "does not begin with one slash"),
    ] {
        let spec = format!("  \"{path}\":");
        let at = match words {
            "`box` of" => "    post:",
            "is not in the path" => "        - name: id",
            _ => spec.as_str(),
        };
        cases.push(refused(format!("path {path}"), &[(own, &spec)], at, words));
    }
    for path in ["/contacts/{id}/", "/contacts/{id}.json", "/contacts/{id}:send", "/contacts/v{id}/a%20b", "/{id}", "/Contacts/{id}/~me"] {
        cases.push(accepted(format!("path {path}"), &[(own, &format!("  \"{path}\":"))]));
    }
    let second = |path: &str| before(PATH, &operation(path, "get", "list_messages", ""));
    cases.extend([
        refused(
            "equal templates",
            &[(PATH, &second("/contacts/{contact}/messages"))],
            "  /contacts/{contact}/messages:",
            "keep one, with the operations of both",
        ),
        accepted("templates that overlap", &[(PATH, &second("/contacts/all/messages"))]),
        accepted("template with a slash more", &[(PATH, &second("/contacts/{id}/messages/"))]),
        accepted("template in capitals", &[(PATH, &second("/Contacts/{id}/messages"))]),
        refused(
            "no path",
            &[(&GOOD[GOOD.find("  /contacts").unwrap()..GOOD.find("components:").unwrap()], ""), ("paths:\n", "paths: {}\n")],
            "paths: {}",
            "there is no operation",
        ),
    ]);
    cases
}

fn statuses() -> Vec<Odd> {
    let mut cases = Vec::new();
    for (code, words) in [
        ("2000", "is not a status code"),
        ("2xx", "in capitals"),
        ("2Xx", "in capitals"),
        ("42", "three digits"),
        ("20", "three digits"),
        ("abc", "three digits"),
        ("600", "is not a status code"),
        ("099", "is not a status code"),
        ("20X", "is not a status code"),
        ("２００", "is not a status code"),
        ("", "is not a status code"),
        ("302", "response 302"),
        ("1XX", "response 1XX"),
        ("404", "errors are `4XX` and `5XX`"),
        ("default", "write `4XX` and `5XX`"),
        ("204", "a 204 response has no content"),
    ] {
        let spec = format!("        \"{code}\":\n          description: Sent.");
        cases.push(refused(
            format!("response {code}"),
            &[("        \"200\":\n          description: Sent.", &spec)],
            format!("        \"{code}\":"),
            words,
        ));
    }
    for code in ["201", "202", "299", "2XX"] {
        cases.push(accepted(format!("response {code}"), &[("        \"200\":", &format!("        {code}:"))]));
    }
    cases
}

fn responses() -> Vec<Odd> {
    let content = "            application/json:\n              schema:\n                $ref: \"#/components/schemas/SendMessageResponse\"\n              example:\n                id: m1\n                status: sent\n";
    let success = GOOD[GOOD.find("        \"200\":").unwrap()..GOOD.find("        4XX:").unwrap()].to_owned();
    let shared = |more: &str| before("    Error:\n      description: It failed.", more);
    let error = "    Error:\n      description: It failed.";
    let errors = "        4XX:\n          $ref: \"#/components/responses/Error\"\n";
    let circle = shared("    Sent: { $ref: \"#/components/responses/Done\" }\n    Done: { $ref: \"#/components/responses/Sent\" }");
    let to_sent = "        \"200\": { $ref: \"#/components/responses/Sent\" }\n";
    vec![
        refused(
            "success in a circle",
            &[(&success, to_sent), (error, &circle)],
            "    Done: {",
            "component `Done` refers to itself through `Sent`",
        ),
        refused(
            "success that is its own",
            &[(&success, to_sent), (error, &shared("    Sent: { $ref: \"#/components/responses/Sent\" }"))],
            "    Sent: {",
            "component `Sent` refers to itself",
        ),
        accepted(
            "success by reference",
            &[
                ("        \"200\":\n          description: Sent.\n          content:\n", to_sent),
                (content, ""),
                (
                    error,
                    &shared(&format!(
                        "    Sent:\n      description: Sent.\n      content:\n{}",
                        content.replace("            application", "        application").replace("\n      ", "\n  ").trim_end()
                    )),
                ),
            ],
        ),
        accepted(
            "success by a reference to a reference",
            &[
                ("        \"200\":\n          description: Sent.\n          content:\n", to_sent),
                (content, ""),
                (
                    error,
                    &shared(&format!(
                        "    Sent: {{ $ref: \"#/components/responses/Done\" }}\n    Done:\n      description: Sent.\n      content:\n{}",
                        content.replace("            application", "        application").replace("\n      ", "\n  ").trim_end()
                    )),
                ),
            ],
        ),
        refused(
            "no responses",
            &[
                ("      responses:\n        \"200\"", "      x-method: send_it\n      responses:\n        \"200\""),
                ("      responses:\n", "      respones:\n"),
            ],
            "respones",
            "did you mean `responses`?",
        ),
        refused("no success", &[(&success, "")], "      responses:", "0 success responses"),
        refused("no 4XX", &[(errors, "")], "      responses:", "no 4XX response"),
        refused("an error of its own", &[(errors, "        4XX: { description: No. }\n")], "        4XX:", "shared error"),
        refused(
            "two response media types",
            &[(content, &format!("{content}            text/csv: {{ schema: {{ type: string, format: binary }} }}\n"))],
            "        \"200\":",
            "2 response media types",
        ),
        accepted(
            "JSON of another name",
            &[("            application/json:\n              schema", "            application/hal+json:\n              schema")],
        ),
        refused(
            "JSON with a character set",
            &[(
                "            application/json:\n              schema",
                "            application/json; charset=utf-8:\n              schema",
            )],
            "charset",
            "write `application/json`",
        ),
        refused(
            "text that is not a file",
            &[("            application/json:\n              schema", "            text/plain:\n              schema")],
            "text/plain",
            "format: binary",
        ),
        refused(
            "list inline",
            &[(
                "                $ref: \"#/components/schemas/SendMessageResponse\"",
                "                type: array\n                items: { type: string }",
            )],
            "            application/json:",
            "is written inline",
        ),
    ]
}

fn facts() -> Vec<Odd> {
    vec![
        refused("evidence of another level", &[("level: full", "level: some")], "    post:", "x-evidence: { level: full }"),
        refused("partial evidence without a note", &[("level: full", "level: partial")], "x-evidence:", "what was seen, and where"),
        refused("page without https", &[("url: https://demo.example/docs", "url: http://demo.example/docs")], "    post:", "externalDocs"),
        refused("summary with a full stop", &[("summary: Send a message", "summary: Send a message.")], "summary:", "leave it out"),
        refused("empty description", &[("description: Sends one message.", "description: \" \"")], "    post:", "no description"),
        refused(
            "paging without x-pagination",
            &[(
                "        - name: id\n",
                "        - { name: offset, in: query, description: x, schema: { type: integer, format: int64 }, example: 1 }\n        - name: id\n",
            )],
            "    post:",
            "write `x-pagination`",
        ),
        refused(
            "pagination of another style",
            &[(OPERATION, &after(OPERATION, "      x-pagination: { style: pages, items: id, param: id }"))],
            "x-pagination",
            "write `style: offset`",
        ),
        refused(
            "pagination without items",
            &[(OPERATION, &after(OPERATION, "      x-pagination: { style: page, param: id }"))],
            "x-pagination",
            "the dot path of the array",
        ),
        refused(
            "pagination over a text",
            &[(OPERATION, &after(OPERATION, "      x-pagination: { style: page, items: id.x.y, param: id }"))],
            "x-pagination",
            "`items: id.x.y` is not an array",
        ),
        refused(
            "cursor without next",
            &[(OPERATION, &after(OPERATION, "      x-pagination: { style: cursor, items: id }"))],
            "x-pagination",
            "is incomplete",
        ),
        accepted("deprecated", &[(OPERATION, &after(OPERATION, "      deprecated: true"))]),
        accepted("without credential", &[(OPERATION, &after(OPERATION, "      security: []"))]),
    ]
}
