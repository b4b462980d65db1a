//! What goes over the wire: one generated test for each operation, made from its documented examples.

mod generated;
mod multipart;
