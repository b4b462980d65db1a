//! `reachout outbox`: many messages, none lost, none sent twice.

mod accounts;
mod add;
mod columns;
mod look;
mod people;
mod permit;
mod progress;
mod report;
mod rules;
mod run;
mod span;
mod steer;
mod suppress;
mod template;

use std::path::Path;

use clap::{Args, Subcommand};
use reachout::Vendor;
use reachout_outbox::{Filter, Lane, Outbox, Region};

use super::{access::Access, choice::Choice, failure::Failure, output::Output};

pub use permit::{Permit, permit};

/// The variable of the database, and the one that is there unless it is named.
const VARIABLE: &str = "REACHOUT_OUTBOX";
const DEFAULT: &str = "outbox.db";

/// Send many messages, none lost and none twice: queue them, run workers, look how far they are
///
/// The messages are in a database: a file, or Postgres where several machines share the work. Credentials are not in it.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox add --from people.csv --via leonar --channel email --template hello.md
  reachout outbox run
  reachout outbox status
  REACHOUT_OUTBOX=postgres://user:password@host/database reachout outbox run --workers 16")]
pub struct Commands {
    /// Database of the outbox: a file, or `postgres://USER:PASSWORD@HOST/DATABASE`, which is better given by the variable
    #[arg(long, global = true, value_name = "FILE|URL", env = VARIABLE, default_value = DEFAULT, hide_env_values = true)]
    db: String,
    /// Country of phone numbers that are written without one, such as FR; without it they are refused
    #[arg(long, global = true, value_name = "COUNTRY", env = permit::REGION)]
    region: Option<Region>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(Box<add::Add>),
    Run(run::Run),
    Status(look::Status),
    List(look::List),
    Show(look::Show),
    Pause(steer::Pause),
    Resume(steer::Resume),
    Cancel(steer::Cancel),
    Retry(steer::Retry),
    Resolve(steer::Resolve),
    Reconcile(steer::Reconcile),
    #[command(subcommand)]
    Suppress(suppress::Suppress),
    Report(report::Report),
    Purge(steer::Purge),
    Rules(Box<rules::Change>),
}

impl Commands {
    pub async fn run(self, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        if access.exchange.holds() && !(access.exchange.is_dry_run() && matches!(self.command, Command::Add(_))) {
            return Err(Failure::usage("of `reachout outbox`, only `add` has something to show with --dry-run"));
        }
        let database = Database(self.db, self.region);
        match self.command {
            Command::Add(add) => add.run(&database, access, output).await,
            Command::Run(run) => run.run(&database, access, output).await,
            Command::Status(status) => status.run(&database, output).await,
            Command::List(list) => list.run(&database, output).await,
            Command::Show(show) => show.run(&database, output).await,
            Command::Pause(pause) => pause.run(&database, access, output).await,
            Command::Resume(resume) => resume.run(&database, access, output).await,
            Command::Cancel(cancel) => cancel.run(&database, output).await,
            Command::Retry(retry) => retry.run(&database, output).await,
            Command::Resolve(resolve) => resolve.run(&database, output).await,
            Command::Reconcile(reconcile) => reconcile.run(&database, access, output).await,
            Command::Suppress(suppress) => suppress.run(&database, output).await,
            Command::Report(report) => report.run(&database, output).await,
            Command::Purge(purge) => purge.run(&database, output).await,
            Command::Rules(change) => change.run(&database, access, output).await,
        }
    }
}

/// Which database, and of which country its phone numbers are.
struct Database(String, Option<Region>);

impl Database {
    fn file(&self) -> Option<&str> {
        match self.0.split_once(':') {
            Some(("sqlite", file)) => Some(file.trim_start_matches("//")),
            // A letter alone is a drive.
            Some((scheme, _)) if scheme.len() > 1 => None,
            _ => Some(&self.0),
        }
    }

    /// Without a password.
    fn told(&self) -> &str {
        self.file().unwrap_or("postgres")
    }

    /// Makes the file if it is missing.
    async fn open(&self) -> Result<Outbox, Failure> {
        let address = match self.file() {
            Some(_) if self.0.starts_with("sqlite:") => self.0.clone(),
            Some(file) => format!("sqlite:{file}"),
            None => self.0.clone(),
        };
        let outbox = Outbox::open(address).await.map_err(failed)?;
        Ok(match self.1 {
            Some(region) => outbox.region(region),
            None => outbox,
        })
    }

    /// For what needs something to be in it.
    async fn existing(&self) -> Result<Outbox, Failure> {
        if let Some(file) = self.file().map(|file| file.split('?').next().unwrap_or(file)).filter(|file| !Path::new(file).exists()) {
            return Err(Failure::usage(format!("there is no outbox {file}; `reachout outbox add` makes one, and --db names another")));
        }
        self.open().await
    }
}

/// Whose messages are meant; what is left out means all.
#[derive(Args, Clone, Debug)]
struct Which {
    /// Those through this vendor
    #[arg(long, value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    via: Option<Vendor>,
    /// Those with the credential of this name
    #[arg(long, value_name = "NAME")]
    credential: Option<String>,
}

impl Which {
    fn filter(&self) -> Filter {
        let mut filter = Filter::all();
        filter.vendor = self.via;
        filter.credential.clone_from(&self.credential);
        filter
    }
}

/// An account; none: all of them.
#[derive(Args, Clone, Debug)]
struct Account {
    /// The vendor of the account; all accounts, if absent
    #[arg(long, value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    via: Option<Vendor>,
    /// The name of its credential: that of a profile. If absent, the profile in force
    #[arg(long, value_name = "NAME", requires = "via")]
    credential: Option<String>,
}

impl Account {
    fn lane(&self, access: &Access<'_>) -> Option<Lane> {
        let credential = || self.credential.clone().unwrap_or_else(|| access.settings.profile().to_owned());
        self.via.map(|vendor| Lane::new(vendor, credential()))
    }
}

/// What the outbox cannot do, before anything is sent.
fn failed(error: reachout_outbox::Error) -> Failure {
    match error {
        reachout_outbox::Error::Client(error) => error.into(),
        reachout_outbox::Error::Vendor(error) => error.into(),
        error => Failure::Usage(error.into()),
    }
}

/// `1 message`, `2 messages`.
fn messages(count: u64) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

#[cfg(test)]
mod tests {
    use super::Database;

    #[test]
    fn names_of_databases() {
        for (given, file) in [
            ("outbox.db", Some("outbox.db")),
            ("sqlite:a/b.db", Some("a/b.db")),
            ("sqlite://b.db", Some("b.db")),
            ("C:/b.db", Some("C:/b.db")),
            ("postgres://u:p@h/d", None),
        ] {
            assert_eq!(Database(given.to_owned(), None).file(), file, "{given}");
        }
        assert_eq!(Database("postgres://u:p@h/d".to_owned(), None).told(), "postgres");
    }
}
