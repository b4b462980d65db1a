//! Leonar: email, LinkedIn and WhatsApp to a contact.

use leonar::{
    Client,
    types::{self, LinkedinMessageType, SendMessageRequest},
};
use reachout_runtime::BoxFuture;
use uuid::Uuid;

use super::contact;
use crate::{Channel, Error, Field, Message, Messenger, Receipt, Unsupported, Vendor, capability};

const VENDOR: Vendor = Vendor::Leonar;

impl Messenger for Client {
    fn vendor(&self) -> Vendor {
        VENDOR
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Receipt, Error>> {
        Box::pin(async move {
            let response = self.messages().send(request(message)?).response().await?;
            let sent = &response.body.data;
            Ok(Receipt {
                message_ids: vec![sent.id.to_string()],
                conversation_id: sent.conversation_id.map(|id| id.to_string()),
                sent_at: sent.sent_at,
                ..Receipt::of(VENDOR, &response)
            })
        })
    }
}

pub fn request(message: &Message) -> Result<SendMessageRequest, Unsupported> {
    let channel = capability::channel(VENDOR, message)?;
    let (way, kind) = match channel {
        Channel::Email => (types::Channel::Email, None),
        Channel::WhatsApp => (types::Channel::Whatsapp, None),
        Channel::Linkedin => (types::Channel::Linkedin, None),
        Channel::LinkedinInmail => (types::Channel::Linkedin, Some(LinkedinMessageType::Inmail)),
        Channel::LinkedinInvitation => (types::Channel::Linkedin, Some(LinkedinMessageType::Invitation)),
        channel => return Err(Unsupported::Channel { vendor: VENDOR, channel }),
    };
    let contact = uuid(contact(VENDOR, &message.to)?, Field::To, "the UUID of a contact")?;
    let mut request = SendMessageRequest::new(contact, way, message.text.clone().unwrap_or_default());
    if let Some(id) = message.from.as_deref() {
        request = request.sender_account_id(uuid(id, Field::From, "the UUID of a connected account")?);
    }
    request.linkedin_message_type = kind;
    request.subject.clone_from(&message.subject);
    Ok(request)
}

fn uuid(text: &str, field: Field, wanted: &'static str) -> Result<Uuid, Unsupported> {
    text.parse().map_err(|_| Unsupported::Value { vendor: VENDOR, field, wanted, value: text.to_owned() })
}
