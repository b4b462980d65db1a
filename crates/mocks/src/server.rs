//! The HTTP server of mocks.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::received::Received;
use crate::reply::Reply;
use crate::state::State;

/// Serves until it is dropped, on a thread of its own: a test may block its own.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Server {
    pub(crate) fn start(state: Arc<State>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        listener.set_nonblocking(true).expect("a socket can be non-blocking");
        let (stop, stopped) = oneshot::channel::<()>();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime of one thread starts");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("the socket is non-blocking");
                let serve = axum::serve(listener, Router::new().fallback(respond).with_state(state));
                tokio::select! {
                    _ = serve.into_future() => {}
                    // An error too: the sender is gone.
                    _ = stopped => {}
                }
            });
        });
        Self { address, _stop: stop }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn respond(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // A body that breaks off is compared as far as it came.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let target = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let Reply { status, headers, body, delay, .. } = state.respond(Received::new(state.vendor, parts.method, target, parts.headers, &body));
    tokio::time::sleep(delay).await;
    let response = headers.iter().fold(Response::builder().status(status), |response, (name, value)| response.header(name, value));
    response.body(Body::from(body)).unwrap_or_else(|error| {
        let mut response = Response::new(Body::from(format!("the mock's response cannot be sent: {error}")));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
