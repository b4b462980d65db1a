//! Forms over real sockets.

use std::path::PathBuf;

use reachout_runtime::multipart::{Form, Part};
use reachout_runtime::{Bytes, Delivery, ErrorKind};
use serde_json::json;

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

#[tokio::test]
async fn an_url_encoded_form() {
    let server = Server::start([server::json("200 OK", "{}")]).await;
    let form = json!({ "grant_type": "refresh_token", "note": "a&b c" });
    vendor::client(&server.url).core.operation(SEND).form(&form).send_empty().await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.body, b"grant_type=refresh_token&note=a%26b+c");
}
