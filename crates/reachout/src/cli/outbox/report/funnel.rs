//! How far the people of a campaign came.

use reachout_outbox::{Campaign, State};
use serde::Serialize;

/// A row of a funnel: how many people of all.
#[derive(Debug, Serialize)]
pub struct Stage {
    pub label: String,
    pub count: u64,
    /// Of all people, in percent.
    pub share: f64,
    /// The colour: the name of a state, or `people`, `replied` or `stopped`.
    pub kind: &'static str,
}

/// The rows of a campaign's funnel: from those who were added to those who replied, and those who left it.
#[expect(clippy::cast_precision_loss, reason = "counts become shares")]
pub fn funnel(campaign: &Campaign) -> Vec<Stage> {
    let stage = |label: String, count: u64, kind| {
        let share = if campaign.people == 0 { 0.0 } else { (count as f64 * 100.0 / campaign.people as f64).min(100.0) };
        Stage { label, count, share, kind }
    };
    let sum = |states: &[State]| states.iter().map(|state| campaign.count(*state)).sum::<u64>();
    let mut stages = vec![stage("people".to_owned(), campaign.people, "people")];
    for (number, step) in (1..).zip(&campaign.steps) {
        let sent = step.counts.iter().filter(|(state, _)| *state == State::Accepted).map(|(_, count)| count).sum();
        stages.push(stage(format!("sent step {number}"), sent, "accepted"));
    }
    stages.extend([
        stage("replied".to_owned(), campaign.stopped("replied"), "replied"),
        stage("queued".to_owned(), sum(&[State::Queued, State::Sending]), "queued"),
        stage("held".to_owned(), sum(&[State::Held]), "held"),
        stage("unknown".to_owned(), sum(&[State::Unknown]), "unknown"),
        stage("refused".to_owned(), sum(&[State::Rejected, State::Failed, State::Suppressed]), "rejected"),
        stage("stopped".to_owned(), campaign.stopped.iter().map(|(_, count)| count).sum(), "stopped"),
    ]);
    stages
}
