//! Tests that were left out in a run of `cargo test`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// Records that the running test is left out because of `reason`: "Postgres is not installed".
///
/// # Panics
/// Where the record cannot be written.
pub fn left_out(reason: &str) {
    // libtest gives each test a thread of its name.
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let binary = std::env::current_exe().ok().and_then(|path| Some(path.file_stem()?.to_str()?.rsplit_once('-')?.0.to_owned()));
    let line = format!("{reason}\t{}::{test}\n", binary.unwrap_or_default());
    println!("left out: {reason}");
    let write = |path: PathBuf| -> io::Result<()> {
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        // One write of an appended line: tests of several processes do not mix.
        OpenOptions::new().create(true).append(true).open(path)?.write_all(line.as_bytes())
    };
    write(path()).unwrap_or_else(|error| panic!("the test is left out ({reason}), and that cannot be recorded: {error}"));
}

/// The tests left out in this run, by reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LeftOut(BTreeMap<String, BTreeSet<String>>);

impl LeftOut {
    /// Takes what the test binaries of this run of cargo have recorded.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub fn take() -> io::Result<Self> {
        let path = path();
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                std::fs::remove_file(&path)?;
                Ok(Self::read(&text))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn read(text: &str) -> Self {
        let mut reasons: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (reason, test) in text.lines().filter_map(|line| line.split_once('\t')) {
            reasons.entry(reason.to_owned()).or_default().insert(test.to_owned());
        }
        Self(reasons)
    }

    /// The list as people read it; each test by its name.
    ///
    /// # Errors
    /// Where `to` cannot be written.
    pub fn print(&self, to: &mut impl io::Write) -> io::Result<()> {
        if self.0.is_empty() {
            return writeln!(to, "No test was left out.");
        }
        let count: usize = self.0.values().map(BTreeSet::len).sum();
        writeln!(to, "{count} tests were left out on this machine; `.ci/run` installs what they need:")?;
        for (reason, tests) in &self.0 {
            writeln!(to, "  {reason}: {} tests", tests.len())?;
            for test in tests {
                writeln!(to, "    {test}")?;
            }
        }
        Ok(())
    }
}

/// A file for each run: cargo is the parent of every test binary.
fn path() -> PathBuf {
    #[cfg(unix)]
    let run = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let run = 0;
    // `target/debug/deps/suite-…`, whatever the target directory is called.
    let target = std::env::current_exe().ok().and_then(|binary| Some(binary.ancestors().nth(3)?.to_owned()));
    target.unwrap_or_else(std::env::temp_dir).join("tmp/left-out").join(run.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_listed_with_their_tests_once_each() {
        let text = "Postgres is not installed\toutbox::keys::postgres\nzsh not installed\tsuite::zsh\nPostgres is not installed\toutbox::keys::postgres\n";
        let mut printed = Vec::new();
        LeftOut::read(text).print(&mut printed).unwrap();
        assert_eq!(
            String::from_utf8(printed).unwrap(),
            "2 tests were left out on this machine; `.ci/run` installs what they need:\n  Postgres is not installed: 1 tests\n    outbox::keys::postgres\n  zsh not installed: 1 tests\n    suite::zsh\n"
        );
    }

    #[test]
    fn a_whole_run_says_so() {
        let mut printed = Vec::new();
        LeftOut::default().print(&mut printed).unwrap();
        assert_eq!(printed, b"No test was left out.\n");
    }
}
