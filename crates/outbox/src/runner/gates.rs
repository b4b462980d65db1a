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
use crate::store::{BudgetTerms, CapUse, Claimed, Step};
use crate::time::duration;
use crate::{AccountClient, Error, State};

/// A longer wait for the rate limit is not spent holding a message.
const LONGEST_SLOT_WAIT: Duration = Duration::from_secs(1);

/// How long a message waits at most that would have begun with somebody, and left no room for steps in progress.
const RESERVED: Duration = Duration::from_hours(1);

/// Every gate, in turn: each is open, or says what is done with the message instead.
pub(super) async fn gates(shared: &Shared, job: &Job) -> Result<Begun, Disposition> {
    let account = shared.accounts.latest(&job.account);
    check_account(shared, &account)?;
    let campaign = campaign::of(shared, job).await?;
    if let Some(campaign) = &campaign {
        campaign::window(shared, campaign, job).await?;
    }
    let caps = hours(shared, &account, campaign.as_ref(), job).await?;
    let client = shared.accounts.client(&account).await;
    let client = client.map_err(|error| Disposition::Pause { code: "account", reason: cut(error.to_string()) })?;
    let permitted = check_recipient(shared, &account, &client, job).await?;
    if let Some(campaign) = &campaign {
        campaign::replies(shared, &account, &client, campaign, job).await?;
        campaign::begin(shared, campaign, job).await?;
    }
    spacing(shared, &account).await?;
    let slot = step(shared, &account, job, permitted, &caps).await?;
    Ok(Begun { account, client, slot, caps })
}

/// The account can go on, and so can the runner.
fn check_account(shared: &Shared, account: &OpenAccount) -> Result<(), Disposition> {
    match account.blocked() {
        Some(blocked) => Err(Disposition::Requeue(Delay { time: Duration::ZERO, ..blocked })),
        None if shared.is_stopped() => Err(Disposition::requeue(Duration::ZERO, "stopped")),
        None => Ok(()),
    }
}

/// What the rules, and the campaign, say about the time of the day: the sender's periods that are limited.
async fn hours(
    shared: &Shared,
    account: &OpenAccount,
    campaign: Option<&campaign::OfCampaign>,
    job: &Job,
) -> Result<Vec<CapUse>, Disposition> {
    let rules = &account.rules;
    if rules.quiet_hours.is_none() && !rules.has_cap() && campaign.is_none_or(|(sequence, _)| sequence.caps.is_none()) {
        return Ok(Vec::new());
    }
    let now = shared.store.now().await.map_err(Disposition::DatabaseFailed)?;
    let theirs = job.claimed.envelope.time_zone.as_deref();
    if let Some(end) = rules.quiet_hours.as_ref().and_then(|quiet| quiet.end(now, theirs)) {
        return Err(Disposition::requeue(duration(end - now), "quiet-hours"));
    }
    let mut caps = rules.caps(now);
    if let Some((sequence, place)) = campaign {
        caps.extend(sequence.caps_of(place.campaign, now));
    }
    Ok(caps)
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
async fn step(shared: &Shared, account: &OpenAccount, job: &Job, permitted: bool, caps: &[CapUse]) -> Result<Option<i64>, Disposition> {
    let id = job.claimed.id;
    match begin(shared, account, &job.claimed, permitted, caps).await? {
        Step::Begun(slot) => Ok(slot),
        Step::Wait(_) => Err(Disposition::requeue(Duration::ZERO, "rate-limit")),
        // It is another's by now; or the lease had ended for a moment, and nobody noticed.
        Step::Lost => Err(Disposition::requeue(Duration::ZERO, "lease")),
        Step::Refused(refusal) => Err(Disposition::Refused(match refusal.settles() {
            Some((state, code)) => Event::Settled { id, state, code: Some(code.to_owned()) },
            None => Event::Requeued { id, wait: Duration::ZERO, code: "paused".to_owned() },
        })),
        Step::Full { cap, reserved } => {
            let now = shared.store.now().await.map_err(Disposition::DatabaseFailed)?;
            let (code, left) = caps.get(cap).map_or(("daily-cap", Duration::ZERO), |cap| (cap.code, duration(cap.ends_at - now)));
            Err(if reserved { Disposition::requeue(left.min(RESERVED), "follow-ups-first") } else { Disposition::requeue(left, code) })
        }
    }
}

/// [`Step::Wait`]: a slot would take too long, or the runner is to end.
async fn begin(
    shared: &Shared,
    account: &OpenAccount,
    claimed: &Arc<Claimed>,
    permitted: bool,
    caps: &[CapUse],
) -> Result<Step, Disposition> {
    let try_step = async |terms: Option<&BudgetTerms>| {
        let step = BeginStep { claimed: Arc::clone(claimed), terms: terms.cloned(), caps: caps.to_vec(), permitted };
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
