//! [`Look`]: comparing what a vendor has with what was to be sent.

use chrono::{DateTime, TimeDelta, Utc};
use reachout_messenger::{Message, Recipient};

use crate::{Attempt, Entry, Envelope, Error, Found, Outbox, Sent, State};

/// The vendor's clock may differ from the database's by so much.
const SKEW: TimeDelta = TimeDelta::minutes(2);
/// A vendor has a message by then, or does not have it under this attempt's time.
const LATEST: TimeDelta = TimeDelta::hours(1);

/// A message that is looked for.
pub(super) struct Look<'a> {
    outbox: &'a Outbox,
    pub(super) entry: &'a Entry,
    pub(super) envelope: &'a Envelope,
    begun: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// A message that the vendor has, and that went out.
pub(super) struct Candidate {
    /// The vendor's id of it.
    pub(super) id: Option<String>,
    /// The vendor's id of the thread that it is in, which names other messages as well.
    pub(super) thread: Option<String>,
    pub(super) conversation: Option<String>,
    pub(super) text: Option<String>,
    pub(super) at: Option<DateTime<Utc>>,
}

/// The result of the comparison.
pub(super) enum Compared {
    Sent(Sent),
    /// Something went out that may be it.
    Other(String),
    Nothing,
}

impl<'a> Look<'a> {
    pub(super) fn new(outbox: &'a Outbox, entry: &'a Entry, envelope: &'a Envelope, attempt: &'a Attempt) -> Self {
        let begun = attempt.started_at;
        let last = envelope.message.send_at.map_or(begun, |at| at.max(begun));
        Self { outbox, entry, envelope, begun, from: begun - SKEW, to: last + LATEST }
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

    /// Conversations with the recipient that are known from other messages.
    pub(super) async fn conversations(&self) -> Result<Vec<String>, Error> {
        let mut found: Vec<_> = self.entry.conversation_id.iter().cloned().collect();
        for entry in self.outbox.find_recipient(self.entry.account.vendor, self.recipient()).await? {
            let same = entry.account == self.entry.account
                && entry.envelope.as_ref().is_some_and(|other| other.message.channel == self.message().channel);
            if let Some(id) = entry.conversation_id.filter(|id| same && !found.contains(id)) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// The candidate that is the message; those of other messages of the outbox are none.
    ///
    /// Clocks differ: the same words at another time may be the message, so they are never nothing. So may other words at its time.
    pub(super) async fn compare(&self, candidates: Vec<Candidate>) -> Result<Compared, Error> {
        let (mut found, mut other) = (None::<(TimeDelta, Candidate)>, None);
        for candidate in candidates {
            if self.is_anothers(&candidate).await? {
                continue;
            }
            let says = candidate.text.as_deref().is_some_and(|text| self.says(text));
            let is_in_time = candidate.at.map(|at| self.from <= at && at <= self.to);
            let id = candidate.id.as_deref().unwrap_or("without an id");
            match (says, candidate.at, is_in_time) {
                (true, Some(at), Some(true)) if candidate.id.is_some() => {
                    let apart = (at - self.begun).abs();
                    if found.as_ref().is_none_or(|(nearest, _)| apart < *nearest) {
                        found = Some((apart, candidate));
                    }
                }
                (true, ..) => {
                    other = Some(format!("the vendor has a message of the same words, {id}, of another or an unknown time: compare them"));
                }
                (false, _, Some(true) | None) => {
                    let reason = || format!("the vendor has another message of that time to this recipient, {id}: compare them");
                    other.get_or_insert_with(reason);
                }
                (false, _, Some(false)) => {}
            }
        }
        let Some((_, candidate)) = found else { return Ok(other.map_or(Compared::Nothing, Compared::Other)) };
        if let Some(rival) = self.rival(&candidate).await? {
            return Ok(Compared::Other(format!("what the vendor has may be message {rival}, which has the same words: compare them")));
        }
        let message_ids = candidate.id.into_iter().chain(candidate.thread).collect();
        Ok(Compared::Sent(Sent { message_ids, conversation_id: candidate.conversation }))
    }

    async fn is_anothers(&self, candidate: &Candidate) -> Result<bool, Error> {
        let Some(id) = &candidate.id else { return Ok(false) };
        Ok(self.outbox.find_message(self.entry.account.vendor, id).await?.iter().any(|other| other.id != self.entry.id))
    }

    /// Another message of the same words that the candidate may be: one that is being sent, or that the vendor took without telling its id.
    async fn rival(&self, candidate: &Candidate) -> Result<Option<i64>, Error> {
        for other in self.outbox.find_recipient(self.entry.account.vendor, self.recipient()).await? {
            let is_nameless = other.vendor_ids.iter().all(|id| Some(id) == candidate.thread.as_ref());
            let is_with_vendor = other.state == State::Sending || (other.state == State::Accepted && is_nameless);
            let Some(message) = other.envelope.as_ref().map(|envelope| &envelope.message) else { continue };
            let is_same = other.account == self.entry.account && message.channel == self.message().channel;
            if other.id != self.entry.id && is_with_vendor && is_same && candidate.text.as_deref().is_some_and(|text| says(message, text)) {
                return Ok(Some(other.id));
            }
        }
        Ok(None)
    }

    fn says(&self, text: &str) -> bool {
        says(self.message(), text)
    }
}

/// Whether a text that the vendor has is the message's.
fn says(message: &Message, text: &str) -> bool {
    let theirs = plain(text);
    let ours = [&message.text, &message.html];
    ours.into_iter().flatten().any(|ours| !ours.trim().is_empty() && plain(ours) == theirs)
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
