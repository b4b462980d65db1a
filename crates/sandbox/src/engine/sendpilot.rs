//! What SendPilot does beyond making, listing and changing objects.

use std::time::Duration;

use reachout_messenger::Vendor;
use serde_json::{Value, json};

use super::call::{Call, Handler, Listing};
use super::event::Event;
use super::jobs;
use super::outcome::SentMessage;
use super::reply::ReplyTo;
use super::store::{Fields, fields, text};
use crate::api::refusal::Refusal;

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "list_campaigns" => list_campaigns,
        "update_campaign" => update_campaign,
        "create_leads" => create_leads,
        "list_leads" => list_leads,
        "get_lead" => get_lead,
        "update_lead_status" => update_lead_status,
        "list_messages" => list_messages,
        "send_message" => send_message,
        "send_message_to_lead" => send_message_to_lead,
        "send_connection_request" => send_connection_request,
        _ => return jobs::handler(operation),
    })
}

fn list_campaigns(call: &mut Call<'_>) -> Result<Value, Refusal> {
    // The filter calls a started campaign active.
    let special = |name: &str, value: &Value, campaign: &Fields| {
        (name == "status" && value == "active").then(|| text(campaign, "status") == "started")
    };
    call.list(&Listing { special, ..Listing::default() })
}

fn update_campaign(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameter("id");
    let campaign = call.object("campaign", id, "")?.clone();
    let (from, to, done, name, event) = match call.body_text("action") {
        "pause" => ("started", "paused", "paused", "paused", "campaign.paused"),
        _ => ("paused", "started", "resumed", "resumed", "campaign.resumed"),
    };
    if text(&campaign, "status") != from {
        return Err(Refusal::State(format!("action: the campaign is {}, not {from}", text(&campaign, "status"))));
    }
    call.change("campaign", id, fields(json!({ "status": to })))?;
    let now = call.now();
    let mut data = fields(json!({ "campaignId": id, "campaignName": campaign.get("name") }));
    data.insert(format!("{name}At"), now.into());
    data.insert(format!("{name}By"), "api".into());
    call.events.push(Event::new(event, data));
    Ok(json!({
        "success": true, "campaignId": id, "action": call.body_text("action"), "newStatus": to, "message": format!("Campaign {done} successfully"),
    }))
}

fn create_leads(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let campaign = call.body_text("campaignId");
    let (mut added, mut duplicates, mut errors) = (0_u64, 0_u64, Vec::new());
    for (index, lead) in call.checked.body["leads"].as_array().into_iter().flatten().enumerate() {
        let url = lead["linkedinUrl"].as_str().unwrap_or_default();
        let same = |known: &Fields| text(known, "linkedinUrl") == url && text(known, "campaignId") == campaign;
        if !url.contains("linkedin.com/") {
            errors.push(json!({ "index": index, "linkedinUrl": url, "reason": "Not a LinkedIn profile URL" }));
        } else if call.store.newest("lead").any(same) {
            duplicates += 1;
        } else {
            // What no field of a lead is for is its custom data.
            let known = ["linkedinUrl", "firstName", "lastName", "company", "title", "email"];
            let (own, custom) = fields(lead.clone()).into_iter().partition::<Fields, _>(|(name, _)| known.contains(&name.as_str()));
            let mut made = fields(json!({ "campaignId": campaign, "status": "PENDING", "data": custom }));
            made.extend(own);
            call.make("lead", made);
            added += 1;
        }
    }
    let total = call.object("campaign", campaign, "campaignId")?.get("totalLeads").and_then(Value::as_u64).unwrap_or(0);
    call.change("campaign", campaign, fields(json!({ "totalLeads": total + added })))?;
    let mut response = json!({ "success": true, "leadsAdded": added, "duplicatesSkipped": duplicates, "invalidEntries": errors.len() });
    if !errors.is_empty() {
        response["errors"] = errors.into();
    }
    Ok(response)
}

/// A lead as the response has it: custom data only where the request asks for the whole.
fn shown(call: &Call<'_>, lead: &Fields) -> Fields {
    let mut lead = lead.clone();
    if call.checked.parameters.get("full") != Some(&Value::Bool(true)) {
        lead.remove("data");
    }
    lead
}

fn list_leads(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let full = call.checked.parameters.get("full") == Some(&Value::Bool(true));
    let show = |lead: &Fields| {
        lead.iter().filter(|(name, _)| full || *name != "data").map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    call.list(&Listing { show: &show, ..Listing::default() })
}

fn get_lead(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let lead = call.object("lead", call.parameter("id"), "")?.clone();
    Ok(shown(call, &lead).into())
}

fn update_lead_status(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let (id, status) = (call.parameter("id"), call.body_text("status"));
    let before = call.object("lead", id, "")?.clone();
    let mut patch = call.body();
    patch.remove("note");
    let after = call.change("lead", id, patch)?;
    let data = json!({
        "leadId": id, "campaignId": before.get("campaignId"), "linkedinUrl": before.get("linkedinUrl"),
        "previousStatus": before.get("status"), "newStatus": after.get("status"), "changedBy": "api",
    });
    call.events.push(Event::new("lead.updated", fields(data)));
    Ok(json!({ "success": true, "leadId": id, "status": status, "message": format!("Lead status updated to '{status}'") }))
}

fn list_messages(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let (id, account) = (call.parameter("conversationId"), call.parameter("accountId"));
    if text(call.object("conversation", id, "")?, "accountId") != account {
        return Err(Refusal::not_found("accountId", "conversation of this account"));
    }
    // The documented page shows a thread from its beginning.
    call.list(&Listing { oldest_first: true, special: |name, _, _| (name == "accountId").then_some(true), ..Listing::default() })
}

/// A message on its way to a LinkedIn profile.
struct Outgoing<'a> {
    sender: &'a str,
    url: &'a str,
    lead: &'a str,
    campaign: &'a str,
    text: &'a str,
}

fn send_message(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let (sender, url, lead) = (call.body_text("senderId"), call.body_text("recipientLinkedinUrl"), call.body_text("leadId"));
    if !url.is_empty() {
        let sent = send(call, &Outgoing { sender, url, lead, campaign: call.body_text("campaignId"), text: call.body_text("message") })?;
        return Ok(json!({
            "success": true, "messageId": sent.get("id"), "recipientLinkedinUrl": url, "status": "sent", "timestamp": sent.get("sentAt"),
            "conversationId": sent.get("conversationId"),
        }));
    }
    // The older contract: to a lead, whose sender may be left to the platform.
    let fields = call.object("lead", lead, "leadId")?.clone();
    let usual = usual_sender(call);
    let sender = if sender.is_empty() { &usual } else { sender };
    let (url, own) = (text(&fields, "linkedinUrl"), text(&fields, "campaignId"));
    let campaign = Some(call.body_text("campaignId")).filter(|given| !given.is_empty()).unwrap_or(own);
    let sent = send(call, &Outgoing { sender, url, lead, campaign, text: call.body_text("message") })?;
    Ok(json!({ "success": true, "messageId": sent.get("id"), "leadId": lead, "senderId": sender, "sentAt": sent.get("sentAt") }))
}

fn send_message_to_lead(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameter("leadId");
    let lead = call.object("lead", id, "")?.clone();
    let message = ["firstName", "lastName"]
        .iter()
        .fold(call.body_text("message").to_owned(), |message, name| message.replace(&format!("{{{{{name}}}}}"), text(&lead, name)));
    let (url, campaign) = (text(&lead, "linkedinUrl"), text(&lead, "campaignId"));
    let sent = send(call, &Outgoing { sender: call.body_text("senderId"), url, lead: id, campaign, text: &message })?;
    Ok(json!({
        "success": true, "messageId": sent.get("id"), "recipientLinkedinUrl": url, "leadId": id, "status": "sent",
        "timestamp": sent.get("sentAt"), "conversationId": sent.get("conversationId"),
    }))
}

/// Refuses a sender that is none of the workspace's; SendPilot does so with 400.
fn check_sender(call: &mut Call<'_>, sender: &str) -> Result<(), Refusal> {
    if call.exists("sender", sender) { Ok(()) } else { Err(Refusal::State("senderId: sender not found".to_owned())) }
}

fn send(call: &mut Call<'_>, outgoing: &Outgoing<'_>) -> Result<Fields, Refusal> {
    check_sender(call, outgoing.sender)?;
    let conversation = conversation(call, outgoing.sender, outgoing.url);
    let message = post(call, &conversation, outgoing.text, true);
    if !outgoing.lead.is_empty() && call.exists("lead", outgoing.lead) {
        call.change("lead", outgoing.lead, fields(json!({ "status": "MESSAGE_SENT", "senderId": outgoing.sender })))?;
    }
    let mut data = fields(json!({ "linkedinUrl": outgoing.url, "senderId": outgoing.sender, "message": outgoing.text }));
    for (name, id) in [("leadId", outgoing.lead), ("campaignId", outgoing.campaign)] {
        if !id.is_empty() {
            data.insert(name.to_owned(), id.into());
        }
    }
    call.events.push(Event::new("message.sent", data));
    let name = conversation.get("participants").and_then(|people| people[0]["name"].as_str()).map(str::to_owned);
    call.sent.push(SentMessage {
        vendor: Vendor::SendPilot,
        id: text(&message, "id").to_owned(),
        conversation: text(&conversation, "id").to_owned(),
        channel: "linkedin".to_owned(),
        email: None,
        recipient: outgoing.url.to_owned(),
        addresses: [outgoing.url.to_owned()].into_iter().chain(name).collect(),
        scheduled: None,
    });
    Ok(message)
}

/// The conversation of a sender with a profile, which begins if there is none.
fn conversation(call: &mut Call<'_>, sender: &str, url: &str) -> Fields {
    if let Some(known) = find_conversation(call, sender, url) {
        return known;
    }
    let lead = call.store.find("lead", "linkedinUrl", url);
    let name = lead.map(|lead| format!("{} {}", text(lead, "firstName"), text(lead, "lastName")).trim().to_owned());
    let person = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let participant =
        json!({ "id": person, "name": name.filter(|name| !name.is_empty()).unwrap_or_else(|| person.to_owned()), "profileUrl": url });
    call.make("conversation", fields(json!({ "accountId": sender, "participants": [participant], "unreadCount": 0, "~profile": url })))
}

fn find_conversation(call: &Call<'_>, sender: &str, url: &str) -> Option<Fields> {
    call.store.newest("conversation").find(|fields| text(fields, "accountId") == sender && is_with(fields, url)).cloned()
}

/// Whether a conversation is with this profile.
fn is_with(conversation: &Fields, url: &str) -> bool {
    let people = conversation.get("participants").and_then(Value::as_array).into_iter().flatten();
    people.into_iter().any(|person| person["profileUrl"] == url)
}

/// Puts a message into a conversation, which moves to the top of the list.
fn post(call: &mut Call<'_>, conversation: &Fields, content: &str, sent: bool) -> Fields {
    let id = text(conversation, "id").to_owned();
    let now = call.now();
    let person = conversation.get("participants").and_then(|people| people.get(0)).cloned().unwrap_or_else(|| json!({}));
    let person = json!({ "id": person["id"], "name": person["name"], "profileUrl": person["profileUrl"] });
    let account = json!({ "id": text(conversation, "accountId") });
    let direction = if sent { "sent" } else { "received" };
    let (from, to) = if sent { (account, person) } else { (person, account) };
    let message = call.make(
        "message",
        fields(json!({
            "conversationId": id, "content": content, "direction": direction, "sender": from, "recipient": to, "sentAt": now,
            "readStatus": if sent { "read" } else { "unread" }, "contentType": "TEXT",
        })),
    );
    let mut conversation = conversation.clone();
    let unread = conversation.get("unreadCount").and_then(Value::as_u64).unwrap_or(0) + u64::from(!sent);
    let cut: String = content.chars().take(100).collect();
    conversation.extend(fields(json!({
        "lastMessage": { "content": cut, "sentAt": now, "direction": direction }, "lastActivityAt": now, "updatedAt": now, "unreadCount": unread,
    })));
    call.store.insert("conversation", &id, conversation);
    message
}

fn send_connection_request(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let (sender, url) = (call.body_text("senderId"), call.body_text("recipientLinkedinUrl"));
    check_sender(call, sender)?;
    let known = find_conversation(call, sender, url).is_some();
    let now = call.now();
    if !known {
        let lead = call.store.find("lead", "linkedinUrl", url).cloned().unwrap_or_default();
        if !text(&lead, "id").is_empty() {
            call.change("lead", text(&lead, "id"), fields(json!({ "status": "CONNECTION_SENT" })))?;
        }
        let mut data = fields(json!({ "linkedinUrl": url, "senderId": sender }));
        for (name, value) in [("leadId", text(&lead, "id")), ("campaignId", text(&lead, "campaignId")), ("note", call.body_text("message"))]
        {
            if !value.is_empty() {
                data.insert(name.to_owned(), value.into());
            }
        }
        call.events.push(Event::new("connection_request.sent", data.clone()));
        data.remove("note");
        data.insert("acceptedAt".to_owned(), now.clone().into());
        let wait = Duration::from_millis(call.settings.job_milliseconds);
        call.events.push(Event::new("connection_request.accepted", data).after(wait));
    }
    Ok(json!({
        "success": true, "requestId": crate::engine::ids::like(&"conn_xyz789".into()), "recipientLinkedinUrl": url,
        "status": if known { "already_connected" } else { "sent" }, "timestamp": now,
    }))
}

/// The sender that is chosen where a request names none.
fn usual_sender(call: &Call<'_>) -> String {
    call.store.newest("sender").last().map(|sender| text(sender, "id").to_owned()).unwrap_or_default()
}

/// The conversation with a profile, whoever of the workspace has it; one begins with the sender of the lead, or with the usual one.
fn conversation_with(call: &mut Call<'_>, url: &str) -> Fields {
    if let Some(known) = call.store.newest("conversation").find(|fields| is_with(fields, url)) {
        return known.clone();
    }
    let known = call.store.find("lead", "linkedinUrl", url).map(|lead| text(lead, "senderId").to_owned());
    let sender = known.filter(|sender| !sender.is_empty()).unwrap_or_else(|| usual_sender(call));
    conversation(call, &sender, url)
}

/// A lead writes.
pub(crate) fn reply(call: &mut Call<'_>, reply: &ReplyTo) -> Result<Fields, Refusal> {
    let conversation = match reply.conversation_id.as_str() {
        "" => conversation_with(call, &reply.linkedin_url),
        id => call.object("conversation", id, "conversation_id")?.clone(),
    };
    let message = post(call, &conversation, &reply.text, false);
    let url = message.get("sender").map(|sender| sender["profileUrl"].clone()).unwrap_or_default();
    let lead = call.store.find("lead", "linkedinUrl", url.as_str().unwrap_or_default()).cloned().unwrap_or_default();
    if !text(&lead, "id").is_empty() {
        call.change("lead", text(&lead, "id"), fields(json!({ "status": "REPLY_RECEIVED" })))?;
    }
    let data = json!({
        "leadId": lead.get("id"), "campaignId": lead.get("campaignId"), "linkedinUrl": url,
        "senderId": conversation.get("accountId"), "reply": reply.text,
    });
    call.events.push(Event::new("reply.received", fields(data)));
    Ok(message)
}
