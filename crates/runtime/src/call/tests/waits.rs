//! Calls that may wait for the rate limit beyond their deadline.

use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::fake::{self, Fake, GET, OK, POST, Reply};
use crate::error::{Delivery, ErrorKind};
use crate::{Acquired, Budget, BudgetError, BudgetStore, CallOptions, Core, Error, Pacing, RateLimitStatus, RateLimitWait, Slot};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// One request an hour.
fn hourly(fake: &Arc<Fake>) -> Core {
    fake::build(fake, |builder| builder.pacing(Pacing::new(1, HOUR)))
}

async fn post(client: &Core) -> Result<(), Error> {
    client.operation(POST).json(&json!({})).send::<Value>().await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_its_slot_as_long_as_it_may() {
    let fake = Fake::script([OK]);
    let client = hourly(&fake);
    post(&client).await.unwrap();
    let before = Instant::now();
    // Less than needed is known at once, more is waited for.
    let short = client.with(CallOptions::new().wait_for_rate_limit(3539 * SECOND));
    let error = post(&short).await.unwrap_err();
    assert_eq!((before.elapsed(), error.delivery(), error.retry_after()), (Duration::ZERO, Delivery::NotSent, Some(HOUR)));
    assert_eq!(
        error.to_string(),
        "Acme post: the rate limit would delay the request for longer than the 3539s that it may wait (retry after 3600s). \
         The request was not sent."
    );
    for wait in [RateLimitWait::at_most(HOUR), RateLimitWait::unbounded()] {
        post(&client.with(CallOptions::new().wait_for_rate_limit(wait))).await.unwrap();
    }
    assert_eq!(fake.gaps(), [3600.0, 3600.0]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_counts_from_the_slot() {
    // Ten seconds are left of the deadline after each wait; the second attempt's response takes eleven.
    for (latency, in_time) in [(9, true), (11, false)] {
        let fake = Fake::script([OK, Reply::Slow(latency * SECOND, 200)]);
        let client = hourly(&fake);
        post(&client).await.unwrap();
        let patient = client.with(CallOptions::new().deadline(10 * SECOND).wait_for_rate_limit(RateLimitWait::unbounded()));
        let result = post(&patient).await;
        assert_eq!(result.is_ok(), in_time, "{result:?}");
        if let Err(error) = result {
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::Unknown));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_asks_for_after_a_429_is_waited_for_too() {
    let fake = Fake::script([Reply::Response(429, "retry-after: 600", ""), OK]);
    let client = fake::core(&fake);
    let impatient = post(&client).await.unwrap_err();
    assert_eq!((impatient.kind(), fake.seen().len()), (ErrorKind::RateLimited, 1));
    let fake = Fake::script([Reply::Response(429, "retry-after: 600", ""), Reply::Slow(25 * SECOND, 200)]);
    let client = fake::core(&fake).with(CallOptions::new().wait_for_rate_limit(RateLimitWait::unbounded()));
    client.operation(GET).send::<Value>().await.unwrap();
    assert_eq!(fake.gaps(), [600.0]);
    // All waits of a call count together.
    let fake = Fake::script([Reply::Response(429, "retry-after: 600", "")]);
    let client = fake::core(&fake).with(CallOptions::new().wait_for_rate_limit(1000 * SECOND));
    let error = client.operation(GET).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), fake.gaps()), (ErrorKind::RateLimited, vec![600.0]));
}

/// A store that nobody can reach.
#[derive(Debug)]
struct Unreachable;

impl BudgetStore for Unreachable {
    fn acquire<'a>(&'a self, _: &'a Budget) -> BoxFuture<'a, Result<Acquired, BudgetError>> {
        Box::pin(async { Err("no route to the store".into()) })
    }

    fn release<'a>(&'a self, _: &'a Budget, _: Slot, _: bool) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async { Ok(()) })
    }

    fn observe<'a>(&'a self, _: &'a Budget, _: RateLimitStatus) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async { Ok(()) })
    }

    fn pause<'a>(&'a self, _: &'a Budget, _: Duration) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(start_paused = true)]
async fn without_its_budget_store_a_call_is_not_sent() {
    let fake = Fake::script([OK]);
    let client = fake::build(&fake, |builder| builder.budget_store(Arc::new(Unreachable), "acme"));
    let error = post(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.is_retryable()), (ErrorKind::RateLimited, Delivery::NotSent, true));
    assert_eq!(error.to_string(), "Acme post: the store of the rate-limit budget failed. The request was not sent.");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no route to the store");
    assert_eq!(fake.seen().len(), 0);
}
