//! Preparing a message: a draft in the outbox that waits for approval.

use reachout_messenger::{Channel, Message};
use reachout_outbox::{Address, Entry, Envelope, Refusal, State, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{others, state};
use crate::confirm;
use crate::failure::Failure;
use crate::fence::{Fence, clean, clean_line};
use crate::policy::Policy;
use crate::result::{Done, SpokeTo};
use crate::server::{Call, Connection, Inner};

/// The campaign of messages that name none.
const CAMPAIGN: &str = "assistant";

#[derive(Deserialize, JsonSchema)]
pub(crate) struct PrepareMessage {
    vendor: Option<String>,
    /// Recipient: the vendor's id of the person, or a LinkedIn profile's URL at SendPilot
    to: String,
    /// email, linkedin, sms, whatsapp, …
    channel: Option<String>,
    subject: Option<String>,
    text: String,
    /// Sender: id of a connected account, email address or phone number
    from: Option<String>,
    /// Another address of the person than the main one
    to_address: Option<String>,
    /// Id of the message that this replies to
    reply_to: Option<String>,
    thread: Option<String>,
    /// Other addresses of the person, for the suppression list
    #[serde(default)]
    addresses: Vec<String>,
    /// The person's, such as Europe/Paris
    time_zone: Option<String>,
    campaign: Option<String>,
    /// Sets apart a message with the same words to the same person that is really meant to be a second one
    reference: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Prepared {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    draft: String,
    confirmation_code: String,
    would_send: WouldSend,
    checks: Vec<Check>,
    state: &'static str,
    advice: String,
}

#[derive(Serialize, JsonSchema)]
struct WouldSend {
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the name in the result")]
struct Check {
    check: &'static str,
    ok: bool,
    says: String,
}

impl Check {
    fn new(check: &'static str, problem: Option<String>) -> Self {
        Self { check, ok: problem.is_none(), says: problem.unwrap_or_else(|| "nothing stands against it".to_owned()) }
    }
}

pub(crate) async fn prepare_message(call: &Call<'_>, given: PrepareMessage) -> Result<Done, Failure> {
    let server = call.server;
    let connection = server.connection(given.vendor.as_deref())?;
    let campaign = campaign(&server.policy, given.campaign.as_deref())?;
    let reference = clean_line(given.reference.as_deref().unwrap_or_default());
    let envelope = envelope(connection, given)?;
    permitted_recipients(&server.policy, &envelope)?;
    let key = confirm::key(&campaign, &connection.environment, &server.outbox.fingerprint(&envelope)?, &reference);
    let known = server.outbox.find_key(&key).await?;
    let is_open = known.as_ref().is_none_or(|entry| matches!(entry.state, State::Held | State::Queued));
    let checks = if is_open { self::checks(server, connection, &envelope, &key).await? } else { Vec::new() };
    server.outbox.enqueue(&envelope.hold(), &key).await?;
    let entry = state::find(server, &key).await?;
    prepared(server, connection, &entry, checks)
}

fn prepared(server: &Inner, connection: &Connection, entry: &Entry, checks: Vec<Check>) -> Result<Done, Failure> {
    let code = confirm::code(entry, &connection.environment);
    let (Some(code), Some(envelope)) = (code, &entry.envelope) else {
        return Err(Failure::refused("this message was sent long ago, and its content was purged", "do not send it again"));
    };
    let message = &envelope.message;
    let advice = match entry.state {
        State::Held if server.policy.dry_run => "nothing is sent: the server runs with --dry-run",
        State::Held if server.policy.allow_send => {
            "nothing was sent. Show the person what would be sent and to whom; when they agree, call send_message with this draft and code"
        }
        State::Held => {
            "nothing was sent, and this server sends nothing: a person sends the draft with `reachout outbox approve` and `reachout outbox run`"
        }
        _ => "this message was prepared before and is not a draft any more: see `state`, and do not send it in other words",
    };
    let shown = Prepared {
        spoke_to: connection.spoke_to(),
        draft: entry.key.clone().unwrap_or_default(),
        confirmation_code: code,
        would_send: WouldSend {
            to: recipient(message),
            to_address: message.to_address.clone(),
            channel: message.channel.map(|channel| channel.name().to_owned()),
            from: message.from.clone(),
            subject: message.subject.clone(),
            text: message.text.clone().unwrap_or_default(),
            reply_to: message.reply_to.clone(),
            thread: message.thread.clone(),
            time_zone: envelope.time_zone.clone(),
        },
        checks,
        state: entry.state.name(),
        advice: advice.to_owned(),
    };
    Ok(Done::new(shown)?.about(entry.id, entry.state.name()))
}

/// The recipient as the vendor gets it.
pub(crate) fn recipient(message: &Message) -> String {
    match &message.to {
        reachout_messenger::Recipient::Contact(text) | reachout_messenger::Recipient::LinkedinProfile(text) => text.clone(),
        _ => String::new(),
    }
}

fn campaign(policy: &Policy, given: Option<&str>) -> Result<String, Failure> {
    let name = match given {
        Some(name) => name.trim(),
        None if policy.campaigns.len() == 1 => policy.campaigns.first().map_or(CAMPAIGN, String::as_str),
        None => CAMPAIGN,
    };
    if name.is_empty() || name.contains(['/', '\n']) || name.len() > 200 {
        return Err(Failure::arguments("`campaign` is 1 to 200 letters without `/` and line breaks"));
    }
    if !policy.campaigns.is_empty() && !policy.campaigns.contains(name) {
        let known = policy.campaigns.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        return Err(Failure::refused(
            format!("messages of the campaign `{name}` are not permitted here; these are: {known}"),
            "nothing was done: name one of them, or tell the person",
        ));
    }
    Ok(name.to_owned())
}

fn envelope(connection: &Connection, given: PrepareMessage) -> Result<Envelope, Failure> {
    // What a reader cannot see is not sent, so that a message is what a person saw of it.
    let line = |text: Option<String>| text.map(|text| clean_line(&text)).filter(|text| !text.is_empty());
    let mut message = Message::to(clean_line(&given.to));
    message.channel =
        given.channel.map(|name| name.parse::<Channel>()).transpose().map_err(|error| Failure::arguments(error.to_string()))?;
    message.subject = line(given.subject);
    message.text = Some(clean(&given.text).trim().to_owned()).filter(|text| !text.is_empty());
    if message.text.is_none() {
        return Err(Failure::arguments("`text` is empty"));
    }
    message.from = line(given.from);
    message.to_address = line(given.to_address);
    message.reply_to = line(given.reply_to);
    message.thread = line(given.thread);
    let mut envelope = Envelope::new(connection.account.clone(), message);
    for address in given.addresses {
        envelope = envelope.address(address);
    }
    Ok(match line(given.time_zone) {
        Some(zone) => envelope.time_zone(zone),
        None => envelope,
    })
}

/// Everybody whom a message goes to is on the list of those who may be written to, if there is one.
pub(crate) fn permitted_recipients(policy: &Policy, envelope: &Envelope) -> Result<(), Failure> {
    if policy.recipients.is_empty() {
        return Ok(());
    }
    let to = recipient(&envelope.message);
    let own = Address::recipient(&to).map_err(|error| Failure::arguments(format!("`to` is {error}")))?;
    let address = envelope.message.to_address.as_deref().map(|text| Address::parse(text, None)).transpose();
    let address = address.map_err(|error| Failure::arguments(format!("`to_address` is {error}")))?;
    let may = |address: &Address| policy.recipients.contains(address.as_str());
    if may(&own) && address.as_ref().is_none_or(may) {
        return Ok(());
    }
    Err(Failure::refused("this recipient is not on the list of those that this server may write to", "nothing was done: tell the person"))
}

/// What stands against sending it now. What stands against it for good is an error, and makes no draft.
async fn checks(server: &Inner, connection: &Connection, envelope: &Envelope, key: &str) -> Result<Vec<Check>, Failure> {
    let refusal = server.outbox.refusal(envelope, Some(key)).await?;
    if let Some(refusal @ (Refusal::Suppressed(_) | Refusal::Stopped(_) | Refusal::Vendor(_))) = &refusal {
        return Err(must_not(&refusal.to_string()));
    }
    let mut checks = vec![Check::new("suppression list, pauses, quiet hours and caps", refusal.map(|refusal| refusal.to_string()))];
    if let Some(eligibility) = &server.eligibility {
        let client = server.client(connection).await?;
        let problem = match eligibility.check(&client, envelope).await {
            Ok(Verdict::Eligible) => None,
            Ok(Verdict::Suppressed { reason, .. }) => return Err(must_not(&reason)),
            Ok(Verdict::NotFound(reason)) => return Err(Failure::arguments(format!("the vendor does not have the recipient: {reason}"))),
            Ok(Verdict::Unclear(reason)) => Some(format!("the vendor does not clearly permit it: {reason}")),
            Ok(_) => Some("the vendor does not clearly permit it".to_owned()),
            Err(error) => Some(format!("the vendor could not be asked: {error}")),
        };
        checks.push(Check::new("do not contact, at the vendor", problem));
    }
    let others = others::count(server, &envelope.account, &recipient(&envelope.message), key).await?;
    let says = format!("{}: ask whether one more is meant", others::said(others));
    checks.push(Check::new("other messages to this person", (others > 0).then_some(says)));
    Ok(checks)
}

fn must_not(why: &str) -> Failure {
    let why = Fence::new().text(why);
    Failure::refused(format!("this person must not be written to: {why}"), "nothing was done: do not try another way or another address")
}
