//! The accept loop.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tower_service::Service as _;

/// A listening socket and the task that serves it.
#[derive(Debug)]
pub(crate) struct Listener {
    pub address: SocketAddr,
    task: JoinHandle<Infallible>,
}

impl Drop for Listener {
    /// Ends the task, and with it every connection.
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves `router` at a port of this address; 0 is any free one.
pub(crate) async fn listen(host: IpAddr, port: u16, router: Router) -> std::io::Result<Listener> {
    let listener = TcpListener::bind((host, port)).await?;
    let address = listener.local_addr()?;
    Ok(Listener { address, task: tokio::spawn(accept(listener, router)) })
}

async fn accept(listener: TcpListener, router: Router) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(connections.spawn(serve(stream, router.clone()))),
            // Out of file descriptors, most likely: those in use must end first.
            Err(error) => {
                tracing::warn!(%error, "no connection accepted");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, router: Router) {
    // Responses are small; waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY is not set");
    }
    let reset = ConnectionReset::default();
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(reset.clone());
        router.clone().call(request)
    });
    let mut connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        ended = &mut connection => if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        },
        () = reset.0.notified() => {
            // Without lingering, closing the socket sends RST instead of FIN.
            if let Err(error) = connection.into_parts().io.into_inner().set_zero_linger() {
                tracing::warn!(%error, "the connection is closed instead of reset");
            }
        }
    }
}

/// The way for a response to break its own connection, found among the extensions of its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionReset(Arc<Notify>);

impl ConnectionReset {
    /// Resets the connection. This never returns, as the connection and all that serves it end.
    pub(crate) async fn reset(&self) -> Infallible {
        self.0.notify_one();
        std::future::pending().await
    }
}
