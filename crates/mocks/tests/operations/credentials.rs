//! Credentials of every kind that a vendor can want.

use leonar::{Delivery, Error, Method, Value};
use reachout_mocks::Mocks;
use reachout_runtime::{Api, Auth, Core, ErrorShape, RateLimitHeaders, Vendor};
use serde_json::json;

/// A client of a vendor that wants a credential of this kind.
macro_rules! client {
    ($name:ident, $auth:expr) => {
        struct $name(Core);

        impl From<Core> for $name {
            fn from(core: Core) -> Self {
                Self(core)
            }
        }

        impl Api for $name {
            const VENDOR: &'static Vendor = &Vendor {
                id: "acme",
                name: "Acme",
                platform: None,
                user_agent: "acme",
                base_url: "https://api.acme.example",
                env: "ACME",
                credential_env: "ACME_KEY",
                auth: $auth,
                rate_limit: None,
                rate_limit_headers: RateLimitHeaders::NONE,
                error: ErrorShape { code: Some("error"), message: Some("message"), request_id: None },
                routes: &[],
            };
            const OPENAPI: &'static [u8] = br#"{ "openapi": "3.0.3", "info": {}, "paths": {}, "components": {} }"#;
        }
    };
}

client!(Basic, Auth::Basic);
client!(Query, Auth::Query("key"));
client!(Each, Auth::Each(&[Auth::Query("key"), Auth::Header("x-account"), Auth::Bearer]));

async fn call(core: &Core) -> Result<Value, Error> {
    core.request(Method::GET, "/me").query("page", &2).send().await
}

/// With a mock for the credential `right`: the call of a client that has it, and what is said of one that has `wrong`.
async fn compare<C: Api>(core: fn(C) -> Core, right: &str, wrong: &str) -> String {
    let mocks = Mocks::<C>::start();
    let client = |credential: &str| core(mocks.builder().credential(credential).build().unwrap());
    let expected = mocks.on(core(mocks.client()).request(Method::GET, "/me").query("page", &2).send::<Value>());
    let expected = expected.credential(right).respond(&json!({ "id": 1 }));
    assert_eq!(call(&client(right)).await.unwrap(), json!({ "id": 1 }));
    let error = call(&client(wrong)).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Rejected);
    expected.assert();
    error.message().unwrap().to_owned()
}

#[tokio::test]
async fn a_login_is_compared_in_its_header() {
    let message = compare(|Basic(core)| core, "ada:s3cret", "ada:w0rse").await;
    assert!(message.ends_with("the credential in the header `authorization` is another, or missing"), "{message}");
    assert!(!message.contains("s3cret") && !message.contains("w0rse"), "no credential is shown: {message}");
}

#[tokio::test]
async fn a_key_in_the_query_is_compared_and_is_no_parameter_of_the_call() {
    let message = compare(|Query(core)| core, "k e&y", "k").await;
    assert!(message.ends_with("the credential in the query parameter `key` is another, or missing"), "{message}");
}

#[tokio::test]
async fn each_part_of_several_credentials_is_compared_in_its_place() {
    let cases = [
        ("other acme token", "the query parameter `key`"),
        ("key other token", "the header `x-account`"),
        ("key acme other", "the header `authorization`"),
    ];
    for (wrong, place) in cases {
        let message = compare(|Each(core)| core, "key acme token", wrong).await;
        assert!(message.ends_with(&format!("GET /me: the credential in {place} is another, or missing")), "{wrong}: {message}");
    }
}

#[tokio::test]
async fn the_credential_of_a_mocks_own_client_is_one_that_its_vendor_takes() {
    async fn sent<C: Api>(core: fn(C) -> Core) {
        let mocks = Mocks::<C>::start();
        let core = core(mocks.client());
        let listed = mocks.on(core.request(Method::GET, "/me").query("page", &2).send::<Value>()).respond(&json!([]));
        assert!(call(&core).await.is_ok());
        listed.assert();
    }
    sent(|Basic(core)| core).await;
    sent(|Query(core)| core).await;
    sent(|Each(core)| core).await;
}
