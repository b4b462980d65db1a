//! What operators see of calls. A binary of its own, because it captures the logs and metrics of a whole process.

mod collector;
mod log;
#[expect(dead_code, reason = "shared with the test binary `client`")]
#[path = "../client/server.rs"]
mod server;
#[path = "../client/vendor.rs"]
mod vendor;
