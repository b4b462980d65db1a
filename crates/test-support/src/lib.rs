//! What tests need: programs of the machine that may be missing, a Postgres server of their own, and a comparison of JSON values.
//!
//! A test that cannot run without such a program passes, and is recorded as left out. The last test binary of a run, `left_out` of `xtask`, prints
//! the list, so that nobody takes such a run for a whole one.
#![forbid(unsafe_code)]

#[cfg(feature = "browser")]
mod browser;
mod left_out;
mod lost;
mod postgres;
mod program;

#[cfg(feature = "browser")]
pub use browser::Browser;
pub use left_out::{LeftOut, left_out};
pub use lost::lost;
pub use postgres::Server;
pub use program::{installed, installed_or_left_out};
