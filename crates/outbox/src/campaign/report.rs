//! [`Campaign`]: how far a campaign is.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Sequence;
use crate::State;

/// A campaign, and how far it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Campaign {
    /// Its name.
    pub name: String,
    /// What it sends.
    pub sequence: Sequence,
    /// Whether it is paused as a whole.
    pub paused: bool,
    /// Why it paused by itself, if it did.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How many people were added to it.
    pub people: u64,
    /// For how many of them it ended before its last step, by the reason: `replied`, `bounced`, `unsubscribed`, or a sentence. Those whose
    /// message was refused or withdrawn are in the counts of the steps.
    pub stopped: Vec<(String, u64)>,
    /// Its steps, in order.
    pub steps: Vec<StepReport>,
}

/// How far a step of a campaign is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepReport {
    /// How many of its messages are in which state.
    pub counts: Vec<(State, u64)>,
}

/// A variant of a step, to be compared with the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VariantReport {
    /// Which step, from 1.
    pub step: usize,
    /// The template's name.
    pub template: String,
    /// How many people got it, or are to.
    pub messages: u64,
    /// How many messages were accepted.
    pub accepted: u64,
    /// How many people replied to it: those whose last accepted message it is.
    pub replied: u64,
}

impl Campaign {
    /// How many of its messages are in a state.
    pub fn count(&self, state: State) -> u64 {
        self.steps.iter().flat_map(|step| &step.counts).filter(|(other, _)| *other == state).map(|(_, count)| count).sum()
    }

    /// For how many people it ended for this reason before its last step.
    pub fn stopped(&self, reason: &str) -> u64 {
        self.stopped.iter().find(|(other, _)| other == reason).map_or(0, |(_, count)| *count)
    }
}
