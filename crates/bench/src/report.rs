//! What was measured, and which bounds it is held to.

use std::collections::BTreeMap;

/// A value, or why there is none.
pub type Measured = Result<f64, String>;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// Not more.
    AtMost(f64),
    /// Not less.
    AtLeast(f64),
}

impl Bound {
    /// Whether a value keeps it, at the two digits that are printed.
    pub fn holds(self, value: f64) -> bool {
        let value = (value * 100.0).round() / 100.0;
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

/// What a value counts.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// Ours by theirs.
    Ratio,
    /// Time.
    Microseconds,
    /// Time.
    Milliseconds,
    /// Time.
    Seconds,
    /// Whole things, or parts of one.
    Count,
    /// Hundredths.
    Percent,
    /// Memory.
    Bytes,
    /// Memory.
    Megabytes,
}

/// A row of the first table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What measurements call it.
    pub id: &'static str,
    /// What is measured, and against what.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// What it may be.
    pub bound: Bound,
}

/// What the project promises. Every document has each of these rows, measured or not.
pub const ROWS: [Row; 28] = [
    row("send", "Instructions of one `send_message`, against reqwest by hand", Unit::Ratio, Bound::AtMost(1.06)),
    row("list", "Instructions of one list of 100 contacts, against reqwest by hand with the same types", Unit::Ratio, Bound::AtMost(1.02)),
    row("decode", "Instructions of decoding 100 contacts, our types against openapi-generator's", Unit::Ratio, Bound::AtMost(1.05)),
    row("throughput-1", "Messages a second, 1 call at once, against reqwest by hand", Unit::Ratio, Bound::AtLeast(0.97)),
    row("throughput-16", "Messages a second, 16 calls at once, against reqwest by hand", Unit::Ratio, Bound::AtLeast(0.97)),
    row("throughput-256", "Messages a second, 256 calls at once, against reqwest by hand", Unit::Ratio, Bound::AtLeast(0.97)),
    row("tenant-time", "A client for one more tenant: time", Unit::Microseconds, Bound::AtMost(20.0)),
    row("tenant-bytes", "A client for one more tenant: memory", Unit::Bytes, Bound::AtMost(2048.0)),
    row(
        "build",
        "Processor time of a clean build of a dependent of `leadway`, against reqwest and serde with the same TLS",
        Unit::Ratio,
        Bound::AtMost(1.18),
    ),
    row("size", "Stripped release program that sends one message, against reqwest by hand", Unit::Ratio, Bound::AtMost(1.06)),
    row("memory", "Peak memory of 10,000 calls in flight, against reqwest by hand", Unit::Ratio, Bound::AtMost(1.10)),
    row(
        "check",
        "`cargo check` of `leadway` with warm dependencies, against raw progenitor on the same document",
        Unit::Ratio,
        Bound::AtMost(0.45),
    ),
    row("check-operation", "The same, an operation", Unit::Milliseconds, Bound::AtMost(31.0)),
    row("regen", "`cargo xtask regen` of all vendors, development build", Unit::Seconds, Bound::AtMost(2.75)),
    row("regen-1000", "The same of one vendor with 1,000 operations", Unit::Seconds, Bound::AtMost(10.0)),
    row("regen-1000-memory", "The same: peak memory", Unit::Megabytes, Bound::AtMost(400.0)),
    row(
        "accounts",
        "Messages that an outbox sends a second: 10,000 accounts of one each, against one account, SQLite",
        Unit::Ratio,
        Bound::AtLeast(0.7),
    ),
    row("accounts-postgres", "The same on Postgres", Unit::Ratio, Bound::AtLeast(0.7)),
    row("statements", "Statements a message on Postgres, 16 workers", Unit::Count, Bound::AtMost(5.0)),
    row("rows-list", "One message in a rare state among 1,000,000 in SQLite", Unit::Milliseconds, Bound::AtMost(20.0)),
    row("rows-purge", "The same: a purge with nothing to do", Unit::Milliseconds, Bound::AtMost(20.0)),
    row("rows-status", "The same: how many messages are in which state", Unit::Milliseconds, Bound::AtMost(50.0)),
    row("rows-idle", "The same: share of a core of workers with nothing to do", Unit::Percent, Bound::AtMost(1.0)),
    row("accounts-idle", "The same with 10,000 accounts", Unit::Percent, Bound::AtMost(1.0)),
    row("add-memory", "Peak memory of `outbox add` with 1,000,000 people", Unit::Megabytes, Bound::AtMost(100.0)),
    row("start", "The slowest command that sends nothing, from start to end", Unit::Milliseconds, Bound::AtMost(60.0)),
    row("completion", "What a shell waits for a completion", Unit::Milliseconds, Bound::AtMost(100.0)),
    row("sandbox-start", "The sandbox's start with all vendors", Unit::Milliseconds, Bound::AtMost(150.0)),
];

const fn row(id: &'static str, name: &'static str, unit: Unit, bound: Bound) -> Row {
    Row { id, name, unit, bound }
}

/// A table of the document, besides the first.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its heading.
    pub title: &'static str,
    /// What one must know to read it.
    pub note: String,
    /// Names of the columns.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// A line of the chart: what our client does at so many calls at once, against the hand-written one.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Whose.
    pub name: &'static str,
    /// How many calls at once, and the ratio.
    pub points: Vec<(usize, f64)>,
}

/// Everything that was measured.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Names and values about machine and tools.
    pub machine: Vec<(String, String)>,
    /// Versions of the peers' crates.
    pub versions: Vec<(String, String)>,
    /// What was measured.
    pub commit: String,
    /// How, in a word or two.
    pub mode: String,
    /// How long it took.
    pub minutes: f64,
    /// By [`Row::id`].
    pub values: BTreeMap<&'static str, Measured>,
    /// The other tables.
    pub tables: Vec<Table>,
    /// The lines of the chart.
    pub series: Vec<Series>,
    /// The lines of an outbox's rate by its accounts, against one account.
    pub accounts: Vec<Series>,
    /// The bars of the chart: whose, and its instructions of a message and of a list, against the hand-written client.
    pub bars: Vec<(&'static str, f64, f64)>,
    /// Peers that are missing, and why.
    pub missing: Vec<(String, String)>,
}

impl Report {
    /// Remembers the value of a row.
    pub fn set(&mut self, id: &'static str, value: Measured) {
        self.values.insert(id, value);
    }

    /// The value of a row.
    pub fn value(&self, id: &str) -> Result<f64, &str> {
        match self.values.get(id) {
            Some(Ok(value)) => Ok(*value),
            Some(Err(why)) => Err(why),
            None => Err("left out of this run"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_compared_at_two_digits() {
        let cases = [
            (Bound::AtMost(1.06), 1.064, true),
            (Bound::AtMost(1.06), 1.066, false),
            (Bound::AtLeast(0.97), 0.966, true),
            (Bound::AtLeast(0.97), 0.964, false),
        ];
        for (bound, value, wanted) in cases {
            assert_eq!(bound.holds(value), wanted, "{bound:?} {value}");
        }
    }

    #[test]
    fn rows_have_names_of_their_own() {
        let mut ids = ROWS.map(|row| row.id).to_vec();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ROWS.len());
    }

    #[test]
    fn what_was_left_out_says_so() {
        let mut report = Report::default();
        report.set("send", Ok(1.5));
        report.set("list", Err("valgrind is not installed".to_owned()));
        assert_eq!(report.value("send"), Ok(1.5));
        assert_eq!(report.value("list"), Err("valgrind is not installed"));
        assert_eq!(report.value("size"), Err("left out of this run"));
    }
}
