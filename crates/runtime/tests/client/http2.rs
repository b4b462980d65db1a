//! What an HTTP/2 vendor can say of a request: frames over real sockets, written by hand so that any of them can be wrong.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reachout_runtime::{CallOptions, Delivery, Error, ErrorKind, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::vendor::{self, Client, KEY};

/// RFC 9113, section 6.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

/// RFC 9113, section 7.
const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

const ALL: u32 = 0x7fff_ffff;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn setting(name: u16, value: u32) -> Vec<u8> {
    [&name.to_be_bytes()[..], &value.to_be_bytes()].concat()
}

/// What the server writes once it has a whole request.
#[derive(Clone, Debug)]
enum Act {
    Ok,
    Reset(u32),
    /// The head of a 200, then a reset.
    OkThenReset(u32),
    /// The last stream it may have processed, a code and debug data; then it closes.
    GoAway(u32, u32, String),
    Silence,
}

impl Act {
    fn frames(&self, stream: u32) -> Vec<u8> {
        let head = |flags| frame(HEADERS, END_HEADERS | flags, stream, &[0x88]);
        let reset = |code: u32| frame(RST_STREAM, 0, stream, &code.to_be_bytes());
        match self {
            Self::Ok => [head(0), frame(DATA, END_STREAM, stream, b"{}")].concat(),
            Self::Reset(code) => reset(*code),
            Self::OkThenReset(code) => [head(0), reset(*code)].concat(),
            Self::GoAway(last, code, debug) => {
                frame(GOAWAY, 0, 0, &[&last.to_be_bytes()[..], &code.to_be_bytes(), debug.as_bytes()].concat())
            }
            Self::Silence => Vec::new(),
        }
    }
}

#[derive(Default)]
struct Seen {
    heads: usize,
    /// Bytes of bodies.
    data: usize,
    /// Requests that were received as a whole.
    whole: usize,
}

struct Server {
    url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    /// Acts in order; the last one again and again. `settings`: what the client may do.
    async fn start(settings: Vec<u8>, acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Seen>>::default();
        let acts = Arc::new(Mutex::new(acts.into_iter().collect::<VecDeque<_>>()));
        let server = Self { url, seen: Arc::clone(&seen) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, settings.clone(), Arc::clone(&acts), Arc::clone(&seen)));
            }
        });
        server
    }

    fn client(&self) -> Client {
        let http =
            reqwest::Client::builder().http2_prior_knowledge().redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never());
        vendor::builder(&self.url).http_client(http.build().unwrap()).build().unwrap()
    }

    fn whole(&self) -> usize {
        self.seen.lock().unwrap().whole
    }
}

async fn serve(mut stream: TcpStream, settings: Vec<u8>, acts: Arc<Mutex<VecDeque<Act>>>, seen: Arc<Mutex<Seen>>) -> Option<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.ok()?;
    stream.write_all(&frame(SETTINGS, 0, 0, &settings)).await.ok()?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])];
        stream.read_exact(&mut payload).await.ok()?;
        let (kind, flags, id) = (head[3], head[4], u32::from_be_bytes(head[5..].try_into().unwrap()));
        match kind {
            SETTINGS if flags & ACK == 0 => stream.write_all(&frame(SETTINGS, ACK, 0, &[])).await.ok()?,
            HEADERS => seen.lock().unwrap().heads += 1,
            DATA => seen.lock().unwrap().data += payload.len(),
            _ => {}
        }
        if !matches!(kind, HEADERS | DATA) || flags & END_STREAM == 0 {
            continue;
        }
        seen.lock().unwrap().whole += 1;
        let act = {
            let mut acts = acts.lock().unwrap();
            if acts.len() > 1 { acts.pop_front().unwrap() } else { acts[0].clone() }
        };
        stream.write_all(&act.frames(id)).await.ok()?;
        if matches!(act, Act::GoAway(..)) {
            // The client must read the frame before the end of the connection.
            tokio::time::sleep(Duration::from_millis(50)).await;
            return None;
        }
    }
}

/// A request with a body.
async fn post(client: &Client) -> Result<Value, Error> {
    client.request(Method::POST, "/messages").json(&json!({ "text": "hi" })).send::<Value>().await
}

fn going(last: u32, code: u32) -> Act {
    Act::GoAway(last, code, String::new())
}

#[tokio::test]
async fn what_a_peer_says_of_a_stream() {
    use Delivery::{Accepted, NotSent, Unknown};
    // What the server does, the delivery of a POST, and how often it is received.
    let rows = [
        (Act::Reset(REFUSED_STREAM), NotSent, 3),
        (Act::Reset(CANCEL), Unknown, 1),
        (Act::Reset(INTERNAL_ERROR), Unknown, 1),
        (Act::Reset(NO_ERROR), Unknown, 1),
        (Act::Reset(ENHANCE_YOUR_CALM), Unknown, 1),
        (going(0, NO_ERROR), NotSent, 3),
        (going(0, ENHANCE_YOUR_CALM), NotSent, 3),
        (going(0, INTERNAL_ERROR), NotSent, 3),
        // The stream is among those that may have been processed.
        (going(1, NO_ERROR), Unknown, 1),
        (going(1, INTERNAL_ERROR), Unknown, 1),
        (going(1, REFUSED_STREAM), Unknown, 1),
        (going(ALL, NO_ERROR), Unknown, 1),
        (going(ALL, REFUSED_STREAM), Unknown, 1),
        // One that contradicts itself is believed where it says more.
        (Act::OkThenReset(REFUSED_STREAM), Accepted, 1),
        (Act::OkThenReset(CANCEL), Accepted, 1),
        (Act::Silence, Unknown, 1),
    ];
    for (act, delivery, received) in rows {
        let what = format!("{act:?}");
        let server = Server::start(Vec::new(), [act]).await;
        let error = post(&server.client()).await.unwrap_err();
        assert_eq!((error.delivery(), server.whole()), (delivery, received), "{what}: {error}");
        let refused = error.to_string().ends_with("The vendor did not process the request.");
        assert_eq!(refused, delivery == NotSent, "{what}: {error}");
        assert_eq!(error.is_retryable(), delivery == NotSent, "{what}");
    }
}

#[tokio::test]
async fn a_refused_post_is_sent_again_and_succeeds() {
    for refusal in [Act::Reset(REFUSED_STREAM), going(0, NO_ERROR)] {
        let server = Server::start(Vec::new(), [refusal.clone(), Act::Ok]).await;
        post(&server.client()).await.unwrap_or_else(|error| panic!("{refusal:?}: {error}"));
        assert_eq!(server.whole(), 2);
        let server = Server::start(Vec::new(), [refusal, Act::Ok]).await;
        let error = post(&server.client().with(CallOptions::new().no_retry())).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), server.whole()), (ErrorKind::Transport, Delivery::NotSent, 1), "{error}");
    }
}

/// The head is all of such a request. A refusal is about its stream; a GOAWAY need not be.
#[tokio::test]
async fn without_a_body_only_a_refusal_is_believed() {
    for (act, delivery, received) in [(Act::Reset(REFUSED_STREAM), Delivery::NotSent, 3), (going(0, NO_ERROR), Delivery::Unknown, 1)] {
        let server = Server::start(Vec::new(), [act]).await;
        let error = server.client().request(Method::POST, "/deals/d1/reopen").send_empty().await.unwrap_err();
        assert_eq!((error.delivery(), server.whole()), (delivery, received), "{error}");
    }
}

/// The vendor's limit of streams is used up: the head leaves after the client has given up, the body never does.
#[tokio::test]
async fn where_the_head_may_arrive_alone_the_body_is_what_is_promised() {
    const MAX_CONCURRENT_STREAMS: u16 = 3;
    const LONG: Duration = Duration::from_millis(600);
    let server = Server::start(setting(MAX_CONCURRENT_STREAMS, 1), [Act::Ok, Act::Silence]).await;
    let client = server.client();
    // From here on the client knows the limit.
    client.request(Method::GET, "/credits").send_empty().await.unwrap();
    let holder = client.with(CallOptions::new().no_retry().timeout(LONG));
    let waiting = client.with(CallOptions::new().no_retry().timeout(LONG / 3));
    let late = async {
        tokio::time::sleep(LONG / 3).await;
        post(&waiting).await.unwrap_err()
    };
    let (_, error) = tokio::join!(post(&holder), late);
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent), "{error}");
    assert!(error.to_string().ends_with("No part of the request's body was sent."), "{error}");
    tokio::time::sleep(LONG / 3).await;
    let seen = server.seen.lock().unwrap();
    let body = json!({ "text": "hi" }).to_string().len();
    assert_eq!((seen.heads, seen.whole, seen.data), (3, 2, body), "the head of the third request arrived, and nothing of its body");
}

/// GOAWAY can carry text, and the HTTP library quotes it.
#[tokio::test]
async fn an_echo_in_debug_data_never_comes_out() {
    let echoes = [format!("bad key {KEY}"), format!("bad key {}", KEY.replace('_', "\\u005f")), KEY.replace('_', "\u{202e}_")];
    for echo in echoes {
        for last in [0, 1] {
            let server = Server::start(Vec::new(), [Act::GoAway(last, ENHANCE_YOUR_CALM, echo.clone())]).await;
            let error = post(&server.client()).await.unwrap_err();
            let mut all = format!("{error} {error:?} {error:#?}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                all = format!("{all} {cause} {cause:?}");
                source = cause.source();
            }
            assert!(!all.contains("MARKED"), "{all}");
            if last == 0 {
                assert!(all.contains("[redacted]"), "the echo arrived: {all}");
            }
        }
    }
}
