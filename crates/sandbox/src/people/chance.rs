//! [`Chance`]: numbers that follow from a seed and nothing else.

use sha2::{Digest as _, Sha256};

/// Numbers that follow from a seed and a subject, on every machine and in whatever order they are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chance {
    seed: u64,
}

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A number from 0 to 1, 1 excluded, for a question about a subject.
    pub(crate) fn fraction(self, question: &str, subject: &str) -> f64 {
        let digest =
            Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(question).chain_update([0]).chain_update(subject).finalize();
        let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        f64::from(number) / (f64::from(u32::MAX) + 1.0)
    }

    /// Whether something that happens to this share of subjects happens to this one.
    pub(crate) fn happens(self, question: &str, subject: &str, share: f64) -> bool {
        self.fraction(question, subject) < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_subjects_is_chosen_and_always_the_same() {
        let chosen = |seed| {
            let subjects = (0..10_000).map(|number: u32| number.to_string());
            subjects.filter(|subject| Chance::new(seed).happens("person", subject, 0.1)).collect::<Vec<_>>()
        };
        assert_eq!(chosen(1), chosen(1));
        assert_ne!(chosen(1), chosen(2));
        assert!((900..1_100).contains(&chosen(1).len()), "{}", chosen(1).len());
    }
}
