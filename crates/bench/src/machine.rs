//! Where and with what was measured.

use std::{fs, path::Path, process::Command};

/// Names and values, for the top of the document.
pub fn describe() -> Vec<(String, String)> {
    let cores = std::thread::available_parallelism().map_or_else(|_| "unknown".to_owned(), |cores| cores.to_string());
    let memory = file("/proc/meminfo").and_then(|text| field(&text, "MemTotal")).unwrap_or_else(|| "unknown".to_owned());
    let processor = file("/proc/cpuinfo").and_then(|text| field(&text, "model name")).unwrap_or_else(|| "unknown".to_owned());
    [
        ("processor", processor),
        ("cores", cores),
        ("memory", memory),
        ("system", first_line("uname", &["-srm"])),
        ("rustc", first_line("rustc", &["--version"])),
        ("valgrind", first_line("valgrind", &["--version"])),
        ("java", first_line("java", &["--version"])),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The commit, and whether the tree has changes that it does not have; the document itself does not count.
pub fn commit(root: &Path) -> String {
    let git = |arguments: &[&str]| output(Command::new("git").arg("-C").arg(root).args(arguments));
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else { return "unknown".to_owned() };
    let changed = git(&["status", "--porcelain"]).unwrap_or_default();
    let changed = changed.lines().any(|line| !line.contains("docs/benchmarks"));
    format!("{}{}", commit.trim(), if changed { " with uncommitted changes" } else { "" })
}

/// Versions that the peers were built with, from their lock file.
pub fn versions(lock: &str, of: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in of {
        let versions: Vec<&str> = lock
            .split("[[package]]")
            .filter(|package| value(package, "name") == Some(name))
            .filter_map(|package| value(package, "version"))
            .collect();
        if !versions.is_empty() {
            found.push(((*name).to_owned(), versions.join(", ")));
        }
    }
    found
}

fn value<'a>(package: &'a str, key: &str) -> Option<&'a str> {
    package.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('=')?.trim().strip_prefix('"')?.strip_suffix('"'))
}

fn file(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let text = output(Command::new(program).args(arguments)).unwrap_or_default();
    text.lines().next().map_or_else(|| "not installed".to_owned(), str::to_owned)
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"hyper\"\nversion = \"1.12.0\"\n\n[[package]]\nname = \"hyper-util\"\nversion = \"0.1.21\"\n\n\
                    [[package]]\nname = \"reqwest\"\nversion = \"0.12.9\"\n\n[[package]]\nname = \"reqwest\"\nversion = \"0.13.5\"\n";
        let wanted = [("hyper", "1.12.0"), ("reqwest", "0.12.9, 0.13.5")].map(|(name, version)| (name.to_owned(), version.to_owned()));
        assert_eq!(versions(lock, &["hyper", "reqwest", "quiche"]), wanted);
    }

    #[test]
    fn a_field_is_read() {
        assert_eq!(field("MemTotal:       16384 kB\n", "MemTotal").as_deref(), Some("16384 kB"));
        assert_eq!(field("model name\t: A Processor\n", "model name").as_deref(), Some("A Processor"));
    }
}
