//! What somebody who watches an outbox sees.

use reachout_outbox::{Daily, Filter, Rules, Vendor};

use crate::both;
use crate::vendor::{by_key, envelope, runner, sandbox};

both! {
    async fn pauses_stops_and_the_pace_are_shown_and_every_change_is_seen(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let mut seen = outbox.revision().await.unwrap();
        assert_eq!(outbox.revision().await.unwrap(), seen, "nothing changed");
        let mut changed = async |what: &str| {
            let now = outbox.revision().await.unwrap();
            assert_ne!(now, seen, "{what}");
            seen = now;
        };
        outbox.enqueue(&envelope("first").sequence("s"), "spring/first").await.unwrap();
        changed("a message was queued").await;
        let waiting = outbox.pace().await.unwrap();
        assert_eq!((waiting[0].waiting, waiting[0].due, waiting[0].accepted_last_hour), (1, 1, 0));
        assert_eq!(waiting[0].next_due_at, waiting[0].last_due_at);
        let account = by_key(&outbox, "spring/first").await.account;
        outbox.set_rules(&account, &Rules::new().daily_cap(Daily::new(40, "UTC").unwrap())).await.unwrap();
        changed("rules").await;
        runner(&outbox, &sandbox).run().await.unwrap();
        changed("it was accepted").await;
        let [pace] = &outbox.pace().await.unwrap()[..] else { panic!("one account") };
        assert_eq!((&pace.account, pace.accepted_last_hour, pace.used_today, pace.waiting), (&account, 1, Some(1), 0));

        assert!(outbox.stops(&Filter::all()).await.unwrap().is_empty());
        outbox.stop_follow_ups(by_key(&outbox, "spring/first").await.id, "replied").await.unwrap();
        changed("a reply").await;
        let [stop] = &outbox.stops(&Filter::all().person(crate::vendor::CONTACT)).await.unwrap()[..] else { panic!("one stop") };
        assert_eq!((stop.sequence.as_deref(), stop.reason.as_str()), (Some("s"), "replied"));
        assert!(outbox.stops(&Filter::all().person("somebody-else1")).await.unwrap().is_empty());

        outbox.pause(Some(&account)).await.unwrap();
        changed("a pause of an account").await;
        let [pause] = &outbox.account_pauses().await.unwrap()[..] else { panic!("one account is paused") };
        assert_eq!((&pause.account, &pause.reason), (&Some(account), &None));
        let filters = [
            Filter::all().campaign("spring"),
            Filter::all().key("spring/first"),
            Filter::all().vendor(Vendor::Leonar).person("Ada@Example.org"),
        ];
        for filter in &filters {
            outbox.pause_messages(filter).await.unwrap();
            changed("a pause of messages").await;
        }
        outbox.pause_messages(&Filter::all().key("nothing-is-queued-under-it")).await.unwrap();
        let pauses = outbox.pauses().await.unwrap();
        assert_eq!(pauses.len(), filters.len(), "{pauses:?}");
        for pause in &pauses {
            outbox.resume_messages(pause).await.unwrap();
        }
        assert!(outbox.pauses().await.unwrap().is_empty(), "each is the filter that ends it");
    }
}
