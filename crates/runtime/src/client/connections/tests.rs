use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::settings::{PING_INTERVAL, PING_TIMEOUT, build, plain};
use super::*;

/// A client as ours are, which speaks HTTP/2 at once.
fn client() -> reqwest::Client {
    build(plain(Duration::from_secs(10)).http2_prior_knowledge().no_proxy()).unwrap()
}

type Connection = h2::server::Connection<tokio::net::TcpStream, Bytes>;

async fn accept(listener: &TcpListener) -> Connection {
    h2::server::handshake(listener.accept().await.unwrap().0).await.unwrap()
}

/// The next request on a connection is responded to with `body`, which is sent as far as it is let.
async fn respond(connection: &mut Connection, body: Bytes) {
    let (_, mut respond) = connection.accept().await.unwrap().unwrap();
    let mut stream = respond.send_response(http::Response::new(()), false).unwrap();
    stream.send_data(body, true).unwrap();
}

/// The peer hangs, while its kernel acknowledges what it is sent.
#[tokio::test(start_paused = true)]
async fn a_dead_connection_is_replaced() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (hang, hangs) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let mut first = accept(&listener).await;
        respond(&mut first, Bytes::from_static(b"1")).await;
        let mut hangs = std::pin::pin!(hangs);
        // Until then it is driven, so that the response leaves.
        tokio::select! { _ = first.accept() => {}, _ = &mut hangs => {} }
        let mut second = accept(&listener).await;
        respond(&mut second, Bytes::from_static(b"2")).await;
        let _ = second.accept().await;
        drop(first);
    });
    let client = client();
    assert_eq!(client.get(&url).send().await.unwrap().text().await.unwrap(), "1");
    hang.send(()).unwrap();
    let begun = Instant::now();
    let dead = timeout(10 * (PING_INTERVAL + PING_TIMEOUT), client.get(&url).send()).await;
    let error = dead.expect("nobody notices that the connection is dead").unwrap_err();
    let took = begun.elapsed();
    assert!(took <= PING_INTERVAL + PING_TIMEOUT + Duration::from_secs(1), "noticed after {took:?}: {error:?}");
    assert_eq!(client.get(&url).send().await.unwrap().text().await.unwrap(), "2");
}

#[tokio::test]
async fn downloads_that_nobody_reads_leave_room_for_others() {
    const UNREAD: usize = 20;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut connection = accept(&listener).await;
        for _ in 0..UNREAD {
            respond(&mut connection, vec![0; 3 << 20].into()).await;
        }
        respond(&mut connection, Bytes::from_static(b"small")).await;
        let _ = connection.accept().await;
    });
    let client = client();
    let mut unread = Vec::new();
    for _ in 0..UNREAD {
        unread.push(client.get(&url).send().await.unwrap());
    }
    let small = async { client.get(&url).send().await.unwrap().text().await.unwrap() };
    assert_eq!(timeout(Duration::from_secs(60), small).await.expect("the connection is starved"), "small");
}
