//! Clients of many tenants: what they share, and what they do not.

use std::time::{Duration, Instant};

use reachout_runtime::{Core, ErrorKind, Method, Pacing};
use tokio::runtime::{Builder, Runtime};

use crate::server::{Act, Server, response};
use crate::vendor;

/// A response after which the connection stays open.
fn kept() -> Act {
    Act::Keep(String::from_utf8(response("200 OK", "", "{}")).unwrap().replace("connection: close\r\n", "").into_bytes())
}

async fn call(client: &Core) {
    client.request(Method::GET, "/x").send_empty().await.unwrap();
}

fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A connection is driven by a task of the runtime that opened it. A pool that does not know of runtimes hands the connections of one that
/// stands still to another, where nothing moves on them.
#[test]
fn a_client_goes_from_runtime_to_runtime() {
    let backend = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = backend.block_on(Server::start([kept()]));
    let outside = vendor::builder(&server.url).build().unwrap().core;
    let still = single();
    still.block_on(call(&outside));
    for _ in 0..3 {
        let other = single();
        other.block_on(call(&outside));
        let inside = other.block_on(async { vendor::builder(&server.url).build().unwrap().core });
        other.block_on(call(&inside));
        drop(other);
        still.block_on(call(&inside));
    }
    assert_eq!(server.count(), 10);
}

/// Each of several runtimes keeps its connection, whoever makes the next call, with one client or with one for each call.
#[test]
fn runtimes_do_not_throw_away_each_other_s_connections() {
    const RUNTIMES: usize = 5;
    let backend = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for short_lived in [false, true] {
        let server = backend.block_on(Server::start([kept()]));
        // A timeout of this test's own, so that others do not take part.
        let build = || vendor::builder(&server.url).connect_timeout(Duration::from_millis(9_001)).build().unwrap().core;
        let client = build();
        let runtimes: Vec<Runtime> = (0..RUNTIMES).map(|_| single()).collect();
        for _ in 0..10 {
            for runtime in &runtimes {
                runtime.block_on(async {
                    if short_lived {
                        call(&build()).await;
                    } else {
                        call(&client).await;
                    }
                    // For the connection to come back to its pool.
                    tokio::time::sleep(Duration::from_millis(5)).await;
                });
            }
        }
        assert_eq!((server.count(), server.connections()), (10 * RUNTIMES, RUNTIMES), "a client for each call: {short_lived}");
    }
}

#[tokio::test]
async fn tenants_have_their_own_credential_and_budget() {
    let server = Server::start([kept()]).await;
    let builder = vendor::builder(&server.url).pacing(Pacing::new(1, Duration::from_secs(600))).deadline(Duration::from_secs(5));
    let first = builder.build().unwrap().core;
    call(&first).await;
    let second = first.with_credential("MARKED-second").unwrap();
    call(&second).await;
    let keys: Vec<_> = server.received().iter().map(|request| request.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(keys, [format!("Bearer {}", vendor::KEY), "Bearer MARKED-second".to_owned()]);
    for spent in [&first, &second, &first.with_credential("MARKED-second").unwrap(), &second.with_credential(vendor::KEY).unwrap()] {
        let error = spent.request(Method::GET, "/x").send_empty().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0), "the budget of that credential is spent");
    }
    let error = first.with_credential("MARKED\n").unwrap_err();
    assert_eq!((error.kind(), error.vendor()), (ErrorKind::Configuration, Some("Acme")));
    assert!(!format!("{error:#?} {second:#?}").contains("MARKED"));
}

/// Where the vendor counts by location, a renewed token has the budget of the one before.
#[tokio::test]
async fn a_named_budget_outlives_a_credential() {
    let server = Server::start([kept()]).await;
    let builder = vendor::builder(&server.url).pacing(Pacing::new(1, Duration::from_secs(600))).deadline(Duration::from_secs(5));
    let app = builder.build().unwrap().core;
    let old = app.with_credential_and_budget("old", "location 1").unwrap();
    call(&old).await;
    let error = app.with_credential_and_budget("new", "location 1").unwrap().request(Method::GET, "/x").send_empty().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    call(&app.with_credential_and_budget("new", "location 2").unwrap()).await;
}

/// Bytes of this process that are in memory.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_tenants_are_small_and_quick() {
    const TENANTS: usize = 10_000;
    let agency = vendor::builder("http://127.0.0.1:9").build().unwrap().core;
    let (before, started) = (resident(), Instant::now());
    let tenants: Vec<Core> = (0..TENANTS).map(|tenant| agency.with_credential(format!("pit-{tenant:032}")).unwrap()).collect();
    let (grown, took) = (resident().saturating_sub(before), started.elapsed());
    assert_eq!(tenants.len(), TENANTS);
    assert!(grown <= TENANTS * 2048, "{} bytes each", grown / TENANTS);
    // 20 microseconds each in a release build, which a debug build on a busy machine is far from.
    assert!(took <= Duration::from_micros(200) * 10_000, "{took:?}");
    println!("{} bytes and {:?} each", grown / TENANTS, took / 10_000);

    let (before, started) = (resident(), Instant::now());
    let built: Vec<Core> = (0..1000)
        .map(|tenant| vendor::builder("https://api.acme.invalid").credential(format!("pit-{tenant:032}")).build().unwrap().core)
        .collect();
    let (grown, took) = (resident().saturating_sub(before), started.elapsed());
    assert!(grown <= 4_000_000, "1000 clients share one TLS configuration; they take {grown} bytes");
    println!("built one by one: {} bytes and {:?} each", grown / built.len(), took / 1000);
}

/// Each distinct connect timeout takes an HTTP client of its own. What no client uses any more is closed, with its connections.
#[cfg(target_os = "linux")]
#[test]
fn distinct_connect_timeouts_leave_neither_memory_nor_connections() {
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let backend = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = backend.block_on(Server::start([kept()]));
    let build = |timeout| vendor::builder(&server.url).connect_timeout(Duration::from_millis(timeout)).build().unwrap().core;
    single().block_on(async {
        // Pools that keep some unused clients have them by then.
        for timeout in 30_000..30_010 {
            call(&build(timeout)).await;
        }
        let (memory, open) = (resident(), descriptors());
        for timeout in 40_000..40_400 {
            call(&build(timeout)).await;
        }
        let (grown, opened) = (resident().saturating_sub(memory), descriptors().saturating_sub(open));
        println!("400 connect timeouts: {grown} bytes and {opened} descriptors more");
        // Beside the tests that run at the same time; what is not closed takes 125 KB and two descriptors each.
        assert!(grown < 25_000_000 && opened < 200, "{grown} bytes and {opened} descriptors more");
    });
    assert_eq!(server.count(), 410);
}
