//! The result of a round, as a table.

use std::fmt;

use crate::document::Outcome;

/// Samples that must come back whole, of a thousand.
const LEAST: usize = 995;
/// Characters of a document's name, and of what is wrong with it.
const NAME: usize = 70;
const PROBLEM: usize = 400;

/// The result of a round.
#[derive(Debug)]
pub struct Report {
    pub(crate) outcomes: Vec<Outcome>,
}

impl Report {
    /// Whether enough samples came back whole, of documents that could be imported and compiled.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let (samples, lost) = (self.sum(|outcome| outcome.samples), self.sum(|outcome| outcome.lost.len()));
        samples > 0 && (samples - lost) * 1_000 >= samples * LEAST
    }

    fn sum(&self, of: impl Fn(&Outcome) -> usize) -> usize {
        self.outcomes.iter().map(of).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<NAME$} {:>9} {:>5} {:>6} {:>6} {:>6} {:>8} {:>7} {:>6}",
            "document", "published", "taken", "notes", "time", "memory", "compiled", "samples", "whole"
        )?;
        for outcome in &self.outcomes {
            let imported = &outcome.imported;
            writeln!(
                f,
                "{:<NAME$} {:>9} {:>5} {:>6} {:>4.1} s {:>6} {:>8} {:>7} {:>6}",
                tail(&outcome.name, NAME),
                imported.published,
                imported.operations,
                imported.notes,
                outcome.time.as_secs_f64(),
                imported.memory,
                if outcome.is_imported() && outcome.broken.is_none() { "yes" } else { "no" },
                outcome.samples,
                outcome.samples - outcome.lost.len()
            )?;
        }
        writeln!(f)?;
        for outcome in &self.outcomes {
            for problem in outcome.refused.iter().chain(&outcome.broken).chain(&outcome.lost) {
                writeln!(f, "{}: {}", outcome.name, problem.chars().take(PROBLEM).collect::<String>().trim_end())?;
            }
        }
        let documents = self.outcomes.len();
        let imported = self.outcomes.iter().filter(|outcome| outcome.is_imported()).count();
        let compiled = self.outcomes.iter().filter(|outcome| outcome.is_imported() && outcome.broken.is_none()).count();
        let (samples, lost) = (self.sum(|outcome| outcome.samples), self.sum(|outcome| outcome.lost.len()));
        writeln!(
            f,
            "\n{documents} documents: {imported} imported, {compiled} compiled; {} of {} operations taken; {samples} samples, {} whole ({:.2} %); no \
             sample for {} components",
            self.sum(|outcome| outcome.imported.operations),
            self.sum(|outcome| outcome.imported.published),
            samples - lost,
            percent(samples - lost, samples),
            self.sum(|outcome| outcome.imported.unsampled),
        )
    }
}

/// The end of a text.
fn tail(text: &str, most: usize) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(most)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}
