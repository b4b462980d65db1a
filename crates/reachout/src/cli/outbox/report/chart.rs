//! Counts over time as an SVG image.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::DateTime;
use reachout_outbox::{Point, State};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 28.0;
const TOP: f64 = 12.0;

/// The colour of a state, told apart also by those who do not see red and green apart.
pub fn colour(state: State) -> &'static str {
    match state {
        State::Accepted => "#2a78b8",
        State::Rejected => "#d1495b",
        State::Failed => "#edae49",
        State::Unknown => "#7a4fa3",
        State::Suppressed => "#6b8f71",
        State::Cancelled => "#9a9a9a",
        State::Held => "#3aa6a0",
        _ => "#c8ccd0",
    }
}

/// Stacked bars, one for each period of this number of seconds.
#[expect(clippy::cast_precision_loss, reason = "counts and times become places on a page")]
pub fn svg(points: &[Point], seconds: i64) -> String {
    let mut bars: BTreeMap<i64, Vec<(State, u64)>> = BTreeMap::new();
    for point in points {
        bars.entry(point.at.timestamp()).or_default().push((point.state, point.count));
    }
    let (Some(first), Some(last)) = (bars.keys().next().copied(), bars.keys().next_back().copied()) else { return String::new() };
    let places = ((last - first) / seconds + 1) as f64;
    let highest = bars.values().map(|bar| bar.iter().map(|(_, count)| count).sum::<u64>()).max().unwrap_or(1).max(1);
    let (step, height) = ((WIDTH - LEFT) / places, HEIGHT - BOTTOM - TOP);
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Messages over time\">");
    // Writing to a string cannot fail.
    for part in [1.0, 0.5] {
        let y = TOP + height * (1.0 - part);
        let count = (highest as f64 * part).round();
        let _ = write!(svg, "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
        let _ = write!(svg, "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{count}</text>", LEFT - 6.0, y + 4.0);
    }
    for (at, bar) in &bars {
        let x = LEFT + ((at - first) / seconds) as f64 * step;
        let mut y = TOP + height;
        let time = time(*at);
        for (state, count) in bar {
            let tall = *count as f64 / highest as f64 * height;
            y -= tall;
            let (wide, fill) = ((step * 0.86).clamp(0.5, 60.0), colour(*state));
            let _ = write!(svg, "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{wide:.2}\" height=\"{tall:.2}\" fill=\"{fill}\">");
            let _ = write!(svg, "<title>{time} UTC: {count} {}</title></rect>", state.name());
        }
    }
    let base = HEIGHT - BOTTOM;
    let _ = write!(svg, "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{base}\" y2=\"{base}\"/>");
    let under = HEIGHT - 8.0;
    let _ = write!(svg, "<text x=\"{LEFT}\" y=\"{under}\">{} UTC</text>", time(first));
    if last > first {
        let _ = write!(svg, "<text x=\"{WIDTH}\" y=\"{under}\" text-anchor=\"end\">{} UTC</text>", time(last));
    }
    svg + "</svg>"
}

fn time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}
