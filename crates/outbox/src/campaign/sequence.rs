//! [`Sequence`] and [`Step`]: what a campaign sends to each person, and when.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use reachout_messenger::{Channel, Field, Message, Unsupported, Vendor};
use serde::{Deserialize, Serialize};

use super::{Calendar, Delay};
use crate::store::CapUse;
use crate::{Account, Clock, SignalKind, Template};

/// What a campaign sends to each person: steps, of which each is due so long after the one before it was accepted.
///
/// At most one message of it to a person is under way at a time, and one a day unless [`same_day`](Self::same_day) says otherwise. What
/// the vendor refuses, and what cannot be sent, ends it for the person; what is unknown holds it until it is settled.
///
/// ```
/// use reachout_outbox::{Account, Channel, Delay, Sequence, Step, Template, Vendor};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let hello = Template::parse("hello.md", "---\nsubject: A role in Paris\n---\nHi {{ first_name }}, …")?;
/// let again = Template::parse("again.md", "---\nsubject: A role in Paris\n---\nDid you see my message?")?;
/// let sequence = Sequence::new("roles-in-paris", Account::new(Vendor::Leonar, "default"))
///     .step(Step::new(hello).channel(Channel::Email))
///     .step(Step::new(again).channel(Channel::Email).after(Delay::days(3)));
/// sequence.check()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
#[must_use = "a sequence does nothing until people are added to a campaign of it"]
pub struct Sequence {
    /// The campaign's name, which the keys of its messages begin with.
    pub name: String,
    /// Through whom it is sent: accounts of one vendor. A person stays with one of them.
    pub accounts: Vec<Account>,
    /// Senders, as [`Message::from`] has them, where an account has several. A person stays with one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub senders: Vec<String>,
    /// What ends it for a person; an unsubscription and a complaint do in any case.
    #[serde(with = "stop_on")]
    pub stop_on: BTreeSet<SignalKind>,
    /// When its messages may be sent, and by whose clock days are counted.
    pub calendar: Calendar,
    /// Whether a person may get two messages of it on one day, where the delays are that short.
    #[serde(default)]
    pub same_day: bool,
    /// How many people it begins with on a day, by the calendar's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_people_a_day: Option<NonZeroU32>,
    /// How many messages of it each sender of an account may send in an hour, and in a day by the calendar's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caps: Option<Caps>,
    /// How many campaigns may begin to write to a person in how many days, this one included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// When it pauses by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// What is sent.
    pub steps: Vec<Step>,
}

/// How many messages of a campaign each sender may send. Those of an account, of all its campaigns together, are in its
/// [`Rules`](crate::Rules).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Caps {
    /// In an hour, of which each begins at its first minute in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<NonZeroU32>,
    /// In a day by the calendar's clock; where that is the recipient's, by the one that counts otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NonZeroU32>,
}

/// How many campaigns may begin to write to a person in how many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// How many campaigns.
    pub campaigns: NonZeroU32,
    /// In how many days.
    pub days: NonZeroU32,
}

/// Shares of the messages that were accepted or refused, in percent, beyond which a campaign pauses by itself. A person resumes it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Bounds {
    /// The share that the vendor refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<f64>,
    /// The share that bounced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounced: Option<f64>,
    /// The share of people who complained: whose provider says that they called a message spam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complained: Option<f64>,
    /// The share of people who unsubscribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribed: Option<f64>,
    /// Of fewer messages, no share counts.
    pub minimum: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { refused: None, bounced: None, complained: None, unsubscribed: None, minimum: 50 }
    }
}

/// One message of a sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
#[must_use = "a step is part of a sequence"]
pub struct Step {
    /// By which channel; may be left out where the vendor has only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// How long after the step before it was accepted it is due; of the first, nothing.
    pub after: Delay,
    /// Whether it answers in the conversation of the step before it, where the vendor has a way to say so. An email without a subject of its
    /// own has that of the message it answers.
    #[serde(default)]
    pub reply_in_thread: bool,
    /// Its text, and variants of it: each person gets one of them, at random.
    pub templates: Vec<Template>,
}

impl Step {
    /// A step with this text.
    pub fn new(template: Template) -> Self {
        Self { channel: None, after: Delay::Time(std::time::Duration::ZERO), reply_in_thread: false, templates: vec![template] }
    }

    /// Sets [`channel`](Self::channel).
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Sets [`after`](Self::after).
    pub fn after(mut self, delay: Delay) -> Self {
        self.after = delay;
        self
    }

    /// Sets [`reply_in_thread`](Self::reply_in_thread).
    pub fn reply_in_thread(mut self) -> Self {
        self.reply_in_thread = true;
        self
    }

    /// Adds a variant of the text.
    pub fn variant(mut self, template: Template) -> Self {
        self.templates.push(template);
        self
    }

    /// The variant of a person who drew this number.
    pub(crate) fn variant_of(&self, drawn: u32) -> usize {
        // There are a few variants, and at least one.
        drawn as usize % self.templates.len().max(1)
    }
}

impl Sequence {
    /// A sequence without steps, that is sent at any time; days are counted in UTC.
    pub fn new(name: impl Into<String>, account: Account) -> Self {
        Self {
            name: name.into(),
            accounts: vec![account],
            senders: Vec::new(),
            stop_on: SignalKind::ALL.into(),
            calendar: Calendar::new(Clock::utc()),
            same_day: false,
            new_people_a_day: None,
            caps: None,
            frequency: None,
            bounds: None,
            steps: Vec::new(),
        }
    }

    /// Adds a step.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Sets [`calendar`](Self::calendar).
    pub fn calendar(mut self, calendar: Calendar) -> Self {
        self.calendar = calendar;
        self
    }

    /// A sender's periods at this moment that its caps limit.
    pub(crate) fn caps_of(&self, campaign: i64, now_ms: i64) -> Vec<CapUse> {
        let Some(Caps { hour, day }) = self.caps else { return Vec::new() };
        let hour = hour.map(|limit| CapUse::hour(now_ms, limit.get(), "campaign-cap"));
        let day = day.zip(self.calendar.day(now_ms, None)).map(|(limit, (date, ends_at))| CapUse {
            period: date.to_string(),
            limit: limit.get(),
            ends_at,
            campaign: None,
            code: "campaign-cap",
        });
        hour.into_iter().chain(day).map(|cap| cap.of_campaign(campaign)).collect()
    }

    /// The vendor of its accounts.
    pub fn vendor(&self) -> Option<Vendor> {
        self.accounts.first().map(|account| account.vendor)
    }

    /// Whether a step before this one, the first of which has the index 0, has a subject whatever its variant.
    fn has_subject_before(&self, index: usize) -> bool {
        self.steps.iter().take(index).any(|step| step.templates.iter().all(Template::has_subject))
    }

    /// Whether it can be sent, as far as that can be said before people are known.
    pub fn check(&self) -> Result<(), SequenceError> {
        if self.name.trim().is_empty() || self.name.contains('/') || self.name.chars().any(char::is_control) || self.name.len() > 100 {
            return Err(SequenceError::Name);
        }
        let vendor = self.vendor().ok_or(SequenceError::NoAccount)?;
        if self.accounts.iter().any(|account| account.vendor != vendor) {
            return Err(SequenceError::Vendors);
        }
        if self.steps.is_empty() {
            return Err(SequenceError::NoStep);
        }
        if let Some(bounds) = &self.bounds {
            let shares = [bounds.refused, bounds.bounced, bounds.complained, bounds.unsubscribed];
            if shares.iter().all(Option::is_none) || shares.into_iter().flatten().any(|share| !(share > 0.0 && share <= 100.0)) {
                return Err(SequenceError::Bounds);
            }
        }
        for (index, step) in self.steps.iter().enumerate() {
            let wrong = |problem| SequenceError::Step { step: index + 1, problem };
            if step.templates.is_empty() {
                return Err(wrong(StepProblem::NoTemplate));
            }
            if index > 0 && !self.same_day && step.after.is_under_a_day() {
                return Err(wrong(StepProblem::SameDay));
            }
            if index == 0 && step.reply_in_thread {
                return Err(wrong(StepProblem::NothingToReplyTo));
            }
            for template in &step.templates {
                let has_subject = template.has_subject() || step.reply_in_thread && self.has_subject_before(index);
                check_channel(vendor, step, template, has_subject).map_err(|source| wrong(StepProblem::Message(source)))?;
            }
        }
        Ok(())
    }
}

/// Whether the vendor has the channel, and what it needs: found out with a message of an unknown text to nobody.
fn check_channel(vendor: Vendor, step: &Step, template: &Template, has_subject: bool) -> Result<(), Unsupported> {
    let mut message = Message::to("a1b2c3d4-5678-90ab-cdef-1234567890ab");
    message.channel = step.channel;
    message.subject = has_subject.then(|| "subject".to_owned());
    let body = Some("text".to_owned());
    if template.is_html() {
        message.html = body;
    } else {
        message.text = body;
    }
    match reachout_messenger::check(vendor, &message) {
        // These are of each person.
        Err(error) if matches!(error.field(), Some(Field::From | Field::To)) => Ok(()),
        checked => checked.map(drop),
    }
}

/// A sequence that cannot be sent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// Its name cannot begin a key.
    #[error("a campaign's name is 1 to 100 bytes without `/` and control characters")]
    Name,
    /// It has no account.
    #[error("a campaign is sent through an account; write `account: leonar/default`")]
    NoAccount,
    /// Its accounts are of several vendors.
    #[error("the accounts of a campaign are of one vendor, as a person is known there by one id; make a campaign for each vendor")]
    Vendors,
    /// It has no step.
    #[error("a campaign has at least one step; write `steps:` and a list of them")]
    NoStep,
    /// Its bounds are no shares.
    #[error("a bound is a share in percent, above 0 and up to 100; give `refused`, `bounced`, `complained` or `unsubscribed`")]
    Bounds,
    /// A campaign of its name is there, with another sequence.
    #[error("the campaign {0} is there with another sequence, which people are in the middle of; name this one otherwise")]
    Changed(String),
    /// Messages that are no campaign's have keys that begin with its name.
    #[error("messages that are not of a campaign have keys that begin with {0}/; name the campaign otherwise")]
    Taken(String),
    /// There is no campaign of this name.
    #[error("there is no campaign {0}")]
    Unknown(String),
    /// A step cannot be sent.
    #[error("step {step}: {problem}")]
    Step {
        /// Which one, from 1.
        step: usize,
        /// Why.
        problem: StepProblem,
    },
}

/// Why a step cannot be sent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StepProblem {
    /// It has no text.
    #[error("it has no template")]
    NoTemplate,
    /// It may be due on the day of the step before it.
    #[error("it is due within a day of the step before it, and a person gets one message a day; say `same-day: true` if that is meant")]
    SameDay,
    /// It is the first, and answers in a conversation.
    #[error("the first step has nothing to reply to; leave out `reply-in-thread`")]
    NothingToReplyTo,
    /// The vendor cannot send it.
    #[error(transparent)]
    Message(#[from] Unsupported),
}

/// Signals by their words.
mod stop_on {
    use std::collections::BTreeSet;

    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::SignalKind;

    pub(super) fn serialize<S: Serializer>(kinds: &BTreeSet<SignalKind>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(kinds.iter().map(|kind| kind.word()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<SignalKind>, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        let kind = |word: &String| SignalKind::ALL.into_iter().find(|kind| kind.word() == word);
        words.iter().map(|word| kind(word).ok_or_else(|| D::Error::custom(format!("{word} is no signal")))).collect()
    }
}
