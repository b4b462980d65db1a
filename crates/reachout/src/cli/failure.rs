//! How the program fails: what it says, and its exit code.

use std::{fmt, io, process::ExitCode};

use reachout_runtime::{Delivery, ErrorKind};

use super::{
    calls::Calls,
    output::{harmless, note},
};

/// The exit codes of failures, as help and README list them. What may be done next follows from the code alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Refused = 1,
    Usage = 2,
    NotSent = 3,
    Unknown = 4,
    Accepted = 5,
}

impl Exit {
    /// The code of a call that did not end well.
    pub fn of(delivery: Delivery) -> Self {
        match delivery {
            Delivery::NotSent => Self::NotSent,
            Delivery::Rejected => Self::Refused,
            Delivery::Accepted => Self::Accepted,
            _ => Self::Unknown,
        }
    }
}

/// Why the program ends without success.
#[derive(Debug)]
pub enum Failure {
    /// Arguments, files or settings: nothing was sent.
    Usage(anyhow::Error),
    /// A call, of whose request so much is known.
    Call(Delivery, anyhow::Error),
    /// What the calls brought, or what needed none, cannot be written.
    Output(anyhow::Error),
    /// Nobody reads the output any more, as with `… | head`.
    OutputClosed,
}

impl Failure {
    pub fn usage(message: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self::Usage(anyhow::Error::msg(message))
    }

    /// What went wrong before any call.
    pub fn unsent(error: impl Into<anyhow::Error>) -> Self {
        Self::Call(Delivery::NotSent, error.into())
    }

    /// Says it on standard error. `calls` tell whether an output that failed was about something that is done.
    pub fn report(&self, calls: &Calls) -> ExitCode {
        let delivery = calls.delivery();
        let (sentence, exit) = match self {
            Self::Usage(error) => (format!("{error:#}"), Exit::Usage),
            Self::Call(delivery, error) => (format!("{error:#}"), Exit::of(*delivery)),
            // Whoever closes the output of a command that changes nothing has seen enough.
            Self::OutputClosed if delivery == Delivery::NotSent || calls.are_read_only() => return ExitCode::SUCCESS,
            Self::Output(error) if delivery == Delivery::NotSent => (format!("{error:#}"), Exit::NotSent),
            Self::Output(error) => (format!("{error:#}. {}", capitalized(calls.advice(delivery))), Exit::of(delivery)),
            Self::OutputClosed => {
                (format!("nobody reads the standard output any more. {}", capitalized(calls.advice(delivery))), Exit::of(delivery))
            }
        };
        note(&format!("error: {}", harmless(&sentence)));
        ExitCode::from(exit as u8)
    }
}

fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

impl From<reachout_runtime::Error> for Failure {
    fn from(error: reachout_runtime::Error) -> Self {
        match (error.delivery(), error.kind()) {
            (Delivery::NotSent, ErrorKind::Configuration | ErrorKind::InvalidRequest) => Self::usage(error.to_string()),
            (delivery, _) => Self::Call(delivery, anyhow::Error::msg(error.to_string())),
        }
    }
}

impl From<reachout::Error> for Failure {
    fn from(error: reachout::Error) -> Self {
        match error {
            reachout::Error::Client(error) => error.into(),
            reachout::Error::Unsupported(error) => error.into(),
            error => Self::Call(error.delivery(), error.into()),
        }
    }
}

impl From<reachout::Unsupported> for Failure {
    fn from(error: reachout::Unsupported) -> Self {
        Self::Usage(error.into())
    }
}

/// Writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Output(anyhow::Error::new(error).context("the output cannot be written")),
        }
    }
}
