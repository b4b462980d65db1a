//! [`ToolCall`]: what an assistant asked for, as the audit trail has it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Error, Outbox};

/// What an assistant asks for, recorded before it is done.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolCall {
    /// The name of the client: the program that the assistant runs in.
    pub client: String,
    /// The session: one run of the server.
    pub session: String,
    /// The tool.
    pub tool: String,
    /// The account that it is about, as `leonar/default`.
    pub account: Option<String>,
    /// The arguments, as JSON: without the content of messages, unless that was asked for.
    pub arguments: String,
}

impl ToolCall {
    /// A call of a tool without arguments.
    pub fn new(client: impl Into<String>, session: impl Into<String>, tool: impl Into<String>) -> Self {
        Self { client: client.into(), session: session.into(), tool: tool.into(), account: None, arguments: "{}".to_owned() }
    }

    /// Sets [`account`](Self::account).
    #[must_use]
    pub fn account(mut self, account: Option<String>) -> Self {
        self.account = account;
        self
    }

    /// Sets [`arguments`](Self::arguments).
    #[must_use]
    pub fn arguments(mut self, json: impl Into<String>) -> Self {
        self.arguments = json.into();
        self
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments may name a recipient.
        f.debug_struct("ToolCall")
            .field("client", &self.client)
            .field("session", &self.session)
            .field("tool", &self.tool)
            .finish_non_exhaustive()
    }
}

/// A row of the audit trail.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Audited {
    /// Its number.
    pub id: i64,
    /// When the call began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` where the server ended before.
    pub finished_at: Option<DateTime<Utc>>,
    /// The name of the client.
    pub client: String,
    /// The session.
    pub session: String,
    /// The tool.
    pub tool: String,
    /// The account that it was about.
    pub account: Option<String>,
    /// The arguments, as JSON; `None` once they were purged.
    pub arguments: Option<String>,
    /// The message of the outbox that it was about.
    pub message: Option<i64>,
    /// How it ended, in a word or a sentence: `accepted`, `refused: …`.
    pub result: Option<String>,
    /// Whether it was the call that let its message be sent.
    pub permitted: bool,
}

impl fmt::Debug for Audited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audited").field("id", &self.id).field("tool", &self.tool).field("message", &self.message).finish_non_exhaustive()
    }
}

/// How many messages assistants may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SendCaps {
    /// In one session.
    pub session: u32,
    /// In all sessions together, since midnight UTC.
    pub day: u32,
}

impl SendCaps {
    /// The maximum numbers for a session and for a day.
    pub const fn new(session: u32, day: u32) -> Self {
        Self { session, day }
    }
}

/// Whether an assistant may send one more message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendPermit {
    /// It may; the message counts from now on, and is permitted again without counting twice.
    Permitted,
    /// Its session has sent as many as it may.
    SessionFull,
    /// All sessions together have sent as many today as they may.
    DayFull,
}

impl Outbox {
    /// Records a call of a tool before it is carried out: its number.
    pub async fn record_call(&self, call: &ToolCall) -> Result<i64, Error> {
        self.store.record_call(call).await
    }

    /// Records how a call ended, and which message it was about.
    pub async fn finish_call(&self, id: i64, message: Option<i64>, result: &str) -> Result<(), Error> {
        self.store.finish_call(id, message, result).await
    }

    /// Whether the call `id` may send `message` under the caps. Whoever asks at the same time, in this process or another, is counted.
    pub async fn permit_call(&self, id: i64, message: i64, caps: SendCaps) -> Result<SendPermit, Error> {
        self.store.permit_call(id, message, caps).await
    }

    /// At most `most` calls before the one with the number `before`, the newest first. Begin with `None`, and go on with the last number.
    pub async fn audit(&self, before: Option<i64>, most: u32) -> Result<Vec<Audited>, Error> {
        self.store.audit(before, most).await
    }
}
