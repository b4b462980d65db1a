//! A request as a command for a POSIX shell.

use super::{Held, Part};

/// A longer body does not fit an argument of a program, and comes through standard input.
const LONGEST_ARGUMENT: usize = 64 * 1024;

/// The command. The credential is a variable, so that it is in no history and in no list of processes' arguments as typed.
pub fn command(held: &Held) -> String {
    // curl takes brackets in a URL for patterns, and waits for a body that HEAD does not have.
    let globs = if held.url.contains(['[', ']', '{', '}']) { " --globoff" } else { "" };
    let method = if held.method == "HEAD" { "--head".to_owned() } else { format!("-X {}", held.method) };
    let mut words = vec![format!("curl --fail-with-body -sS{globs} {method} {}", quoted(&held.url))];
    for (name, value) in &held.headers {
        words.push(match held.credential.contains(name) {
            true => format!("-H \"{name}: {value}\""),
            false => format!("-H {}", quoted(&format!("{name}: {value}"))),
        });
    }
    for Part { name, text, file } in &held.parts {
        words.push(match (text, file) {
            (Some(text), _) => format!("--form-string {}", quoted(&format!("{name}={text}"))),
            (None, file) => format!(
                "-F {}",
                quoted(&format!("{name}=@\"{}\"", file.as_deref().unwrap_or_default().replace('\\', "\\\\").replace('"', "\\\"")))
            ),
        });
    }
    let body = held.body.as_ref().map(|body| String::from_utf8_lossy(body));
    match body {
        Some(body) if body.len() > LONGEST_ARGUMENT => {
            let end = delimiter(&body);
            // The line break at the end is white space to a reader of JSON; no other body is so long.
            words.push(format!("--data-binary @- <<'{end}'\n{body}\n{end}"));
        }
        Some(body) => words.push(format!("--data-raw {}", quoted(&body))),
        None => {}
    }
    words.join(" \\\n  ")
}

/// A word that the body does not have as a line.
fn delimiter(body: &str) -> String {
    let mut word = "BODY".to_owned();
    while body.lines().any(|line| line == word) {
        word.push('_');
    }
    word
}

/// In single quotes, which a POSIX shell takes as they are.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{Held, command};

    fn held(body: &str) -> Held {
        Held {
            method: "POST".to_owned(),
            url: "https://a.b/c?q=it's".to_owned(),
            headers: [("authorization", "Bearer $KEY"), ("x", "$HOME")].map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            credential: vec!["authorization".to_owned()],
            body: Some(body.to_owned().into()),
            parts: Vec::new(),
        }
    }

    #[test]
    fn only_the_credential_is_a_variable() {
        let expected = r#"curl --fail-with-body -sS -X POST 'https://a.b/c?q=it'\''s' \
  -H "authorization: Bearer $KEY" \
  -H 'x: $HOME' \
  --data-raw 'it'\''s'"#;
        assert_eq!(command(&held("it's")), expected);
        let head = Held { method: "HEAD".to_owned(), url: "https://a.b/c?ids[]=1".to_owned(), ..held("") };
        assert!(command(&head).starts_with("curl --fail-with-body -sS --globoff --head 'https://a.b/c?ids[]=1' "), "{}", command(&head));
    }

    #[test]
    fn a_long_body_comes_through_standard_input() {
        let body = format!("BODY\n{}", "x".repeat(70_000));
        let text = command(&held(&body));
        assert!(text.contains("--data-binary @- <<'BODY_'\nBODY\nxxx") && text.ends_with("x\nBODY_"), "{}", &text[..200]);
    }
}
