//! A credential is never shown: not by `Debug`, not by an error, not by a log line at TRACE.

use std::{
    fmt::Debug,
    io::Write,
    sync::{Arc, Mutex},
};

use reachout_messenger::Vendor;
use reachout_runtime::Error;
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use crate::{
    server::{Act, Server, response},
    vendors::{ALL, CREDENTIAL, list, send},
};

/// Everything that was written to the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Responses in which the vendor repeats the credential, and faults of the connection.
fn faults() -> Vec<Act> {
    let echo = format!(
        "{{\"message\":\"bad key {CREDENTIAL}\",\"error\":{{\"code\":\"{CREDENTIAL}\",\"message\":\"no key {CREDENTIAL}\"}},\"traceId\":\"{CREDENTIAL}\"}}"
    );
    let header = format!("content-type: application/json\r\nx-echo: {CREDENTIAL}\r\nx-request-id: {CREDENTIAL}\r\n");
    vec![
        Act::Respond(response("401 Unauthorized", &header, &echo)),
        Act::Respond(response(
            "400 Bad Request",
            &header.replace(CREDENTIAL, &CREDENTIAL.replace('-', "%2D")),
            echo.replace('-', "\\u002D"),
        )),
        Act::Respond(response("500 Internal Server Error", &header, echo.replace('-', "&#45;"))),
        Act::Respond(response("200 OK", &header, format!("\"{}\"", CREDENTIAL.replace('_', "\\u005f")))),
        Act::Respond(response("400 Bad Request", &header, &echo)),
        Act::Respond(response("500 Internal Server Error", &header, &echo)),
        Act::Respond(response("502 Bad Gateway", "content-type: text/html\r\n", format!("<p>{CREDENTIAL}</p>"))),
        Act::Respond(response("200 OK", &header, format!("{{\"id\": \"{CREDENTIAL}"))),
        Act::Respond(response("307 Temporary Redirect", &format!("location: http://127.0.0.1:1/?key={CREDENTIAL}\r\n"), "")),
        Act::ResetRead,
        Act::Silence,
    ]
}

fn spelled(error: &Error) -> String {
    let mut text =
        format!("{error} {error:?} {error:#?} {:?} {:?} {:?} {:?}", error.headers(), error.messages(), error.code(), error.request_id());
    text += &String::from_utf8_lossy(error.body());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn no_error_and_no_log_line_shows_the_credential() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(log.clone()).with_ansi(false).finish();
    // Global, so that what the other tests of this program log at the same time is looked through too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut shown = Vec::new();
    for act in faults() {
        for vendor in ALL {
            let server = Server::start([act.clone()]).await;
            for error in [send(vendor, &server.url).await.unwrap_err(), list(vendor, &server.url).await.unwrap_err()] {
                if spelled(&error).contains(CREDENTIAL) {
                    shown.push(format!("{vendor:?}, {act:?}: {}", spelled(&error)));
                }
            }
        }
    }
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("send_message"), "the log was captured");
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(CREDENTIAL)).collect();
    assert!(lines.is_empty(), "{} log lines show the credential:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn no_debug_output_shows_the_credential() {
    fn check(what: &str, value: &impl Debug) {
        for text in [format!("{value:?}"), format!("{value:#?}")] {
            assert!(!text.contains(CREDENTIAL), "{what}: {text}");
        }
    }
    macro_rules! client {
        ($vendor:ident, $call:expr) => {{
            let builder = $vendor::Client::builder().credential(CREDENTIAL).base_url("http://127.0.0.1:1");
            check(concat!(stringify!($vendor), " builder"), &builder);
            let client: $vendor::Client = builder.build().unwrap();
            check(stringify!($vendor), &client);
            check(concat!(stringify!($vendor), " operation"), &$call(&client));
            check(
                concat!(stringify!($vendor), " request"),
                &client.request($vendor::Method::GET, "/anything").header("x-own", &CREDENTIAL),
            );
            check(concat!(stringify!($vendor), " with options"), &client.with($vendor::CallOptions::new().header("x-own", CREDENTIAL)));
        }};
    }
    client!(leonar, |client: &leonar::Client| client.contacts().list());
    client!(sendpilot, |client: &sendpilot::Client| client.campaigns().list());
    client!(hoop_ai, |client: &hoop_ai::Client| client.contacts().get("c1"));
    client!(leadway, |client: &leadway::Client| client.contacts().get("c1"));
}

#[test]
fn a_credential_that_cannot_be_sent_is_not_shown() {
    for vendor in ALL {
        let error = broken_credential(vendor, "leo_line\nbreak").unwrap_err();
        assert!(!spelled(&error).contains("leo_line"), "{vendor:?}: {error}");
    }
}

fn broken_credential(vendor: Vendor, credential: &str) -> Result<(), Error> {
    match vendor {
        Vendor::Leonar => leonar::Client::builder().credential(credential).build().map(drop),
        Vendor::SendPilot => sendpilot::Client::builder().credential(credential).build().map(drop),
        Vendor::HoopAi => hoop_ai::Client::builder().credential(credential).build().map(drop),
        _ => leadway::Client::builder().credential(credential).build().map(drop),
    }
}
