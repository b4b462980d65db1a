//! What is known of the calls of this run, and what a signal makes of it.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use reachout_runtime::{CallOptions, Core, Delivery, DeliveryWatch};

use crate::cli::failure::report_interruption;

/// The calls that this run makes, all together. Clones are the same calls.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    watch: DeliveryWatch,
    /// What is known of calls that are not watched.
    recorded: Mutex<Option<Delivery>>,
    /// They change nothing at the vendor.
    read_only: AtomicBool,
    /// Their result is printed, or about to be.
    finished: AtomicBool,
    /// Signals are waited for.
    listening: AtomicBool,
    /// Programs read what is printed.
    json: AtomicBool,
    /// A file that is worth nothing unless they come to their end.
    unfinished: Mutex<Option<PathBuf>>,
}

impl Calls {
    /// A client whose calls are among these.
    pub fn watched(&self, client: &Core) -> Core {
        client.with(CallOptions::new().watch(&self.0.watch))
    }

    /// Says that the calls change nothing, so that they may be repeated.
    pub fn set_read_only(&self) {
        self.0.read_only.store(true, Ordering::Relaxed);
    }

    pub fn are_read_only(&self) -> bool {
        self.0.read_only.load(Ordering::Relaxed)
    }

    /// Records the results of calls that are not watched.
    pub fn record(&self, delivery: Delivery) {
        let mut recorded = self.0.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        *recorded = (*recorded).max(Some(delivery));
    }

    /// What is known of them at this moment.
    pub fn delivery(&self) -> Delivery {
        let recorded = *self.0.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        recorded.map_or_else(|| self.0.watch.delivery(), |recorded| recorded.max(self.0.watch.delivery()))
    }

    /// Says that programs read what is printed.
    pub fn set_json(&self) {
        self.0.json.store(true, Ordering::Relaxed);
    }

    pub fn are_read_by_programs(&self) -> bool {
        self.0.json.load(Ordering::Relaxed)
    }

    /// Removes this file if a signal ends the program.
    pub fn set_unfinished(&self, file: PathBuf) {
        *self.0.unfinished.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    }

    /// From here on a signal adds nothing to what is printed.
    pub fn finish(&self) {
        self.0.finished.store(true, Ordering::Release);
    }

    /// Lets Ctrl-C, SIGTERM and SIGHUP end the program with a word on what is known of the calls.
    ///
    /// A thread of its own waits for them, because a read from the terminal or a write into a full pipe blocks this one. Where signals
    /// cannot be waited for, they end the program as they always do.
    pub fn report_on_signal(&self) {
        if self.0.listening.swap(true, Ordering::Relaxed) {
            return;
        }
        let calls = self.clone();
        let (listening, listens) = mpsc::channel();
        let wait = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let signal = signal()?;
                // The other end waits for this message.
                let _ = listening.send(());
                signal.await;
                io::Result::Ok(())
            })?;
            calls.end();
            io::Result::Ok(())
        };
        if std::thread::Builder::new().name("signals".to_owned()).spawn(wait).is_ok() {
            // Without a message, the thread has ended.
            let _ = listens.recv();
        }
    }

    /// Ends the program, unless it is ending already.
    fn end(&self) {
        if self.0.finished.load(Ordering::Acquire) {
            return;
        }
        // Closed, so that nothing is sent while we say that nothing was.
        let delivery = self.0.watch.close();
        if let Some(file) = self.0.unfinished.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // It may have become the finished one.
            let _ = std::fs::remove_file(file);
        }
        std::process::exit(report_interruption(delivery, self.advice(delivery), self.are_read_by_programs()) as i32);
    }

    /// What is known, and what to do.
    pub fn advice(&self, delivery: Delivery) -> &'static str {
        match (delivery, self.are_read_only()) {
            (Delivery::NotSent, _) => "the request was not sent; it may be tried again",
            (Delivery::Rejected, _) => "the vendor refused the request and did not carry it out",
            (Delivery::Accepted, true) => "the response was not shown as a whole; the request only reads, so it may be sent again",
            (Delivery::Accepted, false) => "the vendor accepted the request; do not send it again",
            (_, true) => "the request may have reached the vendor; it only reads, so it may be sent again",
            (_, false) => "the request may have been delivered; look before sending it again",
        }
    }
}

/// The next Ctrl-C, SIGTERM or SIGHUP; they are caught from the moment this returns. A SIGHUP that `nohup` ignores stays ignored.
#[cfg(unix)]
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut hangup = if *IGNORES_HANGUP { None } else { Some(signal(SignalKind::hangup())?) };
    Ok(async move {
        let hung_up = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hung_up => {}
        }
    })
}

/// Whether this program was started with SIGHUP ignored, as `nohup` does: the first bit of the mask that Linux shows. Elsewhere it is not
/// known, and the signal ends the program.
#[cfg(unix)]
static IGNORES_HANGUP: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
});

#[cfg(windows)]
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
