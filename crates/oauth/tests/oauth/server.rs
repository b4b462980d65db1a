//! A token endpoint in raw TCP, so that it can misbehave.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// What the server does with its next request, instead of responding as the vendor does.
pub enum Action {
    Respond(u16, &'static str, String),
    /// Reads the request and closes the connection.
    Hang,
    /// Responds as usual, once [`Server::release`] is called.
    Hold,
    /// Announces more than it sends.
    Truncate(String),
}

impl Action {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::Respond(status, "application/json", body.to_string())
    }
}

/// A request that was received in full.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub form: HashMap<String, String>,
}

#[derive(Default)]
struct State {
    script: VecDeque<Action>,
    received: Vec<Received>,
    /// How many refreshes were granted; the only valid refresh token is `refresh-<granted>`.
    granted: usize,
    minted: usize,
}

pub struct Server {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    count: watch::Sender<usize>,
    released: Semaphore,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { state: Mutex::default(), count: watch::channel(0).0, released: Semaphore::new(0) });
        tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&shared)));
                }
            }
        });
        Self { port, shared }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn next(&self, action: Action) {
        self.shared.state.lock().unwrap().script.push_back(action);
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.state.lock().unwrap().received.clone()
    }

    pub fn count(&self) -> usize {
        self.received().len()
    }

    /// Waits until so many requests were received in full.
    pub async fn has_received(&self, count: usize) {
        let mut seen = self.shared.count.subscribe();
        seen.wait_for(|seen| *seen >= count).await.unwrap();
    }

    /// Lets one held response go.
    pub fn release(&self) {
        self.shared.released.add_permits(1);
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let Some(request) = read(&mut stream).await else { return };
    let action = {
        let mut state = shared.state.lock().unwrap();
        state.received.push(request.clone());
        let count = state.received.len();
        shared.count.send_replace(count);
        state.script.pop_front()
    };
    let (status, content_type, body, promised) = match action {
        Some(Action::Hang) => return,
        Some(Action::Respond(status, content_type, body)) => (status, content_type, body, 0),
        Some(Action::Truncate(body)) => (200, "application/json", body, 100),
        Some(Action::Hold) => {
            shared.released.acquire().await.unwrap().forget();
            let (status, body) = respond(&request, &shared);
            (status, "application/json", body, 0)
        }
        None => {
            let (status, body) = respond(&request, &shared);
            (status, "application/json", body, 0)
        }
    };
    let length = body.len() + promised;
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok();
    stream.write_all(body.as_bytes()).await.ok();
    stream.shutdown().await.ok();
    // Reading on keeps the kernel from resetting the connection under a response that is still on its way.
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut [0; 64])).await;
}

/// What the vendor would respond.
fn respond(request: &Received, shared: &Shared) -> (u16, String) {
    let mut state = shared.state.lock().unwrap();
    let refused =
        |message: &str| (400, json!({"statusCode": 400, "message": message, "error": "Bad Request", "traceId": "trace-1"}).to_string());
    match (request.path.as_str(), request.form.get("grant_type").map(String::as_str)) {
        ("/oauth/token", Some("refresh_token")) => {
            if request.form["refresh_token"] != format!("refresh-{}", state.granted) {
                return refused("Invalid grant: refresh token is invalid");
            }
            state.granted += 1;
            (200, granted(state.granted).to_string())
        }
        ("/oauth/token", Some("authorization_code")) => (200, granted(0).to_string()),
        ("/oauth/locationToken", None) => {
            state.minted += 1;
            let body = json!({
                "access_token": format!("location-{}-{}", request.form["locationId"], state.minted), "token_type": "Bearer",
                "expires_in": 86399, "scope": "contacts.readonly", "locationId": request.form["locationId"], "userId": "user-1",
            });
            (200, body.to_string())
        }
        // Any other operation refuses the first access token.
        ("/contacts", _) if request.headers["authorization"] == "Bearer access-0" => {
            (401, json!({"statusCode": 401, "message": "Invalid JWT"}).to_string())
        }
        ("/contacts", _) => (200, json!({"as": request.headers["authorization"]}).to_string()),
        _ => (404, r#"{"message":"Not Found"}"#.to_owned()),
    }
}

/// The response of `POST /oauth/token`, with the names and values that the vendor documents.
pub fn granted(number: usize) -> Value {
    json!({
        "access_token": format!("access-{number}"), "token_type": "Bearer", "expires_in": 86399,
        "refresh_token": format!("refresh-{number}"), "scope": "conversations/message.write contacts.readonly",
        "userType": "Company", "companyId": "company-1", "approvedLocations": ["location-1"], "userId": "user-1",
        "planId": "plan-1", "isBulkInstallation": true,
    })
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(position) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break position;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: HashMap<_, _> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").map_or(Some(0), |length| length.parse::<usize>().ok())?;
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let form = url::form_urlencoded::parse(&body).into_owned().collect();
    Some(Received { path, headers, form })
}
