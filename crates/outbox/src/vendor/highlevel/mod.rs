//! HighLevel and its editions: do-not-disturb by channel, and the messages of the contact's conversations.
//!
//! Responses are read as the JSON that they are, field by field: what a type would leave out or replace by a default must not become a
//! permission here, nor a proof that the vendor does not have a message.

mod consent;
mod look;
mod replies;

use chrono::{DateTime, Utc};
use reachout_messenger::Recipient;
use reachout_runtime::{Core, Route};
use serde_json::Value;

pub(super) use consent::refused_channels;
pub(super) use look::look;
pub(super) use replies::replied;

use super::absent;
use crate::{Envelope, Error, Verdict};

/// The platform or an edition, by the operations that are called.
pub(super) struct Edition {
    name: &'static str,
    get_contact: &'static Route,
    search_conversations: &'static Route,
    list_messages: &'static Route,
    get_email: &'static Route,
}

macro_rules! edition {
    ($edition:ident, $module:ident, $feature:literal, $name:literal) => {
        #[cfg(feature = $feature)]
        pub(super) static $edition: Edition = Edition {
            name: $name,
            get_contact: &reachout_messenger::$module::routes::GET_CONTACT,
            search_conversations: &reachout_messenger::$module::routes::SEARCH_CONVERSATIONS,
            list_messages: &reachout_messenger::$module::routes::LIST_MESSAGES,
            get_email: &reachout_messenger::$module::routes::GET_EMAIL,
        };
    };
}

edition!(HIGHLEVEL, highlevel, "highlevel", "HighLevel");
edition!(HOOP_AI, hoop_ai, "hoop-ai", "Hoop AI");
edition!(LEADWAY, leadway, "leadway", "Leadway CRM");

/// Whether the contact may be written to.
pub(super) async fn check(edition: &Edition, core: &Core, envelope: &Envelope) -> Result<Verdict, Error> {
    let name = edition.name;
    let Some(id) = contact(envelope) else { return Ok(Verdict::NotFound(format!("the recipient is not a contact of {name}"))) };
    match core.operation(edition.get_contact).path_param("contactId", &id).send::<Value>().await {
        Ok(response) => Ok(consent::verdict(name, &response, id, envelope.message.channel)),
        Err(error) => absent::verdict(name, "contact", error),
    }
}

/// The recipient as the vendor's id.
fn contact(envelope: &Envelope) -> Option<&str> {
    match &envelope.message.to {
        Recipient::Contact(id) => Some(id.trim()).filter(|id| !id.is_empty()),
        _ => None,
    }
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A time as text, or in milliseconds since 1970.
fn time(object: &Value, name: &str) -> Option<DateTime<Utc>> {
    match object.get(name)? {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()),
        Value::Number(number) => DateTime::from_timestamp_millis(number.as_i64()?),
        _ => None,
    }
}
