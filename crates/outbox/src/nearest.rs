//! A suggestion for a word that is not known.

/// The sentence, with the nearest of the known words where one is near.
pub(crate) fn did_you_mean<'a>(sentence: String, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let lower = word.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&lower, &known.to_lowercase());
    let near = known.into_iter().map(|known| (distance(known), known)).filter(|(distance, known)| *distance <= 1 + known.len() / 4);
    match near.min_by_key(|(distance, _)| *distance) {
        Some((_, nearest)) => format!("{sentence}; did you mean `{nearest}`?"),
        None => sentence,
    }
}
