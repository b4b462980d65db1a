//! `reachout outbox`: many messages, none lost, none sent twice.

mod accounts;
mod add;
mod approve;
mod audit;
mod campaign;
mod cancel;
mod clock;
mod columns;
mod database;
mod events;
mod feed;
mod find;
mod list;
mod listen;
mod page;
mod pause;
mod people;
mod permit;
mod progress;
mod purge;
mod reconcile;
mod report;
mod resolve;
mod resume;
mod retry;
mod row;
mod rules;
mod run;
mod selection;
mod separated;
mod show;
mod status;
mod stream;
mod suppress;
mod telemetry;
mod waiting;

use clap::{Args, Subcommand};
use reachout_outbox::Region;

use self::selection::Selection;
use super::{call::Access, failure::Failure, output::Output};

pub use self::{accounts::ByProfile, database::Database};
pub use permit::{Permit, REGION, permit};

/// Whether these arguments are of a run whose spans a collector gets.
pub fn is_collected(matches: &clap::ArgMatches) -> bool {
    run::Run::is_collected(matches)
}

/// The variable of the database, and the one that is there unless it is named.
pub const VARIABLE: &str = "REACHOUT_OUTBOX";
pub const DEFAULT: &str = "outbox.db";

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
    Approve(approve::Approve),
    #[command(subcommand)]
    Campaign(campaign::Campaign),
    Run(run::Run),
    Status(status::Status),
    List(list::List),
    Show(show::Show),
    Pause(pause::Pause),
    Resume(resume::Resume),
    Cancel(cancel::Cancel),
    Retry(retry::Retry),
    Resolve(resolve::Resolve),
    Reconcile(reconcile::Reconcile),
    #[command(subcommand)]
    Suppress(suppress::Suppress),
    Report(report::Report),
    Page(page::Page),
    Purge(purge::Purge),
    Rules(Box<rules::Change>),
    Audit(audit::Audit),
    Listen(listen::Listen),
    Events(events::Events),
    Feed(feed::Feed),
}

impl Commands {
    pub async fn run(self, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        if access.exchange.is_preview() && !(access.exchange.is_dry_run() && self.command.is_shown_by_dry_run()) {
            return Err(Failure::usage("of `reachout outbox`, only `add` and `campaign add` have something to show with --dry-run"));
        }
        if let Some(what) = self.command.may_send() {
            access.consent(what)?;
        }
        let database = Database::new(self.db, self.region);
        let ended = self.command.run(&database, access, output).await;
        database.close().await;
        ended
    }
}

impl Command {
    /// What a worker that runs may send because of it, or what may be sent again to somebody who was not to be written to.
    fn may_send(&self) -> Option<&'static str> {
        match self {
            Self::Add(add) if !add.held => Some("queue messages, which workers that run send"),
            Self::Approve(_) => Some("approve messages, which workers that run send"),
            Self::Campaign(campaign) if campaign.may_send() => Some("send messages of a campaign"),
            Self::Run(_) => Some("send what is queued in the outbox"),
            Self::Page(_) => Some("open a page on which messages are approved, resumed and sent again"),
            Self::Resume(_) => Some("resume messages, which workers that run send"),
            Self::Retry(_) => Some("queue messages again, which workers that run send"),
            Self::Resolve(resolve) if resolve.resend => Some("queue messages again, which workers that run send"),
            Self::Suppress(suppress::Suppress::Remove { .. }) => Some("take somebody off the suppression list"),
            _ => None,
        }
    }

    /// Whether `--dry-run` has something to show.
    fn is_shown_by_dry_run(&self) -> bool {
        match self {
            Self::Add(_) => true,
            Self::Campaign(campaign) => campaign.is_shown_by_dry_run(),
            _ => false,
        }
    }

    async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run(database, access, output).await,
            Self::Campaign(campaign) => campaign.run(database, access, output).await,
            Self::Approve(approve) => approve.run(database, output).await,
            Self::Run(run) => run.run(database, access, output).await,
            Self::Status(status) => status.run(database, output).await,
            Self::List(list) => list.run(database, output).await,
            Self::Show(show) => show.run(database, output).await,
            Self::Pause(pause) => pause.run(database, access, output).await,
            Self::Resume(resume) => resume.run(database, access, output).await,
            Self::Cancel(cancel) => cancel.run(database, output).await,
            Self::Retry(retry) => retry.run(database, output).await,
            Self::Resolve(resolve) => resolve.run(database, output).await,
            Self::Reconcile(reconcile) => reconcile.run(database, access, output).await,
            Self::Suppress(suppress) => suppress.run(database, output).await,
            Self::Report(report) => report.run(database, output).await,
            Self::Page(page) => page.run(database, access, output).await,
            Self::Purge(purge) => purge.run(database, output).await,
            Self::Rules(change) => change.run(database, access, output).await,
            Self::Audit(audit) => audit.run(database, output).await,
            Self::Listen(listen) => listen.run(database, output).await,
            Self::Events(events) => events.run(database, output).await,
            Self::Feed(feed) => feed.run(database, output).await,
        }
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
