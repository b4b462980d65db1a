//! `docs/benchmarks.svg`: bars of instructions, lines of throughput, and of an outbox by its accounts.

use crate::report::{Report, Series};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 640.0;
/// Readable on white and on black.
const COLOURS: [&str; 6] = ["#8a8f98", "#4c78a8", "#72b7b2", "#e45756", "#b279a2", "#f58518"];
const TEXT: &str = "#7a7f87";

/// The chart.
pub fn render(report: &Report) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"{TEXT}\">\n\
         {}{}{}</svg>\n",
        bars(report),
        lines(
            report,
            &Panel {
                title: "Messages a second by calls at once, against reqwest by hand",
                series: &report.series,
                left: 540.0,
                top: 50.0,
                height: 260.0
            }
        ),
        lines(
            report,
            &Panel {
                title: "Messages an outbox sends a second by accounts, against one account",
                series: &report.accounts,
                left: 60.0,
                top: 400.0,
                height: 170.0
            }
        )
    )
}

/// Instructions against the hand-written client, a message above and a list below.
fn bars(report: &Report) -> String {
    let (left, right) = (170.0, 420.0);
    let largest = report.bars.iter().flat_map(|(_, send, list)| [*send, *list]).filter(|ratio| ratio.is_finite()).fold(1.0, f64::max);
    let length = |ratio: f64| (right - left) * ratio / largest;
    let mut text = label(20.0, 24.0, "start", "Instructions of a call, against reqwest by hand");
    let mut y = 50.0;
    for (heading, of_list) in [("one message", false), ("100 contacts", true)] {
        text += &label(20.0, y, "start", heading);
        y += 10.0;
        for ((name, send, list), colour) in report.bars.iter().zip(COLOURS) {
            let ratio = if of_list { *list } else { *send };
            text += &label(left - 6.0, y + 12.0, "end", name);
            if ratio.is_finite() {
                text += &format!("<rect x=\"{left}\" y=\"{y}\" width=\"{:.1}\" height=\"15\" fill=\"{colour}\"/>\n", length(ratio));
                text += &label(left + length(ratio) + 4.0, y + 12.0, "start", &format!("{ratio:.2}"));
            } else {
                text += &label(left, y + 12.0, "start", "not measured");
            }
            y += 20.0;
        }
        y += 24.0;
    }
    text
}

/// A place for lines, 390 wide.
struct Panel<'a> {
    title: &'a str,
    series: &'a [Series],
    left: f64,
    top: f64,
    height: f64,
}

/// Ratios by a number; each step to the right is the same factor.
fn lines(report: &Report, Panel { title, series: all, left, top, height }: &Panel<'_>) -> String {
    let (left, right, top, bottom) = (*left, left + 390.0, *top, top + height);
    let ratios = || all.iter().flat_map(|series| &series.points).map(|(_, ratio)| *ratio);
    let largest = ratios().fold(1.2, f64::max);
    let most = all.iter().flat_map(|series| &series.points).map(|(at_once, _)| *at_once).max().unwrap_or(1).max(2);
    let x = |at_once: usize| left + (right - left) * steps(at_once) / steps(most);
    let y = |ratio: f64| bottom - (bottom - top) * ratio / largest;
    let mut text = label(left, top - 26.0, "start", title);
    for ratio in [0.0, 0.5, 1.0] {
        text += &format!("<path d=\"M{left} {0:.1}H{right}\" stroke=\"{TEXT}\" stroke-opacity=\"0.4\"/>\n", y(ratio));
        text += &label(left - 6.0, y(ratio) + 4.0, "end", &format!("{ratio:.1}"));
    }
    let first = all.iter().max_by_key(|series| series.points.len());
    for (at_once, _) in first.map(|series| series.points.as_slice()).unwrap_or_default() {
        text += &label(x(*at_once), bottom + 18.0, "middle", &at_once.to_string());
    }
    for (index, Series { name, points }) in all.iter().enumerate() {
        let colour = COLOURS[report.bars.iter().position(|(bar, ..)| bar == name).unwrap_or(index) % COLOURS.len()];
        let path: Vec<String> = points.iter().map(|(at_once, ratio)| format!("{:.1} {:.1}", x(*at_once), y(*ratio))).collect();
        if !path.is_empty() {
            text += &format!("<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n", path.join("L"));
        }
        #[expect(clippy::cast_precision_loss, reason = "there are a handful of lines")]
        let at = left + 130.0 * index as f64;
        text += &format!("<rect x=\"{at}\" y=\"{}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\n", bottom + 28.0);
        text += &label(at + 14.0, bottom + 37.0, "start", name);
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
fn steps(at_once: usize) -> f64 {
    (at_once.max(1) as f64).log2()
}

fn label(x: f64, y: f64, anchor: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_lines_are_drawn_to_scale() {
        let report = Report {
            bars: vec![("by hand", 1.0, 1.0), ("leonar", 2.0, f64::NAN)],
            series: vec![Series { name: "leonar", points: vec![(1, 1.2), (4, 0.6)] }],
            accounts: vec![Series { name: "SQLite", points: vec![(1, 1.2), (10_000, 0.6)] }],
            ..Report::default()
        };
        let text = render(&report);
        assert!(text.contains(r#"width="125.0""#) && text.contains(r#"width="250.0""#), "{text}");
        assert_eq!(text.matches("not measured").count(), 1);
        assert!(text.contains("M540.0 50.0L930.0 180.0"), "{text}");
        assert!(text.contains("M60.0 400.0"), "{text}");
        assert_eq!(text.matches('<').count(), text.matches('>').count());
    }

    #[test]
    fn nothing_measured_is_a_chart_too() {
        let text = render(&Report::default());
        assert!(text.starts_with("<svg") && text.ends_with("</svg>\n") && !text.contains("NaN"), "{text}");
    }
}
