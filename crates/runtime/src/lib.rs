//! What every Reachout client shares.

#[cfg(feature = "webhooks")]
pub mod webhooks;
