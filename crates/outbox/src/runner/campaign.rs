//! The gates of a campaign's messages.

use super::accounts::OpenAccount;
use super::delay::Delay;
use super::disposition::Disposition;
use super::event::Event;
use super::gates::{failed_look, unclear};
use super::job::Job;
use super::shared::Shared;
use crate::store::{About, Begin, Place};
use crate::time::{duration, from_ms};
use crate::{AccountClient, FollowUp, Replied, Sequence, State};

/// The campaign of a message and its place there.
pub(super) type OfCampaign = (std::sync::Arc<Sequence>, Place);

/// The campaign of a message, where it is of one.
pub(super) async fn of(shared: &Shared, job: &Job) -> Result<Option<OfCampaign>, Disposition> {
    let Some(place) = job.claimed.place else { return Ok(None) };
    let sequence = shared.store.sequence(place.campaign).await.map_err(Disposition::DatabaseFailed)?;
    Ok(Some((sequence, place)))
}

/// It is in a window of the campaign.
pub(super) async fn window(shared: &Shared, (sequence, _): &OfCampaign, job: &Job) -> Result<(), Disposition> {
    let now = shared.store.now().await.map_err(Disposition::DatabaseFailed)?;
    match sequence.calendar.closed_until(now, job.claimed.envelope.time_zone.as_deref()) {
        Some(opens) => Err(Disposition::requeue(duration(opens - now), "window")),
        None => Ok(()),
    }
}

/// The recipient of a follow-up has not replied, if the vendor is asked.
pub(super) async fn replies(
    shared: &Shared,
    account: &OpenAccount,
    client: &AccountClient,
    (sequence, place): &OfCampaign,
    job: &Job,
) -> Result<(), Disposition> {
    let Some(replies) = shared.settings.replies.as_ref().filter(|_| place.step > 1) else { return Ok(()) };
    if !sequence.stop_on.contains(&crate::SignalKind::Replied) {
        return Ok(());
    }
    let (conversation_id, since) = shared.store.step_before(*place).await.map_err(Disposition::DatabaseFailed)?;
    let follow_up = FollowUp { envelope: &job.claimed.envelope, conversation_id, since: from_ms(since) };
    match replies.look(client, &follow_up).await {
        Ok(Replied::No) => Ok(()),
        Ok(Replied::Yes) => {
            let id = job.claimed.id;
            let reply = About::reply(job.claimed.envelope.account.vendor, id);
            shared.store.see(None, &[reply]).await.map_err(Disposition::DatabaseFailed)?;
            Err(Disposition::Refused(Event::Settled { id, state: State::Cancelled, code: Some("follow-up-stopped".to_owned()) }))
        }
        Ok(Replied::Unclear(reason)) => Err(unclear(shared, job, "replies", reason)),
        Err(error) => Err(failed_look(account, job, &error, "replies")),
    }
}

/// The campaign may begin with the recipient of a first message now.
pub(super) async fn begin(shared: &Shared, (sequence, place): &OfCampaign, job: &Job) -> Result<(), Disposition> {
    if place.step > 1 || sequence.new_people_a_day.is_none() && sequence.frequency.is_none() {
        return Ok(());
    }
    let now = shared.store.now().await.map_err(Disposition::DatabaseFailed)?;
    let calendar = &sequence.calendar;
    let Some((day, next)) = calendar.day(now, None) else { return Err(Disposition::requeue(std::time::Duration::from_mins(1), "window")) };
    let begun = shared.store.begin_with(job.claimed.id, *place, sequence, &day.to_string(), now).await;
    let later = |at: i64| {
        let zone = job.claimed.envelope.time_zone.as_deref();
        duration(calendar.closed_until(at, zone).unwrap_or(at) - now)
    };
    match begun.map_err(Disposition::DatabaseFailed)? {
        Begin::Begun => Ok(()),
        Begin::DayFull => Err(Disposition::requeue(later(next), "new-people")),
        Begin::Often(until) => Err(Disposition::Requeue(Delay::new(later(until), "frequency"))),
    }
}
