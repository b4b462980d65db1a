//! What a mock knows of its operation.

use httpmock::{Mock, MockServer};
use reachout_runtime::{Route, Vendor};

use crate::{Then, When};

/// An operation; the types in the modules `operations` are these.
pub trait Operation {
    /// Whose it is.
    const VENDOR: &'static Vendor;
    /// Its method and path.
    const ROUTE: &'static Route;
    /// The document that its examples are in.
    const OPENAPI: &'static str;
    /// The status that the vendor documents for success; 200 where it prints none.
    const STATUS: u16;
}

#[allow(unused_macros, reason = "there may be no vendor")]
macro_rules! operation {
    ($name:ident, $vendor:expr, $route:expr, $openapi:expr, $status:literal) => {
        impl $crate::Operation for $name {
            const VENDOR: &'static ::reachout_runtime::Vendor = &$vendor;
            const ROUTE: &'static ::reachout_runtime::Route = &$route;
            const OPENAPI: &'static str = $openapi;
            const STATUS: u16 = $status;
        }
    };
}
#[allow(unused_imports, reason = "there may be no vendor")]
pub(crate) use operation;

/// What the vendors' `MockServerExt` are written on.
pub trait MockOperation {
    /// Mocks the operation `O`.
    fn mock_operation<O, F>(&self, config: F) -> Mock<'_>
    where
        O: Operation,
        F: FnOnce(When<O>, Then<O>);
}

impl MockOperation for MockServer {
    fn mock_operation<O, F>(&self, config: F) -> Mock<'_>
    where
        O: Operation,
        F: FnOnce(When<O>, Then<O>),
    {
        self.mock(|when, then| config(When::new(when), Then::new(then)))
    }
}
