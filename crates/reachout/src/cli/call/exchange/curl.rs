//! A request as a command for a POSIX shell.

use heck::ToShoutySnakeCase as _;
use reachout_document::is_secret;

use super::{Part, Unsent, mask};

/// A longer body does not fit an argument of a program, and comes through standard input.
const LONGEST_ARGUMENT: usize = 64 * 1024;

/// The command. The credential and other secrets are variables, so that they are in no history and in no list of processes as typed.
pub fn command(unsent: &Unsent) -> String {
    let shell = Shell::of(unsent);
    let stand = |name: &str| shell.variable(name);
    // curl takes brackets in a URL for patterns, and waits for a body that HEAD does not have.
    let globs = if unsent.url.contains(['[', ']', '{', '}']) { " --globoff" } else { "" };
    let method = if unsent.method == "HEAD" { "--head".to_owned() } else { format!("-X {}", unsent.method) };
    let mut words = vec![format!("curl --fail-with-body -sS{globs} {method} {}", shell.quoted(&mask::query_with(&unsent.url, &stand)))];
    for (name, value) in &unsent.headers {
        words.push(match (unsent.credential.contains(name), is_secret(name)) {
            (true, _) => format!("-H \"{name}: {value}\""),
            (false, true) => format!("-H {}", shell.quoted(&format!("{name}: {}", stand(name)))),
            (false, false) => format!("-H {}", shell.quoted(&format!("{name}: {value}"))),
        });
    }
    for Part { name, text, file } in &unsent.parts {
        words.push(match (text, file) {
            (Some(_), _) if is_secret(name) => format!("--form-string {}", shell.quoted(&format!("{name}={}", stand(name)))),
            (Some(text), _) => format!("--form-string {}", shell.quoted(&format!("{name}={text}"))),
            (None, file) => format!(
                "-F {}",
                shell.quoted(&format!("{name}=@\"{}\"", file.as_deref().unwrap_or_default().replace('\\', "\\\\").replace('"', "\\\"")))
            ),
        });
    }
    let body = unsent.body.as_ref().map(|body| mask::text_with(&String::from_utf8_lossy(body), unsent.media_type(), &stand));
    match body {
        Some(body) if body.len() > LONGEST_ARGUMENT => {
            let end = delimiter(&body);
            // The line break at the end is white space to a reader of JSON; no other body is so long.
            words.push(match shell.expanded(&body) {
                None => format!("--data-binary @- <<'{end}'\n{body}\n{end}"),
                Some(body) => format!("--data-binary @- <<{end}\n{body}\n{end}"),
            });
        }
        Some(body) => words.push(format!("--data-raw {}", shell.quoted(&body))),
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

/// Writes words for a POSIX shell, in which a mark and a name in angle brackets stand for a variable.
struct Shell {
    mark: String,
}

impl Shell {
    /// With a mark that the request does not contain.
    fn of(unsent: &Unsent) -> Self {
        let body = unsent.body.as_ref().map(|body| String::from_utf8_lossy(body)).unwrap_or_default();
        let texts = || {
            let headers = unsent.headers.iter().map(|(_, value)| value.as_str());
            let parts = unsent.parts.iter().flat_map(|part| part.text.iter().chain(&part.file).map(String::as_str));
            headers.chain(parts).chain([unsent.url.as_str(), &body])
        };
        let mut mark = "VARIABLE".to_owned();
        while texts().any(|text| text.contains(&mark)) {
            mark.push('_');
        }
        Self { mark }
    }

    /// What stands for the variable of a secret.
    fn variable(&self, name: &str) -> String {
        let name = name.to_shouty_snake_case().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        format!("{}<{name}>", self.mark)
    }

    /// The text with its variables, cut where they stand: each piece, and the variable after it.
    fn pieces<'t>(&self, text: &'t str) -> Vec<(&'t str, Option<&'t str>)> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(&format!("{}<", self.mark))
            && let Some((name, tail)) = after.split_once('>')
        {
            pieces.push((before, Some(name)));
            rest = tail;
        }
        pieces.push((rest, None));
        pieces
    }

    /// In single quotes, which a POSIX shell takes as they are, but for the variables.
    fn quoted(&self, text: &str) -> String {
        let piece = |(text, name): (&str, Option<&str>)| {
            let variable = name.map(|name| format!("'\"${name}\"'")).unwrap_or_default();
            format!("{}{variable}", text.replace('\'', r"'\''"))
        };
        format!("'{}'", self.pieces(text).into_iter().map(piece).collect::<String>())
    }

    /// For a here-document that is expanded; nothing where there are no variables.
    fn expanded(&self, text: &str) -> Option<String> {
        let pieces = self.pieces(text);
        let piece = |(text, name): (&str, Option<&str>)| {
            let variable = name.map(|name| format!("${{{name}}}")).unwrap_or_default();
            format!("{}{variable}", text.replace('\\', r"\\").replace('$', r"\$").replace('`', r"\`"))
        };
        (pieces.len() > 1).then(|| pieces.into_iter().map(piece).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Unsent, command};

    fn unsent(body: &str) -> Unsent {
        Unsent {
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
        assert_eq!(command(&unsent("it's")), expected);
        let head = Unsent { method: "HEAD".to_owned(), url: "https://a.b/c?ids[]=1".to_owned(), ..unsent("") };
        assert!(command(&head).starts_with("curl --fail-with-body -sS --globoff --head 'https://a.b/c?ids[]=1' "), "{}", command(&head));
    }

    #[test]
    fn a_long_body_comes_through_standard_input() {
        let body = format!("BODY\n{}", "x".repeat(70_000));
        let text = command(&unsent(&body));
        assert!(text.contains("--data-binary @- <<'BODY_'\nBODY\nxxx") && text.ends_with("x\nBODY_"), "{}", &text[..200]);
    }

    #[test]
    fn secrets_of_the_request_are_variables() {
        let body = r#"{"clientSecret":"s'3","grant_type":"x","code":"c0de","note":"VARIABLE<HOME>","webhook":{"signing_secret":7}}"#;
        let mut secret = unsent(body);
        secret.url = "https://a.b/c?api_key=k3y&q=1".to_owned();
        secret.headers.push(("cookie".to_owned(), "session=1".to_owned()));
        secret.parts.push(super::Part { name: "password".to_owned(), text: Some("pa$$".to_owned()), file: None });
        let text = command(&secret);
        for hidden in ["s'3", "c0de", "k3y", "session=1", "pa$$", "\":7"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        for shown in [
            r#"'https://a.b/c?api_key='"$API_KEY"'&q=1'"#,
            r#"-H 'cookie: '"$COOKIE"''"#,
            r#"--form-string 'password='"$PASSWORD"''"#,
            r#""clientSecret":"'"$CLIENT_SECRET"'""#,
            r#""note":"VARIABLE<HOME>""#,
            r#""signing_secret":"'"$SIGNING_SECRET"'""#,
        ] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
    }

    #[test]
    fn a_long_body_hides_its_secrets_too() {
        let body = format!(r#"{{"password":"pa$$","text":"$HOME `x` {}"}}"#, "x".repeat(70_000));
        let text = command(&unsent(&body));
        assert!(text.contains("<<BODY\n{\"password\":\"${PASSWORD}\",\"text\":\"\\$HOME \\`x\\` xxx"), "{}", &text[..300]);
    }
}
