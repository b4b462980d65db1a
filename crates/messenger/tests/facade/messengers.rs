//! What goes over the wire, and what comes back, through each client.

use reachout_messenger::{
    Advice, Channel, Delivery, Error, HighLevelOptions, Message, Messenger, Recipient, ReplyMode, SendPilotOptions, Vendor,
};
use reachout_mocks::Mocks;
use serde_json::{Value, json};

use crate::CONTACT;

fn body<T: serde::de::DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

#[tokio::test]
async fn leonar() {
    let mocks = Mocks::<leonar::Client>::start();
    let client = mocks.client();
    let sender = "00000000-0000-4000-8000-000000000001";
    let to = || Message::to(CONTACT).text("Hi");
    let cases = [
        (
            to().channel(Channel::Email).subject("A role").from(sender),
            json!({ "contact_id": CONTACT, "channel": "email", "content": "Hi", "subject": "A role", "sender_account_id": sender }),
        ),
        (to().channel(Channel::WhatsApp), json!({ "contact_id": CONTACT, "channel": "whatsapp", "content": "Hi" })),
        (to().channel(Channel::Linkedin), json!({ "contact_id": CONTACT, "channel": "linkedin", "content": "Hi" })),
        (
            to().channel(Channel::LinkedinInmail).subject("A role"),
            json!({ "contact_id": CONTACT, "channel": "linkedin", "content": "Hi", "linkedin_message_type": "inmail", "subject": "A role" }),
        ),
        (
            to().channel(Channel::LinkedinInvitation),
            json!({ "contact_id": CONTACT, "channel": "linkedin", "content": "Hi", "linkedin_message_type": "invitation" }),
        ),
    ];
    for (message, expected) in cases {
        let mock = mocks.on(client.messages().send(body::<leonar::types::SendMessageRequest>(expected))).example();
        let receipt = client.send(&message).await.unwrap();
        mock.assert();
        assert_eq!((receipt.vendor, receipt.http_status, receipt.message_ids.len()), (Vendor::Leonar, 200, 1));
        assert!(receipt.conversation_id.is_some() && receipt.sent_at.is_some());
    }
}

#[tokio::test]
async fn sendpilot() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.client();
    let url = "https://www.linkedin.com/in/john-doe";
    let options = || SendPilotOptions::new().campaign_id("camp_1");

    let expected = json!({ "senderId": "s", "recipientLinkedinUrl": url, "message": "Hi", "campaignId": "camp_1", "leadId": "lead_1" });
    let profile = mocks.on(client.inbox().send_message(body::<sendpilot::types::SendMessageRequest>(expected))).example();
    let receipt = client.send(&Message::to(url).from("s").text("Hi").sendpilot(options().lead_id("lead_1"))).await.unwrap();
    assert_eq!((receipt.message_id(), receipt.status.as_deref()), (Some("msg_xyz789"), Some("sent")));
    profile.assert();

    let expected: sendpilot::types::SendMessageRequest = body(json!({ "leadId": "lead_1", "message": "Hi" }));
    let response = json!({ "success": true, "messageId": "m", "sentAt": "2024-02-24T15:30:00.000Z", "conversationId": "c" });
    let lead = mocks.on(client.inbox().send_message(expected)).json(201, response);
    let receipt = client.send(&Message::to("lead_1").text("Hi")).await.unwrap();
    assert_eq!((receipt.message_id(), receipt.conversation_id.as_deref(), receipt.http_status), (Some("m"), Some("c"), 201));
    assert_eq!(receipt.sent_at, Some("2024-02-24T15:30:00Z".parse().unwrap()));
    lead.assert();

    let expected = sendpilot::types::SendMessageToLeadRequest::new("s", "Hi").campaign_id("camp_1");
    let counted = mocks.on(client.inbox().send_message_to_lead("lead_1", expected)).example();
    client.send(&Message::to(Recipient::Contact("lead_1".into())).from("s").text("Hi").sendpilot(options())).await.unwrap();
    counted.assert();

    let expected: sendpilot::types::SendConnectionRequestRequest = body(json!({ "senderId": "s", "recipientLinkedinUrl": url }));
    let invitation = mocks.on(client.inbox().send_connection_request(expected)).example();
    let receipt = client.send(&Message::to(url).channel(Channel::LinkedinInvitation).from("s")).await.unwrap();
    assert_eq!(receipt.message_id(), Some("conn_xyz789"));
    invitation.assert();
}

#[tokio::test]
async fn a_success_that_is_none_is_an_error() {
    let mocks = Mocks::<sendpilot::Client>::start();
    mocks.any(&sendpilot::routes::SEND_MESSAGE).json(200, json!({ "success": false, "error": "sender disconnected" }));
    let error = mocks.client().send(&Message::to("lead_1").text("Hi")).await.unwrap_err();
    assert_eq!(error.to_string(), "SendPilot did not send the message: sender disconnected");
    assert_eq!(error.delivery(), Delivery::Rejected);
}

/// Every field of the vendors' own samples.
fn sample() -> Message {
    Message::to("abc123def456")
        .channel(Channel::Email)
        .attachment("https://storage.com/file1.pdf")
        .attachment("https://storage.com/file2.jpg")
        .from("sender@company.com")
        .cc("cc1@company.com")
        .cc("cc2@company.com")
        .bcc("bcc1@company.com")
        .bcc("bcc2@company.com")
        .html("<p>Hello World</p>")
        .text("Hello, how can I help you today?")
        .subject("Important Update")
        .reply_to("msg123")
        .reply_mode(ReplyMode::Everybody)
        .thread("thread123")
        .send_at(chrono::DateTime::from_timestamp(1_669_287_863, 0).unwrap())
        .to_address("recipient@company.com")
        .highlevel(HighLevelOptions::new().appointment_id("appt123").template_id("template123").provider_id("provider123"))
}

/// The sample without the phone numbers, which an email has no use for.
fn documented(openapi: &'static [u8]) -> Value {
    let mut example = reachout_document::Document::embedded(openapi).json()["paths"]["/conversations/messages"]["post"]["requestBody"]["content"]["application/json"]["example"].clone();
    example.as_object_mut().unwrap().retain(|name, _| name != "fromNumber" && name != "toNumber");
    example
}

#[tokio::test]
async fn hoop_ai() {
    let mocks = Mocks::<hoop_ai::Client>::start();
    let client = mocks.client();
    let mock = mocks.on(client.messages().send(body::<hoop_ai::types::SendMessageRequest>(documented(hoop_ai::OPENAPI)))).example();
    let receipt = client.send(&sample()).await.unwrap();
    mock.assert();
    assert_eq!(receipt.message_id(), Some("t22c6DQcTDf3MjRhwf77"));
    assert_eq!(
        (receipt.email_message_id.as_deref(), receipt.note.as_deref()),
        (Some("rnGyqh2F6uBrIkfhFo9A"), Some("Message queued successfully."))
    );
}

#[tokio::test]
async fn leadway() {
    let mocks = Mocks::<leadway::Client>::start();
    let client = mocks.client();
    let example = documented(leadway::OPENAPI);
    let mock = mocks.on(client.messages().send(body::<leadway::types::SendMessageRequest>(example.clone()))).example();
    let mut message = sample();
    let mut options = message.highlevel.status("delivered").sub_type("Email").custom_subtype_id("507f1f77bcf86cd799439011");
    options = options.forward(body(example["forward"].clone())).native_scheduling_ai(false).optimization_period(body(json!("24h")));
    message.highlevel = options;
    let receipt = client.send(&message).await.unwrap();
    mock.assert();
    assert_eq!(receipt.status.as_deref(), Some("delivered"));
}

#[tokio::test]
async fn the_phone_channels_have_numbers() {
    let mocks = Mocks::<leadway::Client>::start();
    let client = mocks.client();
    let names = [(Channel::Sms, "SMS"), (Channel::Rcs, "RCS"), (Channel::WhatsApp, "WhatsApp")];
    for (channel, name) in names {
        let expected = json!({
            "type": name, "subType": name, "status": "pending", "contactId": "c", "message": "Hi", "fromNumber": "+1499", "toNumber": "+1439",
        });
        let mock = mocks.on(client.messages().send(body::<leadway::types::SendMessageRequest>(expected))).example();
        client.send(&Message::to("c").channel(channel).from("+1499").to_address("+1439").text("Hi")).await.unwrap();
        mock.assert();
    }
}

#[tokio::test]
async fn a_trait_object_is_as_good_as_a_client() {
    let mocks = Mocks::<leonar::Client>::start();
    mocks.any(&leonar::routes::SEND_MESSAGE).error(403, "forbidden", "The key may not send");
    let messenger: Box<dyn Messenger> = Box::new(mocks.client());
    assert_eq!(messenger.vendor(), Vendor::Leonar);
    let error = messenger.send(&Message::to(CONTACT).channel(Channel::WhatsApp).text("Hi")).await.unwrap_err();
    assert!(matches!(&error, Error::Client(error) if error.code() == Some("forbidden")), "{error}");
    let error = messenger.send(&Message::to(CONTACT).text("Hi")).await.unwrap_err();
    assert!(matches!(error, Error::Unsupported(_)));
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[test]
fn an_error_of_the_facade_is_one_of_the_clients() {
    let unsupported = reachout_messenger::check(Vendor::Leonar, &Message::to(CONTACT).channel(Channel::Sms).text("Hi")).unwrap_err();
    let refused = Error::Refused { vendor: Vendor::SendPilot, reason: "the account is paused".to_owned() };
    let client = Error::from(leonar::Error::credential("there is no token"));
    for (error, advice) in
        [(Error::from(unsupported.clone()), Advice::FixRequest), (refused, Advice::Stop), (client, Advice::RenewCredential)]
    {
        let (sentence, delivery) = (error.to_string(), error.delivery());
        assert_eq!((error.advice(), format!("{error:?}")), (advice, sentence.clone()));
        let json = serde_json::to_value(&error).unwrap();
        let error = leonar::Error::from(error);
        assert!(error.to_string().starts_with(&sentence), "{error}");
        assert_eq!((error.delivery(), serde_json::to_value(&error).unwrap()), (delivery, json));
    }
    let source = leonar::Error::from(Error::from(unsupported.clone()));
    let source = std::error::Error::source(&source).and_then(|source| source.downcast_ref::<reachout_messenger::Unsupported>());
    assert_eq!(source, Some(&unsupported), "nothing is lost");
}

#[test]
fn a_receipt_is_read_back() {
    let receipt = reachout_messenger::Receipt::new(Vendor::HoopAi);
    let json = serde_json::to_value(&receipt).unwrap();
    assert_eq!(serde_json::from_value::<reachout_messenger::Receipt>(json).unwrap(), receipt);
}
