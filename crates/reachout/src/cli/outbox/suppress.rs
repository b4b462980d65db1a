//! `reachout outbox suppress`: who is not written to.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use reachout::Channel;
use reachout_outbox::{Outbox, Suppressed};
use serde_json::json;

use super::{Database, failed, people::People};
use crate::cli::{choice::Choice, failure::Failure, input, output::Output};

/// How many are read at a time.
const PAGE: u32 = 1_000;

/// Manage the list of those who are not written to; it is looked at right before each message is sent
#[derive(Subcommand)]
pub enum Suppress {
    Add(Add),
    /// Print the list
    List,
    /// Take addresses off the list
    Remove {
        /// Email address, phone number, URL of a profile, or id of a contact
        #[arg(required = true)]
        address: Vec<String>,
    },
}

/// Put addresses on the list
#[derive(Args)]
pub struct Add {
    /// File with one address a line, or CSV with a column `address` or `email` and, if wanted, `channel` and `reason`; or - for standard input
    #[arg(value_name = "FILE|-", required_unless_present = "address")]
    file: Option<PathBuf>,
    /// An address: of email, a phone number, the URL of a profile, or the id of a contact; may be given several times
    #[arg(long)]
    address: Vec<String>,
    /// Only messages by this channel are meant
    #[arg(long, value_parser = Choice::<Channel>::of(Channel::all().map(Channel::name)))]
    channel: Option<Channel>,
    /// Why
    #[arg(long, default_value = "suppressed")]
    reason: String,
}

struct Listed {
    address: String,
    channel: Option<Channel>,
    reason: String,
}

impl Suppress {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Add(add) => {
                let listed = add.listed()?;
                // Nothing is read from the list before: it may be the first thing that is in the outbox.
                let outbox = database.open().await?;
                for Listed { address, channel, reason } in &listed {
                    outbox.suppress(address, *channel, reason).await.map_err(failed)?;
                }
                output.object(&json!({ "suppressed": listed.len() }))
            }
            Self::List => {
                let list = all(&database.existing().await?).await?;
                if list.is_empty() && output.is_table() {
                    return crate::cli::output::line("nobody is on the list");
                }
                output.rows(&["address", "channel", "reason", "added_at"], &list)
            }
            Self::Remove { address } => {
                let outbox = database.existing().await?;
                let mut missing = Vec::new();
                for address in &address {
                    if !outbox.unsuppress(address).await.map_err(failed)? {
                        missing.push(address.as_str());
                    }
                }
                output.object(&json!({ "removed": address.len() - missing.len() }))?;
                if missing.is_empty() { Ok(()) } else { Err(Failure::usage(format!("not on the list: {}", missing.join(", ")))) }
            }
        }
    }
}

async fn all(outbox: &Outbox) -> Result<Vec<Suppressed>, Failure> {
    let mut list: Vec<Suppressed> = Vec::new();
    loop {
        let after = list.last().map(|last| last.address.clone());
        let page = outbox.suppressed(after.as_deref(), PAGE).await.map_err(failed)?;
        let more = page.len() == PAGE as usize;
        list.extend(page);
        if !more {
            return Ok(list);
        }
    }
}

impl Add {
    fn listed(&self) -> Result<Vec<Listed>, Failure> {
        let own = |address: &str| Listed { address: address.to_owned(), channel: self.channel, reason: self.reason.clone() };
        let mut listed: Vec<_> = self.address.iter().map(|address| own(address)).collect();
        let Some(file) = &self.file else { return Ok(listed) };
        if !is_table(file) {
            let text = input::text(file)?;
            listed.extend(text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty()).map(own));
            return Ok(listed);
        }
        let people = People::read(file)?;
        let column = people.first_of(&["address", "email"]).ok_or_else(|| {
            Failure::usage(format!("{} has neither a column `address` nor `email`; it has {}", people.name, people.columns.join(", ")))
        })?;
        for person in &people.rows {
            let place = || format!("{} line {}", people.name, person.line);
            let address = person.text(column).ok_or_else(|| Failure::usage(format!("{}: `{column}` is empty", place())))?;
            let channel = person.text("channel").map(|name| name.parse::<Channel>());
            let channel = channel.transpose().map_err(|error| Failure::usage(format!("{}: {error}", place())))?.or(self.channel);
            listed.push(Listed { address, channel, reason: person.text("reason").unwrap_or_else(|| self.reason.clone()) });
        }
        Ok(listed)
    }
}

fn is_table(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ["csv", "tsv", "jsonl", "ndjson", "json"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
