//! Many accounts at once, and how many messages are in which state.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use reachout_messenger::{Error as SendError, Receipt};
use reachout_outbox::{
    Account, AccountClient, Accounts, BoxFuture, Channel, Clients, Envelope, Error, Filter, Message, Messenger, Runner, State, Vendor,
};

use crate::both;

/// Accepts everything, and keeps what it accepted, in order. Each message has an id of the vendor's with a NUL in it.
#[derive(Clone, Debug, Default)]
struct Accepts(Arc<Mutex<Vec<String>>>);

impl Accepts {
    fn texts(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Messenger for Accepts {
    fn vendor(&self) -> Vendor {
        Vendor::SendPilot
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendError>> {
        Box::pin(async move {
            let text = message.text.clone().unwrap_or_default();
            let mut receipt = Receipt::new(Vendor::SendPilot);
            receipt.message_ids = vec![format!("id of\0 {text}")];
            self.0.lock().unwrap().push(text);
            Ok(receipt)
        })
    }
}

impl Accounts for Accepts {
    fn open<'a>(&'a self, account: &'a Account, _clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        Box::pin(async move { Ok(AccountClient::new(account.clone(), self.clone())) })
    }
}

fn account(name: &str) -> Account {
    Account::new(Vendor::SendPilot, name)
}

fn envelope(account: &Account, text: &str) -> Envelope {
    Envelope::new(account.clone(), Message::to("lead_1").channel(Channel::Linkedin).from("sender_1").text(text))
}

both! {
    async fn accounts_of_one_message_each_are_sent_together_and_a_paused_one_is_left_alone(database) {
        let (outbox, vendor) = (database.open().await, Accepts::default());
        let names: Vec<String> = (0..300).map(|n| format!("account {n} \"é")).collect();
        outbox.enqueue_all(names.iter().map(|name| (name.clone(), envelope(&account(name), name)))).await.unwrap();
        outbox.pause(Some(&account(&names[7]))).await.unwrap();
        let summary = Runner::new(&outbox, vendor.clone()).workers(4).until_empty().run().await.unwrap();
        assert_eq!((summary.count(State::Accepted), summary.requeued), (299, 0));
        let sent = vendor.texts();
        assert_eq!(sent.iter().collect::<HashSet<_>>().len(), 299, "each once");
        assert!(!sent.contains(&names[7]));
        let entry = outbox.find_key(&names[3]).await.unwrap().unwrap();
        assert_eq!(entry.vendor_ids, [format!("id of {}", names[3])], "without what a database cannot hold");
        assert_eq!(outbox.find_message(Vendor::SendPilot, &entry.vendor_ids[0]).await.unwrap()[0].id, entry.id);
    }

    async fn an_account_with_many_messages_does_not_hold_up_another(database) {
        let (outbox, vendor) = (database.open().await, Accepts::default());
        let (many, one) = (account("many"), account("one"));
        outbox.enqueue_all((0..1500).map(|n| (n.to_string(), envelope(&many, &format!("many {n}"))))).await.unwrap();
        outbox.enqueue(&envelope(&one, "one"), "one").await.unwrap();
        let summary = Runner::new(&outbox, vendor.clone()).workers(2).until_empty().run().await.unwrap();
        assert_eq!(summary.count(State::Accepted), 1501);
        let turn = vendor.texts().iter().position(|text| text == "one").unwrap();
        assert!(turn < 600, "it was number {turn}");
    }

    async fn messages_are_counted_in_every_state(database) {
        let (outbox, vendor) = (database.open().await, Accepts::default());
        let counted = async |step: &str| {
            let status = outbox.status().await.unwrap();
            for state in State::ALL {
                let listed = outbox.list(&Filter::all().state(state), 0, 100).await.unwrap().len();
                assert_eq!(status.count(state), listed as u64, "{step}: {state}");
            }
        };
        let one = account("one");
        outbox.enqueue_all((0..9).map(|n| (format!("spring/{n}"), envelope(&one, &n.to_string())))).await.unwrap();
        outbox.enqueue_all((0..9).map(|n| (format!("spring/{n}"), envelope(&one, &n.to_string())))).await.unwrap();
        counted("queued, and once more").await;
        outbox.cancel(&Filter::all().key("spring/3")).await.unwrap();
        counted("withdrawn").await;
        Runner::new(&outbox, vendor.clone()).until_empty().run().await.unwrap();
        counted("sent").await;
        outbox.retry(State::Cancelled, &Filter::all()).await.unwrap();
        counted("queued again").await;
        outbox.purge(std::time::Duration::ZERO).await.unwrap();
        counted("purged").await;
        let status = outbox.status().await.unwrap();
        assert_eq!((status.total(), status.count(State::Accepted), status.count(State::Queued)), (9, 8, 1));
    }
}
