//! What a runner does when something in it goes wrong.

use std::time::Duration;

use reachout_messenger::{Error as SendError, Receipt};
use reachout_outbox::{
    Account, AccountClient, Accounts, BoxFuture, Clients, Eligibility, Envelope, Error, Message, Messenger, Runner, State, Vendor, Verdict,
};

use crate::both;
use crate::vendor::{AtSandbox, by_key, envelope, performed, runner, sandbox};

/// A client that panics in the middle of sending.
#[derive(Clone, Copy, Debug)]
struct Panics;

impl Messenger for Panics {
    fn vendor(&self) -> Vendor {
        Vendor::Leonar
    }

    fn send<'a>(&'a self, _message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendError>> {
        Box::pin(async { panic!("a client of one's own") })
    }
}

impl Accounts for Panics {
    fn open<'a>(&'a self, account: &'a Account, _clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        Box::pin(async move { Ok(AccountClient::new(account.clone(), *self)) })
    }
}

impl Eligibility for Panics {
    fn check<'a>(&'a self, _account: &'a AccountClient, _envelope: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>> {
        Box::pin(async { panic!("a hook of one's own") })
    }
}

both! {
    async fn a_panic_while_sending_leaves_the_message_unknown(database) {
        let outbox = database.open().await;
        outbox.enqueue(&envelope("hello"), "key").await.unwrap();
        let summary = Runner::new(&outbox, Panics).until_empty().run().await.unwrap();
        let entry = by_key(&outbox, "key").await;
        assert_eq!((entry.state, entry.code.as_deref(), entry.attempts), (State::Unknown, Some("client-ended"), 1), "{summary}");
        let attempt = &outbox.attempts(entry.id).await.unwrap()[0];
        assert!(attempt.outcome == Some(State::Unknown) && attempt.finished_at.is_some(), "{attempt:?}");
    }

    async fn a_panic_before_sending_leaves_the_message_queued(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("hello"), "key").await.unwrap();
        let stop = tokio::time::sleep(Duration::from_secs(1));
        runner(&outbox, &sandbox).eligibility(Panics).run_until(stop).await.unwrap();
        let entry = by_key(&outbox, "key").await;
        assert_eq!((entry.state, entry.code.as_deref(), entry.attempts), (State::Queued, Some("panic"), 0));
        assert_eq!(performed(&sandbox).len(), 0);
    }

    /// As after it was suspended, and another settled what it had held.
    async fn a_runner_whose_lease_ended_goes_on_under_another_name(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let runner = Runner::new(&outbox, AtSandbox::of(&sandbox)).lease(Duration::from_millis(600));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let ended = async {
            while database.change("DELETE FROM reachout_outbox_workers").await == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            outbox.enqueue(&envelope("hello"), "key").await.unwrap();
            while by_key(&outbox, "key").await.state != State::Accepted {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            stop.send(()).unwrap();
        };
        let (summary, ()) = tokio::join!(runner.run_until(async { drop(stopped.await) }), ended);
        assert_eq!(summary.unwrap().count(State::Accepted), 1);
        assert_eq!(performed(&sandbox).get("hello"), Some(&1));
    }
}
