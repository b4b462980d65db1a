//! Whoever stops waiting for a refresh loses nothing for the others.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use reachout_oauth::{FileStore, OAuthCredentials, TokenStore as _};
use tokio::time::timeout;

use crate::server::Action;
use crate::{Account, START, access, strings, tokens};

/// Waits for the store to hold the first refresh's tokens.
async fn stored(account: &Account) {
    let arrived = async {
        while account.stored().await != strings("access-1", "refresh-1") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(5), arrived).await.expect("the refresh ends without anybody waiting");
}

#[tokio::test]
async fn a_dropped_call_does_not_stop_the_refresh() {
    let account = Account::living(0).await;
    account.server.next(Action::Hold);
    let call = account.access();
    tokio::select! {
        _ = call => panic!("the response is held"),
        () = account.server.has_received(1) => {} // drops the call
    }
    assert_eq!(account.stored().await, strings("access-0", "refresh-0"));
    account.server.release();
    stored(&account).await;
    assert_eq!(account.access().await.unwrap(), "access-1");
    assert_eq!(account.server.count(), 1);
    assert!(account.store.lock("acme").now_or_never().is_some(), "the account's lock is free");
}

#[tokio::test]
async fn the_others_get_the_tokens() {
    let account = Account::living(0).await;
    account.server.next(Action::Hold);
    let (impatient, patient, ()) = tokio::join!(timeout(Duration::from_millis(200), account.access()), account.access(), async {
        account.server.has_received(1).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        account.server.release();
    });
    assert!(impatient.is_err(), "gave up while the response was held");
    assert_eq!(patient.unwrap(), "access-1");
    assert_eq!(account.server.count(), 1);
}

/// Drops the call after each number of polls there can be: no await point loses the rotated token or keeps the lock.
#[tokio::test]
async fn dropped_at_every_await_point() {
    let mut dropped = 0;
    for polls in 0.. {
        let account = Account::living(0).await;
        let mut call = Box::pin(account.access());
        let mut ended = false;
        for _ in 0..polls {
            if (&mut call).now_or_never().is_some() {
                ended = true;
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(call);
        if polls > 0 {
            stored(&account).await;
        }
        assert_eq!(account.access().await.unwrap(), "access-1", "dropped after {polls} polls");
        assert_eq!(account.server.count(), 1, "dropped after {polls} polls");
        assert!(account.store.lock("acme").now_or_never().is_some(), "dropped after {polls} polls");
        if ended {
            break;
        }
        dropped += 1;
    }
    assert!(dropped >= 2, "a call that is never pending shows nothing");
}

#[test]
fn the_caller_s_runtime_is_not_needed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let account = runtime.block_on(Account::living(0));
    assert_eq!(futures_executor(account.access()).unwrap(), "access-1");
}

/// A runtime that ends takes its tasks along; a refresh is none of them.
#[test]
fn a_runtime_that_ends_is_survived() {
    let outer = tokio::runtime::Runtime::new().unwrap();
    let account = outer.block_on(Account::living(0));
    account.server.next(Action::Hold);
    let inner = tokio::runtime::Runtime::new().unwrap();
    inner.block_on(async {
        tokio::select! {
            _ = account.access() => panic!("the response is held"),
            () = account.server.has_received(1) => {}
        }
    });
    drop(inner);
    account.server.release();
    assert_eq!(outer.block_on(account.access()).unwrap(), "access-1");
    assert_eq!(account.server.count(), 1);
}

fn standing() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Begun on a runtime that then stands still: with the account's lock in hand, before its request, or before what it brings is stored.
#[test]
fn a_refresh_begun_on_a_runtime_that_stands_still() {
    let outer = tokio::runtime::Runtime::new().unwrap();
    for polls in 1..8 {
        let directory = tempfile::TempDir::new().unwrap();
        let account = outer.block_on(Account::living(0));
        let store = Arc::new(FileStore::new(directory.path()));
        outer.block_on(store.save("acme", &tokens("access-0", "refresh-0", START))).unwrap();
        let credentials = OAuthCredentials::new(account.app.clone(), store.clone(), "acme");
        let still = standing();
        let mut call = Box::pin(access(&credentials));
        still.block_on(async {
            for _ in 0..polls {
                let _ = (&mut call).now_or_never();
                tokio::task::yield_now().await;
            }
        });
        // Nothing moves on `still` from here on. Neither this client nor another of the same store waits for it.
        let other = OAuthCredentials::new(account.app.clone(), store, "acme");
        for credentials in [&credentials, &other] {
            let token = outer.block_on(async { timeout(Duration::from_secs(20), access(credentials)).await });
            assert_eq!(token.expect("it waits for a runtime that stands still").unwrap(), "access-1", "after {polls} polls");
        }
        assert_eq!(account.server.count(), 1, "after {polls} polls");
        drop(call);
        drop(still);
    }
}

/// Whatever else changes the tokens: futures that are kept and not polled keep nothing from others.
#[tokio::test]
async fn futures_that_nobody_polls_stop_nobody() {
    let account = Account::living(3600).await;
    let lock = account.store.lock("acme").await.unwrap();
    let mut replacing = Box::pin(account.credentials.replace(tokens("anew", "refresh-anew", START + 3600)));
    let mut flushing = Box::pin(account.credentials.flush());
    let mut locking = account.store.lock("acme");
    for _ in 0..3 {
        assert!((&mut replacing).now_or_never().is_none(), "the account is locked");
        let _ = (&mut flushing).now_or_never();
        assert!((&mut locking).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(lock);
    let free = timeout(Duration::from_secs(20), account.store.lock("acme")).await.expect("a future that nobody polls has the lock");
    drop(free.unwrap());
    let rejected = timeout(Duration::from_secs(20), account.rejected("another")).await.expect("a future that nobody polls has the turn");
    rejected.unwrap();
    assert_eq!(account.access().await.unwrap(), "anew");
    drop((replacing, flushing, locking));
}

/// The simplest executor there is: none of tokio's.
fn futures_executor<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    loop {
        let waker = std::task::Waker::noop();
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut std::task::Context::from_waker(waker)) {
            return output;
        }
        std::thread::yield_now();
    }
}
