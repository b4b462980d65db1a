//! Sending a draft: its code, a person's word, the caps, and then the outbox.

use reachout_outbox::{Entry, Filter, Runner, SendPermit, State};
use schemars::JsonSchema;
use serde::Deserialize;

use super::draft::{permitted_recipients, recipient};
use super::{Outcome, others, state};
use crate::confirm::{self, Word};
use crate::failure::Failure;
use crate::fence::{clean, clean_line};
use crate::policy::Confirm;
use crate::server::{Call, Connection, Inner};

#[derive(Deserialize, JsonSchema)]
pub(crate) struct SendMessage {
    draft: String,
    confirmation_code: String,
}

pub(crate) async fn send_message(call: &Call<'_>, given: &SendMessage) -> Result<Outcome, Failure> {
    let server = call.server;
    let entry = state::find(server, &given.draft).await?;
    if !matches!(entry.state, State::Held | State::Queued) {
        return Ok(state::shown(server, &entry, None)?.into());
    }
    let connection = server.connections.iter().find(|connection| connection.account == entry.account);
    let connection =
        connection.ok_or_else(|| Failure::refused(format!("this server may not use {}", entry.account), "not sent: tell the person"))?;
    let code = confirm::code(&entry, &connection.environment);
    if code.as_deref() != Some(given.confirmation_code.trim()) {
        let advice = "not sent: prepare the message again, show what it returns, and use the code of that very draft";
        return Err(Failure::refused("the confirmation code is not that of this draft, its recipient, account and content", advice));
    }
    permitted(server, &entry)?;
    if server.policy.dry_run {
        return Ok(state::shown(server, &entry, Some("nothing is sent: the server runs with --dry-run".to_owned()))?.into());
    }
    if entry.state == State::Held {
        let to = entry.envelope.as_ref().map(|envelope| recipient(&envelope.message)).unwrap_or_default();
        let others = others::count(server, &entry.account, &to, entry.key.as_deref().unwrap_or_default()).await?;
        if let Some(ask) = confirmed(call, connection, &entry, &given.confirmation_code, others).await? {
            return Ok(Outcome::Ask(ask));
        }
        within_caps(call, &entry).await?;
        server.outbox.approve(&Filter::all().key(given.draft.trim())).await?;
    }
    let entry = dispatch(server, entry.id).await?;
    Ok(state::shown(server, &entry, None)?.into())
}

/// The draft is of a campaign and to a recipient that are permitted now.
fn permitted(server: &Inner, entry: &Entry) -> Result<(), Failure> {
    let campaign = entry.key.as_deref().and_then(|key| key.split('/').next()).unwrap_or_default();
    if !server.policy.campaigns.is_empty() && !server.policy.campaigns.contains(campaign) {
        return Err(Failure::refused("messages of this campaign are not permitted here", "not sent: tell the person"));
    }
    entry.envelope.as_ref().map_or(Ok(()), |envelope| permitted_recipients(&server.policy, envelope))
}

/// A person's word, where there is somebody to ask; else the code, where that is enough.
async fn confirmed(
    call: &Call<'_>,
    connection: &Connection,
    entry: &Entry,
    code: &str,
    others: u64,
) -> Result<Option<Box<rmcp::model::InputRequiredResult>>, Failure> {
    let question = format!("{} {}", entry.key.as_deref().unwrap_or_default(), code.trim());
    match confirm::ask(call.context, call.params.input_responses.as_ref(), &question, message(connection, entry, others)).await? {
        Word::Yes => Ok(None),
        Word::Ask(ask) => Ok(Some(ask)),
        Word::NobodyToAsk if call.server.policy.confirm == Confirm::Code => Ok(None),
        Word::NobodyToAsk => Err(Failure::refused(
            "this client cannot ask a person, and the server was started without --confirm code",
            "not sent: a person sends the draft with `reachout outbox approve` and `reachout outbox run`",
        )),
    }
}

/// What a person reads before they say yes: all of the message, and what else was written to its recipient.
fn message(connection: &Connection, entry: &Entry, others: u64) -> String {
    let Some(envelope) = &entry.envelope else { return "The content of this message was purged.".to_owned() };
    let message = &envelope.message;
    let line = |name: &str, value: Option<&str>| value.map(|value| format!("{name}: {}\n", clean_line(value))).unwrap_or_default();
    format!(
        "Send this message?\n{}{}{}{}{}{}{}{}{}{}\n{}",
        line("To", Some(&recipient(message))),
        line("Address", message.to_address.as_deref()),
        line("By", message.channel.map(reachout_messenger::Channel::name)),
        line("From account", Some(&format!("{} ({})", connection.account, connection.environment))),
        line("Sender", message.from.as_deref()),
        line("Subject", message.subject.as_deref()),
        line("Reply to", message.reply_to.as_deref()),
        line("Thread", message.thread.as_deref()),
        line("Their time zone", envelope.time_zone.as_deref()),
        line("Note", (others > 0).then(|| others::said(others)).as_deref()),
        clean(message.text.as_deref().unwrap_or_default())
    )
}

async fn within_caps(call: &Call<'_>, entry: &Entry) -> Result<(), Failure> {
    let caps = call.server.policy.caps;
    let full = |what: String| {
        Err(Failure::refused(
            format!("not sent: {what}"),
            "not sent: tell the person; they can approve drafts with `reachout outbox approve`",
        ))
    };
    match call.server.outbox.permit_call(call.audit, entry.id, caps).await? {
        SendPermit::Permitted => Ok(()),
        SendPermit::SessionFull => full(format!("assistants may send {} messages in a session, and did", caps.session)),
        SendPermit::DayFull => full(format!("assistants may send {} messages a day, and did", caps.day)),
        _ => full("the caps do not permit it".to_owned()),
    }
}

/// Sends the message alone. A task of its own does it: a client that goes away must not leave a message half sent.
async fn dispatch(server: &Inner, id: i64) -> Result<Entry, Failure> {
    let mut runner = Runner::new(&server.outbox, std::sync::Arc::clone(&server.accounts));
    if let Some(eligibility) = &server.eligibility {
        runner = runner.eligibility(std::sync::Arc::clone(eligibility));
    }
    let sent = tokio::spawn(runner.run_one(id)).await;
    let unclear = |error: String| Failure {
        recorded: error.clone(),
        error,
        delivery: reachout_runtime::Delivery::Unknown,
        advice: "do not prepare it again: call message_state for this draft".to_owned(),
    };
    sent.map_err(|error| unclear(error.to_string()))?.map_err(|error| unclear(error.to_string()))
}
