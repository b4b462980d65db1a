//! Names of profiles, which are those of their credentials.

/// Whether a profile can have this name.
fn is_name(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    !name.is_empty() && name.chars().all(is_part)
}

/// A parser of the names of profiles, whose errors are sentences.
pub fn profile_name(name: &str) -> Result<String, String> {
    let wrong = || format!("`{}` cannot name a profile: letters, digits, `-` and `_` are expected", name.escape_debug());
    is_name(name).then(|| name.to_owned()).ok_or_else(wrong)
}

/// The same of a credential.
pub fn credential_name(name: &str) -> Result<String, String> {
    let wrong = || {
        format!(
            "`{}` cannot name a credential, which has the name of a profile: letters, digits, `-` and `_` are expected",
            name.escape_debug()
        )
    };
    is_name(name).then(|| name.to_owned()).ok_or_else(wrong)
}
