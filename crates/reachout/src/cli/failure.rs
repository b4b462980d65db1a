//! How the program fails: what it says, and its exit code.

use std::{fmt, io, process::ExitCode};

use reachout_runtime::ErrorKind;

use super::output::harmless;

/// Why the program ends without success.
#[derive(Debug)]
pub enum Failure {
    /// Arguments, files or settings: nothing was sent. Exit code 2.
    Usage(anyhow::Error),
    /// The call. Exit code 1.
    Call(anyhow::Error),
    /// Nobody reads the output any more, as with `… | head`. Silent; exit code 0.
    OutputClosed,
}

impl Failure {
    pub fn usage(message: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self::Usage(anyhow::Error::msg(message))
    }

    /// Says it on standard error.
    pub fn report(&self) -> ExitCode {
        let (error, code) = match self {
            Self::Usage(error) => (error, 2),
            Self::Call(error) => (error, 1),
            Self::OutputClosed => return ExitCode::SUCCESS,
        };
        eprintln!("error: {}", harmless(&format!("{error:#}")));
        ExitCode::from(code)
    }
}

impl From<reachout_runtime::Error> for Failure {
    fn from(error: reachout_runtime::Error) -> Self {
        match error.kind() {
            ErrorKind::Configuration | ErrorKind::InvalidRequest => Self::usage(error.to_string()),
            _ => Self::Call(anyhow::Error::msg(error.to_string())),
        }
    }
}

impl From<reachout::Error> for Failure {
    fn from(error: reachout::Error) -> Self {
        match error {
            reachout::Error::Client(error) => error.into(),
            reachout::Error::Unsupported(error) => error.into(),
            error => Self::Call(error.into()),
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
            _ => Self::Call(anyhow::Error::new(error).context("the output cannot be written")),
        }
    }
}
