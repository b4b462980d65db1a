//! What is sent, and to whom.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Channel, HighLevelOptions, SendPilotOptions};

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Recipient {
    /// The vendor's id of the person: a contact at Leonar, HighLevel and its editions, a lead at SendPilot.
    Contact(String),
    /// URL of a LinkedIn profile, at SendPilot.
    LinkedinProfile(String),
}

impl Recipient {
    /// The id or the URL.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Contact(text) | Self::LinkedinProfile(text) => text,
        }
    }
}

/// A URL is a LinkedIn profile, and so is an address at linkedin.com without `https://`; anything else is an id.
impl From<&str> for Recipient {
    fn from(text: &str) -> Self {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") || lower.contains("linkedin.com/") {
            Self::LinkedinProfile(text.to_owned())
        } else {
            Self::Contact(text.to_owned())
        }
    }
}

impl From<&String> for Recipient {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<uuid::Uuid> for Recipient {
    fn from(id: uuid::Uuid) -> Self {
        Self::Contact(id.to_string())
    }
}

impl From<&uuid::Uuid> for Recipient {
    fn from(id: &uuid::Uuid) -> Self {
        Self::from(*id)
    }
}

impl From<String> for Recipient {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// Whom a reply to an email goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplyMode {
    /// The sender of the email alone.
    Sender,
    /// Everybody on it.
    Everybody,
}

/// One message to one person.
///
/// A field that the vendor has no place for is an error before anything is sent; it is never left out silently. Options of other vendors
/// than the one it is sent through do not count.
///
/// ```
/// use reachout_messenger::{Channel, Message};
///
/// let message = Message::to("a1b2c3d4-5678-90ab-cdef-1234567890ab")
///     .channel(Channel::Email)
///     .subject("A role in Paris")
///     .text("Hi Sophie, may I tell you more?");
/// ```
///
/// As JSON it has the fields that are set, by their names here; [`to`](Self::to) is `{"contact": "…"}` or `{"linkedin_profile": "…"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
#[must_use = "a message does nothing until it is sent"]
pub struct Message {
    /// Who gets it.
    pub to: Recipient,
    /// The way it goes. May be left out where the vendor has only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The text. At SendPilot at most 8,000 characters, 300 in an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The body as HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The subject of an email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The sender: the id of a connected account (Leonar, SendPilot), an email address or a phone number (HighLevel).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Another of the contact's email addresses or phone numbers than the primary one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_address: Option<String>,
    /// Email addresses that get a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// Email addresses that get a copy unseen by the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<String>,
    /// URLs of files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    /// When to send it, to the second; at once unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_at: Option<DateTime<Utc>>,
    /// Id of the message this one replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Whom a reply goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_mode: Option<ReplyMode>,
    /// Id of the thread it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// What only SendPilot knows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sendpilot: SendPilotOptions,
    /// What only HighLevel and its editions know.
    #[serde(default, skip_serializing_if = "is_default")]
    pub highlevel: HighLevelOptions,
}

/// Whether nothing of it was set.
fn is_default<T: Default + PartialEq>(options: &T) -> bool {
    *options == T::default()
}

impl Message {
    /// An empty message to somebody.
    pub fn to(recipient: impl Into<Recipient>) -> Self {
        Self {
            to: recipient.into(),
            channel: None,
            text: None,
            html: None,
            subject: None,
            from: None,
            to_address: None,
            cc: Vec::new(),
            bcc: Vec::new(),
            attachments: Vec::new(),
            send_at: None,
            reply_to: None,
            reply_mode: None,
            thread: None,
            sendpilot: SendPilotOptions::default(),
            highlevel: HighLevelOptions::default(),
        }
    }

    /// Sets [`channel`](Self::channel).
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Sets [`text`](Self::text).
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Sets [`html`](Self::html).
    pub fn html(mut self, html: impl Into<String>) -> Self {
        self.html = Some(html.into());
        self
    }

    /// Sets [`subject`](Self::subject).
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Sets [`from`](Self::from).
    pub fn from(mut self, sender: impl Into<String>) -> Self {
        self.from = Some(sender.into());
        self
    }

    /// Sets [`to_address`](Self::to_address).
    pub fn to_address(mut self, address: impl Into<String>) -> Self {
        self.to_address = Some(address.into());
        self
    }

    /// Adds to [`cc`](Self::cc).
    pub fn cc(mut self, address: impl Into<String>) -> Self {
        self.cc.push(address.into());
        self
    }

    /// Adds to [`bcc`](Self::bcc).
    pub fn bcc(mut self, address: impl Into<String>) -> Self {
        self.bcc.push(address.into());
        self
    }

    /// Adds to [`attachments`](Self::attachments).
    pub fn attachment(mut self, url: impl Into<String>) -> Self {
        self.attachments.push(url.into());
        self
    }

    /// Sets [`send_at`](Self::send_at).
    pub fn send_at(mut self, time: DateTime<Utc>) -> Self {
        self.send_at = Some(time);
        self
    }

    /// Sets [`reply_to`](Self::reply_to).
    pub fn reply_to(mut self, message_id: impl Into<String>) -> Self {
        self.reply_to = Some(message_id.into());
        self
    }

    /// Sets [`reply_mode`](Self::reply_mode).
    pub fn reply_mode(mut self, mode: ReplyMode) -> Self {
        self.reply_mode = Some(mode);
        self
    }

    /// Sets [`thread`](Self::thread).
    pub fn thread(mut self, id: impl Into<String>) -> Self {
        self.thread = Some(id.into());
        self
    }

    /// Sets [`sendpilot`](Self::sendpilot).
    pub fn sendpilot(mut self, options: SendPilotOptions) -> Self {
        self.sendpilot = options;
        self
    }

    /// Sets [`highlevel`](Self::highlevel).
    pub fn highlevel(mut self, options: HighLevelOptions) -> Self {
        self.highlevel = options;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, Recipient, ReplyMode};
    use crate::{Channel, SendPilotOptions};

    #[test]
    fn a_message_is_the_same_after_json() {
        let full = Message::to("lead_1")
            .channel(Channel::LinkedinInmail)
            .text("Hi")
            .cc("a@example.org")
            .reply_mode(ReplyMode::Everybody)
            .send_at("2026-11-21T10:00:00Z".parse().unwrap())
            .sendpilot(SendPilotOptions::new().campaign_id("c"));
        let json = serde_json::to_string(&full).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), full);
        let small = serde_json::to_string(&Message::to("https://www.linkedin.com/in/x").text("Hi")).unwrap();
        assert_eq!(small, r#"{"to":{"linkedin_profile":"https://www.linkedin.com/in/x"},"text":"Hi"}"#);
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn the_schema_of_a_message_names_what_json_has() {
        let schema = schemars::schema_for!(Message).to_value();
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        for name in ["to", "channel", "text", "send_at", "sendpilot", "highlevel"] {
            assert!(names.contains(&name), "{name} is not in {names:?}");
        }
        assert_eq!(schema["required"], serde_json::json!(["to"]));
        assert!(schema["$defs"]["Channel"]["enum"].as_array().unwrap().contains(&"linkedin-inmail".into()), "{schema}");
        let receipt = schemars::schema_for!(crate::Receipt).to_value();
        assert!(receipt["$defs"]["Vendor"]["enum"].as_array().unwrap().contains(&"hoop-ai".into()), "{receipt}");
    }

    #[test]
    fn a_url_is_a_profile() {
        let profile = |text: &str| Recipient::LinkedinProfile(text.to_owned());
        let contact = |text: &str| Recipient::Contact(text.to_owned());
        let cases = [
            ("https://www.linkedin.com/in/john-doe", profile("https://www.linkedin.com/in/john-doe")),
            (" https://www.linkedin.com/in/john-doe\n", profile("https://www.linkedin.com/in/john-doe")),
            ("HTTPS://www.linkedin.com/in/john-doe", profile("HTTPS://www.linkedin.com/in/john-doe")),
            ("fr.LinkedIn.com/in/john-doe", profile("fr.LinkedIn.com/in/john-doe")),
            ("lead_abc123", contact("lead_abc123")),
            ("a1b2c3d4-5678-90ab-cdef-1234567890ab", contact("a1b2c3d4-5678-90ab-cdef-1234567890ab")),
        ];
        for (text, recipient) in cases {
            assert_eq!(Recipient::from(text), recipient);
        }
    }
}
