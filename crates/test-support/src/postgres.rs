//! A Postgres server, started where it is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::left_out;

/// A server that ends with the last test that uses it.
#[derive(Debug)]
pub struct Server {
    binaries: PathBuf,
    directory: String,
    port: u16,
    settings: String,
}

static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());

impl Server {
    /// The one that runs, or a new one. Where there is none, the running test is recorded as left out.
    ///
    /// # Panics
    /// Where Postgres is installed and does not start.
    pub fn get() -> Option<Arc<Self>> {
        let mut running = SERVER.lock().unwrap();
        if let Some(server) = running.upgrade() {
            return Some(server);
        }
        let server = Arc::new(Self::start()?);
        *running = Arc::downgrade(&server);
        Some(server)
    }

    /// A new one, which nobody else uses. Where there is none, the running test is recorded as left out.
    ///
    /// # Panics
    /// Where Postgres is installed and does not start.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with settings of its own, such as `fsync=on`.
    ///
    /// # Panics
    /// Where Postgres is installed and does not start.
    pub fn start_with(settings: &[&str]) -> Option<Self> {
        let (Some(binaries), Some(mut temporary)) = (binaries(), unprivileged("mktemp")) else {
            left_out("Postgres is not installed, or there is no user to run it as");
            return None;
        };
        let directory = run(temporary.args(["-d", "/tmp/reachout-postgres-XXXXXX"])).trim().to_owned();
        let settings = settings.iter().map(|setting| format!(" -c {setting}")).collect();
        let mut server = Self { binaries, directory, port: 0, settings };
        let data = server.data();
        run(server.command("initdb").args(["-D", &data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-locale"]));
        let log = format!("{}/log", server.directory);
        // A port that is free now may be taken a moment later.
        for _ in 0..5 {
            server.port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let options = server.options();
            let mut start = server.command("pg_ctl");
            start.args(["-D", &data, "-l", &log, "-w", "-o", &options, "start"]).stdout(Stdio::null());
            if start.status().unwrap().success() {
                return Some(server);
            }
        }
        panic!("Postgres does not start: {:?}", run(unprivileged("cat")?.arg(&log)))
    }

    /// Restarts the server: in order (`fast`), or as if it crashed (`immediate`). Connections break.
    ///
    /// # Panics
    /// Where it does not start again.
    pub fn restart(&self, mode: &str) {
        let (data, log) = (self.data(), format!("{}/log", self.directory));
        let options = self.options();
        let mut restart = self.command("pg_ctl");
        restart.args(["-D", &data, "-l", &log, "-w", "-m", mode, "-o", &options, "restart"]).stdout(Stdio::null());
        assert!(restart.status().unwrap().success(), "Postgres does not start again");
    }

    fn options(&self) -> String {
        let Self { port, directory, settings, .. } = self;
        format!("-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={directory} -c fsync=off{settings}")
    }

    fn data(&self) -> String {
        format!("{}/data", self.directory)
    }

    fn command(&self, name: &str) -> Command {
        unprivileged(self.binaries.join(name).to_str().unwrap()).expect("it was found before")
    }

    /// Address of a new database on it.
    ///
    /// # Panics
    /// Where it cannot be made.
    pub fn new_database(&self) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("database_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        run(self.command("createdb").args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "tester", &name]));
        self.url(&name)
    }

    /// Address of a database on it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://tester:MARKED-password@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        let _ = self.command("pg_ctl").args(["-D", &data, "-m", "immediate", "-w", "stop"]).stdout(Stdio::null()).status();
        let _ = unprivileged("rm").map(|mut remove| remove.args(["-rf", &self.directory]).status());
    }
}

/// Where Debian, or whoever wrote `pg_config`, put the server's programs.
fn binaries() -> Option<PathBuf> {
    let config = Command::new("pg_config").arg("--bindir").output().ok();
    let configured = config.and_then(|output| String::from_utf8(output.stdout).ok()).map(|path| PathBuf::from(path.trim()));
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    configured.into_iter().chain(debian).find(|path| path.join("initdb").exists() && path.join("pg_ctl").exists())
}

/// Postgres refuses to run as root, whose tests run it as the user that its package made.
fn unprivileged(program: &str) -> Option<Command> {
    let id = Command::new("id").arg("-u").output().ok()?;
    let mut command = if id.stdout.trim_ascii() == b"0" {
        let mut command = Command::new("runuser");
        let known = command.args(["-u", "postgres", "--", "true"]).status().is_ok_and(|status| status.success());
        if !known {
            return None;
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", program]);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(Path::new("/"));
    Some(command)
}

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
