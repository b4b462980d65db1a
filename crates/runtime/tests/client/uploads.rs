//! Forms over real sockets.

use std::error::Error as _;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reachout_runtime::multipart::{Form, Part};
use reachout_runtime::{Bytes, CallOptions, Delivery, ErrorKind, Method, Observer, Outgoing};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::server::{self, Act, Received, Server, response};
use crate::vendor::{self, SEND};

/// A file of this test's own.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("reachout-runtime-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path
}

/// The parts of a received form: head and content.
fn parts(request: &Received) -> Vec<(String, Vec<u8>)> {
    let content_type = request.header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let delimiter = format!("--{boundary}");
    let text = String::from_utf8_lossy(&request.body).into_owned();
    assert!(text.ends_with(&format!("{delimiter}--\r\n")));
    let split = text.split(&delimiter).skip(1).filter(|part| !part.starts_with("--"));
    split
        .map(|part| {
            let (head, content) = part.split_once("\r\n\r\n").unwrap();
            (head.trim().to_lowercase(), content.strip_suffix("\r\n").unwrap().as_bytes().to_vec())
        })
        .collect()
}

#[tokio::test]
async fn a_form_of_every_kind_of_part() {
    let server = Server::start([server::json("200 OK", "{}")]).await;
    let path = file("offer.txt", b"from a file");
    let stream = futures_util::stream::iter(["from ", "a ", "stream"].map(|piece| Ok(Bytes::from(piece))));
    let form = Form::new()
        .text("conversationId", "c1 \u{fc}")
        .file("fileAttachment", &path)
        .part("bytes", Part::bytes(&b"from memory"[..]).file_name("b.bin").media_type("application/x-b"))
        .part("stream", Part::stream(stream, 13).file_name("s.bin"));
    assert!(!format!("{form:?}").contains("from memory"));
    vendor::client(&server.url).core.operation(SEND).multipart(form).send_empty().await.unwrap();
    let request = &server.received()[0];
    // Every length is known beforehand, so nothing is chunked.
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.header("content-length"), Some(&*request.body.len().to_string()));
    let parts = parts(request);
    let contents: Vec<_> = parts.iter().map(|(_, content)| String::from_utf8_lossy(content).into_owned()).collect();
    assert_eq!(contents, ["c1 \u{fc}", "from a file", "from memory", "from a stream"]);
    assert!(parts[0].0.contains(r#"name="conversationid""#) && !parts[0].0.contains("filename"));
    assert!(parts[1].0.contains("offer.txt") && parts[1].0.contains("content-type: text/plain"), "{}", parts[1].0);
    assert!(parts[2].0.contains(r#"filename="b.bin""#) && parts[2].0.contains("content-type: application/x-b"));
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn a_file_is_opened_again_for_each_attempt() {
    let too_many = Act::Respond(response("429 Too Many Requests", "retry-after: 0\r\n", ""));
    let server = Server::start([too_many, server::json("200 OK", "{}")]).await;
    let content: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).take(3_000_000).map(|byte| b'a' + byte % 26).collect();
    let path = file("large.bin", &content);
    vendor::client(&server.url).core.operation(SEND).multipart(Form::new().file("f", &path)).send_empty().await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2);
    for request in &received {
        assert!(parts(request)[0].1 == content, "all of the file, each time");
    }
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_is_not_sent() {
    let server = Server::start([server::json("200 OK", "{}")]).await;
    let client = vendor::client(&server.url);
    let forms = [Form::new().file("f", "/nonexistent/offer.pdf"), Form::new().part("f", Part::bytes("x").media_type("no media type"))];
    for form in forms {
        let error = client.core.operation(SEND).multipart(form).send_empty().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidRequest, Delivery::NotSent), "{error}");
    }
    assert_eq!(server.count(), 0);
}

/// A stream that does not keep to its length is not received as a request.
#[tokio::test]
async fn a_stream_of_another_length() {
    let server = Server::start([server::json("200 OK", "{}")]).await;
    for (length, how) in [(2, "longer"), (4, "shorter")] {
        let stream = futures_util::stream::iter([Ok(Bytes::from("abc"))]);
        let form = Form::new().part("f", Part::stream(stream, length));
        let error = vendor::client(&server.url).core.operation(SEND).multipart(form).send_empty().await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert!(error.to_string().contains(&format!("the stream is {how} than its declared length")), "{error}");
    }
    let broken = futures_util::stream::iter([Ok(Bytes::from("a")), Err(std::io::Error::other("disk on fire"))]);
    let form = Form::new().part("f", Part::stream(broken, 3));
    let error = vendor::client(&server.url).core.operation(SEND).multipart(form).send_empty().await.unwrap_err();
    assert!(error.to_string().contains("disk on fire"), "{error}");
    assert_eq!(server.count(), 0);
}

/// Sees a request when its files are open and nothing has left.
struct Meanwhile(Box<dyn Fn() + Send + Sync>);

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl Observer for Meanwhile {
    fn sending(&self, _: &Outgoing<'_>) -> bool {
        (self.0)();
        true
    }
}

#[tokio::test]
async fn a_file_that_changes_its_size_while_it_is_sent() {
    const SIZE: usize = 300_000;
    let server = Server::start([server::json("200 OK", "{}")]).await;
    for (change, how) in [(1_i64, "longer"), (100_000, "longer"), (-1, "shorter"), (-299_999, "shorter")] {
        let path = file("changes.bin", &vec![b'x'; SIZE]);
        let form = Form::new().file("f", &path);
        let size = u64::try_from(i64::try_from(SIZE).unwrap() + change).unwrap();
        let observer = Meanwhile(Box::new(move || std::fs::File::options().write(true).open(&path).unwrap().set_len(size).unwrap()));
        let client = vendor::client(&server.url).with(CallOptions::new().observer(Arc::new(observer)));
        let error = client.core.operation(SEND).multipart(form).send_empty().await.unwrap_err();
        assert!(error.to_string().contains(&format!("the file is {how} than its declared length")), "{change}: {error}");
        assert_eq!((error.delivery(), server.count()), (Delivery::Unknown, 0), "{change}: nothing arrived as a whole");
    }
}

/// The error of a caller's own stream may come from a connection elsewhere, which says nothing of ours.
#[tokio::test]
async fn a_body_that_fails_was_begun() {
    let refused = || async {
        let error = reqwest::Client::new().get("http://127.0.0.1:1/").send().await.unwrap_err();
        assert!(error.is_connect());
        error
    };
    let unusable = || async { reqwest::Client::new().get("no URL").send().await.unwrap_err() };
    // Without more of a window than it begins with, HTTP/2 takes 64 KiB.
    for (version, counts) in [(1, [0, 1, 64]), (2, [0, 1, 3])] {
        for pieces in counts {
            for cause in [refused().await, unusable().await] {
                let (server, received) = sink().await;
                let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never());
                let http = if version == 2 { http.http2_prior_knowledge() } else { http };
                let client = vendor::builder(&server).http_client(http.build().unwrap()).build().unwrap();
                let text = cause.source().unwrap_or(&cause).to_string();
                let good = (0..pieces).map(|_| Ok(Bytes::from(vec![b'x'; 16 * 1024])));
                let body = futures_util::stream::iter(good.chain([Err(std::io::Error::other(cause))]));
                let form = Form::new().part("f", Part::stream(body, 1 << 30));
                let error = client.core.operation(SEND).multipart(form).send_empty().await.unwrap_err();
                let what = format!("HTTP/{version} after {pieces} pieces with {text}: {error}");
                assert_eq!((error.kind(), error.delivery()), (ErrorKind::Transport, Delivery::Unknown), "{what}");
                assert!(error.to_string().contains("the request's body could not be read to its end"), "{what}");
                assert!(!error.to_string().contains("not sent"), "{what}");
                while version == 1 && pieces == 64 && received.load(Ordering::SeqCst) < 100_000 {
                    // It is on its way.
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        }
    }
}

/// A server that takes whatever comes, counts its bytes, and says as much as HTTP/2 needs.
async fn sink() -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let received = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&received);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut bytes = vec![0; 64 * 1024];
                let mut first = true;
                while let Ok(read @ 1..) = stream.read(&mut bytes).await {
                    if std::mem::take(&mut first) && bytes.starts_with(b"PRI * HTTP/2.0") {
                        // An empty SETTINGS frame, and the acknowledgement of the other's.
                        stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]).await.unwrap();
                    }
                    counted.fetch_add(read, Ordering::SeqCst);
                }
            });
        }
    });
    (url, received)
}

#[tokio::test]
async fn a_request_without_a_body_says_so() {
    let server = Server::start([server::json("200 OK", "{}")]).await;
    let client = vendor::client(&server.url);
    let methods = [(Method::POST, true), (Method::PUT, true), (Method::PATCH, true), (Method::GET, false), (Method::DELETE, false)];
    for (method, says) in methods {
        client.request(method.clone(), "/x").send_empty().await.unwrap();
        client.request(method.clone(), "/x").form(&json!({})).send_empty().await.unwrap();
        for request in &server.received()[server.count() - 2..] {
            assert_eq!(request.header("content-length"), says.then_some("0"), "{method}");
        }
    }
    client.request(Method::POST, "/x").json(&json!({})).send_empty().await.unwrap();
    client.request(Method::POST, "/x").multipart(Form::new().text("a", "b")).send_empty().await.unwrap();
    let received = server.received();
    let lengths: Vec<_> = received[received.len() - 2..].iter().map(|request| request.header("content-length").unwrap()).collect();
    assert_eq!((lengths[0], lengths[1].parse().unwrap()), ("2", received.last().unwrap().body.len()));
}

#[tokio::test]
async fn an_url_encoded_form() {
    let server = Server::start([server::json("200 OK", "{}")]).await;
    let form = json!({ "grant_type": "refresh_token", "note": "a&b c" });
    vendor::client(&server.url).core.operation(SEND).form(&form).send_empty().await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.body, b"grant_type=refresh_token&note=a%26b+c");
}
