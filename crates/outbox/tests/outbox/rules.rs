//! Quiet hours and daily caps.

use std::time::Duration;

use reachout_outbox::{Clock, Daily, QuietHours, Rules, Runner, State};

use crate::both;
use crate::vendor::{AtSandbox, account, by_key, envelope, performed, sandbox};

both! {
    async fn nothing_is_sent_in_quiet_hours(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        // Zones so that it is noon for one recipient and midnight for the other, give or take half an hour, whenever this runs.
        let now = chrono::Utc::now();
        let hour = i64::from(chrono::Timelike::hour(&now));
        let zone = |local: i64| {
            let ahead = (local - hour + 36).rem_euclid(24) - 12;
            // In these names the sign is turned round: `Etc/GMT-2` is two hours ahead.
            if ahead >= 0 { format!("Etc/GMT-{ahead}") } else { format!("Etc/GMT+{}", -ahead) }
        };
        let night = QuietHours::new("20:00", "08:00", Clock::recipient("UTC").unwrap()).unwrap();
        outbox.set_rules(&account(), &Rules::new().quiet_hours(night)).await.unwrap();
        outbox.enqueue(&envelope("noon").time_zone(zone(12)), "noon").await.unwrap();
        outbox.enqueue(&envelope("night").time_zone(zone(0)), "night").await.unwrap();
        let stop = tokio::time::sleep(Duration::from_secs(2));
        Runner::new(&outbox, AtSandbox::of(&sandbox)).run_until(stop).await.unwrap();
        assert_eq!(by_key(&outbox, "noon").await.state, State::Accepted);
        let waits = by_key(&outbox, "night").await;
        assert_eq!((waits.state, waits.attempts), (State::Queued, 0));
        let hours = (waits.due_at - now).num_minutes();
        assert!((7 * 60 - 1..=8 * 60 + 1).contains(&hours), "it waits for eight o'clock: {hours} min");
    }

    async fn a_sender_has_so_many_a_day(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.set_rules(&account(), &Rules::new().daily_cap(Daily::new(3, "UTC").unwrap())).await.unwrap();
        // A message that is not sent after all does not count.
        crate::vendor::fault(&sandbox, reachout_sandbox::FaultKind::RateLimit { retry_after: Some(0) });
        let from = |n: usize| ["3c90c3cc-0d44-4b50-8888-8dd25736052a", "4c90c3cc-0d44-4b50-8888-8dd25736052a"][n % 2];
        for n in 0..10 {
            let mut envelope = envelope(&format!("m{n}"));
            envelope.message = envelope.message.from(from(n));
            outbox.enqueue(&envelope, &n.to_string()).await.unwrap();
        }
        let stop = tokio::time::sleep(Duration::from_secs(3));
        Runner::new(&outbox, AtSandbox::of(&sandbox)).run_until(stop).await.unwrap();
        let status = outbox.status().await.unwrap();
        assert_eq!((status.count(State::Accepted), status.count(State::Queued)), (6, 4), "{status:?}");
        assert_eq!(performed(&sandbox).len(), 6);
        let midnight = (chrono::Utc::now().date_naive() + chrono::Days::new(1)).and_hms_opt(0, 0, 0).unwrap().and_utc();
        let due = status.next_due_at.unwrap();
        assert!((due - midnight).num_seconds().abs() < 5, "what is more waits for the next day: {due}");
    }
}

#[tokio::test]
async fn rules_are_kept() {
    let database = crate::database::Database::sqlite();
    let outbox = database.open().await;
    assert_eq!(outbox.rules(&account()).await.unwrap(), Rules::new());
    let rules = Rules::new().limit(10, Duration::from_secs(1)).steady();
    outbox.set_rules(&account(), &rules).await.unwrap();
    assert_eq!(database.open().await.rules(&account()).await.unwrap(), rules);
    assert!(outbox.set_rules(&account(), &Rules::new().limit(0, Duration::from_secs(1))).await.is_err());
}
