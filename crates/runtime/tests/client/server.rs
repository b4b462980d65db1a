//! A raw TCP server on loopback that responds by script, and counts what it fully received.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// What the server does with one request, or with one connection.
#[derive(Clone, Debug)]
pub enum Act {
    /// Reads the request, writes these bytes, closes.
    Respond(Vec<u8>),
    /// Reads the request, writes these bytes, and keeps the connection for the next act.
    Keep(Vec<u8>),
    /// Reads the request, writes these bytes as if the connection stayed, and closes it.
    RespondThenClose(Vec<u8>),
    /// Closes with a reset before reading anything.
    ResetUnread,
    /// Reads the request, then closes with a reset.
    ResetRead,
    /// Reads the request and never responds.
    Silence,
    /// Reads the request, writes the bytes, then resets.
    Partial(Vec<u8>),
    /// Reads the request, writes the bytes, then says nothing more.
    Stall(Vec<u8>),
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Received {
    pub head: String,
    pub body: Vec<u8>,
}

impl Received {
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

#[derive(Clone)]
pub struct Server {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Takes the acts in order; the last one again and again.
    pub async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let acts = Arc::new(Mutex::new(acts.into_iter().collect::<VecDeque<_>>()));
        let connections = Arc::<AtomicUsize>::default();
        let server = Self { url, received: Arc::clone(&received), connections: Arc::clone(&connections) };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(play(stream, Arc::clone(&acts), Arc::clone(&received)));
            }
        });
        server
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests were received in full.
    pub fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }
}

async fn play(mut stream: TcpStream, acts: Arc<Mutex<VecDeque<Act>>>, received: Arc<Mutex<Vec<Received>>>) {
    let next = || {
        let mut acts = acts.lock().unwrap();
        if acts.len() > 1 { acts.pop_front().unwrap() } else { acts[0].clone() }
    };
    let mut act = next();
    while let Act::Keep(bytes) = &act {
        let Some(request) = read(&mut stream).await else { return };
        received.lock().unwrap().push(request);
        let _ = stream.write_all(bytes).await;
        act = next();
    }
    if matches!(act, Act::ResetUnread) {
        return reset(&stream);
    }
    let Some(request) = read(&mut stream).await else { return };
    received.lock().unwrap().push(request);
    match act {
        Act::ResetUnread | Act::Keep(_) => {}
        Act::RespondThenClose(bytes) => {
            let text = String::from_utf8_lossy(&bytes).replace("connection: close\r\n", "");
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Act::Respond(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::ResetRead => reset(&stream),
        Act::Silence => sleep(Duration::from_secs(600)).await,
        Act::Partial(bytes) => {
            let _ = stream.write_all(&bytes).await;
            // The bytes must arrive before the reset throws them away.
            sleep(Duration::from_millis(50)).await;
            reset(&stream);
        }
        Act::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            sleep(Duration::from_secs(600)).await;
        }
    }
}

/// Makes the close of the stream, which follows, a reset.
#[expect(deprecated, reason = "a zero linger does not block")]
fn reset(stream: &TcpStream) {
    stream.set_linger(Some(Duration::ZERO)).unwrap();
}

/// One whole request, by `Content-Length` or chunks; `None` if it did not arrive in full.
async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(position) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break position + 4;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut request = Received { head, body: bytes.split_off(head_end) };
    if request.header("transfer-encoding").is_some() {
        while !request.body.ends_with(b"0\r\n\r\n") {
            more(stream, &mut request.body).await?;
        }
    } else {
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        while request.body.len() < length {
            more(stream, &mut request.body).await?;
        }
    }
    Some(request)
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(bytes).await.ok()?;
    (read > 0).then_some(())
}

/// A response with a body.
pub fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A JSON response.
pub fn json(status: &str, body: &str) -> Act {
    Act::Respond(response(status, "content-type: application/json\r\n", body))
}
