//! The gates before a message is sent: each is open, or says what is done with the message instead.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::accounts::OpenAccount;
use super::campaign;
use super::delay::Delay;
use super::disposition::Disposition;
use super::event::Event;
use super::group::BeginStep;
use super::job::{Begun, Job};
use super::outcome::{FailedCheck, backoff, cut, failed_check};
use super::shared::Shared;
use crate::hooks::Verdict;
use crate::store::{BudgetTerms, Claimed, DailyUse, Step};
use crate::time::duration;
use crate::{AccountClient, Error, State};

/// A longer wait for the rate limit is not spent holding a message.
const LONGEST_SLOT_WAIT: Duration = Duration::from_secs(1);

/// A sender's day with the time that is left of it.
type Day = (DailyUse, Duration);

/// Every gate, in turn: each is open, or says what is done with the message instead.
pub(super) async fn gates(shared: &Shared, job: &Job) -> Result<Begun, Disposition> {
    let account = shared.accounts.latest(&job.account);
    check_account(shared, &account)?;
    let campaign = campaign::of(shared, job).await?;
    if let Some(campaign) = &campaign {
        campaign::window(shared, campaign, job).await?;
    }
    let day = hours(shared, &account, job).await?;
    let client = shared.accounts.client(&account).await;
    let client = client.map_err(|error| Disposition::Pause { code: "account", reason: cut(error.to_string()) })?;
    let permitted = check_recipient(shared, &account, &client, job).await?;
    if let Some(campaign) = &campaign {
        campaign::replies(shared, &account, &client, campaign, job).await?;
        campaign::begin(shared, campaign, job).await?;
    }
    spacing(shared, &account).await?;
    let slot = step(shared, &account, job, permitted, day.as_ref()).await?;
    Ok(Begun { account, client, slot, day: day.map(|(day, _)| day) })
}

/// The account can go on, and so can the runner.
fn check_account(shared: &Shared, account: &OpenAccount) -> Result<(), Disposition> {
    match account.blocked() {
        Some(blocked) => Err(Disposition::Requeue(Delay { time: Duration::ZERO, ..blocked })),
        None if shared.is_stopped() => Err(Disposition::requeue(Duration::ZERO, "stopped")),
        None => Ok(()),
    }
}

/// What the rules say about the time of the day: a sender's day, if it is limited.
async fn hours(shared: &Shared, account: &OpenAccount, job: &Job) -> Result<Option<Day>, Disposition> {
    let rules = &account.rules;
    if rules.quiet_hours.is_none() && rules.daily_cap.is_none() {
        return Ok(None);
    }
    let now = shared.store.now().await.map_err(Disposition::DatabaseFailed)?;
    let theirs = job.claimed.envelope.time_zone.as_deref();
    if let Some(end) = rules.quiet_hours.as_ref().and_then(|quiet| quiet.end(now, theirs)) {
        return Err(Disposition::requeue(duration(end - now), "quiet-hours"));
    }
    let day = rules.daily_cap.as_ref().and_then(|daily| Some((daily.limit_at(now), daily.day(now)?)));
    Ok(day.map(|(limit, (day, next))| (DailyUse { day, limit }, duration(next - now))))
}

/// So much time has passed since the account's last message as its rules ask for.
async fn spacing(shared: &Shared, account: &OpenAccount) -> Result<(), Disposition> {
    let Some(spacing) = account.rules.spacing else { return Ok(()) };
    match shared.store.space(&account.account, spacing.draw()).await.map_err(Disposition::DatabaseFailed)? {
        None => Ok(()),
        Some(wait) => {
            let delay = Delay::new(duration(wait), "spacing");
            // By another clock than the machine's, the account does not wait itself.
            if shared.clock.is_none() {
                account.block(delay.clone());
            }
            Err(Disposition::Requeue(delay))
        }
    }
}

/// Whether the vendor permits the recipient, if it is asked: only a clear yes is one.
async fn check_recipient(shared: &Shared, account: &OpenAccount, client: &AccountClient, job: &Job) -> Result<bool, Disposition> {
    let Some(eligibility) = &shared.settings.eligibility else { return Ok(false) };
    let verdict = match eligibility.check(client, &job.claimed.envelope).await {
        Ok(verdict) => verdict,
        Err(error) => return Err(failed_look(account, job, &error, "eligibility")),
    };
    let fail = |code, reason| Err(Disposition::Settle { state: State::Failed, code, reason: cut(reason) });
    match verdict {
        Verdict::Eligible => Ok(true),
        Verdict::Suppressed { code, reason, channel } => Err(Disposition::Refuse { code, reason: cut(reason), channel }),
        Verdict::NotFound(reason) => fail("recipient-not-found", reason),
        Verdict::Unclear(reason) => Err(unclear(shared, job, "eligibility", reason)),
    }
}

/// What the vendor said about a recipient is not understood: it is asked again later, and not for ever.
pub(super) fn unclear(shared: &Shared, job: &Job, code: &'static str, reason: String) -> Disposition {
    match job.claimed.unclear_checks + 1 {
        number if number >= shared.settings.attempts => Disposition::Settle { state: State::Failed, code, reason: cut(reason) },
        number => Disposition::Requeue(Delay { reason: Some(cut(reason)), unclear: true, ..Delay::new(backoff(number), code) }),
    }
}

/// The vendor could not be asked about a recipient. It is the account's trouble: its other messages need not find out one by one.
pub(super) fn failed_look(account: &OpenAccount, job: &Job, error: &Error, code: &'static str) -> Disposition {
    tracing::warn!(id = job.claimed.id, account = %account.account, %error, "the vendor could not be asked about a recipient");
    match failed_check(error) {
        FailedCheck::Pause(reason) => Disposition::Pause { code, reason },
        FailedCheck::Wait(time, reason) => {
            let delay = Delay { reason: Some(reason), ..Delay::new(time, code) };
            account.block(delay.clone());
            Disposition::Requeue(delay)
        }
    }
}

/// The step to `sending`, once there is a slot for it under the account's rate limit: the slot, if it is counted.
async fn step(shared: &Shared, account: &OpenAccount, job: &Job, permitted: bool, day: Option<&Day>) -> Result<Option<i64>, Disposition> {
    let id = job.claimed.id;
    match begin(shared, account, &job.claimed, permitted, day.map(|(day, _)| day)).await? {
        Step::Begun(slot) => Ok(slot),
        Step::Wait(_) => Err(Disposition::requeue(Duration::ZERO, "rate-limit")),
        // It is another's by now; or the lease had ended for a moment, and nobody noticed.
        Step::Lost => Err(Disposition::requeue(Duration::ZERO, "lease")),
        Step::Refused(refusal) => Err(Disposition::Refused(match refusal.settles() {
            Some((state, code)) => Event::Settled { id, state, code: Some(code.to_owned()) },
            None => Event::Requeued { id, wait: Duration::ZERO, code: "paused".to_owned() },
        })),
        Step::DayFull => Err(Disposition::requeue(day.map_or(Duration::ZERO, |(_, left)| *left), "daily-cap")),
    }
}

/// [`Step::Wait`]: a slot would take too long, or the runner is to end.
async fn begin(
    shared: &Shared,
    account: &OpenAccount,
    claimed: &Arc<Claimed>,
    permitted: bool,
    day: Option<&DailyUse>,
) -> Result<Step, Disposition> {
    let try_step = async |terms: Option<&BudgetTerms>| {
        let step = BeginStep { claimed: Arc::clone(claimed), terms: terms.cloned(), daily: day.cloned(), permitted };
        shared.steps.join(&shared.store, step).await.map_err(Disposition::StepFailed)
    };
    let Some(terms) = &account.terms else { return try_step(None).await };
    let _turn = account.turn.lock().await;
    loop {
        if shared.is_stopped() {
            return Ok(Step::Wait(Duration::ZERO));
        }
        if let Some(blocked) = account.blocked() {
            return Err(Disposition::Requeue(Delay { time: Duration::ZERO, ..blocked }));
        }
        let wait = match try_step(Some(terms)).await? {
            Step::Wait(wait) if wait > LONGEST_SLOT_WAIT => {
                account.block(Delay::new(wait, "rate-limit"));
                shared.emit(&Event::Waiting { account: account.account.clone(), wait });
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
