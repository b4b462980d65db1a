//! A suggestion for a word that is not known.

/// The sentence, with the nearest of the known words where one is near.
pub(crate) fn did_you_mean<'a>(sentence: String, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match reachout_runtime::nearest(word, known) {
        Some(nearest) => format!("{sentence}; did you mean `{nearest}`?"),
        None => sentence,
    }
}
