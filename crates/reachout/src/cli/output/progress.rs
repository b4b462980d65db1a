//! How far a long list is, on standard error where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that counts. It hides itself where standard error is not a terminal, and is gone when it is dropped.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn of(what: &str) -> Self {
        // The template is constant and right; a wrong one would leave the default style.
        let style =
            ProgressStyle::with_template("{spinner} {human_pos} {msg}, {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style).with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    pub fn one_more(&self) {
        self.0.inc(1);
    }

    /// Does something that prints, with the line out of the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
