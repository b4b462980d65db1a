//! What belongs to the vendor's host alone: the credential, whoever provides it, and the budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_core::future::BoxFuture;
use reqwest::header::AUTHORIZATION;
use secrecy::SecretString;
use serde_json::Value;

use super::fake::{self, Fake, GET, KEY, OK, POST, Reply};
use crate::client::CredentialProvider;
use crate::error::{Delivery, Error, ErrorKind};
use crate::{CallOptions, ClientBuilder, Core, Observer, Outgoing, Pacing};

const ELSEWHERE: Reply = Reply::Response(302, "location: https://files.acme.invalid/x", "");
const HERE: Reply = Reply::Response(302, "location: /v1/other", "");

/// Counts how often it is asked.
#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl CredentialProvider for Counting {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(KEY.into()) })
    }

    fn rejected<'a>(&'a self, _credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async { Ok(false) })
    }
}

async fn get(client: &Core) -> Result<(), Error> {
    client.operation(GET).send::<Value>().await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_for_a_credential_that_is_not_sent() {
    for (redirect, asked) in [(HERE, 2), (ELSEWHERE, 1)] {
        let fake = Fake::script([redirect.clone(), OK]);
        let provider = Arc::new(Counting::default());
        let asking = Arc::clone(&provider) as Arc<dyn CredentialProvider>;
        get(&fake::build(&fake, |builder| builder.credential_provider(asking))).await.unwrap();
        assert_eq!(provider.0.load(Ordering::SeqCst), asked, "{redirect:?}");
        assert_eq!(fake.seen()[1].headers.contains_key(AUTHORIZATION), asked == 2, "{redirect:?}");
    }
}

/// A vendor that signs its own addresses with the key has it already.
#[tokio::test(start_paused = true)]
async fn the_vendor_may_put_the_credential_into_an_address_of_its_own() {
    let fake = Fake::script([Reply::Response(302, "location: /v1/file?key=leo_MARKEDsecret", ""), OK]);
    get(&fake::core(&fake)).await.unwrap();
    assert_eq!(fake.seen()[1].url, "https://api.acme.invalid/v1/file?key=leo_MARKEDsecret");
}

#[tokio::test(start_paused = true)]
async fn another_host_takes_nothing_from_the_budget() {
    let hourly = |fake: &Arc<Fake>| fake::build(fake, |builder| builder.pacing(Pacing::new(2, Duration::from_secs(3600))));
    // Two slots: the redirect within the host takes the second, the one to another host does not.
    for (redirect, paused) in [(ELSEWHERE, false), (HERE, true)] {
        let fake = Fake::script([redirect.clone(), OK]);
        let client = hourly(&fake);
        get(&client).await.unwrap();
        assert_eq!(get(&client).await.is_err(), paused, "{redirect:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_of_another_host_pauses_no_other_call() {
    let limited = Reply::Response(429, "retry-after: 50", "");
    for (redirect, waited) in [(ELSEWHERE, 0), (HERE, 50)] {
        let fake = Fake::script([redirect.clone(), limited.clone(), OK]);
        let client = fake::core(&fake);
        let other = client.operation(POST).json(&1);
        let (first, second) = tokio::join!(get(&client), async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let before = tokio::time::Instant::now();
            other.send::<Value>().await.map(|_| before.elapsed().as_secs_f64().round())
        });
        first.unwrap();
        assert!((second.unwrap() - f64::from(waited)).abs() < 1.0, "{redirect:?}");
    }
}

/// A provider that has one credential, once; then it fails, or never responds.
#[derive(Debug)]
struct Once {
    asked: AtomicUsize,
    responds: bool,
}

impl Once {
    fn new(responds: bool) -> Self {
        Self { asked: AtomicUsize::new(0), responds }
    }
}

impl CredentialProvider for Once {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        let first = self.asked.fetch_add(1, Ordering::SeqCst) == 0;
        Box::pin(async move {
            match (first, self.responds) {
                (true, _) => Ok(KEY.into()),
                (false, true) => Err(Error::credential("the store is gone")),
                (false, false) => std::future::pending().await,
            }
        })
    }

    fn rejected<'a>(&'a self, _credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async { Ok(false) })
    }
}

/// Lets the first request pass.
#[derive(Debug)]
struct First;

impl Observer for First {
    fn sending(&self, request: &Outgoing<'_>) -> bool {
        request.attempt == 1
    }
}

/// Whatever keeps a redirect from being followed: the request before it has arrived, and was responded to.
#[tokio::test(start_paused = true)]
async fn what_was_redirected_was_delivered() {
    type Configure = fn(ClientBuilder<Core>) -> ClientBuilder<Core>;
    let rows: [(&str, Vec<Reply>, Configure, ErrorKind); 6] = [
        ("a dead port", vec![ELSEWHERE, Reply::NoConnection], |builder| builder, ErrorKind::Connect),
        ("a dead port of the same host", vec![HERE, Reply::NoConnection], |builder| builder, ErrorKind::Connect),
        ("an address that cannot be used", vec![Reply::Response(302, "location: http://", "")], |builder| builder, ErrorKind::Redirect),
        ("pacing", vec![HERE, OK], |builder| builder.pacing(Pacing::new(1, Duration::from_secs(3600))), ErrorKind::RateLimited),
        ("credential", vec![HERE, OK], |builder| builder.credential_provider(Arc::new(Once::new(true))), ErrorKind::Credential),
        ("deadline", vec![HERE, OK], |builder| builder.credential_provider(Arc::new(Once::new(false))), ErrorKind::Timeout),
    ];
    for (what, replies, configure, kind) in rows {
        let error = get(&fake::build(&Fake::script(replies), configure)).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::Rejected), "{what}: {error}");
        assert!(!error.to_string().contains("was not sent"), "{what}: {error}");
    }
    // Held back by whoever watches.
    let fake = Fake::script([HERE, OK]);
    let error = get(&fake::core(&fake).with(CallOptions::new().observer(Arc::new(First)))).await.unwrap_err();
    assert_eq!((error.delivery(), fake.seen().len()), (Delivery::Rejected, 1), "{error}");
}
