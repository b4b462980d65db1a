//! What an attempt's end means for its message: decided without any I/O.

use std::time::Duration;

use reachout_messenger::{Delivery, Error, ErrorKind, Receipt};
use reachout_runtime::Advice;

use crate::store::Outcome;
use crate::{Sent, State};

/// The longest wait before another attempt where the vendor asks for none.
const LONGEST: Duration = Duration::from_mins(5);
/// The shortest wait of an account.
const AT_LEAST: Duration = Duration::from_secs(1);
/// Longer reasons are cut.
const REASON: usize = 2_000;

/// What an attempt led to, and whether its account can go on.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    /// The account does not serve before a person did something: why.
    pub(super) pause: Option<String>,
}

/// `number` counts the attempts since the message was last queued by a person, from 1; at most `most` are made.
pub(super) fn ended(result: &Result<Receipt, Error>, number: u32, most: u32) -> Ended {
    let error = match result {
        Ok(receipt) => return only(accepted(receipt)),
        Err(error) => error,
    };
    let client = match error {
        Error::Client(client) => client,
        Error::Unsupported(_) => return only(failure(State::Failed, "unsupported", error)),
        error if error.delivery() == Delivery::Rejected => return only(failure(State::Rejected, "refused", error)),
        error => return only(failure(State::Unknown, "unclear", error)),
    };
    let kind = client.kind();
    let outcome = |state| Outcome {
        code: client.code().map(str::to_owned).or_else(|| Some(word(kind).to_owned())),
        http_status: client.status().map(|status| status.as_u16()),
        request_id: client.request_id().map(str::to_owned),
        ..failure(state, "", error)
    };
    let again = |after: Option<Duration>| {
        let wait = after.unwrap_or_else(|| backoff(number));
        Outcome { wait: wait.max(Duration::from_millis(1)), ..outcome(State::Queued) }
    };
    match client.delivery() {
        Delivery::Accepted => only(outcome(State::Accepted)),
        // A 429 was counted and rejected unread.
        Delivery::NotSent | Delivery::Rejected | Delivery::Unknown if kind == ErrorKind::RateLimited => {
            only(bounded(again(client.retry_after()), number, most))
        }
        Delivery::Unknown => only(outcome(State::Unknown)),
        delivery => match client.advice() {
            Advice::RetryLater { after } => only(bounded(again(after), number, most)),
            _ if stops_account(client) => Ended { outcome: again(None), pause: Some(cut(error.to_string())) },
            Advice::Verify => only(outcome(State::Unknown)),
            _ if delivery == Delivery::Rejected => only(outcome(State::Rejected)),
            _ => only(outcome(State::Failed)),
        },
    }
}

/// Whether it concerns all messages of the account alike, until a person does something.
fn stops_account(client: &reachout_runtime::Error) -> bool {
    // 402: a balance is used up.
    matches!(client.advice(), Advice::RenewCredential | Advice::FixSettings) || client.status().is_some_and(|status| status.as_u16() == 402)
}

/// What it means for an account that the vendor could not be asked about a recipient.
pub(super) enum FailedCheck {
    /// It does not serve, for this reason.
    Pause(String),
    /// It is to wait for so long, for this reason.
    Wait(Duration, String),
}

/// How long an account waits where the vendor does not say.
const DEFAULT_DELAY: Duration = Duration::from_secs(30);

pub(super) fn failed_check(error: &crate::Error) -> FailedCheck {
    let reason = cut(format!("the vendor could not be asked about the recipient: {error}"));
    match error {
        crate::Error::Client(client) if stops_account(client) || client.kind() == ErrorKind::Forbidden => FailedCheck::Pause(reason),
        crate::Error::Vendor(_) | crate::Error::Rules(_) => FailedCheck::Pause(reason),
        crate::Error::Client(client) => FailedCheck::Wait(client.retry_after().unwrap_or(DEFAULT_DELAY).clamp(AT_LEAST, LONGEST), reason),
        _ => FailedCheck::Wait(DEFAULT_DELAY, reason),
    }
}

/// What is recorded where the outcome of an attempt was lost on the way: the client panicked.
pub(super) fn lost() -> Outcome {
    Outcome {
        reason: Some("the client ended without an outcome".to_owned()),
        code: Some("client-ended".to_owned()),
        ..blank(State::Unknown)
    }
}

/// What is recorded where nothing was sent after all, because the database failed.
pub(super) fn not_begun() -> Outcome {
    Outcome {
        reason: Some("the database failed before anything was sent".to_owned()),
        code: Some("database".to_owned()),
        wait: Duration::from_millis(1),
        ..blank(State::Queued)
    }
}

fn only(outcome: Outcome) -> Ended {
    Ended { outcome, pause: None }
}

fn accepted(receipt: &Receipt) -> Outcome {
    Outcome {
        reason: receipt.note.clone().map(cut),
        code: receipt.status.clone(),
        http_status: Some(receipt.http_status),
        request_id: receipt.request_id.clone(),
        sent: Sent::from(receipt),
        ..blank(State::Accepted)
    }
}

fn failure(state: State, code: &str, error: &Error) -> Outcome {
    Outcome { reason: Some(cut(error.to_string())), code: Some(code.to_owned()), ..blank(state) }
}

fn blank(state: State) -> Outcome {
    Outcome { state, wait: Duration::ZERO, reason: None, code: None, http_status: None, request_id: None, sent: Sent::new() }
}

fn bounded(outcome: Outcome, number: u32, most: u32) -> Outcome {
    if number < most { outcome } else { Outcome { state: State::Failed, wait: Duration::ZERO, ..outcome } }
}

/// 1 s, 2 s, 4 s, …
pub(crate) fn backoff(number: u32) -> Duration {
    Duration::from_secs(1 << number.saturating_sub(1).min(20)).min(LONGEST)
}

/// To count by, where the vendor gives no code.
fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Configuration => "configuration",
        ErrorKind::InvalidRequest => "invalid-request",
        ErrorKind::NotPermitted => "not-permitted",
        ErrorKind::Credential | ErrorKind::Unauthorized => "credential",
        ErrorKind::Connect => "connect",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Transport => "transport",
        ErrorKind::RateLimited => "rate-limited",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not-found",
        ErrorKind::Server => "server",
        ErrorKind::Decode => "decode",
        _ => "refused",
    }
}

pub(super) fn cut(mut text: String) -> String {
    if text.len() > REASON {
        text.truncate(text.floor_char_boundary(REASON));
    }
    // Postgres' TEXT holds none.
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_the_last_up_to_the_longest() {
        let waits = [1, 2, 3, 4, 9, 10, 100].map(|number| backoff(number).as_secs());
        assert_eq!(waits, [1, 2, 4, 8, 256, 300, 300]);
    }
}
