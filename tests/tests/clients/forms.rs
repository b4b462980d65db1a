//! Where a vendor's own documents disagree on the form of a value, each form decodes, and no value is lost or turned into another.

use leadway::types::{CustomFieldInputCurrent, CustomFieldInputLegacy, UpdateContactRequest};
use reachout_test_support::lost;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Decodes `body` and encodes it again.
fn whole<T: Serialize + DeserializeOwned>(case: &str, body: &Value) -> T {
    let typed: T = serde_json::from_str(&body.to_string()).unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(lost(body, &serde_json::to_value(&typed).unwrap()), Vec::<String>::new(), "{case}");
    typed
}

/// The same for the same type of both HighLevel editions.
macro_rules! both {
    ($type:ident, $case:expr, $body:expr) => {{
        let body = $body;
        whole::<hoop_ai::types::$type>(concat!("hoop-ai ", $case), &body);
        whole::<leadway::types::$type>(concat!("leadway ", $case), &body);
    }};
}

#[test]
fn a_sent_message_decodes_without_what_the_sources_disagree_on() {
    // The files of 2025 have no `status`; Google My Business gives `messageIds` in the place of `messageId`.
    both!(SendMessageResponse, "of 2025", json!({ "conversationId": "c1", "messageId": "m1" }));
    both!(SendMessageResponse, "business messages", json!({ "conversationId": "c1", "messageIds": ["m1", "m2"] }));
    let sent = whole::<leadway::types::SendMessageResponse>("of 2026", &json!({ "conversationId": "c1", "status": "pending" }));
    assert_eq!(sent.status, Some(leadway::types::MessageDeliveryStatus::Pending));
}

#[tokio::test]
async fn a_reply_to_a_review_is_answered_like_a_message() {
    let body = json!({
        "conversationId": "c1", "emailMessageId": "e1", "messageIds": ["m1"], "status": "delivered",
        "forwardData": {
            "forwardWholeThread": true, "messageId": "m1", "emailMessageId": "e1", "sourceContactId": "k1", "sourceConversationId": "c1",
            "forwardToEmail": "ada@example.com", "recipientContactId": "k2", "recipientConversationId": "c2",
        },
    });
    let server = httpmock::MockServer::start_async().await;
    let reply = body.to_string();
    server
        .mock_async(|when, then| {
            when.method("POST").path("/conversations/messages/review-reply");
            then.status(200).header("content-type", "application/json").body(reply);
        })
        .await;
    let client: leadway::Client = leadway::Client::builder().credential("pit-key").base_url(server.base_url()).build().unwrap();
    let request = leadway::types::SendReviewReplyRequest::new("c1", "l1", "Thank you!");
    let sent = client.messages().send_review_reply(request).await.unwrap();
    assert_eq!(lost(&body, &serde_json::to_value(&sent).unwrap()), Vec::<String>::new());
}

#[test]
fn ids_of_emails_are_read_at_either_depth() {
    let message = |meta: Value| {
        json!({
            "id": "m1", "type": 3, "messageType": "TYPE_EMAIL", "locationId": "l1", "contactId": "k1", "conversationId": "c1",
            "dateAdded": "2026-01-02T03:04:05.000Z", "direction": "inbound", "meta": meta,
        })
    };
    both!(Message, "once", message(json!({ "email": { "messageIds": ["e1", "e2"] } })));
    both!(Message, "twice", message(json!({ "email": { "email": { "messageIds": ["e1", "e2"] } } })));
    both!(Message, "number", message(json!({ "callDuration": 120, "callStatus": "completed" })));
    both!(Message, "text", message(json!({ "callDuration": "120", "callStatus": "completed" })));
}

#[test]
fn a_list_may_be_one_text() {
    for attachments in [json!("https://files.example/a.pdf"), json!(["https://files.example/a.pdf"]), json!([]), json!(null)] {
        both!(ContactResponse, "attachments", json!({ "contact": { "id": "k1", "attachments": attachments } }));
    }
    for followers in [json!("u1"), json!(["u1", "u2"])] {
        both!(ListContactsResponse, "followers", json!({ "contacts": [{ "id": "k1", "followers": followers }], "count": 1 }));
    }
    let results = json!([{ "contactId": "k1", "type": "success", "tagsAdded": ["vip"] }, "contact is deleted"]);
    both!(BulkUpdateTagsResponse, "results", json!({ "succeded": true, "errorCount": 1, "responses": results }));
}

#[test]
fn numbers_of_a_transcription_may_be_texts() {
    let numbers =
        json!({ "mediaChannel": 2, "sentenceIndex": 0, "startTime": 34, "endTime": 1045.5, "transcript": "Hello", "confidence": 0.875 });
    let texts = json!({ "mediaChannel": "2", "sentenceIndex": "0", "startTime": "34", "endTime": "45", "transcript": "Hello", "confidence": "0.50" });
    both!(GetTranscriptionResponse, "one sentence", numbers.clone());
    both!(GetTranscriptionResponse, "one sentence of texts", texts.clone());
    both!(GetTranscriptionResponse, "both", json!([numbers, texts]));
}

#[test]
fn a_custom_field_is_sent_under_either_name() {
    let values = [json!("vip"), json!(100.5), json!(["a", "b"]), json!({ "f1": { "url": "https://files.example/a.pdf" } })];
    for value in values {
        for name in ["fieldValue", "field_value"] {
            let fields = json!([{ "id": "f1", "key": "tier", name: value }]);
            both!(CreateContactRequest, "create", json!({ "locationId": "l1", "customFields": fields }));
            both!(UpsertContactRequest, "upsert", json!({ "locationId": "l1", "customFields": fields }));
            both!(UpdateContactRequest, "update", json!({ "customFields": fields }));
        }
    }
    let field = CustomFieldInputCurrent::new("f1", "vip");
    let update = UpdateContactRequest::new().custom_fields([field]);
    assert_eq!(serde_json::to_value(&update).unwrap(), json!({ "customFields": [{ "id": "f1", "fieldValue": "vip" }] }));
    let field = CustomFieldInputLegacy::new("f1", "vip");
    let update = UpdateContactRequest::new().custom_fields([field]);
    assert_eq!(serde_json::to_value(&update).unwrap(), json!({ "customFields": [{ "id": "f1", "field_value": "vip" }] }));
}

#[test]
fn a_message_to_a_lead_may_name_its_campaign() {
    let body = json!({ "leadId": "lead_1", "message": "Hi", "campaignId": "camp_1" });
    let typed = whole::<sendpilot::types::SendMessageRequest>("lead", &body);
    assert!(matches!(typed, sendpilot::types::SendMessageRequest::LeadRequest(_)), "{typed:?}");
}

#[tokio::test]
async fn what_is_out_of_its_limits_is_named_before_anything_leaves() {
    let script = reachout_tests::Script::start(vec![]).await;
    let client = leonar::Client::builder().credential("leo_key").base_url(&script.url).build().unwrap();
    let contact = leonar::types::CreateContactRequest::new("S".repeat(132)).last_name("M".repeat(101));
    let error = client.contacts().create(contact).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (leonar::ErrorKind::InvalidRequest, leonar::Delivery::NotSent));
    let text = error.to_string();
    assert!(text.contains("first_name is 132 characters long, at most 100 are allowed"), "{text}");
    assert!(text.contains("last_name is 101 characters long, at most 100 are allowed"), "{text}");
    assert!(script.asked().is_empty());
}
