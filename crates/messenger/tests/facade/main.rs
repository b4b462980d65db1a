//! The facade, against mocks of the vendors.
#![cfg(all(feature = "leonar", feature = "sendpilot", feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]

mod capabilities;
mod messengers;
mod people;

/// Id of a contact at Leonar.
const CONTACT: &str = "a1b2c3d4-5678-90ab-cdef-1234567890ab";
