//! SendPilot: LinkedIn messages to a lead or a profile, and invitations to a profile.

use chrono::{DateTime, Utc};
use reachout_runtime::BoxFuture;
use sendpilot::{Client, types};

use crate::person::{Person, given};
use crate::{Channel, Error, Field, Message, Messenger, Receipt, Recipient, Unsupported, Vendor, capability};

const VENDOR: Vendor = Vendor::SendPilot;

/// Each way to address somebody is an operation of its own, or a form of one.
#[derive(Debug)]
pub enum Request {
    Message(types::SendMessageRequest),
    /// The only way to count a message to a lead to a campaign.
    LeadMessage(String, types::SendMessageToLeadRequest),
    Invitation(types::SendConnectionRequestRequest),
}

impl Messenger for Client {
    fn vendor(&self) -> Vendor {
        VENDOR
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Receipt, Error>> {
        Box::pin(async move {
            match request(message)? {
                Request::Message(body) => {
                    let response = self.inbox().send_message(body).response().await?;
                    let receipt = Receipt::of(VENDOR, &response);
                    let sent = response.body;
                    Sent {
                        success: sent.success,
                        id: sent.message_id,
                        conversation: sent.conversation_id,
                        status: sent.status.map(|status| status.to_string()),
                        error: sent.error,
                        time: sent.timestamp.or(sent.sent_at),
                    }
                    .receipt(receipt)
                }
                Request::LeadMessage(lead, body) => {
                    let response = self.inbox().send_message_to_lead(lead, body).response().await?;
                    let receipt = Receipt::of(VENDOR, &response);
                    let sent = response.body;
                    Sent {
                        success: sent.success,
                        id: sent.message_id,
                        conversation: sent.conversation_id,
                        status: sent.status.map(|status| status.to_string()),
                        error: sent.error,
                        time: sent.timestamp,
                    }
                    .receipt(receipt)
                }
                Request::Invitation(body) => {
                    let response = self.inbox().send_connection_request(body).response().await?;
                    let receipt = Receipt::of(VENDOR, &response);
                    let sent = response.body;
                    Sent {
                        success: sent.success,
                        id: sent.request_id,
                        conversation: None,
                        status: sent.status.map(|status| status.to_string()),
                        error: sent.error,
                        time: sent.timestamp,
                    }
                    .receipt(receipt)
                }
            }
        })
    }

    fn find<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Option<Recipient>, Error>> {
        let wanted = "the URL of a LinkedIn profile";
        let profile = given(&person.linkedin_profile).map(|url| Recipient::LinkedinProfile(url.to_owned()));
        Box::pin(async move { Ok(Some(profile.ok_or(Unsupported::Person { vendor: VENDOR, wanted })?)) })
    }
}

/// What the three responses have in common.
struct Sent {
    success: Option<bool>,
    id: Option<String>,
    conversation: Option<String>,
    status: Option<String>,
    error: Option<String>,
    time: Option<DateTime<Utc>>,
}

impl Sent {
    /// A 2xx may still say that nothing was sent.
    fn receipt(self, receipt: Receipt) -> Result<Receipt, Error> {
        if self.success == Some(false) {
            let reason = self.error.unwrap_or_else(|| "it gives no reason".to_owned());
            return Err(Error::Refused { vendor: VENDOR, reason });
        }
        Ok(Receipt {
            message_ids: self.id.into_iter().collect(),
            conversation_id: self.conversation,
            status: self.status,
            sent_at: self.time,
            note: self.error,
            ..receipt
        })
    }
}

pub fn request(message: &Message) -> Result<Request, Unsupported> {
    let channel = capability::channel(VENDOR, message)?;
    let sender = || message.from.clone().ok_or(Unsupported::Missing { vendor: VENDOR, channel, field: Field::From });
    let options = &message.sendpilot;
    let wanted = if channel == Channel::LinkedinInvitation { "the URL of a LinkedIn profile" } else { "the id of a lead" };
    let wrong = |value: &str| Unsupported::Value { vendor: VENDOR, field: Field::To, wanted, value: value.to_owned() };
    // The length of the text was checked with the channel.
    let text = message.text.clone().unwrap_or_default();
    match (channel, &message.to) {
        (Channel::LinkedinInvitation, Recipient::LinkedinProfile(url)) => {
            let mut invitation = types::SendConnectionRequestRequest::new(sender()?, url);
            invitation.message = message.text.clone().filter(|text| !text.is_empty());
            Ok(Request::Invitation(invitation))
        }
        (Channel::LinkedinInvitation, Recipient::Contact(id)) => Err(wrong(id)),
        (_, Recipient::LinkedinProfile(url)) => {
            let mut request = types::MessageToProfileRequest::new(sender()?, url, text);
            request.campaign_id.clone_from(&options.campaign_id);
            request.lead_id.clone_from(&options.lead_id);
            Ok(Request::Message(request.into()))
        }
        (_, Recipient::Contact(id)) if id.is_empty() => Err(wrong(id)),
        (_, Recipient::Contact(lead)) => match &options.campaign_id {
            Some(campaign) => {
                let request = types::SendMessageToLeadRequest::new(sender()?, text).campaign_id(campaign);
                Ok(Request::LeadMessage(lead.clone(), request))
            }
            None => {
                let mut request = types::MessageToLeadRequest::new(lead, text);
                request.sender_id.clone_from(&message.from);
                Ok(Request::Message(request.into()))
            }
        },
    }
}
