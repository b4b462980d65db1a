//! What is not YAML, or not the YAML of specs.

use super::{Expected, GOOD, Odd, accepted, refusal, refused};

pub fn cases() -> Vec<Odd> {
    let title = "  title: Demo API\n";
    let whole = |name: &str, spec: String, expected| Odd { name: name.to_owned(), spec, expected };
    let nested = |depth: usize| format!("  title: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    vec![
        whole("byte order mark", format!("\u{feff}{GOOD}"), Expected::Accepted),
        whole("CRLF", GOOD.replace('\n', "\r\n"), Expected::Accepted),
        whole("explicit document", format!("---\n{GOOD}"), Expected::Accepted),
        whole("explicit end", format!("{GOOD}...\n"), Expected::Accepted),
        whole("second document", format!("{GOOD}---\nopenapi: 3.0.3\n"), refusal("---", "remove the `---`")),
        whole("empty file", String::new(), refusal("", "the file is empty")),
        whole("only a comment", "# nothing\n".into(), refusal("none", "write an OpenAPI document")),
        whole("a scalar", "openapi\n".into(), refusal("openapi", "write a mapping")),
        whole("a list", format!("- {}", GOOD.replace('\n', "\n  ")), refusal("openapi", "write a mapping")),
        refused("tab", &[(title, "\ttitle: Demo API\n")], "\ttitle", "a tab stands in the indentation"),
        refused("tab deeper", &[("        level: full", "    \tlevel: full")], "\tlevel", "indent with spaces"),
        refused(
            "one space too many",
            &[("      tags: [messages]", "       tags: [messages]")],
            "       tags:",
            "indented by 7 spaces, where 4 or 6 fit",
        ),
        refused("one space too few", &[("      tags: [messages]", "     tags: [messages]")], "     tags:", "indented by 5 spaces"),
        refused("key below a value", &[(title, "  title: Demo API\n    sub: x\n")], "sub: x", "siblings begin in the same column"),
        refused(
            "list item too far left",
            &[("        - name: id\n          in: path", "        - name: id\n       - in: path")],
            "- in: path",
            "mind the indentation",
        ),
        refused("open bracket", &[("tags: [messages]", "tags: [messages")], "tags: [messages", "not valid YAML"),
        refused("open brace", &[("schema: { type: string }", "schema: { type: string")], "schema: { type", "not valid YAML"),
        refused("open quote", &[("title: Demo API", "title: \"Demo API")], "title: \"Demo", "not valid YAML"),
        refused("bracket too many", &[("tags: [messages]", "tags: [messages]]")], "tags: [messages]]", "not valid YAML"),
        refused("colon in a plain text", &[("summary: Send a message", "summary: Send: a message")], "summary: Send:", "quote scalars"),
        refused("reserved character", &[("summary: Send a message", "summary: @send")], "@send", "not valid YAML"),
        refused("unknown escape", &[("summary: Send a message", "summary: \"a\\qb\"")], "a\\qb", "not valid YAML"),
        refused("JSON escapes of a surrogate pair", &[("text: Hi", "text: \"\\ud83d\\ude00\"")], "ud83d", "write the character itself"),
        refused("half a surrogate pair", &[("text: Hi", "text: \"\\ud83d\"")], "ud83d", "one escape of eight digits"),
        accepted("one escape of eight digits", &[("text: Hi", "text: \"\\U0001F600\"")]),
        accepted("escape of four digits", &[("text: Hi", "text: \"\\u00e9\"")]),
        accepted("emoji", &[("text: Hi", "text: 😀")]),
        accepted("backslash in single quotes", &[("text: Hi", "text: '\\ud83d'")]),
        refused("key given twice", &[(title, "  title: Demo API\n  title: Twice\n")], "title: Twice", "`title` is given twice"),
        refused(
            "key given twice in braces",
            &[("schema: { type: string }", "schema: { type: string, type: string }")],
            "type: string, type",
            "`type` is given twice",
        ),
        refused("anchor", &[("title: Demo API", "title: &name Demo API")], "&name", "anchors and aliases are not used"),
        refused("alias", &[("title: Demo API", "title: *name")], "*name", "not valid YAML"),
        refused("merge key", &[(title, "  title: Demo API\n  <<: { x: y }\n")], "<<", "`<<` is not known"),
        refused("tag that does not fit", &[("title: Demo API", "title: !!int Demo")], "!!int", "leave the tag out"),
        refused("not a number", &[("          maxLength: 100", "          maxLength: .nan")], ".nan", "JSON has no such number"),
        refused("infinite", &[("          maxLength: 100", "          maxLength: .inf")], ".inf", "JSON has no such number"),
        refused(
            "huge number",
            &[("          maxLength: 100", "          maxLength: 99999999999999999999999")],
            "999999",
            "write a whole number",
        ),
        refused("mapping as a key", &[(title, "  title: Demo API\n  ? { a: b }\n  : c\n")], "? {", "a key must be a plain word"),
        refused("empty key", &[(title, "  title: Demo API\n  \"\": x\n")], "\"\": x", "`` is not known"),
        refused("nested 150 deep", &[(title, &nested(150))], "[[[", "nested too deep"),
        refused("nested 20,000 deep", &[(title, &nested(20_000))], "[[[", "nest"),
        accepted("comment with a tab", &[(title, "  title: Demo API\t# \tname\n")]),
    ]
}

#[test]
fn a_file_that_is_not_utf_8_is_named_with_its_line() {
    let root = crate::bad_specs::workspace("");
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes.insert(GOOD.find("Demo API").unwrap(), 0xe9);
    std::fs::write(root.path().join("specs/demo/openapi.yaml"), bytes).unwrap();
    let error = reachout_codegen::lint(root.path(), &[]).unwrap_err().to_string();
    assert!(error.starts_with("specs/demo/openapi.yaml:3: /: the file is not UTF-8\n    help: save it as UTF-8"), "{error}");
}
