//! What a mock matches and responds, by the example of single operations.

use httpmock::MockServer;
use leonar::{Delivery, ErrorKind};
use reachout_mocks::{hoop_ai::MockServerExt as HoopAi, leonar::MockServerExt as Leonar, sendpilot::MockServerExt as SendPilot};
use serde_json::json;

use crate::client;

#[tokio::test]
async fn values_are_literal() {
    let server = MockServer::start_async().await;
    let mock = HoopAi::get_contact(&server, |when, then| {
        when.contact_id("a.c/ü");
        then.example();
    });
    let client: hoop_ai::Client = client(&server, hoop_ai::Client::builder());
    for (id, found) in [("a.c/ü", true), ("abc/ü", false), ("a.c", false)] {
        assert_eq!(client.contacts().get(id).await.is_ok(), found, "{id}");
    }
    mock.assert_async().await;
}

#[tokio::test]
async fn a_base_path_may_be_there() {
    let server = MockServer::start_async().await;
    let mock = Leonar::list_projects(&server, |_, then| {
        then.example();
    });
    for base_url in [server.base_url(), server.url("/api/v1"), server.url("/api/v1/")] {
        let client = leonar::Client::builder().credential("leo_test").base_url(base_url).build().unwrap();
        let _ = client.projects().list().await.unwrap();
    }
    mock.assert_calls_async(3).await;
}

#[tokio::test]
async fn an_absent_parameter_is_absent() {
    let server = MockServer::start_async().await;
    SendPilot::list_leads(&server, |when, then| {
        when.campaign_id("c").full(None);
        then.example();
    });
    let client: sendpilot::Client = client(&server, sendpilot::Client::builder());
    assert!(client.leads().list("c").await.is_ok());
    assert!(client.leads().list("c").full(true).await.is_err());
}

#[tokio::test]
async fn the_credential_is_told_apart() {
    let server = MockServer::start_async().await;
    Leonar::list_workspace_members(&server, |when, then| {
        when.credential("mock-credential");
        then.example();
    });
    SendPilot::get_me(&server, |when, then| {
        when.credential("mock-credential");
        then.example();
    });
    let leonar: leonar::Client = client(&server, leonar::Client::builder());
    let sendpilot: sendpilot::Client = client(&server, sendpilot::Client::builder());
    assert!(leonar.workspace().list_members().await.is_ok());
    assert!(sendpilot.account().get_me().await.is_ok());
    let other = leonar::Client::builder().credential("other").base_url(server.base_url()).build().unwrap();
    assert!(other.workspace().list_members().await.is_err());
}

#[tokio::test]
async fn errors_have_the_vendors_shape() {
    let server = MockServer::start_async().await;
    Leonar::get_project(&server, |_, then| {
        then.error(404, "not_found", "No such project");
    });
    Leonar::create_tag(&server, |_, then| {
        then.server_error(503, json!({ "down": true })).header("x-request-id", "r1");
    });
    let client: leonar::Client = client(&server, leonar::Client::builder());
    let error = client.projects().get(leonar::Uuid::nil()).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.message()), (ErrorKind::NotFound, Some("not_found"), Some("No such project")));
    let tag = leonar::types::CreateTagRequest::new("hot");
    let error = client.tags().create(tag).await.unwrap_err();
    assert_eq!((error.delivery(), error.request_id(), error.body()), (Delivery::Unknown, Some("r1"), br#"{"down":true}"#.as_slice()));
}

#[test]
fn a_wrong_class_of_status_fails_the_test() {
    let server = MockServer::start();
    let wrong = std::panic::AssertUnwindSafe(|| {
        Leonar::create_tag(&server, |_, then| {
            then.client_error(500, json!({}));
        });
    });
    assert!(std::panic::catch_unwind(wrong).is_err());
}
