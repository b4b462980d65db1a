//! After verification: the event, its identity, its time.

use reachout_webhooks::{Signer, Verifier};
use serde::Deserialize;

use crate::vectors::*;
use crate::{at, frozen, headers, highlevel, hoop, sendpilot};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    event_id: &'a str,
    data: Data,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    lead_id: String,
}

fn sign(body: &str) -> http::HeaderMap {
    Signer::sendpilot(SENDPILOT_SECRET).unwrap().sign("", at(TIME), body.as_bytes()).unwrap()
}

#[test]
fn decodes_and_may_borrow() {
    let verified = sendpilot().verify(&sign(SENDPILOT_BODY), SENDPILOT_BODY.as_bytes()).unwrap();
    let event: Event<'_> = verified.json().unwrap();
    assert_eq!((event.event_id, event.data.lead_id.as_str()), ("evt_1708456789123_abc123def", "lead_abc123"));
    assert_eq!(verified.body(), SENDPILOT_BODY.as_bytes());
}

#[test]
fn a_decode_error_names_the_path() {
    let cases = [
        (r#"{"eventId":"e","data":{"leadId":7}}"#, "data.leadId", "invalid type: integer `7`, expected a string at line 1 column 33"),
        (r#"{"eventId":"e","data":{}}"#, "data", "missing field `leadId` at line 1 column 24"),
        (r#"{"eventId":"e","data":{"leadId":"l"}} x"#, ".", "trailing characters at line 1 column 39"),
        ("", ".", "EOF while parsing a value at line 1 column 0"),
    ];
    for (body, path, source) in cases {
        let headers = sign(body);
        let error = sendpilot().verify(&headers, body.as_bytes()).unwrap().json::<Event<'_>>().unwrap_err();
        assert_eq!((error.path.as_str(), error.source.to_string().as_str()), (path, source), "{body}");
        assert_eq!(error.to_string(), format!("the webhook body does not decode at `{path}`: {source}"));
    }
}

#[test]
fn message_ids() {
    let svix_headers = |body: &str| Signer::svix(SENDPILOT_SECRET).unwrap().sign("msg_1", at(TIME), body.as_bytes()).unwrap();
    let hoop_headers = |body: &str| Signer::hoop(HOOP_SECRET).unwrap().sign("", at(TIME), body.as_bytes()).unwrap();
    let ghl_headers = |body: &str| Signer::highlevel(ED25519_PRIVATE).unwrap().sign("", at(TIME), body.as_bytes()).unwrap();
    let svix = || frozen(Verifier::svix([SENDPILOT_SECRET]).unwrap(), TIME);
    let event = r#"{"eventId":"evt_1"}"#;
    let webhook = r#"{"webhookId":"w_1","type":"X"}"#;
    let cases = [
        ("documented", sendpilot(), sign(event), event, Some("evt_1")),
        ("documented, none", sendpilot(), sign("{}"), "{}", None),
        ("documented, no JSON", sendpilot(), sign("x"), "x", None),
        ("documented, wrong type", sendpilot(), sign(r#"{"eventId":1}"#), r#"{"eventId":1}"#, None),
        // The same event is delivered under the vendor's id, whichever way it is signed.
        ("observed", sendpilot(), svix_headers(event), event, Some("evt_1")),
        ("observed, none", sendpilot(), svix_headers("{}"), "{}", Some("msg_1")),
        ("svix", svix(), svix_headers(event), event, Some("msg_1")),
        ("highlevel", highlevel(), ghl_headers(webhook), webhook, Some("w_1")),
        ("hoop", hoop(), hoop_headers(webhook), webhook, Some("w_1")),
    ];
    for (name, verifier, headers, body, expect) in cases {
        let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
        assert_eq!(verified.message_id().as_deref(), expect, "{name}");
    }
}

/// 2025-01-28T14:35:00Z, the time inside `HIGHLEVEL_BODY`.
const INSIDE: i64 = 1_738_074_900;

#[test]
fn the_time_inside_a_highlevel_body() {
    let signer = Signer::highlevel(ED25519_PRIVATE).unwrap();
    let cases = [
        (HIGHLEVEL_BODY, INSIDE, Ok(INSIDE)),
        (HIGHLEVEL_BODY, INSIDE + 300, Ok(INSIDE)),
        (HIGHLEVEL_BODY, INSIDE + 301, Err("the message was signed 301s ago, which is over the tolerance of 300s")),
        (HIGHLEVEL_BODY, INSIDE - 301, Err("the message was signed 301s in the future, which is over the tolerance of 300s")),
        (r#"{"timestamp":"2025-01-28T15:35:00.000+01:00"}"#, INSIDE, Ok(INSIDE)),
        ("{}", INSIDE, Err("the body has no RFC 3339 `timestamp`")),
        (r#"{"timestamp":"yesterday"}"#, INSIDE, Err("the body has no RFC 3339 `timestamp`")),
        ("not json", INSIDE, Err("the body has no RFC 3339 `timestamp`")),
    ];
    for (body, now, expect) in cases {
        let headers = signer.sign("", at(now), body.as_bytes()).unwrap();
        let verified = frozen(highlevel(), now).verify(&headers, body.as_bytes()).unwrap();
        assert_eq!(verified.signed_at(), None, "no header carries a time");
        let found = verified.check_timestamp().map(|at| at.timestamp()).map_err(|error| error.to_string());
        assert_eq!(found, expect.map_err(str::to_owned), "{body} at {now}");
    }
}

#[test]
fn a_signed_time_is_the_one_that_counts() {
    // The body says 2024-02-24T10:30:00Z, the header a moment ten hours later than that.
    let verified = sendpilot().verify(&sign(SENDPILOT_BODY), SENDPILOT_BODY.as_bytes()).unwrap();
    assert_eq!(verified.check_timestamp(), Ok(at(TIME)));
}

#[test]
fn debug_keeps_the_conversation_to_itself() {
    let verified = highlevel().verify(&headers(&[("x-ghl-signature", ED25519_SIGNATURE)]), HIGHLEVEL_BODY.as_bytes()).unwrap();
    let shown = format!("{verified:?}");
    assert!(shown.contains("HighLevel") && !shown.contains("Testing"), "{shown}");
}
