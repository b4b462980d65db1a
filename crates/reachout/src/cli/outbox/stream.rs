//! Lists that go on: what is there, and with `--follow` what comes.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::failed;
use crate::cli::{
    call::signal,
    failure::Failure,
    output::{Output, line},
};

/// How many are read at a time while they are followed, and how soon again where there are no more.
const PAGE: u32 = 500;
const POLL: Duration = Duration::from_millis(500);

/// Which part of a list that goes on.
#[derive(Args)]
pub struct Part {
    /// Those after the one with this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub after: i64,
    /// Maximum number
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "follow")]
    pub limit: u32,
    /// Go on with what comes, until Ctrl-C; with --json, each is a line
    #[arg(long)]
    pub follow: bool,
}

impl Part {
    /// Prints a list. `page`: those after a number, at most as many as asked for; `number`: that of one of them; `wanted`: whether it is printed.
    pub async fn print<T: Serialize>(
        &self,
        columns: &[&str],
        page: impl AsyncFn(i64, u32) -> Result<Vec<T>, reachout_outbox::Error>,
        number: impl Fn(&T) -> i64,
        wanted: impl Fn(&T) -> bool,
        output: &mut Output,
    ) -> Result<(), Failure> {
        if self.follow {
            return self.follow(page, number, wanted, output).await;
        }
        let found = page(self.after, self.limit).await.map_err(failed)?;
        let more = found.last().filter(|_| found.len() == self.limit as usize).map(&number);
        let found: Vec<T> = found.into_iter().filter(|item| wanted(item)).collect();
        if found.is_empty() && output.is_table() {
            line("nothing found")?;
        } else {
            output.rows(columns, &found)?;
        }
        if let Some(last) = more {
            output.hint(&format!("There may be more: --after {last}"));
        }
        Ok(())
    }

    async fn follow<T: Serialize>(
        &self,
        page: impl AsyncFn(i64, u32) -> Result<Vec<T>, reachout_outbox::Error>,
        number: impl Fn(&T) -> i64,
        wanted: impl Fn(&T) -> bool,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let mut signal = std::pin::pin!(signal().map_err(Failure::unsent)?);
        let mut after = self.after;
        loop {
            let found = page(after, PAGE).await.map_err(failed)?;
            let pause = if found.is_empty() { POLL } else { Duration::ZERO };
            for item in found {
                after = number(&item);
                if wanted(&item) {
                    output.item(serde_json::to_value(&item).map_err(|error| Failure::Output(error.into()))?)?;
                }
            }
            output.break_off()?;
            tokio::select! {
                () = &mut signal => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}
