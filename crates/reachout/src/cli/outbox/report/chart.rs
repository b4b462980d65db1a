//! Counts over time as bars of a picture.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reachout_outbox::{Point, State};
use serde::Serialize;

/// The size of the picture, in its own units; it is stretched to its place.
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 220.0;

/// Stacked bars, one for each period.
#[derive(Debug, Serialize)]
pub struct Chart {
    pub width: f64,
    pub height: f64,
    /// When the first period begins, and the last one.
    pub first: String,
    pub last: String,
    /// How many messages the highest bar has.
    pub highest: u64,
    pub bars: Vec<Bar>,
}

/// The part of a period's bar that one state has.
#[derive(Debug, Serialize)]
pub struct Bar {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub state: &'static str,
    /// What it says.
    pub title: String,
}

impl Chart {
    /// Of periods of this number of seconds; nothing of nothing.
    #[expect(clippy::cast_precision_loss, reason = "counts and times become places in a picture")]
    pub fn of(points: &[Point], seconds: i64) -> Option<Self> {
        let mut periods: BTreeMap<i64, Vec<(State, u64)>> = BTreeMap::new();
        for point in points {
            periods.entry(point.at.timestamp()).or_default().push((point.state, point.count));
        }
        let (first, last) = (*periods.keys().next()?, *periods.keys().next_back()?);
        let highest = periods.values().map(|bar| bar.iter().map(|(_, count)| count).sum::<u64>()).max().unwrap_or(1).max(1);
        let step = WIDTH / ((last - first) / seconds + 1) as f64;
        let mut bars = Vec::new();
        for (at, counts) in &periods {
            let (x, mut y) = (((at - first) / seconds) as f64 * step, HEIGHT);
            for (state, count) in counts {
                let height = *count as f64 / highest as f64 * HEIGHT;
                y -= height;
                let title = format!("{}: {count} {state}", time(*at));
                bars.push(Bar { x, y, width: (step * 0.86).clamp(0.5, 60.0), height, state: state.name(), title });
            }
        }
        Some(Self { width: WIDTH, height: HEIGHT, first: time(first), last: time(last), highest, bars })
    }
}

fn time(seconds: i64) -> String {
    DateTime::<Utc>::from_timestamp(seconds, 0).map(|time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default()
}
