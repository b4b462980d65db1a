//! Confirmation of a message: the draft's code, and a person's word.

use std::time::Duration;

use reachout_outbox::{Entry, Envelope};
use rmcp::RoleServer;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputRequest, InputRequests,
    InputRequiredResult, InputResponses, ProtocolVersion,
};
use rmcp::service::RequestContext;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// How long a person may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// The field of the form.
const FIELD: &str = "send";

/// The key under which a draft is in the outbox: that of its campaign, and a digest of the message's fingerprint. The same message prepared once
/// more is the same draft, however its addresses are spelled; one of a sandbox is none of a vendor. A reference adds a digest of its own.
pub(crate) fn key(campaign: &str, environment: &str, fingerprint: &[u8], reference: &str) -> String {
    let key = format!("{campaign}/{}", hex(&digest(&[environment.as_bytes(), fingerprint]), 16));
    if reference.is_empty() { key } else { format!("{key}-{}", hex(&digest(&[reference.as_bytes()]), 8)) }
}

/// Whether the draft of this key is the message of another key once more, in another campaign, and no reference says that it is meant.
pub(crate) fn is_same_message(key: &str, other: &str) -> bool {
    let message = |key: &str| key.rsplit('/').next().and_then(|part| part.split('-').next()).map(str::to_owned);
    !key.rsplit('/').next().is_some_and(|part| part.contains('-')) && message(key) == message(other)
}

/// The confirmation code of a draft, bound to its key, its account, the environment, the recipient, the channel and the content: `4F1A-90C2`.
pub(crate) fn code(entry: &Entry, environment: &str) -> Option<String> {
    let (key, envelope) = (entry.key.as_deref()?, entry.envelope.as_ref()?);
    let code = digest(&[b"confirm", environment.as_bytes(), key.as_bytes(), content(envelope).as_bytes()]);
    let code = hex(&code, 8).to_uppercase();
    Some(format!("{}-{}", code.get(..4)?, code.get(4..)?))
}

fn content(envelope: &Envelope) -> String {
    let message = serde_json::to_string(&envelope.message).unwrap_or_default();
    format!("{}\0{message}\0{}\0{}", envelope.account, envelope.addresses.join(","), envelope.time_zone.as_deref().unwrap_or_default())
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn hex(bytes: &[u8], letters: usize) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().chars().take(letters).collect()
}

/// What a person said.
pub(crate) enum Word {
    Yes,
    /// They are to be asked by the client, which calls again with what they said.
    Ask(Box<InputRequiredResult>),
    /// The client cannot ask anybody.
    NobodyToAsk,
}

/// Asks a person through the client whether a draft is to be sent. `question` names it, so that a word about one draft is none about another.
pub(crate) async fn ask(
    context: &RequestContext<RoleServer>,
    given: Option<&InputResponses>,
    question: &str,
    message: String,
) -> Result<Word, Failure> {
    let can_ask = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
    if can_ask.is_none_or(|modes| modes.form.is_none() && modes.url.is_some()) {
        return Ok(Word::NobodyToAsk);
    }
    let params = ElicitRequestParams::FormElicitationParams { meta: None, message, requested_schema: form() };
    let is_stateless = context.protocol_version().is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
    if !is_stateless {
        let said = context.peer.create_elicitation_with_timeout(params, Some(PATIENCE)).await;
        return said.map_err(|error| no(&format!("the client could not ask a person: {error}"))).and_then(|said| read(&said));
    }
    match given.and_then(|given| given.get(question)) {
        Some(said) => serde_json::from_value(said.clone())
            .map_err(|_| no("what the client returned is no word of a person"))
            .and_then(|said| read(&said)),
        None => {
            let request = InputRequest::Elicitation(ElicitRequest::new(params));
            let requests: InputRequests = [(question.to_owned(), request)].into();
            Ok(Word::Ask(Box::new(InputRequiredResult::new(Some(requests), Some(question.to_owned())))))
        }
    }
}

fn form() -> ElicitationSchema {
    ElicitationSchema::builder().required_bool_with(FIELD, |field| field.title("Send this message")).build_unchecked()
}

/// Only a clear yes is one.
fn read(said: &ElicitResult) -> Result<Word, Failure> {
    let ticked = said.content.as_ref().and_then(|content| content.get(FIELD)).and_then(Value::as_bool);
    match (&said.action, ticked) {
        (ElicitationAction::Accept, Some(true)) => Ok(Word::Yes),
        (ElicitationAction::Accept, _) => Err(no("the person did not tick that it is to be sent")),
        (ElicitationAction::Decline, _) => Err(no("the person declined")),
        _ => Err(no("the person broke off")),
    }
}

fn no(why: &str) -> Failure {
    Failure::refused(format!("not sent: {why}"), "not sent: do not ask again by yourself; ask the person what to change")
}
