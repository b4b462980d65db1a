//! How far a message is, and what to do next.

use reachout_outbox::{Entry, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::fence::Fence;
use crate::result::{Done, SpokeTo};
use crate::server::{Call, Connection, Inner};

#[derive(Deserialize, JsonSchema)]
pub(crate) struct OfMessage {
    /// The draft of prepare_message
    draft: String,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct MessageState {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    draft: String,
    state: &'static str,
    /// not_sent, unknown, accepted or rejected
    delivery: &'static str,
    advice: String,
    vendor_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(crate) async fn message_state(call: &Call<'_>, given: &OfMessage) -> Result<Done, Failure> {
    let entry = find(call.server, &given.draft).await?;
    shown(call.server, &entry, None)
}

/// The message of a draft. What a server was sending that is no more is unknown.
pub(crate) async fn find(server: &Inner, draft: &str) -> Result<Entry, Failure> {
    let missing = || Failure::arguments("the outbox does not have this draft; give the `draft` of prepare_message as it was returned");
    let entry = server.outbox.find_key(draft.trim()).await?.ok_or_else(missing)?;
    if entry.state != State::Sending || server.outbox.recover().await? == 0 {
        return Ok(entry);
    }
    Ok(server.outbox.get(entry.id).await?)
}

/// As a tool returns it, with advice of its own where the state's is not enough.
pub(crate) fn shown(server: &Inner, entry: &Entry, advice: Option<String>) -> Result<Done, Failure> {
    let connection = server.connections.iter().find(|connection| connection.account == entry.account);
    let spoke_to = connection.map_or_else(
        || SpokeTo { account: entry.account.to_string(), environment: "not configured here".to_owned() },
        Connection::spoke_to,
    );
    let shown = MessageState {
        spoke_to,
        draft: entry.key.clone().unwrap_or_default(),
        state: entry.state.name(),
        delivery: delivery(entry.state),
        advice: advice.unwrap_or_else(|| self::advice(entry)),
        vendor_ids: entry.vendor_ids.clone(),
        conversation_id: entry.conversation_id.clone(),
        attempts: entry.attempts,
        reason: entry.reason.as_deref().map(|reason| Fence::new().text(reason)),
    };
    Ok(Done::new(shown)?.about(entry.id, entry.state.name()))
}

/// What is known of its delivery.
pub(crate) fn delivery(state: State) -> &'static str {
    match state {
        State::Accepted => "accepted",
        State::Rejected => "rejected",
        State::Sending | State::Unknown => "unknown",
        _ => "not_sent",
    }
}

fn advice(entry: &Entry) -> String {
    let advice = match entry.state {
        State::Held => {
            "not sent: it is a draft. send_message sends it, where there is that tool; a person sends it with `reachout outbox approve`"
        }
        State::Queued => {
            let due = entry.due_at.format("%Y-%m-%dT%H:%M:%SZ");
            return format!(
                "not sent yet{}: it is due at {due}. `reachout outbox run` sends it, or call send_message for this draft again then; do not prepare it again",
                if entry.paused { ", and paused" } else { "" }
            );
        }
        State::Sending => "it is being sent: call message_state again in some seconds; do not prepare it again",
        State::Accepted => "the vendor has it: do not send it again",
        State::Rejected => "the vendor refused it and nobody got it: tell the person why; another message is another draft",
        State::Failed => "it was not sent: tell the person why",
        State::Unknown => "the vendor may have it: do not send it again; call reconcile",
        State::Cancelled => "it was withdrawn and not sent: do not send it in another way",
        State::Suppressed => "it was not sent, because the recipient must not be written to: do not try another way",
        _ => "tell the person",
    };
    advice.to_owned()
}
