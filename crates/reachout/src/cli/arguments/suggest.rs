//! What somebody probably meant.

use std::fmt::Display;

use clap::error::{ContextKind, ContextValue};
use reachout_document::nearest;

/// A sentence with the nearest word at its end.
pub fn with_nearest<'a>(sentence: impl Display, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(word, known) {
        Some(nearest) => format!("{sentence}; did you mean `{nearest}`?"),
        None => sentence.to_string(),
    }
}

/// Leaves one suggestion in an error of the parser, the nearest.
pub fn keep_nearest(error: &mut clap::Error) {
    let kinds = [
        (ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand),
        (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        (ContextKind::InvalidValue, ContextKind::SuggestedValue),
    ];
    for (given, suggested) in kinds {
        let Some(ContextValue::String(word)) = error.get(given) else { continue };
        let Some(ContextValue::Strings(known)) = error.get(suggested) else { continue };
        let distance = |known: &&String| strsim::damerau_levenshtein(word, known);
        if let Some(nearest) = known.iter().min_by_key(distance).cloned() {
            error.insert(suggested, ContextValue::Strings(vec![nearest]));
        }
    }
}
