//! What to do with an error, decided without any I/O.

use std::fmt;
use std::time::Duration;

use super::{Delivery, ErrorKind};

/// What to do with an [`Error`](crate::Error), as [`advice`](crate::Error::advice) gives it.
///
/// ```
/// # use std::time::Duration;
/// use reachout_runtime::{Advice, Error};
///
/// /// When to put a message into the queue again; `None`: a person looks at it.
/// fn requeue(error: &Error) -> Option<Duration> {
///     match error.advice() {
///         Advice::RetryLater { after } => Some(after.unwrap_or(Duration::from_secs(60))),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// Make the same call again later: it cannot do anything twice, and may succeed.
    RetryLater {
        /// Not before this time, where the vendor or the client's pacing says so.
        after: Option<Duration>,
    },
    /// Change the arguments of the call; the same ones fail again. Nothing was done.
    FixRequest,
    /// Change the settings of the client, which do not work or do not permit the request. There was no request.
    FixSettings,
    /// The vendor may have acted. Verify whether it did, and call again only if it did not; each client's README says where to look.
    Verify,
    /// Get another credential: there is none, or the vendor does not take this one. Nothing was done.
    RenewCredential,
    /// Do not call again. The vendor accepted the request; or it refuses it until a person changes something there, such as a
    /// permission, a plan or a balance; or it does not respond as documented.
    Stop,
}

impl Advice {
    /// Every name.
    #[cfg(feature = "schemars")]
    pub(super) const NAMES: [&str; 6] = ["retry_later", "fix_request", "fix_settings", "verify", "renew_credential", "stop"];

    /// Its name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RetryLater { .. } => "retry_later",
            Self::FixRequest => "fix_request",
            Self::FixSettings => "fix_settings",
            Self::Verify => "verify",
            Self::RenewCredential => "renew_credential",
            Self::Stop => "stop",
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RetryLater { after: Some(after) } => write!(f, "retry after {after:?}"),
            Self::RetryLater { after: None } => f.write_str("retry later"),
            Self::FixRequest => f.write_str("change the request"),
            Self::FixSettings => f.write_str("change the client's settings"),
            Self::Verify => f.write_str("verify whether it was done before sending it again"),
            Self::RenewCredential => f.write_str("renew the credential"),
            Self::Stop => f.write_str("do not send it again"),
        }
    }
}

/// What is known of a call that failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) kind: ErrorKind,
    pub(super) delivery: Delivery,
    pub(super) status: Option<u16>,
    /// A repeat is safe and may succeed.
    pub(super) retryable: bool,
    /// The method only reads.
    pub(super) reads: bool,
    pub(super) wait: Option<Duration>,
}

/// What to do. The order of the questions is that of their weight: what was done comes before what went wrong.
pub(super) fn advise(facts: &Facts) -> Advice {
    let later = Advice::RetryLater { after: facts.wait };
    match facts.delivery {
        // Whatever was done: the method only reads, or does nothing more the second time.
        Delivery::Accepted | Delivery::Unknown if facts.retryable => return later,
        Delivery::Accepted => return Advice::Stop,
        Delivery::Unknown if !facts.reads => return Advice::Verify,
        Delivery::NotSent | Delivery::Rejected | Delivery::Unknown => {}
    }
    match facts.kind {
        ErrorKind::Configuration | ErrorKind::NotPermitted => Advice::FixSettings,
        ErrorKind::InvalidRequest => Advice::FixRequest,
        _ if facts.retryable => later,
        ErrorKind::Credential | ErrorKind::Unauthorized => Advice::RenewCredential,
        // Nothing left the machine, or nothing that could be acted upon.
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Unavailable => later,
        ErrorKind::RateLimited if facts.delivery == Delivery::NotSent || facts.reads => later,
        // The retry policy does not trust this vendor's 429 to mean that nothing was done.
        ErrorKind::RateLimited => Advice::Verify,
        // 402: a balance is used up.
        ErrorKind::Refused if facts.status == Some(402) => Advice::Stop,
        ErrorKind::NotFound | ErrorKind::Refused => Advice::FixRequest,
        ErrorKind::Forbidden | ErrorKind::Server | ErrorKind::Redirect | ErrorKind::Decode | ErrorKind::TooLarge => Advice::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(7);

    const KINDS: [ErrorKind; 17] = [
        ErrorKind::Configuration,
        ErrorKind::InvalidRequest,
        ErrorKind::NotPermitted,
        ErrorKind::Credential,
        ErrorKind::Connect,
        ErrorKind::Timeout,
        ErrorKind::Transport,
        ErrorKind::RateLimited,
        ErrorKind::Unavailable,
        ErrorKind::Unauthorized,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Refused,
        ErrorKind::Server,
        ErrorKind::Redirect,
        ErrorKind::Decode,
        ErrorKind::TooLarge,
    ];
    const DELIVERIES: [Delivery; 4] = [Delivery::NotSent, Delivery::Rejected, Delivery::Unknown, Delivery::Accepted];

    /// A letter for each advice.
    fn letter(advice: Advice) -> char {
        match advice {
            Advice::RetryLater { after } => {
                assert_eq!(after, Some(WAIT), "the wait is told");
                'r'
            }
            Advice::FixRequest => 'f',
            Advice::FixSettings => 'c',
            Advice::Verify => 'v',
            Advice::RenewCredential => 'k',
            Advice::Stop => 's',
        }
    }

    fn letters(kind: ErrorKind, retryable: bool, reads: bool) -> String {
        let facts = |delivery| Facts { kind, delivery, status: None, retryable, reads, wait: Some(WAIT) };
        DELIVERIES.into_iter().map(|delivery| letter(advise(&facts(delivery)))).collect()
    }

    #[test]
    fn every_kind_with_every_delivery() {
        // Each text has NotSent, Rejected, Unknown, Accepted. First what cannot be repeated: of a method that writes, and of one that
        // reads. Then what can.
        let rows = [
            (ErrorKind::Configuration, "ccvs", "cccs", "ccrr"),
            (ErrorKind::InvalidRequest, "ffvs", "fffs", "ffrr"),
            (ErrorKind::NotPermitted, "ccvs", "cccs", "ccrr"),
            (ErrorKind::Credential, "kkvs", "kkks", "rrrr"),
            (ErrorKind::Connect, "rrvs", "rrrs", "rrrr"),
            (ErrorKind::Timeout, "rrvs", "rrrs", "rrrr"),
            (ErrorKind::Transport, "rrvs", "rrrs", "rrrr"),
            (ErrorKind::RateLimited, "rvvs", "rrrs", "rrrr"),
            (ErrorKind::Unavailable, "rrvs", "rrrs", "rrrr"),
            (ErrorKind::Unauthorized, "kkvs", "kkks", "rrrr"),
            (ErrorKind::Forbidden, "ssvs", "ssss", "rrrr"),
            (ErrorKind::NotFound, "ffvs", "fffs", "rrrr"),
            (ErrorKind::Refused, "ffvs", "fffs", "rrrr"),
            (ErrorKind::Server, "ssvs", "ssss", "rrrr"),
            (ErrorKind::Redirect, "ssvs", "ssss", "rrrr"),
            (ErrorKind::Decode, "ssvs", "ssss", "rrrr"),
            (ErrorKind::TooLarge, "ssvs", "ssss", "rrrr"),
        ];
        assert_eq!(rows.map(|row| row.0), KINDS);
        for (kind, writes, reads, retryable) in rows {
            assert_eq!(letters(kind, false, false), writes, "{kind:?} of a method that writes");
            assert_eq!(letters(kind, false, true), reads, "{kind:?} of a method that reads");
            assert_eq!(letters(kind, true, false), retryable, "{kind:?} that can be repeated");
        }
    }

    #[test]
    fn a_status_says_more_than_its_kind() {
        let status = |status| {
            let facts = Facts {
                kind: ErrorKind::Refused,
                delivery: Delivery::Rejected,
                status: Some(status),
                retryable: false,
                reads: false,
                wait: None,
            };
            advise(&facts)
        };
        assert_eq!([400, 402, 409, 422].map(status), [Advice::FixRequest, Advice::Stop, Advice::FixRequest, Advice::FixRequest]);
    }

    #[test]
    fn each_is_a_sentence() {
        let retry = |after| Advice::RetryLater { after }.to_string();
        assert_eq!((retry(Some(WAIT)), retry(None)), ("retry after 7s".to_owned(), "retry later".to_owned()));
    }
}
