//! Whether SendPilot has a message: by the conversation with the profile.

use futures_util::TryStreamExt as _;
use reachout_messenger::sendpilot::{Client, types::MessageDirection};
use reachout_messenger::{Channel, Recipient};
use reachout_runtime::{Core, ErrorKind};

use crate::vendor::candidate::{Candidate, Look};
use crate::{Address, Error, Found};

/// How many conversations are looked at: those with the newest activity were seen first.
const CONVERSATIONS: usize = 500;
/// How many messages of one.
const MESSAGES: usize = 200;

/// What is there was sent. What is not may be queued at SendPilot, which sends within the daily limits of its senders.
pub(in crate::vendor) async fn look(core: &Core, look: &Look<'_>) -> Result<Found, Error> {
    if look.message().channel == Some(Channel::LinkedinInvitation) {
        return Ok(Found::Unclear("SendPilot does not list connection requests".to_owned()));
    }
    let client = Client::from(core.clone());
    let (mut url, mut sender) = (look.recipient().to_owned(), look.message().from.clone());
    if let Recipient::Contact(lead) = &look.message().to {
        match client.leads().get(lead).await {
            Ok(lead) => {
                let Some(profile) = &lead.linkedin_url else {
                    return Ok(Found::Unclear("SendPilot does not say which profile the lead is".to_owned()));
                };
                url.clone_from(profile);
                sender = sender.or_else(|| lead.sender_id.clone());
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Found::Unclear("SendPilot does not have the lead any more".to_owned()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let mut conversations = client.inbox().list_conversations();
    if let Some(sender) = &sender {
        conversations = conversations.account_id(sender);
    }
    let (mut conversations, wanted, mut seen) = (conversations.items(), Address::recipient(&url).ok(), 0);
    let mut candidates = Vec::new();
    while let Some(conversation) = conversations.try_next().await? {
        seen += 1;
        if seen > CONVERSATIONS {
            break;
        }
        let people = conversation.participants.iter().flatten();
        let is_with = people
            .filter_map(|person| person.profile_url.as_deref())
            .any(|theirs| wanted.is_some() && Address::recipient(theirs).ok() == wanted);
        let (true, Some(id), Some(account)) = (is_with, &conversation.id, conversation.account_id.as_ref().or(sender.as_ref())) else {
            continue;
        };
        let (mut messages, mut count) = (client.inbox().list_messages(id, account).items(), 0);
        while let Some(message) = messages.try_next().await? {
            count += 1;
            if count > MESSAGES {
                break;
            }
            if message.direction == Some(MessageDirection::Sent) {
                candidates.push(Candidate {
                    id: message.id,
                    thread: None,
                    conversation: Some(id.clone()),
                    text: message.content,
                    at: message.sent_at,
                });
            }
        }
    }
    let reason = "it is not in the conversation with the profile; SendPilot may have it queued";
    Ok(look.compare(candidates).await?.or(Found::Unclear(reason.to_owned())))
}
