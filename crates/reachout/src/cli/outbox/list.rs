//! `reachout outbox list`.

use clap::Args;
use reachout_outbox::State;

use super::{Database, Selection, failed, row::Row, waiting::Waiting};
use crate::cli::{
    arguments::Choice,
    failure::Failure,
    output::{Output, line},
};

/// List messages, the oldest first, without their content
///
/// CODE and REASON say why a message is in its state, or why it is not sent yet.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox list --state unknown
  reachout outbox list --campaign spring --limit 500 --json
  reachout outbox list --person ada@example.org")]
pub struct List {
    #[command(flatten)]
    selection: Selection,
    /// Those in this state
    #[arg(long, value_parser = Choice::<State>::of(State::ALL.map(State::name)))]
    state: Option<State>,
    /// Those after the one with this id
    #[arg(long, value_name = "ID", default_value_t = 0)]
    after: i64,
    /// Maximum number of messages
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

impl List {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let mut filter = self.selection.filter();
        filter.state = self.state;
        let entries = outbox.list(&filter, self.after, self.limit).await.map_err(failed)?;
        let more = entries.len() == self.limit as usize;
        let waiting = Waiting::of(&outbox, &entries).await?;
        let rows: Vec<Row> = entries.into_iter().map(|entry| waiting.row(entry)).collect();
        let last = rows.last().map_or(0, |row| row.id);
        if rows.is_empty() && output.is_table() {
            return line("nothing found");
        }
        output.rows(&["id", "state", "account", "key", "attempts", "changed_at", "code", "reason"], &rows)?;
        if more {
            output.hint(&format!("There may be more: --after {last}"));
        }
        Ok(())
    }
}
