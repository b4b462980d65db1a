//! How far a run is: a bar where standard error is a terminal, lines otherwise.

use std::{
    collections::BTreeMap,
    fmt,
    io::IsTerminal as _,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use reachout_outbox::{Event, Lane, State, Status, Utc};

use super::span::told;
use crate::cli::output::{note, plain};

/// How often lines tell how far it is.
const LINES: Duration = Duration::from_secs(10);

/// What is shown of a run.
pub struct Board {
    bar: Option<ProgressBar>,
    /// Programs read the output: nothing but errors is told beside it.
    silent: bool,
    inner: Mutex<Inner>,
}

struct Inner {
    began: Instant,
    told: Instant,
    told_done: u64,
    done: u64,
    left: u64,
    /// Until when an account waits for its limit.
    waits: BTreeMap<Lane, Instant>,
    next: Option<Duration>,
}

impl Board {
    pub fn new(queued: u64, silent: bool) -> Self {
        let bar = (!silent && std::io::stderr().is_terminal()).then(|| {
            // The template is constant and right; a wrong one would leave the default style.
            let style = ProgressStyle::with_template("{bar:24} {human_pos}/{human_len}  {rate}  ETA {eta}  {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                // Writing to the line cannot fail.
                .with_key("rate", |state: &ProgressState, line: &mut dyn fmt::Write| {
                    let _ = write!(line, "{:.1}/s", state.per_sec());
                });
            let bar = ProgressBar::new(queued).with_style(style);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        let inner = Inner { began: now, told: now, told_done: 0, done: 0, left: queued, waits: BTreeMap::new(), next: None };
        Self { bar, silent, inner: Mutex::new(inner) }
    }

    /// Takes in what a worker did.
    pub fn event(&self, event: &Event) {
        let line = {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::Settled { .. } => {
                    inner.done += 1;
                    inner.left = inner.left.saturating_sub(1);
                    None
                }
                Event::Waiting { lane, wait } => inner.wait(lane, *wait),
                Event::Paused { lane, reason } => {
                    Some(format!("{lane} is paused: {reason}; then: reachout outbox resume --via {}", lane.vendor))
                }
                Event::DatabaseFailed { reason } => Some(format!("{reason}; trying again")),
                Event::DatabaseBack => Some("the database works again".to_owned()),
                _ => None,
            }
        };
        match (&self.bar, event) {
            (Some(bar), Event::Settled { .. }) => bar.inc(1),
            (Some(bar), Event::Paused { .. } | Event::DatabaseFailed { .. } | Event::DatabaseBack) => {
                bar.suspend(|| line.iter().for_each(|line| note(&plain(line))));
            }
            // The bar has the waits in its message.
            (Some(_), _) => {}
            (None, _) => self.note(line),
        }
    }

    /// Takes in how much is left.
    pub fn status(&self, status: &Status) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.left = status.count(State::Queued) + status.count(State::Sending);
        inner.next = status.next_due_at.and_then(|at| (at - Utc::now()).to_std().ok()).filter(|wait| wait.as_secs() > 0);
        if let Some(bar) = &self.bar {
            bar.set_length(inner.done + inner.left);
            bar.set_message(inner.message());
        } else if inner.told.elapsed() >= LINES && inner.told_done != inner.done {
            let line = inner.line();
            (inner.told, inner.told_done) = (Instant::now(), inner.done);
            drop(inner);
            self.note(Some(line));
        }
    }

    /// Says something beside the bar.
    pub fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| note(text)),
            None => self.note(Some(text.to_owned())),
        }
    }

    fn note(&self, line: Option<String>) {
        if let Some(line) = line.filter(|_| !self.silent) {
            note(&plain(&line));
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Inner {
    /// A wait that is not known yet.
    fn wait(&mut self, lane: &Lane, wait: Duration) -> Option<String> {
        let until = Instant::now() + wait;
        let known = self.waits.insert(lane.clone(), until).is_some_and(|known| until < known + Duration::from_secs(1));
        (!known).then(|| format!("{lane} waits {} for its rate limit", told(wait)))
    }

    fn message(&mut self) -> String {
        let now = Instant::now();
        self.waits.retain(|_, until| *until > now);
        let waits: Vec<_> = self.waits.iter().map(|(lane, until)| format!("{lane} waits {} for its limit", told(*until - now))).collect();
        match self.next {
            _ if !waits.is_empty() => waits.join(", "),
            Some(wait) => format!("the next one is due in {}", told(wait)),
            None => String::new(),
        }
    }

    fn line(&self) -> String {
        // More than 2^52 messages are not counted exactly.
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = self.done as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        #[allow(clippy::cast_precision_loss, reason = "a time for people")]
        let left = Duration::try_from_secs_f64(self.left as f64 / rate.max(0.001)).unwrap_or(Duration::MAX);
        format!("{} of {} done, {rate:.1} a second, about {} left", self.done, self.done + self.left, told(left))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_wait_is_told_once() {
        let board = Board::new(10, true);
        let mut inner = board.inner.lock().unwrap();
        let lane = Lane::new(reachout::Vendor::Leonar, "default");
        assert_eq!(inner.wait(&lane, Duration::from_secs(90)).as_deref(), Some("leonar/default waits 1 min 30 s for its rate limit"));
        assert_eq!(inner.wait(&lane, Duration::from_secs(90)), None);
        assert!(inner.wait(&lane, Duration::from_mins(2)).is_some());
        assert!(inner.message().contains("waits 1 min 59 s for its limit"), "{}", inner.message());
    }
}
