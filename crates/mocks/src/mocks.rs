//! [`Mocks`]: a server that simulates a vendor as far as a test needs it.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_executor::block_on;
use reachout_runtime::{Api, ClientBuilder, IntoRequest, Route, Value};

use crate::documented::Documented;
use crate::expectation::Expectation;
use crate::server::Server;
use crate::state::State;
use crate::when::When;
use crate::{credential, path};

/// A server on this machine that responds to what the client `C` sends, as its mocks say.
///
/// A request is matched against the newest mock first. One that no mock matches gets 404, and an error whose message says why: of each mock, what
/// of the request is not as it has to be. The server ends with this value.
#[derive(Debug)]
pub struct Mocks<C> {
    server: Server,
    state: Arc<State>,
    client: PhantomData<fn() -> C>,
}

impl<C: Api> Mocks<C> {
    /// Starts a server, on a thread of its own: a test may be async or not, and may block.
    #[must_use]
    ///
    /// # Panics
    /// Where this machine has no free port on loopback.
    pub fn start() -> Self {
        let state = Arc::new(State::new(C::VENDOR, Documented::of(C::OPENAPI)));
        Self { server: Server::start(Arc::clone(&state)), state, client: PhantomData }
    }

    /// A client of this server, with a credential that means nothing.
    ///
    /// # Panics
    /// Never, but for a vendor whose client cannot be built.
    pub fn client(&self) -> C {
        self.builder().build().expect("the credential is what the vendor takes, and the URL is this server's")
    }

    /// The same before it is built, for other settings.
    pub fn builder(&self) -> ClientBuilder<C> {
        let base_url = self.base_url() + path::base(C::VENDOR);
        ClientBuilder::new(C::VENDOR).credential(credential::meaningless(C::VENDOR.auth)).base_url(base_url)
    }

    /// Where the server is: `http://127.0.0.1:…`. The vendor's base path, such as `/api/v1`, may stand behind it or not.
    pub fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// A mock of exactly what this call sends: operation, parameters, headers and body. Bodies are compared by their values: JSON by its fields,
    /// forms without the boundary. The credential is not compared; see [`When::credential`].
    ///
    /// # Panics
    /// Where the call cannot be sent, as outside of the documented limits, or is another vendor's.
    #[track_caller]
    pub fn on<R: IntoRequest>(&self, call: R) -> When<R::Response> {
        // Nothing is waited for but files of a form, which other threads read.
        let preview = block_on(call.into_request().preview()).unwrap_or_else(|error| panic!("the call of a mock cannot be sent: {error}"));
        let (own, other) = (C::VENDOR, preview.vendor);
        assert!(own.id == other.id, "a mock of {} cannot match a call of {}", own.name, other.name);
        When::new(Arc::clone(&self.state), Expectation::of(preview))
    }

    /// A mock of every request of an operation, to be narrowed down.
    ///
    /// # Panics
    /// Where the operation is another vendor's.
    #[track_caller]
    pub fn any(&self, route: &'static Route) -> When<Value> {
        let own = C::VENDOR.routes.iter().any(|own| std::ptr::eq(*own, route));
        assert!(own, "{} has no operation `{}`", C::VENDOR.name, route.operation_id);
        When::new(Arc::clone(&self.state), Expectation::any(route))
    }
}
