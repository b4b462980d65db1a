//! `reachout sandbox`: the sandbox for other programs, and the way of `--sandbox` to one.

mod lines;
mod simulated;
mod variables;

use std::{net::IpAddr, path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use reachout_sandbox::{Builder, Running, Sandbox, Settings, Vendor, Versions};
use serde::Serialize;

pub use self::simulated::Simulated;
use super::{
    arguments::time,
    call,
    failure::Failure,
    output::{Output, line, note},
};

/// Run a local server that simulates every vendor, until Ctrl-C
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Serve {
    #[command(subcommand)]
    other: Option<Other>,
    /// Port; 0 is any free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Address to listen at; at any but those of the loopback interface, other machines may use the sandbox
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Let the pages of this origin, such as `http://localhost:3000`, use the sandbox; may be given several times
    #[arg(long, value_name = "ORIGIN")]
    cors: Vec<String>,
    /// Another host name that it may be called by, such as host.docker.internal; may be given several times
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Start from the objects of this JSON file, such as `{"leonar": {"contacts": [{"first_name": "Ada"}]}}`
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Keep objects, faults and webhooks in this file, from one run to the next
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Take every published `Version` header, and fields that only another edition documents, as HighLevel's own SDKs need
    #[arg(long)]
    any_version: bool,
    /// Let an id that the sandbox never gave out stand for a new object, if it has the vendor's form, instead of a 404
    #[arg(long)]
    adopt_ids: bool,
    /// Enforce the documented rate limits
    #[arg(long)]
    rate_limits: bool,
    /// Maximum number of objects of a kind; the oldest go first, and a seed or a state of more is refused
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().capacity)]
    capacity: usize,
    /// Time in the sandbox at its start, such as 2026-01-05T09:00:00Z; what takes days there happens when `/_sandbox/clock` is moved
    #[arg(long, value_name = "TIME", value_parser = time::moment)]
    clock: Option<DateTime<Utc>>,
    /// Seconds that pass in the sandbox while one passes outside; 0 lets its time stand still
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0)]
    clock_speed: f64,
    /// Let the people of this JSON file react to messages, such as `{"people": [{"share": 0.1, "does": "answers", "after": "2d"}]}`
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// Print no line for each request
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Other {
    /// Print the variables that lead clients to the running sandbox, for `eval "$(reachout sandbox env)"`
    Env {
        /// The shell that is to read them
        #[arg(long, value_enum, default_value_t)]
        shell: variables::Shell,
    },
    /// Wait until a sandbox is ready, and print its address
    Wait {
        /// The longest time to wait
        #[arg(long, value_name = "DURATION", value_parser = time::duration, default_value = "30s")]
        timeout: Duration,
    },
}

#[derive(Serialize)]
struct Row {
    vendor: Vendor,
    base_url: String,
    credential: &'static str,
}

#[derive(Serialize)]
struct Ready {
    url: String,
}

async fn wait(time: Duration, output: &mut Output) -> Result<(), Failure> {
    let running = Running::wait(time).await.map_err(|error| Failure::Usage(error.into()))?;
    let ready = Ready { url: running.url().to_owned() };
    if output.is_json() { output.object(&ready) } else { line(&ready.url) }
}

impl Serve {
    pub async fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self.other {
            Some(Other::Env { shell }) => variables::print(shell, output).await,
            Some(Other::Wait { timeout }) => wait(timeout, output).await,
            None => self.serve(output).await,
        }
    }

    async fn serve(self, output: &mut Output) -> Result<(), Failure> {
        let quiet = self.quiet;
        let host = self.host;
        let sandbox = self.builder().start().await.map_err(|error| Failure::Usage(error.into()))?;
        if !host.to_canonical().is_loopback() {
            note(&format!("note: other machines may use this sandbox, which listens at {host}"));
        }
        // Caught before anything is said, so that whoever reads it may end the sandbox at once.
        let signal = call::signal().map_err(Failure::unsent)?;
        let _announcement = sandbox.announce().unwrap_or_else(|error| {
            note(&format!("note: --sandbox will not find this sandbox: {error}"));
            None
        });
        let rows = Vendor::ALL.map(|vendor| Row { vendor, base_url: sandbox.base_url(vendor), credential: Sandbox::api_key(vendor) });
        output.rows(&["vendor", "base_url", "credential"], &rows)?;
        if !output.is_json() {
            line(&format!("\nDashboard: {}/   Press Ctrl-C to stop.", sandbox.url()))?;
        }
        if !quiet {
            tokio::spawn(lines::print(sandbox.watch(), output.is_json()));
        }
        signal.await;
        sandbox.save().map_err(|error| Failure::Output(error.into()))
    }

    fn builder(self) -> Builder {
        let mut settings = Settings::default();
        settings.adopt_unknown_ids = self.adopt_ids;
        settings.rate_limits = self.rate_limits;
        settings.capacity = self.capacity;
        if self.any_version {
            settings.versions = Versions::Published;
        }
        let builder = Sandbox::builder().host(self.host).port(self.port).settings(settings).clock_speed(self.clock_speed);
        let builder = self.clock.into_iter().fold(builder, Builder::clock);
        let builder = self.people.into_iter().fold(builder, Builder::people_file);
        let builder = self.allow_host.into_iter().fold(builder, Builder::allow_host);
        let builder = self.cors.into_iter().fold(builder, Builder::allow_origin);
        let builder = self.seed.into_iter().fold(builder, Builder::seed_file);
        self.state.into_iter().fold(builder, Builder::state_file)
    }
}
