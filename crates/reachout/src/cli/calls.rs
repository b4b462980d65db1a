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

use super::failure::tell_interrupted;

/// The calls that this run makes, all together. Clones are the same calls.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    watch: DeliveryWatch,
    /// They change nothing at the vendor.
    read_only: AtomicBool,
    /// Their result is told, or about to be.
    finished: AtomicBool,
    /// Signals are waited for.
    listening: AtomicBool,
    /// Programs read what is told.
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

    /// What is known of them at this moment.
    pub fn delivery(&self) -> Delivery {
        self.0.watch.delivery()
    }

    /// Says that programs read what is told.
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

    /// From here on a signal adds nothing to what is told.
    pub fn finish(&self) {
        self.0.finished.store(true, Ordering::Release);
    }

    /// Lets Ctrl-C and SIGTERM end the program with a word on what is known of the calls.
    ///
    /// A thread of its own waits for them, because a read from the terminal or a write into a full pipe blocks this one. Where signals
    /// cannot be waited for, they end the program as they always do.
    pub fn tell_on_signal(&self) {
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
        std::process::exit(tell_interrupted(delivery, self.advice(delivery), self.are_read_by_programs()) as i32);
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

/// The next Ctrl-C or SIGTERM; they are caught from the moment this returns.
#[cfg(unix)]
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
