//! Runs programs, bounded in time, and tells what they cost.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

/// No single program runs longer.
const LONGEST: Duration = Duration::from_secs(1800);
/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// Clock ticks a second in `/proc`: Linux has it fixed for what user space sees.
const TICKS: f64 = 100.0;

/// What a program cost, and what it printed.
#[derive(Clone, Debug, Default)]
pub struct Finished {
    /// From start to end.
    pub seconds: f64,
    /// Of the program and all that it started; 0 where the system does not tell.
    pub cpu_seconds: f64,
    /// The largest resident set of the program itself; 0 where the system does not tell.
    pub peak_bytes: u64,
    /// What it printed.
    pub stdout: String,
}

/// Runs programs until its time is up.
#[derive(Debug)]
pub struct Runner {
    scratch: PathBuf,
    end: Instant,
}

impl Runner {
    /// Runs programs for so long, and keeps what they print in `scratch`.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn new(scratch: PathBuf, time: Duration) -> anyhow::Result<Self> {
        fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
        Ok(Self { scratch, end: Instant::now() + time })
    }

    /// A file that the next program may write.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// Where it cannot be started, fails, or takes too long; the last lines it printed are in the error.
    pub fn run(&self, command: &mut Command) -> anyhow::Result<Finished> {
        let name = name(command);
        let left = self.end.saturating_duration_since(Instant::now()).min(LONGEST);
        if left.is_zero() {
            bail!("the time for the whole measurement was up");
        }
        let (out, err) = (self.scratch("stdout"), self.scratch("stderr"));
        command.stdin(Stdio::null()).stdout(create(&out)?).stderr(create(&err)?);
        let cpu = children_cpu();
        let start = Instant::now();
        let mut child = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        let mut peak_bytes = 0;
        let status = loop {
            peak_bytes = peak_bytes.max(peak(child.id()));
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if start.elapsed() > left {
                child.kill()?;
                child.wait()?;
                bail!("{name} did not end within {} s", left.as_secs());
            }
            thread::sleep(LOOK);
        };
        let seconds = start.elapsed().as_secs_f64();
        if !status.success() {
            bail!("{name} ended with {status}: {}", last_lines(&fs::read_to_string(&err)?));
        }
        Ok(Finished { seconds, cpu_seconds: children_cpu() - cpu, peak_bytes, stdout: fs::read_to_string(&out)? })
    }
}

/// A program that may have as many connections as the system allows: the usual limit of open files is below ten thousand.
pub fn with_many_files(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", r#"ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#]).arg(program);
    command
}

/// A server that ends with this value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub base_url: String,
}

impl Server {
    /// Starts it, and waits for the port that it prints.
    ///
    /// # Errors
    /// Where it cannot be started or prints no port.
    pub fn start(program: &Path) -> anyhow::Result<Self> {
        use std::io::BufRead as _;
        let mut child = with_many_files(program).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the server has no output")?;
        std::io::BufReader::new(stdout).read_line(&mut line)?;
        let port: u16 = line.trim().parse().context("the server does not tell its port")?;
        Ok(Self { child, base_url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its standard input; what is killed and waited for is not left behind either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn create(path: &Path) -> anyhow::Result<File> {
    File::create(path).with_context(|| format!("cannot write {}", path.display()))
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    let first: Vec<_> = command.get_args().take(2).map(|argument| argument.to_string_lossy()).collect();
    format!("`{program} {}`", first.join(" "))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(3)..].join(" / ")
}

/// Processor time of the children that have ended, and of theirs.
fn children_cpu() -> f64 {
    fs::read_to_string("/proc/self/stat").ok().and_then(|stat| children_ticks(&stat)).map_or(0.0, |ticks| ticks / TICKS)
}

/// `cutime` and `cstime` of proc(5), fields 16 and 17; the name before them may have spaces.
fn children_ticks(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    Some(fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?)
}

fn peak(process: u32) -> u64 {
    fs::read_to_string(format!("/proc/{process}/status")).ok().and_then(|status| peak_bytes(&status)).unwrap_or(0)
}

fn peak_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_is_read() {
        let stat = "42 (a (odd) name) S 1 42 42 0 -1 4194304 900 80000 0 3 12 7 1500 250 20 0 1 0 77 1000 200";
        assert_eq!(children_ticks(stat), Some(1750.0));
        assert_eq!(peak_bytes("Name:\tx\nVmPeak:\t 900 kB\nVmHWM:\t     128 kB\n"), Some(131_072));
        assert_eq!(peak_bytes("Name:\tx\n"), None);
    }

    #[test]
    fn a_program_that_fails_or_hangs_is_named() {
        let scratch = std::env::temp_dir().join(format!("reachout-bench-{}", std::process::id()));
        let runner = Runner::new(scratch.clone(), Duration::from_secs(1)).expect("a folder");
        let failed = runner.run(Command::new("sh").args(["-c", "echo first; echo why >&2; exit 3"])).expect_err("it fails").to_string();
        assert!(failed.contains("`sh -c") && failed.contains("why"), "{failed}");
        let printed = runner.run(Command::new("sh").args(["-c", "echo 5"])).expect("it runs");
        assert_eq!(printed.stdout, "5\n");
        let hung = runner.run(Command::new("sleep").arg("30")).expect_err("it hangs").to_string();
        assert!(hung.contains("did not end within"), "{hung}");
        let late = runner.run(&mut Command::new("true")).expect_err("no time is left").to_string();
        assert!(late.contains("time"), "{late}");
        fs::remove_dir_all(scratch).expect("the folder is removed");
    }
}
