//! Shares beyond which a campaign pauses by itself.

use sqlx::{query, query_as, query_scalar};

use super::read_sequence;
use crate::entry::Filter;
use crate::store::{Store, execute, read};
use crate::{Bounds, Error, State};

impl Store {
    /// Pauses a campaign of which too many messages were refused, bounced or unsubscribed from: its name and why, if it does.
    pub(crate) async fn check_bounds(&self, campaign: i64) -> Result<Option<(String, String)>, Error> {
        let sequence = self.sequence(campaign).await?;
        let Some(bounds) = &sequence.bounds else { return Ok(None) };
        let counts = self.step_counts(campaign).await?;
        let of = |state: State| counts.iter().filter(|(_, other, _)| *other == state).map(|(_, _, count)| *count).sum::<u64>();
        let (accepted, refused) = (of(State::Accepted), of(State::Rejected));
        let stopped = self.stopped_counts(campaign).await?;
        let stopped = |word: &str| stopped.iter().find(|(reason, _)| reason == word).map_or(0, |(_, count)| *count);
        let Some(reason) =
            exceeded(bounds, accepted + refused, (refused, stopped("bounced"), stopped("complained"), stopped("unsubscribed")))
        else {
            return Ok(None);
        };
        let is_new = self.pause_campaign(campaign, &Filter::all().campaign(&sequence.name), &reason).await?;
        Ok(is_new.then(|| (sequence.name.clone(), reason)))
    }

    /// Forgets why a campaign paused by itself: a person resumes it. False if there is none of this name.
    pub(crate) async fn forgive(&self, name: &str) -> Result<bool, Error> {
        let sql = "UPDATE reachout_outbox_campaigns SET reason = NULL WHERE name = $1";
        Ok(execute!(self, query(sql).bind(name)) > 0)
    }

    /// The campaigns that people are in.
    pub(crate) async fn campaigns_of(&self, messages: &[i64]) -> Result<Vec<i64>, Error> {
        let mut found = Vec::new();
        let sql = "SELECT campaign FROM reachout_outbox_messages WHERE id = $1";
        for id in messages {
            let campaign: Option<Option<i64>> = read!(self, |pool| query_scalar(sql).bind(id).fetch_optional(pool).await?);
            found.extend(campaign.flatten().filter(|campaign| !found.contains(campaign)));
        }
        Ok(found)
    }

    /// The sequence of the campaign with this name, and its id.
    pub(crate) async fn find_campaign(&self, name: &str) -> Result<Option<(i64, crate::Sequence)>, Error> {
        let sql = "SELECT id, sequence FROM reachout_outbox_campaigns WHERE name = $1";
        let row: Option<(i64, String)> = read!(self, |pool| query_as(sql).bind(name).fetch_optional(pool).await?);
        row.map(|(id, json)| Ok((id, read_sequence(name, &json)?))).transpose()
    }
}

/// The bound that a campaign is beyond, of the number of messages that were accepted or refused.
#[expect(clippy::cast_precision_loss, reason = "counts become shares")]
fn exceeded(bounds: &Bounds, messages: u64, (refused, bounced, complained, unsubscribed): (u64, u64, u64, u64)) -> Option<String> {
    if messages < u64::from(bounds.minimum.max(1)) {
        return None;
    }
    let words = [
        ("were refused", bounds.refused, refused),
        ("bounced", bounds.bounced, bounced),
        ("were complained about", bounds.complained, complained),
        ("led to an unsubscription", bounds.unsubscribed, unsubscribed),
    ];
    words.into_iter().find_map(|(word, bound, count)| {
        let share = count as f64 * 100.0 / messages as f64;
        bound.filter(|bound| share > *bound).map(|bound| format!("{count} of {messages} messages {word}, which is more than {bound} %"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_counts_from_the_minimum_on() {
        let bounds = Bounds { refused: Some(5.0), complained: Some(0.1), unsubscribed: Some(1.0), minimum: 50, ..Bounds::default() };
        for (messages, counts, reason) in [
            (49, (49, 0, 0, 0), None),
            (50, (2, 50, 0, 0), None),
            (1000, (0, 0, 1, 0), None),
            (1000, (0, 0, 2, 0), Some("2 of 1000 messages were complained about, which is more than 0.1 %")),
            (50, (3, 0, 0, 0), Some("3 of 50 messages were refused, which is more than 5 %")),
            (100, (5, 0, 0, 1), None),
            (100, (5, 0, 0, 2), Some("2 of 100 messages led to an unsubscription, which is more than 1 %")),
        ] {
            assert_eq!(exceeded(&bounds, messages, counts).as_deref(), reason, "{messages} {counts:?}");
        }
    }
}
