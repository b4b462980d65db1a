//! [`Cast`]: who is which person, and what they did.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};

use super::chance::Chance;
use super::script::{Behavior, Disturbance, People, Person};
use crate::engine::{Outcome, SentMessage};

/// How long a message is on its way.
const DELIVERY: Duration = Duration::from_secs(5);
/// Within which time webhooks overtake each other.
const OVERTAKING: Duration = Duration::from_secs(60);
/// How many reactions are remembered; the oldest go first.
const REMEMBERED: usize = 100_000;

/// The people of a script with what they got and did.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    pub people: People,
    /// How many messages each recipient got.
    received: HashMap<(Vendor, String), u32>,
    reactions: VecDeque<Reaction>,
    /// How many webhooks were to be delivered.
    delivered: u64,
}

/// Something that somebody did, or that became of a message: [`Sandbox::reactions`](crate::Sandbox::reactions).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reaction {
    /// When, in the sandbox's time.
    pub at: DateTime<Utc>,
    /// The vendor of the message.
    pub vendor: Vendor,
    /// The contact by its id, or by its LinkedIn profile where the vendor has no contacts.
    pub recipient: String,
    /// The e-mail address, telephone number or name of the recipient, where it has one.
    pub address: Option<String>,
    /// The id of the message.
    pub message: String,
    /// Its outcome.
    pub outcome: Outcome,
}

impl Cast {
    /// These people, who have got nothing yet.
    pub(crate) fn new(people: People) -> Self {
        Self { people, ..Self::default() }
    }

    /// What becomes of a message, and how much later.
    pub(crate) fn receive(&mut self, message: &SentMessage) -> Vec<(Duration, Outcome)> {
        if self.people.people.is_empty() {
            return Vec::new();
        }
        let count = self.received.entry((message.vendor, message.recipient.clone())).or_default();
        *count += 1;
        let number = *count;
        let Some(person) = self.person(message) else { return vec![(DELIVERY, Outcome::Delivered)] };
        let after = self.delay(person, message, number);
        let text = |usual: &str| person.text.clone().unwrap_or_else(|| usual.to_owned());
        let reaction = match person.does {
            Behavior::Bounces => return vec![(after, Outcome::Failed)],
            Behavior::Reads => return vec![(DELIVERY, Outcome::Delivered), (after, Outcome::Read)],
            Behavior::Ignores => None,
            _ if number != person.to => None,
            Behavior::Answers => Some(Outcome::Replied(text("Yes, tell me more."))),
            Behavior::OptsOut => Some(Outcome::OptedOut(text("STOP"))),
            Behavior::OutOfOffice => Some(Outcome::RepliedAutomatically(text("I am out of the office until Monday."))),
        };
        let mut outcomes = vec![(DELIVERY, Outcome::Delivered)];
        if let Some(reaction) = reaction {
            if !matches!(reaction, Outcome::RepliedAutomatically(_)) {
                outcomes.push((after, Outcome::Read));
            }
            outcomes.push((after, reaction));
        }
        outcomes
    }

    /// How much later the next webhook is delivered: mostly once, and at once.
    pub(crate) fn deliveries(&mut self) -> Vec<Duration> {
        self.delivered += 1;
        let (chance, subject) = (self.chance(), self.delivered.to_string());
        let Disturbance { twice, shuffled, late, late_by } = self.people.webhooks;
        let moment = |question: &str| OVERTAKING.mul_f64(chance.fraction(question, &subject));
        let late = if chance.happens("late", &subject, late) { late_by } else { Duration::ZERO };
        let first = if chance.happens("shuffled", &subject, shuffled) { moment("overtaken") } else { Duration::ZERO };
        let again = chance.happens("twice", &subject, twice).then(|| late.saturating_add(moment("again")));
        [late.saturating_add(first)].into_iter().chain(again).collect()
    }

    pub(crate) fn remember(&mut self, at: DateTime<Utc>, message: &SentMessage, outcome: Outcome) {
        self.reactions.push_back(Reaction {
            at,
            vendor: message.vendor,
            recipient: message.recipient.clone(),
            address: message.addresses.first().cloned(),
            message: message.id.clone(),
            outcome,
        });
        if self.reactions.len() > REMEMBERED {
            self.reactions.pop_front();
        }
    }

    pub(crate) fn reactions(&self) -> impl Iterator<Item = &Reaction> {
        self.reactions.iter()
    }

    /// The person that a recipient is: the first that names it, or the one whose share it falls into.
    fn person(&self, message: &SentMessage) -> Option<&Person> {
        let people = &self.people.people;
        let is_known = |name: &String| message.recipient == *name || message.addresses.iter().any(|known| known.eq_ignore_ascii_case(name));
        if let Some(person) = people.iter().find(|person| person.named.iter().any(is_known)) {
            return Some(person);
        }
        let place = self.chance().fraction("person", subject(message));
        let mut end = 0.0;
        people.iter().find(|person| {
            end += person.share.unwrap_or(0.0);
            person.share.is_some() && place < end
        })
    }

    fn delay(&self, person: &Person, message: &SentMessage, number: u32) -> Duration {
        let usual = match person.does {
            Behavior::Answers => Duration::from_secs(2 * 86_400),
            Behavior::OptsOut => Duration::from_secs(86_400),
            Behavior::Reads => Duration::from_secs(3_600),
            _ => Duration::from_secs(60),
        };
        let more = person.spread.mul_f64(self.chance().fraction(&format!("delay {number}"), subject(message)));
        // Nobody reacts to what is still on its way.
        person.after.unwrap_or(usual).saturating_add(more).max(DELIVERY)
    }

    fn chance(&self) -> Chance {
        Chance::new(self.people.seed)
    }
}

/// What chance goes by: an address, which stays when the ids of another run are others.
fn subject(message: &SentMessage) -> &str {
    message.addresses.first().unwrap_or(&message.recipient)
}
