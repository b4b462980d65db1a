use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_core::future::BoxFuture;
use reqwest::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::fake::{self, AGENCY, Fake, GET, LOCATION, OK, POST, PUBLIC, Reply};
use crate::client::CredentialProvider;
use crate::error::{Delivery, Error, ErrorKind};
use crate::request::multipart::{Form, Part};
use crate::{Bytes, CallOptions, Core, Token};

/// Hands out `token-0`, `token-1`, … and moves on when one is rejected.
#[derive(Debug, Default)]
struct Tokens {
    current: AtomicUsize,
    rejected: Mutex<Vec<String>>,
    /// No newer one is at hand.
    exhausted: bool,
    broken: Option<Broken>,
}

#[derive(Debug, PartialEq)]
enum Broken {
    Credential,
    Renewal,
}

impl CredentialProvider for Tokens {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        Box::pin(async move {
            if self.broken == Some(Broken::Credential) {
                // A token endpoint that timed out: unknown to it, but our request was not sent.
                return Err(Error::new(ErrorKind::Credential, Delivery::Unknown, "the token cannot be refreshed"));
            }
            Ok(format!("token-{}-MARKED", self.current.load(Ordering::SeqCst)).into())
        })
    }

    fn rejected<'a>(&'a self, credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            self.rejected.lock().unwrap().push(credential.expose_secret().to_owned());
            if self.broken == Some(Broken::Renewal) {
                return Err(Error::credential("the refresh token is used up"));
            }
            self.current.fetch_add(1, Ordering::SeqCst);
            Ok(!self.exhausted)
        })
    }
}

/// A provider that knows whose token it hands out.
#[derive(Debug)]
struct Of(Token);

impl CredentialProvider for Of {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        Box::pin(async { Ok("token".into()) })
    }

    fn rejected<'a>(&'a self, _: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async { Ok(false) })
    }

    fn token(&self) -> Option<Token> {
        Some(self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_of_the_wrong_kind_is_not_sent() {
    let fake = Fake::script([OK]);
    let unknown = fake::core(&fake);
    let agency = fake::build(&fake, |builder| builder.credential("key").token(Token::Agency));
    let of_location = agency.with_credential_and_budget("token", "location").unwrap();
    let provided = |token| unknown.with_provider_and_budget(Arc::new(Of(token)), "location");
    for (name, client, agencys, locations, publics) in [
        ("unknown", &unknown, true, true, true),
        ("an agency's", &agency, true, false, true),
        ("a location's, from an agency's client", &of_location, false, true, true),
        ("another key, from an agency's client", &agency.with_credential("other").unwrap(), true, true, true),
        ("a provider's of a location", &provided(Token::Location), false, true, true),
        ("a provider's of an agency", &provided(Token::Agency), true, false, true),
        ("a provider's of either", &provided(Token::Any), true, true, true),
    ] {
        for (route, is_sent) in [(AGENCY, agencys), (LOCATION, locations), (PUBLIC, publics), (GET, true)] {
            let before = fake.seen().len();
            let result = client.operation(route).send_empty().await;
            assert_eq!(fake.seen().len() > before, is_sent, "{name}: {}", route.operation_id);
            if let Err(error) = result {
                assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credential, Delivery::NotSent), "{error}");
                assert!(error.to_string().contains("the operation takes the token of "), "{error}");
            }
        }
    }
}

const UNAUTHORIZED: Reply = Reply::Response(401, "", r#"{"message":"Invalid JWT token-0-MARKED"}"#);

fn client(fake: &Arc<Fake>, tokens: &Arc<Tokens>) -> Core {
    let provider = Arc::clone(tokens) as Arc<dyn CredentialProvider>;
    fake::build(fake, |builder| builder.credential_provider(provider))
}

fn sent_tokens(fake: &Fake) -> Vec<String> {
    fake.seen().iter().map(|seen| seen.headers[AUTHORIZATION].to_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_401_leads_to_one_more_attempt_with_a_newer_credential() {
    let fake = Fake::script([UNAUTHORIZED, OK]);
    let tokens = Arc::default();
    let client = client(&fake, &tokens).with(CallOptions::new().no_retry());
    client.operation(POST).json(&json!({})).send::<Value>().await.unwrap();
    assert_eq!(sent_tokens(&fake), ["Bearer token-0-MARKED", "Bearer token-1-MARKED"]);
    assert_eq!(*tokens.rejected.lock().unwrap(), ["token-0-MARKED"]);
    assert_eq!(fake.gaps(), [0.0], "without a pause");

    let fake = Fake::script([UNAUTHORIZED]);
    let tokens = Arc::default();
    let error = self::client(&fake, &tokens).operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!((fake.seen().len(), tokens.rejected.lock().unwrap().len()), (2, 1));
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Unauthorized, Delivery::Rejected, 2));
    // Every credential of the call is kept out, the rejected one too.
    assert_eq!(error.message(), Some("Invalid JWT [redacted]"));
    assert!(!format!("{error} {error:#?}").contains("MARKED"));
}

#[tokio::test(start_paused = true)]
async fn without_a_newer_credential_a_401_is_final() {
    let fake = Fake::script([UNAUTHORIZED]);
    let tokens = Arc::new(Tokens { exhausted: true, ..Tokens::default() });
    let error = client(&fake, &tokens).operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), fake.seen().len()), (ErrorKind::Unauthorized, 1));
    // A fixed key has no newer one either.
    let fake = Fake::script([UNAUTHORIZED]);
    fake::core(&fake).operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_used_up_body_is_not_sent_with_a_newer_credential() {
    let fake = Fake::script([UNAUTHORIZED, OK]);
    let stream = futures_util::stream::iter([Ok(Bytes::from_static(b"abc"))]);
    let form = Form::new().part("file", Part::stream(stream, 3));
    let error = client(&fake, &Arc::default()).operation(POST).multipart(form).send_empty().await.unwrap_err();
    assert_eq!((error.kind(), fake.seen().len()), (ErrorKind::Unauthorized, 1));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_fails() {
    let fake = Fake::script([UNAUTHORIZED]);
    let tokens = Arc::new(Tokens { broken: Some(Broken::Credential), ..Tokens::default() });
    let error = client(&fake, &tokens).operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), fake.seen().len()), (ErrorKind::Credential, Delivery::NotSent, 0));
    assert_eq!(error.to_string(), "Acme post: the token cannot be refreshed. The request was not sent.");

    let tokens = Arc::new(Tokens { broken: Some(Broken::Renewal), ..Tokens::default() });
    let error = client(&fake, &tokens).operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Credential, Delivery::Rejected, 1));
}

#[tokio::test(start_paused = true)]
async fn an_unauthenticated_operation_asks_for_no_credential() {
    let fake = Fake::script([OK]);
    let tokens = Arc::new(Tokens { broken: Some(Broken::Credential), ..Tokens::default() });
    client(&fake, &tokens).operation(PUBLIC).send::<Value>().await.unwrap();
    assert!(!fake.seen()[0].headers.contains_key(AUTHORIZATION));
}

#[tokio::test(start_paused = true)]
async fn a_retry_asks_for_the_credential_again() {
    let fake = Fake::script([Reply::Response(503, "", ""), UNAUTHORIZED, Reply::Response(503, "", ""), OK]);
    client(&fake, &Arc::default()).operation(GET).send::<Value>().await.unwrap();
    assert_eq!(sent_tokens(&fake), ["Bearer token-0-MARKED", "Bearer token-0-MARKED", "Bearer token-1-MARKED", "Bearer token-1-MARKED"]);
}
