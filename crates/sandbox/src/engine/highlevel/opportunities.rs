//! Opportunities, beyond making, listing, changing and deleting them.

use serde_json::{Value, json};

use super::contacts::{Change, changed_list};
use crate::api::refusal::Refusal;
use crate::engine::call::{Call, Handler};
use crate::engine::generic::create;
use crate::engine::lifecycle;
use crate::engine::store::{Fields, text};

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "upsert_opportunity" => upsert_opportunity,
        "add_opportunity_followers" => |call| change_followers(call, Change::Add),
        "remove_opportunity_followers" => |call| change_followers(call, Change::Remove),
        _ => return None,
    })
}

/// A contact has one opportunity in a pipeline; a second with it changes the first.
fn upsert_opportunity(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let same = |known: &&Fields| {
        let is = |name: &str| text(known, name) == call.body_text(name);
        if call.body_text("id").is_empty() { is("contactId") && is("pipelineId") } else { is("id") }
    };
    let known = call.store.newest("opportunity").find(same).cloned();
    let body = call.body();
    let (new, opportunity) = match known {
        Some(before) => {
            let after = call.change("opportunity", text(&before, "id"), body)?;
            lifecycle::changed(call, "opportunity", &before, &after);
            (false, after)
        }
        None => (true, create(call, "opportunity", body)),
    };
    Ok(json!({ "new": new, "opportunity": opportunity }))
}

fn change_followers(call: &mut Call<'_>, change: Change) -> Result<Value, Refusal> {
    let id = call.parameter("id");
    let before = call.object("opportunity", id, "")?.clone();
    let (list, response) = changed_list(call, &before, "followers", change);
    let after = call.change("opportunity", id, Fields::from_iter([("followers".to_owned(), json!(list))]))?;
    lifecycle::changed(call, "opportunity", &before, &after);
    Ok(response.into())
}
