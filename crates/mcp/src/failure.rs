//! [`Failure`]: why a tool did not do what it was asked for, in words that a model follows.

use reachout_runtime::{Advice, Delivery};
use serde_json::{Value, json};

/// Why a tool did not do what it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: String,
    pub(crate) delivery: Delivery,
    pub(crate) advice: String,
}

impl Failure {
    /// The arguments are wrong: nothing was done.
    pub(crate) fn arguments(error: impl Into<String>) -> Self {
        Self::refused(error, "nothing was done: change the arguments as the error says")
    }

    /// Nothing was done, and what to do instead.
    pub(crate) fn refused(error: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { error: error.into(), delivery: Delivery::NotSent, advice: advice.into() }
    }

    /// As a result shows it.
    pub(crate) fn json(&self) -> Value {
        json!({ "error": crate::fence::clean(&self.error), "delivery": word(self.delivery), "advice": self.advice })
    }
}

/// What is known of a request, in a word.
pub(crate) fn word(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::NotSent => "not_sent",
        Delivery::Rejected => "rejected",
        Delivery::Accepted => "accepted",
        _ => "unknown",
    }
}

impl From<reachout_runtime::Error> for Failure {
    fn from(error: reachout_runtime::Error) -> Self {
        let advice = match error.advice() {
            Advice::RetryLater { after: Some(after) } => {
                format!("the same call may be made again after {} seconds", after.as_secs().max(1))
            }
            Advice::RetryLater { after: None } => "the same call may be made again later".to_owned(),
            Advice::FixRequest => "nothing was done: change the arguments as the error says".to_owned(),
            Advice::FixSettings | Advice::RenewCredential => {
                "nothing was done: a person has to change the settings or the credential".to_owned()
            }
            Advice::Verify => "the vendor may have done it: do not call again; look whether it did".to_owned(),
            _ => "do not call again; tell the person".to_owned(),
        };
        Self { error: error.to_string(), delivery: error.delivery(), advice }
    }
}

impl From<reachout_outbox::Error> for Failure {
    fn from(error: reachout_outbox::Error) -> Self {
        match error {
            reachout_outbox::Error::Client(error) => error.into(),
            error => Self::refused(error.to_string(), "nothing was sent: change the arguments as the error says, or tell the person"),
        }
    }
}
