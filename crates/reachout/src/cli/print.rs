//! Writing to the terminal, or to whatever stands in its place.

use std::io::{self, Write as _};

/// A line on standard output. `println!` panics where nobody reads the output any more, and writes a long line in pieces, between which
/// another program may write.
pub fn line(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(format!("{text}\n").as_bytes())?;
    stdout.flush()
}

/// A line on standard error. `eprintln!` panics where it cannot be written, and the exit code would be lost.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Names in a sentence: `Hoop AI and Leadway CRM`.
pub fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// A vendor's text must not steer the terminal.
pub fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() && character != '\n' { ' ' } else { character }).collect()
}
