//! Pauses of some messages: of a campaign, a key or a person.

use sqlx::{query, query_scalar};

use super::filter::Terms;
use super::{Store, transaction};
use crate::Error;
use crate::entry::Filter;

/// Whether a pause holds the message `m`.
macro_rules! paused {
    () => {
        "EXISTS (SELECT 1 FROM reachout_outbox_pauses p
            WHERE p.vendor IN ('', m.vendor) AND p.credential IN ('', m.credential)
            AND (p.campaign = '' OR m.key = p.campaign OR SUBSTR(m.key, 1, LENGTH(p.campaign) + 1) = p.campaign || '/')
            AND (LENGTH(p.key_hash) = 0 OR p.key_hash = m.key_hash)
            AND (p.address = '' OR EXISTS (SELECT 1 FROM reachout_outbox_addresses a WHERE a.message = m.id AND a.address = p.address)))"
    };
}
pub(super) use paused;

/// Marks what was queued since a pause began. Its parameter is the key's hash.
pub(super) const MARK: &str =
    concat!("UPDATE reachout_outbox_messages AS m SET paused = 1 WHERE m.key_hash = $1 AND m.paused = 0 AND ", paused!());

/// Marks messages anew; what was accepted is not sent again whatever it says.
const MARK_ALL: &str = concat!(
    "UPDATE reachout_outbox_messages AS m SET paused = CASE WHEN ",
    paused!(),
    " THEN 1 ELSE 0 END WHERE m.state <> 'accepted' AND m.paused <> CASE WHEN ",
    paused!(),
    " THEN 1 ELSE 0 END"
);

const INSERT: &str = "INSERT INTO reachout_outbox_pauses (vendor, credential, campaign, key_hash, address)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
const DELETE: &str = "DELETE FROM reachout_outbox_pauses
    WHERE vendor = $1 AND credential = $2 AND campaign = $3 AND key_hash = $4 AND address = $5";
const EXPLAIN: &str = "UPDATE reachout_outbox_campaigns SET reason = $1 WHERE id = $2 AND reason IS NULL";

impl Store {
    /// Pauses these messages and those that are queued later: how many are queued now.
    pub(crate) async fn pause_messages(&self, filter: &Filter) -> Result<u64, Error> {
        Ok(self.change_pauses(INSERT, filter, None).await?.unwrap_or(0))
    }

    /// Pauses a campaign by itself, for a reason that a person has to see: false where it is so already.
    pub(crate) async fn pause_campaign(&self, campaign: i64, filter: &Filter, reason: &str) -> Result<bool, Error> {
        Ok(self.change_pauses(INSERT, filter, Some((campaign, reason))).await?.is_some())
    }

    /// Ends a pause of these messages: how many are queued.
    pub(crate) async fn resume_messages(&self, filter: &Filter) -> Result<u64, Error> {
        Ok(self.change_pauses(DELETE, filter, None).await?.unwrap_or(0))
    }

    /// `campaign`: its id, and why it pauses; nothing is changed where it has a reason already.
    async fn change_pauses(&self, sql: &'static str, filter: &Filter, campaign: Option<(i64, &str)>) -> Result<Option<u64>, Error> {
        let Terms { vendor, credential, campaign: name, key_hash, person, .. } = Terms::of(filter);
        let queued = "SELECT COUNT(*) FROM reachout_outbox_messages m WHERE m.state = 'queued' AND m.paused = 1";
        let count: (i64, i64) = transaction!(self, |transaction| {
            if let Some((id, reason)) = campaign
                && query(EXPLAIN).bind(reason).bind(id).execute(&mut *transaction).await?.rows_affected() == 0
            {
                return Ok(None);
            }
            let before: i64 = query_scalar(queued).fetch_one(&mut *transaction).await?;
            let change = query(sql).bind(vendor.unwrap_or_default()).bind(credential.unwrap_or_default());
            let change = change.bind(name.unwrap_or_default()).bind(key_hash.unwrap_or_default()).bind(person.unwrap_or_default());
            change.execute(&mut *transaction).await?;
            query(MARK_ALL).execute(&mut *transaction).await?;
            (before, query_scalar(queued).fetch_one(&mut *transaction).await?)
        });
        Ok(Some(count.0.abs_diff(count.1)))
    }
}
