//! What an operation does, and what a second request of it does.

use std::fmt;

/// What an operation does: `x-effect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing changes.
    Reads,
    /// Something is made or changed.
    Changes,
    /// Something is gone.
    Deletes,
    /// Somebody notices it.
    ReachesAPerson,
}

impl Effect {
    /// Each with its word in a document.
    pub const WORDS: [(&str, Self); 4] =
        [("reads", Self::Reads), ("changes", Self::Changes), ("deletes", Self::Deletes), ("reaches-a-person", Self::ReachesAPerson)];

    /// The effect of this word in a document.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, effect)| effect)
    }

    /// The effect of a method, in either case, where the document does not say more.
    #[must_use]
    pub fn of_method(method: &str) -> Self {
        match method.to_ascii_lowercase().as_str() {
            "get" | "head" => Self::Reads,
            "delete" => Self::Deletes,
            _ => Self::Changes,
        }
    }
}

impl fmt::Display for Effect {
    /// In a sentence: `reaches a person`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reads => "reads",
            Self::Changes => "changes",
            Self::Deletes => "deletes",
            Self::ReachesAPerson => "reaches a person",
        })
    }
}

/// What a second request of an operation does: `x-repeat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing more than the first.
    Same,
    /// The same once more.
    Twice,
}

impl Repeat {
    /// Each with its word in a document.
    pub const WORDS: [(&str, Self); 2] = [("same", Self::Same), ("twice", Self::Twice)];

    /// The meaning of this word in a document.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, repeat)| repeat)
    }
}
