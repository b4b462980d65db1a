//! One message on its way: from held to settled, or put back.

use std::sync::Arc;
use std::time::Duration;

use reachout_messenger::Delivery;
use tokio::time::sleep;

use super::lanes::Known;
use super::outcome::{Ended, ended, lost, not_begun};
use super::{Event, Shared};
use crate::hooks::Verdict;
use crate::store::{BudgetTerms, Claimed, DailyUse, Outcome, Step, Used};
use crate::time::duration;
use crate::{Account, Error, State};

/// A longer wait for the rate limit is not spent holding a message.
const HOLD: Duration = Duration::from_secs(1);
/// How soon to ask a database again that failed.
const AGAIN: Duration = Duration::from_millis(250);
/// How long a runner that is to end tries to write down an outcome.
const LAST: Duration = Duration::from_secs(30);
/// How long a message waits whose account or recipient could not be asked about.
const LATER: Duration = Duration::from_secs(30);

/// A slot under a rate limit, where there is one.
type Slot<'a> = Option<(&'a BudgetTerms, i64)>;

/// Does all there is to do about a message that is held.
pub(super) async fn run(shared: Arc<Shared>, claimed: Arc<Claimed>) {
    let job = tokio::spawn(deliver(Arc::clone(&shared), Arc::clone(&claimed)));
    if job.await.is_err() {
        // A panic of a client, a hook or an account: where it had begun, nobody knows how it ended.
        finish(&shared, &claimed, &lost(), &Used::default()).await;
        put_back(&shared, &claimed, LATER, "panic").await;
    }
    shared.held(|held| held.remove(&claimed.id));
}

async fn deliver(shared: Arc<Shared>, claimed: Arc<Claimed>) {
    let lane = &claimed.envelope.lane;
    let known = shared.lanes.get(lane);
    if known.blocked_for().is_some() || shared.is_stopped() {
        return put_back(&shared, &claimed, Duration::ZERO, "rate-limit").await;
    }
    let daily = match clock(&shared, &known, &claimed).await {
        Ok(Ok(daily)) => daily,
        Ok(Err((wait, code))) => return put_back(&shared, &claimed, wait, code).await,
        Err(error) => return trouble(&shared, &claimed, &error).await,
    };
    let account = match shared.lanes.account(&known).await {
        Ok(account) => account,
        Err(error) => return no_account(&shared, &claimed, &error).await,
    };
    if let Some(eligibility) = &shared.settings.eligibility {
        match eligibility.check(&account, &claimed.envelope).await {
            Ok(Verdict::Eligible) => {}
            Ok(Verdict::Suppressed { code, reason }) => return suppress(&shared, &claimed, &code, &reason).await,
            Err(error) => {
                tracing::warn!(id = claimed.id, %lane, %error, "whether a recipient may be written to could not be found out");
                return put_back(&shared, &claimed, LATER, "eligibility").await;
            }
        }
    }
    let begun = begin(&shared, &known, &claimed, daily.as_ref().map(|(daily, _)| daily)).await;
    match begun {
        Ok(Step::Begun(slot)) => {
            let slot = known.terms.as_ref().zip(slot);
            send(&shared, &claimed, &account, slot, daily.as_ref().map(|(daily, _)| daily)).await;
        }
        Ok(Step::Wait(_)) => put_back(&shared, &claimed, Duration::ZERO, "rate-limit").await,
        // It is another's by now; or the lease had ended for a moment, and nobody noticed.
        Ok(Step::Lost) => put_back(&shared, &claimed, Duration::ZERO, "lease").await,
        Ok(Step::Suppressed) => settled(&shared, &claimed, State::Suppressed, Some("suppression-list".to_owned())),
        Ok(Step::Stopped) => settled(&shared, &claimed, State::Cancelled, Some("follow-up-stopped".to_owned())),
        Ok(Step::Paused) => shared.tell(&Event::PutBack { id: claimed.id, wait: Duration::ZERO, code: "paused".to_owned() }),
        Ok(Step::DayFull) => {
            let wait = daily.map_or(LATER, |(_, wait)| wait);
            put_back(&shared, &claimed, wait, "daily-cap").await;
        }
        Err(error) => {
            // Whether it was committed is not known, but nothing was sent.
            tracing::warn!(id = claimed.id, %error, "the step to sending failed");
            finish(&shared, &claimed, &not_begun(), &Used::default()).await;
            put_back(&shared, &claimed, Duration::ZERO, "database").await;
        }
    }
}

/// A sender's day with the time that is left of it, if it is limited; or why the message has to wait, and how long.
type Allowed = Result<Option<(DailyUse, Duration)>, (Duration, &'static str)>;

/// What the rules say about the time of the day.
async fn clock(shared: &Shared, known: &Known, claimed: &Claimed) -> Result<Allowed, Error> {
    let rules = &known.rules;
    if rules.quiet_hours.is_none() && rules.daily_cap.is_none() {
        return Ok(Ok(None));
    }
    let now = shared.store.now().await?;
    let theirs = claimed.envelope.time_zone.as_deref();
    if let Some(end) = rules.quiet_hours.as_ref().and_then(|quiet| quiet.end(now, theirs)) {
        return Ok(Err((duration(end - now), "quiet-hours")));
    }
    let day = rules.daily_cap.as_ref().and_then(|daily| Some((daily.most, daily.day(now)?)));
    Ok(Ok(day.map(|(most, (day, next))| (DailyUse { day, most }, duration(next - now)))))
}

/// The step to `sending`, once there is a slot for it under the account's rate limit. [`Step::Wait`]: that takes too long, or the runner is
/// to end.
async fn begin(shared: &Shared, known: &Known, claimed: &Arc<Claimed>, daily: Option<&DailyUse>) -> Result<Step, Error> {
    let Some(terms) = &known.terms else { return shared.steps.begin(&shared.store, claimed, None, daily).await };
    let _turn = known.turn.lock().await;
    loop {
        if shared.is_stopped() || known.blocked_for().is_some() {
            return Ok(Step::Wait(Duration::ZERO));
        }
        let wait = match shared.steps.begin(&shared.store, claimed, Some(terms), daily).await? {
            Step::Wait(wait) if wait > HOLD => {
                known.block(wait);
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
async fn send(shared: &Shared, claimed: &Claimed, account: &Account, slot: Slot<'_>, daily: Option<&DailyUse>) {
    let call = account.messenger().send(&claimed.envelope.message);
    let result = match slot {
        Some((terms, slot)) => shared.lanes.budgets.with_slot(&terms.key, slot, call).await,
        None => call.await,
    };
    let number = u32::try_from(claimed.attempt - claimed.first_attempt + 1).unwrap_or(u32::MAX);
    let Ended { outcome, pause } = ended(&result, number, shared.settings.attempts);
    let counted = result.as_ref().map_or_else(|error| error.delivery() != Delivery::NotSent, |_| true);
    let used = Used { slot: slot.map(|(terms, slot)| (terms, slot, counted)), daily };
    let wrote = finish(shared, claimed, &outcome, &used).await;
    if let Some((_, slot)) = slot {
        shared.lanes.budgets.returned(slot);
    }
    if let Some(reason) = pause {
        let lane = &claimed.envelope.lane;
        shared.lanes.forget(lane);
        match shared.store.set_paused(Some(lane), true, Some(&reason)).await {
            Ok(()) => shared.tell(&Event::Paused { lane: lane.clone(), reason }),
            Err(error) => tracing::warn!(%lane, %error, "an account could not be paused"),
        }
    }
    if !wrote {
        tracing::warn!(id = claimed.id, state = %outcome.state, "a message was settled by another before its outcome was known");
    } else if outcome.state == State::Queued {
        let code = outcome.code.unwrap_or_else(|| "not-sent".to_owned());
        shared.tell(&Event::PutBack { id: claimed.id, wait: outcome.wait, code });
        shared.wake.notify_one();
    } else {
        settled(shared, claimed, outcome.state, outcome.code);
    }
}

/// Writes an outcome down, however long the database is away; false if the message was settled otherwise.
async fn finish(shared: &Shared, claimed: &Claimed, outcome: &Outcome, used: &Used<'_>) -> bool {
    let mut left = LAST;
    loop {
        match shared.store.finish(claimed, outcome, used).await {
            Ok(wrote) => return wrote,
            Err(error) if left.is_zero() => {
                // The lease ends, and the message becomes `unknown`.
                tracing::error!(id = claimed.id, %error, "an outcome could not be written down");
                return false;
            }
            Err(error) => tracing::warn!(id = claimed.id, %error, "an outcome could not be written down yet"),
        }
        if shared.is_stopped() {
            left = left.saturating_sub(AGAIN);
        }
        sleep(AGAIN).await;
    }
}

async fn put_back(shared: &Shared, claimed: &Claimed, wait: Duration, code: &str) {
    match shared.store.put_back(claimed.id, &claimed.worker, wait, code, reason(code, wait).as_deref()).await {
        Ok(()) => shared.tell(&Event::PutBack { id: claimed.id, wait, code: code.to_owned() }),
        // Nothing of it was sent; it is found when there is nothing else to do.
        Err(error) => tracing::warn!(id = claimed.id, %error, "a message could not be put back yet"),
    }
    shared.wake.notify_one();
}

/// Why a message waits, for people.
fn reason(code: &str, wait: Duration) -> Option<String> {
    let until = (chrono::Utc::now() + wait).format("%Y-%m-%dT%H:%M:%SZ");
    match code {
        "quiet-hours" => Some(format!("quiet hours end at {until}")),
        "daily-cap" => Some(format!("its sender's daily cap is reached; the next day begins at {until}")),
        "eligibility" => Some("whether its recipient may be written to could not be found out".to_owned()),
        _ => None,
    }
}

async fn trouble(shared: &Shared, claimed: &Claimed, error: &Error) {
    tracing::warn!(id = claimed.id, %error, "the database failed before anything was sent");
    sleep(AGAIN).await;
    put_back(shared, claimed, Duration::ZERO, "database").await;
}

async fn suppress(shared: &Shared, claimed: &Claimed, code: &str, reason: &str) {
    match shared.store.settle_unsent(claimed.id, &claimed.worker, State::Suppressed, code, reason).await {
        Ok(()) => settled(shared, claimed, State::Suppressed, Some(code.to_owned())),
        Err(error) => trouble(shared, claimed, &error).await,
    }
}

/// Nothing can be sent through the account before a person did something.
async fn no_account(shared: &Shared, claimed: &Claimed, error: &Error) {
    let lane = claimed.envelope.lane.clone();
    let reason = error.to_string();
    shared.lanes.forget(&lane);
    put_back(shared, claimed, Duration::ZERO, "account").await;
    match shared.store.set_paused(Some(&lane), true, Some(&reason)).await {
        Ok(()) => shared.tell(&Event::Paused { lane, reason }),
        Err(error) => tracing::warn!(%lane, %error, "an account could not be paused"),
    }
}

fn settled(shared: &Shared, claimed: &Claimed, state: State, code: Option<String>) {
    shared.tell(&Event::Settled { id: claimed.id, state, code });
}
