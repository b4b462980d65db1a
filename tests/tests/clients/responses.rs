//! What a vendor may return to a message: success, its own error, somebody else's error page, a body that is not what it should be.

use httpmock::{Method::POST, MockServer};
use reachout_messenger::Vendor;
use reachout_runtime::{Delivery, Error, ErrorKind, RetryPolicy};
use serde_json::{Value, json};

const ALL: [Vendor; 4] = [Vendor::Leonar, Vendor::SendPilot, Vendor::HoopAi, Vendor::Leadway];

fn path(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Leonar => "/messages",
        Vendor::SendPilot => "/v1/inbox/send",
        _ => "/conversations/messages",
    }
}

fn validation_error(vendor: Vendor) -> Value {
    match vendor {
        Vendor::Leonar => json!({ "error": { "code": "validation_error", "message": "subject: Required for email" } }),
        Vendor::SendPilot => json!({ "statusCode": 400, "message": "subject: Required for email", "error": "validation_error" }),
        _ => {
            json!({ "statusCode": 400, "message": ["subject: Required for email"], "error": "validation_error", "traceId": "trace-1" })
        }
    }
}

/// A response with a value nobody documented, and null where the example shows a value.
fn unusual(vendor: Vendor) -> Value {
    match vendor {
        Vendor::Leonar => json!({ "data": {
            "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "conversation_id": null, "channel": "telepathy", "content": null, "sent_at": null,
            "contact": { "id": "a1b2c3d4-5678-90ab-cdef-1234567890ab", "global_status": "promoted", "emails": null, "tags": null, "skills": null },
        }, "added_later": 1 }),
        Vendor::SendPilot => {
            json!({ "success": true, "messageId": "m1", "status": "pondered", "timestamp": null, "leadId": null, "added_later": 1 })
        }
        Vendor::HoopAi => json!({ "conversationId": "c1", "messageId": "m1", "messageIds": null, "msg": null, "added_later": 1 }),
        _ => {
            json!({ "conversationId": "c1", "messageId": "m1", "messageIds": null, "forwardData": null, "status": "pondered", "added_later": 1 })
        }
    }
}

/// Sends, and returns what was decoded, as JSON.
async fn send(vendor: Vendor, url: &str) -> Result<Value, Error> {
    fn json(value: &impl serde::Serialize) -> Value {
        serde_json::to_value(value).unwrap()
    }
    match vendor {
        Vendor::Leonar => {
            let client: leonar::Client =
                leonar::Client::builder().credential("leo_key").base_url(url).retry(RetryPolicy::none()).build()?;
            let contact: leonar::Uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse().unwrap();
            let body = leonar::types::SendMessageRequest::new(contact, leonar::types::Channel::Email, "Hi").subject("Hello");
            Ok(json(&client.messages().send(body).await?))
        }
        Vendor::SendPilot => {
            let client: sendpilot::Client =
                sendpilot::Client::builder().credential("sp_key").base_url(url).retry(RetryPolicy::none()).build()?;
            let body = sendpilot::types::MessageToLeadRequest::new("lead_abc123", "Hi");
            Ok(json(&client.inbox().send_message(body).await?))
        }
        Vendor::HoopAi => {
            let client: hoop_ai::Client =
                hoop_ai::Client::builder().credential("pit-key").base_url(url).retry(RetryPolicy::none()).build()?;
            let body = hoop_ai::types::SendMessageRequest::new(hoop_ai::types::SendMessageType::Sms, "c1").message("Hi");
            Ok(json(&client.messages().send(body).await?))
        }
        _ => {
            let client: leadway::Client =
                leadway::Client::builder().credential("pit-key").base_url(url).retry(RetryPolicy::none()).build()?;
            let (kind, status) = (leadway::types::SendMessageType::Sms, leadway::types::MessageDeliveryStatus::Pending);
            let body = leadway::types::SendMessageRequest::new(kind, "SMS", "c1", status).message("Hi");
            Ok(json(&client.messages().send(body).await?))
        }
    }
}

/// Lets one vendor respond once with this.
async fn responded(vendor: Vendor, status: u16, content_type: &str, body: &str) -> Result<Value, Error> {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST).path(path(vendor));
            then.status(status).header("content-type", content_type).body(body);
        })
        .await;
    let result = send(vendor, &server.base_url()).await;
    assert_eq!(mock.calls_async().await, 1, "{vendor:?}: a message is sent once");
    result
}

#[tokio::test]
async fn unknown_values_and_nulls_decode() {
    for vendor in ALL {
        let response = unusual(vendor);
        let decoded = responded(vendor, 200, "application/json", &response.to_string()).await.unwrap();
        let mut known = response;
        known.as_object_mut().unwrap().remove("added_later");
        assert_eq!(reachout_test_support::lost(&known, &decoded), Vec::<String>::new(), "{vendor:?}");
    }
}

#[tokio::test]
async fn the_vendors_error_is_told() {
    for vendor in ALL {
        let error = responded(vendor, 400, "application/json", &validation_error(vendor).to_string()).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Rejected, "{vendor:?}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(400), "{vendor:?}");
        assert_eq!(error.code(), Some("validation_error"), "{vendor:?}");
        assert_eq!(error.message(), Some("subject: Required for email"), "{vendor:?}");
        assert!(error.to_string().contains("subject: Required for email"), "{vendor:?}: {error}");
        let traced = matches!(vendor, Vendor::HoopAi | Vendor::Leadway);
        assert_eq!(error.request_id(), traced.then_some("trace-1"), "{vendor:?}");
    }
}

#[tokio::test]
async fn an_error_page_keeps_its_status_and_body() {
    for vendor in ALL {
        let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
        let error = responded(vendor, 502, "text/html", page).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(502), "{vendor:?}");
        assert_eq!(error.delivery(), Delivery::Unknown, "{vendor:?}: the vendor may have acted");
        assert_eq!(error.body(), page.as_bytes(), "{vendor:?}");
    }
}

#[tokio::test]
async fn an_empty_401_is_a_rejection() {
    for vendor in ALL {
        let error = responded(vendor, 401, "application/json", "").await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(401), "{vendor:?}");
        assert_eq!(error.delivery(), Delivery::Rejected, "{vendor:?}");
    }
}

#[tokio::test]
async fn a_broken_success_was_accepted() {
    for vendor in ALL {
        for body in ["{\"data\": {\"id\": ", "{\"data\": {\"id\": [1]}, \"success\": 3, \"messageId\": 4}", "<html>"] {
            let error = responded(vendor, 200, "application/json", body).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{vendor:?}: {error}");
            assert_eq!(error.delivery(), Delivery::Accepted, "{vendor:?}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{vendor:?}");
            assert_eq!(error.body(), body.as_bytes(), "{vendor:?}");
        }
    }
}
