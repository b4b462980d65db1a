//! Tokens for an agency's sub-accounts.

use futures_util::future::join_all;
use reachout_oauth::{LocationCredentials, TokenStore as _};
use reachout_runtime::{CredentialProvider as _, Error};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::server::Action;
use crate::{Account, START, tokens};

async fn access(credentials: &LocationCredentials) -> Result<String, Error> {
    credentials.credential().await.map(|token| token.expose_secret().to_owned())
}

#[tokio::test]
async fn is_made_from_the_agencys_token() {
    let account = Account::living(86_399).await;
    let location = account.credentials.agency().unwrap().location("loc-1");
    assert_eq!(location.location_id(), "loc-1");
    assert_eq!(access(&location).await.unwrap(), "location-loc-1-1");
    assert_eq!(access(&location).await.unwrap(), "location-loc-1-1");

    assert_eq!(account.server.count(), 1);
    let request = &account.server.received()[0];
    assert_eq!(request.path, "/oauth/locationToken");
    assert_eq!(request.headers["version"], "2021-07-28");
    assert_eq!(request.headers["authorization"], "Bearer access-0");
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
    let expect = [("companyId", "company-1"), ("locationId", "loc-1")];
    assert_eq!(request.form, expect.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());

    let tokens = location.tokens().await.unwrap();
    assert_eq!(tokens.location_id.as_deref(), Some("loc-1"));
    assert!(tokens.refresh_token.is_none());
}

#[tokio::test]
async fn each_location_once_however_often_it_is_asked_for() {
    let account = Account::living(86_399).await;
    let agency = account.credentials.agency().unwrap();
    let locations: Vec<_> = (0..60).map(|number| agency.location(if number % 2 == 0 { "even" } else { "odd" })).collect();
    let found = join_all(locations.iter().map(access)).await;
    assert!(found.into_iter().all(|token| token.is_ok()));
    assert_eq!(account.server.count(), 2);
}

#[tokio::test]
async fn is_made_anew_ahead_of_its_end_and_on_a_refusal() {
    let account = Account::living(1_000_000).await;
    let location = account.credentials.agency().unwrap().location("l");
    assert_eq!(access(&location).await.unwrap(), "location-l-1");
    account.clock.advance(86_399 - 300);
    assert_eq!(access(&location).await.unwrap(), "location-l-2");
    assert!(!location.rejected(&"location-l-2".into()).await.unwrap(), "brand new");
    account.clock.advance(61);
    assert!(location.rejected(&"location-l-2".into()).await.unwrap());
    assert_eq!(access(&location).await.unwrap(), "location-l-3");
}

#[tokio::test]
async fn the_agencys_token_is_refreshed_on_the_way() {
    let ended = Account::living(0).await;
    let location = ended.credentials.agency().unwrap().location("l");
    assert_eq!(access(&location).await.unwrap(), "location-l-1");
    let paths: Vec<_> = ended.server.received().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/oauth/token", "/oauth/locationToken"]);

    let refused = Account::living(86_399).await;
    let location = refused.credentials.agency().unwrap().location("l");
    refused.server.next(Action::json(401, &json!({"statusCode": 401, "message": "Invalid JWT"})));
    assert_eq!(access(&location).await.unwrap(), "location-l-1");
    let requests = refused.server.received();
    let paths: Vec<_> = requests.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/oauth/locationToken", "/oauth/token", "/oauth/locationToken"]);
    assert_eq!(requests[2].headers["authorization"], "Bearer access-1");
}

#[tokio::test]
async fn failures_say_why() {
    let account = Account::living(86_399).await;
    let location = account.credentials.agency().unwrap().location("l");
    account.server.next(Action::json(400, &json!({"statusCode": 400, "message": "Location is not active"})));
    let error = access(&location).await.unwrap_err();
    assert!(error.to_string().contains("Location is not active"), "{error}");

    let ended = Account::living(0).await;
    ended.server.next(Action::json(400, &json!({"message": "Invalid grant: refresh token is invalid"})));
    let error = access(&ended.credentials.agency().unwrap().location("l")).await.unwrap_err().to_string();
    assert!(error.starts_with("no access token: the vendor responded 400 Bad Request: Invalid grant"), "{error}");

    let mut nameless = tokens("access-0", "refresh-0", START + 3600);
    nameless.company_id = None;
    account.store.save("acme", &nameless).await.unwrap();
    let fresh = reachout_oauth::OAuthCredentials::new(account.app.clone(), account.store.clone(), "acme");
    let error = access(&fresh.agency().unwrap().location("l")).await.unwrap_err();
    assert!(error.to_string().contains("name no company"), "{error}");
}
