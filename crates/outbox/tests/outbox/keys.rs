//! Queueing: keys, transactions and batches.

use std::time::Duration;

use reachout_outbox::{Account, Batch, Channel, Envelope, Error, Filter, Message, State, Vendor};

use crate::both;
use crate::database::Database;
use crate::vendor::{CONTACT, account, by_key, envelope, runner, sandbox};

both! {
    async fn a_key_is_good_for_one_message(database) {
        let outbox = database.open().await;
        let first = outbox.enqueue(&envelope("hello"), "key").await.unwrap();
        let again = outbox.enqueue(&envelope("hello"), "key").await.unwrap();
        assert_eq!((first.new, again.new, first.id), (true, false, again.id));
        let later = envelope("hello").not_before(chrono::Utc::now());
        assert!(!outbox.enqueue(&later, "key").await.unwrap().new, "its time does not count");
        let elsewhere = Envelope::new(Account::new(Vendor::Leonar, "other"), envelope("hello").message);
        for other in [envelope("HELLO"), elsewhere, envelope("hello").sequence("s")] {
            let error = outbox.enqueue(&other, "key").await.unwrap_err().to_string();
            assert!(error.contains("its key was used for another message"), "{error}");
            assert!(!error.to_lowercase().contains("hello"), "{error}");
        }
        for key in ["", &"k".repeat(501), "a\0b"] {
            assert!(outbox.enqueue(&envelope("hello"), key).await.unwrap_err().to_string().contains("1 to 500 bytes"));
        }
        assert_eq!(outbox.status().await.unwrap().total(), 1);
    }

    async fn what_cannot_be_sent_is_not_queued(database) {
        let outbox = database.open().await;
        let fax = |n: usize| Envelope::new(account(), Message::to(CONTACT).channel(if n == 700 { Channel::Sms } else { Channel::Email }).text("x").subject("y"));
        let error = outbox.enqueue_all((1..=1000).map(|n| (n.to_string(), fax(n)))).await.unwrap_err().to_string();
        assert!(error.starts_with("message 700 of the batch: "), "{error}");
        let zone = envelope("x").time_zone("Paris");
        assert!(outbox.enqueue(&zone, "k").await.unwrap_err().to_string().contains("time zone is not known"));
        assert_eq!(outbox.status().await.unwrap().total(), 0, "all or none");
    }

    async fn a_batch_is_all_or_nothing(database) {
        let outbox = database.open().await;
        let messages = |count: usize| (0..count).map(|n| (format!("key-{n}"), envelope(&format!("m{n}"))));
        assert_eq!(outbox.enqueue_all(messages(1200)).await.unwrap(), Batch { new: 1200, known: 0 });
        assert_eq!(outbox.enqueue_all(messages(1300)).await.unwrap(), Batch { new: 100, known: 1200 });
        let twice = [("a".to_owned(), envelope("x")), ("a".to_owned(), envelope("x"))];
        assert_eq!(outbox.enqueue_all(twice).await.unwrap(), Batch { new: 1, known: 1 });
        let taken = [("new".to_owned(), envelope("n")), ("key-7".to_owned(), envelope("another"))];
        let error = outbox.enqueue_all(taken).await.unwrap_err().to_string();
        assert!(error.starts_with("message 2 of the batch: its key was used for another message, which is number 8"), "{error}");
        assert!(outbox.find_key("new").await.unwrap().is_none());
        let cut = messages(2000).map(|(key, envelope)| if key == "key-1999" { Err(Error::Other("the file ended".to_owned())) } else { Ok((key, envelope)) });
        let error = outbox.try_enqueue_all(cut).await.unwrap_err().to_string();
        assert_eq!((error.as_str(), outbox.status().await.unwrap().total()), ("the file ended", 1301));
        let page = outbox.list(&Filter::all().state(State::Queued), 1000, 5).await.unwrap();
        assert_eq!(page.iter().map(|entry| entry.id).collect::<Vec<_>>(), [1001, 1002, 1003, 1004, 1005]);
    }

    async fn a_transaction_decides(database) {
        let outbox = database.open().await;
        match &database {
            Database::Sqlite(_) => {
                let pool = database.sqlite_pool().await;
                for (key, commit) in [("kept", true), ("dropped", false)] {
                    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
                    assert!(outbox.enqueue_in(&mut transaction, &envelope(key), key).await.unwrap().new);
                    if commit { transaction.commit().await.unwrap() } else { transaction.rollback().await.unwrap() }
                }
            }
            Database::Postgres(..) => {
                let pool = database.postgres_pool().await;
                for (key, commit) in [("kept", true), ("dropped", false)] {
                    let mut transaction = pool.begin().await.unwrap();
                    assert!(outbox.enqueue_in(&mut transaction, &envelope(key), key).await.unwrap().new);
                    if commit { transaction.commit().await.unwrap() } else { transaction.rollback().await.unwrap() }
                }
                let other = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
                let mut transaction = other.begin().await.unwrap();
                let error = outbox.enqueue_in(&mut transaction, &envelope("x"), "x").await.unwrap_err();
                assert!(error.to_string().contains("another kind of database"));
            }
        }
        assert!(outbox.find_key("kept").await.unwrap().is_some());
        assert!(outbox.find_key("dropped").await.unwrap().is_none());
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_messages").await, 1);
    }

    async fn purging_keeps_the_outcome(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("hello").address("sophie@example.org"), "sophie").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        outbox.enqueue(&envelope("waiting"), "waiting").await.unwrap();
        assert_eq!(outbox.purge(Duration::from_hours(1)).await.unwrap(), 0);
        assert_eq!(outbox.purge(Duration::ZERO).await.unwrap(), 1);
        let entry = by_key(&outbox, "sophie").await;
        assert_eq!((entry.state, entry.key.as_deref(), entry.envelope.is_some(), entry.vendor_ids.len()), (State::Accepted, None, false, 1));
        assert!(by_key(&outbox, "waiting").await.envelope.is_some());
        assert!(!outbox.enqueue(&envelope("hello").address("sophie@example.org"), "sophie").await.unwrap().new, "the key stays used");
        assert!(outbox.enqueue(&envelope("another"), "sophie").await.is_err());
        let content = "SELECT COUNT(*) FROM reachout_outbox_messages WHERE content LIKE '%sophie%' OR key = 'sophie'";
        assert_eq!(database.number(content).await, 0);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let database = Database::sqlite();
    let outbox = database.open().await;
    outbox.enqueue(&envelope("hello"), "key").await.unwrap();
    let Database::Sqlite(directory) = &database else { unreachable!() };
    let mut names = Vec::new();
    for file in std::fs::read_dir(directory.path()).unwrap().map(Result::unwrap) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    assert!(names.contains(&"outbox.db-wal".to_owned()), "{names:?}");
}

#[tokio::test]
async fn addresses_that_are_none() {
    for address in ["outbox.db", "mysql://localhost/x", ""] {
        let error = reachout_outbox::Outbox::open(address).await.unwrap_err().to_string();
        assert!(error.contains("`sqlite:FILE` or `postgres://"), "{error}");
    }
    let error = reachout_outbox::Outbox::open("sqlite:/nowhere/at/all.db").await.unwrap_err().to_string();
    assert_eq!(error, "cannot open /nowhere/at/all.db: No such file or directory (os error 2)");
}
