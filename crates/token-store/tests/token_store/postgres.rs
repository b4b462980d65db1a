//! A server of Postgres, started here where it is installed, with a database for each test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use reachout_token_store::{Keys, PgPool, PostgresStore, StoreError, TokenStore as _};

use crate::{keys, tokens};

/// Ends with the last test that uses it.
struct Server {
    binaries: PathBuf,
    directory: String,
    port: u16,
}

static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());

impl Server {
    /// The one that runs, or a new one; `None` where Postgres is not installed.
    fn get() -> Option<Arc<Self>> {
        let mut running = SERVER.lock().unwrap();
        if let Some(server) = running.upgrade() {
            return Some(server);
        }
        let server = Arc::new(Self::start()?);
        *running = Arc::downgrade(&server);
        Some(server)
    }

    fn start() -> Option<Self> {
        let binaries = binaries()?;
        let directory = run(unprivileged("mktemp")?.args(["-d", "/tmp/reachout-postgres-XXXXXX"])).trim().to_owned();
        let mut server = Self { binaries, directory, port: 0 };
        let data = server.data();
        run(server.command("initdb").args(["-D", &data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-locale"]));
        let log = format!("{}/log", server.directory);
        // A port that is free now may be taken a moment later.
        for _ in 0..5 {
            server.port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let options = format!(
                "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories={} -c fsync=off",
                server.port, server.directory
            );
            let mut start = server.command("pg_ctl");
            start.args(["-D", &data, "-l", &log, "-w", "-o", &options, "start"]).stdout(Stdio::null());
            if start.status().unwrap().success() {
                return Some(server);
            }
        }
        panic!("Postgres does not start: {:?}", run(unprivileged("cat")?.arg(&log)))
    }

    fn data(&self) -> String {
        format!("{}/data", self.directory)
    }

    fn command(&self, name: &str) -> Command {
        unprivileged(self.binaries.join(name).to_str().unwrap()).expect("it was found before")
    }

    fn url(&self, database: &str) -> String {
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

pub struct Fixture {
    server: Arc<Server>,
    database: String,
}

impl Fixture {
    pub async fn new() -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let Some(server) = tokio::task::spawn_blocking(Server::get).await.unwrap() else {
            println!("Postgres was left out: no server is installed here, or there is no user to run it as");
            return None;
        };
        let database = format!("test_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let pool = PgPool::connect(&server.url("postgres")).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&pool).await.unwrap();
        pool.close().await;
        Some(Self { server, database })
    }

    pub fn address(&self) -> String {
        self.server.url(&self.database)
    }

    pub async fn open(&self, keys: Keys) -> PostgresStore {
        open(&self.address(), keys).await.unwrap()
    }

    pub async fn pool(&self) -> PgPool {
        PgPool::connect(&self.address()).await.unwrap()
    }

    /// All that the tables hold.
    pub async fn bytes(&self) -> Vec<u8> {
        let pool = self.pool().await;
        let rows: Vec<(String, Vec<u8>)> =
            sqlx::query_as("SELECT account || key_id, sealed FROM reachout_tokens").fetch_all(&pool).await.unwrap();
        let leases: Vec<Option<Vec<u8>>> = sqlx::query_scalar("SELECT room FROM reachout_token_leases").fetch_all(&pool).await.unwrap();
        let rows = rows.into_iter().map(|(text, sealed)| [text.into_bytes(), sealed].concat());
        rows.chain(leases.into_iter().flatten()).collect::<Vec<_>>().concat()
    }
}

pub async fn open(address: &str, keys: Keys) -> Result<PostgresStore, StoreError> {
    PostgresStore::connect(address, keys).await
}

crate::suite::suite!();

#[tokio::test]
async fn a_server_that_is_not_there() {
    let error = open("postgres://tester:MARKED-password@127.0.0.1:1/none", keys()).await.unwrap_err().to_string();
    assert!(error.contains("Connection refused"), "{error}");
    let error = open("postgres://tester:MARKED-password@127.0.0.1:port/none", keys()).await.unwrap_err().to_string();
    assert!(!error.contains("MARKED"), "{error}");
}

/// A standby, or a server whose disk is full, takes no writes.
#[tokio::test]
async fn a_server_that_only_reads_says_so_before_a_refresh_token_is_spent() {
    let Some(fixture) = Fixture::new().await else { return };
    let store = fixture.open(keys()).await;
    store.save("acme", &tokens("access-0", "refresh-0")).await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("ALTER DATABASE {} SET default_transaction_read_only = on", fixture.database));
    sqlx::raw_sql(sql).execute(&fixture.pool().await).await.unwrap();
    let later = PostgresStore::with_pool(fixture.pool().await, keys()).await;
    let error = match later {
        Ok(later) => later.lock("acme").await.unwrap_err(),
        Err(error) => error,
    };
    assert!(error.to_string().contains("read-only transaction"), "{error}");
    let shown = format!("{store:?}");
    assert!(shown.contains("127.0.0.1") && !shown.contains("MARKED"), "{shown}");
}

#[tokio::test]
async fn a_name_that_postgres_cannot_hold() {
    let Some(fixture) = Fixture::new().await else { return };
    let error = fixture.open(keys()).await.save("a\0b", &tokens("MARKED", "MARKED")).await.unwrap_err();
    assert_eq!(error.to_string(), "the database refused a value (SQLSTATE 22021)");
}
