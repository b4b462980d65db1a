//! What a person does on the page: approve, settle, pause, resume.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use reachout_messenger::Vendor;
use reachout_outbox::{Account, Filter, Resolution, Sent};
use serde::Deserialize;
use serde_json::{Value, json};

use super::server::{Page, Refused, Shared};

pub(super) fn router() -> Router<Arc<Page>> {
    Router::new()
        .route("/approve", post(approve))
        .route("/messages/{id}/look", post(look))
        .route("/messages/{id}/resolve", post(resolve))
        .route("/pause", post(pause))
        .route("/resume", post(resume))
}

/// What is approved: one message, or those of a campaign.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Held {
    Message(i64),
    Campaign(String),
}

async fn approve(State(page): Shared, Json(held): Json<Held>) -> Result<Json<Value>, Refused> {
    let filter = match held {
        Held::Message(id) => keyed(&page, id).await?,
        Held::Campaign(name) => Filter::all().campaign(name),
    };
    let count = page.outbox.approve(&filter).await?;
    if count == 0 {
        return Err(Refused(StatusCode::CONFLICT, "nothing of it waits for approval any more".to_owned()));
    }
    Ok(Json(json!({ "approved": count })))
}

/// The filter of one message.
async fn keyed(page: &Page, id: i64) -> Result<Filter, Refused> {
    let key = page.outbox.get(id).await?.key;
    let purged = || Refused(StatusCode::CONFLICT, format!("the content of message {id} was purged"));
    Ok(Filter::all().key(key.ok_or_else(purged)?))
}

/// Looks at the vendor for a message that is unknown, and settles it where the vendor shows it clearly.
async fn look(State(page): Shared, Path(id): Path<i64>) -> Result<Json<Value>, Refused> {
    let settled = page.settler.settle(&keyed(&page, id).await?).await?;
    let found = settled.into_iter().next().ok_or_else(|| Refused(StatusCode::CONFLICT, format!("message {id} is not unknown any more")))?;
    Ok(Json(json!(found)))
}

/// What a person found out about the attempt that they looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundOut {
    attempt: u32,
    sent: bool,
    message_id: Option<String>,
}

async fn resolve(State(page): Shared, Path(id): Path<i64>, Json(found): Json<FoundOut>) -> Result<Json<Value>, Refused> {
    let resolution = match found.sent {
        true => Resolution::Sent(found.message_id.into_iter().fold(Sent::new(), Sent::message_id)),
        false => Resolution::Resend,
    };
    page.outbox.resolve(id, found.attempt, resolution).await?;
    Ok(Json(json!({ "resolved": id })))
}

/// What is paused or resumed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Whose {
    Everything,
    Account(Account),
    Campaign(String),
    Messages(Messages),
}

/// Messages of a pause, as the list of pauses has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Messages {
    vendor: Option<Vendor>,
    credential: Option<String>,
    campaign: Option<String>,
    key: Option<String>,
    person: Option<String>,
}

impl Messages {
    /// At least one part says which: a pause of all is that of everything.
    fn filter(self) -> Result<Filter, Refused> {
        let mut filter = Filter::all();
        filter.vendor = self.vendor;
        filter.credential = self.credential;
        filter.campaign = self.campaign;
        filter.key = self.key;
        filter.person = self.person;
        if filter == Filter::all() {
            Err(Refused(StatusCode::BAD_REQUEST, "it does not say which messages".to_owned()))
        } else {
            Ok(filter)
        }
    }
}

async fn pause(State(page): Shared, Json(whose): Json<Whose>) -> Result<Json<Value>, Refused> {
    let outbox = &page.outbox;
    match whose {
        Whose::Everything => outbox.pause(None).await?,
        Whose::Account(account) => outbox.pause(Some(&account)).await?,
        Whose::Campaign(name) => drop(outbox.pause_campaign(&name).await?),
        Whose::Messages(messages) => drop(outbox.pause_messages(&messages.filter()?).await?),
    }
    Ok(Json(json!({ "paused": true })))
}

async fn resume(State(page): Shared, Json(whose): Json<Whose>) -> Result<Json<Value>, Refused> {
    let outbox = &page.outbox;
    match whose {
        Whose::Everything => outbox.resume(None).await?,
        Whose::Account(account) => outbox.resume(Some(&account)).await?,
        Whose::Campaign(name) => drop(outbox.resume_campaign(&name).await?),
        Whose::Messages(messages) => drop(outbox.resume_messages(&messages.filter()?).await?),
    }
    Ok(Json(json!({ "paused": false })))
}
