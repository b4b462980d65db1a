//! The fields that lead to a value that could not be read.
//!
//! `serde_path_to_error` finds them as well, by a decoder of its own: every type would be compiled for a second one.

use std::cell::RefCell;

thread_local! {
    /// From the innermost outwards; `None` unless they are recorded.
    static FIELDS: RefCell<Option<Vec<&'static str>>> = const { RefCell::new(None) };
}

/// Runs `read`, which fails; the fields that its error came through, the outermost first.
pub(crate) fn record<T, E>(read: impl FnOnce() -> Result<T, E>) -> Vec<&'static str> {
    FIELDS.set(Some(Vec::new()));
    let _ = read();
    let mut fields = FIELDS.take().unwrap_or_default();
    fields.reverse();
    fields
}

/// An error came through the field of this name, if it is among the keys.
#[cold]
pub(super) fn push(keys: &[&'static str], name: &str) {
    change(|fields| fields.extend(keys.iter().find(|key| **key == name)));
}

/// The errors so far are of no interest: what could not be read one way is read another.
#[cold]
pub fn clear() {
    change(Vec::clear);
}

/// On a thread that ends, nothing is recorded.
fn change(change: impl FnOnce(&mut Vec<&'static str>)) {
    let _ = FIELDS.try_with(|fields| fields.borrow_mut().as_mut().map(change));
}
