//! The five vendor pages the project was founded on: each request example is what the typed request serialises to, each response example
//! decodes with no value lost.

use reachout_test_support::lost;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

fn request<T: Serialize + DeserializeOwned>(page: &str, example: &Value) {
    let typed: T = serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("{page}: {error}"));
    assert_eq!(serde_json::to_value(&typed).unwrap(), *example, "{page}");
}

fn response<T: Serialize + DeserializeOwned>(page: &str, example: &Value) {
    let typed: T = serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("{page}: {error}"));
    assert_eq!(lost(example, &serde_json::to_value(&typed).unwrap()), Vec::<String>::new(), "{page}");
}

fn sophie() -> Value {
    json!({
        "id": "a1b2c3d4-5678-90ab-cdef-1234567890ab",
        "first_name": "Sophie",
        "last_name": "Martin",
        "title": "Senior Software Engineer",
        "current_company": "Doctolib",
        "location": "Paris, France",
        "linkedin_profile": "https://www.linkedin.com/in/sophie-martin",
        "emails": [{ "email": "sophie@doctolib.com", "type": "work" }],
        "phones": [{ "phone": "+33612345678", "type": "personal" }],
        "tags": ["frontend", "senior"],
        "global_status": "new",
        "source": "linkedin",
        "summary": null,
        "skills": ["React", "TypeScript", "Node.js"],
        "languages": ["French", "English"],
        "years_experience": 8,
        "do_not_contact": false,
        "created_at": "2025-01-15T10:30:00Z",
        "updated_at": "2025-01-20T14:00:00Z",
        "last_contacted_at": null,
        "archived_at": null,
    })
}

#[test]
fn leonar_create_contact() {
    request::<leonar::types::CreateContactRequest>(
        "leonar-create-contact",
        &json!({
            "first_name": "Sophie",
            "last_name": "Martin",
            "title": "Senior Software Engineer",
            "current_company": "Doctolib",
            "location": "Paris, France",
            "emails": [{ "email": "sophie@doctolib.com", "type": "work" }],
            "linkedin_profile": "https://www.linkedin.com/in/sophie-martin",
            "skills": ["React", "TypeScript"],
            "tags": ["frontend"],
        }),
    );
    response::<leonar::types::ContactResponse>("leonar-create-contact", &json!({ "data": sophie() }));
}

#[test]
fn leonar_send_message() {
    request::<leonar::types::SendMessageRequest>(
        "leonar-send-message",
        &json!({
            "contact_id": "a1b2c3d4-5678-90ab-cdef-1234567890ab",
            "channel": "email",
            "subject": "Exciting opportunity at Doctolib",
            "content": "Hi Sophie, I came across your profile and thought you might be interested...",
        }),
    );
    response::<leonar::types::SendMessageResponse>(
        "leonar-send-message",
        &json!({ "data": {
            "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "conversation_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "direction": "<string>",
            "content": "<string>",
            "sent_at": "2023-11-07T05:31:56Z",
            "channel": "<string>",
            "contact": sophie(),
        } }),
    );
}

#[test]
fn sendpilot_inbox_send() {
    let to_lead =
        json!({ "leadId": "lead_abc123", "message": "Hi John! Thanks for connecting. I wanted to follow up on our conversation about..." });
    request::<sendpilot::types::SendMessageRequest>("sendpilot-inbox-send", &to_lead);
    let typed: sendpilot::types::SendMessageRequest = serde_json::from_value(to_lead).unwrap();
    assert!(matches!(typed, sendpilot::types::SendMessageRequest::LeadRequest(_)), "{typed:?}");

    let to_profile = json!({
        "senderId": "sender_abc123",
        "recipientLinkedinUrl": "https://www.linkedin.com/in/john-doe",
        "message": "Hi John!",
        "campaignId": "camp_xyz789",
        "leadId": "lead_abc123",
    });
    request::<sendpilot::types::SendMessageRequest>("sendpilot-inbox-send", &to_profile);
    let typed: sendpilot::types::SendMessageRequest = serde_json::from_value(to_profile).unwrap();
    assert!(matches!(typed, sendpilot::types::SendMessageRequest::ProfileRequest(_)), "{typed:?}");

    response::<sendpilot::types::SendMessageResponse>(
        "sendpilot-inbox-send, upper half",
        &json!({ "success": true, "messageId": "msg_xyz789", "leadId": "lead_abc123", "senderId": "sender_def456", "sentAt": "2024-02-24T15:30:00.000Z" }),
    );
    response::<sendpilot::types::SendMessageResponse>(
        "sendpilot-inbox-send, lower half",
        &json!({
            "success": true,
            "messageId": "msg_xyz789",
            "recipientLinkedinUrl": "https://www.linkedin.com/in/john-doe",
            "status": "sent",
            "timestamp": "2024-02-24T15:30:00.000Z",
            "leadId": "lead_abc123",
        }),
    );
}

/// What both HighLevel pages show.
fn highlevel_request() -> Value {
    json!({
        "type": "Email",
        "contactId": "abc123def456",
        "appointmentId": "appt123",
        "attachments": ["https://storage.com/file1.pdf", "https://storage.com/file2.jpg"],
        "emailFrom": "sender@company.com",
        "emailCc": ["cc1@company.com", "cc2@company.com"],
        "emailBcc": ["bcc1@company.com", "bcc2@company.com"],
        "html": "<p>Hello World</p>",
        "message": "Hello, how can I help you today?",
        "subject": "Important Update",
        "replyMessageId": "msg123",
        "templateId": "template123",
        "threadId": "thread123",
        "scheduledTimestamp": 1_669_287_863,
        "conversationProviderId": "provider123",
        "emailTo": "recipient@company.com",
        "emailReplyMode": "reply_all",
        "fromNumber": "+1499499299",
        "toNumber": "+1439499299",
    })
}

#[test]
fn hoop_send_message() {
    request::<hoop_ai::types::SendMessageRequest>("hoop-send-message", &highlevel_request());
    response::<hoop_ai::types::SendMessageResponse>(
        "hoop-send-message",
        &json!({
            "conversationId": "ABC12h2F6uBrIkfXYazb",
            "messageId": "t22c6DQcTDf3MjRhwf77",
            "emailMessageId": "rnGyqh2F6uBrIkfhFo9A",
            "messageIds": ["<string>"],
            "msg": "Message queued successfully.",
        }),
    );
}

#[test]
fn leadway_send_message() {
    let mut example = highlevel_request();
    let added = json!({
        "subType": "Email",
        "customSubtypeId": "507f1f77bcf86cd799439011",
        "forward": {
            "isForwarded": true,
            "forwardWholeThread": false,
            "messageId": "t22c6DQcTDf3MjRhwf77",
            "emailMessageId": "rnGyqh2F6uBrIkfhFo9A",
            "toEmail": "forward@example.com",
            "recipientContactId": "DEF56h2F6uBrIkfXYacd",
        },
        "status": "delivered",
        "usesNativeSchedulingAi": false,
        "optimizationPeriod": "24h",
    });
    example.as_object_mut().unwrap().append(&mut added.as_object().unwrap().clone());
    request::<leadway::types::SendMessageRequest>("leadway-send-message", &example);
    // The page types `subType` as an object.
    example["subType"] = json!({ "name": "Email" });
    request::<leadway::types::SendMessageRequest>("leadway-send-message", &example);
    response::<leadway::types::SendMessageResponse>(
        "leadway-send-message",
        &json!({
            "conversationId": "ABC12h2F6uBrIkfXYazb",
            "emailMessageId": "rnGyqh2F6uBrIkfhFo9A",
            "messageId": "t22c6DQcTDf3MjRhwf77",
            "messageIds": ["string"],
            "msg": "Message queued successfully.",
            "forwardData": {
                "forwardWholeThread": false,
                "messageId": "t22c6DQcTDf3MjRhwf77",
                "emailMessageId": "rnGyqh2F6uBrIkfhFo9A",
                "forwardToEmail": "recipient@example.com",
                "recipientContactId": "DEF56h2F6uBrIkfXYacd",
            },
            "status": "delivered",
        }),
    );
}
