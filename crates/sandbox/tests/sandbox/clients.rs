//! The generated clients against the sandbox: what they send is let through, and their streams turn every page.

use futures_util::{StreamExt as _, TryStreamExt as _};
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox, Vendor};

#[tokio::test]
async fn leonar() {
    use leonar::types::{Channel, CreateContactRequest, SearchContactsRequest, SendMessageRequest};
    let sandbox = Sandbox::start().await.unwrap();
    let client =
        leonar::Client::builder().base_url(sandbox.base_url(Vendor::Leonar)).credential(Sandbox::api_key(Vendor::Leonar)).build().unwrap();
    let mut made = Vec::new();
    for number in 0..5 {
        let contact = CreateContactRequest::new(format!("Ada {number}")).last_name("Lovelace");
        made.insert(0, client.contacts().create(contact).await.unwrap().data.id);
    }
    let listed: Vec<_> =
        client.contacts().list().limit(2).search("lovelace").items().map_ok(|contact| contact.id).try_collect().await.unwrap();
    assert_eq!(listed, made);
    let body = SearchContactsRequest::new().query("lovelace").limit(2_i64).offset(0_i64);
    let found: Vec<_> = client.contacts().search(body).items().map_ok(|contact| contact.id).try_collect().await.unwrap();
    assert_eq!(found, made);

    let message = || SendMessageRequest::new(made[0], Channel::Linkedin, "Hi");
    let sent = client.messages().send(message()).await.unwrap();
    let conversation = sent.data.conversation_id.unwrap();
    for fault in [FaultKind::ResetAfter, FaultKind::Truncate] {
        sandbox.add_fault(FaultRule::new(Fault::new(fault))).unwrap();
        client.messages().send(message()).await.unwrap_err();
    }
    let messages: Vec<_> = client.messages().list(conversation).limit(1).items().collect().await;
    assert_eq!(messages.len(), 3, "each is sent once, however the response ended");
    let missing = client.contacts().update(uuid::Uuid::nil(), leonar::types::UpdateContactRequest::new()).await.unwrap_err();
    assert_eq!((missing.status().map(|status| status.as_u16()), missing.code()), (Some(404), Some("not_found")));
}

#[tokio::test]
async fn sendpilot() {
    use sendpilot::types::{CreateLeadsRequest, NewLead, SendMessageToLeadRequest};
    let sandbox = Sandbox::start().await.unwrap();
    let builder =
        sendpilot::Client::builder().base_url(sandbox.base_url(Vendor::SendPilot)).credential(Sandbox::api_key(Vendor::SendPilot));
    let client = builder.build().unwrap();
    let lead = |number: usize| NewLead::new(format!("https://www.linkedin.com/in/ada-{number}"));
    let leads: Vec<NewLead> = (0..5).map(lead).collect();
    let added = client.leads().create(CreateLeadsRequest::new("clxxx789012", leads)).await.unwrap();
    assert_eq!(added.leads_added, Some(5));
    let leads: Vec<_> = client.leads().list("clxxx789012").limit(2).items().try_collect().await.unwrap();
    assert_eq!(leads.len(), 5);
    let mut conversation = None;
    for text in ["one", "two", "three"] {
        let message = SendMessageToLeadRequest::new("sender_abc123", text);
        let sent = client.inbox().send_message_to_lead(&leads[0].id, message).await.unwrap();
        conversation = sent.conversation_id.clone();
    }
    let messages = client.inbox().list_messages(conversation.unwrap(), "sender_abc123").limit(2).items();
    let texts: Vec<_> = messages.map_ok(|message| message.content.unwrap()).try_collect().await.unwrap();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
#[expect(deprecated, reason = "the vendor advises against listing contacts, and still pages the list in a way of its own")]
async fn leadway() {
    use leadway::types::{CreateContactRequest, MessageDeliveryStatus, SearchContactsRequest, SendMessageRequest, SendMessageType};
    let sandbox = Sandbox::start().await.unwrap();
    let builder = leadway::Client::builder().base_url(sandbox.base_url(Vendor::Leadway)).credential(Sandbox::api_key(Vendor::Leadway));
    let client = builder.build().unwrap();
    let (mut made, mut conversations) = (Vec::new(), Vec::new());
    for number in 0..5 {
        let contact = CreateContactRequest::new("here").first_name(format!("Ada {number}")).last_name("Lovelace");
        let contact = client.contacts().create(contact).await.unwrap().contact.unwrap().id.unwrap();
        let message = SendMessageRequest::new(SendMessageType::Sms, "SMS", &contact, MessageDeliveryStatus::Pending).message("Hi");
        let sent = client.messages().send(message).await.unwrap();
        conversations.insert(0, sent.conversation_id.clone().unwrap());
        made.insert(0, contact);
    }
    let listed = client.contacts().list("here").query("lovelace").limit(2).items();
    assert_eq!(listed.map_ok(|contact| contact.id.unwrap()).try_collect::<Vec<_>>().await.unwrap(), made);
    let body = SearchContactsRequest::new("here", 2).query("lovelace");
    let found = client.contacts().search(body).items();
    assert_eq!(found.map_ok(|contact| contact.id.unwrap()).try_collect::<Vec<_>>().await.unwrap(), made);
    let searched = client.conversations().search("here").query("lovelace").limit(2).items();
    assert_eq!(searched.map_ok(|conversation| conversation.id).try_collect::<Vec<_>>().await.unwrap(), conversations);
    let exported = client.messages().export("here").limit(10).items().try_collect::<Vec<_>>().await.unwrap();
    assert!(exported.len() >= 5, "{}", exported.len());
}
