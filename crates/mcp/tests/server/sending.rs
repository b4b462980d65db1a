//! Sending: drafts, codes, a person's word, caps and the state of a message.

use std::time::Duration;

use reachout_mcp::rmcp::model::ElicitationAction;
use reachout_mcp::{Confirm, Policy};
use reachout_outbox::{Address, Clock, QuietHours, Rules, SendCaps, Vendor};
use reachout_sandbox::{Fault, FaultKind, FaultRule};
use serde_json::{Value, json};

use crate::world::{Client, Session, World, account, alone, by_code, call, connect, contact, lifecycles, raw, refused, to_sophie};

async fn prepared(session: &Session, text: &str) -> Value {
    let draft = call(session, "prepare_message", to_sophie(text)).await;
    json!({ "draft": draft["draft"], "confirmation_code": draft["confirmation_code"] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_sent_once_however_often_it_is_sent_or_prepared() {
    let world = World::new().await;
    let session = alone(&world.server(by_code())).await;
    let draft = call(&session, "prepare_message", to_sophie("Hi Sophie")).await;
    assert_eq!(
        (draft["account"].as_str(), draft["environment"].as_str(), draft["state"].as_str()),
        (Some("leonar/default"), Some("sandbox"), Some("held"))
    );
    assert_eq!((draft["would_send"]["to"].clone(), draft["would_send"]["text"].clone()), (json!(contact(1)), json!("Hi Sophie")));
    assert!(world.sent().is_empty(), "preparing sends nothing");
    let given = json!({ "draft": draft["draft"], "confirmation_code": draft["confirmation_code"] });
    let (one, two) = tokio::join!(raw(&session, "send_message", given.clone()), raw(&session, "send_message", given.clone()));
    assert!(one.is_error != Some(true) && two.is_error != Some(true));
    let again = call(&session, "send_message", given).await;
    assert_eq!(
        (again["state"].as_str(), again["delivery"].as_str(), again["attempts"].as_u64()),
        (Some("accepted"), Some("accepted"), Some(1))
    );
    assert!(again["advice"].as_str().unwrap().contains("do not send it again") && again["vendor_ids"][0].is_string());
    let once_more = call(&session, "prepare_message", to_sophie("Hi Sophie")).await;
    assert_eq!((once_more["draft"].clone(), once_more["state"].clone()), (draft["draft"].clone(), json!("accepted")));
    assert_eq!(world.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_without_the_code_of_that_very_draft() {
    let world = World::new().await;
    let session = alone(&world.server(by_code())).await;
    let (one, other) = (prepared(&session, "One").await, prepared(&session, "Other").await);
    for code in [other["confirmation_code"].clone(), json!("0000-0000"), json!("")] {
        let said = refused(&session, "send_message", json!({ "draft": one["draft"], "confirmation_code": code })).await;
        assert!(said["error"].as_str().unwrap().contains("confirmation code") && said["delivery"] == "not_sent", "{said}");
    }
    let missing = refused(&session, "send_message", json!({ "draft": one["draft"] })).await;
    assert!(missing["error"].as_str().unwrap().contains("confirmation_code"), "{missing}");
    assert!(world.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_asked_where_the_client_can_and_only_their_yes_counts() {
    for lifecycle in lifecycles() {
        for (action, tick, goes) in [
            (ElicitationAction::Decline, true, false),
            (ElicitationAction::Cancel, true, false),
            (ElicitationAction::Accept, false, false),
            (ElicitationAction::Accept, true, true),
        ] {
            let world = World::new().await;
            let client = Client { person: Some((action, tick)), ..Client::default() };
            let mut policy = by_code();
            // A person counts in either case, and the code alone never where one can be asked.
            policy.confirm = if goes { Confirm::Never } else { Confirm::Code };
            let session = connect(&world.server(policy), client, lifecycle.clone()).await;
            let draft = prepared(&session, "Hi").await;
            let sent = raw(&session, "send_message", draft).await;
            assert_eq!((sent.is_error != Some(true), world.sent().len()), (goes, usize::from(goes)), "{lifecycle:?} {sent:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_ask_sends_nothing_unless_the_code_is_enough() {
    let world = World::new().await;
    let mut policy = by_code();
    policy.confirm = Confirm::Never;
    for lifecycle in lifecycles() {
        let session = connect(&world.server(policy.clone()), Client::default(), lifecycle).await;
        let said = refused(&session, "send_message", prepared(&session, "Hi").await).await;
        assert!(said["advice"].as_str().unwrap().contains("reachout outbox approve"), "{said}");
    }
    assert!(world.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_count_messages_and_not_calls() {
    let world = World::new().await;
    let mut policy = by_code();
    policy.caps = SendCaps::new(2, 3);
    let first = alone(&world.server(policy.clone())).await;
    for text in ["1", "2"] {
        let draft = prepared(&first, text).await;
        call(&first, "send_message", draft.clone()).await;
        call(&first, "send_message", draft).await;
    }
    let said = refused(&first, "send_message", prepared(&first, "3").await).await;
    assert!(said["error"].as_str().unwrap().contains("2 messages in a session"), "{said}");
    let second = alone(&world.server(policy)).await;
    call(&second, "send_message", prepared(&second, "4").await).await;
    let said = refused(&second, "send_message", prepared(&second, "5").await).await;
    assert!(said["error"].as_str().unwrap().contains("3 messages a day"), "{said}");
    assert_eq!(world.sent().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_permitted_recipients_and_campaigns_are_written_to() {
    let world = World::new().await;
    let mut policy = by_code();
    policy.recipients = [Address::recipient(&contact(2)).unwrap().to_string()].into();
    policy.campaigns = ["spring".to_owned()].into();
    let session = alone(&world.server(policy)).await;
    let said = refused(&session, "prepare_message", to_sophie("Hi")).await;
    assert!(said["error"].as_str().unwrap().contains("not on the list"), "{said}");
    let mut given = json!({ "to": contact(2), "channel": "linkedin", "text": "Hi", "campaign": "summer" });
    let said = refused(&session, "prepare_message", given.clone()).await;
    assert!(said["error"].as_str().unwrap().contains("`summer`") && said["error"].as_str().unwrap().contains("spring"), "{said}");
    given["campaign"] = json!("spring");
    assert!(call(&session, "prepare_message", given).await["draft"].as_str().unwrap().starts_with("spring/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_not_be_written_to_is_refused_when_it_is_prepared_and_when_it_is_sent() {
    let world = World::new().await;
    let session = alone(&world.server(by_code())).await;
    let draft = prepared(&session, "Hi").await;
    call(&session, "suppress", json!({ "address": contact(1), "reason": "asked us to stop" })).await;
    let said = call(&session, "send_message", draft).await;
    assert_eq!((said["state"].as_str(), said["delivery"].as_str()), (Some("suppressed"), Some("not_sent")), "{said}");
    let said = refused(&session, "prepare_message", to_sophie("In other words")).await;
    assert!(said["error"].as_str().unwrap().contains("must not be written to"), "{said}");
    assert!(world.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_put_a_message_off_and_say_until_when() {
    let world = World::new().await;
    let rules = Rules::new().quiet_hours(QuietHours::new("00:00", "23:59", Clock::recipient("UTC").unwrap()).unwrap());
    world.outbox.set_rules(&account(Vendor::Leonar), &rules).await.unwrap();
    let session = alone(&world.server(by_code())).await;
    let draft = call(&session, "prepare_message", to_sophie("Hi")).await;
    assert!(draft["checks"][0]["says"].as_str().unwrap().contains("quiet hours") && draft["checks"][0]["ok"] == false, "{draft}");
    let said = call(&session, "send_message", json!({ "draft": draft["draft"], "confirmation_code": draft["confirmation_code"] })).await;
    assert_eq!((said["state"].as_str(), said["delivery"].as_str()), (Some("queued"), Some("not_sent")));
    assert!(said["advice"].as_str().unwrap().contains("it is due at") && world.sent().is_empty(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_is_said_and_not_sent_again() {
    let world = World::new().await;
    let fault = Fault::new(FaultKind::ResetAfter);
    world.sandbox.add_fault(FaultRule::new(fault).operation("send_message").times(1)).unwrap();
    let session = alone(&world.server(by_code())).await;
    let draft = prepared(&session, "Hi").await;
    for _ in 0..2 {
        let said = call(&session, "send_message", draft.clone()).await;
        assert_eq!((said["state"].as_str(), said["delivery"].as_str()), (Some("unknown"), Some("unknown")));
        assert!(said["advice"].as_str().unwrap().contains("the vendor may have it: do not send it again; call reconcile"));
    }
    let unknown = call(&session, "list_unknown", json!({})).await;
    assert_eq!(unknown["messages"][0]["draft"], draft["draft"]);
    let looked = call(&session, "reconcile", json!({})).await;
    assert_eq!(looked["messages"][0]["found"], "too-early", "{looked}");
    assert_eq!(world.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_send_without_permission_and_a_dry_run_sends_nothing() {
    let world = World::new().await;
    let names = async |policy: Policy| {
        let tools = alone(&world.server(policy)).await.list_all_tools().await.unwrap();
        tools.into_iter().map(|tool| tool.name.into_owned()).collect::<Vec<_>>()
    };
    assert!(!names(Policy::default()).await.contains(&"send_message".to_owned()));
    let mut read_only = by_code();
    read_only.read_only = true;
    read_only.allow_changes = true;
    let left = names(read_only).await;
    for tool in ["send_message", "prepare_message", "suppress", "pause", "reconcile"] {
        assert!(!left.contains(&tool.to_owned()), "{left:?}");
    }
    let mut dry = by_code();
    dry.dry_run = true;
    let session = alone(&world.server(dry)).await;
    let said = call(&session, "send_message", prepared(&session, "Hi").await).await;
    assert!(said["advice"].as_str().unwrap().contains("--dry-run") && said["state"] == "held", "{said}");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(world.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_trail_has_every_call_and_no_content() {
    let world = World::new().await;
    let session = alone(&world.server(by_code())).await;
    let draft = prepared(&session, "Confidential words").await;
    refused(&session, "send_message", json!({ "draft": draft["draft"], "confirmation_code": "0000-0000" })).await;
    call(&session, "send_message", draft).await;
    let trail = world.outbox.audit(None, 10).await.unwrap();
    let told: Vec<_> =
        trail.iter().map(|call| (call.tool.as_str(), call.permitted, call.result.as_deref().unwrap().split(':').next().unwrap())).collect();
    assert_eq!(told, [("send_message", true, "accepted"), ("send_message", false, "refused"), ("prepare_message", false, "held")]);
    assert!(trail.iter().all(|call| call.client == "script 1.0" && call.account.is_some() && call.finished_at.is_some()));
    assert!(trail[2].arguments.as_deref().unwrap().contains("[18 characters]"), "{:?}", trail[2].arguments);
    assert!(!serde_json::to_string(&trail).unwrap().contains("Confidential"));
}
