//! What of a published document could not be taken over as it stands.

use std::{collections::BTreeMap, fmt};

/// The steps of an import that lost or changed something, each with the places it was taken at.
#[derive(Debug, Default)]
pub struct Notes {
    steps: BTreeMap<&'static str, Vec<String>>,
}

impl Notes {
    /// Remembers a step at a place: a JSON pointer into the published document, and what else a reader needs.
    pub fn add(&mut self, step: &'static str, place: impl Into<String>) {
        let places = self.steps.entry(step).or_default();
        let place = place.into();
        if places.last() != Some(&place) {
            places.push(place);
        }
    }

    /// Each step with the number of its places.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.steps.iter().map(|(step, places)| (*step, places.len()))
    }
}

impl fmt::Display for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (step, places) in &self.steps {
            writeln!(f, "\n## {step} ({})\n", places.len())?;
            for place in places {
                writeln!(f, "- {place}")?;
            }
        }
        Ok(())
    }
}
