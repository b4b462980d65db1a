//! HighLevel and its editions: Leadway CRM, whose send operation is the platform's, and Hoop AI, whose operation knows less.

use reachout_runtime::{BoxFuture, Number};

use super::contact;
use crate::person::{Person, given};
use crate::{Channel, Error, Field, Message, Messenger, Receipt, Recipient, ReplyMode, UnknownChannel, Unsupported, Vendor, capability};

/// A client as a messenger: the responses have the same fields, but for the status.
macro_rules! messenger {
    ($client:ident, $vendor:expr, |$sent:ident| $status:expr) => {
        impl Messenger for ::$client::Client {
            fn vendor(&self) -> Vendor {
                $vendor
            }

            fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Receipt, Error>> {
                Box::pin(async move {
                    let response = self.messages().send($client(message)?).response().await?;
                    let receipt = Receipt::of($vendor, &response);
                    let $sent = response.body;
                    let several = $sent.message_ids.unwrap_or_default();
                    Ok(Receipt {
                        message_ids: if several.is_empty() { $sent.message_id.into_iter().collect() } else { several },
                        email_message_id: $sent.email_message_id,
                        conversation_id: $sent.conversation_id,
                        status: $status,
                        note: $sent.msg,
                        ..receipt
                    })
                })
            }

            fn find<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Option<Recipient>, Error>> {
                Box::pin(async move {
                    let location = located($vendor, person)?;
                    let lookup = || self.contacts().get_duplicate(location);
                    let by_email = given(&person.email).map(|email| lookup().email(email));
                    let by_phone = given(&person.phone).map(|phone| lookup().number(phone));
                    for call in by_email.into_iter().chain(by_phone) {
                        if let Some(id) = call.await?.contact.and_then(|contact| contact.id) {
                            return Ok(Some(Recipient::Contact(id)));
                        }
                    }
                    Ok(None)
                })
            }

            fn create<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Recipient, Error>> {
                Box::pin(async move {
                    let mut request = ::$client::types::UpsertContactRequest::new(located($vendor, person)?);
                    request.email = given(&person.email).map(str::to_owned);
                    request.phone = given(&person.phone).map(str::to_owned);
                    request.first_name = given(&person.first_name).map(str::to_owned);
                    request.last_name = given(&person.last_name).map(str::to_owned);
                    let id = self.contacts().upsert(request).await?.contact.and_then(|contact| contact.id);
                    let refused = |reason: &str| Error::Refused { vendor: $vendor, reason: reason.to_owned() };
                    Ok(Recipient::Contact(id.ok_or_else(|| refused("its response to the new contact has no id"))?))
                })
            }
        }
    };
}

/// Sets the fields that every request has. Hoop AI has a request type of its own, with fewer fields.
macro_rules! request {
    ($client:ident, $vendor:expr, $channel:expr, $message:expr, |$kind:ident, $contact:ident| $new:expr) => {{
        use ::$client::types::{EmailReplyMode, SendMessageRequest};

        let (vendor, channel, message) = ($vendor, $channel, $message);
        let from = Address::of(vendor, channel, Field::From, message.from.as_deref())?;
        let to = Address::of(vendor, channel, Field::ToAddress, message.to_address.as_deref())?;
        let $kind = ::$client::types::SendMessageType::try_from(channel).map_err(|_| Unsupported::Channel { vendor, channel })?;
        let $contact = contact(vendor, &message.to)?;
        let mut request: SendMessageRequest = $new;
        request.appointment_id.clone_from(&message.highlevel.appointment_id);
        request.attachments = some(&message.attachments);
        request.conversation_provider_id.clone_from(&message.highlevel.provider_id);
        request.email_bcc = some(&message.bcc);
        request.email_cc = some(&message.cc);
        request.email_from = from.email;
        request.email_reply_mode = message.reply_mode.map(|mode| match mode {
            ReplyMode::Sender => EmailReplyMode::Reply,
            ReplyMode::Everybody => EmailReplyMode::ReplyAll,
        });
        request.email_to = to.email;
        request.from_number = from.number;
        request.html.clone_from(&message.html);
        request.message.clone_from(&message.text);
        request.reply_message_id.clone_from(&message.reply_to);
        request.scheduled_timestamp = message.send_at.map(|time| Number::from(time.timestamp()));
        request.subject.clone_from(&message.subject);
        request.template_id.clone_from(&message.highlevel.template_id);
        request.thread_id.clone_from(&message.thread);
        request.to_number = to.number;
        request
    }};
}

#[cfg(feature = "highlevel")]
messenger!(highlevel, Vendor::HighLevel, |sent| sent.status.map(|status| status.to_string()));

#[cfg(feature = "hoop-ai")]
messenger!(hoop_ai, Vendor::HoopAi, |sent| None);

#[cfg(feature = "leadway")]
messenger!(leadway, Vendor::Leadway, |sent| sent.status.map(|status| status.to_string()));

#[cfg(feature = "hoop-ai")]
pub fn hoop_ai(message: &Message) -> Result<::hoop_ai::types::SendMessageRequest, Unsupported> {
    let channel = channel(Vendor::HoopAi, message, false)?;
    if let Some(option) = message.highlevel.beyond_hoop_ai() {
        return Err(Unsupported::Option { vendor: Vendor::HoopAi, option });
    }
    Ok(request!(hoop_ai, Vendor::HoopAi, channel, message, |kind, contact| SendMessageRequest::new(kind, contact)))
}

/// The request of an operation that is the platform's.
macro_rules! platform {
    ($client:ident, $feature:literal, $vendor:expr) => {
        #[cfg(feature = $feature)]
        pub fn $client(message: &Message) -> Result<::$client::types::SendMessageRequest, Unsupported> {
            let options = &message.highlevel;
            let channel = channel($vendor, message, options.forward.is_some())?;
            // The vendor's page calls both required: a message that is yet to be sent is pending, and its sample gives the type as the subtype.
            let sub_type = options.sub_type.clone().unwrap_or_else(|| channel.highlevel().unwrap_or_default().into());
            let status = options.status.clone().unwrap_or(::$client::types::MessageDeliveryStatus::Pending);
            let mut request =
                request!($client, $vendor, channel, message, |kind, contact| SendMessageRequest::new(kind, sub_type, contact, status));
            request.custom_subtype_id.clone_from(&options.custom_subtype_id);
            request.forward.clone_from(&options.forward);
            request.optimization_period = options.optimization_period;
            request.uses_native_scheduling_ai = options.native_scheduling_ai;
            Ok(request)
        }
    };
}

platform!(highlevel, "highlevel", Vendor::HighLevel);
platform!(leadway, "leadway", Vendor::Leadway);

/// Between the channels of HighLevel and ours. Leadway CRM has those of HighLevel itself.
macro_rules! channels {
    ($client:ident, $vendor:expr) => {
        impl TryFrom<Channel> for ::$client::types::SendMessageType {
            type Error = Unsupported;

            fn try_from(channel: Channel) -> Result<Self, Unsupported> {
                let kind = channel.highlevel().and_then(|name| Self::try_from(name).ok());
                kind.ok_or(Unsupported::Channel { vendor: $vendor, channel })
            }
        }

        impl TryFrom<::$client::types::SendMessageType> for Channel {
            type Error = UnknownChannel;

            fn try_from(kind: ::$client::types::SendMessageType) -> Result<Self, UnknownChannel> {
                kind.as_str().parse()
            }
        }
    };
}

#[cfg(feature = "highlevel")]
channels!(highlevel, Vendor::HighLevel);

#[cfg(feature = "hoop-ai")]
channels!(hoop_ai, Vendor::HoopAi);

#[cfg(all(feature = "leadway", not(feature = "highlevel")))]
channels!(leadway, Vendor::Leadway);

/// The location of a person who can be found in it.
fn located(vendor: Vendor, person: &Person) -> Result<&str, Unsupported> {
    let missing = |wanted| Unsupported::Person { vendor, wanted };
    if given(&person.email).or(given(&person.phone)).is_none() {
        return Err(missing("an email address or a phone number"));
    }
    given(&person.location_id).ok_or(missing("the id of a location"))
}

/// The channel of a message that says something; which fields make it do so is not documented for the channels.
fn channel(vendor: Vendor, message: &Message, forwards: bool) -> Result<Channel, Unsupported> {
    let channel = capability::channel(vendor, message)?;
    let texts = [&message.text, &message.html, &message.highlevel.template_id];
    let says = texts.into_iter().flatten().any(|text| !text.trim().is_empty());
    if says || forwards || !message.attachments.is_empty() {
        Ok(channel)
    } else {
        Err(Unsupported::Missing { vendor, channel, field: Field::Text })
    }
}

fn some(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}

/// An email address or a phone number, as its form tells.
#[derive(Default)]
struct Address {
    email: Option<String>,
    number: Option<String>,
}

impl Address {
    fn of(vendor: Vendor, channel: Channel, field: Field, address: Option<&str>) -> Result<Self, Unsupported> {
        let Some(address) = address else { return Ok(Self::default()) };
        let wrong = |wanted| Err(Unsupported::Value { vendor, field, wanted, value: address.to_owned() });
        match (channel, address.contains('@')) {
            (Channel::Sms | Channel::Rcs | Channel::WhatsApp, true) => wrong("a phone number"),
            (Channel::Email, false) => wrong("an email address"),
            (_, true) => Ok(Self { email: Some(address.to_owned()), ..Self::default() }),
            (_, false) => Ok(Self { number: Some(address.to_owned()), ..Self::default() }),
        }
    }
}
