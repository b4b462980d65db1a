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
}
