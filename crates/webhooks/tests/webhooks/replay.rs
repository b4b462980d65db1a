//! The replay guard: first once, bounded, forgetting in order.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use reachout_webhooks::{MemoryReplayGuard, ReplayGuard as _};

use crate::at;

fn guard(capacity: usize) -> MemoryReplayGuard {
    MemoryReplayGuard::new(NonZeroUsize::new(capacity).unwrap())
}

/// The guard in memory never waits, so its futures are ready at once.
fn first(guard: &MemoryReplayGuard, id: &str, seconds: i64) -> bool {
    let Ok(first) = guard.first_seen(id, at(seconds)).now_or_never().unwrap();
    first
}

fn forget(guard: &MemoryReplayGuard, id: &str) {
    let Ok(()) = guard.forget(id).now_or_never().unwrap();
}

#[test]
fn first_once() {
    let guard = guard(10);
    assert!(first(&guard, "a", 0));
    assert!(!first(&guard, "a", 1));
    assert!(first(&guard, "b", 1));
    assert!(!first(&guard, "a", 86_400), "within the window of a day");
    assert!(first(&guard, "a", 86_401));
}

#[test]
fn the_window_is_adjustable() {
    let guard = guard(10).window(Duration::from_secs(60));
    assert!(first(&guard, "a", 0));
    assert!(!first(&guard, "a", 60));
    assert!(first(&guard, "a", 61));
}

#[test]
fn the_oldest_makes_room() {
    let guard = guard(2);
    for id in ["a", "b", "c"] {
        assert!(first(&guard, id, 0));
    }
    assert!(!first(&guard, "b", 0));
    assert!(!first(&guard, "c", 0));
    assert!(first(&guard, "a", 0), "pushed out by c");
}

#[test]
fn stays_within_its_capacity() {
    let guard = guard(100);
    for id in 0..10_000 {
        assert!(first(&guard, &format!("{id}{}", "x".repeat(1000)), id));
    }
    assert!(format!("{guard:?}").contains("ids: 100"), "{guard:?}");
}

#[test]
fn a_failed_delivery_is_forgotten() {
    let guard = guard(2);
    assert!(first(&guard, "a", 0));
    forget(&guard, "a");
    forget(&guard, "never seen");
    assert!(first(&guard, "a", 1));
    assert!(first(&guard, "b", 1));
    assert!(!first(&guard, "a", 2), "forgetting left nothing behind that pushes it out early");
}

#[test]
fn one_winner_among_many_threads() {
    let guard = Arc::new(guard(1000));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let guard = Arc::clone(&guard);
            std::thread::spawn(move || (0..500).filter(|id| first(&guard, &id.to_string(), 0)).count())
        })
        .collect();
    let firsts: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(firsts, 500);
}
