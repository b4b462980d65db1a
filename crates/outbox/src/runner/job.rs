//! One message on its way: the gates before the step to `sending`, the step, and the sending.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use reachout_messenger::Delivery;
use tokio::time::sleep;

use super::disposition::{AGAIN, Disposition, Wait};
use super::lanes::Known;
use super::outcome::{Ended, Unanswered, backoff, cut, ended, lost, unanswered};
use super::{Event, Shared};
use crate::hooks::Verdict;
use crate::store::{Claimed, DailyUse, Outcome, Step, Used};
use crate::time::duration;
use crate::{Account, State};

/// A longer wait for the rate limit is not spent holding a message.
const HOLD: Duration = Duration::from_secs(1);
/// How long a runner that is to end tries to write down an outcome.
const LAST: Duration = Duration::from_secs(30);
/// How long a message waits after a panic.
const LATER: Duration = Duration::from_secs(30);

/// A message that is held, and its account by the rules under which it was claimed.
pub(super) struct Job {
    pub(super) claimed: Arc<Claimed>,
    pub(super) known: Arc<Known>,
}

/// A message whose step to `sending` is committed.
pub(super) struct Begun {
    known: Arc<Known>,
    account: Account,
    /// A slot under the rate limit, where there is one.
    slot: Option<i64>,
    day: Option<DailyUse>,
}

/// A sender's day with the time that is left of it.
type Day = (DailyUse, Duration);

/// Does all there is to do about a message that is held.
pub(super) async fn run(shared: Arc<Shared>, job: Job) {
    let work = AssertUnwindSafe(async { decide(&shared, &job).await.apply(&shared, &job).await });
    if work.catch_unwind().await.is_err() {
        // A panic of a client, a hook or an account: where it had begun, nobody knows how it ended.
        finish(&shared, &job.claimed, &lost(), &Used::default()).await;
        Disposition::requeue(LATER, "panic").apply(&shared, &job).await;
    }
    shared.held(|held| held.remove(&job.claimed.id));
}

async fn decide(shared: &Shared, job: &Job) -> Disposition {
    gates(shared, job).await.map_or_else(|closed| closed, Disposition::Send)
}

/// Each gate is open, or says what becomes of the message instead.
async fn gates(shared: &Shared, job: &Job) -> Result<Begun, Disposition> {
    let known = shared.lanes.latest(&job.known);
    is_turn(shared, &known)?;
    let day = hours(shared, &known, job).await?;
    let account = shared.lanes.account(&known).await;
    let account = account.map_err(|error| Disposition::Pause { code: "account", reason: cut(error.to_string()) })?;
    let permitted = may_be_written_to(shared, &known, &account, job).await?;
    let slot = step(shared, &known, job, permitted, day.as_ref()).await?;
    Ok(Begun { known, account, slot, day: day.map(|(day, _)| day) })
}

/// The account can go on, and so can the runner.
fn is_turn(shared: &Shared, known: &Known) -> Result<(), Disposition> {
    match known.blocked() {
        Some(blocked) => Err(Disposition::Requeue(Wait { time: Duration::ZERO, ..blocked })),
        None if shared.is_stopped() => Err(Disposition::requeue(Duration::ZERO, "stopped")),
        None => Ok(()),
    }
}

/// What the rules say about the time of the day: a sender's day, if it is limited.
async fn hours(shared: &Shared, known: &Known, job: &Job) -> Result<Option<Day>, Disposition> {
    let rules = &known.rules;
    if rules.quiet_hours.is_none() && rules.daily_cap.is_none() {
        return Ok(None);
    }
    let now = shared.store.now().await.map_err(Disposition::Trouble)?;
    let theirs = job.claimed.envelope.time_zone.as_deref();
    if let Some(end) = rules.quiet_hours.as_ref().and_then(|quiet| quiet.end(now, theirs)) {
        return Err(Disposition::requeue(duration(end - now), "quiet-hours"));
    }
    let day = rules.daily_cap.as_ref().and_then(|daily| Some((daily.most, daily.day(now)?)));
    Ok(day.map(|(most, (day, next))| (DailyUse { day, most }, duration(next - now))))
}

/// Whether the vendor permits the recipient, if it is asked: only a clear yes is one.
async fn may_be_written_to(shared: &Shared, known: &Known, account: &Account, job: &Job) -> Result<bool, Disposition> {
    let Some(eligibility) = &shared.settings.eligibility else { return Ok(false) };
    let claimed = &job.claimed;
    let verdict = match eligibility.check(account, &claimed.envelope).await {
        Ok(verdict) => verdict,
        Err(error) => {
            tracing::warn!(id = claimed.id, lane = %known.lane, %error, "the vendor could not be asked about a recipient");
            return Err(match unanswered(&error) {
                Unanswered::Pause(reason) => Disposition::Pause { code: "eligibility", reason },
                // It is the account's trouble: its other messages need not find out one by one.
                Unanswered::Wait(time, reason) => {
                    let wait = Wait { reason: Some(reason), ..Wait::new(time, "eligibility") };
                    known.block(wait.clone());
                    Disposition::Requeue(wait)
                }
            });
        }
    };
    let fail = |code, reason| Err(Disposition::Settle { state: State::Failed, code, reason: cut(reason) });
    match verdict {
        Verdict::Eligible => Ok(true),
        Verdict::Suppressed { code, reason, channel } => Err(Disposition::Refuse { code, reason: cut(reason), channel }),
        Verdict::NotFound(reason) => fail("recipient-not-found", reason),
        Verdict::Unclear(reason) => match claimed.unclear_checks + 1 {
            number if number >= shared.settings.attempts => fail("eligibility", reason),
            number => {
                Err(Disposition::Requeue(Wait { reason: Some(cut(reason)), unclear: true, ..Wait::new(backoff(number), "eligibility") }))
            }
        },
    }
}

/// The step to `sending`, once there is a slot for it under the account's rate limit: the slot, if it is counted.
async fn step(shared: &Shared, known: &Known, job: &Job, permitted: bool, day: Option<&Day>) -> Result<Option<i64>, Disposition> {
    let id = job.claimed.id;
    match begin(shared, known, &job.claimed, permitted, day.map(|(day, _)| day)).await? {
        Step::Begun(slot) => Ok(slot),
        Step::Wait(_) => Err(Disposition::requeue(Duration::ZERO, "rate-limit")),
        // It is another's by now; or the lease had ended for a moment, and nobody noticed.
        Step::Lost => Err(Disposition::requeue(Duration::ZERO, "lease")),
        Step::Refused(refusal) => Err(Disposition::Refused(match refusal.settles() {
            Some((state, code)) => Event::Settled { id, state, code: Some(code.to_owned()) },
            None => Event::PutBack { id, wait: Duration::ZERO, code: "paused".to_owned() },
        })),
        Step::DayFull => Err(Disposition::requeue(day.map_or(LATER, |(_, left)| *left), "daily-cap")),
    }
}

/// [`Step::Wait`]: a slot would take too long, or the runner is to end.
async fn begin(
    shared: &Shared,
    known: &Known,
    claimed: &Arc<Claimed>,
    permitted: bool,
    day: Option<&DailyUse>,
) -> Result<Step, Disposition> {
    let try_step = async |terms| shared.steps.begin(&shared.store, claimed, terms, day, permitted).await.map_err(Disposition::Undo);
    let Some(terms) = &known.terms else { return try_step(None).await };
    let _turn = known.turn.lock().await;
    loop {
        if shared.is_stopped() {
            return Ok(Step::Wait(Duration::ZERO));
        }
        if let Some(blocked) = known.blocked() {
            return Err(Disposition::Requeue(Wait { time: Duration::ZERO, ..blocked }));
        }
        let wait = match try_step(Some(terms)).await? {
            Step::Wait(wait) if wait > HOLD => {
                known.block(Wait::new(wait, "rate-limit"));
                shared.tell(&Event::Waiting { lane: known.lane.clone(), wait });
                return Ok(Step::Wait(wait));
            }
            Step::Wait(wait) => wait.max(Duration::from_millis(5)),
            begun => return Ok(begun),
        };
        tokio::select! {
            () = shared.stop() => return Ok(Step::Wait(wait)),
            () = sleep(wait) => {}
        }
    }
}

/// Sends a message whose step to `sending` is committed, and writes down what came of it.
pub(super) async fn send(shared: &Shared, job: &Job, begun: Begun) {
    let (claimed, Begun { known, account, slot, day }) = (&job.claimed, begun);
    let slot = known.terms.as_ref().zip(slot);
    let call = account.messenger().send(&claimed.envelope.message);
    let result = match slot {
        Some((terms, slot)) => shared.lanes.budgets.with_slot(&terms.key, slot, call).await,
        None => call.await,
    };
    let number = u32::try_from(claimed.attempt - claimed.first_attempt + 1).unwrap_or(u32::MAX);
    let Ended { outcome, pause } = ended(&result, number, shared.settings.attempts);
    let counted = result.as_ref().map_or_else(|error| error.delivery() != Delivery::NotSent, |_| true);
    if let Some(reason) = pause {
        shared.pause(&known.lane, &reason).await;
    }
    let used = Used { slot: slot.map(|(terms, slot)| (terms, slot, counted)), daily: day.as_ref() };
    let wrote = finish(shared, claimed, &outcome, &used).await;
    if let Some((_, slot)) = slot {
        shared.lanes.budgets.returned(slot);
    }
    let (id, state) = (claimed.id, outcome.state);
    if !wrote {
        tracing::warn!(id, %state, "a message was settled by another before its outcome was known");
    } else if state == State::Queued {
        let code = outcome.code.unwrap_or_else(|| "not-sent".to_owned());
        shared.tell(&Event::PutBack { id, wait: outcome.wait, code });
        shared.wake.notify_one();
    } else {
        shared.tell(&Event::Settled { id, state, code: outcome.code });
    }
}

/// Writes an outcome down, however long the database is away; false if the message was settled otherwise.
pub(super) async fn finish(shared: &Shared, claimed: &Claimed, outcome: &Outcome, used: &Used<'_>) -> bool {
    let mut left = LAST;
    loop {
        match shared.store.finish(claimed, outcome, used).await {
            Ok(wrote) => {
                shared.database_works();
                return wrote;
            }
            Err(error) if left.is_zero() || error.is_lasting() => {
                // The lease ends, and the message becomes `unknown`.
                tracing::error!(id = claimed.id, %error, "an outcome could not be written down");
                return false;
            }
            Err(error) => shared.database_failed(&error),
        }
        if shared.is_stopped() {
            left = left.saturating_sub(AGAIN);
        }
        sleep(AGAIN).await;
    }
}
