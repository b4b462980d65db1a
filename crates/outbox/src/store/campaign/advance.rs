//! The next step of a person, in the transaction that records that the one before it was accepted.

use crate::campaign::Enrolled;
use crate::store::NewRow;
use crate::store::campaign::Place;
use crate::store::now;
use crate::{Sent, Sequence};

/// Makes the next step of one the only one that there is. Nothing where it was made before, or the person's sequence was stopped.
pub(in crate::store) const MOVE: &str = concat!(
    "UPDATE reachout_outbox_enrolments SET step = step + 1, changed_at = ",
    now!(),
    " WHERE id = $1 AND step = $2 AND stopped IS NULL RETURNING details, ",
    now!()
);
/// Ends a person's sequence.
pub(in crate::store) const END: &str =
    concat!("UPDATE reachout_outbox_enrolments SET stopped = $1, changed_at = ", now!(), " WHERE id = $2 AND stopped IS NULL");

/// Queues the step after an accepted one, in a transaction: `place` is that of the accepted message, and `sent` what the vendor calls it.
///
/// What cannot be queued ends the sequence for the person and says why; it does not undo that the step before was accepted.
macro_rules! advance {
    ($transaction:expr, $sequence:expr, $place:expr, $sent:expr) => {{
        let (sequence, place): (&$crate::Sequence, $crate::store::campaign::Place) = ($sequence, $place);
        if place.index() + 1 < sequence.steps.len() {
            let moved = sqlx::query_as($crate::store::campaign::MOVE).bind(place.enrolment).bind(place.step);
            let moved: Option<(Option<String>, i64)> = moved.fetch_optional(&mut *$transaction).await?;
            if let Some((details, now)) = moved {
                let queued = match $crate::store::campaign::next(sequence, place, details.as_deref(), $sent, now) {
                    Ok(row) => $transaction.chunk(&[row]).await.map(drop),
                    Err(why) => Err($crate::Error::Other(why)),
                };
                match queued {
                    Ok(()) => {}
                    Err(error @ $crate::Error::Database(_)) => return Err(error),
                    Err(error) => {
                        let end = sqlx::query($crate::store::campaign::END).bind(error.to_string()).bind(place.enrolment);
                        end.execute(&mut *$transaction).await?;
                    }
                }
            }
        }
    }};
}
pub(in crate::store) use advance;

/// The message of the step after the one at `place`.
pub(in crate::store) fn next(
    sequence: &Sequence,
    place: Place,
    details: Option<&str>,
    sent: Option<&Sent>,
    now: i64,
) -> Result<NewRow, String> {
    let details = details.ok_or("what is known of the person was purged")?;
    let enrolled: Enrolled = serde_json::from_str(details).map_err(|_| "what is known of the person cannot be read")?;
    let index = place.index() + 1;
    let step = sequence.steps.get(index).ok_or("the campaign has no further step")?;
    let envelope = sequence.message(index, &enrolled, sent, &[])?;
    let due_at = sequence.calendar.due(now, step.after, sequence.same_day, enrolled.person.time_zone.as_deref());
    let place = Place { step: place.step + 1, ..place };
    NewRow::of_step(1, sequence, &enrolled, &envelope, place, due_at).map_err(|error| error.to_string())
}
