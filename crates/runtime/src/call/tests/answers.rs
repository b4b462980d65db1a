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
#[allow(dead_code, reason = "only decoding is of interest")]
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
        (408, ErrorKind::Refused, Rejected, Rejected),
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
            let error = fail(route, Reply::Answer(status, "x-request-id: r1", "oops")).await;
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
            Reply::Answer(422, "", r#"{"code":"invalid","message":["text is required.","to is required."],"traceId":"t1"}"#),
            "Acme post: the vendor answered 422 Unprocessable Entity: text is required; to is required (code invalid, request id t1). \
             The vendor did not carry out the request.",
        ),
        (
            Reply::Answer(502, "", "<html><h1>502</h1></html>"),
            "Acme post: the vendor answered 502 Bad Gateway. Whether the vendor carried out the request is unknown.",
        ),
        (Reply::Answer(401, "", ""), "Acme post: the vendor answered 401 Unauthorized. The vendor did not carry out the request."),
        (
            Reply::Answer(429, "retry-after: 90", r#"{"message":"daily message limit"}"#),
            "Acme post: the vendor answered 429 Too Many Requests: daily message limit (retry after 90s). \
             The vendor did not carry out the request.",
        ),
        (
            Reply::Answer(200, "", r#"{"id":7}"#),
            "Acme post: the answer (200 OK) does not have the documented form: invalid type: integer `7`, expected a string \
             at line 1 column 7 (at id). The vendor accepted the request, so do not send it again.",
        ),
        (Reply::NoConnection, "Acme post: cannot connect to https://api.acme.invalid: NoConnection. The request was not sent."),
        (
            Reply::Broken,
            "Acme post: the connection broke before an answer arrived: Broken. Whether the vendor carried out the request is unknown.",
        ),
        (
            Reply::Answer(307, "location: https://evil.invalid/steal?key=1", ""),
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
    let error = fail(POST, Reply::Answer(422, "", r#"{"code":"invalid","message":["a","b"]}"#)).await;
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
            let error = fail(POST, Reply::Answer(status, HEADERS, body)).await;
            let mut all = format!("{error} {error:?} {:?} {:?} {:?}", error.headers(), error.code(), error.messages());
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

/// The decoder quotes from the body.
#[tokio::test(start_paused = true)]
async fn a_credential_in_the_decoder_s_words() {
    let client = fake::core(&Fake::script([Reply::Answer(200, "", r#""leo_MARKEDsecret""#)]));
    let error = client.operation(POST).send::<u8>().await.unwrap_err();
    assert!(error.to_string().contains(r#"invalid type: string "[redacted]", expected u8"#), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_a_body() {
    let rows = [("", 0, true), ("[1]", 3, true), ("[1]", 2, false), ("[1]", 0, false)];
    for (body, limit, fits) in rows {
        let client = fake::build(&Fake::script([Reply::Answer(200, "", body)]), |builder| builder.max_body(limit));
        let result = client.operation(POST).send::<Value>().await;
        assert_eq!(result.is_ok(), fits, "{body} in {limit} bytes");
        let failure = result.err().map(|error| (error.kind(), error.body().len()));
        assert_eq!(failure, (!fits).then_some((ErrorKind::TooLarge, limit)), "{body} in {limit} bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn successes() {
    let client = fake::core(&Fake::script([Reply::Answer(201, "x-request-id: r1", r#"{"id":"t1"}"#)]));
    let thing = client.operation(POST).json(&json!({})).send::<Thing>().await.unwrap();
    assert_eq!((thing.status(), thing.request_id(), thing.id.as_str()), (StatusCode::CREATED, Some("r1"), "t1"));
    // An empty body is as good as none where nothing is expected.
    for reply in [Reply::Answer(204, "", ""), Reply::Answer(200, "", "not json"), OK] {
        fake::core(&Fake::script([reply])).operation(POST).send_empty().await.unwrap();
    }
    assert_eq!(
        fake::core(&Fake::script([Reply::Answer(201, "", "")])).operation(POST).send::<Option<Value>>().await.unwrap().into_inner(),
        None
    );
}
