//! Whether a contact may be written to, by what `GET /contacts/{contactId}` returns.

use reachout_messenger::Channel;
use serde_json::Value;

use super::text;
use crate::Verdict;

/// The keys of `dndSettings` in small letters, and the channel of messages that each is about.
const KEYS: [(&str, Option<Channel>); 13] = [
    ("email", Some(Channel::Email)),
    ("sms", Some(Channel::Sms)),
    ("whatsapp", Some(Channel::WhatsApp)),
    ("fb", Some(Channel::Facebook)),
    ("facebook", Some(Channel::Facebook)),
    ("ig", Some(Channel::Instagram)),
    ("instagram", Some(Channel::Instagram)),
    ("rcs", Some(Channel::Rcs)),
    ("livechat", Some(Channel::LiveChat)),
    ("tiktok", Some(Channel::TikTok)),
    ("custom", Some(Channel::Custom)),
    ("call", None),
    ("gmb", None),
];

/// Only a contact that is the one asked for and whose settings are understood is [`Eligible`](Verdict::Eligible). Without a channel, all
/// settings count.
pub(super) fn verdict(vendor: &str, response: &Value, id: &str, channel: Option<Channel>) -> Verdict {
    read(vendor, response, id, channel)
        .unwrap_or_else(|problem| Verdict::Unclear(format!("what {vendor} says about the contact is not understood: {problem}")))
}

fn read(vendor: &str, response: &Value, id: &str, channel: Option<Channel>) -> Result<Verdict, String> {
    let contact = response.get("contact").filter(|contact| contact.is_object()).ok_or("there is no contact in it")?;
    match text(contact, "id") {
        Some(theirs) if theirs == id => {}
        Some(_) => return Err("it is about another contact, which this one may have been merged with".to_owned()),
        None => return Err("its contact has no id".to_owned()),
    }
    if flag(contact, "deleted")? == Some(true) {
        return Ok(Verdict::NotFound(format!("{vendor} has the contact as deleted")));
    }
    match flag(contact, "dnd")? {
        Some(true) => return Ok(suppressed(vendor, None, None)),
        Some(false) => {}
        None => return Err("it does not say whether `dnd` is on".to_owned()),
    }
    let settings = match contact.get("dndSettings") {
        None | Some(Value::Null) => return Ok(Verdict::Eligible),
        Some(Value::Object(settings)) => settings,
        Some(_) => return Err("`dndSettings` is not an object".to_owned()),
    };
    let mut problem = None;
    for (key, setting) in settings {
        let known = known(key).map(|(_, about)| *about);
        if known.is_some_and(|about| channel.is_some() && about != channel) {
            continue;
        }
        match (is_on(setting), known) {
            (Some(false), _) => {}
            (Some(true), Some(about)) => return Ok(suppressed(vendor, about, text(setting, "message"))),
            (Some(true), None) => problem = Some(format!("`dndSettings` has `{key}`, which is not a known channel")),
            (None, _) => problem = Some(format!("the status of `dndSettings.{key}` is not a known one")),
        }
    }
    problem.map_or(Ok(Verdict::Eligible), Err)
}

/// By which channels an event says that a contact is not to be written to; `None` is every channel. What is on and not understood counts for
/// every channel, but a status of another name does not: the vendor is asked before each message.
pub(in crate::vendor) fn refused_channels(contact: &Value) -> Vec<Option<Channel>> {
    if flag(contact, "dnd") == Ok(Some(true)) {
        return vec![None];
    }
    let settings = contact.get("dndSettings").and_then(Value::as_object);
    let on = settings.into_iter().flatten().filter(|(_, setting)| is_on(setting) == Some(true));
    let about = on.filter_map(|(key, _)| match known(key) {
        // Calls and reviews are no channels of messages.
        Some((_, None)) => None,
        Some((_, channel)) => Some(*channel),
        None => Some(None),
    });
    about.collect()
}

/// The key of `dndSettings` that this is, with the channel that it is about.
fn known(key: &str) -> Option<&'static (&'static str, Option<Channel>)> {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    KEYS.iter().find(|(known, _)| *known == plain)
}

/// A field that is true or false, or not there.
fn flag(contact: &Value, name: &str) -> Result<Option<bool>, String> {
    match contact.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(format!("`{name}` is neither true nor false")),
    }
}

/// Whether do-not-disturb is on for a channel; `None` where that is not understood.
fn is_on(setting: &Value) -> Option<bool> {
    if setting.is_null() {
        return Some(false);
    }
    match text(setting, "status")? {
        "inactive" => Some(false),
        status if ["active", "permanent"].iter().any(|on| status.eq_ignore_ascii_case(on)) => Some(true),
        _ => None,
    }
}

fn suppressed(vendor: &str, channel: Option<Channel>, message: Option<&str>) -> Verdict {
    let code = channel.map_or_else(|| "dnd".to_owned(), |channel| format!("dnd-{}", channel.name()));
    let by = channel.map_or_else(String::new, |channel| format!(" by {channel}"));
    let words = message.map_or_else(String::new, |words| format!(": {words}"));
    Verdict::Suppressed { code, reason: format!("{vendor} has the contact on do-not-disturb{by}{words}"), channel }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn word(response: &Value, channel: Option<Channel>) -> String {
        match verdict("Hoop AI", response, "c1", channel) {
            Verdict::Eligible => "yes".to_owned(),
            Verdict::Suppressed { code, .. } => code,
            Verdict::NotFound(_) => "not found".to_owned(),
            Verdict::Unclear(_) => "unclear".to_owned(),
        }
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        let contact = |rest: Value| {
            let mut contact = json!({ "id": "c1", "dnd": false });
            contact.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            json!({ "contact": contact, "traceId": "t" })
        };
        let settings = |settings: Value| contact(json!({ "dndSettings": settings }));
        for (response, expected) in [
            (contact(json!({})), "yes"),
            (contact(json!({ "deleted": false, "dndSettings": null })), "yes"),
            (settings(json!({})), "yes"),
            (settings(json!({ "SMS": { "status": "inactive" }, "Email": { "status": "active" }, "Call": { "status": "odd" } })), "yes"),
            (settings(json!({ "SMS": null })), "yes"),
            (settings(json!({ "Pager": { "status": "inactive" } })), "yes"),
            (contact(json!({ "dnd": true })), "dnd"),
            (settings(json!({ "SMS": { "status": "active", "message": "STOP" } })), "dnd-sms"),
            (settings(json!({ "SMS": { "status": "permanent" } })), "dnd-sms"),
            (settings(json!({ "SMS": { "status": "ACTIVE" } })), "dnd-sms"),
            (settings(json!({ "sms": { "status": "active" } })), "dnd-sms"),
            (settings(json!({ "SMS": { "status": "inactive" }, "sms": { "status": "active" } })), "dnd-sms"),
            (settings(json!({ "Pager": { "status": "odd" }, "SMS": { "status": "active" } })), "dnd-sms"),
            (contact(json!({ "deleted": true })), "not found"),
            (json!({}), "unclear"),
            (json!([]), "unclear"),
            (json!(null), "unclear"),
            (json!({ "contact": null }), "unclear"),
            (json!({ "contact": [] }), "unclear"),
            (json!({ "contact": {} }), "unclear"),
            (json!({ "id": "c1", "dnd": false }), "unclear"),
            (json!({ "contact": { "dnd": false } }), "unclear"),
            (json!({ "contact": { "id": "c1" } }), "unclear"),
            (contact(json!({ "id": "other" })), "unclear"),
            (contact(json!({ "id": "C1" })), "unclear"),
            (contact(json!({ "id": 1 })), "unclear"),
            (contact(json!({ "dnd": null })), "unclear"),
            (contact(json!({ "dnd": "true" })), "unclear"),
            (contact(json!({ "dnd": "false" })), "unclear"),
            (contact(json!({ "dnd": 0 })), "unclear"),
            (contact(json!({ "deleted": "no" })), "unclear"),
            (settings(json!([])), "unclear"),
            (settings(json!("none")), "unclear"),
            (settings(json!({ "SMS": {} })), "unclear"),
            (settings(json!({ "SMS": { "message": "STOP" } })), "unclear"),
            (settings(json!({ "SMS": { "status": null } })), "unclear"),
            (settings(json!({ "SMS": { "status": "Inactive" } })), "unclear"),
            (settings(json!({ "SMS": { "status": "paused" } })), "unclear"),
            (settings(json!({ "SMS": "active" })), "unclear"),
            (settings(json!({ "SMS": false })), "unclear"),
            (settings(json!({ "all": { "status": "active" } })), "unclear"),
        ] {
            assert_eq!(word(&response, Some(Channel::Sms)), expected, "{response}");
        }
        let email = settings(json!({ "Email": { "status": "active" } }));
        assert_eq!([word(&email, Some(Channel::Email)), word(&email, None)], ["dnd-email", "dnd-email"], "without a channel all count");
    }
}
