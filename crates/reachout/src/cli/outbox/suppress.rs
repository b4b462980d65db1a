//! `reachout outbox suppress`: who is not written to.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use reachout_messenger::Channel;
use reachout_outbox::{Address, Outbox, Region, Suppressed};
use serde_json::json;

use super::{
    Database,
    columns::{Columns, first_of, not_one},
    failed,
    people::People,
};
use crate::cli::{
    arguments::{Choice, input},
    failure::Failure,
    output::Output,
};

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
    /// File with one address a line, or CSV or JSONL with columns such as `address`, `email`, `phone`, `linkedin_url` or `contact_id`, of which
    /// all count, and, if wanted, `channel` and `reason`; or - for standard input
    #[arg(value_name = "FILE|-", required_unless_present = "address")]
    file: Option<PathBuf>,
    /// An address: of email, a phone number, the URL of a profile, or the id of a contact; may be given several times
    #[arg(long)]
    address: Vec<String>,
    /// Only messages by this channel are meant; linkedin is for all of LinkedIn, invitations too
    #[arg(long, value_parser = Choice::<Channel>::of(Channel::all().map(Channel::name)))]
    channel: Option<Channel>,
    /// Why
    #[arg(long, default_value = "suppressed")]
    reason: String,
    /// Column whose addresses are not to be put on the list; may be given several times
    #[arg(long, value_name = "COLUMN")]
    data_column: Vec<String>,
}

type Listed = (Address, Option<Channel>, String);

impl Suppress {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Add(add) => {
                let listed = add.listed(database.region())?;
                // Nothing is read from the list before: it may be the first thing that is in the outbox.
                let (outbox, count) = (database.open().await?, listed.len());
                outbox.suppress_all(listed).await.map_err(failed)?;
                output.object(&json!({ "suppressed": count }))
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
        let page = outbox.suppressed(list.last(), PAGE).await.map_err(failed)?;
        let more = page.len() == PAGE as usize;
        list.extend(page);
        if !more {
            return Ok(list);
        }
    }
}

impl Add {
    /// All that is to be put on the list, or all that is wrong.
    fn listed(&self, region: Option<Region>) -> Result<Vec<Listed>, Failure> {
        let own = |address: Address| (address, self.channel, self.reason.clone());
        let (mut listed, mut wrong) = (Vec::new(), Vec::new());
        for text in &self.address {
            match Address::parse_all(text, region) {
                Ok(all) => listed.extend(all.into_iter().map(own)),
                Err(error) => wrong.push(not_one("--address", text, error)),
            }
        }
        if let Some(file) = &self.file {
            if is_table(file) {
                self.table(&People::read(file)?, region, &mut listed, &mut wrong)?;
            } else {
                let (name, text) = (file.display(), input::text(file)?);
                for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim_matches(['\u{feff}', ' ', '\t']).is_empty()) {
                    match Address::parse_all(text, region) {
                        Ok(all) => listed.extend(all.into_iter().map(own)),
                        Err(error) => wrong.push(format!("{name} line {line}: {text:?} is {error}")),
                    }
                }
            }
            if listed.is_empty() && wrong.is_empty() {
                wrong.push(format!("{} has no address", file.display()));
            }
        }
        if wrong.is_empty() {
            return Ok(listed);
        }
        wrong.push("nothing was put on the list".to_owned());
        Err(Failure::usage(wrong.join("\n")))
    }

    fn table(&self, people: &People, region: Option<Region>, listed: &mut Vec<Listed>, wrong: &mut Vec<String>) -> Result<(), Failure> {
        let is_data = |column: &&str| self.data_column.iter().any(|name| name == column);
        let address = first_of(people, &["address", "addresses"]).filter(|column| !is_data(column));
        let to = first_of(people, &["to"]).filter(|column| !is_data(column));
        let used: Vec<_> = address.into_iter().chain(to).collect();
        let mut columns = Columns::of(people, &used, &self.data_column, region)?;
        columns.addresses.extend(address);
        columns.ids.extend(to);
        if columns.addresses.is_empty() && columns.ids.is_empty() {
            return Err(Failure::usage(format!(
                "{} has no column `address`, `email`, `phone`, `linkedin_url` or `contact_id`; it has {}",
                people.name,
                people.columns.join(", ")
            )));
        }
        let (by_channel, by_reason) = (first_of(people, &["channel"]), first_of(people, &["reason"]));
        for person in people.rows() {
            let person = person?;
            let mut read = || -> Result<(), String> {
                let all = columns.read(&person)?;
                if all.is_empty() {
                    return Err("it has no address".to_owned());
                }
                let channel = by_channel.and_then(|column| person.text(column)).map(|name| name.parse::<Channel>());
                let channel = channel.transpose().map_err(|error| error.to_string())?.or(self.channel);
                let reason = by_reason.and_then(|column| person.text(column)).unwrap_or_else(|| self.reason.clone());
                listed.extend(all.into_iter().map(|address| (address, channel, reason.clone())));
                Ok(())
            };
            if let Err(why) = read() {
                wrong.push(format!("{} line {}: {why}", people.name, person.line));
            }
        }
        Ok(())
    }
}

fn is_table(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ["csv", "tsv", "jsonl", "ndjson", "json"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
