//! What a sandbox starts from: a seed, a state that was kept, ids that are adopted.

use std::path::PathBuf;

use reachout_sandbox::{Fault, FaultRule, ReplyTo, Sandbox, Vendor, Webhook};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch, success};

fn file(directory: &tempfile::TempDir, name: &str, content: &str) -> PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[tokio::test]
async fn it_starts_from_a_seed_and_returns_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let contact = "11111111-2222-3333-4444-555555555555";
    let seed = json!({
        "leonar": {
            "contacts": [
                { "id": contact, "first_name": "Ada", "last_name": "Lovelace", "emails": [{ "email": "ada@example.com" }] },
                { "first_name": "Grace" },
            ],
            "message": [{ "conversation_id": "66666666-2222-3333-4444-555555555555", "contact_id": contact, "content": "Hello?", "direction": "inbound" }],
            "conversation": [{ "id": "66666666-2222-3333-4444-555555555555", "contact_id": contact, "channel": "email" }],
        },
        "leadway": { "contacts": [{ "firstName": "Joan", "locationId": "l" }] },
    });
    let sandbox = Sandbox::builder().seed_file(file(&directory, "seed.json", &seed.to_string())).start().await.unwrap();
    let leonar = Client::new(&sandbox, Vendor::Leonar);
    for _ in 0..2 {
        let all = leonar.get("/contacts").await["data"].clone();
        let names: Vec<&str> = all.as_array().unwrap().iter().filter_map(|contact| contact["first_name"].as_str()).collect();
        assert_eq!(names[..2], ["Grace", "Ada"]);
        assert_eq!(all[1]["id"], contact);
        let messages = leonar.get("/conversations/66666666-2222-3333-4444-555555555555/messages").await;
        assert_eq!(messages["data"][0]["content"], "Hello?");
        let joan = Client::new(&sandbox, Vendor::Leadway).get("/contacts/?locationId=l").await;
        assert_eq!(joan["contacts"][0]["firstNameLowerCase"], "joan", "completed as what is created is");
        Client::new(&sandbox, Vendor::Leadway).delete(&format!("/contacts/{}", joan["contacts"][0]["id"].as_str().unwrap())).await;
        leonar.post("/contacts", json!({ "first_name": "Eve" })).await;
        sandbox.reset();
    }
}

#[tokio::test]
async fn a_seed_with_a_mistake_names_it_and_starts_nothing() {
    let directory = tempfile::tempdir().unwrap();
    for (seed, expected) in [
        ("{", "EOF while parsing"),
        ("[]", "invalid type: sequence, expected a map"),
        (r#"{"leonr": {}}"#, "leonr: \"leonr\" is not a vendor; the nearest is \"leonar\""),
        (r#"{"leonar": []}"#, "leonar: this is not a map"),
        (
            r#"{"leonar": {"contcts": []}}"#,
            "leonar.contcts: \"contcts\" is not a kind of object that leonar has; the nearest is \"contact\"",
        ),
        (r#"{"leonar": {"contact": {}}}"#, "leonar.contact: this is not a list"),
        (
            r#"{"leonar": {"contact": [{"frist_name": "Ada"}]}}"#,
            "leonar.contact[0].frist_name: \"frist_name\" is not a field of this kind; the nearest is \"first_name\"",
        ),
        (r#"{"leonar": {"contact": [{}, {"first_name": 5}]}}"#, "leonar.contact[1].first_name: 5 is not of type \"string\""),
        (r#"{"leonar": {"contact": [{"emails": [{"email": 5}]}]}}"#, "leonar.contact[0].emails.0.email: 5 is not of type"),
        (r#"{"leonar": {"contact": [{"id": "ada"}]}}"#, "leonar.contact[0].id: "),
        (r#"{"sendpilot": {"lead": [{"campaignId": "none"}]}}"#, "sendpilot.lead[0].campaignId: there is no campaign \"none\""),
        (r#"{"sendpilot": {"lead": [{"id": "lead_a"}, {"id": "lead_a"}]}}"#, "sendpilot.lead[1].id: \"lead_a\" is there twice"),
    ] {
        let path = file(&directory, "seed.json", seed);
        let error = Sandbox::builder().seed_file(&path).start().await.unwrap_err().to_string();
        let message = error.strip_prefix(&format!("{}: ", path.display())).unwrap_or_else(|| panic!("{error}"));
        assert!(message.starts_with(expected), "{seed}: {message}");
    }
    let missing = Sandbox::builder().seed_file(directory.path().join("none.json")).start().await.unwrap_err().to_string();
    assert!(missing.contains("none.json: No such file"), "{missing}");
}

#[tokio::test]
async fn a_seed_or_a_state_that_is_not_kept_as_a_whole_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let contacts: Vec<Value> = (0..2_500).map(|index| json!({ "first_name": format!("Ada {index}") })).collect();
    let seed = file(&directory, "seed.json", &json!({ "leonar": { "contacts": contacts } }).to_string());
    let error = Sandbox::builder().seed_file(&seed).start().await.unwrap_err().to_string();
    assert!(
        error.contains("seed.json: leonar.contacts: 25")
            && error.contains(" objects, and 2000 of a kind are kept; raise the capacity (`--capacity 25"),
        "{error}"
    );

    let begin = chrono::Utc::now();
    let sandbox = Sandbox::builder().capacity(3_000).seed_file(&seed).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    let counts = success(reqwest::Client::new().get(format!("{}/_sandbox/objects", sandbox.url()))).await;
    assert!(counts["leonar"]["contact"].as_u64().unwrap() > 2_500, "{counts}");
    let made = client.post("/contacts", json!({ "first_name": "Grace" })).await;
    let made = chrono::DateTime::parse_from_rfc3339(made["data"]["created_at"].as_str().unwrap()).unwrap();
    assert!(made.timestamp() <= begin.timestamp() + 30 && made <= chrono::Utc::now(), "objects are not of the future: {made}");

    let state = success(reqwest::Client::new().get(format!("{}/_sandbox/state", sandbox.url()))).await;
    let path = file(&directory, "state.json", &state.to_string());
    let error = Sandbox::builder().state_file(&path).start().await.unwrap_err().to_string();
    assert!(error.contains("state.json: vendors.leonar.kinds.contact: 25"), "{error}");
}

#[tokio::test]
async fn a_state_is_exported_and_imported_as_a_whole_or_not_at_all() {
    let (from, to) = (Sandbox::start().await.unwrap(), Sandbox::start().await.unwrap());
    let made = Client::new(&from, Vendor::Leonar).post("/contacts", json!({ "first_name": "Ada" })).await;
    let path = format!("/conversations/{}/messages", "66666666-2222-3333-4444-555555555555");
    from.add_fault(FaultRule::new(Fault::status(503)).operation("get_credits")).unwrap();
    let webhook = from.add_webhook(Webhook::new(Vendor::SendPilot, "http://127.0.0.1:9/hook")).unwrap();
    let http = reqwest::Client::new();
    let exported = http.get(format!("{}/_sandbox/state", from.url())).send().await.unwrap();
    assert_eq!(exported.headers()["content-disposition"], "attachment; filename=\"sandbox-state.json\"");
    let state: Value = exported.json().await.unwrap();

    let import = |state: String| http.put(format!("{}/_sandbox/state", to.url())).body(state);
    let mut broken = state.clone();
    broken["webhooks"][0]["url"] = json!("http://example.com/hook");
    for (wrong, expected) in [
        (broken.to_string(), "webhooks.0.url: the sandbox delivers to http addresses of this machine only"),
        (json!({ "vendors": { "leonr": state["vendors"]["leonar"] }, "faults": [], "webhooks": [] }).to_string(), "vendors.leonr: "),
        (
            json!({ "vendors": {}, "faults": [{ "fault": { "kind": "status", "status": 7 } }], "webhooks": [] }).to_string(),
            "faults.0.status: ",
        ),
        ("{".to_owned(), "EOF while parsing"),
    ] {
        let (status, body) = fetch(import(wrong)).await;
        assert!(status == 400 && body["error"].as_str().unwrap().starts_with(expected), "{body}");
    }
    assert_eq!(Client::new(&to, Vendor::SendPilot).status(Method::GET, "/v1/credits").await, 200, "nothing was taken over");
    success(import(state.to_string())).await;
    let all = Client::new(&to, Vendor::Leonar).get("/contacts").await;
    assert_eq!(all["data"][0], made["data"]);
    assert_eq!(Client::new(&to, Vendor::Leonar).status(Method::GET, &path).await, 404);
    assert_eq!(Client::new(&to, Vendor::SendPilot).status(Method::GET, "/v1/credits").await, 503);
    assert_eq!(success(http.get(format!("{}/_sandbox/webhooks", to.url()))).await["webhooks"], json!([webhook]));
}

#[tokio::test]
async fn the_state_is_kept_over_restarts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.json");
    let start = || async { Sandbox::builder().state_file(&path).start().await.unwrap() };
    let sandbox = start().await;
    let client = Client::new(&sandbox, Vendor::Leadway);
    let contact = client.post("/contacts/", json!({ "locationId": "here", "firstName": "Ada" })).await["contact"]["id"].clone();
    let documented = client.get("/contacts/?locationId=ve9EPM428h8vShlRW1KT").await["contacts"][0]["id"].clone();
    client.delete(&format!("/contacts/{}", documented.as_str().unwrap())).await;
    sandbox.reply(&ReplyTo::contact(Vendor::Leadway, contact.as_str().unwrap(), "Hello")).unwrap();
    sandbox.add_fault(FaultRule::new(Fault::status(503)).operation("get_credits")).unwrap();
    let webhook = sandbox.add_webhook(Webhook::new(Vendor::SendPilot, "http://127.0.0.1:9/hook")).unwrap();
    drop(sandbox);

    let sandbox = start().await;
    let client = Client::new(&sandbox, Vendor::Leadway);
    assert_eq!(client.get(&format!("/contacts/{}", contact.as_str().unwrap())).await["contact"]["firstName"], "Ada");
    assert_eq!(client.status(Method::GET, &format!("/contacts/{}", documented.as_str().unwrap())).await, 404, "it stays deleted");
    let found = client.get("/conversations/search?locationId=here").await;
    assert_eq!(found["conversations"][0]["lastMessageBody"], "Hello");
    let hooks = success(reqwest::Client::new().get(format!("{}/_sandbox/webhooks", sandbox.url()))).await;
    assert_eq!(hooks["webhooks"], json!([webhook]));
    assert_eq!(Client::new(&sandbox, Vendor::SendPilot).status(Method::GET, "/v1/credits").await, 503);

    // A change is written while it runs, and nothing half: the file beside takes the other's place.
    client.post("/contacts/", json!({ "locationId": "here", "firstName": "Grace" })).await;
    let written = async {
        while !std::fs::read_to_string(&path).unwrap().contains("Grace") {
            serde_json::from_str::<Value>(&std::fs::read_to_string(&path).unwrap()).unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), written).await.expect("it is not written");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
    drop(sandbox);

    std::fs::write(&path, r#"{"vendors": {"leadway": {"last": "now"}}, "faults": [], "webhooks": []}"#).unwrap();
    let error = Sandbox::builder().state_file(&path).start().await.unwrap_err().to_string();
    assert!(error.contains("state.json: vendors.leadway.last: "), "{error}");
    let nowhere = Sandbox::builder().state_file(directory.path().join("none/state.json")).start().await.unwrap_err().to_string();
    assert!(nowhere.contains("none/state.json: "), "{nowhere}");
}

#[tokio::test]
async fn only_ids_of_the_vendors_form_are_adopted() {
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    for (vendor, path, expected) in [
        (Vendor::Leonar, "/projects/11111111-2222-3333-4444-555555555555", 200),
        (Vendor::Leonar, "/projects/ada", 400),
        (Vendor::SendPilot, "/v1/leads/lead_unknown", 200),
        (Vendor::SendPilot, "/v1/leads/contact_unknown", 404),
        (Vendor::Leadway, "/contacts/AAAAAAAAAAAAAAAAAAAA", 200),
        (Vendor::Leadway, "/contacts/not-an-id", 404),
    ] {
        assert_eq!(Client::new(&sandbox, vendor).status(Method::GET, path).await, expected, "{vendor} {path}");
    }
}
