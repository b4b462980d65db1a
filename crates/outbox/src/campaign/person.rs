//! [`Person`]: somebody whom a campaign writes to.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Sequence, Step};
use crate::store::hash;
use crate::{Account, Address, Envelope, Message, Sent, Vendor};

/// Somebody whom a campaign writes to.
///
/// ```
/// use reachout_outbox::Person;
///
/// let person = Person::new("a1b2c3d4-5678-90ab-cdef-1234567890ab").field("first_name", "Ada").address("ada@example.org");
/// assert!(!format!("{person:?}").contains("Ada"), "who it is, is not shown");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
#[must_use = "a person gets nothing until they are added to a campaign"]
pub struct Person {
    /// The vendor's id of the contact or lead, or the URL of a LinkedIn profile.
    pub to: String,
    /// What the templates know of them.
    pub fields: Map<String, Value>,
    /// Their further addresses: as [`Envelope::addresses`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Their time zone, such as `Europe/Paris`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Their sender, if not one of the campaign's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The name of the credential that writes to them, if not one of the campaign's as it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl Person {
    /// Somebody of whom nothing is known.
    pub fn new(to: impl Into<String>) -> Self {
        Self { to: to.into(), fields: Map::new(), addresses: Vec::new(), time_zone: None, sender: None, credential: None }
    }

    /// Adds to [`fields`](Self::fields).
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// Adds to [`addresses`](Self::addresses).
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// Sets [`time_zone`](Self::time_zone).
    pub fn time_zone(mut self, name: impl Into<String>) -> Self {
        self.time_zone = Some(name.into());
        self
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("time_zone", &self.time_zone).finish_non_exhaustive()
    }
}

/// What was drawn for a person when they were added to a campaign, and is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Enrolled {
    pub(crate) person: Person,
    pub(crate) account: Account,
    /// Which variant of each step they get.
    pub(crate) drawn: u32,
}

impl Sequence {
    /// Draws account, sender and variants for somebody: always the same for the same recipient.
    pub(crate) fn enrol(&self, person: Person, recipient: &Address) -> Result<Enrolled, String> {
        let hash = hash(&format!("{}/{recipient}", self.name));
        let draw = |at: usize| hash.iter().skip(at).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        let pick = |number: u32, of: usize| number as usize % of.max(1);
        let own = person.credential.as_deref();
        let account = match own {
            Some(name) => self.accounts.iter().find(|account| account.credential == name),
            None => self.accounts.get(pick(draw(0), self.accounts.len())),
        };
        let account = account.ok_or_else(|| match own {
            Some(name) => {
                let known: Vec<_> = self.accounts.iter().map(|account| account.credential.as_str()).collect();
                format!("`{name}` is not an account of the campaign; these are: {}", known.join(", "))
            }
            None => "the campaign has no account".to_owned(),
        })?;
        let sender = person.sender.clone().or_else(|| self.senders.get(pick(draw(4), self.senders.len())).cloned());
        if self.calendar.requires_zone && person.time_zone.is_none() {
            let why = "their time zone is not known, and the campaign's window is in it; give it, or say which zone counts `otherwise`";
            return Err(why.to_owned());
        }
        let account = account.clone();
        Ok(Enrolled { person: Person { sender, ..person }, account, drawn: draw(8) })
    }

    /// The message of a step, the first of which has the index 0. `before`: what the vendor calls the message of the step before it;
    /// `columns`: what is known of anybody.
    pub(crate) fn message(&self, index: usize, enrolled: &Enrolled, before: Option<&Sent>, columns: &[String]) -> Result<Envelope, String> {
        let Enrolled { person, account, drawn } = enrolled;
        let step = self.steps.get(index).ok_or_else(|| format!("the campaign has no step {}", index + 1))?;
        let template = step.templates.get(step.variant_of(*drawn)).ok_or("the step has no template")?;
        let rendered = template.render(&person.fields, columns)?;
        let mut message = Message::to(person.to.as_str());
        message.channel = step.channel;
        message.from.clone_from(&person.sender);
        message.subject = rendered.subject;
        if template.is_html() {
            message.html = Some(rendered.body);
        } else {
            message.text = Some(rendered.body);
        }
        if step.reply_in_thread {
            if message.subject.is_none() {
                message.subject = self.subject_before(index, enrolled)?;
            }
            if let Some(sent) = before {
                thread(&mut message, account.vendor, sent);
            }
        }
        let mut envelope = Envelope::new(account.clone(), message);
        envelope.addresses.clone_from(&person.addresses);
        envelope.time_zone.clone_from(&person.time_zone);
        Ok(envelope)
    }

    /// The subject of an answer to the nearest step before this one that has a subject.
    fn subject_before(&self, index: usize, enrolled: &Enrolled) -> Result<Option<String>, String> {
        let template =
            |step: &'_ Step| step.templates.get(step.variant_of(enrolled.drawn)).filter(|template| template.has_subject()).cloned();
        let Some(template) = self.steps.iter().take(index).rev().find_map(template) else { return Ok(None) };
        let subject = template.render(&enrolled.person.fields, &[])?.subject;
        Ok(subject.map(|subject| if subject.to_lowercase().starts_with("re:") { subject } else { format!("Re: {subject}") }))
    }
}

/// Puts a message into the thread of another. At LinkedIn and in chats all messages to a person are in one.
fn thread(message: &mut Message, vendor: Vendor, sent: &Sent) {
    if vendor.platform() == Vendor::HighLevel {
        message.reply_to = sent.message_ids.last().cloned();
        // Of an email the message's id names the thread, and a second id the email itself.
        message.thread = sent.message_ids.first().filter(|_| sent.message_ids.len() > 1).cloned();
    }
}
