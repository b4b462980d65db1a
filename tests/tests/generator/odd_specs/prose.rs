//! Descriptions, which become rustdoc.

use super::{Odd, accepted, refused};

pub fn cases() -> Vec<Odd> {
    let written = |text: &str| {
        let lines: String = text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("        {line}\n") }).collect();
        format!("description: |-\n{}", lines.trim_end())
    };
    let mut cases = Vec::new();
    for (name, text) in [
        ("text fence", "Sends.\n\n```text\nHi\n```"),
        ("JSON fence", "Sends.\n\n```json\n{ \"text\": \"Hi\" }\n```\n\nMore."),
        ("tilde fence", "Sends.\n\n~~~http\nGET /\n~~~"),
        ("longer fence", "Sends.\n\n````text\n```\n````"),
        ("code in a line", "Sends `Option<String>` and `[x]` and ``a`b``."),
        ("list", "Sends:\n\n- one\n    continued\n- two"),
        ("link", "Sends, see [the page](https://demo.example) or <https://demo.example>."),
        ("table", "| a | b |\n|---|---|\n| `x` | y |"),
        ("less than", "Sends if a < b and c > d."),
        ("brackets in code", "Sends `tags[0]`."),
        ("quotes and backslashes", "Sends \"x\" and \\ and */ and {{ }}."),
        ("heading", "# Errors\n\nSends."),
        ("fence in a list", "- one\n\n  ```json\n  {}\n  ```"),
        ("emoji", "Sends 😀."),
    ] {
        cases.push(accepted(format!("prose: {name}"), &[("description: Sends one message.", &written(text))]));
    }
    for (name, text, words) in [
        ("fence without a language", "Sends.\n\n```\nsend(x)\n```", "write ```text or ```json"),
        ("Rust fence", "Sends.\n\n```rust\nsend(x)\n```", "takes it for Rust"),
        ("fence that is not run", "Sends.\n\n```no_run\nsend(x)\n```", "takes it for Rust"),
        ("ignored fence", "Sends.\n\n```ignore\nsend(x)\n```", "write ```text or ```json"),
        ("Rust fence with attributes", "Sends.\n\n```rust,edition2024\nsend(x)\n```", "takes it for Rust"),
        ("tilde fence without a language", "Sends.\n\n~~~\nsend(x)\n~~~", "write ```text or ```json"),
        ("fence in a list without a language", "- one\n\n  ```\n  send(x)\n  ```", "takes it for Rust"),
        ("open fence", "Sends.\n\n```text\nHi", "end it with a line of three backticks"),
        ("indented code", "Sends.\n\n    send(x)", "is indented by four spaces"),
        ("tag", "Sends <id> to it.", "`<id>` is HTML in rustdoc"),
        ("block of HTML", "<div>\nSends.\n</div>", "put it into backticks"),
        ("generic type", "Sends Option<String>.", "is HTML in rustdoc"),
        ("link to nothing", "Sends [contact] to it.", "is a link to nothing in rustdoc"),
        ("index", "Sends tags[name].", "write `[text](https://…)`"),
    ] {
        cases.push(refused(format!("prose: {name}"), &[("description: Sends one message.", &written(text))], "description: |-", words));
    }
    cases.extend([
        refused(
            "prose: HTML in a summary",
            &[("summary: Send a message", "summary: Send <b>a</b> message")],
            "summary:",
            "is HTML in rustdoc",
        ),
        refused(
            "prose: fence of a property",
            &[("description: Identifier.", "description: \"```\\nx\\n```\"")],
            "```",
            "write ```text or ```json",
        ),
        refused("prose: link in a note", &[("level: full", "level: partial\n        note: See [page].")], "note:", "is a link to nothing"),
        accepted("prose: fence in an example", &[("text: Hi", "text: \"```\\nx\"")]),
    ]);
    cases
}
