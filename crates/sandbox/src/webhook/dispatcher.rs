//! [`Dispatcher`]: delivers events to those who subscribed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::delivery::{Client, Delivery, Post};
use super::payload;
use super::sign::{HIGHLEVEL_WEBHOOK_KEY, WEBHOOK_SECRET};
use super::subscription::{Subscription, Webhook};
use crate::api::Api;
use crate::changes::{Changes, Topic};
use crate::clock::Clock;
use crate::engine::{Event, ids};

/// How many subscriptions there may be, how many deliveries are remembered, how many may be made at a time, and how many may be under way: a
/// campaign of days causes thousands when the clock is moved.
const SUBSCRIPTIONS: usize = 100;
const DELIVERIES: usize = 200;
const AT_A_TIME: usize = 100;
const UNDER_WAY: usize = 20_000;

/// Delivers events to those who subscribed.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    subscriptions: Mutex<Vec<Arc<Subscription>>>,
    deliveries: Arc<Mutex<Deliveries>>,
    /// Deliveries under way; they end with the sandbox.
    tasks: Mutex<JoinSet<()>>,
    permits: Arc<Semaphore>,
    client: Client,
    changes: Changes,
    clock: Clock,
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

impl Dispatcher {
    pub(crate) fn new(changes: Changes, clock: Clock) -> Self {
        let (subscriptions, deliveries, tasks) = (Mutex::default(), Arc::default(), Mutex::default());
        Self {
            subscriptions,
            deliveries,
            tasks,
            permits: Arc::new(Semaphore::new(AT_A_TIME)),
            client: Client::new(clock.clone()),
            changes,
            clock,
        }
    }

    /// Registers a webhook. The error is a sentence.
    pub(crate) fn subscribe(&self, api: &Api, mut webhook: Webhook) -> Result<Subscription, String> {
        webhook.secret.get_or_insert_with(|| WEBHOOK_SECRET.to_owned());
        webhook.check(api)?;
        let public_key = api.is_highlevel().then(|| HIGHLEVEL_WEBHOOK_KEY.to_owned());
        let subscription = Subscription { id: ids::random(12), webhook, public_key };
        let mut subscriptions = lock(&self.subscriptions);
        if subscriptions.len() >= SUBSCRIPTIONS {
            return Err(format!("there are {SUBSCRIPTIONS} webhooks already"));
        }
        subscriptions.push(Arc::new(subscription.clone()));
        self.changes.changed(Topic::Webhooks);
        Ok(subscription)
    }

    /// Registers these webhooks instead of those that were registered.
    pub(crate) fn restore(&self, subscriptions: Vec<Subscription>) {
        *lock(&self.subscriptions) = subscriptions.into_iter().map(Arc::new).collect();
        self.changes.changed(Topic::Webhooks);
    }

    /// Whether there was such a subscription.
    pub(crate) fn unsubscribe(&self, id: &str) -> bool {
        let mut subscriptions = lock(&self.subscriptions);
        let before = subscriptions.len();
        subscriptions.retain(|subscription| subscription.id != id);
        self.changes.changed(Topic::Webhooks);
        subscriptions.len() < before
    }

    /// Sends what a delivery sent once more, under the same id. Whether there was such a delivery.
    pub(crate) fn resend(&self, id: u64) -> bool {
        let again = lock(&self.deliveries).ended.iter().find(|(delivery, _)| delivery.id == id).map(|(_, post)| post.clone());
        match again {
            Some(post) => {
                self.send(post);
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
        self.changes.changed(Topic::Webhooks);
    }

    /// Delivers events to the vendor's subscribers, in tasks of their own. `delays` tells how much later each delivery is; those that are
    /// not to be made at once are returned.
    pub(crate) fn announce(&self, api: &Api, events: Vec<Event>, mut delays: impl FnMut() -> Vec<Duration>) -> Vec<(Duration, Post)> {
        let mut later = Vec::new();
        let subscribers: Vec<Arc<Subscription>> =
            lock(&self.subscriptions).iter().filter(|s| s.webhook.vendor == api.vendor).cloned().collect();
        if subscribers.is_empty() {
            return later;
        }
        for event in events {
            let Some(payload) = payload::compose(api, &event, self.clock.now()) else { continue };
            let wanted = |s: &&Arc<Subscription>| s.webhook.events.is_empty() || s.webhook.events.iter().any(|name| name == event.name);
            for subscription in subscribers.iter().filter(wanted) {
                let post = Post {
                    subscription: Arc::clone(subscription),
                    event: event.name,
                    event_id: payload.id.clone(),
                    body: payload.body.clone(),
                };
                for delay in delays() {
                    match delay.is_zero() {
                        true => self.send(post.clone()),
                        false => later.push((delay, post.clone())),
                    }
                }
            }
        }
        later
    }

    /// Delivers something at once, in a task of its own.
    pub(crate) fn send(&self, post: Post) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        if tasks.len() >= UNDER_WAY {
            tracing::warn!(event = post.event, "too many webhooks are under way; one is left out");
            return;
        }
        let (client, deliveries, changes) = (self.client.clone(), Arc::clone(&self.deliveries), self.changes.clone());
        let permits = Arc::clone(&self.permits);
        tasks.spawn(async move {
            // The semaphore is never closed.
            let _permit = permits.acquire().await;
            let mut delivery = client.deliver(&post).await;
            let mut deliveries = lock(&deliveries);
            deliveries.count += 1;
            delivery.id = deliveries.count;
            deliveries.ended.push_back((delivery, post));
            while deliveries.ended.len() > DELIVERIES {
                deliveries.ended.pop_front();
            }
            drop(deliveries);
            changes.changed(Topic::Webhooks);
        });
    }
}
