//! How far a run is: a bar where standard error is a terminal, lines otherwise.

mod forecast;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    io::IsTerminal as _,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use reachout_outbox::{Account, AccountStatus, Deferred, Event, Rules, State, Status};

use self::forecast::{Pace, count, finish};
use crate::cli::{
    arguments::time::{clock, words},
    output::{note, plain},
};

/// How often a line says how far it is.
const LINES: Duration = Duration::from_secs(10);

/// What is shown of a run.
pub struct RunProgress {
    bar: Option<ProgressBar>,
    /// Programs read the output: nothing but errors is printed beside it.
    silent: bool,
    inner: Mutex<Inner>,
}

struct Inner {
    began: Instant,
    /// When a line was printed, and of what; nothing before the first.
    printed: Option<(Instant, Summary)>,
    done: u64,
    left: u64,
    /// Until when an account waits for its limit.
    limits: BTreeMap<Account, Instant>,
    waits: Vec<Deferred>,
    /// When all is sent, as far as that can be said.
    finish: Option<DateTime<Utc>>,
}

/// What a line is printed of again when it changed.
type Summary = (u64, Vec<Option<String>>);

impl RunProgress {
    pub fn new(queued: u64, silent: bool) -> Self {
        let bar = (!silent && std::io::stderr().is_terminal()).then(|| {
            // The template is constant and right; a wrong one would leave the default style.
            let style = ProgressStyle::with_template("{bar:24} {human_pos}/{human_len}  {rate}  {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                // Writing to the line cannot fail.
                .with_key("rate", |state: &ProgressState, line: &mut dyn fmt::Write| {
                    let _ = write!(line, "{:.1}/s", state.per_sec());
                });
            let bar = ProgressBar::new(queued).with_style(style);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let inner =
            Inner { began: Instant::now(), printed: None, done: 0, left: queued, limits: BTreeMap::new(), waits: Vec::new(), finish: None };
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
                Event::Waiting { account, wait } => inner.limit(account, *wait),
                Event::Paused { account, reason } => {
                    Some(format!("{account} is paused: {reason}; then: reachout outbox resume --via {}", account.vendor))
                }
                Event::CampaignPaused { name, reason } => {
                    Some(format!("the campaign {name} is paused: {reason}; then: reachout outbox campaign resume {name}"))
                }
                Event::DatabaseFailed { reason } => Some(format!("{reason}; trying again")),
                Event::DatabaseBack => Some("the database works again".to_owned()),
                _ => None,
            }
        };
        match (&self.bar, event) {
            (Some(bar), Event::Settled { .. }) => bar.inc(1),
            (Some(bar), Event::Paused { .. } | Event::CampaignPaused { .. } | Event::DatabaseFailed { .. } | Event::DatabaseBack) => {
                bar.suspend(|| line.iter().for_each(|line| note(&plain(line))));
            }
            // The bar has the waits in its message.
            (Some(_), _) => {}
            (None, _) => self.note(line),
        }
    }

    /// Takes in how much is left, and by which rules.
    pub fn status(&self, status: &Status, rules: &HashMap<Account, Rules>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.left = status.count(State::Queued) + status.count(State::Sending);
        inner.waits.clone_from(&status.waits);
        inner.finish = inner.forecast(status, rules, Utc::now());
        if let Some(bar) = &self.bar {
            bar.set_length(inner.done + inner.left);
            bar.set_message(inner.message());
            return;
        }
        let line = inner.is_news().then(|| inner.line());
        drop(inner);
        self.note(line);
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

impl Drop for RunProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Inner {
    /// A wait for a limit that is not known yet.
    fn limit(&mut self, account: &Account, wait: Duration) -> Option<String> {
        let until = Instant::now() + wait;
        let known = self.limits.insert(account.clone(), until).is_some_and(|known| until < known + Duration::from_secs(1));
        (!known).then(|| format!("{account} waits {} for its rate limit", words(wait)))
    }

    /// Whether a line has something to say that the last one did not: at once what waits, otherwise every [`LINES`].
    fn is_news(&mut self) -> bool {
        let summary = (self.done, self.waits.iter().map(|wait| wait.code.clone()).collect());
        let news = match &self.printed {
            None => !self.waits.is_empty() || self.began.elapsed() >= LINES && self.done > 0,
            Some((at, printed)) => at.elapsed() >= LINES && *printed != summary,
        };
        if news {
            self.printed = Some((Instant::now(), summary));
        }
        news
    }

    fn rate(&self) -> f64 {
        count(self.done) / self.began.elapsed().as_secs_f64().max(0.001)
    }

    /// When the last account has sent what it has; nothing where that cannot be said of each.
    fn forecast(&self, status: &Status, rules: &HashMap<Account, Rules>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let capped = status.waits.iter().any(|wait| wait.code.as_deref() == Some("daily-cap"));
        let none = Rules::new();
        let waiting = |account: &&AccountStatus| account.queued > account.paused_messages && !account.paused && !status.paused;
        let ends = status.accounts.iter().filter(waiting).map(|account| {
            let rules = rules.get(&Account::new(account.vendor, account.credential.as_str())).unwrap_or(&none);
            let limit = rules.limit.or_else(|| account.vendor.api().and_then(|api| api.vendor.rate_limit));
            let allowed = limit.map(|limit| f64::from(limit.requests) / limit.per.as_secs_f64().max(0.001));
            let rate = if self.done > 0 { self.rate() } else { allowed.unwrap_or(0.0) };
            finish(now, account, rules, Pace { rate, capped })
        });
        ends.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// The waits and the end.
    fn message(&mut self) -> String {
        let now = Instant::now();
        self.limits.retain(|_, until| *until > now);
        let limits = self.limits.iter().map(|(account, until)| format!("{account} waits {} for its limit", words(*until - now)));
        limits.chain(self.waits.iter().map(waiting)).chain(self.end()).collect::<Vec<_>>().join("; ")
    }

    fn line(&self) -> String {
        let done = format!("{} of {} done, {:.1} a second", self.done, self.done + self.left, self.rate());
        std::iter::once(done).chain(self.waits.iter().map(waiting)).chain(self.end()).collect::<Vec<_>>().join("; ")
    }

    fn end(&self) -> Option<String> {
        let left = (self.finish? - Utc::now()).to_std().ok()?;
        (self.left > 0).then(|| format!("about {} left", words(left)))
    }
}

/// `3 wait for quiet hours to end, until 2026-12-02T07:30:00Z`
pub fn waiting(wait: &Deferred) -> String {
    let why = match wait.code.as_deref() {
        None => "are not due yet",
        Some("quiet-hours") => "wait for quiet hours to end",
        Some("daily-cap") => "wait for their sender's next day",
        Some("spacing") => "wait for the time between two messages",
        Some("window") => "wait for their campaign's next window",
        Some("new-people") => "wait for the next day on which their campaign begins with people",
        Some(code) => return format!("{} wait ({code}), until {}", wait.count, clock(wait.next_due_at)),
    };
    format!("{} {why}, until {}", wait.count, clock(wait.next_due_at))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_wait_is_printed_once() {
        let board = RunProgress::new(10, true);
        let mut inner = board.inner.lock().unwrap();
        let account = Account::new(reachout_messenger::Vendor::Leonar, "default");
        assert_eq!(inner.limit(&account, Duration::from_secs(90)).as_deref(), Some("leonar/default waits 1 min 30 s for its rate limit"));
        assert_eq!(inner.limit(&account, Duration::from_secs(90)), None);
        assert!(inner.limit(&account, Duration::from_mins(2)).is_some());
        assert!(inner.message().contains("waits 1 min 59 s for its limit"), "{}", inner.message());
    }
}
