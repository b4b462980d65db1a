use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::fake::{self, Fake, GET, OK, POST, Reply};
use crate::error::{Advice, Delivery, ErrorKind};
use crate::{RetryPolicy, Throttle};

const OPEN: Duration = Duration::from_secs(30);

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_to_a_vendor_that_is_down() {
    let fake = Fake::new(|n, _| if n < 4 { Reply::Broken } else { OK });
    let throttle = Throttle::new().failures(3).open_for(OPEN);
    let client = fake::build(&fake, |builder| builder.throttle(&throttle).retry(RetryPolicy::none()));
    let other = fake::build(&fake, |builder| builder.throttle(&throttle).retry(RetryPolicy::none()));
    let send = async |client: &crate::Core| client.operation(POST).json(&json!({})).send::<Value>().await;
    for client in [&client, &other, &client] {
        assert_eq!(send(client).await.unwrap_err().delivery(), Delivery::Unknown);
    }
    for client in [&client, &other] {
        let error = send(client).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Unavailable, Delivery::NotSent, 0), "{error}");
        assert_eq!(error.advice(), Advice::RetryLater { after: Some(OPEN) });
    }
    let elsewhere = client.with_credential("other").unwrap();
    assert_eq!(send(&elsewhere).await.unwrap_err().delivery(), Delivery::Unknown, "another credential's failures are its own");
    assert_eq!(fake.seen().len(), 4);
    sleep(OPEN).await;
    send(&other).await.unwrap();
    send(&client).await.unwrap();
}

/// The breaker opens between two attempts of one call: what is known of the attempt that was made counts.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_refused_hides_none_that_was_made() {
    let fake = Fake::script([Reply::Response(503, "", "")]);
    let client = fake::build(&fake, |builder| builder.throttle(&Throttle::new().failures(1).open_for(OPEN)));
    let error = client.operation(GET).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Server, Delivery::Rejected, 1), "{error}");
    // What says that the vendor is there opens nothing.
    let fake = Fake::script([Reply::Response(404, "", "")]);
    let client = fake::build(&fake, |builder| builder.throttle(&Throttle::new().failures(1)));
    for _ in 0..3 {
        assert_eq!(client.operation(GET).send::<Value>().await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[tokio::test(start_paused = true)]
async fn retries_are_made_from_a_budget() {
    let fake = Fake::script([Reply::Response(503, "", "")]);
    let client = fake::build(&fake, |builder| builder.throttle(&Throttle::new().retries(3).failures(100)));
    let attempts = async || client.operation(GET).send::<Value>().await.unwrap_err().attempts();
    // Two retries each, as long as the three last.
    assert_eq!([attempts().await, attempts().await, attempts().await], [3, 2, 1]);
}
