//! [`Outbox`]: what a program does with one.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reachout_messenger::Vendor;
use secrecy::SecretString;
use sqlx::{PgPool, SqlitePool};

use crate::Account;
use crate::entry::{Attempt, Cause, Entry, Filter, Point, Status, Suppressed};
use crate::envelope::{Batch, Enqueued, Envelope};
use crate::store::{Listing, NewRow, Resolved, Store, Transaction};
use crate::{AccountClient, Accounts, Address, Clients, Error, Region, Resolution, Rules, State, TimeSource};

/// Messages to be sent, in a database. Clones are cheap and share connections.
///
/// ```no_run
/// use reachout_outbox::{Account, EnvAccounts, Envelope, Message, Outbox, Runner, Vendor};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), reachout_outbox::Error> {
/// let outbox = Outbox::open("sqlite:outbox.db").await?;
/// let message = Message::to("a1b2c3d4-5678-90ab-cdef-1234567890ab").subject("A role in Paris").text("Hi Sophie");
/// outbox.enqueue(&Envelope::new(Account::new(Vendor::Leonar, Account::DEFAULT), message), "roles-in-paris/sophie").await?;
///
/// let summary = Runner::new(&outbox, EnvAccounts).workers(8).until_empty().run().await?;
/// println!("{summary}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Outbox {
    pub(crate) store: Store,
    pub(crate) region: Option<Region>,
    /// A clock that it goes by, in tests.
    pub(crate) clock: Option<Arc<dyn TimeSource>>,
}

/// How many messages are written by one statement.
const CHUNK: usize = 500;

impl Outbox {
    /// Opens an outbox and brings its tables up to date: `sqlite:outbox.db` or `postgres://user:password@host/database`.
    ///
    /// A file of SQLite is created if it is missing, on Unix with mode 0600, and must not be on a network file system. What a worker that
    /// died had begun is settled here, as far as its lease has ended.
    pub async fn open(address: impl Into<SecretString>) -> Result<Self, Error> {
        Self::over(Store::open(&address.into()).await?).await
    }

    /// An outbox in a database of the application, in tables whose names begin with `reachout_outbox`. With `synchronous` below `FULL`, a
    /// power cut can make a message forget that it was sent.
    pub async fn with_sqlite(pool: SqlitePool) -> Result<Self, Error> {
        Self::over(Store::sqlite(pool)).await
    }

    /// An outbox in a database of the application, in tables whose names begin with `reachout_outbox`, in the first schema of the
    /// connections' `search_path`.
    pub async fn with_postgres(pool: PgPool) -> Result<Self, Error> {
        Self::over(Store::postgres(pool)).await
    }

    async fn over(store: Store) -> Result<Self, Error> {
        store.migrate().await?;
        store.reap().await?;
        Ok(Self { store, region: None, clock: None })
    }

    /// Takes phone numbers without a country as those of this region, in messages and on the suppression list; otherwise they are refused.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Queues a message under a key of the caller's, such as a campaign's name and a person's id.
    ///
    /// The key is good for one message: queued again, the same message is left as it is, and another one is an error. An address that it
    /// comes with and did not have before is kept for the suppression list. What the vendor cannot send is an error, too, and so is what is
    /// no [`Address`].
    pub async fn enqueue(&self, envelope: &Envelope, key: &str) -> Result<Enqueued, Error> {
        self.store.insert_one(&NewRow::of(1, key, envelope, self.region)?).await
    }

    /// Queues a message in a transaction of the caller's own, begun in the database that the outbox is in: it is queued if the transaction
    /// is committed, and never was if it is not.
    ///
    /// ```no_run
    /// # async fn order(outbox: &reachout_outbox::Outbox, pool: &sqlx::PgPool, envelope: &reachout_outbox::Envelope) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut transaction = pool.begin().await?;
    /// sqlx::query("INSERT INTO candidates (name) VALUES ('Sophie')").execute(&mut *transaction).await?;
    /// outbox.enqueue_in(&mut transaction, envelope, "welcome/sophie").await?;
    /// transaction.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn enqueue_in(&self, transaction: impl Into<Transaction<'_>>, envelope: &Envelope, key: &str) -> Result<Enqueued, Error> {
        self.store.insert_in(transaction.into(), &NewRow::of(1, key, envelope, self.region)?).await
    }

    /// Queues many messages, each with its key, in one transaction: all or none of them. They are read one after the other, and some hundreds are
    /// in memory at a time.
    pub async fn enqueue_all<K: AsRef<str>>(
        &self,
        messages: impl IntoIterator<Item = (K, Envelope), IntoIter: Send>,
    ) -> Result<Batch, Error> {
        self.try_enqueue_all(messages.into_iter().map(Ok)).await
    }

    /// The same where the messages come from what can fail, such as a file: after its error none of them is queued.
    pub async fn try_enqueue_all<K: AsRef<str>, E: From<Error> + Send>(
        &self,
        messages: impl IntoIterator<Item = Result<(K, Envelope), E>, IntoIter: Send>,
    ) -> Result<Batch, E> {
        let (region, mut unread) = (self.region, None);
        let mut rows = (1..).zip(messages).map(|(number, message)| match message {
            Ok((key, envelope)) => NewRow::of(number, key.as_ref(), &envelope, region),
            Err(error) => {
                unread = Some(error);
                Err(Error::Other(format!("message {number} of the batch cannot be read")))
            }
        });
        let chunks = std::iter::from_fn(|| {
            let chunk: Result<Vec<_>, _> = rows.by_ref().take(CHUNK).collect();
            Some(chunk).filter(|chunk| !matches!(chunk, Ok(rows) if rows.is_empty()))
        });
        let queued = self.store.insert_all(chunks).await;
        unread.map_or_else(|| queued.map_err(E::from), Err)
    }

    /// The filter with its person in the canonical form: an address, or else a vendor's id.
    pub(crate) fn canonical(&self, filter: &Filter) -> Result<Filter, Error> {
        let Some(person) = &filter.person else { return Ok(filter.clone()) };
        let address = Address::parse(person, self.region).or_else(|error| Address::recipient(person).map_err(|_| error))?;
        Ok(Filter { person: Some(address.to_string()), ..filter.clone() })
    }

    /// A message by its id.
    pub async fn get(&self, id: i64) -> Result<Entry, Error> {
        self.store.get(id).await?.ok_or(Error::NotFound(id))
    }

    /// A message by the key it was queued under, also after its content was purged.
    pub async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        self.store.find_key(key).await
    }

    /// The messages that a vendor knows by this id: of the message, as webhooks of delivery and bounces have it.
    pub async fn find_message(&self, vendor: Vendor, vendor_id: &str) -> Result<Vec<Entry>, Error> {
        self.store.find_message(vendor, vendor_id).await
    }

    /// The messages in this conversation of a vendor, the newest last.
    pub async fn find_conversation(&self, vendor: Vendor, conversation_id: &str) -> Result<Vec<Entry>, Error> {
        self.store.find_conversation(vendor, conversation_id).await
    }

    /// The messages to this recipient, by the vendor's id or the URL of the profile, the newest last.
    pub async fn find_recipient(&self, vendor: Vendor, recipient: &str) -> Result<Vec<Entry>, Error> {
        self.store.find_recipient(vendor, &Address::recipient(recipient)?).await
    }

    /// At most `most` messages after the one with the id `after`, in the order of their ids. Begin with 0, and go on with the last id.
    pub async fn list(&self, filter: &Filter, after: i64, most: u32) -> Result<Vec<Entry>, Error> {
        self.store.list(&self.canonical(filter)?, after, most).await
    }

    /// The attempts to send a message, the newest last.
    pub async fn attempts(&self, id: i64) -> Result<Vec<Attempt>, Error> {
        self.store.attempts(id).await
    }

    /// How many messages are in which state, and which accounts there are.
    pub async fn status(&self) -> Result<Status, Error> {
        self.store.status().await
    }

    /// How many of these messages are in which state, in the order of [`State::ALL`]; states without messages are left out.
    pub async fn counts(&self, filter: &Filter) -> Result<Vec<(State, u64)>, Error> {
        self.store.counts(&self.canonical(filter)?).await
    }

    /// How many of these messages came into which state over time, in periods of this length.
    pub async fn timeline(&self, filter: &Filter, period: Duration) -> Result<Vec<Point>, Error> {
        self.store.timeline(&self.canonical(filter)?, period).await
    }

    /// Why these messages were not taken, the most frequent reason first.
    pub async fn causes(&self, filter: &Filter) -> Result<Vec<Cause>, Error> {
        self.store.causes(&self.canonical(filter)?).await
    }

    /// How an account may be used.
    pub async fn rules(&self, account: &Account) -> Result<Rules, Error> {
        self.store.rules(account).await
    }

    /// Sets how an account may be used. Workers that run keep to it within seconds.
    pub async fn set_rules(&self, account: &Account, rules: &Rules) -> Result<(), Error> {
        rules.check()?;
        self.store.set_rules(account, rules).await
    }

    /// A client for an account, whose calls are counted with those of the workers.
    pub async fn client(&self, account: &Account, accounts: &dyn Accounts) -> Result<AccountClient, Error> {
        let (rules, budgets) = (self.rules(account).await?, self.budgets());
        accounts.open(account, Clients { account, rules: &rules, budgets: &budgets }).await
    }

    /// Sends nothing more through an account, or through any (`None`), until [`resume`](Self::resume). What is being sent is finished.
    pub async fn pause(&self, account: Option<&Account>) -> Result<(), Error> {
        self.store.set_paused(account, true, None).await
    }

    /// Sends none of these messages, and none like them that are queued later, until
    /// [`resume_messages`](Self::resume_messages) with the same filter: how many that are queued it holds. The state does not count.
    pub async fn pause_messages(&self, filter: &Filter) -> Result<u64, Error> {
        self.store.pause_messages(&self.canonical(filter)?).await
    }

    /// Ends a pause that [`pause_messages`](Self::pause_messages) began with the same filter: how many messages it held.
    pub async fn resume_messages(&self, filter: &Filter) -> Result<u64, Error> {
        self.store.resume_messages(&self.canonical(filter)?).await
    }

    /// Ends a pause: an account's own, or with `None` every pause there is.
    pub async fn resume(&self, account: Option<&Account>) -> Result<(), Error> {
        self.store.set_paused(account, false, None).await
    }

    /// Has messages that wait for approval ([`Envelope::held`]) sent at their time: how many. Nothing is checked by it; the workers check all
    /// that can stand against a message right before they send it, as of any other.
    pub async fn approve(&self, filter: &Filter) -> Result<u64, Error> {
        self.store.approve(&self.canonical(filter)?).await
    }

    /// Withdraws messages that are queued or held: how many. A message that is being sent is not one of them.
    pub async fn cancel(&self, filter: &Filter) -> Result<u64, Error> {
        self.store.cancel(&self.canonical(filter)?).await
    }

    /// Queues messages again that are in this state, whose attempts then count anew: how many. Only for states in which the vendor surely
    /// does not have them ([`State::may_retry`]).
    pub async fn retry(&self, state: State, filter: &Filter) -> Result<u64, Error> {
        if !state.may_retry() {
            return Err(Error::NotRetried(state));
        }
        self.store.retry(&self.canonical(filter)?.state(state)).await
    }

    /// Settles a message that is [`Unknown`](State::Unknown) since its attempt with the number `attempt`, which is
    /// [`Entry::attempts`] of the entry that was looked at.
    ///
    /// It is an error, and changes nothing, if another settled the message or sent it again meanwhile: what was found out is about that
    /// attempt. So is a first id of `Sent::message_ids` that is another message's: what the vendor has once was sent once.
    pub async fn resolve(&self, id: i64, attempt: u32, resolution: Resolution) -> Result<(), Error> {
        match self.store.resolve(id, attempt, &resolution).await? {
            Resolved::Done => Ok(()),
            Resolved::Taken(other) => Err(Error::AnothersId { id, other }),
            Resolved::Changed => {
                let Entry { state, attempts: latest, envelope, .. } = self.get(id).await?;
                Err(match state {
                    State::Unknown if latest != attempt => Error::Attempt { id, attempt, latest },
                    State::Unknown if envelope.is_none() => {
                        Error::State { id, state, wanted: "its content was purged, so it cannot be sent" }
                    }
                    _ => Error::State { id, state, wanted: "only one that is unknown can be resolved" },
                })
            }
        }
    }

    /// Ends the [`sequence`](Envelope::sequence) of the message `id` for its recipient, because they replied, for example, and withdraws what
    /// is queued of it: how many messages.
    ///
    /// It stays ended: what is being sent just now and turns out not to be sent, what is unknown and is resolved to be sent again, and what
    /// is queued for the sequence later are withdrawn instead of sent, and [`retry`](Self::retry) leaves them alone, until
    /// [`resume_follow_ups`](Self::resume_follow_ups).
    pub async fn stop_follow_ups(&self, id: i64, reason: &str) -> Result<u64, Error> {
        self.store.stop(id, reason).await
    }

    /// Undoes [`stop_follow_ups`](Self::stop_follow_ups) for the sequences of these messages: how many stops, and how many messages that those
    /// had withdrawn are queued again. What was sent, or may have been, stays as it is; so does the suppression list.
    pub async fn resume_follow_ups(&self, filter: &Filter) -> Result<(u64, u64), Error> {
        self.store.resume_follow_ups(&self.canonical(filter)?).await
    }

    /// Puts an address on the list of those who are not written to, or several ([`Address::parse_all`]); by one channel alone, or by any. What
    /// is on it for [`Linkedin`](reachout_messenger::Channel::Linkedin) is so for InMail and invitations, too.
    /// Messages that are queued are checked right before they are sent.
    pub async fn suppress(&self, address: &str, channel: Option<reachout_messenger::Channel>, reason: &str) -> Result<(), Error> {
        let all = Address::parse_all(address, self.region)?;
        self.suppress_all(all.into_iter().map(|address| (address, channel, reason))).await
    }

    /// Puts many addresses on the list, each by one channel or by any, with the reason: all or none of them.
    pub async fn suppress_all<R: Into<String>>(
        &self,
        addresses: impl IntoIterator<Item = (Address, Option<reachout_messenger::Channel>, R)>,
    ) -> Result<(), Error> {
        let listing = |(address, channel, reason): (Address, _, R)| Listing { address, channel, reason: reason.into() };
        self.store.suppress(&addresses.into_iter().map(listing).collect::<Vec<_>>()).await
    }

    /// Takes an address off the list, for all channels: whether it was on it.
    pub async fn unsuppress(&self, address: &str) -> Result<bool, Error> {
        self.store.unsuppress(&Address::parse(address, self.region)?).await
    }

    /// At most `most` entries of the list, in the order of their addresses and channels. Begin with `None`, and go on with the last entry.
    pub async fn suppressed(&self, after: Option<&Suppressed>, most: u32) -> Result<Vec<Suppressed>, Error> {
        self.store.suppressed(after, most).await
    }

    /// Removes the content, the recipient and the key of messages that were settled so long ago: how many. The outcome, the vendor's ids
    /// and a fingerprint of the key are kept, so that the key still is good for one message only.
    ///
    /// On SQLite the file is then written anew, so that its free pages and its log have none of it; workers wait meanwhile. On Postgres
    /// old versions of the rows are in the table's files until `VACUUM FULL`, and in archives of its log for as long as those are kept.
    ///
    /// What is [`Unknown`](State::Unknown) keeps its content: it is needed to find out. Vendors' events that are so old lose their bodies, unless
    /// they wait to be forwarded, and stay known, so that the same event again changes nothing; entries of the feed are removed.
    pub async fn purge(&self, older_than: Duration) -> Result<u64, Error> {
        self.store.purge(older_than).await
    }

    /// Settles what workers had begun whose leases have ended: how many messages became [`Unknown`](State::Unknown). Workers that run do
    /// it by themselves.
    pub async fn recover(&self) -> Result<u64, Error> {
        self.store.reap().await
    }

    /// Closes the connections of this outbox and its clones. A file of SQLite that nobody else has open is then complete in itself, to be
    /// copied or moved; before that, what is new is in the log beside it. The pool of an application's own stays open.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outbox").field(&self.store).finish()
    }
}
