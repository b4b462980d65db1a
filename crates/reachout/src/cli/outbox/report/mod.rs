//! `reachout outbox report`: what was sent over time, and why the rest was not.

mod chart;
mod funnel;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Args;
use minijinja::{Environment, context};
use reachout_outbox::{Cause, Filter, Outbox, Point, State};
use serde::Serialize;

pub use self::funnel::funnel;
use self::{chart::Chart, funnel::Stage};
use super::{Database, Selection, failed, page};
use crate::cli::{
    arguments::time::{duration, words},
    failure::Failure,
    output::{Output, file, line},
};

/// Lengths of a period, so that a chart has at most [`BARS`].
const PERIODS: [u64; 9] = [10, 60, 300, 900, 3_600, 21_600, 86_400, 604_800, 2_592_000];
const BARS: i64 = 80;
const MINUTE: Duration = Duration::from_mins(1);

/// Columns of the table.
const COLUMNS: [&str; 8] = ["part", "at", "vendor", "state", "code", "http_status", "messages", "example"];

/// Report counts over time and errors by cause
///
/// A row is a total, a period of time or a cause, as its column `part` says.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox report
  reachout outbox report --campaign spring -o csv > spring.csv
  reachout outbox report --jq '.[] | select(.part == \"cause\")'
  reachout outbox report --html report.html")]
pub struct Report {
    #[command(flatten)]
    selection: Selection,
    /// Write a page with the funnels of campaigns and a chart, complete in itself, to this file, or - for standard output, instead of rows
    #[arg(long, value_name = "FILE|-")]
    html: Option<PathBuf>,
    /// Length of the periods of time, such as 1h; if absent, by how long it all took
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    every: Option<Duration>,
}

/// A total, a period or a cause.
#[derive(Default, Serialize)]
struct Row {
    part: &'static str,
    at: Option<DateTime<Utc>>,
    vendor: Option<&'static str>,
    state: &'static str,
    code: Option<String>,
    http_status: Option<u16>,
    messages: u64,
    example: Option<i64>,
}

/// What is known of the messages.
pub struct Numbers {
    counts: Vec<(State, u64)>,
    points: Vec<Point>,
    causes: Vec<Cause>,
    period: Duration,
    /// Each campaign with its funnel.
    campaigns: Vec<(String, Vec<Stage>)>,
}

impl Report {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let filter = self.selection.filter();
        let numbers = Numbers::read(&outbox, &filter, self.every).await?;
        let Some(path) = &self.html else {
            let rows = numbers.rows();
            return if rows.is_empty() && output.is_table() { line("nothing found") } else { output.rows(&COLUMNS, &rows) };
        };
        if !output.is_default() {
            return Err(Failure::usage("--html writes a page; --output, --json, --jq and --columns are for rows"));
        }
        let page = numbers.with_campaigns(&outbox, &filter).await?.page()?;
        if path.as_os_str() == "-" {
            return line(page.trim_end());
        }
        file::write(path, page.as_bytes()).with_context(|| format!("{} cannot be written", path.display())).map_err(Failure::Output)?;
        output.saved(path, page.len())
    }
}

/// A period with which a chart of these points has not too many bars.
fn suitable(points: &[Point]) -> Duration {
    let times = || points.iter().map(|point| point.at.timestamp());
    let lasted = times().max().unwrap_or(0) - times().min().unwrap_or(0);
    let fits = |seconds: &u64| lasted / i64::try_from(*seconds).unwrap_or(i64::MAX) < BARS;
    Duration::from_secs(PERIODS.into_iter().find(fits).unwrap_or(2_592_000))
}

/// Points of shorter periods as those of longer ones, which they divide.
fn together(points: Vec<Point>, period: Duration) -> Vec<Point> {
    let seconds = i64::try_from(period.as_secs()).unwrap_or(i64::MAX).max(1);
    let mut counts = BTreeMap::<_, Point>::new();
    for mut point in points {
        let begin = point.at.timestamp() / seconds * seconds;
        point.at = DateTime::from_timestamp(begin, 0).unwrap_or(point.at);
        counts.entry((begin, point.state)).and_modify(|known| known.count += point.count).or_insert(point);
    }
    counts.into_values().collect()
}

impl Numbers {
    pub async fn read(outbox: &Outbox, filter: &Filter, every: Option<Duration>) -> Result<Self, Failure> {
        let read = async |period| outbox.timeline(filter, period).await.map_err(failed);
        let (points, period) = match every {
            Some(every) if every < Duration::from_secs(1) => return Err(Failure::usage("--every is at least 1s")),
            Some(every) => (read(every).await?, every),
            None => {
                let points = read(MINUTE).await?;
                let period = suitable(&points);
                // All attempts are read for it, so once where that is enough.
                (if period < MINUTE { read(period).await? } else { together(points, period) }, period)
            }
        };
        Ok(Self {
            counts: outbox.counts(filter).await.map_err(failed)?,
            points,
            causes: outbox.causes(filter).await.map_err(failed)?,
            period,
            campaigns: Vec::new(),
        })
    }

    /// Adds the funnels of the campaigns, or of the one that is selected; those of a part of their messages are none.
    async fn with_campaigns(mut self, outbox: &Outbox, filter: &Filter) -> Result<Self, Failure> {
        let whole = filter.campaign.iter().fold(Filter::all(), Filter::campaign);
        if *filter == whole {
            let campaigns = outbox.campaigns().await.map_err(failed)?.into_iter();
            let selected = campaigns.filter(|campaign| filter.campaign.as_ref().is_none_or(|name| *name == campaign.name));
            self.campaigns = selected.map(|campaign| (funnel(&campaign), campaign.name)).map(|(stages, name)| (name, stages)).collect();
        }
        Ok(self)
    }

    /// The picture of the periods.
    pub fn chart(&self) -> Option<Chart> {
        Chart::of(&self.points, i64::try_from(self.period.as_secs()).unwrap_or(i64::MAX).max(1))
    }

    /// The length of the periods in words.
    pub fn every(&self) -> String {
        words(self.period)
    }

    fn rows(&self) -> Vec<Row> {
        let total = |(state, count): &(State, u64)| Row { part: "total", state: state.name(), messages: *count, ..Row::default() };
        let time =
            |point: &Point| Row { part: "time", at: Some(point.at), state: point.state.name(), messages: point.count, ..Row::default() };
        let cause = |cause: &Cause| Row {
            part: "cause",
            vendor: Some(cause.vendor.id()),
            state: cause.state.name(),
            code: cause.code.clone(),
            http_status: cause.http_status,
            messages: cause.count,
            example: Some(cause.example),
            ..Row::default()
        };
        self.counts.iter().map(total).chain(self.points.iter().map(time)).chain(self.causes.iter().map(cause)).collect()
    }

    fn page(&self) -> Result<String, Failure> {
        let mut environment = Environment::new();
        let rendered = environment.add_template("page.html", include_str!("page.html")).and_then(|()| {
            let totals: Vec<_> = self.counts.iter().map(|(state, count)| context! { state => state.name(), count => count }).collect();
            let causes: Vec<_> = self
                .causes
                .iter()
                .map(|cause| {
                    context! {
                        state => cause.state.name(), vendor => cause.vendor.name(), code => cause.code, http_status => cause.http_status,
                        count => cause.count, example => cause.example,
                    }
                })
                .collect();
            let made_at = Utc::now().format("%Y-%m-%d %H:%M UTC").to_string();
            let campaigns: Vec<_> = self.campaigns.iter().map(|(name, funnel)| context! { name => name, funnel => funnel }).collect();
            let style = format!("{}{}", reachout_dashboard::style(), page::STYLE);
            environment.get_template("page.html")?.render(context! {
                total => self.counts.iter().map(|(_, count)| count).sum::<u64>(), totals, causes, campaigns, style, made_at,
                chart => self.chart(), every => self.every(),
            })
        });
        rendered.map_err(|error| Failure::Output(error.into()))
    }
}
