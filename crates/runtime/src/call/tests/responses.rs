use serde::Deserialize;
use serde_json::{Value, json};

use super::fake::{self, Fake, GET, KEY, OK, POST, PUT, Reply};
use crate::error::{Delivery, Error, ErrorKind};
use crate::{Route, StatusCode};

async fn fail(route: &'static Route, reply: Reply) -> Error {
    let client = fake::core(&Fake::script([reply])).with(crate::CallOptions::new().no_retry());
    client.operation(route).json(&json!({})).send::<Thing>().await.unwrap_err()
}

#[derive(Debug, Deserialize)]
struct Thing {
    id: String,
}

#[tokio::test(start_paused = true)]
async fn kinds_and_deliveries() {
    use Delivery::{Accepted, Rejected, Unknown};
    let rows: [(u16, ErrorKind, Delivery, Delivery); 23] = [
        // Status, kind, and the delivery of a POST and of a GET.
        (200, ErrorKind::Decode, Accepted, Accepted),
        (201, ErrorKind::Decode, Accepted, Accepted),
        (204, ErrorKind::Decode, Accepted, Accepted),
        (300, ErrorKind::Redirect, Rejected, Rejected),
        (303, ErrorKind::Redirect, Unknown, Rejected),
        (304, ErrorKind::Redirect, Rejected, Rejected),
        (307, ErrorKind::Redirect, Rejected, Rejected),
        (400, ErrorKind::Refused, Rejected, Rejected),
        (401, ErrorKind::Unauthorized, Rejected, Rejected),
        (402, ErrorKind::Refused, Rejected, Rejected),
        (403, ErrorKind::Forbidden, Rejected, Rejected),
        (404, ErrorKind::NotFound, Rejected, Rejected),
        // A gateway says so that waited in vain for a server that has the request.
        (408, ErrorKind::Refused, Unknown, Rejected),
        (409, ErrorKind::Refused, Rejected, Rejected),
        (413, ErrorKind::Refused, Rejected, Rejected),
        (422, ErrorKind::Refused, Rejected, Rejected),
        (429, ErrorKind::RateLimited, Rejected, Rejected),
        (500, ErrorKind::Server, Unknown, Rejected),
        (501, ErrorKind::Server, Unknown, Rejected),
        (502, ErrorKind::Server, Unknown, Rejected),
        (503, ErrorKind::Server, Unknown, Rejected),
        (504, ErrorKind::Server, Unknown, Rejected),
        (599, ErrorKind::Server, Unknown, Rejected),
    ];
    for (status, kind, written, read) in rows {
        for (route, delivery) in [(POST, written), (PUT, written), (GET, read)] {
            let error = fail(route, Reply::Response(status, "x-request-id: r1", "oops")).await;
            assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{status} to {}: {error}", route.operation_id);
            assert_eq!(error.status(), StatusCode::from_u16(status).ok());
            assert_eq!(error.body(), b"oops");
            assert_eq!((error.headers()["x-request-id"].to_str().unwrap(), error.request_id()), ("r1", Some("r1")));
            assert_eq!((error.vendor(), error.operation()), (Some("Acme"), Some(route.operation_id)));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_helpful_sentence() {
    let rows = [
        (
            Reply::Response(422, "", r#"{"code":"invalid","message":["text is required.","to is required."],"traceId":"t1"}"#),
            "Acme post: the vendor responded 422 Unprocessable Entity: text is required; to is required (code invalid, request id t1). \
             The vendor did not carry out the request.",
        ),
        (
            Reply::Response(502, "", "<html><h1>502</h1></html>"),
            "Acme post: the vendor responded 502 Bad Gateway. Whether the vendor carried out the request is unknown.",
        ),
        (Reply::Response(401, "", ""), "Acme post: the vendor responded 401 Unauthorized. The vendor did not carry out the request."),
        (
            Reply::Response(429, "retry-after: 90", r#"{"message":"daily message limit"}"#),
            "Acme post: the vendor responded 429 Too Many Requests: daily message limit (retry after 90s). \
             The vendor did not carry out the request.",
        ),
        (
            Reply::Response(200, "", r#"{"id":7}"#),
            "Acme post: the response (200 OK) does not have the documented form: invalid type: integer `7`, expected a string \
             at line 1 column 7 (at id). The vendor accepted the request, so do not send it again.",
        ),
        (
            Reply::Response(408, "", ""),
            "Acme post: the vendor responded 408 Request Timeout. Whether the vendor carried out the request is unknown.",
        ),
        (Reply::Stuck, "Acme post: no response within 30s. No part of the request's body was sent."),
        (Reply::NoConnection, "Acme post: cannot connect to https://api.acme.invalid: NoConnection. The request was not sent."),
        (
            Reply::Broken,
            "Acme post: the connection broke before a response arrived: Broken. Whether the vendor carried out the request is unknown.",
        ),
        (
            Reply::Response(307, "location: https://evil.invalid/steal?key=1", ""),
            "Acme post: the vendor redirects (307 Temporary Redirect) to https://evil.invalid; only GET and HEAD are redirected. \
             The vendor did not carry out the request.",
        ),
    ];
    for (reply, sentence) in rows {
        assert_eq!(fail(POST, reply).await.to_string(), sentence);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_said_can_be_read_as_a_type() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Body {
        code: String,
        message: Vec<String>,
    }
    let error = fail(POST, Reply::Response(422, "", r#"{"code":"invalid","message":["a","b"]}"#)).await;
    assert_eq!(error.body_as(), Some(Body { code: "invalid".to_owned(), message: vec!["a".to_owned(), "b".to_owned()] }));
    assert_eq!(error.body_as::<u8>(), None);
    assert_eq!((error.code(), error.message(), error.messages().len()), (Some("invalid"), Some("a; b"), 2));
}

#[tokio::test(start_paused = true)]
async fn an_echoed_credential_never_comes_out() {
    const ECHO: &str = r#"{"id":"leo_MARKEDsecret","code":"leo_MARKEDsecret","message":["bad Bearer leo_MARKEDsecret"],"traceId":"leo_MARKEDsecret","x":leo_MARKEDsecret}"#;
    const WELL_FORMED: &str =
        r#"{"id":["leo_MARKEDsecret"],"code":"leo_MARKEDsecret","message":["bad Bearer leo_MARKEDsecret"],"traceId":"leo_MARKEDsecret"}"#;
    const HEADERS: &str = "x-request-id: leo_MARKEDsecret|x-echo: Bearer leo_MARKEDsecret|location: https://leo_MARKEDsecret.invalid/";
    assert!(ECHO.contains(KEY));
    for status in [200, 302, 400, 401, 404, 422, 429, 500, 502] {
        for body in [ECHO, WELL_FORMED, "leo_MARKEDsecret", "plain leo_MARKEDsec"] {
            let error = fail(POST, Reply::Response(status, HEADERS, body)).await;
            let mut all = format!("{error} {error:#?} {:?} {:?} {:?}", error.headers(), error.code(), error.messages());
            all = format!("{all} {:?} {:?} {:?}", error.request_id(), error.json_path(), String::from_utf8_lossy(error.body()));
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                all = format!("{all} {cause} {cause:?}");
                source = cause.source();
            }
            // Header names and values are compared in lower case by some vendors.
            assert!(!all.to_lowercase().contains("leo_marked"), "{status} {body}: {all}");
            assert!(all.contains("[redacted]"));
        }
    }
}

/// Everything that an error can show.
fn spelled(error: &Error) -> String {
    let mut all = format!("{error} {error:?} {error:#?} {:?} {:?} {:?}", error.headers(), error.code(), error.messages());
    all =
        format!("{all} {:?} {:?} {:?} {:?}", error.message(), error.request_id(), error.json_path(), String::from_utf8_lossy(error.body()));
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        all = format!("{all} {cause} {cause:?}");
        source = cause.source();
    }
    all
}

/// `leo_MARKEDsecret` as encoders, gateways and an unfriendly vendor write it.
const ESCAPED: [&str; 11] = [
    r"leo\u005FMARKEDsecret",
    r"\u006c\u0065\u006f\u005f\u004d\u0041\u0052\u004b\u0045\u0044\u0073\u0065\u0063\u0072\u0065\u0074",
    r"leo\\u005FMARKED\\u0073ecret",
    "leo%5FMARKED%73ecret",
    "leo%255FMARKEDsecret",
    "leo&#95;MARKED&#x73;ecret",
    "leo&lowbar;MARKEDsecret",
    "bGVvX01BUktFRHNlY3JldA==",
    r"bGVvX01BUktFRHNlY3JldA\u003D\u003d",
    r"leo_\u202eMARKED\u200bsecret",
    r"leo_MARKED\u0000secret",
];

/// The secret, or enough of it, in a form that a person reads or undoes at a glance.
fn shows_the_key(all: &str) -> bool {
    let squeezed: String = all.chars().filter(char::is_ascii_graphic).collect();
    let hidden = ["MARKED", "%255F", "&#95;", "&lowbar;", "FSS0VE", "BUktFR", "NQVJLRU", "u004d", "u005F", "u0073"];
    hidden.iter().any(|part| squeezed.contains(part))
}

#[tokio::test(start_paused = true)]
async fn an_echoed_credential_never_comes_out_in_any_escape_form() {
    for form in ESCAPED {
        assert!(shows_the_key(form), "{form}");
        let body = format!(r#"{{"id":["{form}"],"code":"{form}","message":["bad {form}","x{form}y"],"traceId":"{form}"}}"#);
        let body: &'static str = body.leak();
        // What a header can carry, and at the end of a text that a gateway cut off.
        let headers: &'static str = format!("x-request-id: {form}|x-echo: Bearer {form}|location: https://a.invalid/{form}").leak();
        let bodies = [body, form, &body[..body.len() - 5]];
        let replies: Vec<_> =
            [200, 302, 400, 408, 429, 500].iter().flat_map(|status| bodies.map(|body| Reply::Response(*status, headers, body))).collect();
        let client = fake::core(&Fake::script(replies.clone())).with(crate::CallOptions::new().no_retry());
        for reply in replies {
            let error = client.operation(POST).json(&json!({})).send::<Thing>().await.unwrap_err();
            let all = spelled(&error);
            assert!(!shows_the_key(&all), "{reply:?}: {all}");
            assert!(all.contains("[redacted]"), "{reply:?}: {all}");
        }
        let error = fail(POST, Reply::Response(422, headers, body)).await;
        let expected = (Some("[redacted]"), Some("bad [redacted]; x[redacted]y"), Some("[redacted]"));
        assert_eq!((error.code(), error.message(), error.request_id()), expected, "{form}");
    }
}

/// A key in a caller's own header is one as well.
#[tokio::test(start_paused = true)]
async fn an_echoed_header_of_the_caller_never_comes_out() {
    let echo = Reply::Response(400, "", r#"{"message":"MARKED-1 MARKED%2D2 \u004dARKED-3 TUFSS0VELTM= dTpNQVJLRUQtNA=="}"#);
    let client = fake::build(&Fake::script([echo]), |builder| builder.header("x-auth-token", "MARKED-1"));
    let client = client.with(crate::CallOptions::new().header("cookie", "session=MARKED-2; a=b"));
    let call = client.operation(POST).header("x-api-key", &"MARKED-3").header("authorization", &"Basic dTpNQVJLRUQtNA==");
    let error = call.json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!(error.message(), Some("[redacted] [redacted] [redacted] [redacted] [redacted]"));
    assert!(!spelled(&error).contains("MARKED"));
}

#[tokio::test(start_paused = true)]
async fn a_key_in_the_path_of_a_raw_request_does_not_come_out() {
    let client = fake::core(&Fake::script([Reply::Response(404, "", "")]));
    for path in ["/keys/leo_MARKEDsecret/x", "/keys/leo%5FMARKEDsecret/x?key=leo_MARKEDsecret"] {
        let error = client.request(crate::Method::GET, path).send_empty().await.unwrap_err();
        assert_eq!(error.operation(), Some("GET /keys/[redacted]/x"));
        assert!(!spelled(&error).contains("MARKED"), "{error:?}");
    }
}

/// Keys of JSON are the vendor's words too.
#[tokio::test(start_paused = true)]
async fn the_place_and_reason_of_a_decode_error_are_clean_and_bounded() {
    type Map = std::collections::BTreeMap<String, u8>;
    let failure = async |body: String| {
        let client = fake::core(&Fake::script([Reply::Response(200, "", body.leak())]));
        client.operation(POST).send::<Map>().await.unwrap_err()
    };
    let error = failure(r#"{"leo\u005fMARKEDsecret":"leo\u005fMARKEDsecret"}"#.to_owned()).await;
    assert_eq!(error.json_path(), Some("[redacted]"));
    assert!(error.to_string().contains(r#"invalid type: string "[redacted]", expected u8"#), "{error}");
    assert!(!shows_the_key(&spelled(&error)));

    let error = failure(r#"{"a\u001b[31mb\r\nc\u202ed\u2028e":"x\u001b\u202e\ny"}"#.to_owned()).await;
    assert_eq!(error.json_path(), Some("a [31mb  cd e"));
    assert!(!error.to_string().contains(|c: char| c.is_control() || ('\u{2000}'..'\u{2fff}').contains(&c)), "{error:?}");

    let long = "k".repeat(3_000_000);
    let error = failure(format!(r#"{{"{long}":"{long}"}}"#)).await;
    assert_eq!(error.json_path().map(|path| path.chars().count()), Some(300));
    assert!(error.to_string().len() < 3000 && format!("{error:?}").len() < 5000, "{}", error.to_string().len());

    // Wherever the text is cut, no part of the key stays.
    for before in [280, 295, 985, 998, 16_370, 16_384] {
        let word = format!("{}leo_MARKEDsecret", "k".repeat(before));
        let error = failure(format!(r#"{{"{word}":"{word}"}}"#)).await;
        assert!(!shows_the_key(&spelled(&error)), "{before}: {error}");
    }
}

/// Secrets are collected where an error needs them, and nowhere else.
#[tokio::test(start_paused = true)]
async fn a_success_takes_no_redaction() {
    let made = || crate::response::redaction::MADE.with(std::cell::Cell::get);
    let before = made();
    let fake = Fake::script([Reply::Response(200, "x-request-id: r1", "{}")]);
    let client = fake::build(&fake, |builder| builder.header("x-api-key", "leo_MARKEDsecret"));
    client.operation(POST).json(&json!({})).send::<Value>().await.unwrap();
    client.operation(GET).send_empty().await.unwrap();
    client.operation(GET).send_stream().await.unwrap().collect_bytes(100).await.unwrap();
    assert_eq!(made(), before);
    fail(POST, Reply::Response(400, "", "")).await;
    assert_eq!(made(), before + 1);
}

/// The decoder quotes from the body.
#[tokio::test(start_paused = true)]
async fn a_credential_in_the_decoder_s_words() {
    let client = fake::core(&Fake::script([Reply::Response(200, "", r#""leo_MARKEDsecret""#)]));
    let error = client.operation(POST).send::<u8>().await.unwrap_err();
    assert!(error.to_string().contains(r#"invalid type: string "[redacted]", expected u8"#), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_a_body() {
    let rows = [("", 0, true), ("[1]", 3, true), ("[1]", 2, false), ("[1]", 0, false)];
    for (body, limit, fits) in rows {
        let client = fake::build(&Fake::script([Reply::Response(200, "", body)]), |builder| builder.max_body(limit));
        let result = client.operation(POST).send::<Value>().await;
        assert_eq!(result.is_ok(), fits, "{body} in {limit} bytes");
        let failure = result.err().map(|error| (error.kind(), error.body().len()));
        assert_eq!(failure, (!fits).then_some((ErrorKind::TooLarge, limit)), "{body} in {limit} bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn successes() {
    let client = fake::core(&Fake::script([Reply::Response(201, "x-request-id: r1", r#"{"id":"t1"}"#)]));
    let response = client.operation(POST).json(&json!({})).send::<Thing>().response().await.unwrap();
    assert_eq!((response.status, response.request_id(), response.body.id.as_str()), (StatusCode::CREATED, Some("r1"), "t1"));
    // An empty body is as good as none where nothing is expected.
    for reply in [Reply::Response(204, "", ""), Reply::Response(200, "", "not json"), OK] {
        fake::core(&Fake::script([reply])).operation(POST).send_empty().await.unwrap();
    }
    assert_eq!(fake::core(&Fake::script([Reply::Response(201, "", "")])).operation(POST).send::<Option<Value>>().await.unwrap(), None);
}
