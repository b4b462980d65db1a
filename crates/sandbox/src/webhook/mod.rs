//! Webhooks: who subscribed to which events, and how their deliveries went.

mod delivery;
mod dispatcher;
mod payload;
mod sign;
mod subscription;

pub(crate) use self::delivery::Post;
pub use self::delivery::{Attempt, Delivery};
pub(crate) use self::dispatcher::Dispatcher;
pub use self::sign::{HIGHLEVEL_WEBHOOK_KEY, WEBHOOK_SECRET};
pub use self::subscription::{Subscription, Webhook};
