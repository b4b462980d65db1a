//! Whether somebody replied at SendPilot: by the conversation with the profile.

use futures_util::TryStreamExt as _;
use reachout_messenger::sendpilot::{Client, types::MessageDirection};
use reachout_runtime::Core;

use crate::vendor::replies::Inbound;
use crate::{Error, FollowUp, Replied};

/// Looks where the response to the step before named the conversation, and the sender is known; a connection request has none.
pub(in crate::vendor) async fn replied(core: &Core, follow_up: &FollowUp<'_>) -> Result<Replied, Error> {
    let (Some(conversation), Some(sender)) = (&follow_up.conversation_id, &follow_up.envelope.message.from) else { return Ok(Replied::No) };
    let client = Client::from(core.clone());
    let mut messages = client.inbox().list_messages(conversation, sender).items();
    while let Some(message) = messages.try_next().await? {
        let inbound = Inbound { subject: None, text: message.content.as_deref(), at: message.sent_at };
        match message.direction {
            Some(MessageDirection::Received) if inbound.is_reply(follow_up) => return Ok(Replied::Yes),
            Some(MessageDirection::Received | MessageDirection::Sent) => {}
            _ if inbound.is_reply(follow_up) => {
                return Ok(Replied::Unclear("SendPilot does not say who wrote a message of the conversation".to_owned()));
            }
            _ => {}
        }
    }
    Ok(Replied::No)
}
