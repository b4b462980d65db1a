//! Fresh ids that look like the vendor's.

use serde_json::Value;
use uuid::Uuid;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A new id in the look of `example`: a UUID, a prefix with an underscore and twelve characters, or twenty characters.
pub(crate) fn like(example: &Value) -> String {
    let example = example.as_str().unwrap_or_default();
    if Uuid::try_parse(example).is_ok() {
        return Uuid::new_v4().to_string();
    }
    match example.rsplit_once('_') {
        Some((prefix, _)) => format!("{prefix}_{}", random(12).to_lowercase()),
        None => random(20),
    }
}

/// Whether `id` has the look of `example`, so that the vendor would take it for an id of the same kind.
pub(crate) fn is_like(example: &str, id: &str) -> bool {
    if Uuid::try_parse(example).is_ok() {
        return Uuid::try_parse(id).is_ok();
    }
    let is_plain = |text: &str| (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match example.rsplit_once('_') {
        Some((prefix, _)) => id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).is_some_and(is_plain),
        None => is_plain(id),
    }
}

/// `length` random letters and digits.
pub(crate) fn random(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // Six bits of a random byte choose a character; the two values beyond the alphabet are skipped.
        let characters = Uuid::new_v4().into_bytes().into_iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
        text.extend(characters.map(|character| char::from(*character)).take(length - text.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_look_of_its_example() {
        assert!(Uuid::try_parse(&like(&"a1b2c3d4-5678-90ab-cdef-1234567890ab".into())).is_ok());
        let lead = like(&"lead_abc123".into());
        assert!(lead.starts_with("lead_") && lead.len() == 17, "{lead}");
        assert_eq!(like(&"ve9EPM428h8vShlRW1KT".into()).len(), 20);
        assert_ne!(random(20), random(20));
    }

    #[test]
    fn an_id_of_another_form_is_told_from_one_that_is_only_unknown() {
        let uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab";
        for (example, id, expected) in [
            (uuid, "00000000-0000-0000-0000-000000000000", true),
            (uuid, "nobody", false),
            ("lead_abc123", "lead_x", true),
            ("lead_abc123", "sender_x", false),
            ("lead_abc123", "lead_", false),
            ("ve9EPM428h8vShlRW1KT", "abc123def456", true),
            ("ve9EPM428h8vShlRW1KT", "../x", false),
            ("ve9EPM428h8vShlRW1KT", "", false),
        ] {
            assert_eq!(is_like(example, id), expected, "{id:?} as {example:?}");
        }
    }
}
