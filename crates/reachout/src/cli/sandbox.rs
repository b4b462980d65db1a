//! `reachout sandbox`: the sandbox for other programs.

use clap::Args;
use reachout_sandbox::{Builder, Sandbox, Settings, Vendor, Versions};
use serde::Serialize;

use super::{
    failure::Failure,
    output::{Output, line},
};

/// Run a local server that simulates every vendor, until Ctrl-C
#[derive(Args)]
pub struct Serve {
    /// Port on 127.0.0.1; 0 is any free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Take every published `Version` header, as HighLevel's own SDKs need, not only the documented one of each operation
    #[arg(long)]
    any_version: bool,
    /// Let an id that the sandbox never gave out stand for a new object, instead of a 404
    #[arg(long)]
    adopt_ids: bool,
    /// Enforce the documented rate limits
    #[arg(long)]
    rate_limits: bool,
    /// Another host name that it may be called by, such as host.docker.internal; may be given several times
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    vendor: Vendor,
    base_url: String,
    credential: &'static str,
}

impl Serve {
    pub async fn run(self, output: &mut Output) -> Result<(), Failure> {
        let mut settings = Settings::default();
        settings.adopt_unknown_ids = self.adopt_ids;
        settings.rate_limits = self.rate_limits;
        if self.any_version {
            settings.versions = Versions::Published;
        }
        let builder = Sandbox::builder().port(self.port).settings(settings);
        let started = self.allow_host.into_iter().fold(builder, Builder::allow_host).start().await;
        let sandbox = started.map_err(|error| Failure::Usage(error.into()))?;
        let rows = Vendor::ALL.map(|vendor| Row { vendor, base_url: sandbox.base_url(vendor), credential: sandbox.api_key(vendor) });
        output.rows(&["vendor", "base_url", "credential"], &rows)?;
        if !output.is_json() {
            line(&format!("\nPage: {}/   Ctrl-C ends it.", sandbox.url()))?;
        }
        tokio::signal::ctrl_c().await.map_err(Failure::unsent)
    }
}
