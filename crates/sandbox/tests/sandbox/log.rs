//! The log of requests.

use reachout_sandbox::{RequestEvent, Sandbox, Settings, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch, success};

#[tokio::test]
async fn the_log_keeps_requests_and_no_secrets() {
    let sandbox = Sandbox::start().await.unwrap();
    let leonar = Client::new(&sandbox, Vendor::Leonar);
    leonar.post("/contacts", json!({ "first_name": "Ada" })).await;
    leonar.status(Method::GET, "/nothing").await;
    let sendpilot = Client::new(&sandbox, Vendor::SendPilot);
    sendpilot.get("/v1/campaigns?limit=1").await;
    let token = [("client_id", "app"), ("client_secret", "hush-1"), ("grant_type", "authorization_code"), ("code", "hush-2")];
    success(Client::new(&sandbox, Vendor::HoopAi).bare(Method::POST, "/oauth/token").form(&token)).await;

    let all = sandbox.requests();
    let seen: Vec<_> = all.iter().map(|entry| (entry.number, entry.operation.as_deref(), entry.status.unwrap())).collect();
    assert_eq!(seen, [(1, Some("create_contact"), 200), (2, None, 404), (3, Some("list_campaigns"), 200), (4, Some("create_token"), 200)]);
    assert_eq!((all[0].body.clone(), all[0].path.as_str()), (json!({ "first_name": "Ada" }), "/contacts"));
    assert_eq!((all[0].headers["authorization"].as_str(), all[2].headers["x-api-key"].as_str()), ("Bearer [redacted]", "[redacted]"));
    assert_eq!((&all[3].body["client_id"], &all[3].body["code"]), (&json!("app"), &json!("[redacted]")));
    let text = serde_json::to_string(&all).unwrap();
    for secret in ["leo_sandbox", "sp_live_sandbox", "hush"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }

    let http = reqwest::Client::new();
    let log = format!("{}/_sandbox/requests", sandbox.url());
    for (query, expected) in
        [("", 4), ("?vendor=leonar", 2), ("?operation=list_campaigns", 1), ("?status=404", 1), ("?limit=1", 1), ("?vendor=leadway", 0)]
    {
        let entries = success(http.get(format!("{log}{query}"))).await;
        assert_eq!(entries.as_array().unwrap().len(), expected, "{query}");
    }
    assert_eq!(success(http.get(format!("{log}?limit=1"))).await[0]["operation"], "create_token", "the newest is last");
    assert_eq!(fetch(http.get(format!("{log}?nonsense=1"))).await.0, 400);
    for (query, expected) in [("operation=list_campaign", "the nearest is \"list_campaigns\""), ("vendor=lenar", "these are: leonar, ")] {
        let (status, body) = fetch(http.get(format!("{log}?{query}"))).await;
        assert!(status == 400 && body["error"].as_str().unwrap().contains(expected), "{query}: {body}");
    }
    success(http.delete(&log)).await;
    assert_eq!(success(http.get(&log)).await, json!([]));
}

#[tokio::test]
async fn the_log_tells_what_was_sent_back_and_why() {
    let sandbox = Sandbox::start().await.unwrap();
    let leonar = Client::new(&sandbox, Vendor::Leonar);
    fetch(leonar.request(Method::POST, "/contacts").json(&json!({ "frist_name": "Ada" }))).await;
    leonar.post("/contacts", json!({ "first_name": "Ada" })).await;
    let token = [("client_id", "app"), ("client_secret", "s"), ("grant_type", "authorization_code"), ("code", "c")];
    let given = success(Client::new(&sandbox, Vendor::HoopAi).bare(Method::POST, "/oauth/token").form(&token)).await;
    let [refused, made, token]: [_; 3] = sandbox.requests().try_into().unwrap();
    let refusal = refused.refusal.unwrap();
    assert!(refusal.contains("frist_name") && refusal.contains("\"first_name\" is a required property"), "{refusal}");
    assert_eq!(refused.response.unwrap().body["error"]["code"], "validation_error");
    let response = made.response.unwrap();
    assert_eq!((&response.body["data"]["first_name"], made.refusal), (&json!("Ada"), None));
    assert_eq!(response.headers["content-type"], "application/json");
    let response = token.response.unwrap();
    assert_eq!((&response.body["access_token"], &response.body["refresh_token"]), (&json!("[redacted]"), &json!("[redacted]")));
    assert_ne!(given["access_token"], "[redacted]", "whoever asks gets it");

    let http = reqwest::Client::new();
    let one = success(http.get(format!("{}/_sandbox/requests/1", sandbox.url()))).await;
    assert_eq!((&one["number"], &one["refusal"]), (&json!(1), &json!(refusal)));
    assert_eq!(fetch(http.get(format!("{}/_sandbox/requests/9", sandbox.url()))).await.0, 404);
}

/// The next server-sent event: its name and its data.
async fn next_event(stream: &mut reqwest::Response, text: &mut String) -> (String, Value) {
    let read = async {
        loop {
            if let Some(end) = text.find("\n\n") {
                let event: String = text.drain(..end + 2).collect();
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name).map(str::trim));
                if let (Some(name), Some(data)) = (field("event:"), field("data:")) {
                    return (name.to_owned(), serde_json::from_str(data).unwrap());
                }
            }
            text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), read).await.expect("no event came")
}

#[tokio::test]
async fn requests_are_told_of_as_they_come() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    client.get("/v1/credits").await;
    let mut stream = reqwest::get(format!("{}/_sandbox/events", sandbox.url())).await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let (name, log) = next_event(&mut stream, &mut text).await;
    assert_eq!((name.as_str(), &log[0]["operation"]), ("log", &json!("get_credits")));
    client.get("/v1/me").await;
    let (name, more) = next_event(&mut stream, &mut text).await;
    assert_eq!((name.as_str(), &more[0]["number"], &more[0]["status"]), ("requests", &json!(2), &json!(200)));
    assert_eq!(more[0].get("headers"), None, "the whole is there for whoever opens it");
    sandbox.add_fault(reachout_sandbox::FaultRule::new(reachout_sandbox::Fault::status(500))).unwrap();
    assert_eq!(next_event(&mut stream, &mut text).await, ("changed".to_owned(), json!(["faults"])));
    sandbox.clear_requests();
    assert_eq!(next_event(&mut stream, &mut text).await, ("log".to_owned(), json!([])));
}

#[tokio::test]
async fn a_watcher_that_falls_behind_is_told_so() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let mut watched = sandbox.watch();
    client.get("/v1/credits").await;
    assert!(matches!(watched.next().await, Some(RequestEvent::Request(request)) if request.number == 1));
    for _ in 0..1_100 {
        client.get("/v1/credits").await;
    }
    // The channel holds the last 1,024.
    assert_eq!(watched.next().await, Some(RequestEvent::Missed(76)));
    assert!(matches!(watched.next().await, Some(RequestEvent::Request(request)) if request.number == 78));
    drop(sandbox);
    let rest = async { while watched.next().await.is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(5), rest).await.expect("it ends with the sandbox");
}

/// The address after `rel="next"`, where there is one.
pub fn next_page(response: &reqwest::Response) -> Option<String> {
    let link = response.headers().get("link")?.to_str().unwrap();
    Some(link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
}

#[tokio::test]
async fn the_log_is_searched_and_paged() {
    let sandbox = Sandbox::start().await.unwrap();
    let leonar = Client::new(&sandbox, Vendor::Leonar);
    let made = leonar.post("/contacts", json!({ "first_name": "Ada", "last_name": "Lovelace" })).await;
    let id = made["data"]["id"].as_str().unwrap().to_owned();
    leonar.post("/messages", json!({ "contact_id": id, "channel": "linkedin", "content": "Engines, Tuesday" })).await;
    leonar.status(Method::GET, "/nothing").await;
    let reset = leonar.request(Method::GET, "/contacts").header("X-Sandbox-Fault", "reset-after").send().await;
    assert!(reset.is_err());
    let http = reqwest::Client::new();
    let log = format!("{}/_sandbox/requests?summary=true", sandbox.url());
    for (query, expected) in [
        ("search=tuesday", vec![2]),
        ("search=LOVELACE", vec![1, 2]),
        ("search=hush", vec![]),
        ("outcome=4xx", vec![3]),
        ("outcome=refused", vec![3]),
        ("outcome=2xx&vendor=leonar", vec![1, 2]),
        ("outcome=reset", vec![4]),
        ("outcome=fault", vec![4]),
        ("before=3", vec![1, 2]),
    ] {
        let found = success(http.get(format!("{log}&{query}"))).await;
        let numbers: Vec<u64> = found.as_array().unwrap().iter().map(|request| request["number"].as_u64().unwrap()).collect();
        assert_eq!(numbers, expected, "{query}");
    }
    let all = success(http.get(&log)).await;
    assert_eq!(
        (&all[0]["contact"], &all[1]["contact"], &all[1]["contact_name"]),
        (&json!("Ada Lovelace"), &json!(id), &json!("Ada Lovelace"))
    );
    assert_eq!((all[1].get("body"), all[1].get("headers")), (None, None));
    assert_eq!(fetch(http.get(format!("{log}&outcome=3xx"))).await.0, 400);

    let (mut address, mut pages) = (Some("/_sandbox/requests?limit=3&vendor=leonar".to_owned()), Vec::new());
    while let Some(path) = address {
        let response = http.get(format!("{}{path}", sandbox.url())).send().await.unwrap();
        address = next_page(&response);
        let page: Value = response.json().await.unwrap();
        pages.push(page.as_array().unwrap().iter().map(|request| request["number"].as_u64().unwrap()).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![2, 3, 4], vec![1]], "the newest first, and each with the newest last");
    let overview = success(http.get(format!("{}/_sandbox", sandbox.url()))).await;
    assert_eq!(overview["requests"], json!({ "received": 4, "kept": 4 }));
}

#[tokio::test]
async fn the_log_is_bounded() {
    let settings: Settings = serde_json::from_value(json!({ "log_capacity": 2 })).unwrap();
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    for _ in 0..3 {
        client.get("/v1/credits").await;
    }
    assert_eq!(sandbox.requests().iter().map(|entry| entry.number).collect::<Vec<_>>(), [2, 3]);
}
