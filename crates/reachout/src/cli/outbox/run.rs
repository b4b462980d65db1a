//! `reachout outbox run`: the workers.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{ArgMatches, Args};
use reachout_messenger::Delivery;
use reachout_outbox::{Account, Outbox, Region, Runner, State, Status, Summary, VendorEligibility, VendorReplies};
use serde_json::{Map, Value};

use super::{
    Database,
    accounts::ByProfile,
    clock::SandboxClock,
    failed, messages, page,
    progress::RunProgress,
    telemetry::{Collector, Telemetry},
};
use crate::cli::{
    arguments::time::duration,
    call::{Access, signal},
    failure::{Exit, Failure},
    output::{Output, note},
    trace,
};

/// How often it is looked how much is left.
const LOOK: Duration = Duration::from_secs(1);

/// Send what is queued, until nothing is
///
/// Any number of processes, on any number of machines, may run for one outbox; together they keep to each vendor's limit. Ctrl-C finishes
/// what is being sent and ends; a second one ends at once, and what was being sent is then unknown. Running again goes on.
#[derive(Args)]
pub struct Run {
    /// Maximum number of messages that are sent at a time; the rate limit holds whatever it is
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    workers: u16,
    /// Go on when nothing is queued, and wait for more
    #[arg(long)]
    follow: bool,
    /// End when nothing is to be sent now, for cron; what is due later is left to the next run
    #[arg(long, conflicts_with = "follow")]
    due: bool,
    /// Go by the clock of the sandbox that is called, or by the database's own again, which ends that: in a test, days pass in seconds
    #[arg(long, value_name = "WHOSE", value_parser = ["sandbox", "own"])]
    clock: Option<String>,
    /// Do not ask the vendor before each message whether its recipient may be written to, and before each follow-up whether they replied;
    /// the suppression list, and whom the vendor refused before, are looked at in any case
    #[arg(long)]
    no_vendor_check: bool,
    /// After how long without a heartbeat a process is believed dead; what it was sending is then unknown
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    lease: Duration,
    /// Serve metrics of the run and the outbox at this address in Prometheus' text form, such as `127.0.0.1:9464`; the path is `/metrics`
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Send spans and metrics of the run to the OpenTelemetry collector at this address, by OTLP over HTTP; headers such as a credential come
    /// from `OTEL_EXPORTER_OTLP_HEADERS`
    #[arg(long, value_name = "URL", value_parser = Collector::parse)]
    otlp: Option<Collector>,
    /// Show the run and the outbox on a page as `reachout outbox page` does, at this address of this machine
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, require_equals = true, default_missing_value = page::ADDRESS, value_parser = page::loopback)]
    page: Option<SocketAddr>,
}

impl Run {
    /// Whether these arguments are of a run whose spans a collector gets: it starts to trace when it knows the collector.
    pub fn is_collected(outbox: &ArgMatches) -> bool {
        outbox.subcommand_matches("run").is_some_and(|run| run.contains_id("otlp"))
    }

    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let telemetry = Telemetry::start(self.metrics, self.otlp.as_ref(), &outbox).await?;
        if let Some(tracer) = telemetry.tracer() {
            trace(Some(tracer));
        }
        let ended = self.work(outbox, database.region(), access, output).await;
        telemetry.finish().await;
        ended
    }

    async fn work(self, outbox: Outbox, region: Option<Region>, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let accounts = ByProfile::new(access);
        let status = outbox.status().await.map_err(failed)?;
        for account in status.accounts.iter().filter(|account| account.next_due_at.is_some() && !account.paused) {
            accounts.check(&Account::new(account.vendor, account.credential.as_str())).await?;
        }
        let outbox = self.clocked(outbox, &status, access).await?;
        if let Some(address) = self.page {
            note(&format!("page at {}", page::serve(address, &outbox, region, access).await?));
        }
        let board = Arc::new(RunProgress::new(status.count(State::Queued), output.is_json()));
        let events = Arc::clone(&board);
        let mut runner = Runner::new(&outbox, accounts).workers(self.workers.into()).lease(self.lease);
        runner = runner.on_event(move |event| events.event(event));
        runner = match (self.follow, self.due) {
            (true, _) => runner,
            (false, true) => runner.until_none_due(),
            (false, false) => runner.until_empty(),
        };
        // The sandbox in this process knows nobody, and the documented contact that it shows instead is on do-not-disturb.
        if !self.no_vendor_check && access.sandbox().is_none() {
            runner = runner.eligibility(VendorEligibility::new()).replies(VendorReplies::new());
        }
        let (stopped, stop) = tokio::sync::watch::channel(false);
        let stopping = tokio::spawn(signals(Arc::clone(&board), stopped));
        let mut asked = stop.clone();
        let run = runner.run_until(async move {
            // An error: signals cannot be waited for here, and end the program as they always do.
            if asked.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        });
        let ended = tokio::select! {
            ended = run => ended,
            () = look(&outbox, &board) => Ok(Summary::default()),
        };
        stopping.abort();
        drop(board);
        let summary = ended.map_err(|error| Failure::call(Delivery::Unknown, error))?;
        access.calls.record(delivery(&summary));
        let stopped = *stop.borrow();
        report(&outbox, &summary, stopped, output).await
    }

    /// The outbox, going by the clock that is asked for.
    async fn clocked(&self, outbox: Outbox, status: &Status, access: &Access<'_>) -> Result<Outbox, Failure> {
        match (self.clock.as_deref(), status.accounts.first()) {
            (Some("sandbox"), Some(account)) => outbox.with_clock(SandboxClock::of(account.vendor, access)?).await.map_err(failed),
            (Some("own"), _) => {
                outbox.reset_clock().await.map_err(failed)?;
                Ok(outbox)
            }
            _ => Ok(outbox),
        }
    }
}

/// Never ends. A database that is away is the workers' concern.
async fn look(outbox: &Outbox, board: &RunProgress) {
    let mut pause = LOOK;
    loop {
        tokio::time::sleep(pause).await;
        let begun = Instant::now();
        let Ok(status) = outbox.status().await else { continue };
        let mut rules = HashMap::new();
        for account in status.accounts.iter().filter(|account| account.queued > 0) {
            let account = Account::new(account.vendor, account.credential.as_str());
            if let Ok(found) = outbox.rules(&account).await {
                rules.insert(account, found);
            }
        }
        board.status(&status, &rules);
        // Of a million messages it takes long, and is a hundredth of the time at most.
        pause = LOOK.max(100 * begun.elapsed());
    }
}

async fn signals(board: Arc<RunProgress>, stopped: tokio::sync::watch::Sender<bool>) {
    let Ok(first) = signal() else { return };
    first.await;
    board.say("finishing what is being sent; press Ctrl-C again to stop at once");
    stopped.send_replace(true);
    let Ok(second) = signal() else { return };
    second.await;
    note("stopped at once: what was being sent becomes unknown");
    std::process::exit(Exit::Unknown as i32);
}

/// What is known of all the messages that were sent, the worst of it.
fn delivery(summary: &Summary) -> Delivery {
    let known = [(State::Accepted, Delivery::Accepted), (State::Rejected, Delivery::Rejected), (State::Unknown, Delivery::Unknown)];
    let happened = known.into_iter().filter(|(state, _)| summary.count(*state) > 0);
    happened.map(|(_, delivery)| delivery).max().unwrap_or(Delivery::NotSent)
}

/// What was done, and what is left to do.
async fn report(outbox: &Outbox, summary: &Summary, stopped: bool, output: &mut Output) -> Result<(), Failure> {
    let status = outbox.status().await.map_err(failed)?;
    let left = status.count(State::Queued);
    let mut object: Map<String, Value> = summary.settled.iter().map(|(state, count)| (state.name().to_owned(), (*count).into())).collect();
    object.insert("left".to_owned(), left.into());
    let printed = output.object(&object);
    // Worse than an output that cannot be written is only that nobody knows.
    if summary.count(State::Unknown) == 0 {
        printed?;
    }
    // Those of a worker that died are nobody's in this run.
    let unknown = status.count(State::Unknown);
    let (rejected, failures) = (summary.count(State::Rejected), summary.count(State::Failed));
    let paused: Vec<_> = status.accounts.iter().filter(|account| account.paused && account.next_due_at.is_some()).collect();
    if unknown > 0 {
        let sentence = format!(
            "whether {} arrived is unknown; find out with `reachout outbox reconcile`, or see `reachout outbox list --state unknown`",
            messages(unknown)
        );
        return Err(Failure::call(Delivery::Unknown, anyhow::Error::msg(sentence)));
    }
    if stopped && left > 0 {
        let sentence = format!("stopped with {} still queued; `reachout outbox run` goes on", messages(left));
        return Err(Failure::call(Delivery::NotSent, anyhow::Error::msg(sentence)));
    }
    if left > 0 && !paused.is_empty() {
        let accounts: Vec<_> = paused.iter().map(|account| format!("{}/{}", account.vendor, account.credential)).collect();
        let reason = paused.iter().find_map(|account| account.reason.as_deref()).map(|reason| format!(": {reason}")).unwrap_or_default();
        let sentence = format!("{} still queued, because of a pause of {}{reason}", messages(left), accounts.join(", "));
        return Err(Failure::call(Delivery::NotSent, anyhow::Error::msg(sentence)));
    }
    if left > 0 && status.paused {
        let sentence = format!("{} still queued, because everything is paused; `reachout outbox resume` ends that", messages(left));
        return Err(Failure::call(Delivery::NotSent, anyhow::Error::msg(sentence)));
    }
    let paused: u64 = status.accounts.iter().map(|account| account.paused_messages).sum();
    if paused > 0 {
        let sentence = format!(
            "{} still queued, because of a pause of a campaign, a key or a person; `reachout outbox resume` ends every pause",
            messages(paused)
        );
        return Err(Failure::call(Delivery::NotSent, anyhow::Error::msg(sentence)));
    }
    if rejected > 0 {
        let sentence = format!("the vendor refused {}; see `reachout outbox report` for why", messages(rejected));
        return Err(Failure::call(Delivery::Rejected, anyhow::Error::msg(sentence)));
    }
    if failures > 0 {
        let sentence = format!("{} could not be sent; `reachout outbox retry --state failed` queues them again", messages(failures));
        return Err(Failure::call(Delivery::NotSent, anyhow::Error::msg(sentence)));
    }
    Ok(())
}
