//! What waits for approval is not sent before somebody approves it.

use std::time::Duration;

use reachout_outbox::{Filter, State};

use crate::both;
use crate::vendor::{by_key, envelope, performed, runner, sandbox};

both! {
    async fn what_is_held_is_sent_only_when_it_was_approved(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        for key in ["spring/a", "spring/b", "summer/a", "autumn/a"] {
            outbox.enqueue(&envelope(key).hold(), key).await.unwrap();
        }
        assert!(!outbox.enqueue(&envelope("spring/a"), "spring/a").await.unwrap().new);
        let state = async |key: &str| by_key(&outbox, key).await.state;
        assert_eq!(state("spring/a").await, State::Held, "to queue the same without holding it approves nothing");
        runner(&outbox, &sandbox).run().await.unwrap();
        assert!(performed(&sandbox).is_empty());
        assert_eq!(outbox.counts(&Filter::all().campaign("spring")).await.unwrap(), [(State::Held, 2)]);
        let listed = outbox.list(&Filter::all().state(State::Held), 0, 10).await.unwrap();
        assert_eq!(listed.len(), 4);
        assert!(listed.iter().all(|entry| entry.envelope.as_ref().is_some_and(|envelope| envelope.held)));
        assert_eq!(outbox.purge(Duration::ZERO).await.unwrap(), 0, "its content is needed to approve it");

        // Withdrawn and queued again, nobody has approved it yet.
        assert_eq!(outbox.cancel(&Filter::all().campaign("autumn")).await.unwrap(), 1);
        assert_eq!(outbox.retry(State::Cancelled, &Filter::all()).await.unwrap(), 1);
        assert_eq!(state("autumn/a").await, State::Held);

        assert_eq!(outbox.approve(&Filter::all().key("spring/a")).await.unwrap(), 1);
        assert_eq!(outbox.approve(&Filter::all().campaign("summer")).await.unwrap(), 1);
        outbox.suppress(crate::vendor::CONTACT, None, "asked for it").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        assert!(performed(&sandbox).is_empty(), "an approval is no permission");
        outbox.unsuppress(crate::vendor::CONTACT).await.unwrap();
        outbox.retry(State::Suppressed, &Filter::all()).await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        let mut sent: Vec<_> = performed(&sandbox).into_keys().collect();
        sent.sort();
        assert_eq!(sent, ["spring/a", "summer/a"], "what was approved stays so");
        assert_eq!(outbox.approve(&Filter::all()).await.unwrap(), 2);
    }

    async fn a_stop_withdraws_what_is_held(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("first").sequence("s"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        outbox.enqueue(&envelope("next").sequence("s").hold(), "next").await.unwrap();
        let first = by_key(&outbox, "first").await;
        assert_eq!(outbox.stop_follow_ups(first.id, "replied").await.unwrap(), 1);
        assert_eq!(outbox.approve(&Filter::all()).await.unwrap(), 0);
        assert_eq!(outbox.resume_follow_ups(&Filter::all()).await.unwrap(), (1, 1));
        assert_eq!(by_key(&outbox, "next").await.state, State::Held);
    }
}
