//! Credentials, content and addresses are not shown.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use reachout_outbox::{Event, Outbox, Runner};
use reachout_sandbox::FaultKind;
use tracing_subscriber::fmt::MakeWriter;

use crate::database::Database;
use crate::vendor::{AtSandbox, by_key, envelope, fault, sandbox};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// On one thread, whose log is read.
#[tokio::test]
async fn nothing_is_shown_that_is_in_a_message() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    // While there is one subscriber, what other tests' threads log first is switched off for all: tracing asks that thread's own, which is none.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let (database, sandbox) = (Database::sqlite(), sandbox().await);
    let outbox = database.open().await;
    let marked = |text: &str| envelope(&format!("MARKED-text {text}")).address("MARKED@example.org").sequence("MARKED-sequence");
    fault(&sandbox, FaultKind::Status { status: 422, body: Some("MARKED@example.org is not an address".into()), headers: BTreeMap::new() });
    fault(&sandbox, FaultKind::ResetAfter);
    let mut shown = String::new();
    for n in 0..4 {
        shown += &format!("{:?}", outbox.enqueue(&marked(&n.to_string()), &format!("MARKED-key {n}")).await);
    }
    shown += &format!("{:?}", outbox.enqueue(&marked("other"), "MARKED-key 0").await);
    outbox.suppress("MARKED@example.org", Some(reachout_outbox::Channel::Email), "MARKED-reason").await.unwrap();
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let seen = Arc::clone(&events);
    let runner =
        Runner::new(&outbox, AtSandbox::of(&sandbox)).until_empty().on_event(move |event| seen.lock().unwrap().push(event.clone()));
    shown += &format!("{runner:?} {outbox:?}");
    shown += &format!("{:?}", runner.run().await);
    let entry = by_key(&outbox, "MARKED-key 0").await;
    assert!(entry.reason.as_ref().unwrap().contains("MARKED"), "the vendor's words are kept");
    shown += &format!("{entry:?} {:?} {:?}", entry.envelope, outbox.attempts(entry.id).await);
    shown += &format!("{:?} {:?}", outbox.suppressed(None, 9).await, outbox.status().await);
    shown += &format!("{:?}", events.lock().unwrap());
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("a message was settled"), "{log}");
    let ours: String = log.lines().filter(|line| line.contains("reachout")).collect();
    for text in [&shown, &ours] {
        assert!(!text.contains("MARKED"), "{text}");
        assert!(!text.contains("leo_"), "{text}");
    }
}

#[tokio::test]
async fn a_password_is_not_shown() {
    let address = "postgres://tester:MARKED-password@127.0.0.1:1/none";
    let error = tokio::time::timeout(std::time::Duration::from_mins(1), Outbox::open(address)).await.unwrap().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("MARKED"), "{error:?}");
}
