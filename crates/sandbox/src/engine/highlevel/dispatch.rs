//! Messages that leave for their contacts.

use chrono::{DateTime, Utc};

use crate::engine::call::Call;
use crate::engine::outcome::SentMessage;
use crate::engine::store::{Fields, text};

/// Lets a message leave for its contact, now or at the time it is scheduled for.
pub(super) fn dispatch(call: &mut Call<'_>, message: &Fields, email: Option<String>, scheduled: Option<DateTime<Utc>>) {
    let recipient = text(message, "contactId").to_owned();
    let contact = call.store.get("contact", &recipient).cloned().unwrap_or_default();
    let known = ["email", "phone", "name"].map(|name| text(&contact, name).to_owned());
    call.sent.push(SentMessage {
        vendor: call.api.vendor,
        id: text(message, "id").to_owned(),
        conversation: text(message, "conversationId").to_owned(),
        channel: text(message, "~channel").to_owned(),
        email,
        recipient,
        addresses: known.into_iter().filter(|address| !address.is_empty()).collect(),
        scheduled,
    });
}
