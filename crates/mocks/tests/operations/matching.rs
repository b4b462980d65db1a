//! Which requests a mock matches.

use leonar::Delivery;
use leonar::multipart::Part;
use reachout_mocks::Mocks;
use serde_json::json;

/// What a test panics with.
fn panic_of(test: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(test)).unwrap_err();
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap()
}

#[tokio::test]
async fn a_call_matches_what_it_sends_and_nothing_else() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.client();
    let expected = mocks.on(client.leads().list("c 1").full(true).status(sendpilot::types::LeadStatus::ConnectionAccepted)).example();
    let list = |campaign: &str| client.leads().list(campaign).status(sendpilot::types::LeadStatus::ConnectionAccepted);
    assert!(list("c 1").full(true).await.is_ok());
    for other in [list("c 2").full(true), list("c 1").full(false), list("c 1"), list("c 1").full(true).page(2)] {
        let error = other.await.unwrap_err();
        assert_eq!((error.status().map(|status| status.as_u16()), error.delivery()), (Some(404), Delivery::Rejected));
    }
    expected.assert();
}

#[tokio::test]
async fn a_body_is_compared_by_its_values() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.client();
    let message = |text: &str| sendpilot::types::SendMessageToLeadRequest::new("sender_1", text);
    let sent = mocks.on(client.inbox().send_message_to_lead("lead_1", message("Hi").campaign_id("camp_1"))).example();
    let raw = |body| client.request(leonar::Method::POST, "/v1/inbox/send/lead/lead_1").json(&body).send::<leonar::Value>();
    assert!(raw(json!({ "message": "Hi", "campaignId": "camp_1", "senderId": "sender_1" })).await.is_ok());
    let error = client.inbox().send_message_to_lead("lead_1", message("Ho")).await.unwrap_err();
    assert_eq!(
        error.message(),
        Some(
            "no mock matches POST /v1/inbox/send/lead/lead_1: \
             - send_message_to_lead (POST /v1/inbox/send/lead/{leadId}): body `.message` is \"Ho\", expected \"Hi\"; \
             body `.campaignId` is missing, expected \"camp_1\""
        )
    );
    sent.assert();
}

#[tokio::test]
async fn a_form_is_compared_by_its_fields() {
    let mocks = Mocks::<hoop_ai::Client>::start();
    let client = mocks.client();
    let form =
        |code: &str| hoop_ai::types::CreateTokenRequest::new("id", "secret", hoop_ai::types::GrantType::AuthorizationCode).code(code);
    let sent = mocks.on(client.oauth().create_token(form("a b"))).example();
    assert!(client.oauth().create_token(form("a b")).await.is_ok());
    let error = client.oauth().create_token(form("c")).await.unwrap_err();
    assert!(error.message().unwrap().contains("field `code` is [\"c\"], expected [\"a b\"]"), "{error}");
    sent.assert();
}

#[tokio::test]
async fn a_multipart_form_is_compared_without_its_boundary() {
    let folder = std::env::temp_dir().join(format!("reachout-mocks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("offer.pdf");
    std::fs::write(&path, "%PDF-1.7").unwrap();
    let mocks = Mocks::<hoop_ai::Client>::start();
    let client = mocks.client();
    let upload = |file: Part| client.messages().upload_attachments("c1", "l1", file);
    let sent = mocks.on(upload(Part::file(&path))).example();
    let bytes = |text: &'static str| Part::bytes(text).file_name("offer.pdf").media_type("application/pdf");
    assert!(upload(bytes("%PDF-1.7")).await.is_ok(), "the same file, from memory");
    assert!(upload(bytes("%PDF-1.8")).await.is_err());
    assert!(upload(bytes("%PDF-1.7").file_name("other.pdf")).await.is_err());
    sent.assert();
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn values_are_literal() {
    let mocks = Mocks::<hoop_ai::Client>::start();
    let client = mocks.client();
    let exact = mocks.on(client.contacts().get("a.c/ü")).example();
    for (id, found) in [("a.c/ü", true), ("abc/ü", false), ("a.c", false)] {
        assert_eq!(client.contacts().get(id).await.is_ok(), found, "{id}");
    }
    exact.assert();
    let any = mocks.any(&hoop_ai::routes::GET_CONTACT).path_param("contactId", "x+y").example();
    assert!(client.contacts().get("x+y").await.is_ok());
    assert!(client.contacts().get("xxy").await.is_err());
    any.assert();
}

#[tokio::test]
async fn a_base_path_may_be_there() {
    let mocks = Mocks::<leonar::Client>::start();
    let listed = mocks.on(mocks.client().projects().list()).example().times(3);
    for path in ["", "/api/v1", "/api/v1/"] {
        let client = mocks.builder().base_url(mocks.base_url() + path).build().unwrap();
        let _ = client.projects().list().await.unwrap();
    }
    listed.assert();
}

#[tokio::test]
async fn any_request_of_a_route_can_be_narrowed_down() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.client();
    let listed = mocks.any(&sendpilot::routes::LIST_LEADS).query("campaignId", "c").query("full", None::<bool>).example().times(2);
    assert!(client.leads().list("c").await.is_ok());
    assert!(client.leads().list("c").page(2).await.is_ok(), "what is not named is not compared");
    assert!(client.leads().list("c").full(true).await.is_err());
    listed.assert();

    let lead = sendpilot::types::NewLead::new("https://www.linkedin.com/in/ada");
    let created =
        mocks.any(&sendpilot::routes::CREATE_LEADS).body_field("leads.0.linkedinUrl", "https://www.linkedin.com/in/ada").example();
    assert!(client.leads().create(sendpilot::types::CreateLeadsRequest::new("c", [lead])).await.is_ok());
    let other = sendpilot::types::NewLead::new("https://www.linkedin.com/in/joan");
    assert!(client.leads().create(sendpilot::types::CreateLeadsRequest::new("c", [other])).await.is_err());
    created.assert();
}

#[tokio::test]
async fn headers_of_the_operation_are_compared() {
    let mocks = Mocks::<hoop_ai::Client>::start();
    let client = mocks.client();
    let versioned = mocks.on(client.contacts().get("c1")).example();
    let other = mocks.builder().api_version("1999-01-01").build().unwrap();
    let error = other.contacts().get("c1").await.unwrap_err();
    assert!(error.message().unwrap().contains("header `version` is \"1999-01-01\", expected \"2021-07-28\""), "{error}");
    let traced = mocks.any(&hoop_ai::routes::GET_CONTACT).header("x-trace", "t1").example();
    assert!(client.with(hoop_ai::CallOptions::new().header("x-trace", "t1")).contacts().get("c2").await.is_ok());
    assert!(client.contacts().get("c2").await.is_err());
    assert!(client.contacts().get("c1").await.is_ok());
    versioned.assert();
    traced.assert();
}

#[tokio::test]
async fn the_credential_is_where_the_vendor_wants_it() {
    let leonar = Mocks::<leonar::Client>::start();
    let bearer = leonar.on(leonar.client().workspace().list_members()).credential("leo_1").example();
    let client = |credential: &str| leonar.builder().credential(credential).build().unwrap();
    assert!(client("leo_1").workspace().list_members().await.is_ok());
    let error = client("leo_2").workspace().list_members().await.unwrap_err();
    assert!(error.message().unwrap().contains("the credential in the header `authorization` is another, or missing"), "{error}");
    bearer.assert();

    let sendpilot = Mocks::<sendpilot::Client>::start();
    let header = sendpilot.on(sendpilot.client().account().get_me()).credential("mock-credential").example();
    assert!(sendpilot.client().account().get_me().await.is_ok());
    header.assert();
}

#[tokio::test]
async fn a_wrong_name_is_answered_with_the_names_there_are() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let any = || mocks.any(&sendpilot::routes::LIST_LEADS);
    let message = panic_of(|| drop(any().query("campaignID", "c")));
    assert_eq!(
        message,
        "`list_leads` has no query parameter `campaignID`; it has `campaignId`, `status`, `page`, `limit`, `full`; did you mean `campaignId`?"
    );
    let message = panic_of(|| drop(mocks.any(&sendpilot::routes::GET_LEAD).path_param("lead", "l")));
    assert!(message.starts_with("`get_lead` has no path parameter `lead`") && message.ends_with("it has `id`"), "{message}");
    let message = panic_of(|| drop(mocks.any(&sendpilot::routes::SEND_MESSAGE_TO_LEAD).body_field("mesage", "Hi")));
    assert_eq!(
        message,
        "the body of `send_message_to_lead` has no field `mesage`: there is no `mesage`; it has `campaignId`, `message`, `senderId`; did you mean `message`?"
    );
    let message = panic_of(|| drop(any().body_field("x", 1)));
    assert_eq!(message, "`list_leads` has no body, and so no field `x`");
    let message = panic_of(|| drop(mocks.any(&leonar::routes::LIST_PROJECTS)));
    assert_eq!(message, "SendPilot has no operation `list_projects`");
    let message = panic_of(|| drop(mocks.on(mocks.client().leads().list("c").limit(1_000))));
    assert!(message.starts_with("the call of a mock cannot be sent: ") && message.contains("limit"), "{message}");
}
