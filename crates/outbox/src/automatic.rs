//! Whether a message was written by a machine: an out-of-office notice, for example.

/// How subjects and first lines of automatic replies begin, in small letters.
const BEGINNINGS: [&str; 20] = [
    "automatic reply",
    "auto-reply",
    "auto reply",
    "autoreply",
    "autoresponse",
    "out of office",
    "out of the office",
    "réponse automatique",
    "absence du bureau",
    "message d'absence",
    "automatische antwort",
    "abwesenheit",
    "abwesenheitsnotiz",
    "respuesta automática",
    "fuera de la oficina",
    "risposta automatica",
    "resposta automática",
    "automatisch antwoord",
    "afwezigheid",
    "automatiskt svar",
];

/// Whether a message calls itself an automatic one. What does not say so is somebody's own.
pub(crate) fn is_automatic(subject: Option<&str>, text: Option<&str>) -> bool {
    let first = text.and_then(|text| text.lines().map(str::trim).find(|line| !line.is_empty()));
    let says_so = |line: &str| {
        let line = line.trim().trim_start_matches(['[', '(', '*', '"']).to_lowercase();
        BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
    };
    subject.is_some_and(says_so) || first.is_some_and(says_so)
}

#[cfg(test)]
mod tests {
    use super::is_automatic;

    #[test]
    fn what_calls_itself_automatic_is() {
        for (subject, text, expected) in [
            (Some("Automatic reply: A role in Paris"), Some("Hi"), true),
            (Some("Réponse automatique : Un poste"), None, true),
            (Some("Re: A role in Paris"), Some("\n  Out of office until Monday.\nRegards"), true),
            (None, Some("[Auto-Reply] I am away"), true),
            (Some("Re: A role in Paris"), Some("I am out of the office until Monday, write to me then"), false),
            (Some("Re: Automatic reply"), Some("Sure"), false),
            (None, None, false),
        ] {
            assert_eq!(is_automatic(subject, text), expected, "{subject:?} {text:?}");
        }
    }
}
