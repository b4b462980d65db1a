//! How the program fails: what it says, and its exit code.

use std::{fmt, io, process::ExitCode};

use reachout_runtime::{Advice, Delivery, ErrorKind};
use serde::Serialize;
use serde_json::json;

use super::{
    call::Calls,
    print::{note, plain},
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

/// What is known of a call that failed, as programs read it beside the message.
#[derive(Debug, Serialize)]
pub struct Facts {
    pub delivery: Delivery,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    /// The same call may be made again, and may succeed.
    retryable: bool,
    /// In seconds.
    retry_after: Option<f64>,
    attempts: u32,
}

impl Facts {
    /// Nothing but this is known.
    fn of(delivery: Delivery) -> Self {
        let retryable = delivery == Delivery::NotSent;
        Self { delivery, status: None, code: None, request_id: None, retryable, retry_after: None, attempts: 0 }
    }

    fn of_error(error: &reachout_runtime::Error) -> Self {
        Self {
            delivery: error.delivery(),
            status: error.status().map(|status| status.as_u16()),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            retryable: matches!(error.advice(), Advice::RetryLater { .. }),
            retry_after: error.retry_after().map(|wait| wait.as_secs_f64()),
            attempts: error.attempts(),
        }
    }
}

/// Why the program ends without success.
#[derive(Debug)]
pub enum Failure {
    /// Arguments, files or settings: nothing was sent.
    Usage(anyhow::Error),
    /// A call, of whose request so much is known.
    Call(Box<Facts>, anyhow::Error),
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
        Self::call(Delivery::NotSent, error)
    }

    /// A call of whose request so much is known.
    pub fn call(delivery: Delivery, error: impl Into<anyhow::Error>) -> Self {
        Self::Call(Box::new(Facts::of(delivery)), error.into())
    }

    /// Says it on standard error: as a sentence, or for programs as one JSON object. `calls` say whether an output that failed was about
    /// something that is done.
    pub fn report(&self, calls: &Calls, notes: &[String]) -> ExitCode {
        let json = calls.are_read_by_programs();
        let delivery = calls.delivery();
        let of = |delivery| (Facts::of(delivery), Exit::of(delivery));
        let (sentence, (facts, exit)) = match self {
            // What is wrong with the output's columns is found once there is one.
            Self::Usage(error) if delivery != Delivery::NotSent && !calls.are_read_only() => {
                (format!("{error:#}. {}", capitalized(calls.advice(delivery))), of(delivery))
            }
            Self::Usage(error) => (format!("{error:#}"), (Facts { retryable: false, ..Facts::of(Delivery::NotSent) }, Exit::Usage)),
            Self::Call(facts, error) => {
                return print_error(&format!("{error:#}"), facts, Exit::of(facts.delivery), json, notes);
            }
            // Whoever closes the output of a command that changes nothing has seen enough.
            Self::OutputClosed if delivery == Delivery::NotSent || calls.are_read_only() => return ExitCode::SUCCESS,
            Self::Output(error) if delivery == Delivery::NotSent => (format!("{error:#}"), of(Delivery::NotSent)),
            Self::Output(error) => (format!("{error:#}. {}", capitalized(calls.advice(delivery))), of(delivery)),
            Self::OutputClosed => {
                (format!("nobody reads the standard output any more. {}", capitalized(calls.advice(delivery))), of(delivery))
            }
        };
        print_error(&sentence, &facts, exit, json, notes)
    }
}

/// Says what is known where a signal ends the program.
pub fn report_interruption(delivery: Delivery, advice: &str, json: bool) -> Exit {
    let sentence = format!("interrupted: {advice}");
    note(&if json { object(&sentence, &Facts::of(delivery), &[]) } else { sentence });
    Exit::of(delivery)
}

fn print_error(sentence: &str, facts: &Facts, exit: Exit, json: bool, notes: &[String]) -> ExitCode {
    let sentence = plain(sentence);
    if json {
        note(&object(&sentence, facts, notes));
    } else {
        note(&format!("error: {sentence}"));
    }
    ExitCode::from(exit as u8)
}

/// One JSON object on one line.
fn object(message: &str, facts: &Facts, notes: &[String]) -> String {
    let mut object = json!({ "message": message });
    if let (Some(object), Ok(serde_json::Value::Object(facts))) = (object.as_object_mut(), serde_json::to_value(facts)) {
        object.extend(facts);
        if !notes.is_empty() {
            object.insert("notes".to_owned(), notes.into());
        }
    }
    object.to_string()
}

/// Says that the arguments are wrong, before there is anything else to say.
pub fn wrong_arguments(error: &clap::Error) -> ! {
    let text = error.render().to_string();
    let message = match error.kind() {
        clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "a command is missing; --help lists them",
        // The first paragraph; usage and hints for people follow.
        _ => text.split("\n\nUsage:").next().unwrap_or_default().trim_start_matches("error:").trim(),
    };
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    note(&object(&plain(&message), &Facts { retryable: false, ..Facts::of(Delivery::NotSent) }, &[]));
    std::process::exit(Exit::Usage as i32)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(error) | Self::Call(_, error) | Self::Output(error) => write!(f, "{error:#}"),
            Self::OutputClosed => f.write_str("nobody reads the standard output any more"),
        }
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
            _ => Self::Call(Box::new(Facts::of_error(&error)), anyhow::Error::msg(error.to_string())),
        }
    }
}

impl From<reachout_messenger::Error> for Failure {
    fn from(error: reachout_messenger::Error) -> Self {
        match error {
            reachout_messenger::Error::Client(error) => error.into(),
            reachout_messenger::Error::Unsupported(error) => error.into(),
            error => Self::call(error.delivery(), error),
        }
    }
}

impl From<reachout_messenger::Unsupported> for Failure {
    fn from(error: reachout_messenger::Unsupported) -> Self {
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
