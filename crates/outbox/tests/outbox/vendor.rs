//! The sandbox as a vendor, and clients for it.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use reachout_messenger::leonar;
use reachout_outbox::{
    Account, AccountClient, Accounts, BoxFuture, Channel, Clients, Entry, Envelope, Error, Message, Outbox, Runner, Vendor,
};
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox, Settings};

/// A contact of the documented examples.
pub const CONTACT: &str = "a1b2c3d4-5678-90ab-cdef-1234567890ab";

pub async fn sandbox() -> Sandbox {
    let mut settings = Settings::default();
    settings.capacity = 1_000_000;
    settings.log_capacity = 1_000_000;
    settings.adopt_unknown_ids = true;
    Sandbox::builder().settings(settings).start().await.unwrap()
}

pub fn account() -> Account {
    Account::new(Vendor::Leonar, "acme")
}

/// A message that says `text`, which tells it from others.
pub fn envelope(text: &str) -> Envelope {
    Envelope::new(account(), Message::to(CONTACT).channel(Channel::Linkedin).text(text))
}

/// Every credential name, at a sandbox's address.
#[derive(Clone, Debug)]
pub struct AtSandbox(pub String);

impl AtSandbox {
    pub fn of(sandbox: &Sandbox) -> Self {
        Self(sandbox.url().to_owned())
    }
}

impl Accounts for AtSandbox {
    fn open<'a>(&'a self, account: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        let mount = if account.vendor == Vendor::Leonar { "leonar/api/v1" } else { account.vendor.id() };
        let base = format!("{}/{mount}", self.0);
        let key = Sandbox::api_key(account.vendor);
        Box::pin(std::future::ready(clients.account(|builder| Ok(builder.base_url(&base).credential(key)))))
    }
}

pub fn runner(outbox: &Outbox, sandbox: &Sandbox) -> Runner {
    Runner::new(outbox, AtSandbox::of(sandbox)).until_empty().lease(Duration::from_secs(1)).workers(4)
}

pub fn fault(sandbox: &Sandbox, kind: FaultKind) {
    sandbox.add_fault(FaultRule::new(Fault::new(kind)).operation("send_message")).unwrap();
}

pub async fn by_key(outbox: &Outbox, key: &str) -> Entry {
    outbox.find_key(key).await.unwrap().expect("it was queued")
}

/// How often the vendor has each text: by the messages it keeps, which are the truth.
pub async fn delivered(sandbox: &Sandbox, conversations: impl IntoIterator<Item = String>) -> HashMap<String, u32> {
    let client = leonar::Client::builder()
        .base_url(sandbox.base_url(Vendor::Leonar))
        .credential(Sandbox::api_key(Vendor::Leonar))
        .pacing(reachout_runtime::Pacing::off())
        .build()
        .unwrap();
    let mut counts = HashMap::new();
    for conversation in conversations {
        let messages = client.messages().list(conversation.parse::<uuid::Uuid>().unwrap()).limit(100);
        let mut messages = messages.items();
        while let Some(message) = messages.try_next().await.unwrap() {
            *counts.entry(message.content.unwrap_or_default()).or_default() += 1;
        }
    }
    counts
}

/// How often the sandbox received each text and performed it, by its log of requests.
pub fn performed(sandbox: &Sandbox) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for request in sandbox.requests() {
        let done = request.status.is_some_and(|status| status < 300) || request.fault.as_deref() == Some("reset-after");
        if done && request.operation.as_deref() == Some("send_message") {
            let field = if request.vendor == Vendor::Leonar { "content" } else { "message" };
            *counts.entry(request.body[field].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    counts
}
