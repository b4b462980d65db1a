#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(clippy::doc_markdown, reason = "the names of databases and vendors are not code")]

mod account;
mod address;
mod audit;
mod automatic;
mod budget;
mod campaign;
mod clients;
mod entry;
mod envelope;
mod error;
mod feed;
mod hooks;
#[cfg(feature = "metrics")]
pub mod metrics;
mod nearest;
mod outbox;
mod permit;
mod received;
#[cfg(feature = "webhooks")]
mod receiver;
mod refusal;
mod resolution;
mod resolved;
mod rules;
mod runner;
mod state;
mod store;
mod template;
mod time;
mod time_source;
mod vendor;
mod watch;

pub use account::{Account, NotAnAccount};
pub use address::{Address, AddressError, AddressKind, Region, UnknownRegion};
pub use audit::{Audited, SendCaps, SendPermit, ToolCall};
pub use budget::StoredBudgets;
pub use campaign::{
    Bounds, Calendar, Campaign, Caps, Day, Delay, FileError, Frequency, NotADay, NotADelay, Person, Sequence, SequenceError, Step,
    StepProblem, StepReport, VariantReport, Window, WindowError,
};
pub use clients::{AccountClient, Accounts, Clients, EnvAccounts};
pub use entry::{AccountStatus, Attempt, Cause, Deferred, Entry, Filter, Point, Status, Suppressed};
pub use envelope::{Batch, Enqueued, Envelope};
pub use error::Error;
pub use feed::FeedEntry;
pub use hooks::{Eligibility, FollowUp, Found, Reconcile, Replied, Replies, Verdict};
pub use outbox::Outbox;
pub use received::{Forwarding, VendorEvent};
#[cfg(feature = "webhooks")]
pub use receiver::{ForwardError, Forwarder, ReceiveError, Received, Receiver};
pub use refusal::Refusal;
pub use resolution::{Resolution, Sent};
pub use rules::{Clock, Daily, QuietHours, Rules, RulesError, Spacing, WarmUp, Zone};
pub use runner::{Event, Runner, Summary};
pub use state::{State, UnknownState};
pub use store::Transaction;
pub use template::{Rendered, Template, TemplateError};
pub use time_source::{TimeReading, TimeSource};
pub use vendor::{Handled, Settled, Settler, Signal, SignalKind, VendorEligibility, VendorReconcile, VendorReplies};
pub use watch::{AccountPause, Pace, Stop};

pub use chrono::{DateTime, Utc};
pub use reachout_messenger::{Channel, Message, Messenger, Recipient, Vendor};
pub use reachout_runtime::{BoxFuture, ClientBuilder, Core, RateLimit};
#[cfg(feature = "webhooks")]
pub use reachout_webhooks::{HIGHLEVEL_WEBHOOK_KEY, HeaderMap, Verifier};
pub use secrecy::SecretString;
pub use sqlx::{PgPool, SqlitePool};
