//! Leads of SendPilot that unsubscribed get nothing, and where that cannot be read, nobody does.

use std::time::Duration;

use reachout_outbox::{Account, Channel, Envelope, Message, Runner, State, Vendor, VendorEligibility};
use serde_json::{Value, json};

use crate::database::{Database, in_time};
use crate::fake::serve;
use crate::vendor::{AtSandbox, by_key};

const ADA: &str = "https://www.linkedin.com/in/ada";
const BO: &str = "https://www.linkedin.com/in/bo";

fn lead(id: &str, url: &str, status: &str) -> Value {
    json!({ "id": id, "linkedinUrl": url, "status": status, "campaignId": "c1", "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z" })
}

fn list(name: &str, items: &[Value], total: usize) -> Value {
    json!({ name: items, "pagination": { "total": total, "page": 1, "limit": 100, "totalPages": 1 } })
}

/// Two campaigns; Ada unsubscribed in the second, and is a lead of the first as well.
fn everything(path: &str) -> Value {
    match path.split_once('?').map_or(path, |(path, _)| path).rsplit('/').next().unwrap_or_default() {
        "campaigns" => list("campaigns", &[json!({ "id": "c1" }), json!({ "id": "c2" })], 2),
        "leads" if path.contains("c2") => list("leads", &[lead("l2", &format!("{ADA}/?trk=x"), "UNSUBSCRIBED")], 1),
        // As if the filter had no effect.
        "leads" => list("leads", &[lead("l1", ADA, "MESSAGE_SENT"), lead("l3", BO, "DONE")], 2),
        "l1" => lead("l1", ADA, "MESSAGE_SENT"),
        "l2" => lead("l2", ADA, "unsubscribed"),
        // The one for the other.
        "l3" | "l7" => lead("l3", BO, "DONE"),
        "l4" => lead("l4", BO, "DO_NOT_DISTURB"),
        "l5" => json!({ "id": "l5", "linkedinUrl": BO }),
        "l6" => json!({ "id": "l6", "status": "DONE" }),
        _ => Value::Null,
    }
}

/// Where a message to this recipient gets by what the vendor responds to reading.
async fn sent_to(recipient: &str, lead: Option<&str>, read: fn(&str) -> Value) -> (State, Option<String>, u32) {
    let database = Database::sqlite();
    let outbox = database.open().await;
    let (address, _) = serve(move |(method, path, _)| {
        if method == "POST" {
            return (200, json!({ "success": true, "messageId": "m", "status": "sent", "timestamp": "2026-11-30T10:00:00Z" }).to_string());
        }
        match read(path) {
            Value::Null => (404, json!({ "statusCode": 404, "message": "not found" }).to_string()),
            Value::Number(status) => (u16::try_from(status.as_u64().unwrap()).unwrap(), "{}".to_owned()),
            response => (200, response.to_string()),
        }
    })
    .await;
    let mut message = Message::to(recipient).channel(Channel::Linkedin).from("sender_abc123").text("Hi");
    message.sendpilot.lead_id = lead.map(str::to_owned);
    outbox.enqueue(&Envelope::new(Account::new(Vendor::SendPilot, "acme"), message), "key").await.unwrap();
    let runner = Runner::new(&outbox, AtSandbox(address)).eligibility(VendorEligibility::new());
    let runner = runner.attempts(1).until_empty().lease(Duration::from_secs(10));
    runner.run_until(tokio::time::sleep(Duration::from_millis(1500))).await.unwrap();
    let entry = by_key(&outbox, "key").await;
    (entry.state, entry.code, entry.attempts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_unsubscribed_as_any_lead_is_not_written_to() {
    in_time(async {
        for (recipient, lead, state, code) in [
            (ADA, None, State::Suppressed, Some("unsubscribed")),
            ("l2", None, State::Suppressed, Some("unsubscribed")),
            ("l1", None, State::Suppressed, Some("unsubscribed")),
            (BO, Some("l2"), State::Suppressed, Some("unsubscribed")),
            (BO, None, State::Accepted, None),
            (BO, Some("l3"), State::Accepted, None),
            ("l3", None, State::Accepted, None),
            ("l4", None, State::Failed, Some("eligibility")),
            ("l5", None, State::Failed, Some("eligibility")),
            ("l6", None, State::Failed, Some("eligibility")),
            ("l7", None, State::Failed, Some("eligibility")),
            ("l8", None, State::Failed, Some("recipient-not-found")),
        ] {
            let (found, reason, attempts) = sent_to(recipient, lead, everything).await;
            assert_eq!((found, attempts), (state, u32::from(state == State::Accepted)), "{recipient} {lead:?}: {reason:?}");
            assert!(state == State::Accepted || reason.as_deref() == code, "{recipient} {lead:?}: {reason:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_leads_that_is_not_whole_lets_nothing_out() {
    type Read = fn(&str) -> Value;
    let cases: [(&str, Read); 7] = [
        ("the campaigns are refused", |path| if path.contains("campaigns") { json!(500) } else { everything(path) }),
        ("the leads are refused", |path| if path.contains("/leads?") { json!(400) } else { everything(path) }),
        ("another form", |path| if path.contains("/leads?") { json!({ "results": [] }) } else { everything(path) }),
        ("some are not shown", |path| if path.contains("/leads?") { list("leads", &[], 3) } else { everything(path) }),
        ("a lead without a status", |path| {
            if path.contains("/leads?") { list("leads", &[json!({ "id": "l", "linkedinUrl": ADA })], 1) } else { everything(path) }
        }),
        ("a lead without a profile", |path| {
            if path.contains("/leads?") { list("leads", &[json!({ "id": "l", "status": "DONE" })], 1) } else { everything(path) }
        }),
        ("a campaign without an id", |path| if path.contains("campaigns") { list("campaigns", &[json!({})], 1) } else { everything(path) }),
    ];
    in_time(async {
        for (case, read) in cases {
            for recipient in [BO, "l3"] {
                let (state, code, attempts) = sent_to(recipient, None, read).await;
                assert_eq!((state, code.as_deref(), attempts), (State::Queued, Some("eligibility"), 0), "{case}");
            }
        }
    })
    .await;
}
