//! `reachout outbox page`: a local page to watch an outbox, and to decide what only a person can.

mod actions;
mod messages;
mod overview;
mod person;
mod server;

use std::net::SocketAddr;

use clap::Args;
use serde_json::json;

use super::Database;
use crate::cli::{
    call::{Access, signal},
    failure::Failure,
    output::{Output, line},
};

pub use server::{STYLE, serve};

/// Where the page is unless an address is given: at a free port of this machine.
pub const ADDRESS: &str = "127.0.0.1:0";

/// Show campaigns, waits and accounts on a local page; settle, approve, pause and resume there
///
/// Whoever has the link can do all of it, so it is printed here alone and ends with the program. The page listens on this machine only.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox page
  reachout outbox page --listen 127.0.0.1:4020
  reachout outbox run --follow --page")]
pub struct Page {
    /// Address to listen at, of this machine; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS, value_parser = loopback)]
    listen: SocketAddr,
}

impl Page {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        access.calls.set_read_only();
        let outbox = database.existing().await?;
        // Caught before anything is said, so that whoever reads it may end the page at once.
        let signal = signal().map_err(Failure::unsent)?;
        let url = serve(self.listen, &outbox, database.region(), access).await?;
        if output.is_json() {
            output.object(&json!({ "url": url }))?;
        } else {
            line(&format!("Page: {url}   Press Ctrl-C to stop."))?;
        }
        signal.await;
        Ok(())
    }
}

/// An address of this machine alone.
pub fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "an address and a port are expected, such as 127.0.0.1:4020".to_owned())?;
    if address.ip().to_canonical().is_loopback() {
        return Ok(address);
    }
    Err("the page shows messages and has them sent, so it listens on this machine alone, such as at 127.0.0.1:4020; \
         from elsewhere, forward its port with ssh -L"
        .to_owned())
}
