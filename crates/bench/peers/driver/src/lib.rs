//! Drives one client, the same way for every client: its calls by number, by time, or all at once.
//!
//! `PROGRAM send|list|decode BASE_URL COUNT [CONTACTS]`, `PROGRAM throughput BASE_URL AT_ONCE MILLISECONDS`,
//! `PROGRAM hold BASE_URL COUNT`, `PROGRAM clients BASE_URL COUNT`. What was measured is printed, one `name value` a line.
#![forbid(unsafe_code)]

pub mod canned;

use std::{
    future::Future,
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{runtime, sync::Barrier, task::JoinSet};

/// Whatever made a measurement fail.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A client that is measured.
pub trait Peer: Clone + Send + Sync + 'static {
    /// A client with connections of its own.
    fn new(base_url: &str) -> Result<Self, Failure>;

    /// Sends one message; the length of its id.
    fn send(&self) -> impl Future<Output = Result<usize, Failure>> + Send;

    /// Lists contacts; how many came.
    fn list(&self, contacts: usize) -> impl Future<Output = Result<usize, Failure>> + Send;

    /// Decodes a list of contacts, without HTTP; how many it has.
    fn decode(body: &[u8]) -> Result<usize, Failure>;

    /// A client for one more tenant, from the client of the first.
    fn tenant(&self, credential: String) -> Result<Self, Failure>;
}

/// What a peer's `main` is.
pub fn main<P: Peer>() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, base_url, count, rest @ ..] = arguments.as_slice() else {
        return Err("usage: TASK BASE_URL COUNT [MORE]".into());
    };
    let count: usize = count.parse()?;
    let more: usize = rest.first().map_or(Ok(100), |more| more.parse())?;
    match task.as_str() {
        "decode" => {
            let body = canned::contacts(more);
            for _ in 0..count {
                expect(P::decode(black_box(&body))?, more)?;
            }
            Ok(())
        }
        "clients" => clients::<P>(base_url, count),
        // One thread: instructions are counted, and threads that look for work would be counted with them.
        "send" | "list" => runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
            let peer = P::new(base_url)?;
            for _ in 0..count {
                match task.as_str() {
                    "send" => expect(peer.send().await?, canned::ID.len())?,
                    _ => expect(peer.list(more).await?, more)?,
                }
            }
            Ok(())
        }),
        "throughput" => threads()?.block_on(throughput::<P>(base_url, count, Duration::from_millis(u64::try_from(more)?))),
        "hold" => threads()?.block_on(hold::<P>(base_url, count)),
        other => Err(format!("no task is called {other}").into()),
    }
}

fn threads() -> Result<runtime::Runtime, Failure> {
    Ok(runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn expect(got: usize, wanted: usize) -> Result<(), Failure> {
    if got == wanted { Ok(()) } else { Err(format!("{got} came where {wanted} were expected").into()) }
}

/// Messages a second, with so many calls at once. Connections are open before the clock starts.
async fn throughput<P: Peer>(base_url: &str, at_once: usize, time: Duration) -> Result<(), Failure> {
    let peer = P::new(base_url)?;
    let ready = Arc::new(Barrier::new(at_once + 1));
    let done = Arc::new(AtomicU64::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..at_once {
        let (peer, ready, done) = (peer.clone(), Arc::clone(&ready), Arc::clone(&done));
        callers.spawn(async move {
            let warm = peer.send().await;
            ready.wait().await;
            warm?;
            let until = Instant::now() + time;
            while Instant::now() < until {
                peer.send().await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Failure>(())
        });
    }
    ready.wait().await;
    let start = Instant::now();
    while let Some(caller) = callers.join_next().await {
        caller??;
    }
    let calls = u32::try_from(done.load(Ordering::Relaxed))?;
    println!("per_second {}", f64::from(calls) / start.elapsed().as_secs_f64());
    Ok(())
}

/// The peak of memory with so many calls in flight: the server responds to none of them until it has all.
async fn hold<P: Peer>(base_url: &str, count: usize) -> Result<(), Failure> {
    let peer = P::new(&format!("{base_url}/hold/{count}"))?;
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let peer = peer.clone();
        callers.spawn(async move { peer.send().await });
    }
    while let Some(caller) = callers.join_next().await {
        caller??;
    }
    println!("peak_bytes {}", status("VmHWM:")?);
    Ok(())
}

/// What one more client costs, where the first exists and all of them are kept.
fn clients<P: Peer>(base_url: &str, count: usize) -> Result<(), Failure> {
    let first = P::new(base_url)?;
    let mut kept = Vec::with_capacity(count);
    // What only the second client pays (lazily filled statics, the allocator's arenas) is not the cost of one more.
    kept.push(first.tenant("warm".to_owned())?);
    let before = status("VmRSS:")?;
    let start = Instant::now();
    for index in 1..count {
        kept.push(first.tenant(format!("key-{index}"))?);
    }
    let time = start.elapsed();
    let bytes = status("VmRSS:")?.saturating_sub(before);
    let more = u32::try_from(count - 1)?.max(1);
    println!("nanoseconds {}", time.as_secs_f64() * 1e9 / f64::from(more));
    println!("bytes {}", bytes as f64 / f64::from(more));
    black_box(kept);
    Ok(())
}

/// A line of `/proc/self/status`, in bytes.
fn status(name: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("this system does not tell its memory")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
}
