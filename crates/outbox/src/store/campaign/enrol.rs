//! Adding people to a campaign.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection, query_as};

use super::Place;
use crate::campaign::{Enrolled, Openings, SequenceError};
use crate::envelope::Batch;
use crate::store::hash;
use crate::store::insert::{Insert, NewRow};
use crate::store::{Store, now, transaction};
use crate::{Address, Error, Person, Region, Sequence};

/// Somebody as they are added: everything about them was checked.
pub(crate) struct NewPerson {
    enrolled: Enrolled,
    recipient: Vec<u8>,
    details: String,
}

impl NewPerson {
    pub(crate) const fn enrolled(&self) -> &Enrolled {
        &self.enrolled
    }

    /// Checks somebody: all their messages can be written, and sent by the vendor. `number`: their place among those who are added.
    pub(crate) fn of(
        number: usize,
        sequence: &Sequence,
        person: Person,
        columns: &[String],
        region: Option<Region>,
    ) -> Result<Self, Error> {
        let wrong = |why: String| Error::Person { number, why };
        let recipient = Address::recipient(&person.to).map_err(|source| Error::Recipient { number, field: "recipient", source })?;
        let addresses = person.addresses.iter().map(|text| Address::parse_all(text, region));
        let addresses = addresses.collect::<Result<Vec<_>, _>>();
        let addresses = addresses.map_err(|source| Error::Recipient { number, field: "further address", source })?;
        // As they are kept, so that a worker elsewhere need not know of which country phone numbers are.
        let addresses = addresses.into_iter().flatten().map(|address| address.to_string()).collect();
        let enrolled = sequence.enrol(Person { addresses, ..person }, &recipient).map_err(wrong)?;
        let place = Place { campaign: 0, enrolment: 0, step: 1 };
        for index in 0..sequence.steps.len() {
            let step = |why| wrong(format!("step {}: {why}", index + 1));
            let envelope = sequence.message(index, &enrolled, None, columns).map_err(step)?;
            NewRow::of_step(number, sequence, &enrolled, &envelope, place, 0)?;
        }
        let unwritable = |error: serde_json::Error| Error::Other(format!("what is known of person {number} cannot be written: {error}"));
        let details = serde_json::to_string(&enrolled).map_err(unwritable)?;
        Ok(Self { enrolled, recipient: hash(recipient.as_str()), details })
    }
}

/// What a connection to either database does with new people.
trait Enrol {
    /// Writes people, and returns the ids of those who are new, by their recipients.
    async fn people(&mut self, campaign: i64, now: i64, people: &[NewPerson]) -> Result<HashMap<Vec<u8>, i64>, Error>;
}

macro_rules! enrols {
    ($database:ident, $connection:ident) => {
        impl Enrol for $connection {
            async fn people(&mut self, campaign: i64, now: i64, people: &[NewPerson]) -> Result<HashMap<Vec<u8>, i64>, Error> {
                let insert = "INSERT INTO reachout_outbox_enrolments (campaign, recipient, details, changed_at) ";
                let mut insert = QueryBuilder::<$database>::new(insert);
                insert.push_values(people, |mut values, person| {
                    values.push_bind(campaign).push_bind(&person.recipient).push_bind(&person.details).push_bind(now);
                });
                insert.push(" ON CONFLICT (campaign, recipient) DO NOTHING RETURNING recipient, id");
                Ok(insert.build_query_as::<(Vec<u8>, i64)>().fetch_all(self).await?.into_iter().collect())
            }
        }
    };
}

enrols!(Sqlite, SqliteConnection);
enrols!(Postgres, PgConnection);

const CAMPAIGN: &str = concat!(
    "INSERT INTO reachout_outbox_campaigns (name, sequence, stop_on, created_at) VALUES ($1, $2, $3, ",
    now!(),
    // So that the row is returned, and locked, whether it is new or not.
    ") ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id, sequence"
);
const STATE: &str = concat!(
    "SELECT ",
    now!(),
    ", (SELECT MAX(due_at) FROM reachout_outbox_messages WHERE campaign = $1 AND step = 1 AND state IN ('held', 'queued'))"
);

impl Store {
    /// Adds people to a campaign, which is made where it is not there, in one transaction; the first message of each is queued, or held.
    pub(crate) async fn enrol(
        &self,
        sequence: &Sequence,
        held: bool,
        chunks: impl Iterator<Item = Result<Vec<NewPerson>, Error>> + Send,
    ) -> Result<Batch, Error> {
        sequence.check()?;
        let unwritable = |error: serde_json::Error| Error::Other(format!("the campaign cannot be written: {error}"));
        let json = serde_json::to_string(sequence).map_err(unwritable)?;
        let stop_on: Vec<_> = sequence.stop_on.iter().map(|kind| kind.word()).collect();
        let stop_on = stop_on.join(" ");
        let mut batch = Batch::default();
        transaction!(self, |transaction| {
            let campaign = query_as(CAMPAIGN).bind(&sequence.name).bind(&json).bind(&stop_on);
            let (campaign, kept): (i64, String) = campaign.fetch_one(&mut *transaction).await?;
            if kept != json {
                return Err(SequenceError::Changed(sequence.name.clone()).into());
            }
            let (now, last): (i64, Option<i64>) = query_as(STATE).bind(campaign).fetch_one(&mut *transaction).await?;
            let mut openings = Openings::new(sequence, now, last);
            for people in chunks {
                let people = people?;
                let mut new = transaction.people(campaign, now, &people).await?;
                batch.known += (people.len() - new.len()) as u64;
                let mut rows = Vec::with_capacity(new.len());
                for person in &people {
                    // Of two who are one, the second is known.
                    let Some(enrolment) = new.remove(&person.recipient) else { continue };
                    let place = Place { campaign, enrolment, step: 1 };
                    let envelope = sequence.message(0, &person.enrolled, None, &[]).map_err(Error::Other)?;
                    let envelope = if held { envelope.hold() } else { envelope };
                    let due_at = openings.next(person.enrolled.person.time_zone.as_deref());
                    rows.push(NewRow::of_step(1, sequence, &person.enrolled, &envelope, place, due_at)?);
                }
                if !rows.is_empty() && transaction.chunk(&rows).await? < rows.len() as u64 {
                    return Err(SequenceError::Taken(sequence.name.clone()).into());
                }
                batch.new += rows.len() as u64;
            }
        });
        Ok(batch)
    }
}
