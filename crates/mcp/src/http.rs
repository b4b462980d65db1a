//! [`Listener`]: the streamable HTTP transport, on this machine alone and behind a token.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::Server;

/// Why nothing is listened to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The address is not one of this machine alone.
    #[error("{0} can be reached from elsewhere; name an address of this machine alone, such as 127.0.0.1:8765")]
    NotLoopback(SocketAddr),
    /// The token is shorter than 16 characters, or has some that no header may have.
    #[error("the token is not 16 or more letters, digits and signs without spaces")]
    Token,
    /// The address cannot be had.
    #[error("{address} cannot be listened to: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// Serves `http://ADDRESS/mcp` to whoever has the token. A request whose `Host` is another name than this machine's, or whose `Origin` is another
/// site, is refused.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    token: SecretString,
}

impl Listener {
    /// Listens to an address of this machine; port 0 takes a free one. Without a token, one is made.
    pub async fn bind(address: SocketAddr, token: Option<SecretString>) -> Result<Self, ListenError> {
        if !address.ip().is_loopback() {
            return Err(ListenError::NotLoopback(address));
        }
        let token = token.unwrap_or_else(|| format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()).into());
        let given = token.expose_secret();
        if given.len() < 16 || !given.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ListenError::Token);
        }
        let bind = async || {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (socket, address) = bind().await.map_err(|source| ListenError::Bind { address, source })?;
        Ok(Self { socket, address, token })
    }

    /// Where clients connect to.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// What they send as `Authorization: Bearer`.
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Serves until `stop` is ready.
    pub async fn serve(self, server: Server, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let origins = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];
        let config = StreamableHttpServerConfig::default().with_allowed_origins(origins);
        let ended = config.cancellation_token.clone();
        let service = StreamableHttpService::new(move || Ok(server.clone()), Arc::new(LocalSessionManager::default()), config);
        let digest: [u8; 32] = Sha256::digest(self.token.expose_secret().as_bytes()).into();
        let router = axum::Router::new().nest_service("/mcp", service).layer(middleware::from_fn_with_state(digest, authorized));
        let stop = async move {
            stop.await;
            // Streams that clients keep open end with it.
            ended.cancel();
        };
        axum::serve(self.socket, router).with_graceful_shutdown(stop).await
    }
}

/// Lets nobody in without the token. Digests are compared, so that the time it takes says nothing of the token.
async fn authorized(State(token): State<[u8; 32]>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer "));
    if given.is_some_and(|given| <[u8; 32]>::from(Sha256::digest(given.as_bytes())) == token) {
        return next.run(request).await;
    }
    let text = "send the token that the server printed as `Authorization: Bearer TOKEN`";
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], text).into_response()
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("address", &self.address).finish_non_exhaustive()
    }
}
