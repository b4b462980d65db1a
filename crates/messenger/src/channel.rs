//! The ways a message can go.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The way a message goes. Which vendor has which: [`channels`](crate::channels).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Channel {
    /// Email.
    Email,
    /// A message to a LinkedIn connection.
    Linkedin,
    /// A LinkedIn `InMail`, to somebody who is not a connection.
    LinkedinInmail,
    /// A LinkedIn invitation to connect, with the text as its note.
    LinkedinInvitation,
    /// WhatsApp.
    WhatsApp,
    /// SMS.
    Sms,
    /// RCS.
    Rcs,
    /// Instagram.
    Instagram,
    /// Facebook Messenger.
    Facebook,
    /// The chat on the own web site.
    LiveChat,
    /// TikTok.
    TikTok,
    /// A conversation provider of one's own.
    Custom,
}

/// Each channel with its name, and what HighLevel calls it.
const NAMES: [(Channel, &str, Option<&str>); 12] = [
    (Channel::Email, "email", Some("Email")),
    (Channel::Linkedin, "linkedin", None),
    (Channel::LinkedinInmail, "linkedin-inmail", None),
    (Channel::LinkedinInvitation, "linkedin-invitation", None),
    (Channel::WhatsApp, "whatsapp", Some("WhatsApp")),
    (Channel::Sms, "sms", Some("SMS")),
    (Channel::Rcs, "rcs", Some("RCS")),
    (Channel::Instagram, "instagram", Some("IG")),
    (Channel::Facebook, "facebook", Some("FB")),
    (Channel::LiveChat, "live-chat", Some("Live_Chat")),
    (Channel::TikTok, "tiktok", Some("TIKTOK")),
    (Channel::Custom, "custom", Some("Custom")),
];

impl Channel {
    /// Every channel.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.into_iter().map(|(channel, ..)| channel)
    }

    /// Its name: `linkedin-inmail`.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// What HighLevel calls it.
    #[cfg(any(feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
    pub(crate) fn highlevel(self) -> Option<&'static str> {
        self.entry().2
    }

    fn entry(self) -> (Self, &'static str, Option<&'static str>) {
        let found = NAMES.into_iter().find(|(channel, ..)| *channel == self);
        // Every variant is in the table; a test goes through them.
        found.unwrap_or((self, "", None))
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Channel {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Channel".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<_> = Self::all().map(Self::name).collect();
        schemars::json_schema!({ "type": "string", "enum": names })
    }
}

impl FromStr for Channel {
    type Err = UnknownChannel;

    /// Reads a [`name`](Self::name), or what HighLevel calls the channel (`IG`, `Live_Chat`), in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let same = |name: &str| name.eq_ignore_ascii_case(text);
        let found = NAMES.into_iter().find(|(_, name, highlevel)| same(name) || highlevel.is_some_and(same));
        found.map(|(channel, ..)| channel).ok_or_else(|| UnknownChannel(text.to_owned()))
    }
}

/// A text that is not a channel's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownChannel(String);

impl fmt::Display for UnknownChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Channel::all().map(Channel::name).collect();
        write!(f, "{:?} is not a channel; these are: {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownChannel {}

#[cfg(test)]
mod tests {
    use super::{Channel, NAMES};

    #[test]
    fn names_read_back() {
        for (channel, name, highlevel) in NAMES {
            assert_eq!((channel.name(), name.parse()), (name, Ok(channel)));
            if let Some(highlevel) = highlevel {
                assert_eq!(highlevel.to_uppercase().parse(), Ok(channel));
            }
        }
        assert!("fax".parse::<Channel>().unwrap_err().to_string().starts_with("\"fax\" is not a channel; these are: email, linkedin"));
    }

    #[test]
    fn every_variant_has_a_name() {
        // The last variant's number is the count less one: a new one without a name makes these differ.
        assert_eq!(Channel::Custom as usize + 1, NAMES.len());
    }
}
