//! Queueing.

use std::collections::BTreeSet;

use reachout_messenger::Vendor;
use sha2::{Digest as _, Sha256};
use sqlx::{PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection, query, query_as, query_scalar};

use super::{Pool, Store, Transaction, now, transaction};
use crate::envelope::{Batch, Content, Enqueued, Envelope};
use crate::{Error, State};

const LONGEST_KEY: usize = 500;

/// A message as the tables have it.
pub(crate) struct NewRow {
    /// Its place in what was queued.
    number: usize,
    key: String,
    key_hash: Vec<u8>,
    fingerprint: Vec<u8>,
    vendor: Vendor,
    credential: String,
    channel: Option<&'static str>,
    sender: String,
    sequence: Option<String>,
    content: String,
    due_at: Option<i64>,
}

pub(super) fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key).to_vec()
}

impl NewRow {
    /// Checks a message: the vendor can send it, and the key is one.
    pub(crate) fn of(number: usize, key: &str, envelope: &Envelope) -> Result<Self, Error> {
        if key.is_empty() || key.len() > LONGEST_KEY || key.contains('\0') {
            return Err(Error::Key { number });
        }
        let Envelope { lane, message, not_before, addresses, sequence, time_zone } = envelope;
        reachout_messenger::check(lane.vendor, message).map_err(|source| Error::Message { number, source })?;
        if time_zone.as_deref().is_some_and(|name| jiff::tz::TimeZone::get(name).is_err()) {
            return Err(Error::TimeZone { number });
        }
        let unwritable =
            |error: serde_json::Error| Error::Other(format!("message {number} of the batch cannot be written as JSON: {error}"));
        let content = Content { message: message.clone(), addresses: addresses.clone(), time_zone: time_zone.clone() };
        Ok(Self {
            number,
            key: key.to_owned(),
            key_hash: hash(key),
            fingerprint: envelope.fingerprint().map_err(unwritable)?.to_vec(),
            vendor: lane.vendor,
            credential: lane.credential.clone(),
            channel: message.channel.map(reachout_messenger::Channel::name),
            sender: message.from.clone().unwrap_or_default(),
            sequence: sequence.clone(),
            // Postgres' TEXT holds no NUL; in JSON it is escaped.
            content: serde_json::to_string(&content).map_err(unwritable)?,
            due_at: not_before.map(|time| time.timestamp_millis()),
        })
    }
}

/// The functions of one database: statements of many rows are put together for it.
macro_rules! inserts {
    ($module:ident, $database:ident, $connection:ident) => {
        mod $module {
            use super::*;

            /// Writes rows, and tells how many of them are new.
            pub(super) async fn chunk(connection: &mut $connection, rows: &[NewRow]) -> Result<u64, Error> {
                let now: i64 = query_scalar(concat!("SELECT ", now!())).fetch_one(&mut *connection).await?;
                for (vendor, credential) in rows.iter().map(|row| (row.vendor.id(), &row.credential)).collect::<BTreeSet<_>>() {
                    let lane = "INSERT INTO reachout_outbox_lanes (vendor, credential) VALUES ($1, $2) ON CONFLICT DO NOTHING";
                    query(lane).bind(vendor).bind(credential).execute(&mut *connection).await?;
                }
                let mut insert = QueryBuilder::<$database>::new(
                    "INSERT INTO reachout_outbox_messages (key_hash, key, fingerprint, vendor, credential, channel, sender, sequence, content, \
                     state, due_at, created_at, changed_at) ",
                );
                insert.push_values(rows, |mut values, row| {
                    values.push_bind(&row.key_hash).push_bind(&row.key).push_bind(&row.fingerprint);
                    values.push_bind(row.vendor.id()).push_bind(&row.credential).push_bind(row.channel).push_bind(&row.sender);
                    values.push_bind(&row.sequence).push_bind(&row.content).push_bind(State::Queued.name());
                    values.push_bind(row.due_at.unwrap_or(now)).push_bind(now).push_bind(now);
                });
                insert.push(" ON CONFLICT (key_hash) DO NOTHING");
                let new = insert.build().execute(&mut *connection).await?.rows_affected();
                if new < rows.len() as u64 {
                    compare(connection, rows).await?;
                }
                Ok(new)
            }

            /// Makes sure that keys which were known before were so for the same messages.
            async fn compare(connection: &mut $connection, rows: &[NewRow]) -> Result<(), Error> {
                for row in rows {
                    let known = "SELECT id, fingerprint FROM reachout_outbox_messages WHERE key_hash = $1";
                    let (id, fingerprint): (i64, Vec<u8>) = query_as(known).bind(&row.key_hash).fetch_one(&mut *connection).await?;
                    if fingerprint != row.fingerprint {
                        return Err(Error::KeyTaken { number: row.number, id });
                    }
                }
                Ok(())
            }

            pub(super) async fn one(connection: &mut $connection, row: &NewRow) -> Result<Enqueued, Error> {
                let new = chunk(&mut *connection, std::slice::from_ref(row)).await? > 0;
                let id = "SELECT id FROM reachout_outbox_messages WHERE key_hash = $1";
                Ok(Enqueued { id: query_scalar(id).bind(&row.key_hash).fetch_one(connection).await?, new })
            }
        }

        impl Insert for $connection {
            async fn chunk(&mut self, rows: &[NewRow]) -> Result<u64, Error> {
                $module::chunk(self, rows).await
            }

            async fn one(&mut self, row: &NewRow) -> Result<Enqueued, Error> {
                $module::one(self, row).await
            }
        }
    };
}

/// What a connection to either database does with new rows.
trait Insert {
    /// Writes rows, and tells how many of them are new.
    async fn chunk(&mut self, rows: &[NewRow]) -> Result<u64, Error>;

    /// Writes one, and tells which it is.
    async fn one(&mut self, row: &NewRow) -> Result<Enqueued, Error>;
}

inserts!(sqlite, Sqlite, SqliteConnection);
inserts!(postgres, Postgres, PgConnection);

impl Store {
    pub(crate) async fn insert_one(&self, row: &NewRow) -> Result<Enqueued, Error> {
        Ok(transaction!(self, |transaction| transaction.one(row).await?))
    }

    pub(crate) async fn insert_in(&self, transaction: Transaction<'_>, row: &NewRow) -> Result<Enqueued, Error> {
        match (&*self.0, transaction) {
            (Pool::Sqlite { .. }, Transaction::Sqlite(connection)) => connection.one(row).await,
            (Pool::Postgres { .. }, Transaction::Postgres(connection)) => connection.one(row).await,
            _ => Err(Error::OtherDatabase),
        }
    }

    /// Writes all chunks in one transaction.
    pub(crate) async fn insert_all(&self, chunks: impl Iterator<Item = Result<Vec<NewRow>, Error>> + Send) -> Result<Batch, Error> {
        let mut batch = Batch::default();
        transaction!(self, |transaction| {
            for rows in chunks {
                let rows = rows?;
                let new = transaction.chunk(&rows).await?;
                batch.new += new;
                batch.known += rows.len() as u64 - new;
            }
        });
        Ok(batch)
    }
}
