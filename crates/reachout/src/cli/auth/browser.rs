//! The way through the browser and back: an address on this machine that the vendor sends the code to (RFC 8252, section 7.3).

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use url::{Host, Url};

use crate::cli::{failure::Failure, output::note};

/// How long somebody has for the vendor's pages.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a browser may take for one request; some open connections that they never use.
const ONE_REQUEST: Duration = Duration::from_secs(30);
/// The longest request that is read.
const LONGEST: usize = 16 * 1024;

/// Listens for the browser to come back.
pub struct Callback {
    listener: TcpListener,
    uri: Url,
}

/// What the browser came back with.
enum Redirect {
    Code(SecretString),
    Refusal(String),
}

impl Callback {
    /// Listens at the address, which is on this machine. Port 0 is any free one.
    pub async fn listen(uri: &str) -> Result<Self, Failure> {
        let wrong = || Failure::usage(format!("the redirect URI {uri} is not one on this machine, such as http://127.0.0.1:4011/callback"));
        let mut url = Url::parse(uri).map_err(|_| wrong())?;
        let host = match url.host() {
            Some(Host::Ipv4(address)) if address.is_loopback() => address.to_string(),
            Some(Host::Ipv6(address)) if address.is_loopback() => address.to_string(),
            Some(Host::Domain("localhost")) => "localhost".to_owned(),
            _ => return Err(wrong()),
        };
        let port = url.port_or_known_default().filter(|_| url.scheme() == "http").ok_or_else(wrong)?;
        let listener = TcpListener::bind((host.as_str(), port)).await;
        let listener = listener.map_err(|error| Failure::usage(format!("cannot listen at {uri}: {error}")))?;
        if port == 0 {
            let port = listener.local_addr().map_err(Failure::unsent)?.port();
            url.set_port(Some(port)).map_err(|()| wrong())?;
        }
        Ok(Self { listener, uri: url })
    }

    pub fn uri(&self) -> String {
        self.uri.to_string()
    }

    /// Waits for the code. Whoever comes without the state of this login is sent away, and the wait goes on.
    pub async fn code(self, state: &SecretString) -> Result<SecretString, Failure> {
        let (sender, mut redirect) = mpsc::channel(1);
        let expected = Arc::new((self.uri.path().to_owned(), state.clone()));
        let accept = async {
            loop {
                let stream = match self.listener.accept().await {
                    Ok((stream, _)) => stream,
                    Err(error) => return error,
                };
                let (sender, expected) = (sender.clone(), Arc::clone(&expected));
                tokio::spawn(async move {
                    if let Ok(Some(redirect)) = timeout(ONE_REQUEST, serve(stream, &expected)).await {
                        // Nobody listens where another request was first.
                        let _ = sender.send(redirect).await;
                    }
                });
            }
        };
        let first = async {
            tokio::select! {
                redirect = redirect.recv() => Ok(redirect),
                failed = accept => Err(failed),
            }
        };
        match timeout(PATIENCE, first).await {
            Ok(Ok(Some(Redirect::Code(code)))) => Ok(code),
            Ok(Ok(Some(Redirect::Refusal(why)))) => Err(Failure::usage(format!("the login was refused: {why}"))),
            Ok(Err(error)) => Err(Failure::unsent(error)),
            Ok(Ok(None)) | Err(_) => Err(Failure::usage("nobody came back from the browser; log in again")),
        }
    }
}

/// Responds to one request; nothing where it does not end the login.
async fn serve(mut stream: TcpStream, expected: &(String, SecretString)) -> Option<Redirect> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    let line = String::from_utf8_lossy(&request);
    let target = line.strip_prefix("GET ").and_then(|line| line.split(' ').next()).unwrap_or_default();
    let redirect = Url::parse(&format!("http://localhost{target}")).ok().filter(|url| url.path() == expected.0).and_then(|url| {
        let value = |key: &str| url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
        let ours = value("state").is_some_and(|state| state == *expected.1.expose_secret());
        match (value("code"), value("error")) {
            (Some(code), _) if ours && !code.is_empty() => Some(Redirect::Code(code.into())),
            (None, Some(error)) if ours => Some(Redirect::Refusal(value("error_description").unwrap_or(error))),
            _ => None,
        }
    });
    let (status, text) = match &redirect {
        Some(Redirect::Code(_)) => ("200 OK", "You are logged in. You may close this window."),
        Some(Redirect::Refusal(_)) => ("200 OK", "The login was refused. You may close this window."),
        None => ("400 Bad Request", "This is not the way back from the login that is waited for."),
    };
    let page = format!("<!doctype html><meta charset=utf-8><title>Reachout</title><p>{text}");
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        page.len()
    );
    // The code counts, whether or not the browser waits for the page.
    let _ = stream.write_all(format!("{head}{page}").as_bytes()).await;
    let _ = stream.shutdown().await;
    redirect
}

/// Sends the browser to the page, or says where it is.
pub async fn open(url: &str, only_print: bool) {
    let opened = !only_print && {
        let url = url.to_owned();
        tokio::task::spawn_blocking(move || webbrowser::open(&url).is_ok()).await.unwrap_or(false)
    };
    note(if opened { "Log in on the page that opened in the browser. If none did, open:" } else { "Open this address in a browser:" });
    note(url);
}
