//! What goes over the wire: one generated test for each operation, made from its documented examples.

mod hoop_ai;
mod leadway;
mod leonar;
mod multipart;
mod sendpilot;
