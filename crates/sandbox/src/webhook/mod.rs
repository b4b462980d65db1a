//! Webhooks: who is told of what happens, and how that went.

mod deliver;
mod payload;
mod sign;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use url::{Host, Url};

use self::deliver::Post;
pub use self::sign::HIGHLEVEL_WEBHOOK_KEY;
use crate::api::Api;
use crate::engine::Event;
use crate::news::{News, Topic};
use crate::{Vendor, ids};

/// Who wants to be told of what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Webhook {
    /// The vendor whose events are delivered.
    pub vendor: Vendor,
    /// Where they go: an `http` address of this machine.
    pub url: String,
    /// What SendPilot's and Hoop AI's HMAC signatures are made with; a random one without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The names of the events; all of them without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
}

impl Webhook {
    /// All events of a vendor, signed with a random secret.
    pub fn new(vendor: Vendor, url: impl Into<String>) -> Self {
        Self { vendor, url: url.into(), secret: None, events: Vec::new() }
    }

    /// Signed with this secret.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }
}

/// A registered webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Its id in the sandbox.
    pub id: String,
    /// What was registered, with the secret that signatures are made with.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// The public key of HighLevel's `X-GHL-Signature`: [`HIGHLEVEL_WEBHOOK_KEY`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// How the delivery of one event went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Counts the deliveries of this run from 1: what [`Sandbox::resend`](crate::Sandbox::resend) takes.
    pub id: u64,
    /// When it ended, in RFC 3339.
    pub ended_at: String,
    /// The id of the subscription.
    pub subscription: String,
    /// The name of the event.
    pub event: String,
    /// The id of the event, the same in every attempt.
    pub event_id: String,
    /// How often it was tried.
    pub attempts: u32,
    /// The status of the last response; nothing where there was none.
    pub status: Option<u16>,
    /// Why there was no response.
    pub error: Option<String>,
    /// The body that was sent.
    pub body: serde_json::Value,
}

/// How many subscriptions there may be, how many deliveries are remembered, and how many may be under way.
const SUBSCRIPTIONS: usize = 100;
const DELIVERIES: usize = 200;
const UNDER_WAY: usize = 1_000;

/// Who is told of what happens.
#[derive(Debug)]
pub(crate) struct Hub {
    subscriptions: Mutex<Vec<Arc<Subscription>>>,
    deliveries: Arc<Mutex<Deliveries>>,
    /// Deliveries under way; they end with the sandbox.
    tasks: Mutex<JoinSet<()>>,
    client: deliver::Client,
    news: News,
}

/// The last deliveries, the newest last, with what they sent.
#[derive(Debug, Default)]
struct Deliveries {
    ended: VecDeque<(Delivery, Post)>,
    count: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(crate) fn new(news: News) -> Self {
        let (subscriptions, deliveries, tasks) = (Mutex::default(), Arc::default(), Mutex::default());
        Self { subscriptions, deliveries, tasks, client: deliver::Client::default(), news }
    }

    /// Registers a webhook. The error is a sentence.
    pub(crate) fn subscribe(&self, api: &Api, mut webhook: Webhook) -> Result<Subscription, String> {
        let known = payload::events(api);
        if known.is_empty() {
            return Err(format!("vendor: {} documents no webhooks", api.vendor));
        }
        if let Some(unknown) = webhook.events.iter().find(|event| !known.contains(&event.as_str())) {
            return Err(format!("events: {unknown:?} is none of {}", known.join(", ")));
        }
        let url = Url::parse(&webhook.url).map_err(|error| format!("url: {error}"))?;
        if url.scheme() != "http" || !is_local(&url) {
            return Err("url: the sandbox delivers to http addresses of this machine only".to_owned());
        }
        let secret = webhook.secret.get_or_insert_with(|| format!("sandbox_secret_{}", ids::random(24)));
        sign::check(api.vendor, secret)?;
        let public_key = api.vendor.is_highlevel().then(|| HIGHLEVEL_WEBHOOK_KEY.to_owned());
        let subscription = Subscription { id: ids::random(12), webhook, public_key };
        let mut subscriptions = lock(&self.subscriptions);
        if subscriptions.len() >= SUBSCRIPTIONS {
            return Err(format!("there are {SUBSCRIPTIONS} webhooks already"));
        }
        subscriptions.push(Arc::new(subscription.clone()));
        self.news.changed(Topic::Webhooks);
        Ok(subscription)
    }

    /// Registers again what was registered before.
    pub(crate) fn restore(&self, subscriptions: Vec<Subscription>) {
        *lock(&self.subscriptions) = subscriptions.into_iter().map(Arc::new).collect();
    }

    /// Whether there was such a subscription.
    pub(crate) fn unsubscribe(&self, id: &str) -> bool {
        let mut subscriptions = lock(&self.subscriptions);
        let before = subscriptions.len();
        subscriptions.retain(|subscription| subscription.id != id);
        self.news.changed(Topic::Webhooks);
        subscriptions.len() < before
    }

    /// Sends what a delivery sent once more, under the same id. Whether there was such a delivery.
    pub(crate) fn resend(&self, id: u64) -> bool {
        let again = lock(&self.deliveries).ended.iter().find(|(delivery, _)| delivery.id == id).map(|(_, post)| post.clone());
        match again {
            Some(post) => {
                self.spawn(Post { wait: Duration::ZERO, ..post });
                true
            }
            None => false,
        }
    }

    pub(crate) fn subscriptions(&self) -> Vec<Subscription> {
        lock(&self.subscriptions).iter().map(|subscription| Subscription::clone(subscription)).collect()
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.deliveries).ended.iter().map(|(delivery, _)| delivery.clone()).collect()
    }

    pub(crate) fn clear(&self) {
        lock(&self.subscriptions).clear();
        lock(&self.deliveries).ended.clear();
        lock(&self.tasks).abort_all();
        self.news.changed(Topic::Webhooks);
    }

    /// Tells the vendor's subscribers, in tasks of their own.
    pub(crate) fn announce(&self, api: &Api, events: Vec<Event>) {
        let subscribers: Vec<Arc<Subscription>> =
            lock(&self.subscriptions).iter().filter(|s| s.webhook.vendor == api.vendor).cloned().collect();
        if subscribers.is_empty() {
            return;
        }
        for event in events {
            let Some(payload) = payload::compose(api, &event) else { continue };
            let wanted = |s: &&Arc<Subscription>| s.webhook.events.is_empty() || s.webhook.events.iter().any(|name| name == event.name);
            for subscription in subscribers.iter().filter(wanted) {
                let post = Post {
                    subscription: Arc::clone(subscription),
                    event: event.name,
                    event_id: payload.id.clone(),
                    body: payload.body.clone(),
                    wait: event.after,
                };
                self.spawn(post);
            }
        }
    }

    fn spawn(&self, post: Post) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        if tasks.len() >= UNDER_WAY {
            tracing::warn!(event = post.event, "too many webhooks are under way; one is left out");
            return;
        }
        let (client, deliveries, news) = (self.client.clone(), Arc::clone(&self.deliveries), self.news.clone());
        tasks.spawn(async move {
            let mut delivery = client.deliver(&post).await;
            let mut deliveries = lock(&deliveries);
            deliveries.count += 1;
            delivery.id = deliveries.count;
            deliveries.ended.push_back((delivery, post));
            while deliveries.ended.len() > DELIVERIES {
                deliveries.ended.pop_front();
            }
            drop(deliveries);
            news.changed(Topic::Webhooks);
        });
    }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
