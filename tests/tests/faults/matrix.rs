//! Every fault, each vendor: a call that writes, a call that reads, and a POST that only reads.

use futures_util::future::join_all;
use reachout_messenger::Vendor;
use reachout_runtime::{Delivery, Error, ErrorKind};
use tokio::io::AsyncWriteExt as _;

use crate::{
    server::{Act, Server},
    vendors::{ALL, found, list, search, searches, send, successes},
};

/// What goes wrong.
struct Fault {
    name: &'static str,
    acts: fn(Vendor, Call) -> Vec<Act>,
    write: Expected,
    read: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Write,
    Read,
    /// A POST that only reads: it is repeated like a GET, and not redirected.
    Search,
}

/// What a call comes to, and how many requests the server received in full.
#[derive(Clone, Copy, Debug)]
enum Expected {
    Success {
        received: usize,
    },
    Failure {
        kind: ErrorKind,
        delivery: Delivery,
        received: usize,
    },
    /// The reset may come before or after the client's last byte left: then nobody can tell.
    NotReceived,
}

use Delivery::{Accepted, NotSent, Rejected, Unknown};
use Expected::{Failure, Success};

fn response(status: &str, content_type: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn json(status: &str, body: &str) -> Vec<Act> {
    vec![Act::Respond(response(status, "application/json", "", body))]
}

fn success(vendor: Vendor, call: Call) -> Act {
    let (write, read) = successes(vendor);
    let body = match call {
        Call::Write => write,
        Call::Read => read,
        Call::Search => found(vendor),
    };
    Act::Respond(response("200 OK", "application/json", "", body))
}

fn failed(kind: ErrorKind, delivery: Delivery, received: usize) -> Expected {
    Failure { kind, delivery, received }
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn faults() -> Vec<Fault> {
    vec![
        Fault {
            name: "none",
            acts: |vendor, call| vec![success(vendor, call)],
            write: Success { received: 1 },
            read: Success { received: 1 },
        },
        Fault {
            name: "reset before the request is read",
            acts: |_, _| vec![Act::ResetUnread],
            write: Expected::NotReceived,
            read: Expected::NotReceived,
        },
        Fault {
            name: "reset after the request is read",
            acts: |_, _| vec![Act::ResetRead],
            write: failed(ErrorKind::Transport, Unknown, 1),
            read: failed(ErrorKind::Transport, Unknown, 3),
        },
        Fault {
            name: "reset after the request is read, then well",
            acts: |vendor, call| vec![Act::ResetRead, success(vendor, call)],
            write: failed(ErrorKind::Transport, Unknown, 1),
            read: Success { received: 2 },
        },
        Fault {
            name: "reset in the middle of the head",
            acts: |_, _| vec![Act::Partial(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec())],
            write: failed(ErrorKind::Transport, Unknown, 1),
            read: failed(ErrorKind::Transport, Unknown, 3),
        },
        Fault {
            name: "reset in the middle of the body",
            acts: |_, _| {
                vec![Act::Partial(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"data\":".to_vec())]
            },
            write: failed(ErrorKind::Transport, Accepted, 1),
            read: failed(ErrorKind::Transport, Accepted, 3),
        },
        Fault {
            name: "a body shorter than announced",
            acts: |_, _| {
                vec![Act::Respond(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\nconnection: close\r\n\r\n{\"da".to_vec(),
                )]
            },
            write: failed(ErrorKind::Transport, Accepted, 1),
            read: failed(ErrorKind::Transport, Accepted, 3),
        },
        Fault {
            name: "no response",
            acts: |_, _| vec![Act::Silence],
            write: failed(ErrorKind::Timeout, Unknown, 1),
            read: failed(ErrorKind::Timeout, Unknown, 3),
        },
        Fault {
            name: "400",
            acts: |_, _| json("400 Bad Request", r#"{"message":"no"}"#),
            write: failed(ErrorKind::Refused, Rejected, 1),
            read: failed(ErrorKind::Refused, Rejected, 1),
        },
        Fault {
            name: "an empty 401",
            acts: |_, _| json("401 Unauthorized", ""),
            write: failed(ErrorKind::Unauthorized, Rejected, 1),
            read: failed(ErrorKind::Unauthorized, Rejected, 1),
        },
        Fault {
            name: "404",
            acts: |_, _| json("404 Not Found", r#"{"message":"no"}"#),
            write: failed(ErrorKind::NotFound, Rejected, 1),
            read: failed(ErrorKind::NotFound, Rejected, 1),
        },
        Fault {
            name: "408",
            acts: |_, _| json("408 Request Timeout", ""),
            write: failed(ErrorKind::Refused, Unknown, 1),
            read: failed(ErrorKind::Refused, Rejected, 3),
        },
        Fault {
            name: "429, then well",
            acts: |vendor, call| {
                vec![Act::Respond(response("429 Too Many Requests", "application/json", "retry-after: 0\r\n", "{}")), success(vendor, call)]
            },
            write: Success { received: 2 },
            read: Success { received: 2 },
        },
        Fault {
            name: "429 again and again",
            acts: |_, _| vec![Act::Respond(response("429 Too Many Requests", "application/json", "retry-after: 0\r\n", "{}"))],
            write: failed(ErrorKind::RateLimited, Rejected, 3),
            read: failed(ErrorKind::RateLimited, Rejected, 3),
        },
        Fault {
            name: "500 as JSON",
            acts: |_, _| json("500 Internal Server Error", r#"{"message":"down"}"#),
            write: failed(ErrorKind::Server, Unknown, 1),
            read: failed(ErrorKind::Server, Rejected, 3),
        },
        Fault {
            name: "502 as a page",
            acts: |_, _| vec![Act::Respond(response("502 Bad Gateway", "text/html", "", "<html><h1>502</h1></html>"))],
            write: failed(ErrorKind::Server, Unknown, 1),
            read: failed(ErrorKind::Server, Rejected, 3),
        },
        Fault {
            name: "503, then well",
            acts: |vendor, call| {
                vec![Act::Respond(response("503 Service Unavailable", "text/plain", "retry-after: 0\r\n", "later")), success(vendor, call)]
            },
            write: failed(ErrorKind::Server, Unknown, 1),
            read: Success { received: 2 },
        },
        Fault {
            name: "a success that is not JSON",
            acts: |_, _| json("200 OK", "<html>"),
            write: failed(ErrorKind::Decode, Accepted, 1),
            read: failed(ErrorKind::Decode, Accepted, 1),
        },
        Fault {
            name: "a success without a body",
            acts: |_, _| json("200 OK", ""),
            write: failed(ErrorKind::Decode, Accepted, 1),
            read: failed(ErrorKind::Decode, Accepted, 1),
        },
        Fault {
            name: "a success over the cap",
            acts: |_, _| json("200 OK", &format!("\"{}\"", "x".repeat(100_000))),
            write: failed(ErrorKind::TooLarge, Accepted, 1),
            read: failed(ErrorKind::TooLarge, Accepted, 1),
        },
        Fault {
            name: "a redirect",
            acts: |_, _| {
                vec![Act::Respond(response("307 Temporary Redirect", "text/plain", "location: http://127.0.0.1:1/elsewhere\r\n", ""))]
            },
            write: failed(ErrorKind::Redirect, Rejected, 1),
            // Followed without the credential, to a place where nobody listens; only that hop is tried again. The vendor has received the request.
            read: failed(ErrorKind::Connect, Rejected, 1),
        },
    ]
}

#[tokio::test]
async fn nothing_is_sent_twice_and_everything_is_accounted_for() {
    let (mut scenarios, mut sent_twice, mut wrong) = (0, 0, Vec::new());
    for fault in faults() {
        let calls = ALL.into_iter().flat_map(|vendor| [(vendor, Call::Write), (vendor, Call::Read), (vendor, Call::Search)]);
        let calls = calls.filter(|(vendor, call)| *call != Call::Search || searches(*vendor));
        let fault = &fault;
        let played = calls.map(|(vendor, call)| async move {
            let server = Server::start((fault.acts)(vendor, call)).await;
            let result = run(vendor, call, &server.url).await;
            (vendor, call, result, server.count())
        });
        for (vendor, call, result, received) in join_all(played).await {
            let expected = match call {
                Call::Write => fault.write,
                Call::Search if fault.name == "a redirect" => fault.write,
                Call::Read | Call::Search => fault.read,
            };
            scenarios += 1;
            let first_was_429 = fault.name.starts_with("429");
            sent_twice += usize::from(call == Call::Write && received > 1 && !first_was_429);
            if let Err(found) = compare(expected, &result, received) {
                wrong.push(format!("{}, {vendor:?}, {call:?}: expected {expected:?}, {found}", fault.name));
            }
        }
    }
    println!("{scenarios} fault scenarios, {sent_twice} messages sent twice");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(sent_twice, 0);
    assert!(scenarios >= 60);
}

#[tokio::test]
async fn what_never_connects_is_not_sent() {
    let refused = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let no_tls = speaks_no_tls().await;
    let cases = [
        ("a name that does not resolve", "https://vendor.invalid"),
        ("a refused connection", refused.as_str()),
        ("a peer without TLS", no_tls.as_str()),
    ];
    let mut scenarios = 0;
    for (name, url) in cases {
        for vendor in ALL {
            for call in [Call::Write, Call::Read] {
                let error = run(vendor, call, url).await.unwrap_err();
                assert_eq!(
                    (error.kind(), error.delivery()),
                    (ErrorKind::Connect, Delivery::NotSent),
                    "{name}, {vendor:?}, {call:?}: {error}"
                );
                assert_eq!(error.attempts(), 3, "{name}, {vendor:?}, {call:?}: nothing was sent, so it may be tried again");
                scenarios += 1;
            }
        }
    }
    println!("{scenarios} fault scenarios in which nothing connects");
}

/// The URL of a peer that greets whoever connects in plain text.
async fn speaks_no_tls() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"220 mail.example ready\r\n").await;
        }
    });
    url
}

async fn run(vendor: Vendor, call: Call, url: &str) -> Result<(), Error> {
    match call {
        Call::Write => send(vendor, url).await,
        Call::Read => list(vendor, url).await,
        Call::Search => search(vendor, url).await,
    }
}

fn compare(expected: Expected, result: &Result<(), Error>, received: usize) -> Result<(), String> {
    let as_expected = match (expected, result) {
        (Success { received: expected }, Ok(())) => expected == received,
        (Failure { kind, delivery, received: expected }, Err(error)) => {
            error.kind() == kind && error.delivery() == delivery && expected == received
        }
        (Expected::NotReceived, Err(error)) => {
            error.kind() == ErrorKind::Transport && [NotSent, Unknown].contains(&error.delivery()) && received == 0
        }
        _ => false,
    };
    if as_expected {
        return Ok(());
    }
    Err(match result {
        Ok(()) => format!("it succeeded, {received} received"),
        Err(error) => format!("{:?}, {:?}, {received} received: {error}", error.kind(), error.delivery()),
    })
}
