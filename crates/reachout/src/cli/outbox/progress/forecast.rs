//! When an account will have sent what is queued.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reachout_outbox::{AccountStatus, Rules};

/// The longest step, so that quiet hours are noticed when they begin.
const STEP: Duration = Duration::from_mins(15);
/// What takes longer is not forecast.
const HORIZON: Duration = Duration::from_hours(366 * 24);

/// How fast an account sends, and what stands in its way today.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Messages a second.
    pub rate: f64,
    /// Today's daily cap is reached.
    pub capped: bool,
}

/// When the last of its queued messages is sent, by its rules; nothing where that takes more than a year, or for ever.
pub fn finish(now: DateTime<Utc>, account: &AccountStatus, rules: &Rules, pace: Pace) -> Option<DateTime<Utc>> {
    if pace.rate <= 0.0 {
        return None;
    }
    let capacity = rules.daily_cap.as_ref().map(|daily| f64::from(daily.limit) * count(account.senders.max(1)));
    let mut today = capacity.map(|capacity| if pace.capped { 0.0 } else { capacity });
    let mut tomorrow = rules.next_day(now);
    let (mut due, mut later) = (count(account.due), count(account.queued.saturating_sub(account.due + account.paused_messages)));
    let later_at = account.next_due_at.filter(|at| *at > now).or(account.last_due_at).unwrap_or(now);
    let mut at = now;
    while at < now + HORIZON {
        if let Some(end) = rules.quiet_until(at, None).filter(|end| *end > at) {
            at = end;
        } else if tomorrow.is_some_and(|tomorrow| tomorrow <= at) {
            (today, tomorrow) = (capacity, rules.next_day(at));
        } else if due <= 0.0 && later <= 0.0 {
            return Some(account.last_due_at.map_or(at, |last| last.max(at)));
        } else if due <= 0.0 {
            (due, later) = (later, 0.0);
            at = at.max(later_at);
        } else if today.is_some_and(|today| today <= 0.0) {
            at = tomorrow?;
        } else {
            let most = due.min(today.unwrap_or(f64::MAX));
            let sent = most.min(pace.rate * STEP.as_secs_f64());
            at += Duration::try_from_secs_f64(sent / pace.rate).ok()?;
            due -= sent;
            today = today.map(|today| today - sent);
        }
    }
    None
}

/// As a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "more than 2^52 messages are not forecast exactly")]
pub fn count(messages: u64) -> f64 {
    messages as f64
}

#[cfg(test)]
mod tests {
    use reachout_messenger::Vendor;
    use reachout_outbox::{Clock, Daily, QuietHours};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// An account with a number of messages that are due, and a number that are due at another time.
    fn account(due: u64, later: u64, later_at: Option<&str>) -> AccountStatus {
        let mut account = AccountStatus::new(Vendor::Leonar, "default");
        (account.due, account.queued, account.senders) = (due, due + later, 1);
        account.next_due_at = later_at.map(at);
        account.last_due_at = account.next_due_at;
        account
    }

    #[test]
    fn rules_and_times_count() {
        let night = || Rules::new().quiet_hours(QuietHours::new("20:00", "08:00", Clock::sender("UTC").unwrap()).unwrap());
        let cap = |most| Rules::new().daily_cap(Daily::new(most, "UTC").unwrap());
        let pace = |capped| Pace { rate: 1.0, capped };
        let cases = [
            ("at its rate", account(3_600, 0, None), Rules::new(), pace(false), Some("2026-12-01T13:00:00Z")),
            ("what is due later", account(0, 5, Some("2026-12-04T09:00:00Z")), Rules::new(), pace(false), Some("2026-12-04T09:00:05Z")),
            ("a cap of two a day", account(5, 0, None), cap(2), pace(false), Some("2026-12-03T00:00:01Z")),
            ("today's cap is reached", account(0, 3, Some("2026-12-02T00:00:00Z")), cap(2), pace(true), Some("2026-12-03T00:00:01Z")),
            ("ten hours of work before a night", account(36_000, 0, None), night(), pace(false), Some("2026-12-02T10:00:00Z")),
            ("no rate", account(5, 0, None), Rules::new(), Pace { rate: 0.0, capped: false }, None),
            ("more than a year", account(1_000, 0, None), cap(1), pace(false), None),
        ];
        for (name, account, rules, pace, expected) in cases {
            assert_eq!(finish(at("2026-12-01T12:00:00Z"), &account, &rules, pace), expected.map(at), "{name}");
        }
    }
}
