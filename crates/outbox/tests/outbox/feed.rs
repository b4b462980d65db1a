//! The feed of what happened.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reachout_outbox::{Account, Error, Filter, Outbox, Signal, SignalKind, State, Vendor};

use crate::both;
use crate::campaign::{Outcome, person, sequence, world};
use crate::database::Database;
use crate::stops::sms;

async fn kinds(outbox: &Outbox, after: i64) -> (Vec<String>, i64) {
    let entries = outbox.feed(after, 100).await.unwrap();
    let last = entries.last().map_or(after, |entry| entry.place);
    (entries.into_iter().map(|entry| entry.kind).collect(), last)
}

both! {
    async fn everything_that_happens_is_in_it(database) {
        let (outbox, _, vendor) = world(&database).await;
        outbox.add_people(&sequence("spring"), ["ada", "bob"].map(person), false).await.unwrap();
        assert_eq!(outbox.feed(0, 10).await.unwrap(), []);
        outbox.pause_campaign("spring").await.unwrap();
        outbox.resume_campaign("spring").await.unwrap();
        vendor.runner(&outbox).run().await.unwrap();
        let (found, place) = kinds(&outbox, 0).await;
        assert_eq!(found, ["paused", "resumed", "accepted", "accepted"]);
        let mut reply = Signal::new(Vendor::HoopAi, SignalKind::Replied);
        reply.recipients = vec!["contact1-ada".to_owned()];
        outbox.receive(&reply).await.unwrap();
        outbox.suppress("bob@example.org", None, "asked for it").await.unwrap();
        outbox.unsuppress("bob@example.org").await.unwrap();
        let entries = outbox.feed(place, 100).await.unwrap();
        let seen: Vec<_> = entries.iter().map(|entry| (entry.kind.as_str(), entry.campaign.as_deref(), entry.reason.as_deref())).collect();
        assert_eq!(seen, [
            ("replied", Some("spring"), None),
            ("stopped", Some("spring"), Some("replied")),
            ("cancelled", Some("spring"), Some("replied")),
            ("listed", None, Some("asked for it")),
            ("unlisted", None, Some("asked for it")),
        ]);
        assert_eq!(entries[0].vendor, Some(Vendor::HoopAi));
        assert_eq!(outbox.get(entries[2].message.unwrap()).await.unwrap().state, State::Cancelled);
        let place = entries.last().unwrap().place;
        *vendor.next.lock().unwrap() = Outcome::Rejected;
        outbox.enqueue(&sms("c9", "Hi").hold(), "alone").await.unwrap();
        outbox.approve(&Filter::all()).await.unwrap();
        vendor.runner(&outbox).run().await.unwrap();
        let account = Account::new(Vendor::HoopAi, "acme");
        outbox.pause(Some(&account)).await.unwrap();
        outbox.pause(Some(&account)).await.unwrap();
        outbox.resume(Some(&account)).await.unwrap();
        assert_eq!(kinds(&outbox, place).await.0, ["approved", "rejected", "paused", "resumed"]);
        assert_eq!(outbox.feed(place, 1).await.unwrap().len(), 1);
        outbox.purge(Duration::ZERO).await.unwrap();
        assert_eq!(outbox.feed(0, 100).await.unwrap(), []);
        outbox.cancel(&Filter::all()).await.unwrap();
        let (found, later) = kinds(&outbox, place).await;
        assert!(found.contains(&"cancelled".to_owned()) && later > place, "places are not used again: {found:?}");
    }

    async fn a_reader_goes_on_where_it_was(database) {
        let (outbox, _, vendor) = world(&database).await;
        outbox.add_people(&sequence("spring"), ["ada", "bob", "eve"].map(person), false).await.unwrap();
        vendor.runner(&outbox).run().await.unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ended = outbox.follow("crm", async |entry| {
            seen.lock().unwrap().push(entry.message);
            if seen.lock().unwrap().len() == 2 { Err(Error::Other("away".to_owned())) } else { Ok(()) }
        });
        assert_eq!(ended.await.unwrap_err().to_string(), "away");
        let rest = outbox.follow("crm", async |entry| {
            seen.lock().unwrap().push(entry.message);
            Ok(())
        });
        drop(tokio::time::timeout(Duration::from_secs(1), rest).await);
        let seen = seen.lock().unwrap().clone();
        // The one that failed comes once more.
        assert_eq!(seen.len(), 4);
        assert_eq!(seen[1], seen[2]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_that_is_committed_late() {
    let Some(database) = Database::postgres().await else { return };
    let outbox = database.open().await;
    for key in ["late", "early"] {
        outbox.enqueue(&sms("c1", key), key).await.unwrap();
    }
    let pool = database.postgres_pool().await;
    let mut late = pool.begin().await.unwrap();
    sqlx::query("UPDATE reachout_outbox_messages SET state = 'cancelled' WHERE key = 'late'").execute(&mut *late).await.unwrap();
    outbox.cancel(&Filter::all().key("early")).await.unwrap();
    let first = outbox.feed(0, 10).await.unwrap();
    late.commit().await.unwrap();
    let second = outbox.feed(first.last().unwrap().place, 10).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1), "{first:?} {second:?}");
    // Readers at once give each entry one place.
    for key in 0..50 {
        outbox.enqueue(&sms("c1", "x"), &format!("k{key}")).await.unwrap();
    }
    outbox.cancel(&Filter::all()).await.unwrap();
    let readers = futures_util::future::join_all((0..4).map(|_| outbox.feed(0, 1000))).await;
    for reader in readers {
        let places: Vec<_> = reader.unwrap().iter().map(|entry| entry.place).collect();
        assert_eq!(places, (1..=52).collect::<Vec<_>>());
    }
}
