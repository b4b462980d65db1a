//! What somebody probably meant.

/// The nearest of the known words, if it is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_what_is_near_is_suggested() {
        let cases = [("titel", Some("title")), ("Title", Some("title")), ("mail", Some("email")), ("xyz", None), ("", None)];
        for (word, expected) in cases {
            assert_eq!(nearest(word, ["title", "email", "first_name"]), expected, "{word}");
        }
    }
}
