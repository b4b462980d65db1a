//! `reachout outbox campaign`: sequences of messages, each sent so long after the one before.

mod add;
mod check;
mod enrol;
mod report;
mod steer;
mod test;

use clap::Subcommand;

use super::Database;
use crate::cli::{call::Access, failure::Failure, output::Output};

/// Send sequences: follow-ups that wait for the message before, and stop when somebody replies
///
/// A sequence is a file that a repository can hold; its templates are files beside it:
///
///   name: roles-in-paris
///   account: leonar/default
///   stop-on: [reply, bounce, unsubscribe]
///   window: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:30", zone: recipient, otherwise: Europe/Paris }
///   steps:
///     - { channel: email, subject: "A role in Paris", template: hello.md }
///     - { after: 3d, channel: email, reply-in-thread: true, template: follow-up.md, variants: [short.md] }
///     - { after: 5 working days, channel: linkedin, template: last.md }
#[derive(Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Campaign {
    Add(add::Add),
    Check(check::Check),
    Test(test::Test),
    List(report::List),
    Show(report::Show),
    Report(report::Report),
    Pause(steer::Pause),
    Resume(steer::Resume),
}

impl Campaign {
    /// Whether messages may be sent because of it, now or by workers that run.
    pub fn may_send(&self) -> bool {
        matches!(self, Self::Test(_) | Self::Resume(_)) || matches!(self, Self::Add(add) if !add.held)
    }

    /// Whether `--dry-run` has something to show.
    pub fn is_shown_by_dry_run(&self) -> bool {
        matches!(self, Self::Add(_))
    }

    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run(database, access, output).await,
            Self::Check(check) => check.run(database, access, output).await,
            Self::Test(test) => test.run(database, access, output).await,
            Self::List(list) => list.run(database, output).await,
            Self::Show(show) => show.run(database, output).await,
            Self::Report(report) => report.run(database, output).await,
            Self::Pause(pause) => pause.run(database, output).await,
            Self::Resume(resume) => resume.run(database, output).await,
        }
    }
}
