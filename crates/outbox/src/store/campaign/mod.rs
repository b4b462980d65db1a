//! Campaigns in the tables.

mod advance;
mod begin;
mod bounds;
mod enrol;
mod select;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{query_as, query_scalar};

use super::{Store, read};
use crate::{Error, Sequence};

pub(super) use advance::{END, MOVE, advance, next};
pub(crate) use begin::Begin;
pub(crate) use enrol::NewPerson;

/// Where a message stands in its campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) campaign: i64,
    pub(crate) enrolment: i64,
    /// Counts from 1.
    pub(crate) step: i64,
}

impl Place {
    /// Of the columns of a message, which has all of them or none.
    pub(super) fn of(campaign: Option<i64>, enrolment: Option<i64>, step: Option<i64>) -> Option<Self> {
        Some(Self { campaign: campaign?, enrolment: enrolment?, step: step? })
    }

    /// The step's index in the sequence.
    pub(crate) fn index(&self) -> usize {
        usize::try_from(self.step).unwrap_or(1).saturating_sub(1)
    }
}

/// The sequences that were read, which never change.
#[derive(Default)]
pub(super) struct Sequences(Mutex<HashMap<i64, Arc<Sequence>>>);

impl Store {
    /// The sequence of a campaign.
    pub(crate) async fn sequence(&self, campaign: i64) -> Result<Arc<Sequence>, Error> {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        let known = || self.1.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sequence) = known().get(&campaign) {
            return Ok(Arc::clone(sequence));
        }
        let sql = "SELECT name, sequence FROM reachout_outbox_campaigns WHERE id = $1";
        let (name, json): (String, String) = read!(self, |pool| query_as(sql).bind(campaign).fetch_one(pool).await?);
        let sequence = Arc::new(read_sequence(&name, &json)?);
        known().insert(campaign, Arc::clone(&sequence));
        Ok(sequence)
    }
}

impl Store {
    /// The sequences of all campaigns, by their ids.
    pub(super) async fn sequences(&self) -> Result<HashMap<i64, Arc<Sequence>>, Error> {
        let ids: Vec<i64> = read!(self, |pool| query_scalar("SELECT id FROM reachout_outbox_campaigns").fetch_all(pool).await?);
        let mut all = HashMap::with_capacity(ids.len());
        for id in ids {
            all.insert(id, self.sequence(id).await?);
        }
        Ok(all)
    }
}

fn read_sequence(name: &str, json: &str) -> Result<Sequence, Error> {
    // Another version wrote it: what it says of guards could not be kept to.
    serde_json::from_str(json).map_err(|error| Error::Other(format!("the campaign {name} cannot be read: {error}")))
}
