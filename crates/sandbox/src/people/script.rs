//! [`People`]: the script, as it is written in a file.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::duration;

/// How contacts and leads react to the messages that they get, and how webhooks are delivered meanwhile:
/// [`Builder::people`](crate::Builder::people), `reachout sandbox --people FILE` and `PUT /_sandbox/people`.
///
/// Whoever is none of [`people`](Self::people) gets messages and never answers. A script without people leaves messages as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct People {
    /// Decides who is which person: the same seed and the same addresses give the same people.
    pub seed: u64,
    /// The people.
    pub people: Vec<Person>,
    /// What goes wrong with the delivery of webhooks.
    pub webhooks: Disturbance,
}

/// One person, or a share of all contacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Person {
    /// Who it is: ids, e-mail addresses, telephone numbers, LinkedIn profiles or names of contacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<String>,
    /// Which share of those who are nowhere named it is, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// How it reacts.
    pub does: Behavior,
    /// To which message it reacts, counted from 1; who reads or bounces does so with every message.
    #[serde(default = "first")]
    pub to: u32,
    /// How long after the message, in the sandbox's time; without it, as long as [`Behavior`] says.
    #[serde(default, with = "optional", skip_serializing_if = "Option::is_none")]
    pub after: Option<Duration>,
    /// At most this much later, by chance.
    #[serde(default, with = "duration", skip_serializing_if = "Duration::is_zero")]
    pub spread: Duration,
    /// What it writes, where it writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How a person reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Behavior {
    /// Reads the message and replies, after two days.
    Answers,
    /// Has a mailbox that replies by itself, after a minute.
    OutOfOffice,
    /// Replies that no more messages are wanted, after a day, which the vendor's own record of consent shows where it has one.
    OptsOut,
    /// Cannot be reached: every message fails after a minute.
    Bounces,
    /// Reads every message, after an hour, and never answers.
    Reads,
    /// Never reacts.
    Ignores,
}

/// What goes wrong with the delivery of webhooks. The shares are from 0 to 1, the durations are of the sandbox's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Disturbance {
    /// The share that is delivered twice, under the same id.
    pub twice: f64,
    /// The share that is delivered up to a minute later, so that others overtake it.
    pub shuffled: f64,
    /// The share that is delivered late.
    pub late: f64,
    /// How late.
    #[serde(with = "duration")]
    pub late_by: Duration,
}

impl People {
    /// People who react to nothing, until there are others.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// With one more person.
    #[must_use]
    pub fn person(mut self, person: Person) -> Self {
        self.people.push(person);
        self
    }

    /// With this delivery of webhooks.
    #[must_use]
    pub fn webhooks(mut self, webhooks: Disturbance) -> Self {
        self.webhooks = webhooks;
        self
    }

    /// What is wrong with the script, with the field.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut total = 0.0;
        for (index, person) in self.people.iter().enumerate() {
            match (person.named.is_empty(), person.share) {
                (true, None) => return Err(format!("people[{index}]: `named` or `share` is required")),
                (false, Some(_)) => return Err(format!("people[{index}].share: it is not for people who are named")),
                (true, Some(share)) => {
                    check_share(&format!("people[{index}].share"), share)?;
                    total += share;
                }
                (false, None) => {}
            }
            if person.to == 0 {
                return Err(format!("people[{index}].to: messages are counted from 1"));
            }
        }
        // Shares such as 0.1 have no exact form.
        if total > 1.0 + 1e-9 {
            return Err(format!("people: the shares add up to {total}; at most 1 is possible"));
        }
        let Disturbance { twice, shuffled, late, late_by } = &self.webhooks;
        for (name, share) in [("twice", twice), ("shuffled", shuffled), ("late", late)] {
            check_share(&format!("webhooks.{name}"), *share)?;
        }
        if *late > 0.0 && late_by.is_zero() {
            return Err("webhooks.late_by: how late is required, such as 6h".to_owned());
        }
        Ok(())
    }
}

impl Person {
    /// A share of all contacts, from 0 to 1.
    pub fn share(share: f64, does: Behavior) -> Self {
        Self { share: Some(share), ..Self::new(does) }
    }

    /// Contacts by their ids, e-mail addresses, telephone numbers, LinkedIn profiles or names.
    pub fn named<T: Into<String>>(named: impl IntoIterator<Item = T>, does: Behavior) -> Self {
        Self { named: named.into_iter().map(Into::into).collect(), ..Self::new(does) }
    }

    fn new(does: Behavior) -> Self {
        Self { named: Vec::new(), share: None, does, to: first(), after: None, spread: Duration::ZERO, text: None }
    }

    /// Reacts to this message, counted from 1.
    pub fn to(mut self, message: u32) -> Self {
        self.to = message;
        self
    }

    /// Reacts this long after the message.
    pub fn after(mut self, after: Duration) -> Self {
        self.after = Some(after);
        self
    }

    /// Reacts up to this much later, by chance.
    pub fn spread(mut self, spread: Duration) -> Self {
        self.spread = spread;
        self
    }

    /// Writes this text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }
}

impl Disturbance {
    /// Webhooks that are delivered twice, in another order and late by these shares; those that are late by this duration.
    pub fn new(twice: f64, shuffled: f64, (late, late_by): (f64, Duration)) -> Self {
        Self { twice, shuffled, late, late_by }
    }
}

fn check_share(field: &str, share: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&share) {
        Ok(())
    } else {
        Err(format!("{field}: {share} is not a share; write a number from 0 to 1, such as 0.05"))
    }
}

const fn first() -> u32 {
    1
}

/// A duration that may be missing.
mod optional {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::duration;

    #[expect(clippy::ref_option, reason = "serde hands out a reference to the field")]
    pub(super) fn serialize<S: Serializer>(value: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => duration::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| duration::parse(&text)).transpose().map_err(serde::de::Error::custom)
    }
}
