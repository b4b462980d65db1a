//! The log, the settings and the reset.

use reachout_sandbox::{Sandbox, Settings, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, answer, success};

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
    assert_eq!(answer(http.get(format!("{log}?nonsense=1"))).await.0, 400);
    success(http.delete(&log)).await;
    assert_eq!(success(http.get(&log)).await, json!([]));
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

#[tokio::test]
async fn settings_change_while_it_runs() {
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::new();
    let url = format!("{}/_sandbox/settings", sandbox.url());
    let settings = success(http.patch(&url).json(&json!({ "versions": "published" }))).await;
    assert_eq!((&settings["versions"], &settings["rate_limits"]), (&json!("published"), &json!(false)));
    let client = Client::new(&sandbox, Vendor::HoopAi);
    let request = client.authorized(Method::GET, "/contacts/?locationId=l", "pit-1").header("Version", "2023-02-21");
    assert_eq!(answer(request).await.0, 200);
    let (status, body) = answer(http.patch(&url).json(&json!({ "version": "published" }))).await;
    assert_eq!(status, 400, "{body}");
    assert!(body["error"].as_str().unwrap().contains("unknown field `version`"), "{body}");
}

#[tokio::test]
async fn a_reset_leaves_the_documented_objects() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leadway);
    let listed = |list: Value| list["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].clone()).collect::<Vec<_>>();
    let before = listed(client.get("/contacts/?locationId=here").await);
    client.post("/contacts/", json!({ "locationId": "here", "firstName": "Ada" })).await;
    client.delete(&format!("/contacts/{}", before[0].as_str().unwrap())).await;
    success(reqwest::Client::new().post(format!("{}/_sandbox/reset", sandbox.url()))).await;
    assert_eq!(sandbox.requests(), []);
    assert_eq!(listed(client.get("/contacts/?locationId=here").await), before);
}

#[tokio::test]
async fn it_tells_where_everything_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let overview = success(reqwest::Client::new().get(format!("{}/_sandbox", sandbox.url()))).await;
    for vendor in Vendor::ALL {
        let told = &overview["vendors"][vendor.slug()];
        assert_eq!((&told["base_url"], &told["api_key"]), (&json!(sandbox.base_url(vendor)), &json!(vendor.api_key())));
    }
    let (status, body) = answer(reqwest::Client::new().get(format!("{}/nowhere", sandbox.url()))).await;
    assert_eq!(status, 404);
    assert!(body["error"].as_str().unwrap().contains("/leonar/api/v1"), "{body}");
}

#[tokio::test]
async fn it_ends_when_it_is_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/_sandbox", sandbox.url());
    let http = reqwest::Client::new();
    success(http.get(&url)).await;
    drop(sandbox);
    tokio::task::yield_now().await;
    assert!(http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn it_runs_inside_another_router() {
    let router = Sandbox::builder().router().unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let request = reqwest::Client::new().get(format!("http://{address}/sendpilot/v1/credits")).header("X-API-Key", "k");
    assert_eq!(success(request).await["available"], 12_500);
    let broken = reqwest::Client::new().get(format!("http://{address}/sendpilot/v1/credits")).header("X-API-Key", "k");
    let response = broken.header("X-Sandbox-Fault", "reset-after").send().await;
    assert!(match response {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    });
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::new();
    let page = http.get(sandbox.url()).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("://"), "everything it names is on the sandbox");
    for file in ["/_sandbox/ui/swagger-ui.css", "/_sandbox/ui/swagger-ui-bundle.js"] {
        assert!(page.contains(file), "{file}");
        let response = http.get(format!("{}{file}", sandbox.url())).send().await.unwrap();
        assert!(response.status().is_success() && response.bytes().await.unwrap().len() > 100_000, "{file}");
    }
    for vendor in Vendor::ALL {
        let document = success(http.get(format!("{}/_sandbox/openapi/{vendor}.json", sandbox.url()))).await;
        let server = document["servers"][0]["url"].as_str().unwrap();
        assert_eq!(format!("{}{server}", sandbox.url()), sandbox.base_url(vendor));
        let operations = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
        assert!(
            operations.clone().all(|operation| operation["responses"].get("2XX").is_none()),
            "the page shows the status that is returned"
        );
    }
    assert_eq!(http.get(format!("{}/_sandbox/openapi/other.json", sandbox.url())).send().await.unwrap().status(), 404);
}
