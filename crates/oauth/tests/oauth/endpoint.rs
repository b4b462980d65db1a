//! The token endpoint: what is sent, what is understood, and what is said when it fails.

use std::time::Duration;

use reachout_oauth::UserType;
use reachout_runtime::{Delivery, ErrorKind};
use serde_json::json;

use crate::server::{Action, Server, granted};
use crate::{CLIENT_SECRET, app_builder, pair, strings, tokens};

#[tokio::test]
async fn code_exchange() {
    let server = Server::start().await;
    let app = app_builder(&server.url()).user_type(UserType::Company).build().unwrap();
    let before = chrono::Utc::now();
    let tokens = app.exchange_code("code-1").await.unwrap();

    let request = &server.received()[0];
    assert_eq!(request.path, "/oauth/token");
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(!request.headers.contains_key("authorization"), "the form carries the credentials");
    let expect = [
        ("client_id", "client-1"),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "authorization_code"),
        ("code", "code-1"),
        ("redirect_uri", "https://app.example/callback"),
        ("user_type", "Company"),
    ];
    assert_eq!(request.form, expect.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());

    assert_eq!(pair(&tokens), strings("access-0", "refresh-0"));
    assert_eq!(tokens.scope.as_deref(), Some("conversations/message.write contacts.readonly"));
    assert_eq!(tokens.user_type.as_deref(), Some("Company"));
    assert_eq!(tokens.company_id.as_deref(), Some("company-1"));
    assert_eq!(tokens.location_id, None);
    assert_eq!(tokens.user_id.as_deref(), Some("user-1"));
    assert_eq!(tokens.plan_id.as_deref(), Some("plan-1"));
    assert_eq!(tokens.approved_locations, ["location-1"]);
    assert_eq!(tokens.is_bulk_installation, Some(true));
    let lifetime = tokens.expires_at.unwrap() - before;
    assert!((86_399..86_410).contains(&lifetime.num_seconds()), "{lifetime}");
}

#[tokio::test]
async fn code_exchange_with_pkce() {
    let server = Server::start().await;
    let app = app_builder(&server.url()).build().unwrap();
    app.exchange_code_with_pkce("code-1", "verifier-1").await.unwrap();
    let form = &server.received()[0].form;
    assert_eq!(form["code_verifier"], "verifier-1");
    assert!(!form.contains_key("user_type"), "only sent when it was set");
}

#[tokio::test]
async fn refresh_sends_the_token_and_keeps_what_the_answer_leaves_out() {
    let server = Server::start().await;
    let app = app_builder(&server.url()).user_type(UserType::Location).build().unwrap();
    server.next(Action::json(200, &json!({"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 60})));
    let refreshed = app.refresh(&tokens("access-0", "refresh-0", 0)).await.unwrap();
    let expect = [
        ("client_id", "client-1"),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", "refresh-0"),
        ("user_type", "Company"),
    ];
    let form = &server.received()[0].form;
    assert_eq!(*form, expect.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    assert_eq!(pair(&refreshed), strings("access-1", "refresh-1"));
    assert_eq!(refreshed.company_id.as_deref(), Some("company-1"), "known from before");

    server.next(Action::json(200, &json!({"access_token": "access-2"})));
    let unrotated = app.refresh(&refreshed).await.unwrap();
    assert_eq!(pair(&unrotated), strings("access-2", "refresh-1"), "no successor: the present one stays good (RFC 6749, section 6)");
    assert_eq!(unrotated.expires_at, None, "the old end says nothing about the new token");
}

#[tokio::test]
async fn only_the_access_token_is_needed() {
    let server = Server::start().await;
    let app = app_builder(&server.url()).build().unwrap();
    // A refresh token is used up when the response comes, so nothing in it but the access token may make it fail.
    let responses = [
        (200, json!({"access_token": "a"}), None, ""),
        (201, json!({"access_token": "a", "expires_in": "3600"}), Some(3600), ""),
        (200, json!({"access_token": "a", "expires_in": 3600.0, "refresh_token": "r"}), Some(3600), "r"),
        (200, json!({"access_token": "a", "expires_in": null, "refresh_token": null}), None, ""),
        (200, json!({"access_token": "a", "expires_in": -1, "refresh_token": ""}), Some(-1), ""),
        (200, json!({"access_token": "a", "expires_in": 1e300, "scope": ["x"], "approvedLocations": "x"}), None, ""),
        (200, json!({"access_token": "a", "userId": 7, "planId": {}, "isBulkInstallation": "yes"}), None, ""),
    ];
    for (status, body, expires_in, refresh) in responses {
        server.next(Action::json(status, &body));
        let tokens = app.exchange_code("c").await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(pair(&tokens), strings("a", refresh), "{body}");
        let lifetime = tokens.expires_at.map(|end| (end - tokens.issued_at.unwrap()).num_seconds());
        assert_eq!(lifetime, expires_in, "{body}");
    }
}

#[tokio::test]
async fn errors_say_what_happened_and_carry_the_vendors_words() {
    let server = Server::start().await;
    let app = app_builder(&server.url()).timeout(Duration::from_millis(300)).build().unwrap();
    let bad_grant = json!({"statusCode": 400, "message": "Invalid grant: refresh token is invalid", "error": "Bad Request"});
    let standard = json!({"error": "invalid_grant", "error_description": "the code has been used"});
    let listed = json!({"statusCode": 422, "message": ["code must be a string", "code is required"]});
    let echo = json!({"message": format!("client_secret {CLIENT_SECRET} is wrong, code MARKED-code too")});
    let html = "<html>Bad Gateway</html>";
    let half = r#"{"access_token":"MARKED-new-access","refresh_tok"#.to_owned();
    let wrong = json!({"access_token": {"value": "MARKED-new-access"}, "refresh_token": "MARKED-new-refresh"});
    let cases = [
        ("400", Action::json(400, &bad_grant), ErrorKind::Refused, Delivery::Rejected, "Invalid grant: refresh token is invalid"),
        ("400, as in RFC 6749", Action::json(400, &standard), ErrorKind::Refused, Delivery::Rejected, "the code has been used"),
        ("401", Action::json(401, &bad_grant), ErrorKind::Unauthorized, Delivery::Rejected, "Invalid grant"),
        ("422", Action::json(422, &listed), ErrorKind::Refused, Delivery::Rejected, "code must be a string; code is required"),
        ("400 that repeats what was sent", Action::json(400, &echo), ErrorKind::Refused, Delivery::Rejected, "[redacted] is wrong"),
        ("502", Action::Respond(502, "text/html", html.into()), ErrorKind::Server, Delivery::Unknown, "502"),
        ("closed", Action::Hang, ErrorKind::Transport, Delivery::Unknown, "unknown"),
        ("silence", Action::Hold, ErrorKind::Timeout, Delivery::Unknown, "unknown"),
        ("half a response", Action::Truncate(half), ErrorKind::Transport, Delivery::Accepted, "accepted"),
        ("no access token", Action::json(200, &json!({"token": "x"})), ErrorKind::Decode, Delivery::Accepted, "accepted"),
        ("wrong type", Action::json(200, &wrong), ErrorKind::Decode, Delivery::Accepted, "accepted"),
        ("a token alone", Action::json(200, &json!("MARKED-new-access")), ErrorKind::Decode, Delivery::Accepted, "accepted"),
        ("HTML", Action::Respond(200, "text/html", html.into()), ErrorKind::Decode, Delivery::Accepted, "accepted"),
    ];
    for (number, (name, action, kind, delivery, expect)) in cases.into_iter().enumerate() {
        server.next(action);
        let error = app.exchange_code("MARKED-code").await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{name}: {error}");
        assert!(error.to_string().contains(expect), "{name}: {error}");
        let everything = format!("{error} {error:?} {:?} {:?}", error.body(), error.messages());
        assert!(!everything.contains("MARKED"), "{name}: {everything}");
        assert_eq!(server.count(), number + 1, "{name}: a code is good for one use, so the request is never repeated");
    }
}

#[tokio::test]
async fn nothing_is_sent_where_nobody_listens() {
    let app = app_builder("http://127.0.0.1:1").build().unwrap();
    let error = app.exchange_code("code").await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Connect, Delivery::NotSent), "{error}");
    let error = app.refresh(&reachout_oauth::Tokens::new("access")).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.to_string().contains("no refresh token"), "{error}");
}

#[test]
fn the_documented_answer_is_what_the_server_gives() {
    // The names are the vendor's; a typo here would make every other test blind.
    let body = granted(1);
    for name in ["access_token", "token_type", "expires_in", "refresh_token", "scope", "userType", "companyId", "userId"] {
        assert!(body.get(name).is_some(), "{name}");
    }
}
