//! Other messages to the person of a draft.

use reachout_outbox::{Account, Entry, Filter, State};

use crate::confirm::is_same_message;
use crate::failure::Failure;
use crate::server::Inner;

/// How many are read at a time.
const PAGE: u32 = 200;

/// How many other messages to a person than the draft `key` the outbox has that were sent or will be, through the same account.
///
/// It is an error where one more may be a duplicate: nobody knows yet whether an earlier one arrived, or the same words went out in another
/// draft and no `reference` says that they are meant.
pub(crate) async fn count(server: &Inner, account: &Account, person: &str, key: &str) -> Result<u64, Failure> {
    let filter = Filter::account(account).person(person);
    server.outbox.recover().await?;
    let (mut count, mut after) = (0, 0);
    loop {
        let page = server.outbox.list(&filter, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        for other in page.iter().filter(|other| other.key.as_deref() != Some(key)) {
            match other.state {
                State::Held | State::Cancelled | State::Failed | State::Suppressed | State::Rejected => continue,
                State::Sending | State::Unknown => return Err(unsettled(other)),
                _ => {}
            }
            if other.key.as_deref().is_some_and(|other| is_same_message(key, other)) {
                return Err(same(other));
            }
            count += 1;
        }
    }
}

/// The number in a sentence.
pub(crate) fn said(count: u64) -> String {
    format!("the outbox has {count} other messages to this person that were sent or will be")
}

fn unsettled(other: &Entry) -> Failure {
    let draft = other.key.as_deref().unwrap_or("an earlier message");
    Failure::refused(
        format!("{draft} is to the same person, and nobody knows yet whether they got it"),
        "not sent: do not write it in other words or another way; call reconcile, or tell the person",
    )
}

fn same(other: &Entry) -> Failure {
    let draft = other.key.as_deref().unwrap_or_default();
    Failure::refused(
        format!("the same words are sent to this person as {draft}, which is {}", other.state.name()),
        "not sent: call message_state for that draft. Where a person really means them a second time, prepare the message with a `reference`",
    )
}
