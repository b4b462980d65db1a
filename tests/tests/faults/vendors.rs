//! A call that writes, a call that reads, and a POST that only reads, of each vendor.

use std::time::Duration;

use reachout_messenger::Vendor;
use reachout_runtime::{ClientBuilder, Core, Error, RetryPolicy};

/// Who is called.
pub const ALL: [Vendor; 4] = [Vendor::Leonar, Vendor::SendPilot, Vendor::HoopAi, Vendor::Leadway];

/// What no test may find anywhere.
pub const CREDENTIAL: &str = "leo_MARKED-credential-0123456789";

/// Three attempts as by default, with waits that a test can bear.
fn client<C: From<Core>>(builder: ClientBuilder<C>, url: &str) -> C {
    let builder = builder
        .credential(CREDENTIAL)
        .base_url(url)
        .connect_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(1))
        .max_body(64 * 1024)
        .retry(RetryPolicy::new().base_delay(Duration::from_millis(1)));
    builder.build().unwrap()
}

/// Sends a message: a POST.
pub async fn send(vendor: Vendor, url: &str) -> Result<(), Error> {
    match vendor {
        Vendor::Leonar => {
            let client: leonar::Client = client(leonar::Client::builder(), url);
            let contact: leonar::Uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse().unwrap();
            let body = leonar::types::SendMessageRequest::new(contact, leonar::types::Channel::Linkedin, "Hi");
            client.messages().send(body).await.map(drop)
        }
        Vendor::SendPilot => {
            let client: sendpilot::Client = client(sendpilot::Client::builder(), url);
            let body = sendpilot::types::MessageToLeadRequest::new("lead_abc123", "Hi");
            client.inbox().send_message(body).await.map(drop)
        }
        Vendor::HoopAi => {
            let client: hoop_ai::Client = client(hoop_ai::Client::builder(), url);
            let body = hoop_ai::types::SendMessageRequest::new(hoop_ai::types::SendMessageType::Sms, "c1").message("Hi");
            client.messages().send(body).await.map(drop)
        }
        _ => {
            let client: leadway::Client = client(leadway::Client::builder(), url);
            let (kind, status) = (leadway::types::SendMessageType::Sms, leadway::types::MessageDeliveryStatus::Pending);
            let body = leadway::types::SendMessageRequest::new(kind, "SMS", "c1", status).message("Hi");
            client.messages().send(body).await.map(drop)
        }
    }
}

/// Lists: a GET.
pub async fn list(vendor: Vendor, url: &str) -> Result<(), Error> {
    match vendor {
        Vendor::Leonar => {
            let client: leonar::Client = client(leonar::Client::builder(), url);
            client.contacts().list().await.map(drop)
        }
        Vendor::SendPilot => {
            let client: sendpilot::Client = client(sendpilot::Client::builder(), url);
            client.campaigns().list().await.map(drop)
        }
        Vendor::HoopAi => {
            let client: hoop_ai::Client = client(hoop_ai::Client::builder(), url);
            client.messages().list("v1").await.map(drop)
        }
        _ => {
            let client: leadway::Client = client(leadway::Client::builder(), url);
            client.messages().list("v1").await.map(drop)
        }
    }
}

/// Whether the vendor has a [`search`].
pub fn searches(vendor: Vendor) -> bool {
    vendor != Vendor::SendPilot
}

/// Searches: a POST that only reads.
pub async fn search(vendor: Vendor, url: &str) -> Result<(), Error> {
    match vendor {
        Vendor::Leonar => {
            let client: leonar::Client = client(leonar::Client::builder(), url);
            client.contacts().search(leonar::types::SearchContactsRequest::new()).await.map(drop)
        }
        Vendor::SendPilot => unreachable!("SendPilot has no such operation"),
        Vendor::HoopAi => {
            let client: hoop_ai::Client = client(hoop_ai::Client::builder(), url);
            client.contacts().search(hoop_ai::types::SearchContactsRequest::new("l1", 1)).await.map(drop)
        }
        _ => {
            let client: leadway::Client = client(leadway::Client::builder(), url);
            client.contacts().search(leadway::types::SearchContactsRequest::new("l1", 1)).await.map(drop)
        }
    }
}

/// What the vendor returns to a search when all is well.
pub fn found(vendor: Vendor) -> &'static str {
    if vendor == Vendor::Leonar { r#"{"data":[]}"# } else { r#"{"contacts":[],"total":0}"# }
}

/// What the vendor returns to a message and to a list when all is well.
pub fn successes(vendor: Vendor) -> (&'static str, &'static str) {
    match vendor {
        Vendor::Leonar => (
            r#"{"data":{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a"}}"#,
            r#"{"data":[],"meta":{"total":0,"limit":50,"offset":0,"has_more":false}}"#,
        ),
        Vendor::SendPilot => (r#"{"success":true,"messageId":"m1"}"#, r#"{"campaigns":[]}"#),
        Vendor::HoopAi => (r#"{"conversationId":"v1","messageId":"m1"}"#, r#"{"messages":{"messages":[]}}"#),
        _ => (r#"{"conversationId":"v1","messageId":"m1","status":"pending"}"#, r#"{"messages":{"messages":[]}}"#),
    }
}
