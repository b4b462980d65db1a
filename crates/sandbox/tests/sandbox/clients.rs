//! The generated clients against the sandbox: what they send is let through, and their streams turn every page.

use futures_util::{StreamExt as _, TryStreamExt as _};
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox, Vendor};

#[tokio::test]
async fn leonar() {
    use leonar::types::{Channel, CreateContactRequest, SearchContactsRequest, SendMessageRequest};
    let sandbox = Sandbox::start().await.unwrap();
    let client =
        leonar::Client::builder().base_url(sandbox.base_url(Vendor::Leonar)).credential(sandbox.api_key(Vendor::Leonar)).build().unwrap();
    let mut made = Vec::new();
    for number in 0..5 {
        let contact = CreateContactRequest::builder().first_name(format!("Ada {number}")).last_name("Lovelace");
        made.insert(0, client.create_contact().body(contact).send().await.unwrap().data.id);
    }
    let listed: Vec<_> =
        client.list_contacts().limit(2).search("lovelace").stream().map_ok(|contact| contact.id).try_collect().await.unwrap();
    assert_eq!(listed, made);
    let body = SearchContactsRequest::builder().query("lovelace").limit(2_i64).offset(0_i64);
    let found: Vec<_> = client.search_contacts().body(body).stream().map_ok(|contact| contact.id).try_collect().await.unwrap();
    assert_eq!(found, made);

    let message = || SendMessageRequest::builder().contact_id(made[0]).channel(Channel::Linkedin).content("Hi");
    let sent = client.send_message().body(message()).send().await.unwrap();
    let conversation = sent.data.conversation_id.unwrap();
    for fault in [FaultKind::ResetAfter, FaultKind::Truncate] {
        sandbox.add_fault(FaultRule::new(Fault::new(fault))).unwrap();
        client.send_message().body(message()).send().await.unwrap_err();
    }
    let messages: Vec<_> = client.list_messages().id(conversation).limit(1).stream().collect().await;
    assert_eq!(messages.len(), 3, "each is sent once, whatever happened to the response");
    let missing =
        client.update_contact().id(uuid::Uuid::nil()).body(leonar::types::UpdateContactRequest::builder()).send().await.unwrap_err();
    assert_eq!((missing.status().map(|status| status.as_u16()), missing.code()), (Some(404), Some("not_found")));
}

#[tokio::test]
async fn sendpilot() {
    use sendpilot::types::{CreateLeadsRequest, NewLead, SendMessageToLeadRequest};
    let sandbox = Sandbox::start().await.unwrap();
    let builder = sendpilot::Client::builder().base_url(sandbox.base_url(Vendor::SendPilot)).credential(sandbox.api_key(Vendor::SendPilot));
    let client = builder.build().unwrap();
    let lead = |number: usize| NewLead::builder().linkedin_url(format!("https://www.linkedin.com/in/ada-{number}")).try_into().unwrap();
    let leads: Vec<NewLead> = (0..5).map(lead).collect();
    let added = client.create_leads().body(CreateLeadsRequest::builder().campaign_id("clxxx789012").leads(leads)).send().await.unwrap();
    assert_eq!(added.leads_added, Some(5));
    let leads: Vec<_> = client.list_leads().campaign_id("clxxx789012").limit(2).stream().try_collect().await.unwrap();
    assert_eq!(leads.len(), 5);
    let mut conversation = None;
    for text in ["one", "two", "three"] {
        let message = SendMessageToLeadRequest::builder().sender_id("sender_abc123").message(text);
        let sent = client.send_message_to_lead().lead_id(&leads[0].id).body(message).send().await.unwrap();
        conversation = sent.conversation_id.clone();
    }
    let messages = client.list_messages().conversation_id(conversation.unwrap()).account_id("sender_abc123").limit(2).stream();
    let texts: Vec<_> = messages.map_ok(|message| message.content.unwrap()).try_collect().await.unwrap();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
#[expect(deprecated, reason = "the vendor advises against listing contacts, and still pages the list in a way of its own")]
async fn leadway() {
    use leadway::types::{CreateContactRequest, MessageDeliveryStatus, SearchContactsRequest, SendMessageRequest, SendMessageType};
    let sandbox = Sandbox::start().await.unwrap();
    let builder = leadway::Client::builder().base_url(sandbox.base_url(Vendor::Leadway)).credential(sandbox.api_key(Vendor::Leadway));
    let client = builder.build().unwrap();
    let (mut made, mut conversations) = (Vec::new(), Vec::new());
    for number in 0..5 {
        let contact =
            CreateContactRequest::builder().location_id("here").first_name(format!("Ada {number}")).last_name("Lovelace".to_owned());
        let contact = client.create_contact().body(contact).send().await.unwrap().into_inner().contact.unwrap().id.unwrap();
        let sub_type = leadway::types::MessageSubType::from(leadway::types::MessageSubTypeName::from("SMS".to_owned()));
        let message =
            SendMessageRequest::builder().type_(SendMessageType::Sms).sub_type(sub_type).contact_id(&contact).message("Hi".to_owned());
        let sent = client.send_message().body(message.status(MessageDeliveryStatus::Pending)).send().await.unwrap();
        conversations.insert(0, sent.conversation_id.clone());
        made.insert(0, contact);
    }
    let listed = client.list_contacts().location_id("here").query("lovelace").limit(2.0).stream();
    assert_eq!(listed.map_ok(|contact| contact.id.unwrap()).try_collect::<Vec<_>>().await.unwrap(), made);
    let body = SearchContactsRequest::builder().location_id("here").page_limit(2).query("lovelace".to_owned());
    let found = client.search_contacts().body(body).stream();
    assert_eq!(found.map_ok(|contact| contact.id.unwrap()).try_collect::<Vec<_>>().await.unwrap(), made);
    let searched = client.search_conversations().location_id("here").query("lovelace").limit(2.0).stream();
    assert_eq!(searched.map_ok(|conversation| conversation.id).try_collect::<Vec<_>>().await.unwrap(), conversations);
    let exported = client.export_messages().location_id("here").limit(10.0).stream().try_collect::<Vec<_>>().await.unwrap();
    assert!(exported.len() >= 5, "{}", exported.len());
}
