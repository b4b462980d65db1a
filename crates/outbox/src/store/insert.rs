//! Queueing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use reachout_messenger::Vendor;
use sqlx::{PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection, query, query_scalar};

use super::campaign::Place;
use super::hash::hash;
use super::pause::MARK;
use super::{Pool, Store, Transaction, now, transaction};
use crate::campaign::Enrolled;
use crate::envelope::{Batch, Content, Enqueued, Envelope};
use crate::resolved::Resolved;
use crate::{Error, Region, Sequence, State};

const LONGEST_KEY: usize = 500;
/// Addresses in one statement, of which databases take some ten thousand parameters.
const ADDRESSES: usize = 5_000;

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
    recipient_kind: &'static str,
    recipient: Vec<u8>,
    /// Each with whether it is the recipient's own.
    addresses: Vec<(String, bool)>,
    content: String,
    due_at: Option<i64>,
    held: bool,
    /// Where it stands in its campaign, and which variant it is, from 1.
    place: Option<(Place, i64)>,
}

impl NewRow {
    const fn state(&self) -> State {
        if self.held { State::Held } else { State::Queued }
    }

    /// Checks a message: its addresses are some, the vendor can send it, and the key is one.
    pub(crate) fn of(number: usize, key: &str, envelope: &Envelope, region: Option<Region>) -> Result<Self, Error> {
        if key.trim().is_empty() || key.len() > LONGEST_KEY || key.chars().any(char::is_control) {
            return Err(Error::Key { number });
        }
        let resolved = Resolved::new(number, envelope, region)?;
        let unwritable =
            |error: serde_json::Error| Error::Other(format!("message {number} of the batch cannot be written as JSON: {error}"));
        let fingerprint = resolved.fingerprint().map_err(unwritable)?.to_vec();
        let Resolved { envelope, recipient, own, copies, .. } = resolved;
        let Envelope { account, message, not_before, addresses, sequence, time_zone, held } = envelope;
        if time_zone.as_deref().is_some_and(|name| jiff::tz::TimeZone::get(name).is_err()) {
            return Err(Error::TimeZone { number });
        }
        let marked = |own: bool| move |address: &crate::Address| (address.to_string(), own);
        Ok(Self {
            number,
            key: key.to_owned(),
            key_hash: hash(key),
            fingerprint,
            vendor: account.vendor,
            credential: account.credential,
            channel: message.channel.map(reachout_messenger::Channel::name),
            sender: message.from.clone().unwrap_or_default(),
            sequence,
            recipient_kind: recipient.kind().name(),
            recipient: hash(recipient.as_str()),
            addresses: own.iter().map(marked(true)).chain(copies.iter().map(marked(false))).collect(),
            // Postgres' TEXT holds no NUL; in JSON it is escaped.
            content: serde_json::to_string(&Content { message, addresses, time_zone }).map_err(unwritable)?,
            due_at: not_before.map(|time| time.timestamp_millis()),
            held,
            place: None,
        })
    }

    /// The message of a step: under a key of its campaign, and in a sequence that a reply stops.
    pub(crate) fn of_step(
        number: usize,
        sequence: &Sequence,
        enrolled: &Enrolled,
        envelope: &Envelope,
        place: Place,
        due_at: i64,
    ) -> Result<Self, Error> {
        let recipient = crate::Address::recipient(&enrolled.person.to);
        let recipient = recipient.map_err(|source| Error::Recipient { number, field: "recipient", source })?;
        let name = format!("{}/{recipient}", sequence.name);
        let key = if place.step == 1 { name.clone() } else { format!("{name}/{}", place.step) };
        let envelope = envelope.clone().sequence(name);
        let variant = sequence.steps.get(place.index()).map_or(0, |step| step.variant_of(enrolled.drawn));
        let variant = i64::try_from(variant + 1).unwrap_or(1);
        Ok(Self { due_at: Some(due_at), place: Some((place, variant)), ..Self::of(number, &key, &envelope, None)? })
    }
}

/// A row of a key: its id, its fingerprint, and whether its content is there.
type Known = (i64, Vec<u8>, bool);

/// The rows that each message is, in the order of those that were to be written; another message's key is an error.
fn ids(rows: &[NewRow], known: &HashMap<Vec<u8>, Known>) -> Result<Vec<(i64, bool)>, Error> {
    let id = |row: &NewRow| match known.get(&row.key_hash) {
        Some((id, fingerprint, _)) if *fingerprint != row.fingerprint => Err(Error::KeyTaken { number: row.number, id: *id }),
        Some((id, _, is_kept)) => Ok((*id, *is_kept)),
        None => Err(Error::Other(format!("message {} of the batch was removed while it was queued", row.number))),
    };
    rows.iter().map(id).collect()
}

/// The addresses of messages that have their content, each once.
fn addresses<'r>(rows: &'r [NewRow], ids: &[(i64, bool)]) -> Vec<((i64, &'r str), bool)> {
    let mut all = BTreeMap::new();
    for (row, (id, _)) in rows.iter().zip(ids).filter(|(_, (_, is_kept))| *is_kept) {
        for (address, own) in &row.addresses {
            *all.entry((*id, address.as_str())).or_insert(false) |= own;
        }
    }
    all.into_iter().collect()
}

/// The functions of one database: statements of many rows are put together for it.
macro_rules! inserts {
    ($module:ident, $database:ident, $connection:ident) => {
        mod $module {
            use super::*;

            /// Writes rows, and returns how many of them are new.
            pub(super) async fn chunk(connection: &mut $connection, rows: &[NewRow]) -> Result<u64, Error> {
                let now: i64 = query_scalar(concat!("SELECT ", now!())).fetch_one(&mut *connection).await?;
                for (vendor, credential) in rows.iter().map(|row| (row.vendor.id(), &row.credential)).collect::<BTreeSet<_>>() {
                    let account = "INSERT INTO reachout_outbox_accounts (vendor, credential) VALUES ($1, $2) ON CONFLICT DO NOTHING";
                    query(account).bind(vendor).bind(credential).execute(&mut *connection).await?;
                }
                let mut insert = QueryBuilder::<$database>::new(
                    "INSERT INTO reachout_outbox_messages (key_hash, key, fingerprint, vendor, credential, channel, sender, sequence, \
                     sequence_hash, recipient_kind, recipient, content, state, approved, due_at, created_at, changed_at, \
                     campaign, enrolment, step, variant, begins) ",
                );
                insert.push_values(rows, |mut values, row| {
                    values.push_bind(&row.key_hash).push_bind(&row.key).push_bind(&row.fingerprint);
                    values.push_bind(row.vendor.id()).push_bind(&row.credential).push_bind(row.channel).push_bind(&row.sender);
                    values.push_bind(&row.sequence).push_bind(row.sequence.as_deref().map(hash));
                    values.push_bind(row.recipient_kind).push_bind(&row.recipient).push_bind(&row.content);
                    values.push_bind(row.state().name()).push_bind(i64::from(!row.held));
                    values.push_bind(row.due_at.unwrap_or(now)).push_bind(now).push_bind(now);
                    let (place, variant) = row.place.unzip();
                    values.push_bind(place.map(|place| place.campaign)).push_bind(place.map(|place| place.enrolment));
                    values.push_bind(place.map(|place| place.step)).push_bind(variant);
                    values.push_bind(i64::from(place.is_some_and(|place| place.step == 1)));
                });
                insert.push(" ON CONFLICT (key_hash) DO NOTHING");
                let new = insert.build().execute(&mut *connection).await?.rows_affected();
                let ids = ids(rows, &known(connection, rows).await?)?;
                // Also of those that were known: an address that was missing before counts from now on.
                for addresses in addresses(rows, &ids).chunks(ADDRESSES) {
                    let mut insert = QueryBuilder::<$database>::new("INSERT INTO reachout_outbox_addresses (message, address, own) ");
                    insert.push_values(addresses, |mut values, ((message, address), own)| {
                        values.push_bind(*message).push_bind(*address).push_bind(i64::from(*own));
                    });
                    insert.push(" ON CONFLICT DO NOTHING").build().execute(&mut *connection).await?;
                }
                if query_scalar("SELECT EXISTS (SELECT 1 FROM reachout_outbox_pauses)").fetch_one(&mut *connection).await? {
                    for row in rows {
                        query(MARK).bind(&row.key_hash).execute(&mut *connection).await?;
                    }
                }
                Ok(new)
            }

            async fn known(connection: &mut $connection, rows: &[NewRow]) -> Result<HashMap<Vec<u8>, Known>, Error> {
                let columns = "SELECT key_hash, id, fingerprint, content IS NOT NULL FROM reachout_outbox_messages WHERE key_hash IN (";
                let mut select = QueryBuilder::<$database>::new(columns);
                let mut hashes = select.separated(", ");
                for row in rows {
                    hashes.push_bind(&row.key_hash);
                }
                select.push(")");
                let found: Vec<(Vec<u8>, i64, Vec<u8>, bool)> = select.build_query_as().fetch_all(connection).await?;
                Ok(found.into_iter().map(|(hash, id, fingerprint, is_kept)| (hash, (id, fingerprint, is_kept))).collect())
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
pub(super) trait Insert {
    /// Writes rows, and returns how many of them are new.
    async fn chunk(&mut self, rows: &[NewRow]) -> Result<u64, Error>;

    /// Writes one, and returns which it is.
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
