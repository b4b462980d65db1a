//! The file of SQLite: complete when it is closed, without what was purged, and the same for everybody.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reachout_outbox::{Clock, Daily, Error, Event, Outbox, Rules, Runner, State};
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox};
use tempfile::TempDir;

use crate::database::{Database, in_time};
use crate::vendor::{AtSandbox, account, envelope, performed, runner, sandbox};

fn folder(database: &Database) -> &Path {
    let Database::Sqlite(directory) = database else { unreachable!("they are of SQLite") };
    directory.path()
}

/// The file alone, without its log, in another folder.
async fn copied(database: &Database) -> (TempDir, Outbox) {
    let copy = TempDir::new().unwrap();
    std::fs::copy(folder(database).join("outbox.db"), copy.path().join("copy.db")).unwrap();
    let outbox = Outbox::open(format!("sqlite:{}", copy.path().join("copy.db").display())).await.unwrap();
    (copy, outbox)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_the_file_alone_has_everything() {
    let (database, sandbox) = (Database::sqlite(), sandbox().await);
    let outbox = database.open().await;
    outbox.enqueue_all((0..20).map(|n| (n.to_string(), envelope(&format!("m{n}"))))).await.unwrap();
    runner(&outbox, &sandbox).run().await.unwrap();
    let (_directory, after_the_run) = copied(&database).await;
    assert_eq!(after_the_run.status().await.unwrap().count(State::Accepted), 20);
    outbox.enqueue(&envelope("another"), "another").await.unwrap();
    outbox.close().await;
    assert!(!folder(&database).join("outbox.db-wal").exists(), "its log is in it");
    let (_directory, closed) = copied(&database).await;
    assert_eq!(closed.status().await.unwrap().count(State::Queued), 1);
    assert!(!closed.enqueue(&envelope("m1"), "1").await.unwrap().new);
}

const SENDER: &str = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

#[tokio::test]
async fn a_purge_leaves_nothing_in_any_file() {
    let (database, sandbox) = (Database::sqlite(), sandbox().await);
    let outbox = database.open().await;
    outbox.set_rules(&account(), &Rules::new().daily_cap(Daily::new(100, "UTC").unwrap())).await.unwrap();
    let messages = (0..60).map(|n| {
        let mut envelope = envelope(&format!("MARKED-text {n} {}", "x".repeat(n * 97)));
        envelope.message = envelope.message.from(SENDER);
        (format!("MARKED-key-{n}"), envelope.address(format!("MARKED-{n}@example.org")).sequence(format!("MARKED-sequence-{n}")))
    });
    outbox.enqueue_all(messages).await.unwrap();
    runner(&outbox, &sandbox).run().await.unwrap();
    let before = outbox.status().await.unwrap();
    let marks = || {
        let files = std::fs::read_dir(folder(&database)).unwrap().map(|file| file.unwrap().path());
        let has = |content: &[u8], mark: &[u8]| content.windows(mark.len()).any(|bytes| bytes.eq_ignore_ascii_case(mark));
        let marked = |file: &PathBuf| std::fs::read(file).is_ok_and(|file| has(&file, b"MARKED") || has(&file, SENDER.as_bytes()));
        files.filter(marked).collect::<Vec<_>>()
    };
    assert!(!marks().is_empty());
    assert_eq!(outbox.purge(Duration::ZERO).await.unwrap(), 60);
    assert_eq!(marks(), Vec::<PathBuf>::new());
    assert_eq!(outbox.status().await.unwrap().counts, before.counts);
    // What a sender has used of today is still known.
    assert_eq!(database.number("SELECT SUM(used) FROM reachout_outbox_daily").await, 60);
    assert_eq!(outbox.purge(Duration::ZERO).await.unwrap(), 0);
}

/// What is done to the file under a worker.
#[cfg(unix)]
type Harm = fn(&Path);

#[cfg(unix)]
fn replace(file: &Path) {
    let other = file.with_extension("other");
    std::fs::copy(file, &other).unwrap();
    std::fs::rename(other, file).unwrap();
}

#[cfg(unix)]
fn cut(file: &Path, length: u64) {
    std::fs::OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
}

async fn many(database: &Database, sandbox: &Sandbox) -> Outbox {
    let fault = Fault::new(FaultKind::Latency).after_milliseconds(20);
    sandbox.add_fault(FaultRule::new(fault).operation("send_message").times(10_000)).unwrap();
    let outbox = database.open().await;
    outbox.set_rules(&account(), &Rules::new().limit(5000, Duration::from_secs(1))).await.unwrap();
    outbox.enqueue_all((0..1500).map(|n| (n.to_string(), envelope(&format!("{n} {}", "x".repeat(500)))))).await.unwrap();
    // All of it is in the file, so that there is something to cut.
    outbox.close().await;
    database.open().await
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_stops_whose_file_nobody_else_sees() {
    let harms: [(&str, Harm); 6] = [
        ("deleted", |file| std::fs::remove_file(file).unwrap()),
        ("deleted", |file| std::fs::rename(file, file.with_extension("moved")).unwrap()),
        ("replaced", replace),
        ("truncated", |file| cut(file, 0)),
        ("truncated", |file| cut(file, 8192)),
        ("write-ahead log", |file| std::fs::remove_file(file.with_extension("db-wal")).unwrap()),
    ];
    for (how, harm) in harms {
        let (database, sandbox) = (Database::sqlite(), sandbox().await);
        let outbox = many(&database, &sandbox).await;
        let run = tokio::spawn(Runner::new(&outbox, AtSandbox::of(&sandbox)).workers(4).run());
        let begun = Instant::now();
        while performed(&sandbox).len() < 10 {
            assert!(begun.elapsed() < Duration::from_secs(30), "nothing is sent");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        harm(&folder(&database).join("outbox.db"));
        let sent = performed(&sandbox).len();
        let error = in_time(run).await.unwrap().unwrap_err();
        assert!(matches!(error, Error::FileChanged { .. }) && error.to_string().contains(how), "{how}: {error}");
        let more = performed(&sandbox).len() - sent;
        assert!(more <= 12, "{how}: {more} were sent afterwards");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_queued_or_suppressed_in_a_file_that_is_gone() {
    let (database, sandbox) = (Database::sqlite(), sandbox().await);
    let outbox = database.open().await;
    let idle = tokio::spawn(Runner::new(&outbox, AtSandbox::of(&sandbox)).run());
    tokio::time::sleep(Duration::from_millis(200)).await;
    std::fs::remove_file(folder(&database).join("outbox.db")).unwrap();
    assert!(matches!(outbox.enqueue(&envelope("hello"), "1").await, Err(Error::FileChanged { .. })));
    assert!(matches!(outbox.suppress("ada@example.org", None, "asked").await, Err(Error::FileChanged { .. })));
    assert!(matches!(in_time(idle).await.unwrap(), Err(Error::FileChanged { .. })), "also where nothing is to be sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vacuum_by_another_process_stops_nobody() {
    let (database, sandbox) = (Database::sqlite(), sandbox().await);
    let outbox = many(&database, &sandbox).await;
    outbox.cancel(&reachout_outbox::Filter::all()).await.unwrap();
    let other = database.open().await;
    other.enqueue(&envelope("hello"), "hello").await.unwrap();
    other.purge(Duration::ZERO).await.unwrap();
    outbox.enqueue(&envelope("after"), "after").await.unwrap();
    let summary = runner(&outbox, &sandbox).run().await.unwrap();
    assert_eq!(summary.count(State::Accepted), 2);
}

/// A database that fails, such as on a full disk, is reported and waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_says_that_its_database_fails_and_goes_on_afterwards() {
    let (database, sandbox) = (Database::sqlite(), sandbox().await);
    let outbox = database.open().await;
    outbox.enqueue(&envelope("hello"), "hello").await.unwrap();
    database.change("ALTER TABLE reachout_outbox_attempts RENAME TO elsewhere").await;
    let (told, mut tells) = tokio::sync::mpsc::unbounded_channel();
    let tell = move |event: &Event| drop(told.send(event.clone()));
    let run = tokio::spawn(runner(&outbox, &sandbox).on_event(tell).run());
    let reason = in_time(async {
        loop {
            if let Event::DatabaseFailed { reason } = tells.recv().await.unwrap() {
                break reason;
            }
        }
    });
    assert!(reason.await.contains("no such table"));
    assert_eq!(performed(&sandbox).len(), 0);
    database.change("ALTER TABLE elsewhere RENAME TO reachout_outbox_attempts").await;
    in_time(async { while tells.recv().await.unwrap() != Event::DatabaseBack {} }).await;
    assert_eq!(in_time(run).await.unwrap().unwrap().count(State::Accepted), 1);
}

#[test]
fn a_clock_keeps_its_kind_in_another_zone() {
    let clock = Clock::recipient("Europe/Paris").unwrap();
    let moved = clock.in_zone(reachout_outbox::Zone::new("asia/tokyo").unwrap());
    assert!(matches!(moved, Clock::Recipient(zone) if zone.name() == "Asia/Tokyo"));
}
