//! The authorization link.

use std::collections::HashMap;

use data_encoding::BASE64URL_NOPAD;
use reachout_oauth::App;
use reachout_runtime::ErrorKind;
use secrecy::ExposeSecret as _;

use crate::{CLIENT_SECRET, app_builder};

#[test]
fn has_what_the_vendor_documents_and_a_fresh_state() {
    let app = app_builder("http://127.0.0.1:1").build().unwrap();
    let authorization = app.authorization().scopes(["contacts.readonly", "conversations/message.write"]).start().unwrap();
    let mut url = authorization.url.clone();
    let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
    let expect = [
        ("response_type", "code"),
        ("client_id", "client-1"),
        ("redirect_uri", "https://app.example/callback"),
        ("scope", "contacts.readonly conversations/message.write"),
        ("state", authorization.state.expose_secret()),
    ];
    assert_eq!(query, expect.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    url.set_query(None);
    assert_eq!(url.as_str(), "https://marketplace.gohighlevel.com/v2/oauth/chooselocation");
    assert!(authorization.pkce_verifier.is_none(), "PKCE is not documented by the vendor");

    let again = app.authorization().start().unwrap();
    assert_ne!(again.state.expose_secret(), authorization.state.expose_secret());
    assert!(authorization.state.expose_secret().len() >= 22, "128 bits in base64");
    assert!(!format!("{authorization:?}").contains(authorization.state.expose_secret()));
}

#[test]
fn options() {
    let app =
        app_builder("http://127.0.0.1:1").authorize_url("https://marketplace.leadconnectorhq.com/v2/oauth/chooselocation").build().unwrap();
    let authorization = app.authorization().same_window().pkce().start().unwrap();
    assert_eq!(authorization.url.host_str(), Some("marketplace.leadconnectorhq.com"));
    let query: HashMap<_, _> = authorization.url.query_pairs().into_owned().collect();
    assert_eq!(query["loginWindowOpenMode"], "self");
    assert_eq!(query["code_challenge_method"], "S256");
    let verifier = authorization.pkce_verifier.unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.expose_secret().as_bytes());
    assert_eq!(query["code_challenge"], BASE64URL_NOPAD.encode(digest.as_ref()));
}

#[test]
fn settings_are_checked_before_any_network() {
    let secret = CLIENT_SECRET;
    let cases = [
        ("no client id", App::builder("", secret), "the OAuth client id and client secret must not be empty"),
        ("no secret", App::builder("id", ""), "the OAuth client id and client secret must not be empty"),
        (
            "plain http for tokens",
            App::builder("id", secret).base_url("http://services.example"),
            "the base URL http://services.example/ is plain http",
        ),
        (
            "plain http for the link",
            App::builder("id", secret).authorize_url("http://marketplace.example"),
            "the authorization URL must begin with https://",
        ),
        ("no URL", App::builder("id", secret).redirect_uri("callback"), "the redirect URL is not a URL"),
    ];
    for (name, builder, expect) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{name}");
        assert!(error.to_string().contains(expect), "{name}: {error}");
    }
    let error = App::builder("id", secret).build().unwrap().authorization().start().unwrap_err();
    assert!(error.to_string().contains("redirect URI"), "{error}");
}
