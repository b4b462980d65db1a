//! Nobody is written to who must not be.

use std::sync::atomic::{AtomicU32, Ordering};

use reachout_outbox::{AccountClient, BoxFuture, Channel, Eligibility, Envelope, Error, Filter, State, Verdict};

use crate::both;
use crate::vendor::{CONTACT, by_key, envelope, performed, runner, sandbox};

/// Says no to messages that say "no", and fails at first where they say "later".
#[derive(Debug, Default)]
struct Asked(AtomicU32);

impl Eligibility for Asked {
    fn check<'a>(&'a self, account: &'a AccountClient, envelope: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>> {
        assert!(account.core().is_some());
        self.0.fetch_add(1, Ordering::SeqCst);
        let said = match envelope.message.text.as_deref() {
            Some("no") => {
                Ok(Verdict::Suppressed { code: "do-not-contact".to_owned(), reason: "the contact is marked".to_owned(), channel: None })
            }
            _ => Ok(Verdict::Eligible),
        };
        Box::pin(std::future::ready(said))
    }
}

both! {
    async fn the_list_is_looked_at_right_before_sending(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.suppress(" Sophie@Example.org ", None, "unsubscribed").await.unwrap();
        outbox.suppress("john@example.org", Some(Channel::Email), "bounced").await.unwrap();
        outbox.enqueue(&envelope("a").address("sophie@example.org"), "a").await.unwrap();
        outbox.enqueue(&envelope("b").address("john@example.org"), "b").await.unwrap();
        outbox.enqueue(&envelope("c"), "c").await.unwrap();
        outbox.suppress("d@example.org", None, "").await.unwrap();
        outbox.enqueue(&envelope("d").address("D@example.org"), "d").await.unwrap();
        assert!(outbox.unsuppress("d@EXAMPLE.org").await.unwrap() && !outbox.unsuppress("d@example.org").await.unwrap());
        runner(&outbox, &sandbox).run().await.unwrap();
        let mut states = Vec::new();
        for key in ["a", "b", "c", "d"] {
            states.push(by_key(&outbox, key).await.state);
        }
        // John bounced by email, and this goes by LinkedIn.
        assert_eq!(states, [State::Suppressed, State::Accepted, State::Accepted, State::Accepted]);
        let a = by_key(&outbox, "a").await;
        assert_eq!((a.code.as_deref(), a.reason.as_deref(), a.attempts), (Some("suppression-list"), Some("unsubscribed"), 0));
        assert!(!performed(&sandbox).contains_key("a"));
        let listed: Vec<_> = outbox.suppressed(None, 10).await.unwrap().into_iter().map(|listed| (listed.address, listed.channel)).collect();
        assert_eq!(listed, [("john@example.org".to_owned(), Some("email".to_owned())), ("sophie@example.org".to_owned(), None)]);
        outbox.suppress(CONTACT, None, "asked").await.unwrap();
        outbox.enqueue(&envelope("e"), "e").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        assert_eq!(by_key(&outbox, "e").await.state, State::Suppressed, "the recipient itself");
    }

    async fn the_vendor_is_asked(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("no"), "no").await.unwrap();
        outbox.enqueue(&envelope("yes"), "yes").await.unwrap();
        runner(&outbox, &sandbox).eligibility(Asked::default()).run().await.unwrap();
        let no = by_key(&outbox, "no").await;
        assert_eq!((no.state, no.code.as_deref()), (State::Suppressed, Some("do-not-contact")));
        assert_eq!(by_key(&outbox, "yes").await.state, State::Accepted);
        assert!(!performed(&sandbox).contains_key("no"));
        let cause = &outbox.causes(&Filter::all()).await.unwrap()[0];
        assert_eq!((cause.state, cause.code.as_deref(), cause.count, cause.example), (State::Suppressed, Some("do-not-contact"), 1, no.id));
    }
}
