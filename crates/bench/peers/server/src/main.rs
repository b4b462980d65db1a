//! A server on loopback whose responses are ready before they are asked for. It prints its port, and ends with its standard input.
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use driver::{Failure, canned};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{io::AsyncReadExt as _, net::TcpSocket, sync::watch};

/// So long a call is held at most, should the others not come.
const HELD: Duration = Duration::from_secs(60);

struct State {
    lists: Mutex<HashMap<usize, Bytes>>,
    held: watch::Sender<usize>,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    // Ten thousand clients knock at once.
    let listener = socket.listen(16_384)?;
    println!("{}", listener.local_addr()?.port());
    let state = Arc::new(State { lists: Mutex::default(), held: watch::Sender::new(0) });
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let state = Arc::clone(&state);
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                let service = service_fn(move |request| respond(Arc::clone(&state), request));
                // A client that goes away ends its connection with an error that nobody needs.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}

async fn respond(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (request, body) = request.into_parts();
    let _ = body.collect().await;
    let path = request.uri.path();
    let body = if path.ends_with("/contacts") {
        let limit = request.uri.query().and_then(limit).unwrap_or(100);
        let mut lists = state.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.entry(limit).or_insert_with(|| canned::contacts(limit).into()).clone()
    } else {
        if let Some(all) = path.strip_prefix("/hold/").and_then(|path| path.split('/').next()).and_then(|all| all.parse().ok()) {
            hold(&state, all).await;
        }
        Bytes::from_static(canned::MESSAGE.as_bytes())
    };
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    Ok(response)
}

fn limit(query: &str) -> Option<usize> {
    query.split('&').find_map(|pair| pair.strip_prefix("limit="))?.parse().ok()
}

/// Waits until so many calls are here.
async fn hold(state: &State, all: usize) {
    let mut held = state.held.subscribe();
    state.held.send_modify(|held| *held += 1);
    let _ = tokio::time::timeout(HELD, held.wait_for(|held| *held >= all)).await;
}
