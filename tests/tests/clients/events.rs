//! Webhook events, by the documented examples and under their old names.

use reachout_test_support::lost;
use serde::Serialize;
use serde_json::{Value, json};

fn examples(openapi: &'static [u8]) -> Vec<(String, Vec<String>, Value)> {
    let document = reachout_document::Document::embedded(openapi).json();
    let events = document["x-webhook-events"].as_object().unwrap();
    let aliases = |event: &Value| event["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    events.iter().map(|(name, event)| (name.clone(), aliases(event), event["example"].clone())).collect()
}

#[test]
fn sendpilot_events_decode_under_every_name() {
    use sendpilot::WebhookEvent as Event;
    fn payload(event: &Event) -> Value {
        fn json(value: &impl Serialize) -> Value {
            serde_json::to_value(value).unwrap()
        }
        match event {
            Event::MessageSent(data) => json(data),
            Event::ReplyReceived(data) => json(data),
            Event::ConnectionRequestSent(data) => json(data),
            Event::ConnectionRequestAccepted(data) => json(data),
            Event::CampaignStarted(data) => json(data),
            Event::CampaignPaused(data) => json(data),
            Event::CampaignResumed(data) => json(data),
            Event::CampaignFinished(data) => json(data),
            Event::LeadUpdated(data) => json(data),
            Event::LeadTagUpdated(data) => json(data),
            Event::LeadDatabaseSearchCompleted(data) => json(data),
            Event::LeadExtractorJobCompleted(data) => json(data),
            other => panic!("{other:?}"),
        }
    }
    let examples = examples(sendpilot::OPENAPI);
    assert_eq!(examples.len(), 12);
    for (name, aliases, body) in examples {
        let event: Event = serde_json::from_value(body.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(lost(&body["data"], &payload(&event)), Vec::<String>::new(), "{name}");
        for alias in aliases {
            let mut old = body.clone();
            old["eventType"] = json!(alias);
            assert_eq!(serde_json::from_value::<Event>(old).unwrap(), event, "{alias}");
        }
    }
}

#[test]
fn highlevel_events_decode() {
    use hoop_ai::WebhookEvent as Event;
    for (name, _, body) in examples(hoop_ai::OPENAPI) {
        let event: Event = serde_json::from_value(body).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!matches!(event, Event::Unknown { .. }), "{name}");
    }
    let leadway: Vec<String> = examples(leadway::OPENAPI).into_iter().map(|(name, ..)| name).collect();
    let hoop: Vec<String> = examples(hoop_ai::OPENAPI).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(leadway, hoop);
}

/// All 58 that have a page, by their names on the wire, and flat or inside `data` or `body`, as the vendor's guides print them.
#[test]
fn every_documented_event_of_highlevel_decodes_wherever_it_stands() {
    use highlevel::WebhookEvent as Event;
    let all = examples(highlevel::OPENAPI);
    assert_eq!(all.len(), 58);
    for name in ["INSTALL", "UNINSTALL", "PLAN_CHANGE", "OpportunityStageUpdate", "LCEmailStats", "RecordDelete", "PriceUpdate"] {
        assert!(all.iter().any(|(known, ..)| known == name), "{name}");
    }
    for (name, _, body) in all {
        let read = |body: Value| -> Event { serde_json::from_value(body).unwrap_or_else(|error| panic!("{name}: {error}")) };
        let flat = read(body.clone());
        assert!(!matches!(flat, Event::Unknown { .. }), "{name}");
        let mut inner = body.clone();
        let kind = inner.as_object_mut().unwrap().remove("type").unwrap();
        for place in ["data", "body"] {
            assert_eq!(read(json!({ "type": kind, place: inner })), flat, "{name} in {place}");
        }
    }
    for channel in ["SMS", "Email", "Custom"] {
        let event: Event = serde_json::from_value(json!({ "type": channel, "contactId": "c", "messageId": "m" })).unwrap();
        assert!(matches!(event, Event::ProviderOutboundMessage(_)), "{channel}: {event:?}");
    }
}

#[test]
fn an_event_without_a_name_or_with_another_is_a_value() {
    for (body, name) in [(json!({ "id": "i", "locationId": "l" }), ""), (json!({ "type": "VoiceAiCallEnd", "id": "i" }), "VoiceAiCallEnd")]
    {
        let event: highlevel::WebhookEvent = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(event, highlevel::WebhookEvent::Unknown { name: name.into(), payload: body });
    }
}

#[test]
fn an_event_of_tomorrow_is_kept() {
    let body = json!({ "eventType": "lead.vanished", "data": { "leadId": "l1" } });
    let event: sendpilot::WebhookEvent = serde_json::from_value(body).unwrap();
    assert_eq!(event, sendpilot::WebhookEvent::Unknown { name: "lead.vanished".into(), payload: json!({ "leadId": "l1" }) });
}

#[test]
fn a_payload_that_does_not_fit_names_the_field() {
    let body = json!({ "eventType": "campaign.started", "data": { "campaignId": { "deep": 1 } } });
    let error = serde_json::from_value::<sendpilot::WebhookEvent>(body).unwrap_err().to_string();
    assert!(error.contains("campaignId"), "{error}");
}
