//! What a template may be, and what becomes of it.

use serde_json::json;

use super::{Template, TemplateError};

fn person(fields: &serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    fields.as_object().unwrap().clone()
}

fn template(ending: &str, text: &str) -> Template {
    Template::parse(&format!("hello{ending}"), text).unwrap()
}

#[test]
fn the_subject_stands_before_the_text() {
    let ada = person(&json!({ "name": "Ada & Co" }));
    for (ending, text, subject, body) in [
        (".md", "---\nsubject: A role for {{ name }}\n---\nHi {{ name }},\n\nBye\n", Some("A role for Ada & Co"), "Hi Ada & Co,\n\nBye"),
        (".html", "---\r\nsubject: For {{ name }}\r\n---\r\n<p>{{ name }}</p>\r\n", Some("For Ada & Co"), "<p>Ada &amp; Co</p>"),
        (".txt", "Hi {{ title | default('there') }}", None, "Hi there"),
        (".txt", "--- a line", None, "--- a line"),
    ] {
        let rendered = template(ending, text).render(&ada, &[]).unwrap();
        assert_eq!((rendered.subject.as_deref(), rendered.body.as_str()), (subject, body), "{text}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let columns = ["name", "title"].map(str::to_owned);
    for (text, sentence) in [
        ("---\nsubject: x\n---\nHi\n{{ title }}", "`title` is empty, and hello.md line 5 uses it"),
        ("---\nsubject: \"{{ title }}\"\n---\nHi", "`title` is empty, and the subject of hello.md uses it"),
        ("Hi {{ nmae }}", "hello.md line 1 uses `nmae`, which is not a column; did you mean `name`?"),
        ("{{ title }} {{ other }}", "other, title are missing, and hello.md line 1 uses one of them"),
    ] {
        let error = template(".md", text).render(&person(&json!({ "name": "Ada" })), &columns).err();
        assert_eq!(error.as_deref(), Some(sentence));
    }
}

fn problem(text: &str) -> Option<String> {
    let ada = person(&json!({ "name": "Ada", "aa": "a".repeat(1_000), "list": ["x", "y"] }));
    let ended = Template::parse("hello.md", text).map_err(|error: TemplateError| error.to_string());
    ended.and_then(|template| template.render(&ada, &[])).err()
}

#[test]
fn a_template_ends_and_never_overflows_the_stack() {
    let nested = format!("{{{{ {}1{} }}}}", "[".repeat(20_000), "]".repeat(20_000));
    let ifs = format!("{}{}", "{% if 1 %}".repeat(3_000), "{% endif %}".repeat(3_000));
    for (text, expected) in [
        ("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", "hello.md line 1: the text takes more than"),
        (&format!("{{{{ 1{} }}}}", "+1".repeat(30_000)), "more than 50 parts"),
        (&format!("{{{{ 1{} }}}}", "|abs".repeat(15_000)), "more than 50 parts"),
        (&format!("{{{{ name{} }}}}", ".a".repeat(30_000)), "more than 50 parts"),
        (&nested, "recursion"),
        (&ifs, "recursion"),
        (&"x".repeat(66_000), "longer than 64 KiB"),
    ] {
        let found = problem(text).unwrap_or_default();
        assert!(found.contains(expected), "{}: {found}", &text[..text.len().min(60)]);
    }
}

#[test]
fn no_value_of_a_template_grows() {
    let doubled = format!("Hi\n{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(2_000));
    let captured = format!("Hi\n{}", "{% set a %}{{ a }}{{ a }}{% endset %}".repeat(1_000));
    let replaced = format!("Hi\n{{{{ aa{} }}}}", "|replace('a', 'aa')".repeat(12));
    let wide = "Hi\n{{ aa|replace('a', aa)|replace('a', aa) }}";
    for (text, expected) in [
        (doubled.as_str(), " line 2: `set` is not for these templates"),
        (&captured, " line 2: `set` is not for these templates"),
        ("Hi\n{% macro m(a, n) %}{{ m(a ~ a, n - 1) if n else a }}{% endmacro %}{{ m('xx', 40) }}", " line 2: `macro` is not"),
        ("Hi\n{% with a = name ~ name %}{{ a }}{% endwith %}", " line 2: `with` is not"),
        ("Hi\n{% filter upper %}x{% endfilter %}", " line 2: `filter` is not"),
        ("Hi\n{% include 'body' %}", " line 2: `include` is not"),
        ("Hi\n{% for a in list recursive %}{{ loop(list) }}{% endfor %}", " line 2: a recursive loop is not"),
        ("Hi\n{{ 'x' * 100000000 }}", " line 2: `*` is not"),
        ("Hi\n{{ namespace(a=1) }}", " line 2: a call is not"),
        ("Hi\n{{ '%0999999999d'|format(1) }}", " line 2: there is no filter `format`; these are: abs, "),
        ("Hi\n{{ name|indent(999999999) }}", " line 2: there is no filter `indent`"),
        (&replaced, "hello.md line 2: invalid operation: a text of more than 1024 KiB"),
        (wide, "hello.md line 2: invalid operation: a text of more than 1024 KiB"),
        ("Hi\n{{ range(100000)|join(aa) }}", "hello.md line 2: invalid operation: a text of more than 1024 KiB"),
        ("Hi\n{% for a in range(2000) %}{{ aa }}{% endfor %}", "hello.md: the text is longer than 1024 KiB"),
    ] {
        let found = problem(text).unwrap_or_default();
        assert!(found.contains(expected), "{}: {found}", &text[..text.len().min(60)]);
    }
    let longest = person(&json!({ "name": "x".repeat(1024 * 1024 + 1) }));
    assert!(template(".md", "Hi").render(&longest, &[]).is_err_and(|error| error.contains("longer than 1024 KiB")));
}

#[test]
fn what_templates_are_for_works() {
    let ada = person(&json!({ "name": "ada", "tags": ["a", "b"], "city": "Paris;Rome", "n": 2 }));
    for (text, expected) in [
        ("{{ name|title ~ '!' }}{% if n > 1 %} {{ n + 1 }}{% else %} one{% endif %}", "Ada! 3"),
        ("{% for tag in tags if tag != 'b' %}{{ loop.index }}{{ tag|upper }}{% endfor %}", "1A"),
        ("{{ tags|join(', ') }} {{ city|split(';')|last|replace('R', 'r') }} {{ tags[0] }} {{ name[:2] }}", "a, b rome a ad"),
        ("{{ title|default('there') }} {{ title|d('x')|length }} {{ 'yes' if title is defined else 'no' }}", "there 1 no"),
    ] {
        assert_eq!(template(".md", text).render(&ada, &[]).map(|rendered| rendered.body).as_deref(), Ok(expected), "{text}");
    }
}
