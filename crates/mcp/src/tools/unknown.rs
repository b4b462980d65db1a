//! Messages of which nobody knows whether the vendor has them.

use reachout_outbox::{Entry, Filter, Settler, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::draft::recipient;
use crate::failure::Failure;
use crate::fence::Fence;
use crate::result::{Done, SpokeTo};
use crate::server::Call;

/// How many are listed.
const MOST: u32 = 20;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListUnknown {
    /// Go on after this message
    after: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct ReconcileUnknown {
    /// One draft alone
    draft: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Unknown {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    messages: Vec<One>,
    /// More follow this one
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<i64>,
    advice: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct One {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<String>,
    account: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    since: String,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Reconciled {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    messages: Vec<Looked>,
    advice: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Looked {
    id: i64,
    /// sent, not-sent (queued again), unclear, too-early, changed or error
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(crate) async fn list_unknown(call: &Call<'_>, given: &ListUnknown) -> Result<Done, Failure> {
    let outbox = &call.server.outbox;
    outbox.recover().await?;
    let mut entries = Vec::new();
    for connection in &call.server.connections {
        let filter = Filter::account(&connection.account).state(State::Unknown);
        entries.extend(outbox.list(&filter, given.after.unwrap_or(0), MOST).await?);
    }
    entries.sort_by_key(|entry| entry.id);
    entries.truncate(MOST as usize);
    let after = entries.last().filter(|_| entries.len() == MOST as usize).map(|last| last.id);
    let one = |entry: &Entry| One {
        id: entry.id,
        draft: entry.key.clone(),
        account: entry.account.to_string(),
        to: entry.envelope.as_ref().map(|envelope| recipient(&envelope.message)),
        since: entry.changed_at.to_rfc3339(),
    };
    let advice = if entries.is_empty() { "nothing is unknown" } else { "the vendor may have them: do not send them again; call reconcile" };
    Done::new(Unknown { spoke_to: call.server.outbox_alone(), messages: entries.iter().map(one).collect(), after, advice })
}

pub(crate) async fn reconcile(call: &Call<'_>, given: &ReconcileUnknown) -> Result<Done, Failure> {
    call.server.outbox.recover().await?;
    let settler = Settler::new(&call.server.outbox, std::sync::Arc::clone(&call.server.accounts));
    let mut settled = Vec::new();
    for connection in &call.server.connections {
        let filter = Filter::account(&connection.account);
        let filter = given.draft.iter().fold(filter, |filter, draft| filter.key(draft.trim()));
        settled.extend(settler.settle(&filter).await?);
    }
    let advice = if settled.iter().any(|settled| !matches!(settled.found, "sent" | "not-sent")) {
        "what is `too-early` can be looked for in two minutes; what is `unclear` a person decides with `reachout outbox resolve`: do not send it again"
    } else {
        "what was found is recorded; `not-sent` is queued again and goes out once, with `reachout outbox run` or send_message"
    };
    let looked = |settled: &reachout_outbox::Settled| Looked {
        id: settled.id,
        found: settled.found.to_owned(),
        reason: settled.reason.as_deref().map(|reason| Fence::new().text(reason)),
    };
    Done::new(Reconciled { spoke_to: call.server.outbox_alone(), messages: settled.iter().map(looked).collect(), advice })
}
