//! Leonar: email, LinkedIn and WhatsApp to a contact.

use futures_util::TryStreamExt as _;
use leonar::{
    Client,
    types::{self, LinkedinMessageType, SendMessageRequest},
};
use reachout_runtime::BoxFuture;
use uuid::Uuid;

use super::contact;
use crate::person::{Person, given};
use crate::{Channel, Error, Field, Message, Messenger, Receipt, Recipient, UnknownChannel, Unsupported, Vendor, capability};

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

    fn find<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Option<Recipient>, Error>> {
        Box::pin(async move {
            let known = [(&person.email, Known::Email), (&person.phone, Known::Phone), (&person.linkedin_profile, Known::Profile)];
            let known: Vec<_> = known.into_iter().filter_map(|(field, known)| Some((given(field)?, known))).collect();
            if known.is_empty() {
                return Err(Unsupported::Person { vendor: VENDOR, wanted: "an email address, a phone number or a LinkedIn profile" }.into());
            }
            for (text, known) in known {
                let mut contacts = self.contacts().list().search(known.searched(text)).limit(PAGE).items();
                while let Some(contact) = contacts.try_next().await? {
                    if known.is_of(text, &contact) {
                        return Ok(Some(Recipient::Contact(contact.id.to_string())));
                    }
                }
            }
            Ok(None)
        })
    }

    fn create<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Recipient, Error>> {
        Box::pin(async move {
            let wanted = "the first name";
            let first_name = given(&person.first_name).ok_or(Unsupported::Person { vendor: VENDOR, wanted })?;
            let mut request = types::CreateContactRequest::new(first_name);
            request.last_name = given(&person.last_name).map(str::to_owned);
            request.email = given(&person.email).map(str::to_owned);
            request.phone = given(&person.phone).map(str::to_owned);
            request.linkedin_profile = given(&person.linkedin_profile).map(str::to_owned);
            Ok(Recipient::Contact(self.contacts().create(request).await?.data.id.to_string()))
        })
    }
}

/// The maximum of a page.
const PAGE: i64 = 100;

/// What is known of somebody. The vendor searches free text, so what it returns is compared.
#[derive(Clone, Copy)]
enum Known {
    Email,
    Phone,
    Profile,
}

impl Known {
    fn searched(self, text: &str) -> String {
        match self {
            Self::Email | Self::Phone => text.to_owned(),
            Self::Profile => profile(text).to_owned(),
        }
    }

    fn is_of(self, text: &str, contact: &types::Contact) -> bool {
        match self {
            Self::Email => {
                let mut emails = contact.emails.iter().flatten().filter_map(|email| email.email.as_deref());
                emails.any(|email| email.trim().eq_ignore_ascii_case(text))
            }
            Self::Phone => {
                let mut phones = contact.phones.iter().flatten().filter_map(|phone| phone.phone.as_deref());
                phones.any(|phone| !digits(text).is_empty() && digits(phone) == digits(text))
            }
            Self::Profile => contact.linkedin_profile.as_deref().is_some_and(|url| profile(url).eq_ignore_ascii_case(profile(text))),
        }
    }
}

/// A phone number without what is written between its digits.
fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// The last part of a profile's URL: `sophie-martin`.
fn profile(url: &str) -> &str {
    let path = url.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.rsplit('/').next().unwrap_or_default()
}

pub fn request(message: &Message) -> Result<SendMessageRequest, Unsupported> {
    let channel = capability::channel(VENDOR, message)?;
    let way = types::Channel::try_from(channel)?;
    let kind = match channel {
        Channel::LinkedinInmail => Some(LinkedinMessageType::Inmail),
        Channel::LinkedinInvitation => Some(LinkedinMessageType::Invitation),
        _ => None,
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

/// Leonar sends whatever goes through LinkedIn by one channel.
impl TryFrom<Channel> for types::Channel {
    type Error = Unsupported;

    fn try_from(channel: Channel) -> Result<Self, Unsupported> {
        match channel {
            Channel::Email => Ok(Self::Email),
            Channel::WhatsApp => Ok(Self::Whatsapp),
            Channel::Linkedin | Channel::LinkedinInmail | Channel::LinkedinInvitation => Ok(Self::Linkedin),
            channel => Err(Unsupported::Channel { vendor: VENDOR, channel }),
        }
    }
}

impl TryFrom<types::Channel> for Channel {
    type Error = UnknownChannel;

    fn try_from(channel: types::Channel) -> Result<Self, UnknownChannel> {
        channel.as_str().parse()
    }
}
