//! SendPilot's lead database searches and lead extractor campaigns, which take their time.

use std::time::Duration;

use chrono::DateTime;
use serde_json::{Value, json};

use super::call::{Call, Handler, Listing};
use super::event::Event;
use super::store::{Fields, fields, text};
use crate::api::refusal::Refusal;

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "create_lead_database_search" => |call| create(call, &SEARCH),
        "get_lead_database_search_status" => |call| status(call, &SEARCH),
        "list_lead_database_search_results" => |call| results(call, &SEARCH),
        "create_lead_extractor_campaign" => |call| create(call, &EXTRACTOR),
        "get_lead_extractor_campaign_status" => |call| status(call, &EXTRACTOR),
        "list_lead_extractor_campaign_results" => |call| results(call, &EXTRACTOR),
        _ => return None,
    })
}

/// What the two kinds of job call things.
struct Job {
    kind: &'static str,
    result: &'static str,
    /// Before it is begun, while it runs, and when it is done.
    statuses: [&'static str; 3],
    id_field: &'static str,
    name_field: &'static str,
    found_field: &'static str,
    estimate_field: &'static str,
    event: &'static str,
}

const SEARCH: Job = Job {
    kind: "lead_database_search",
    result: "lead_database_search_result",
    statuses: ["pending", "processing", "completed"],
    id_field: "search_id",
    name_field: "search_name",
    found_field: "total_leads_found",
    estimate_field: "estimated_quota",
    event: "lead_database.search.completed",
};

const EXTRACTOR: Job = Job {
    kind: "lead_extractor_campaign",
    result: "lead_extractor_campaign_result",
    statuses: ["PENDING", "RUNNING", "FINISHED"],
    id_field: "campaign_id",
    name_field: "campaign_name",
    found_field: "total_leads_extracted",
    estimate_field: "estimated_credits",
    event: "lead_extractor.job.completed",
};

/// However many leads are asked for, no more than this are found.
const MOST_FOUND: u64 = 25;
/// When a job is done, in milliseconds since 1970.
const DUE: &str = "~due";

fn create(call: &mut Call<'_>, job: &Job) -> Result<Value, Refusal> {
    let limit = call.checked.body["limit"].as_u64().unwrap_or(1);
    let enriched = call.body_text("mode") == "with_enrichment";
    let begun = call.store.now();
    let wait = i64::try_from(call.settings.job_milliseconds).unwrap_or(i64::MAX / 2);
    let due = begun.timestamp_millis().saturating_add(wait);
    let mut made = call.body();
    made.insert("status".to_owned(), job.statuses[0].into());
    made.insert("created_at".to_owned(), call.write_time(begun).into());
    made.insert(job.estimate_field.to_owned(), limit.saturating_mul(if enriched { 2 } else { 1 }).into());
    made.insert(DUE.to_owned(), due.into());
    let made = call.make(job.kind, made);
    let leads = find_leads(call, job, text(&made, "id"), limit.min(MOST_FOUND));
    let done = call.write_time(DateTime::from_timestamp_millis(due).unwrap_or(begun));
    let mut data = fields(json!({
        "requested_limit": limit, "started_at": made.get("created_at"), "completed_at": done, "duration_ms": wait, "leads": leads,
    }));
    data.insert(job.id_field.to_owned(), text(&made, "id").into());
    data.insert(job.name_field.to_owned(), text(&made, "name").into());
    data.insert(job.found_field.to_owned(), leads.len().into());
    if job.kind == SEARCH.kind {
        data.insert("filters".to_owned(), call.checked.body["filters"].clone());
        data.insert("results_url".to_owned(), format!("/v1/lead-database/searches/{}/results", text(&made, "id")).into());
    } else {
        let enrichment = if enriched { leads.len() } else { 0 };
        data.extend(fields(json!({
            "mode": call.body_text("mode"), "campaign_type": "SEARCH", "search_urls": call.texts("urls"), "total_leads_enriched": enrichment,
            "credits_used": { "extraction": leads.len(), "enrichment": enrichment, "total": leads.len() + enrichment },
        })));
    }
    call.events.push(Event::new(job.event, data).after(Duration::from_millis(call.settings.job_milliseconds)));
    Ok(made.into())
}

/// Leads after the documented one, told apart by a number.
fn find_leads(call: &mut Call<'_>, job: &Job, id: &str, count: u64) -> Vec<Fields> {
    let template = call.model.kind(job.result).map(|kind| kind.template.clone()).unwrap_or_default();
    let parent = format!("{}_id", job.kind);
    let mut leads = Vec::new();
    for number in 1..=count {
        let mut lead = template.clone();
        lead.remove(super::store::DOCUMENTED);
        lead.insert("last_name".to_owned(), format!("Doe {number}").into());
        lead.insert("full_name".to_owned(), format!("John Doe {number}").into());
        lead.insert("linkedin_url".to_owned(), format!("https://www.linkedin.com/in/john-doe-{number}").into());
        lead.insert(parent.clone(), id.into());
        let mut made = call.make(job.result, lead);
        made.retain(|name, _| template.contains_key(name) && !name.starts_with('~') && *name != parent || name == "id");
        leads.push(made);
    }
    leads
}

/// Whether the job is done. One that the document shows always is.
fn is_done(call: &mut Call<'_>, job: &Fields) -> bool {
    job.get(DUE).and_then(Value::as_i64).is_none_or(|due| call.store.now().timestamp_millis() >= due)
}

fn status(call: &mut Call<'_>, job: &Job) -> Result<Value, Refusal> {
    let mut shown = call.object(job.kind, call.parameter("id"), "")?.clone();
    let done = is_done(call, &shown);
    let requested = shown.get("limit").and_then(Value::as_u64).unwrap_or(MOST_FOUND);
    let found = if done { requested.min(MOST_FOUND) } else { 0 };
    let percent = if done { 100 } else { 0 };
    shown.insert("status".to_owned(), job.statuses[if done { 2 } else { 1 }].into());
    let progress = match job.kind == SEARCH.kind {
        true => json!({ "requested": requested, "found": found, "percent_complete": percent }),
        false => json!({ "requested": requested, "extracted": found, "enriched": found, "percent_complete": percent }),
    };
    shown.insert("progress".to_owned(), progress);
    if done {
        let due = shown.get(DUE).and_then(Value::as_i64).and_then(DateTime::from_timestamp_millis);
        let completed = due.map_or_else(|| text(&shown, "created_at").to_owned(), |due| call.write_time(due));
        shown.insert("completed_at".to_owned(), completed.into());
        shown.insert("totalResults".to_owned(), found.into());
    }
    Ok(shown.into())
}

fn results(call: &mut Call<'_>, job: &Job) -> Result<Value, Refusal> {
    let job_fields = call.object(job.kind, call.parameter("id"), "")?.clone();
    let done = is_done(call, &job_fields);
    // Nothing is found before the job is done.
    let kind = if done { job.result } else { "nothing" };
    let mut response = call.list(&Listing { kind: Some(kind), oldest_first: true, special: |_, _, _| Some(true), ..Listing::default() })?;
    response[job.id_field] = call.parameter("id").into();
    Ok(response)
}
