//! Connections, bodies, who may use the sandbox, and one exchange with a vendor.

pub(crate) mod body;
pub(crate) mod exchange;
pub(crate) mod guard;
pub(crate) mod listen;
