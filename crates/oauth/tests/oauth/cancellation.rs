//! Whoever stops waiting for a refresh loses nothing for the others.

use std::time::Duration;

use futures_util::FutureExt as _;
use reachout_oauth::TokenStore as _;
use tokio::time::timeout;

use crate::server::Action;
use crate::{Account, strings};

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
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let account = runtime.block_on(Account::living(0));
    let error = futures_executor(account.access()).unwrap_err();
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

/// A runtime that ends takes its tasks along; the next one must be able to begin anew.
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
    assert_eq!(outer.block_on(account.access()).unwrap(), "access-1");
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
