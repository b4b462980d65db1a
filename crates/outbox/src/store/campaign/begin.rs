//! Whether a campaign may begin with somebody.

use sqlx::{query, query_as, query_scalar};

use super::Place;
use crate::store::{Store, now, transaction};
use crate::{Error, Frequency, Sequence};

/// Whether a campaign may begin with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// It does.
    Begun,
    /// It has begun with as many people on this day as it may.
    DayFull,
    /// The maximum number of campaigns have begun with them in the days that count; the earliest of those began at this time.
    Often(i64),
}

const DAY_MS: i64 = 86_400_000;

const KNOWN: &str = "SELECT begun_at IS NOT NULL, recipient FROM reachout_outbox_enrolments WHERE id = $1";
const ON_DAY: &str = "SELECT COUNT(*) FROM reachout_outbox_enrolments WHERE campaign = $1 AND begun_on = $2";
/// When other campaigns began with somebody who has an address of the message.
const OTHERS: &str = "SELECT DISTINCT e.campaign, e.begun_at FROM reachout_outbox_addresses own
    JOIN reachout_outbox_addresses a ON a.address = own.address AND a.own = 1
    JOIN reachout_outbox_messages m ON m.id = a.message
    JOIN reachout_outbox_enrolments e ON e.id = m.enrolment
    WHERE own.message = $1 AND own.own = 1 AND e.campaign <> $2 AND e.begun_at > $3 ORDER BY e.begun_at";
const BEGIN: &str = concat!(
    "UPDATE reachout_outbox_enrolments SET begun_at = ",
    now!(),
    ", begun_on = $1, changed_at = ",
    now!(),
    " WHERE id = $2 AND begun_at IS NULL"
);

impl Store {
    /// Begins with the person of a first message, unless a limit of the campaign is reached. Whoever was begun with stays so: the message may
    /// be sent later all the same.
    pub(crate) async fn begin_with(&self, message: i64, place: Place, sequence: &Sequence, day: &str, now: i64) -> Result<Begin, Error> {
        let turn = self.turn();
        Ok(transaction!(self, |transaction| {
            // Campaigns that count each other's, and the day's people, take turns.
            if sequence.frequency.is_some() {
                query(turn).bind("reachout-outbox-frequency").execute(&mut *transaction).await?;
            }
            query(turn).bind(format!("reachout-outbox-campaign-{}", place.campaign)).execute(&mut *transaction).await?;
            let (begun, _): (bool, Vec<u8>) = query_as(KNOWN).bind(place.enrolment).fetch_one(&mut *transaction).await?;
            if begun {
                return Ok(Begin::Begun);
            }
            if let Some(most) = sequence.new_people_a_day {
                let count: i64 = query_scalar(ON_DAY).bind(place.campaign).bind(day).fetch_one(&mut *transaction).await?;
                if count >= i64::from(most.get()) {
                    return Ok(Begin::DayFull);
                }
            }
            if let Some(Frequency { campaigns, days }) = sequence.frequency {
                let since = now - i64::from(days.get()) * DAY_MS;
                let others = query_as(OTHERS).bind(message).bind(place.campaign).bind(since);
                let others: Vec<(i64, i64)> = others.fetch_all(&mut *transaction).await?;
                let most = campaigns.get() as usize;
                if others.len() >= most {
                    // When enough of them are over for one more.
                    return Ok(Begin::Often(others[others.len() - most].1 + i64::from(days.get()) * DAY_MS));
                }
            }
            query(BEGIN).bind(day).bind(place.enrolment).execute(&mut *transaction).await?;
            Begin::Begun
        }))
    }
}
