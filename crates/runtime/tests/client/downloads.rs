//! Streamed responses over real sockets.

use std::time::Duration;

use futures_util::StreamExt;
use reachout_runtime::{ByteStream, Delivery, Error, ErrorKind, Method, Response};

use crate::server::{Act, Server, response};
use crate::vendor::{self, GET, KEY};

/// The longest of these streams is read in a fraction of it.
const ENDLESS: Duration = Duration::from_secs(60);

async fn download(act: Act) -> Result<Response<ByteStream>, Error> {
    let server = Server::start([act]).await;
    let client = vendor::builder(&server.url).max_body(1000).build().unwrap();
    let response = client.core.operation(GET).path_param("messageId", &"m1").send_stream().response().await;
    assert_eq!(server.received()[0].header("accept"), Some("*/*"));
    response
}

#[tokio::test]
async fn a_stream_has_no_limit_but_the_caller_s() {
    const SIZE: usize = 20 * 1024 * 1024;
    let large = || Act::Respond(response("200 OK", "content-type: audio/wav\r\n", vec![7; SIZE]));
    let response = download(large()).await.unwrap();
    assert_eq!(response.headers["content-type"], "audio/wav");
    let bytes = response.body.collect_bytes(SIZE).await.unwrap();
    assert!(bytes.len() == SIZE && bytes.iter().all(|byte| *byte == 7));
    let error = download(large()).await.unwrap().body.collect_bytes(SIZE - 1).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::TooLarge, Delivery::Accepted));
    let mut pieces = 0;
    let mut stream = download(large()).await.unwrap().body;
    let read = async {
        while let Some(piece) = stream.next().await {
            pieces += piece.unwrap().len();
        }
    };
    tokio::time::timeout(ENDLESS, read).await.expect("the stream does not end");
    assert_eq!(pieces, SIZE);
}

#[tokio::test]
async fn an_interruption_is_the_last_item() {
    let head = b"HTTP/1.1 200 OK\r\nx-request-id: r1\r\ncontent-length: 100\r\n\r\nbeginning".to_vec();
    for (act, kind) in [(Act::Partial(head.clone()), ErrorKind::Transport), (Act::Stall(head), ErrorKind::Timeout)] {
        let stream = download(act).await.unwrap().body;
        let items: Vec<_> = tokio::time::timeout(ENDLESS, stream.collect()).await.expect("the stream does not end");
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].as_ref().unwrap(), "beginning");
        let error = items[1].as_ref().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::Accepted), "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        assert_eq!((error.operation(), &error.headers()["x-request-id"]), (Some("get_message"), &"r1".parse().unwrap()));
    }
}

#[tokio::test]
async fn an_error_response_is_an_error() {
    let error = download(Act::Respond(response("404 Not Found", "", r#"{"error":{"message":"gone"}}"#))).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, Some("gone")));
}

#[tokio::test]
async fn a_cut_stream_knows_all_attempts() {
    let unavailable = Act::Respond(response("503 Service Unavailable", "", ""));
    let redirect = Act::Respond(response("302 Found", "location: /elsewhere\r\n", ""));
    let cut = Act::Partial(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbeginning".to_vec());
    for (acts, attempts) in [(vec![cut.clone()], 1), (vec![unavailable.clone(), cut.clone()], 2), (vec![unavailable, redirect, cut], 3)] {
        let server = Server::start(acts).await;
        let path = format!("/recordings/{KEY}");
        let stream = vendor::client(&server.url).request(Method::GET, &path).send_stream().await.unwrap();
        let error = stream.collect_bytes(1000).await.unwrap_err();
        assert_eq!((error.attempts(), error.delivery()), (attempts, Delivery::Accepted), "{error}");
        assert_eq!(error.operation(), Some("GET /recordings/[redacted]"));
    }
}
