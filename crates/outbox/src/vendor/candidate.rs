//! [`Look`]: comparing what a vendor has with what was to be sent.

use chrono::{DateTime, TimeDelta, Utc};
use reachout_messenger::{Message, Recipient};

use crate::{Attempt, Entry, Envelope, Error, Found, Outbox, Sent};

/// The vendor's clock may differ from the database's by so much.
const SKEW: TimeDelta = TimeDelta::minutes(2);
/// A vendor has a message by then, or does not have it under this attempt's time.
const LATEST: TimeDelta = TimeDelta::hours(1);

/// A message that is looked for.
pub(super) struct Look<'a> {
    outbox: &'a Outbox,
    pub(super) entry: &'a Entry,
    pub(super) envelope: &'a Envelope,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// A message that the vendor has, and that went out.
pub(super) struct Candidate {
    pub(super) ids: Vec<String>,
    pub(super) conversation: Option<String>,
    pub(super) text: Option<String>,
    pub(super) at: Option<DateTime<Utc>>,
}

/// What came of the comparison.
pub(super) enum Compared {
    Sent(Sent),
    /// Something went out at that time, in other words.
    Other(String),
    Nothing,
}

impl<'a> Look<'a> {
    pub(super) fn new(outbox: &'a Outbox, entry: &'a Entry, envelope: &'a Envelope, attempt: &'a Attempt) -> Self {
        let begun = attempt.started_at;
        let last = envelope.message.send_at.map_or(begun, |at| at.max(begun));
        Self { outbox, entry, envelope, from: begun - SKEW, to: last + LATEST }
    }

    pub(super) fn message(&self) -> &Message {
        &self.envelope.message
    }

    pub(super) fn recipient(&self) -> &str {
        match &self.envelope.message.to {
            Recipient::Contact(text) | Recipient::LinkedinProfile(text) => text,
            _ => "",
        }
    }

    /// Whether a message of that time can be the one. One without a time can.
    pub(super) fn in_time(&self, at: Option<DateTime<Utc>>) -> bool {
        at.is_none_or(|at| self.from <= at && at <= self.to)
    }

    /// Conversations with the recipient that are known from other messages.
    pub(super) async fn conversations(&self) -> Result<Vec<String>, Error> {
        let mut found: Vec<_> = self.entry.conversation_id.iter().cloned().collect();
        for entry in self.outbox.find_recipient(self.entry.lane.vendor, self.recipient()).await? {
            let same = entry.lane == self.entry.lane
                && entry.envelope.as_ref().is_some_and(|other| other.message.channel == self.message().channel);
            if let Some(id) = entry.conversation_id.filter(|id| same && !found.contains(id)) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// The candidate that is the message; those of other messages of the outbox are none.
    pub(super) async fn compare(&self, candidates: Vec<Candidate>) -> Result<Compared, Error> {
        let mut other = Compared::Nothing;
        for candidate in candidates {
            if !self.in_time(candidate.at) || self.is_anothers(&candidate).await? {
                continue;
            }
            let id = candidate.ids.first().cloned().unwrap_or_default();
            if candidate.text.as_deref().is_some_and(|text| self.says(text)) {
                let sent = Sent { message_ids: candidate.ids, conversation_id: candidate.conversation };
                return Ok(Compared::Sent(sent));
            }
            other = Compared::Other(format!("the vendor has another message of that time to this recipient, {id}: compare them"));
        }
        Ok(other)
    }

    async fn is_anothers(&self, candidate: &Candidate) -> Result<bool, Error> {
        for id in &candidate.ids {
            if self.outbox.find_message(self.entry.lane.vendor, id).await?.iter().any(|other| other.id != self.entry.id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn says(&self, text: &str) -> bool {
        let message = self.message();
        let theirs = plain(text);
        let said = [&message.text, &message.html];
        said.into_iter().flatten().any(|ours| !ours.trim().is_empty() && plain(ours) == theirs)
    }
}

impl Compared {
    /// `absent`: what it means that the vendor has nothing.
    pub(super) fn or(self, absent: Found) -> Found {
        match self {
            Self::Sent(sent) => Found::Sent(sent),
            Self::Other(reason) => Found::Unclear(reason),
            Self::Nothing => absent,
        }
    }
}

/// The words of a text, without tags: vendors turn texts into HTML, and wrap lines.
fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        words.push_str(before);
        // Only what looks as a tag is one: `1 < 2` is not.
        let is_tag = tag[1..].starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '/' || sign == '!');
        match tag.find('>').filter(|_| is_tag) {
            Some(close) => {
                words.push(' ');
                rest = &tag[close + 1..];
            }
            None => {
                words.push('<');
                rest = &tag[1..];
            }
        }
    }
    words.push_str(rest);
    let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    let words = entities.iter().fold(words, |words, (entity, sign)| words.replace(entity, sign));
    // A tag may stand within a word or beside one.
    words.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn texts_are_compared_by_their_words() {
        for (one, other) in [
            ("Hi Sophie,\n\nmay I?", "<p>Hi Sophie,</p><p>may&nbsp;I?</p>"),
            ("a & b", "a &amp; b"),
            ("1 < 2 and 3 > 2", "1 &lt; 2 and 3 &gt; 2"),
            ("Hi <b>you</b>", "Hi you"),
        ] {
            assert_eq!(plain(one), plain(other), "{one}");
        }
        assert_ne!(plain("Hi Sophie"), plain("Hi Paul"));
    }
}
