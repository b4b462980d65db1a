//! The editions of HighLevel: do-not-disturb by channel, and the messages of the contact's conversations.

use chrono::{DateTime, Utc};
use reachout_messenger::{Channel, Recipient};

use crate::{Envelope, Verdict};

/// How many conversations of a contact are looked at.
const CONVERSATIONS: usize = 20;
/// How many messages of one.
const MESSAGES: usize = 500;
/// How many emails of a thread.
const EMAILS: usize = 50;

/// The same for both editions, whose types are the same and whose clients are not.
macro_rules! edition {
    ($name:ident, $feature:literal, $vendor:literal) => {
        #[cfg(feature = $feature)]
        pub(super) mod $name {
            use futures_util::TryStreamExt as _;
            use reachout_messenger::$name::{
                Client,
                types::{DndStatus, EmailMessage, GetEmailResponse, Message, MessageDirection},
            };
            use reachout_runtime::{Core, ErrorKind, Number};

            use super::{CONVERSATIONS, Channel, EMAILS, MESSAGES, contact, suppressed, time};
            use crate::vendor::candidate::{Candidate, Look};
            use crate::{Envelope, Error, Found, Verdict};

            pub(in crate::vendor) async fn check(core: &Core, envelope: &Envelope) -> Result<Verdict, Error> {
                let Some(id) = contact(envelope) else { return Ok(Verdict::Eligible) };
                let response = match Client::from(core.clone()).contacts().get(id).await {
                    Ok(response) => response,
                    // Sending is refused then, in the vendor's words.
                    Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Verdict::Eligible),
                    Err(error) => return Err(error.into()),
                };
                let Some(contact) = &response.contact else { return Ok(Verdict::Eligible) };
                if contact.dnd == Some(true) {
                    return Ok(suppressed($vendor, None, None));
                }
                let Some((settings, channel)) = contact.dnd_settings.as_ref().zip(envelope.message.channel) else {
                    return Ok(Verdict::Eligible);
                };
                let setting = match channel {
                    Channel::Email => &settings.email,
                    Channel::Sms => &settings.sms,
                    Channel::WhatsApp => &settings.whats_app,
                    Channel::Facebook => &settings.fb,
                    _ => &None,
                };
                Ok(match setting {
                    // A word that is not known is not a permission.
                    Some(setting) if setting.status != DndStatus::Inactive => {
                        suppressed($vendor, Some(channel), setting.message.as_deref())
                    }
                    _ => Verdict::Eligible,
                })
            }

            pub(in crate::vendor) async fn look(core: &Core, look: &Look<'_>) -> Result<Found, Error> {
                let client = Client::from(core.clone());
                let Some(id) = contact(look.envelope) else { return Ok(Found::Unclear("the recipient is not a contact".to_owned())) };
                let response = match client.contacts().get(id).await {
                    Ok(response) => response,
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        return Ok(Found::Unclear(concat!($vendor, " does not have the contact any more").to_owned()));
                    }
                    Err(error) => return Err(error.into()),
                };
                let Some(location) = response.contact.as_ref().and_then(|contact| contact.location_id.clone()) else {
                    return Ok(Found::Unclear(concat!($vendor, " does not tell the sub-account of the contact").to_owned()));
                };
                let (mut candidates, mut whole) = (Vec::new(), true);
                let limit = Number::from(20_i64);
                let search = client.conversations().search(location).contact_id(id).limit(limit);
                let conversations: Vec<_> = search.await?.conversations.iter().map(|found| found.id.clone()).collect();
                whole &= conversations.len() < CONVERSATIONS;
                for conversation in conversations {
                    let mut messages = client.messages().list(&conversation).limit(Number::from(100_i64)).stream();
                    let mut count = 0;
                    while let Some(message) = messages.try_next().await? {
                        count += 1;
                        if count > MESSAGES {
                            whole = false;
                            break;
                        }
                        if message.direction == Some(MessageDirection::Inbound) {
                            continue;
                        }
                        let found = |ids, text, at| Candidate { ids, conversation: Some(conversation.clone()), text, at };
                        let emails = email_ids(&message);
                        if emails.is_empty() {
                            candidates.push(found(vec![message.id], message.body, message.date_added.as_deref().and_then(time)));
                            continue;
                        }
                        // The list has no body of an email, and one entry for all emails of a thread.
                        for id in emails.into_iter().take(EMAILS) {
                            let response = client.messages().get_email(&id).await?;
                            let email = email(&response);
                            let at = email.date_added.as_deref().and_then(time);
                            if email.direction != Some(MessageDirection::Inbound) && look.in_time(at) {
                                candidates.push(found(vec![id, message.id.clone()], email.body.clone(), at));
                            }
                        }
                    }
                }
                let absent = if whole { Found::NotSent } else { Found::Unclear("the conversation is too long to be read".to_owned()) };
                Ok(look.compare(candidates).await?.or(absent))
            }

            /// The documents disagree on where they are.
            fn email_ids(message: &Message) -> Vec<String> {
                let email = message.meta.as_ref().and_then(|meta| meta.email.as_ref());
                let nested = email.and_then(|email| email.email.as_ref()).and_then(|email| email.message_ids.as_ref());
                email.and_then(|email| email.message_ids.as_ref()).or(nested).cloned().unwrap_or_default()
            }

            fn email(response: &GetEmailResponse) -> &EmailMessage {
                match response {
                    GetEmailResponse::Message(email) => email,
                    GetEmailResponse::MessageEnvelope(envelope) => &envelope.email_message,
                }
            }
        }
    };
}

edition!(hoop_ai, "hoop-ai", "Hoop AI");
edition!(leadway, "leadway", "Leadway CRM");

fn contact(envelope: &Envelope) -> Option<&str> {
    match &envelope.message.to {
        Recipient::Contact(id) => Some(id),
        _ => None,
    }
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

fn suppressed(vendor: &str, channel: Option<Channel>, message: Option<&str>) -> Verdict {
    let code = channel.map_or_else(|| "dnd".to_owned(), |channel| format!("dnd-{}", channel.name()));
    let by = channel.map_or_else(String::new, |channel| format!(" by {channel}"));
    let words = message.filter(|words| !words.is_empty()).map_or_else(String::new, |words| format!(": {words}"));
    Verdict::Suppressed { code, reason: format!("{vendor} has the contact on do-not-disturb{by}{words}") }
}
