//! What is shown of the whole: campaigns, waits, accounts, the time so far.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use reachout_outbox::{Campaign, Filter};
use serde_json::{Value, json};

use super::server::{Page, Refused, Shared};
use crate::cli::outbox::{
    progress::waiting,
    report::{Numbers, funnel},
    rules::described,
};

pub(super) fn router() -> Router<Arc<Page>> {
    Router::new()
        .route("/accounts", get(accounts))
        .route("/campaigns", get(campaigns))
        .route("/campaigns/{name}", get(campaign))
        .route("/chart", get(chart))
        .route("/waiting", get(waits))
}

fn shown(campaign: &Campaign) -> Value {
    json!({
        "name": campaign.name, "paused": campaign.paused, "reason": campaign.reason, "created_at": campaign.created_at,
        "accounts": campaign.sequence.accounts, "funnel": funnel(campaign),
    })
}

async fn campaigns(State(page): Shared) -> Result<Json<Value>, Refused> {
    let campaigns = page.outbox.campaigns().await?;
    Ok(Json(campaigns.iter().map(shown).collect()))
}

/// A campaign with its steps, why it ended for whom, and its variants.
async fn campaign(State(page): Shared, Path(name): Path<String>) -> Result<Json<Value>, Refused> {
    let campaign = page.outbox.campaign(&name).await?;
    let steps = campaign.sequence.steps.iter().zip(&campaign.steps).map(|(step, report)| {
        let counts: serde_json::Map<_, _> = report.counts.iter().map(|(state, count)| (state.name().to_owned(), json!(count))).collect();
        json!({ "channel": step.channel, "after": step.after.to_string(), "counts": counts })
    });
    let mut object = shown(&campaign);
    object["steps"] = steps.collect();
    object["stopped"] = json!(campaign.stopped);
    object["variants"] = json!(page.outbox.variants(&name).await?);
    Ok(Json(object))
}

/// What waits, and why.
async fn waits(State(page): Shared) -> Result<Json<Value>, Refused> {
    let outbox = &page.outbox;
    let (counts, accounts) = (outbox.counts(&Filter::all()).await?, outbox.pace().await?);
    let counts: serde_json::Map<_, _> = counts.iter().map(|(state, count)| (state.name().to_owned(), json!(count))).collect();
    let waits: Vec<_> = outbox.waits().await?.iter().map(waiting).collect();
    Ok(Json(json!({
        "counts": counts, "due": accounts.iter().map(|account| account.due).sum::<u64>(), "waiting": accounts.iter().map(|account| account.waiting).sum::<u64>(),
        "account_pauses": outbox.account_pauses().await?, "waits": waits,
    })))
}

/// Each account with its pace, its limits and its pause, and the pauses of messages.
async fn accounts(State(page): Shared) -> Result<Json<Value>, Refused> {
    let stopped = page.outbox.account_pauses().await?;
    let mut accounts = Vec::new();
    for account in page.outbox.pace().await? {
        let pause = stopped.iter().find(|pause| pause.account.as_ref() == Some(&account.account));
        let mut object = json!(account);
        object["paused"] = json!(pause.is_some());
        object["reason"] = json!(pause.and_then(|pause| pause.reason.as_deref()));
        object["rules"] = match page.outbox.rules(&account.account).await {
            Ok(rules) => described(&account.account, &rules),
            Err(error) => json!({ "error": error.to_string() }),
        };
        accounts.push(object);
    }
    let pauses: Vec<_> = page.outbox.pauses().await?.into_iter().map(|pause| parts(&pause)).collect();
    Ok(Json(json!({ "paused": stopped.iter().any(|pause| pause.account.is_none()), "accounts": accounts, "pauses": pauses })))
}

/// What a pause of messages names.
fn parts(filter: &Filter) -> Value {
    let Filter { vendor, credential, campaign, key, person, .. } = filter;
    let mut object = json!({ "vendor": vendor, "credential": credential, "campaign": campaign, "key": key, "person": person });
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

/// What was sent over time.
async fn chart(State(page): Shared) -> Result<Json<Value>, Refused> {
    let numbers = Numbers::read(&page.outbox, &Filter::all(), None).await?;
    Ok(Json(json!({ "chart": numbers.chart(), "every": numbers.every() })))
}
