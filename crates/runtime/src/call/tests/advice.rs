use std::time::Duration;

use serde_json::{Value, json};

use super::fake::{self, Fake, GET, OK, POST, Reply};
use crate::{Advice, CallOptions, Error, Pacing, RetryPolicy};

const LATER: Advice = Advice::RetryLater { after: None };

const fn after(seconds: u64) -> Advice {
    Advice::RetryLater { after: Some(Duration::from_secs(seconds)) }
}

#[tokio::test(start_paused = true)]
async fn each_error_tells_what_to_do() {
    use Advice::{FixRequest, RenewCredential, Stop, Verify};
    let rows = [
        // What the vendor does, and what follows for a POST and for a GET.
        (Reply::NoConnection, LATER, LATER),
        (Reply::Stuck, LATER, LATER),
        (Reply::Broken, Verify, LATER),
        (Reply::Silence, Verify, LATER),
        (Reply::Response(400, "", ""), FixRequest, FixRequest),
        (Reply::Response(401, "", ""), RenewCredential, RenewCredential),
        (Reply::Response(402, "", ""), Stop, Stop),
        (Reply::Response(403, "", ""), Stop, Stop),
        (Reply::Response(404, "", ""), FixRequest, FixRequest),
        (Reply::Response(408, "", ""), Verify, LATER),
        (Reply::Response(429, "retry-after: 70", ""), after(70), after(70)),
        (Reply::Response(500, "", ""), Verify, LATER),
        (Reply::Response(501, "", ""), Verify, Stop),
        (Reply::Response(503, "retry-after: 70", ""), Verify, after(70)),
        (Reply::Response(304, "", ""), Stop, Stop),
        (Reply::Response(200, "", "not JSON"), Stop, Stop),
    ];
    for (reply, written, read) in rows {
        let client = fake::core(&Fake::script([reply.clone()])).with(CallOptions::new().no_retry());
        let post = client.operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
        let get = client.operation(GET).send::<Value>().await.unwrap_err();
        assert_eq!((post.advice(), get.advice()), (written, read), "{reply:?}: {post} / {get}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_has_several_reasons() {
    let client = fake::build(&Fake::script([OK]), |builder| builder.pacing(Pacing::new(1, Duration::from_secs(3600))));
    let post = async || client.operation(POST).json(&json!({})).send::<Value>().await;
    post().await.unwrap();
    assert_eq!(post().await.unwrap_err().advice(), after(3600), "the rate limit");
    let invalid = client.operation(POST).header("a b", &"c").json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!(invalid.advice(), Advice::FixRequest, "{invalid}");
    assert_eq!(Error::configuration("no credential was given").advice(), Advice::FixSettings);
    assert_eq!(Error::credential("the refresh token is used up").advice(), Advice::RenewCredential);
}

/// Where a 429 is not trusted to mean that nothing was done, it is not for a repeat either.
#[tokio::test(start_paused = true)]
async fn a_429_that_may_have_acted_wants_a_look() {
    let client = fake::core(&Fake::script([Reply::Response(429, "retry-after: 1", "")]));
    let client = client.with(CallOptions::new().retry(RetryPolicy::new().retry_post_after_429(false)));
    let error = client.operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!(error.advice(), Advice::Verify);
}
