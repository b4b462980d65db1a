//! Keeps a client within its vendor's rate limit, and reads how long a vendor asks to wait.

pub(crate) mod budget;
pub(crate) mod headers;
pub(crate) mod pacing;
