//! HighLevel as it really responds: forms that live responses had in July 2026, put together anew from what is known of them, beside the forms that
//! the documents print. Each decodes, and nothing of it is lost.

use reachout_test_support::lost;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Decodes `body`, encodes it again and compares.
pub fn whole<T: Serialize + DeserializeOwned>(fact: &str, body: &Value) -> T {
    let typed: T = serde_json::from_str(&body.to_string()).unwrap_or_else(|error| panic!("{fact}: {error}: {body}"));
    assert_eq!(lost(body, &serde_json::to_value(&typed).unwrap()), Vec::<String>::new(), "{fact}");
    typed
}

/// The same for the same type of both editions; returns that of Leadway.
macro_rules! both {
    ($type:ident, $fact:expr, $body:expr) => {{
        let body = $body;
        whole::<hoop_ai::types::$type>(concat!("hoop-ai: ", $fact), &body);
        whole::<leadway::types::$type>(concat!("leadway: ", $fact), &body)
    }};
}

fn contact(more: &Value) -> Value {
    let mut contact = json!({
        "id": "k1", "locationId": "l1", "type": "lead", "firstName": "Ada", "firstNameLowerCase": "ada", "fullNameLowerCase": "ada byron",
        "email": "ada@example.com", "emailLowerCase": "ada@example.com", "phone": "+15550001234", "country": "US", "tags": ["vip"],
        "dateAdded": "2026-07-01T08:00:00.000Z", "dateUpdated": "2026-07-02T08:00:00.000Z", "customFields": [],
        "createdBy": { "source": "INTEGRATION", "channel": "OAUTH", "sourceId": "s1", "timestamp": "2026-07-01T08:00:00.000Z" },
        "additionalEmails": [{ "email": "byron@example.com" }], "additionalPhones": [], "followers": [],
    });
    contact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    contact
}

fn activity() -> Value {
    json!({
        "id": "m1", "direction": "outbound", "type": 31, "messageType": "TYPE_ACTIVITY_APPOINTMENT", "locationId": "l1", "contactId": "k1",
        "conversationId": "c1", "dateAdded": "2026-07-01T08:00:00.000Z", "dateUpdated": "2026-07-01T08:00:00.000Z", "body": "Booked", "source": "app",
        "from": "Ada", "to": "Byron", "activity": { "type": "appointment_created", "data": { "id": "a1", "members": {}, "industryType": null } },
    })
}

#[test]
fn every_body_has_a_trace_id() {
    let trace = |mut body: Value| {
        body["traceId"] = json!("t1");
        body
    };
    let deleted = both!(SuccessResponse, "conversation deleted", trace(json!({ "success": true })));
    assert_eq!(deleted.extra["traceId"], "t1");
    both!(SendMessageResponse, "sent", trace(json!({ "conversationId": "c1", "messageId": "m1" })));
    both!(
        TaskResponse,
        "task",
        trace(json!({ "task": { "id": "t1", "title": "Call", "dueDate": "2026-07-03T08:00:00.000Z", "completed": false } }))
    );
    both!(ListTasksResponse, "no tasks", trace(json!({ "tasks": [] })));
    both!(GetTranscriptionResponse, "a list has no place for it", json!([{ "transcript": "Hello", "traceId": "t1" }]));
}

#[test]
fn success_comes_in_both_spellings() {
    let both_spellings = json!({ "succeded": true, "succeeded": true, "traceId": "t1" });
    let response = both!(SucceededResponse, "contact, task and workflow", both_spellings.clone());
    assert_eq!((response.succeded, response.succeeded), (Some(true), Some(true)));
    for spelling in ["succeded", "succeeded"] {
        both!(SucceededResponse, "one spelling", json!({ spelling: false }));
    }
    let with = |more: Value| {
        let mut body = both_spellings.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    both!(UpdateContactResponse, "update", with(json!({ "contact": contact(&json!({})) })));
    let upsert = both!(UpsertContactResponse, "upsert", with(json!({ "new": false, "contact": contact(&json!({})) })));
    assert_eq!((upsert.succeded, upsert.succeeded), (Some(true), Some(true)));
}

#[test]
fn tags_say_what_changed() {
    let added = both!(TagsResponse, "added", json!({ "tags": ["vip", "new"], "tagsAdded": ["new"], "traceId": "t1" }));
    assert_eq!(added.tags_added, Some(vec!["new".to_owned()]));
    let removed = both!(TagsResponse, "removed", json!({ "tags": [], "tagsRemoved": ["vip"], "traceId": "t1" }));
    assert_eq!(removed.tags_removed, Some(vec!["vip".to_owned()]));
    both!(TagsResponse, "documented", json!({ "tags": ["vip"] }));
}

#[test]
fn a_message_is_wrapped_or_flat() {
    use leadway::types::GetMessageResponse;
    match both!(GetMessageResponse, "recorded", json!({ "message": activity(), "traceId": "t1" })) {
        GetMessageResponse::MessageEnvelope(envelope) => assert_eq!(envelope.message.id, "m1"),
        GetMessageResponse::Message(flat) => panic!("{flat:?}"),
    }
    match both!(GetMessageResponse, "documented", activity()) {
        GetMessageResponse::Message(message) => assert_eq!(message.extra["activity"]["type"], "appointment_created"),
        GetMessageResponse::MessageEnvelope(envelope) => panic!("{envelope:?}"),
    }
    both!(
        GetMessageResponse,
        "an email without its body",
        json!({ "message": { "id": "m1", "type": 3, "meta": { "email": { "messageIds": ["e1"] } } } })
    );
    both!(GetEmailResponse, "flat, with what is required", json!({ "id": "e1", "traceId": "t1" }));
    both!(GetEmailResponse, "wrapped", json!({ "emailMessage": { "id": "e1" }, "traceId": "t1" }));
}

#[test]
fn a_page_of_messages_is_nested_or_flat() {
    let nested = json!({ "messages": { "lastMessageId": "m1", "nextPage": false, "messages": [activity()] }, "traceId": "t1" });
    both!(ListMessagesResponse, "recorded", nested);
    both!(ListMessagesResponse, "documented", json!({ "messages": [activity()], "lastMessageId": "m1", "nextPage": false }));
}

#[test]
fn a_conversation_has_its_date_and_type_in_every_form() {
    use leadway::types::{LastMessageDate, LastMessageType, MessageType};
    // `inbox` and `unreadCount`, which the file requires, do not come.
    let conversation = both!(
        GetConversationResponse,
        "get",
        json!({
            "id": "c1", "contactId": "k1", "locationId": "l1", "type": 1, "deleted": false, "isLastMessageInternalComment": false,
            "lastMessageType": 100, "lastMessageDate": { "seconds": 1_753_000_000, "nanoseconds": 5_000_000 }, "messageTypes": [1, 3], "traceId": "t1",
        })
    );
    assert!(matches!(conversation.last_message_date, Some(LastMessageDate::Parts(_))), "{conversation:?}");
    assert!(matches!(conversation.last_message_type, Some(LastMessageType::NumberValue(_))), "{conversation:?}");
    let changed = both!(
        UpdateConversationResponse,
        "put",
        json!({
            "success": true, "traceId": "t1",
            "conversation": {
                "id": "c1", "contactId": "k1", "locationId": "l1", "deleted": false, "starred": true, "lastMessageType": 100,
                "lastMessageDate": "2026-07-17T10:00:00.000Z", "dateAdded": "2026-07-17T10:00:00.000Z", "dateUpdated": "2026-07-17T10:01:00.000Z",
            },
        })
    );
    assert_eq!(changed.conversation.unwrap().last_message_date, Some(LastMessageDate::Text("2026-07-17T10:00:00.000Z".to_owned())));
    let documented = json!({ "success": true, "conversation": { "locationId": "l1", "lastMessageDate": "1628008053263", "lastMessageType": "TYPE_CALL" } });
    let documented = both!(UpdateConversationResponse, "documented put", documented).conversation.unwrap();
    assert_eq!(documented.last_message_type, Some(LastMessageType::MessageType(MessageType::TypeCall)));
    both!(UpdateConversationResponse, "milliseconds", json!({ "conversation": { "lastMessageDate": 1_628_008_053_263_i64 } }));
}

#[test]
fn a_search_of_conversations_leaves_out_what_is_required_and_has_nulls() {
    let page = both!(
        SearchConversationsResponse,
        "search",
        json!({
            "total": 2, "traceId": "t1",
            "conversations": [
                {
                    "id": "c1", "contactId": "k1", "locationId": "l1", "lastMessageType": "TYPE_NO_SHOW", "lastMessageDate": 1_753_000_000_000_i64,
                    "type": "TYPE_PHONE", "unreadCount": 0, "fullName": "Ada Byron", "contactName": "Ada Byron", "companyName": null, "email": null, "phone": null,
                    "dateAdded": 1_753_000_000_000_i64, "tags": ["vip"], "scoring": [], "sort": [1_753_000_000_000_i64], "attributed": null, "followers": [],
                },
                { "id": "c2" },
            ],
        })
    );
    assert_eq!(page.conversations[0].last_message_type, Some(leadway::types::MessageType::TypeNoShow));
    both!(SearchConversationsResponse, "without a total", json!({ "conversations": [] }));
}

#[test]
fn a_search_of_contacts_has_total_and_sort_values() {
    let found = json!({
        "id": "k1", "phoneLabel": null, "country": "US", "address": null, "source": null, "type": "lead", "locationId": "l1", "dnd": false,
        "contactName": "ada byron", "firstNameLowerCase": "ada", "lastNameLowerCase": null, "email": null, "dateOfBirth": null, "validEmail": null,
        "followers": [], "tags": [], "additionalEmails": [{ "email": "byron@example.com" }], "additionalPhones": [{ "phone": "+15550001234" }],
        "dndSettings": { "SMS": { "status": "inactive", "code": "1" }, "RCS": { "status": "inactive", "code": "1" } }, "inboundDndSettings": {},
        "opportunities": [{ "id": "o1", "monetaryValue": 100.5, "pipelineId": "p1", "pipelineStageId": "s1", "status": "open" }],
        "attributionSource": {}, "lastAttributionSource": {}, "searchAfter": [1_753_000_000_000_i64, "k1"],
    });
    let page = both!(SearchContactsResponse, "search", json!({ "contacts": [found], "total": 1, "traceId": "t1" }));
    assert_eq!(page.contacts.unwrap()[0].search_after.as_ref().map(Vec::len), Some(2));
}

#[test]
fn a_duplicate_says_by_which_field() {
    let body = json!({ "contact": contact(&json!({})), "matchingField": "email", "traceId": "t1" });
    let duplicate = both!(GetDuplicateContactResponse, "duplicate", body);
    assert_eq!(duplicate.matching_field.as_deref(), Some("email"));
    both!(GetDuplicateContactResponse, "none", json!({ "contact": null, "traceId": "t1" }));
}

#[test]
fn a_contact_keeps_what_nobody_documents() {
    let more = json!({
        "lastUpdatedBy": { "source": "INTEGRATION", "channel": "OAUTH" }, "validEmail": null, "validEmailDate": null, "bounceEmail": false,
        "lastSessionActivityAt": "2026-07-02T08:00:00.000Z", "deleted": false, "unsubscribeEmail": false,
    });
    let response = both!(ContactResponse, "contact", json!({ "contact": contact(&more), "traceId": "t1" }));
    assert_eq!(response.contact.unwrap().extra["additionalEmails"], json!([{ "email": "byron@example.com" }]));
}

#[test]
fn a_note_has_a_text_without_formatting_and_no_user() {
    let note = json!({
        "id": "n1", "body": "<p>Hi</p>", "bodyText": "Hi", "userId": null, "dateAdded": "2026-07-02T08:00:00.000Z", "contactId": "k1", "pinned": false,
        "relations": [{ "objectKey": "contact", "recordId": "k1" }],
    });
    let response = both!(NoteResponse, "note", json!({ "note": note, "traceId": "t1" }));
    assert_eq!(response.note.unwrap().body_text.as_deref(), Some("Hi"));
    both!(ListNotesResponse, "notes", json!({ "notes": [note], "traceId": "t1" }));
}

#[test]
fn a_message_is_sent_with_a_sub_type_in_words_and_answered_without_a_status() {
    let body = json!({ "type": "SMS", "subType": "SMS", "contactId": "k1", "status": "pending", "message": "Hi" });
    let typed: leadway::types::SendMessageRequest = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), body);
    assert_eq!(both!(SendMessageResponse, "accepted", json!({ "conversationId": "c1", "messageId": "m1", "traceId": "t1" })).status, None);
    both!(SendMessageResponse, "nothing known", json!({ "traceId": "t1" }));
}

/// What is read, changed and sent back has nothing less than before.
#[test]
fn nothing_is_lost_in_a_read_change_write() {
    use leadway::types::{ContactResponse, DndSetting, DndStatus, UpdateContactRequest};
    let settings = json!({
        "Email": { "status": "active", "code": "103", "until": "2027-01-01" },
        "RCS": { "status": "permanent", "code": "1" },
    });
    let read: ContactResponse = whole("read", &json!({ "contact": contact(&json!({ "dndSettings": settings })) }));
    let changed = read.contact.unwrap().dnd_settings.unwrap().sms(DndSetting::new(DndStatus::Active));
    let written = serde_json::to_value(UpdateContactRequest::new().dnd_settings(changed)).unwrap();
    let mut expected = settings;
    expected["SMS"] = json!({ "status": "active" });
    assert_eq!(written, json!({ "dndSettings": expected }));
}

#[test]
fn an_event_keeps_what_nobody_documents() {
    let body = json!({
        "type": "InboundMessage", "locationId": "l1", "contactId": "k1", "conversationId": "c1", "messageType": "SMS", "body": "Hi",
        "appId": "a1", "versionId": "v1", "timestamp": "2026-07-02T08:00:00.000Z", "webhookId": "w1", "locale": { "language": "en" },
    });
    match serde_json::from_value(body).unwrap() {
        hoop_ai::WebhookEvent::InboundMessage(event) => assert_eq!(event.extra["locale"], json!({ "language": "en" })),
        other => panic!("{other:?}"),
    }
}

/// Requests have no room for what nobody documents: a field that is misspelled does not compile.
#[test]
fn requests_have_no_extra() {
    let request = leadway::types::UpdateContactRequest::new();
    let leadway::types::UpdateContactRequest { name: None, .. } = request else { panic!("{request:?}") };
    let types = include_str!("../../../crates/highlevel/src/generated/types/mod.rs");
    let name = |item: &str| item.split("pub struct ").nth(1)?.split_whitespace().next().map(str::to_owned);
    let requests: Vec<&str> = types.split("\nrt::").filter(|item| name(item).is_some_and(|name| name.ends_with("Request"))).collect();
    assert!(requests.len() > 5);
    for request in requests {
        assert!(!request.contains("with extra"), "{request}");
    }
}
