//! `reachout outbox report`: what was sent over time, and why the rest was not.

mod chart;

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use minijinja::{Environment, context};
use reachout_outbox::{Cause, Outbox, Point, State, Status};
use serde::Serialize;

use super::{Database, failed, span::span};
use crate::cli::{
    failure::Failure,
    file,
    output::{Output, line},
};

/// Lengths of a stretch, so that a chart has at most [`BARS`].
const STRETCHES: [u64; 9] = [10, 60, 300, 900, 3_600, 21_600, 86_400, 604_800, 2_592_000];
const BARS: i64 = 80;

/// Report counts over time and errors by cause
#[derive(Args)]
pub struct Report {
    /// A page with a chart, or one table for programs: its column `part` says whether a row is a total, a stretch of time or a cause
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// File to write; standard output, if absent
    #[arg(long, short = 'f', value_name = "FILE")]
    file: Option<PathBuf>,
    /// Length of the stretches of time, such as 1h; if absent, by how long it all took
    #[arg(long, value_name = "TIME", value_parser = span)]
    every: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Csv,
    Html,
}

/// A row of the table for programs.
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

impl Report {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let status = outbox.status().await.map_err(failed)?;
        let causes = outbox.causes().await.map_err(failed)?;
        let stretch = match self.every {
            Some(stretch) => stretch,
            None => suitable(&outbox).await?,
        };
        let points = outbox.timeline(stretch).await.map_err(failed)?;
        let text = match self.format {
            Form::Csv => table(&status, &points, &causes)?,
            Form::Html => page(&status, &points, &causes, stretch)?,
        };
        match &self.file {
            Some(path) => {
                file::write(path, text.as_bytes())
                    .with_context(|| format!("{} cannot be written", path.display()))
                    .map_err(Failure::Output)?;
                output.saved(path, text.len())
            }
            None => line(text.trim_end()),
        }
    }
}

/// A stretch with which a chart has not too many bars.
async fn suitable(outbox: &Outbox) -> Result<Duration, Failure> {
    let coarse = outbox.timeline(Duration::from_mins(1)).await.map_err(failed)?;
    let times = || coarse.iter().map(|point| point.at.timestamp());
    let lasted = times().max().unwrap_or(0) - times().min().unwrap_or(0);
    let fits = |seconds: &u64| lasted / i64::try_from(*seconds).unwrap_or(i64::MAX) < BARS;
    Ok(Duration::from_secs(STRETCHES.into_iter().find(fits).unwrap_or(2_592_000)))
}

fn table(status: &Status, points: &[Point], causes: &[Cause]) -> Result<String, Failure> {
    let totals = status.counts.iter().map(|(state, count)| Row { part: "total", state: state.name(), messages: *count, ..Row::default() });
    let times = points.iter().map(|point| Row {
        part: "time",
        at: Some(point.at),
        state: point.state.name(),
        messages: point.count,
        ..Row::default()
    });
    let causes = causes.iter().map(|cause| Row {
        part: "cause",
        vendor: Some(cause.vendor.id()),
        state: cause.state.name(),
        code: cause.code.clone(),
        http_status: cause.http_status,
        messages: cause.count,
        example: Some(cause.example),
        ..Row::default()
    });
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in totals.chain(times).chain(causes) {
        writer.serialize(row).map_err(|error| Failure::Output(error.into()))?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::Output(error.into_error().into()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn page(status: &Status, points: &[Point], causes: &[Cause], stretch: Duration) -> Result<String, Failure> {
    let mut environment = Environment::new();
    let rendered = environment.add_template("page.html", include_str!("report/page.html")).and_then(|()| {
        let seconds = stretch.as_secs().max(1);
        let chart = chart::svg(points, i64::try_from(seconds).unwrap_or(i64::MAX));
        let named = |state: State| context! { name => state.name(), colour => chart::colour(state) };
        let totals: Vec<_> = status.counts.iter().map(|(state, count)| context! { state => named(*state), count => count }).collect();
        let causes: Vec<_> = causes
            .iter()
            .map(|cause| {
                context! {
                    state => named(cause.state), vendor => cause.vendor.name(), code => cause.code, http_status => cause.http_status,
                    count => cause.count, example => cause.example,
                }
            })
            .collect();
        let made_at = Utc::now().format("%Y-%m-%d %H:%M UTC").to_string();
        let every = super::span::told(stretch);
        environment.get_template("page.html")?.render(context! { total => status.total(), totals, causes, chart, every, made_at })
    });
    rendered.map_err(|error| Failure::Output(error.into()))
}
