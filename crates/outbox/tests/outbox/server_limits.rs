//! Servers of Postgres that are set up unlike most, or are not there.

use std::time::{Duration, Instant};

use reachout_outbox::{Outbox, PgPool, State};

use crate::database::{Database, in_time};
use crate::vendor::{envelope, runner, sandbox};

async fn execute(pool: &PgPool, sql: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.unwrap();
}

/// A database of a role with a limit of connections: its address as that role.
async fn limited(database: &Database, role: &str, most: u32) -> String {
    let Database::Postgres(server, name) = database else { unreachable!("they are of Postgres") };
    let pool = database.postgres_pool().await;
    execute(&pool, format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT {most}; ALTER DATABASE {name} OWNER TO {role}")).await;
    pool.close().await;
    server.url(name).replace("tester:", &format!("{role}:"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_with_one_connection_is_enough() {
    let Some(database) = Database::postgres().await else { return };
    let address = limited(&database, "one_connection", 1).await;
    let sandbox = sandbox().await;
    in_time(async {
        let begun = Instant::now();
        let outbox = Outbox::open(address.as_str()).await.unwrap();
        outbox.enqueue_all((0..20).map(|n| (n.to_string(), envelope(&format!("m{n}"))))).await.unwrap();
        assert_eq!(runner(&outbox, &sandbox).run().await.unwrap().count(State::Accepted), 20);
        assert!(begun.elapsed() < Duration::from_secs(25), "nobody waits for a connection that is not allowed");
        let refused = Instant::now();
        let error = Outbox::open(address.as_str()).await.unwrap_err().to_string();
        assert!(error.contains("CONNECTION LIMIT"), "{error}");
        assert!(refused.elapsed() < Duration::from_secs(10));
        outbox.close().await;
        Outbox::open(address.as_str()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_share_what_a_role_may_have() {
    let Some(database) = Database::postgres().await else { return };
    let address = limited(&database, "three_connections", 3).await;
    let sandbox = sandbox().await;
    in_time(async {
        let (one, two) = (Outbox::open(address.as_str()).await.unwrap(), Outbox::open(address.as_str()).await.unwrap());
        one.enqueue_all((0..20).map(|n| (n.to_string(), envelope(&format!("m{n}"))))).await.unwrap();
        let (first, second) = tokio::join!(runner(&one, &sandbox).run(), runner(&two, &sandbox).run());
        assert_eq!(first.unwrap().count(State::Accepted) + second.unwrap().count(State::Accepted), 20);
    })
    .await;
}

/// With `synchronous_commit` off, what was committed in the last moment before a crash is lost; a message that was sent would be sent again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_committed_survives_a_crash_whatever_the_default_is() {
    let Some(database) = Database::postgres_alone().await else { return };
    let Database::Postgres(server, name) = &database else { unreachable!() };
    let pool = database.postgres_pool().await;
    execute(&pool, format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
    for setting in ["wal_writer_delay = '10s'", "wal_writer_flush_after = '1GB'"] {
        execute(&pool, format!("ALTER SYSTEM SET {setting}")).await;
    }
    pool.close().await;
    database.open().await.close().await;
    for own in [true, false] {
        server.restart("fast");
        let outbox = if own { database.open().await } else { Outbox::with_postgres(database.postgres_pool().await).await.unwrap() };
        outbox.enqueue(&envelope("hello"), &format!("{own}")).await.unwrap();
        outbox.suppress(&format!("{own}@example.org"), None, "asked").await.unwrap();
        let (restarting, server) = (Instant::now(), std::sync::Arc::clone(server));
        tokio::task::spawn_blocking(move || server.restart("immediate")).await.unwrap();
        println!("crashed and back after {:?}", restarting.elapsed());
        let outbox = database.open().await;
        assert!(outbox.find_key(&format!("{own}")).await.unwrap().is_some(), "own pool: {own}");
        assert!(outbox.unsuppress(&format!("{own}@example.org")).await.unwrap(), "own pool: {own}");
    }
}

/// Whoever does not wait for the end of a call must not leave a transaction open, in which the next statements are never committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_are_given_up_leave_no_transaction_open() {
    let Some(database) = Database::postgres().await else { return };
    let outbox = database.open().await;
    let envelope = envelope("hello");
    for microseconds in 0..300 {
        let call = outbox.enqueue(&envelope, "hello");
        drop(tokio::time::timeout(Duration::from_micros(microseconds * 7), call).await);
    }
    for n in 0..8 {
        outbox.suppress(&format!("{n}@example.org"), None, "asked").await.unwrap();
    }
    assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_suppressed").await, 8, "all are committed");
    let open = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(database.number(open).await, 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_at_once() {
    let begun = Instant::now();
    let error = Outbox::open("postgres://tester@127.0.0.1:1/none").await.unwrap_err().to_string();
    assert!(error.contains("127.0.0.1:1") && error.to_lowercase().contains("refused"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let Some(database) = Database::postgres().await else { return };
    let Database::Postgres(server, _) = &database else { unreachable!() };
    let error = Outbox::open(server.url("nowhere")).await.unwrap_err().to_string();
    assert!(error.contains("does not have this database"), "{error}");
}
