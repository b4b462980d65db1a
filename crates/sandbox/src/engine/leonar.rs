//! What Leonar does beyond making, listing and changing objects.

use reachout_messenger::Vendor;
use serde_json::{Value, json};

use super::call::{Call, Handler};
use super::outcome::SentMessage;
use super::reply::ReplyTo;
use super::store::{Fields, fields, text};
use crate::api::refusal::Refusal;

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "create_contact" => create_contact,
        "create_note" => create_note,
        "create_project" => create_project,
        "update_project" => update_project,
        "create_pipeline_entry" => create_pipeline_entry,
        "add_profiles_to_project" => add_profiles_to_project,
        "update_task" => update_task,
        "close_deal" => close_deal,
        "reopen_deal" => reopen_deal,
        "enroll_contacts" => enroll_contacts,
        "unenroll_contacts" => unenroll_contacts,
        "send_message" => send_message,
        _ => return None,
    })
}

fn create_contact(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut contact = fields(json!({
        "global_status": "new", "do_not_contact": false, "emails": [], "phones": [], "tags": [], "skills": [], "languages": [],
        "summary": null, "last_contacted_at": null, "archived_at": null,
    }));
    contact.extend(call.body());
    // One address or number may be given by itself.
    for (one, many) in [("email", "emails"), ("phone", "phones")] {
        if let (Some(single), Some(Value::Array(all))) = (contact.remove(one), contact.get_mut(many)) {
            all.insert(0, Value::Object(Fields::from_iter([(one.to_owned(), single)])));
        }
    }
    let contact = call.make("contact", contact);
    Ok(call.show(contact))
}

/// The documents leave the fields of a note open.
fn create_note(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut note = call.body();
    note.insert("contact_id".to_owned(), call.parameter("id").into());
    let note = call.make("note", note);
    Ok(json!({ "data": note }))
}

fn create_project(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let members = call.texts("owner_ids").into_iter().map(|id| {
        let name = call.store.get("workspace_member", id).and_then(|member| member.get("first_name").cloned());
        json!({ "user_id": id, "first_name": name })
    });
    let owners: Vec<Value> = members.collect();
    let template = call.model.kind("project").map(|kind| &kind.template);
    let mut stages = template.and_then(|project| project.get("pipeline")?.get("stages")).cloned().unwrap_or_else(|| json!([]));
    for stage in stages.as_array_mut().into_iter().flatten() {
        stage["id"] = uuid::Uuid::new_v4().to_string().into();
        stage["entries_count"] = 0.into();
    }
    let mut project = fields(json!({ "status": "active", "owners": owners, "entries_count": 0, "pipeline": { "stages": stages } }));
    project.extend(call.body());
    name_client(call, &mut project);
    let project = call.make("project", project);
    Ok(call.show(project))
}

fn update_project(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut patch = call.body();
    name_client(call, &mut patch);
    let project = call.change("project", call.parameter("id"), patch)?;
    Ok(call.show(project))
}

/// A project shows the name of its client, whose id it is given.
fn name_client(call: &Call<'_>, project: &mut Fields) {
    if let Some(company) = call.store.get("company", call.body_text("client_company_id")) {
        project.insert("client_company".to_owned(), json!({ "name": company.get("name") }));
    }
}

fn create_pipeline_entry(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let stage = call.body_text("stage_id");
    let entry = add_entry(call, call.parameter("id"), call.body_text("contact_id"), Some(stage).filter(|stage| !stage.is_empty()))?;
    Ok(call.show(entry))
}

/// Puts a contact into a stage of the project's pipeline, or into its first.
fn add_entry(call: &mut Call<'_>, project: &str, contact: &str, stage: Option<&str>) -> Result<Fields, Refusal> {
    let contact = call.object("contact", contact, "contact_id")?.clone();
    let project_fields = call.object("project", project, "project_id")?;
    let stages = project_fields.get("pipeline").and_then(|pipeline| pipeline["stages"].as_array()).cloned().unwrap_or_default();
    let found = stages.iter().find(|known| stage.is_none_or(|id| known["id"] == id));
    let found = match (found, stage) {
        (Some(stage), _) => json!({ "id": stage["id"], "name": stage["name"] }),
        (None, Some(_)) => return Err(Refusal::not_found("stage_id", "stage")),
        (None, None) => Value::Null,
    };
    let count = project_fields.get("entries_count").and_then(Value::as_u64).unwrap_or(0);
    call.change("project", project, fields(json!({ "entries_count": count + 1 })))?;
    let entry =
        json!({ "project_id": project, "contact": contact, "stage": found, "rating": null, "notes": null, "rejection_reason_id": null });
    Ok(call.make("pipeline_entry", fields(entry)))
}

fn add_profiles_to_project(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let project = call.body_text("project_id");
    let mut ids = Vec::new();
    for profile in call.checked.body["profiles"].as_array().into_iter().flatten() {
        let url = profile["linkedin_url"].as_str().unwrap_or_default();
        let known = call.store.find("contact", "linkedin_profile", url).map(|contact| text(contact, "id").to_owned());
        let id = match known.filter(|_| !url.is_empty()) {
            Some(id) => id,
            None => {
                let contact = json!({
                    "first_name": profile["first_name"], "last_name": profile["last_name"], "title": profile["current_job"]["title"],
                    "current_company": profile["current_job"]["company_name"], "location": profile["location"], "linkedin_profile": profile["linkedin_url"],
                    "skills": profile["skills"], "summary": profile["summary"], "source": "sourcing", "global_status": "new",
                });
                text(&call.make("contact", fields(contact)), "id").to_owned()
            }
        };
        add_entry(call, project, &id, None)?;
        ids.push(id);
    }
    Ok(json!({ "data": { "added": ids.len(), "contact_ids": ids } }))
}

fn update_task(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut patch = call.body();
    if patch.contains_key("status") {
        let done = call.body_text("status") == "done";
        let now = call.now();
        patch.insert("completed_at".to_owned(), if done { now.into() } else { Value::Null });
    }
    let task = call.change("task", call.parameter("id"), patch)?;
    Ok(call.show(task))
}

fn close_deal(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut patch = call.body();
    let now = call.now();
    patch.insert("closed_at".to_owned(), now.into());
    change_deal(call, patch)
}

fn reopen_deal(call: &mut Call<'_>) -> Result<Value, Refusal> {
    change_deal(call, fields(json!({ "status": "open", "closed_at": null, "signed_amount": null })))
}

fn change_deal(call: &mut Call<'_>, patch: Fields) -> Result<Value, Refusal> {
    let deal = call.change("deal", call.parameter("id"), patch)?;
    Ok(json!({ "data": deal }))
}

/// The field of a contact that holds the sequence it is in.
const SEQUENCE: &str = "~sequence";

fn enroll_contacts(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let sequence = call.parameter("id");
    let named = call.checked.body["contacts"].as_array().into_iter().flatten().filter_map(|contact| contact["contact_id"].as_str());
    let ids: Vec<&str> = call.texts("contact_ids").into_iter().chain(named).collect();
    let (mut enrolled, mut blacklisted, mut already, mut elsewhere, mut not_found) = (0, 0, 0, 0, 0);
    for id in ids {
        let outcome = match call.object("contact", id, "contact_ids") {
            Err(_) => &mut not_found,
            Ok(contact) if contact.get("do_not_contact") == Some(&Value::Bool(true)) => &mut blacklisted,
            Ok(contact) => match text(contact, SEQUENCE) {
                "" => {
                    call.change("contact", id, Fields::from_iter([(SEQUENCE.to_owned(), sequence.into())]))?;
                    &mut enrolled
                }
                current if current == sequence => &mut already,
                _ => &mut elsewhere,
            },
        };
        *outcome += 1;
    }
    count_enrollments(call, sequence, enrolled)?;
    Ok(json!({ "data": {
        "enrolled": enrolled, "skipped_blacklisted": blacklisted, "skipped_already_enrolled": already,
        "skipped_active_elsewhere": elsewhere, "skipped_not_found": not_found,
    } }))
}

fn unenroll_contacts(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let sequence = call.parameter("id");
    let (mut unenrolled, mut not_found) = (0, 0);
    for id in call.texts("contact_ids") {
        match call.object("contact", id, "contact_ids") {
            Ok(contact) if text(contact, SEQUENCE) == sequence => {
                call.change("contact", id, Fields::from_iter([(SEQUENCE.to_owned(), "".into())]))?;
                unenrolled += 1;
            }
            _ => not_found += 1,
        }
    }
    count_enrollments(call, sequence, -unenrolled)?;
    Ok(json!({ "data": { "unenrolled": unenrolled, "not_found": not_found } }))
}

fn count_enrollments(call: &mut Call<'_>, sequence: &str, by: i64) -> Result<(), Refusal> {
    let mut counts = call.object("sequence", sequence, "")?.get("enrollments").cloned().unwrap_or_else(|| json!({}));
    for name in if by > 0 { &["total", "active"][..] } else { &["active"] } {
        counts[*name] = (counts[*name].as_i64().unwrap_or(0) + by).max(0).into();
    }
    call.change("sequence", sequence, fields(json!({ "enrollments": counts }))).map(drop)
}

fn send_message(call: &mut Call<'_>) -> Result<Value, Refusal> {
    if call.body_text("channel") == "email" && call.body_text("subject").is_empty() {
        return Err(Refusal::field("subject", "an email requires one"));
    }
    let id = call.body_text("contact_id");
    let now = call.now();
    let status = if text(call.object("contact", id, "contact_id")?, "global_status") == "new" { "contacted" } else { "" };
    let mut patch = fields(json!({ "last_contacted_at": now }));
    if !status.is_empty() {
        patch.insert("global_status".to_owned(), status.into());
    }
    let contact = call.change("contact", id, patch)?;
    let mut message = deliver(call, id, call.body_text("channel"), call.body_text("content"));
    let first = |list: &str, field: &str| contact.get(list).and_then(|list| list[0][field].as_str()).map(str::to_owned);
    let name = format!("{} {}", text(&contact, "first_name"), text(&contact, "last_name")).trim().to_owned();
    let profile = text(&contact, "linkedin_profile").to_owned();
    let known = [first("emails", "email"), first("phones", "phone"), Some(profile), Some(name)];
    call.sent.push(SentMessage {
        vendor: Vendor::Leonar,
        id: text(&message, "id").to_owned(),
        conversation: text(&message, "conversation_id").to_owned(),
        channel: call.body_text("channel").to_owned(),
        email: None,
        recipient: id.to_owned(),
        addresses: known.into_iter().flatten().filter(|address| !address.is_empty()).collect(),
        scheduled: None,
    });
    message.insert("contact".to_owned(), contact.into());
    Ok(json!({ "data": message }))
}

/// Puts a message into the conversation with the contact over that channel, which begins with it if there is none.
fn deliver(call: &mut Call<'_>, contact: &str, channel: &str, content: &str) -> Fields {
    let same = |fields: &&Fields| text(fields, "contact_id") == contact && text(fields, "channel") == channel;
    let known = call.store.newest("conversation").find(same).map(|conversation| text(conversation, "id").to_owned());
    let conversation = known.unwrap_or_else(|| begin(call, contact, channel));
    let message = json!({
        "conversation_id": conversation, "contact_id": contact, "channel": channel, "content": content, "direction": "outbound",
    });
    keep(call, fields(message))
}

/// The id of a new conversation.
fn begin(call: &mut Call<'_>, contact: &str, channel: &str) -> String {
    let begun = call.make("conversation", fields(json!({ "contact_id": contact, "channel": channel })));
    text(&begun, "id").to_owned()
}

fn keep(call: &mut Call<'_>, mut message: Fields) -> Fields {
    let now = call.now();
    message.insert("sent_at".to_owned(), now.into());
    message.insert("read_at".to_owned(), Value::Null);
    call.make("message", message)
}

/// A contact writes. Leonar documents no webhooks, so that nobody is told.
pub(crate) fn reply(call: &mut Call<'_>, reply: &ReplyTo) -> Result<Fields, Refusal> {
    let id = match reply.conversation_id.as_str() {
        "" => {
            let person = call.object("contact", &reply.contact_id, "contact_id")?;
            let has_email = person.get("emails").and_then(Value::as_array).is_some_and(|emails| !emails.is_empty());
            let usual = if has_email { "email" } else { "linkedin" };
            let channel = [reply.channel.as_str(), usual].into_iter().find(|channel| !channel.is_empty()).unwrap_or_default();
            let same = |fields: &&Fields| {
                text(fields, "contact_id") == reply.contact_id && (reply.channel.is_empty() || text(fields, "channel") == reply.channel)
            };
            let newest = call.store.newest("conversation").find(same).map(|found| text(found, "id").to_owned());
            newest.unwrap_or_else(|| begin(call, &reply.contact_id, channel))
        }
        id => id.to_owned(),
    };
    let conversation = call.object("conversation", &id, "conversation_id")?.clone();
    let contact = text(&conversation, "contact_id");
    // The documented conversation belongs to nobody in particular.
    if call.exists("contact", contact) {
        call.change("contact", contact, fields(json!({ "global_status": "replied" })))?;
    }
    let channel = [text(&conversation, "channel"), "email"].into_iter().find(|channel| !channel.is_empty()).unwrap_or_default();
    let message =
        json!({ "conversation_id": id, "contact_id": contact, "channel": channel, "content": reply.text, "direction": "inbound" });
    Ok(keep(call, fields(message)))
}
