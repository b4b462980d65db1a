//! Instruction counts by callgrind, which are the same on a busy machine.

use std::{path::Path, process::Command};

use anyhow::Context as _;

use crate::process::Runner;

/// Instructions of one call: of twice as many calls less those of half of them, so that start-up cancels.
///
/// # Errors
/// Where valgrind or the program fails.
pub fn per_call(runner: &Runner, program: &Path, arguments: impl Fn(u64) -> Vec<String>, calls: u64) -> anyhow::Result<f64> {
    let few = total(runner, program, &arguments(calls))?;
    let many = total(runner, program, &arguments(2 * calls))?;
    Ok(difference(few, many, calls))
}

fn total(runner: &Runner, program: &Path, arguments: &[String]) -> anyhow::Result<u64> {
    let written = runner.scratch("callgrind.out");
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", written.display())).arg(program).args(arguments);
    runner.run(&mut command)?;
    let text = std::fs::read_to_string(&written).with_context(|| format!("callgrind did not write {}", written.display()))?;
    instructions(&text).with_context(|| format!("{} has no total", written.display()))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn difference(few: u64, many: u64, calls: u64) -> f64 {
    many.saturating_sub(few) as f64 / calls.max(1) as f64
}

/// The total of a file that callgrind wrote. Its last part counts, where there are several.
fn instructions(text: &str) -> Option<u64> {
    let total = |name: &str| text.lines().rev().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    total("totals:").or_else(|| total("summary:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        let cases = [
            ("version: 1\nevents: Ir\nsummary: 42\n\nfn=(1) main\n0 5\n\ntotals: 43\n", Some(43)),
            ("events: Ir Dr\nsummary: 1234 17\n", Some(1234)),
            ("part: 1\ntotals: 1\npart: 2\ntotals: 2\n", Some(2)),
            ("events: Ir\n", None),
            ("totals: many\n", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(instructions(text), wanted, "{text}");
        }
    }

    #[test]
    fn start_up_cancels() {
        assert_eq!(difference(1_000_000 + 50 * 7, 1_000_000 + 100 * 7, 50).to_bits(), 7.0_f64.to_bits());
    }
}
