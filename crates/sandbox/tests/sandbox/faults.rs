//! What goes wrong on demand.

use std::error::Error as _;
use std::time::{Duration, Instant};

use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch, success};

/// Whether the connection was reset, and not merely closed.
fn is_reset(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset) {
            return true;
        }
        source = error.source();
    }
    false
}

fn companies(list: &Value) -> usize {
    list["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    let create = |fault: &str| client.request(Method::POST, "/companies").json(&json!({ "name": "Acme" })).header("X-Sandbox-Fault", fault);
    let before = companies(&client.get("/companies").await);

    // What is not performed changes nothing.
    let (status, body) = fetch(create("status=503")).await;
    assert_eq!((status.as_u16(), body), (503, json!({ "error": { "code": "internal_error", "message": "Service Unavailable" } })));
    let (status, body) = fetch(create("status=500; body={\"oops\": [1]}")).await;
    assert_eq!((status.as_u16(), body), (500, json!({ "oops": [1] })));
    let limited = create("rate-limit=2").send().await.unwrap();
    assert_eq!((limited.status().as_u16(), limited.headers()["retry-after"].to_str().unwrap()), (429, "2"));
    assert_eq!(limited.json::<Value>().await.unwrap()["error"]["code"], "rate_limit_exceeded");
    let page = create("html").send().await.unwrap();
    assert_eq!((page.status().as_u16(), page.headers()["content-type"].to_str().unwrap()), (502, "text/html"));
    assert!(page.text().await.unwrap().contains("502 Bad Gateway"));
    assert!(is_reset(&create("reset-before").send().await.unwrap_err()));
    assert_eq!(companies(&client.get("/companies").await), before);

    // What is performed can be found, whatever its response was.
    assert!(is_reset(&create("reset-after").send().await.unwrap_err()));
    let broken = create("truncate").send().await.unwrap();
    assert!(broken.status().is_success());
    assert!(broken.bytes().await.is_err());
    let (status, body) = fetch(create("invalid-json")).await;
    assert!(status.is_success() && body.is_string(), "{body}");
    assert_eq!(success(create("null-fields")).await["data"]["name"], Value::Null);
    assert_eq!(companies(&client.get("/companies").await), before + 4);

    let contacts = client.request(Method::GET, "/contacts").header("X-Sandbox-Fault", "unknown-enum");
    let contacts = success(contacts).await;
    assert_eq!((&contacts["data"][0]["global_status"], &contacts["data"][0]["first_name"]), (&json!("sandbox_unknown"), &json!("Sophie")));

    let start = Instant::now();
    success(create("latency=120")).await;
    assert!(start.elapsed() >= Duration::from_millis(120));
    let (status, body) = fetch(create("explode")).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().starts_with("X-Sandbox-Fault: \"explode\" is not a fault"), "{body}");

    let met: Vec<_> = sandbox.requests().into_iter().filter_map(|entry| Some((entry.fault?, entry.status))).collect();
    assert_eq!(met[..2], [("status".to_owned(), Some(503)), ("status".to_owned(), Some(500))]);
    assert!(met.contains(&("reset-after".to_owned(), None)));
}

#[tokio::test]
async fn a_fault_waits_for_its_requests() {
    let sandbox = Sandbox::start().await.unwrap();
    let (leonar, sendpilot) = (Client::new(&sandbox, Vendor::Leonar), Client::new(&sandbox, Vendor::SendPilot));
    sandbox.add_fault(FaultRule::new(Fault::status(503)).vendor(Vendor::SendPilot).operation("get_credits").times(2)).unwrap();
    assert_eq!(leonar.status(Method::GET, "/contacts").await, 200);
    assert_eq!(sendpilot.status(Method::GET, "/v1/campaigns").await, 200);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(sendpilot.status(Method::GET, "/v1/credits").await.as_u16());
    }
    assert_eq!(statuses, [503, 503, 200]);

    let http = reqwest::Client::new();
    let url = format!("{}/_sandbox/faults", sandbox.url());
    let rule =
        json!({ "match": { "method": "GET", "path": "/contacts" }, "fault": { "kind": "rate-limit", "retry_after": 1, "latency_ms": 1 } });
    success(http.post(&url).json(&rule)).await;
    assert_eq!(success(http.get(&url)).await[0]["times"], 1);
    assert_eq!(leonar.status(Method::POST, "/contacts").await, 400);
    assert_eq!(leonar.status(Method::GET, "/contacts").await, 429);
    assert_eq!(leonar.status(Method::GET, "/contacts").await, 200);
    for (rule, expected) in [
        (json!({ "fault": { "kind": "explode" } }), "unknown variant"),
        (json!({ "fault": { "kind": "latency" } }), "latency_ms"),
        (json!({ "fault": { "kind": "status", "status": 7 } }), "between 200 and 599"),
        (json!({ "match": { "vender": "leonar" }, "fault": { "kind": "truncate" } }), "unknown field `vender`"),
        (
            json!({ "match": { "operation": "send_mesage" }, "fault": { "kind": "truncate" } }),
            "operation: \"send_mesage\" is not an operation of any vendor; the nearest is \"send_message\"",
        ),
        (
            json!({ "match": { "vendor": "leonar", "operation": "get_credit" }, "fault": { "kind": "truncate" } }),
            "operation: \"get_credit\" is not an operation of leonar; the nearest is ",
        ),
        (
            json!({ "match": { "path": "/contact" }, "fault": { "kind": "truncate" } }),
            "path: \"/contact\" is not a path of any vendor; the nearest is \"/contacts\"",
        ),
        (
            json!({ "match": { "method": "PSOT" }, "fault": { "kind": "truncate" } }),
            "method: \"PSOT\" is not a method of any vendor; the nearest is \"POST\"",
        ),
        (
            json!({ "match": { "method": "DELETE", "operation": "send_message" }, "fault": { "kind": "truncate" } }),
            "match: no operation is at this method and path",
        ),
    ] {
        let (status, body) = fetch(http.post(&url).json(&rule)).await;
        assert!(status.is_client_error() && body["error"].as_str().unwrap().contains(expected), "{rule}: {body}");
    }
    let refused = sandbox.add_fault(FaultRule::new(Fault::status(500)).operation("list_contact")).unwrap_err();
    assert!(refused.to_string().ends_with("the nearest is \"list_contacts\""), "{refused}");
    sandbox.add_fault(FaultRule::new(Fault::new(FaultKind::Truncate))).unwrap();
    sandbox.add_fault(FaultRule::new(Fault::new(FaultKind::ResetAfter))).unwrap();
    let listed = success(http.get(&url)).await;
    success(http.delete(format!("{url}/{}", listed[0]["id"]))).await;
    assert_eq!(success(http.get(&url)).await, json!([listed[1]]), "one can be cleared by itself");
    assert_eq!(fetch(http.delete(format!("{url}/{}", listed[0]["id"]))).await.0, 404);
    success(http.delete(&url)).await;
    assert_eq!(success(http.get(&url)).await, json!([]));
}

#[tokio::test]
async fn documented_rate_limits_are_enforced_on_request() {
    let sandbox = Sandbox::builder().rate_limits(true).start().await.unwrap();
    let hoop = Client::new(&sandbox, Vendor::HoopAi);
    let path = "/contacts/?locationId=l";
    for _ in 0..99 {
        hoop.get(path).await;
    }
    let last = hoop.request(Method::GET, path).send().await.unwrap();
    let header = |name: &str| last.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("x-ratelimit-max"), header("x-ratelimit-remaining")), ("100".to_owned(), "0".to_owned()));
    assert_eq!(
        (header("x-ratelimit-interval-milliseconds"), header("x-ratelimit-daily-remaining")),
        ("10000".to_owned(), "199900".to_owned())
    );
    let (status, body) = fetch(hoop.request(Method::GET, path)).await;
    assert_eq!((status.as_u16(), &body["statusCode"]), (429, &json!(429)));
    let other = hoop.authorized(Method::GET, path, "pit-other").header("Version", "2021-07-28");
    assert_eq!(fetch(other).await.0, 200, "another credential has its own budget");
    assert_eq!(Client::new(&sandbox, Vendor::SendPilot).status(Method::GET, "/v1/credits").await, 200);
}

#[tokio::test]
async fn a_match_is_previewed_by_the_operations_it_meets() {
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::new();
    let preview = |query: &str| http.get(format!("{}/_sandbox/operations{query}", sandbox.url()));
    let all = success(preview("")).await;
    for (query, expected) in [
        ("?operation=send_message", vec!["leonar", "sendpilot", "highlevel", "hoop-ai", "leadway"]),
        ("?vendor=leonar&method=post&path=/contacts", vec!["leonar"]),
        ("?path=/contacts/5", [vec!["leonar"], vec!["highlevel"; 3], vec!["hoop-ai"; 3], vec!["leadway"; 3]].concat()),
    ] {
        let met = success(preview(query)).await;
        let vendors: Vec<&str> = met.as_array().unwrap().iter().map(|one| one["vendor"].as_str().unwrap()).collect();
        assert_eq!(vendors, expected, "{query}: {met}");
        assert!(met.as_array().unwrap().iter().all(|one| all.as_array().unwrap().contains(one)), "{query}");
    }
    let (status, body) = fetch(preview("?operation=send")).await;
    assert_eq!((status.as_u16(), body["error"].as_str().unwrap().contains("the nearest is")), (400, true), "{body}");
}

#[tokio::test]
async fn limits_are_metered_whether_they_are_enforced_or_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let hoop = Client::new(&sandbox, Vendor::HoopAi);
    let response = hoop.request(Method::GET, "/contacts/?locationId=l").send().await.unwrap();
    assert!(!response.headers().contains_key("x-ratelimit-remaining"), "nobody is told of a limit that is not enforced");
    hoop.authorized(Method::GET, "/contacts/?locationId=l", "pit-a-real-key").send().await.unwrap();
    let meters = success(reqwest::Client::new().get(format!("{}/_sandbox/limits", sandbox.url()))).await;
    let shown: Vec<_> = meters.as_array().unwrap().iter().map(|meter| (&meter["credential"], &meter["used"], &meter["limit"])).collect();
    let (own, other, burst, day) = (json!("pit-sandbox"), json!("another, 2"), json!(100), json!(200_000));
    assert_eq!(shown, [(&own, &json!(1), &burst), (&own, &json!(1), &day), (&other, &json!(1), &burst), (&other, &json!(1), &day)]);
}
