//! A change that code sees.

/// A change of a crate's interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Code that compiled before does not, or means something else.
    pub breaking: bool,
    /// One line of Markdown.
    pub what: String,
}
