//! What a mock responds, and what it asserts.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use leonar::{Delivery, ErrorKind};
use reachout_mocks::Mocks;
use serde_json::json;

#[tokio::test]
async fn errors_have_the_vendors_shape() {
    let mocks = Mocks::<leonar::Client>::start();
    let client = mocks.client();
    mocks.on(client.projects().get(leonar::Uuid::nil())).error(404, "not_found", "No such project");
    mocks.any(&leonar::routes::CREATE_TAG).json(503, json!({ "down": true })).header("x-request-id", "r1");
    let error = client.projects().get(leonar::Uuid::nil()).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.message()), (ErrorKind::NotFound, Some("not_found"), Some("No such project")));
    let error = client.tags().create(leonar::types::CreateTagRequest::new("hot")).await.unwrap_err();
    assert_eq!((error.delivery(), error.request_id(), error.body()), (Delivery::Unknown, Some("r1"), br#"{"down":true}"#.as_slice()));
}

#[tokio::test]
#[should_panic(expected = "200 is not an error")]
async fn an_error_has_the_status_of_one() {
    let mocks = Mocks::<leonar::Client>::start();
    mocks.on(mocks.client().projects().list()).error(200, "not_found", "No such project");
}

#[tokio::test]
async fn responses_follow_one_another() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.builder().retry(sendpilot::RetryPolicy::none()).build().unwrap();
    let get = || client.account().get_me();
    let polled = mocks.on(get()).error(503, "down", "Not yet").times(2).then().example().then().error(401, "gone", "No more");
    for status in [Some(503), Some(503), None, Some(401), Some(401)] {
        assert_eq!(get().await.err().and_then(|error| error.status()).map(|status| status.as_u16()), status);
    }
    polled.assert_calls(5);
    // The newest mock comes first, as long as it has a response.
    let once = mocks.on(get()).example().times(1);
    assert!(get().await.is_ok());
    assert!(get().await.is_err());
    once.assert();
    polled.assert_calls(6);
}

#[tokio::test]
async fn a_stream_reads_the_pages_of_one_mock() {
    let mocks = Mocks::<leonar::Client>::start();
    let client = mocks.client();
    let page = |name: &str, more: bool, offset: i64| -> leonar::types::ListProjectsResponse {
        let meta = json!({ "has_more": more, "limit": 1, "offset": offset, "total": 2 });
        serde_json::from_value(json!({ "data": [{ "id": leonar::Uuid::nil(), "name": name }], "meta": meta })).unwrap()
    };
    let pages = mocks.on(client.projects().list().limit(1)).pages([&page("a", true, 0), &page("b", false, 1)]);
    let listed: Vec<_> = client.projects().list().limit(1).items().try_collect().await.unwrap();
    assert_eq!(listed.iter().map(|project| project.name.as_deref()).collect::<Vec<_>>(), [Some("a"), Some("b")]);
    pages.assert();
}

#[tokio::test]
async fn a_response_can_be_late() {
    let mocks = Mocks::<leonar::Client>::start();
    let client = mocks.client();
    mocks.on(client.projects().list()).example().delay(Duration::from_millis(200));
    mocks.on(client.projects().get(leonar::Uuid::nil())).example();
    let begun = Instant::now();
    let (late, prompt) =
        tokio::join!(client.projects().list(), async { client.projects().get(leonar::Uuid::nil()).await.map(|_| begun.elapsed()) });
    assert!(late.is_ok() && begun.elapsed() >= Duration::from_millis(200));
    assert!(prompt.unwrap() < Duration::from_millis(200), "one that is late holds up no other");
}

#[tokio::test]
async fn a_download_is_a_file() {
    let mocks = Mocks::<hoop_ai::Client>::start();
    let client = mocks.client();
    let file = mocks.on(client.messages().download_recording("m1", "l1")).file("audio/x-wav", "RIFF");
    let recording = client.messages().download_recording("m1", "l1").response().await.unwrap();
    assert_eq!(recording.headers["content-type"], "audio/x-wav");
    assert_eq!(recording.body.collect_bytes(4).await.unwrap(), "RIFF");
    file.assert();
}

#[tokio::test]
#[should_panic(
    expected = "get_lead (GET /v1/leads/{id}): 0 calls, expected 1. The nearest request that it did not match is GET /v1/leads/lead_2: the path has \"lead_2\", expected \"lead_1\""
)]
async fn a_call_that_does_not_come_is_shown_with_the_nearest_that_came() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.client();
    let lead = mocks.on(client.leads().get("lead_1")).example();
    let _ = client.account().get_me().await;
    let _ = client.leads().get("lead_2").await;
    lead.assert();
}

#[tokio::test]
#[should_panic(expected = "get_lead (GET /v1/leads/{id}): 2 calls, expected 1")]
async fn a_call_that_comes_twice_is_one_too_many() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.client();
    let lead = mocks.on(client.leads().get("lead_1")).example();
    let _ = (client.leads().get("lead_1").await, client.leads().get("lead_1").await);
    lead.assert();
}
