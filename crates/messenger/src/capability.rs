//! What each vendor's send operation takes, as one table.

use std::fmt;

use crate::{Channel, Message, Vendor};

/// A part of a [`Message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// [`Message::to`].
    To,
    /// [`Message::text`].
    Text,
    /// [`Message::html`].
    Html,
    /// [`Message::subject`].
    Subject,
    /// [`Message::from`].
    From,
    /// [`Message::to_address`].
    ToAddress,
    /// [`Message::cc`].
    Cc,
    /// [`Message::bcc`].
    Bcc,
    /// [`Message::attachments`].
    Attachments,
    /// [`Message::send_at`].
    SendAt,
    /// [`Message::reply_to`].
    ReplyTo,
    /// [`Message::reply_mode`].
    ReplyMode,
    /// [`Message::thread`].
    Thread,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::To => "recipient",
            Self::Text => "text",
            Self::Html => "HTML",
            Self::Subject => "subject",
            Self::From => "sender",
            Self::ToAddress => "recipient address",
            Self::Cc => "cc",
            Self::Bcc => "bcc",
            Self::Attachments => "attachments",
            Self::SendAt => "send time",
            Self::ReplyTo => "message to reply to",
            Self::ReplyMode => "reply mode",
            Self::Thread => "thread",
        })
    }
}

/// What a vendor cannot do with a message. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// The vendor does not have the channel.
    #[error("{} does not send by {channel}; it sends by {}", .vendor.name(), listed(*.vendor))]
    Channel {
        /// Who.
        vendor: Vendor,
        /// The channel asked for.
        channel: Channel,
    },
    /// The vendor has several channels, and the message names none.
    #[error("{} sends by {}: say by which", .vendor.name(), listed(*.vendor))]
    NoChannel {
        /// Who.
        vendor: Vendor,
    },
    /// The vendor has no place for a field on this channel.
    #[error("{} takes no {field} with a message by {channel}", .vendor.name())]
    Field {
        /// Who.
        vendor: Vendor,
        /// On which channel.
        channel: Channel,
        /// The field that was set.
        field: Field,
    },
    /// The vendor does not have an option of its platform.
    #[error("{} takes no {option} with a message", .vendor.name())]
    Option {
        /// Who.
        vendor: Vendor,
        /// The option that was set, such as `status`.
        option: &'static str,
    },
    /// The vendor needs a field on this channel.
    #[error("{} needs a {field} for a message by {channel}", .vendor.name())]
    Missing {
        /// Who.
        vendor: Vendor,
        /// On which channel.
        channel: Channel,
        /// The field that was not set.
        field: Field,
    },
    /// The text is too long.
    #[error("{} takes at most {limit} characters in a message by {channel}, and the text has {length}", .vendor.name())]
    TooLong {
        /// Who.
        vendor: Vendor,
        /// On which channel.
        channel: Channel,
        /// Characters of the text.
        length: usize,
        /// Characters that are allowed.
        limit: usize,
    },
    /// A value does not have the form that the vendor wants.
    #[error("{} wants {wanted} as {field} and got {value:?}", .vendor.name())]
    Value {
        /// Who.
        vendor: Vendor,
        /// The field that has the value.
        field: Field,
        /// What is wanted.
        wanted: &'static str,
        /// What was given.
        value: String,
    },
    /// The vendor cannot find or create a contact by what is known of a person.
    #[error("{} needs {wanted} to find or create a contact", .vendor.name())]
    Person {
        /// Who.
        vendor: Vendor,
        /// What is wanted.
        wanted: &'static str,
    },
    /// The messenger does not look for people.
    #[error("people cannot be looked for with this messenger of {}", .vendor.name())]
    NoContacts {
        /// Who.
        vendor: Vendor,
    },
    /// Nobody has written yet how messages are sent through the vendor; its operations can be called.
    #[error("{} cannot be sent through yet: call its operations with the crate `{vendor}`", .vendor.name())]
    NoMessenger {
        /// Who.
        vendor: Vendor,
    },
    /// The vendor's feature is off.
    #[error("this program was built without {}: switch on the feature `{vendor}` of the crate `reachout-messenger`", .vendor.name())]
    NotCompiled {
        /// Who.
        vendor: Vendor,
    },
}

impl Unsupported {
    /// The field that is to be set, changed or left out, if it is one.
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::Field { field, .. } | Self::Missing { field, .. } | Self::Value { field, .. } => Some(*field),
            Self::TooLong { .. } => Some(Field::Text),
            Self::Channel { .. }
            | Self::NoChannel { .. }
            | Self::Option { .. }
            | Self::Person { .. }
            | Self::NoContacts { .. }
            | Self::NoMessenger { .. }
            | Self::NotCompiled { .. } => None,
        }
    }
}

/// The channels of a vendor.
pub fn channels(vendor: Vendor) -> impl Iterator<Item = Channel> {
    rules(vendor).flat_map(|rule| rule.channels.iter().copied())
}

/// What the vendor's send operation takes, and needs, on some of its channels.
struct Rule {
    vendors: &'static [Vendor],
    channels: &'static [Channel],
    takes: &'static [Field],
    needs: &'static [Field],
    max_text: Option<usize>,
}

impl Rule {
    const fn new(vendors: &'static [Vendor], channels: &'static [Channel], takes: &'static [Field]) -> Self {
        Self { vendors, channels, takes, needs: &[], max_text: None }
    }

    const fn needs(self, needs: &'static [Field]) -> Self {
        Self { needs, ..self }
    }

    const fn max_text(self, characters: usize) -> Self {
        Self { max_text: Some(characters), ..self }
    }
}

const HIGHLEVEL: &[Vendor] = &[Vendor::HighLevel, Vendor::HoopAi, Vendor::Leadway];

/// Each channel of HighLevel takes what its documents do not tie to another; they say nothing of what a channel needs.
static RULES: [Rule; 12] = {
    use Channel::{Custom, Email, Facebook, Instagram, Linkedin, LinkedinInmail, LinkedinInvitation, LiveChat, Rcs, Sms, TikTok, WhatsApp};
    use Field::{Attachments, Bcc, Cc, From, Html, ReplyMode, ReplyTo, SendAt, Subject, Text, Thread, ToAddress};
    const LEONAR: &[Vendor] = &[Vendor::Leonar];
    const SENDPILOT: &[Vendor] = &[Vendor::SendPilot];
    const NEWER: &[Vendor] = &[Vendor::HighLevel, Vendor::Leadway];
    const EMAIL: &[Field] = &[Text, Html, Subject, From, ToAddress, Cc, Bcc, Attachments, SendAt, ReplyTo, ReplyMode, Thread];
    const PHONE: &[Field] = &[Text, From, ToAddress, Attachments, SendAt, ReplyTo, Thread];
    const CHAT: &[Field] = &[Text, Attachments, SendAt, ReplyTo, Thread];
    [
        Rule::new(LEONAR, &[Email], &[Text, Subject, From]).needs(&[Text, Subject]),
        Rule::new(LEONAR, &[LinkedinInmail], &[Text, Subject, From]).needs(&[Text]),
        Rule::new(LEONAR, &[Linkedin, LinkedinInvitation, WhatsApp], &[Text, From]).needs(&[Text]),
        Rule::new(SENDPILOT, &[Linkedin], &[Text, From]).needs(&[Text]).max_text(8000),
        Rule::new(SENDPILOT, &[LinkedinInvitation], &[Text, From]).needs(&[From]).max_text(300),
        Rule::new(HIGHLEVEL, &[Email], EMAIL),
        Rule::new(HIGHLEVEL, &[Sms], PHONE),
        Rule::new(NEWER, &[Rcs], PHONE),
        // WhatsApp ignores attachments and needs a text: issues 322 and 50 of the vendor's tracker.
        Rule::new(HIGHLEVEL, &[WhatsApp], &[Text, From, ToAddress, SendAt, ReplyTo, Thread]).needs(&[Text]),
        Rule::new(HIGHLEVEL, &[Instagram, Facebook, LiveChat], CHAT),
        Rule::new(NEWER, &[TikTok], CHAT),
        Rule::new(HIGHLEVEL, &[Custom], EMAIL),
    ]
};

fn rules(vendor: Vendor) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.vendors.contains(&vendor))
}

/// Holds a message against the table, and returns the channel it goes by.
pub fn channel(vendor: Vendor, message: &Message) -> Result<Channel, Unsupported> {
    if rules(vendor).next().is_none() {
        return Err(Unsupported::NoMessenger { vendor });
    }
    let mut all = channels(vendor);
    let channel = match (message.channel, all.next(), vendor) {
        (Some(channel), ..) => channel,
        // Its other channel, the invitation, is another thing than a message.
        (None, Some(only), Vendor::SendPilot) => only,
        (None, ..) => return Err(Unsupported::NoChannel { vendor }),
    };
    let rule = rules(vendor).find(|rule| rule.channels.contains(&channel)).ok_or(Unsupported::Channel { vendor, channel })?;
    for field in set(message) {
        if !rule.takes.contains(&field) {
            return Err(Unsupported::Field { vendor, channel, field });
        }
    }
    for &field in rule.needs {
        if !set(message).any(|set| set == field) {
            return Err(Unsupported::Missing { vendor, channel, field });
        }
    }
    let length = message.text.as_deref().map_or(0, |text| text.chars().count());
    match rule.max_text.filter(|limit| length > *limit) {
        Some(limit) => Err(Unsupported::TooLong { vendor, channel, length, limit }),
        None => Ok(channel),
    }
}

/// The fields that a message sets. A text without a character but white space says nothing.
fn set(message: &Message) -> impl Iterator<Item = Field> {
    let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let fields = [
        (Field::Text, said(&message.text)),
        (Field::Html, said(&message.html)),
        (Field::Subject, said(&message.subject)),
        (Field::From, said(&message.from)),
        (Field::ToAddress, said(&message.to_address)),
        (Field::Cc, !message.cc.is_empty()),
        (Field::Bcc, !message.bcc.is_empty()),
        (Field::Attachments, !message.attachments.is_empty()),
        (Field::SendAt, message.send_at.is_some()),
        (Field::ReplyTo, said(&message.reply_to)),
        (Field::ReplyMode, message.reply_mode.is_some()),
        (Field::Thread, said(&message.thread)),
    ];
    fields.into_iter().filter(|(_, set)| *set).map(|(field, _)| field)
}

/// `email, linkedin or whatsapp`
fn listed(vendor: Vendor) -> String {
    let names: Vec<_> = channels(vendor).map(Channel::name).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
