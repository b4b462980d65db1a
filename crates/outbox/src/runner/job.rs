//! [`Job`]: a message on its way.

use std::sync::Arc;

use super::accounts::OpenAccount;
use crate::AccountClient;
use crate::store::{CapUse, Claimed};

/// A message that is held, and its account by the rules under which it was claimed.
pub(super) struct Job {
    pub(super) claimed: Arc<Claimed>,
    pub(super) account: Arc<OpenAccount>,
}

/// What a message is sent with, once its step to `sending` is committed.
pub(super) struct Begun {
    pub(super) account: Arc<OpenAccount>,
    pub(super) client: AccountClient,
    /// A slot under the rate limit, where there is one.
    pub(super) slot: Option<i64>,
    /// The sender's periods that it counts in.
    pub(super) caps: Vec<CapUse>,
}
