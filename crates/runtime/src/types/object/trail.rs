//! The fields that lead to a value that could not be read.
//!
//! `serde_path_to_error` tells them as well, by a decoder of its own: every type would be compiled for a second one.

use std::cell::RefCell;

thread_local! {
    /// From the innermost outwards; nothing while nobody asks.
    static TRAIL: RefCell<Option<Vec<&'static str>>> = const { RefCell::new(None) };
}

/// Runs `read`, which fails; the fields that its error came through, the outermost first.
pub(crate) fn follow<T, E>(read: impl FnOnce() -> Result<T, E>) -> Vec<&'static str> {
    TRAIL.set(Some(Vec::new()));
    let _ = read();
    let mut fields = TRAIL.take().unwrap_or_default();
    fields.reverse();
    fields
}

/// An error came through this field.
#[cold]
pub(super) fn add(field: &'static str) {
    change(|trail| trail.push(field));
}

/// The errors so far are of no interest: what could not be read one way is read another.
#[cold]
pub fn forget() {
    change(Vec::clear);
}

/// On a thread that ends, nobody asks.
fn change(change: impl FnOnce(&mut Vec<&'static str>)) {
    let _ = TRAIL.try_with(|trail| trail.borrow_mut().as_mut().map(change));
}
