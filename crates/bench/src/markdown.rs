//! `docs/benchmarks.md`.

use crate::report::{Bound, ROWS, Report, Table, Unit};

/// The document.
pub fn render(report: &Report) -> String {
    let mut text = String::from(
        "<!-- Written by `cargo xtask bench`. Do not edit. -->\n# What a call and a build cost\n\n\
         Every number compares programs that were built and run side by side on one machine: the same server on loopback, the same\n\
         responses, the same dependencies. Ratios are ours by theirs; each is the median of the ratios of interleaved rounds. Instructions\n\
         are counted by callgrind, as the difference between N and 2N calls, so that start-up cancels. `cargo xtask bench --quick` repeats it.\n\n",
    );
    text += &format!("Commit {}, {}, {:.0} minutes.\n\n", report.commit, report.mode, report.minutes.max(1.0));
    text += "![Against reqwest by hand: instructions of a call, and messages a second by the number of calls at once](benchmarks.svg)\n\n";
    text += &table(&["What", "Measured", "Bound", ""], &bounds(report));
    for Table { title, note, head, rows } in &report.tables {
        text += &format!("\n## {title}\n\n{note}\n\n");
        text += &table(&head.iter().map(String::as_str).collect::<Vec<_>>(), rows);
    }
    text += "\n## Peers that are missing\n\n";
    if report.missing.is_empty() {
        text += "None.\n";
    }
    for (peer, why) in &report.missing {
        text += &format!("- {peer}: {why}\n");
    }
    text += "\n## Machine and versions\n\n";
    let pairs: Vec<Vec<String>> =
        report.machine.iter().chain(&report.versions).map(|(name, value)| vec![name.clone(), value.clone()]).collect();
    text + &table(&["", ""], &pairs)
}

fn bounds(report: &Report) -> Vec<Vec<String>> {
    let rows = ROWS.iter().map(|row| {
        let bound = match row.bound {
            Bound::AtMost(most) => format!("≤ {}", number(most, row.unit)),
            Bound::AtLeast(least) => format!("≥ {}", number(least, row.unit)),
        };
        let (measured, verdict) = match report.value(row.id) {
            Ok(value) => (number(value, row.unit), if row.bound.holds(value) { "holds" } else { "**does not hold**" }.to_owned()),
            Err(why) => (String::from("not measured"), why.to_owned()),
        };
        vec![row.name.to_owned(), measured, bound, verdict]
    });
    rows.collect()
}

/// A number with its unit.
pub fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ratio => format!("{value:.2}"),
        Unit::Microseconds => format!("{value:.1} µs"),
        Unit::Milliseconds => format!("{value:.0} ms"),
        Unit::Seconds => format!("{value:.2} s"),
        Unit::Count => format!("{value:.1}"),
        Unit::Percent => format!("{value:.1} %"),
        Unit::Bytes => format!("{} B", grouped(value)),
        Unit::Megabytes => format!("{value:.0} MB"),
    }
}

/// A whole number with its thousands apart.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(" | "));
    let mut text = line(&head.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>());
    // Names stand left, numbers right.
    text += &format!("|---{}|\n", "|---:".repeat(head.len().saturating_sub(1)));
    for row in rows {
        text += &line(row);
    }
    text
}

/// Nothing in a cell ends the cell or the row.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;

    #[test]
    fn numbers_are_grouped() {
        let cases = [(0.0, "0"), (999.0, "999"), (1000.0, "1,000"), (1_234_567.4, "1,234,567"), (-1000.0, "-1,000"), (-100.0, "-100")];
        for (value, wanted) in cases {
            assert_eq!(grouped(value), wanted);
        }
    }

    #[test]
    fn units_are_printed() {
        let cases = [
            (Unit::Ratio, 1.0449, "1.04"),
            (Unit::Microseconds, 2.25, "2.2 µs"),
            (Unit::Milliseconds, 31.4, "31 ms"),
            (Unit::Seconds, 2.756, "2.76 s"),
            (Unit::Count, 4.96, "5.0"),
            (Unit::Percent, 0.84, "0.8 %"),
            (Unit::Bytes, 2048.0, "2,048 B"),
            (Unit::Megabytes, 400.2, "400 MB"),
        ];
        for (unit, value, wanted) in cases {
            assert_eq!(number(value, unit), wanted);
        }
    }

    #[test]
    fn a_cell_does_not_end_its_row() {
        assert_eq!(table(&["a", "b"], &[vec!["x|y".to_owned(), "1\n2".to_owned()]]), "| a | b |\n|---|---:|\n| x\\|y | 1 2 |\n");
    }

    #[test]
    fn every_row_is_there_measured_or_not() {
        let mut report =
            Report { missing: vec![("openapi-generator".to_owned(), "java is not installed".to_owned())], ..Report::default() };
        report.set("send", Ok(1.05));
        report.set("list", Ok(1.5));
        report.set("decode", Err("java is not installed".to_owned()));
        let text = render(&report);
        let line = |name: &str| text.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
        assert!(line(ROWS[0].name).ends_with("| 1.05 | ≤ 1.06 | holds |"), "{text}");
        assert!(line(ROWS[1].name).ends_with("| 1.50 | ≤ 1.02 | **does not hold** |"), "{text}");
        assert!(line(ROWS[2].name).ends_with("| not measured | ≤ 1.05 | java is not installed |"), "{text}");
        assert!(line(ROWS[3].name).ends_with("| not measured | ≥ 0.97 | left out of this run |"), "{text}");
        assert!(text.contains("- openapi-generator: java is not installed\n"), "{text}");
        for row in ROWS {
            assert!(text.contains(row.name), "{}", row.name);
        }
    }

    #[test]
    fn the_committed_document_has_every_row() {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks");
        let text = std::fs::read_to_string(format!("{docs}.md")).expect("docs/benchmarks.md is committed");
        for row in ROWS {
            assert!(text.lines().any(|line| line.starts_with(&format!("| {} | ", row.name))), "no row for: {}", row.name);
        }
        assert!(std::fs::read_to_string(format!("{docs}.svg")).expect("docs/benchmarks.svg is committed").starts_with("<svg"));
    }
}
