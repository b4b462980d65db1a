//! [`Failure`]: why a tool did not do what it was asked for, in words that a model follows.

use reachout_runtime::{Advice, Delivery};
use serde_json::{Value, json};

use crate::fence::Fence;

/// The longest error, in characters: a vendor's may be a page.
const LONGEST: usize = 1_500;

/// Why a tool did not do what it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: String,
    /// The same for the audit trail, without what arguments and vendors say.
    pub(crate) recorded: String,
    pub(crate) delivery: Delivery,
    pub(crate) advice: String,
}

impl Failure {
    /// The arguments are wrong: nothing was done.
    pub(crate) fn arguments(error: impl Into<String>) -> Self {
        let refused = Self::refused(error, "nothing was done: change the arguments as the error says");
        Self { recorded: "the arguments are wrong".to_owned(), ..refused }
    }

    /// Nothing was done, and what to do instead.
    pub(crate) fn refused(error: impl Into<String>, advice: impl Into<String>) -> Self {
        let error = cut(&error.into());
        Self { recorded: error.clone(), error, delivery: Delivery::NotSent, advice: advice.into() }
    }

    /// As a result shows it.
    pub(crate) fn json(&self) -> Value {
        json!({ "error": crate::fence::clean(&self.error), "delivery": word(self.delivery), "advice": self.advice })
    }
}

fn cut(error: &str) -> String {
    error.chars().take(LONGEST).collect()
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
        let part = |part: Option<String>| part.map(|part| format!(" {part}")).unwrap_or_default();
        let status = error.status().map(|status| status.as_u16().to_string());
        let recorded = format!("the call failed:{}{} {}", part(status), part(error.code().map(str::to_owned)), word(error.delivery()));
        // The sentence of a vendor may have what a person wrote.
        Self { error: Fence::new().text(&cut(&error.to_string())), recorded, delivery: error.delivery(), advice }
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
