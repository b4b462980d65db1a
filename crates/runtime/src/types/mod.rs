//! What the types of generated clients are made of.

pub(crate) mod enums;
pub(crate) mod events;
pub(crate) mod number;
pub(crate) mod object;
