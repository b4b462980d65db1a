//! What is wrong with a spec, where, and what to write instead.

use std::{fmt, path::PathBuf};

/// A place in a spec file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file, relative to the workspace root.
    pub file: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// JSON pointer into that file.
    pub pointer: String,
}

/// What a finding stands in the way of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Generation: nothing can come of the spec as it is.
    Generation,
    /// Our conventions: a draft may wait for it.
    Convention,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub origin: Origin,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// What it stands in the way of.
    pub level: Level,
}

impl Diagnostic {
    /// A finding that stands in the way of generation.
    pub fn new(origin: Origin, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { origin, message: message.into(), help: help.into(), level: Level::Generation }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { file, line, pointer } = &self.origin;
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        write!(f, "{}:{line}: {pointer}: {}\n    help: {}", file.display(), self.message, self.help)
    }
}

/// Why generation stopped. Nothing has been written when one of these comes back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The specs break the conventions.
    #[error("{}\n{} problem(s) in specs; see specs/README.md for the conventions", list(.0), .0.len())]
    Spec(Vec<Diagnostic>),
    /// A spec passed the lint and the generator still could not take it.
    #[error("{vendor}: nothing can be generated from this spec: {message}\n    help: make the lint refuse what caused this")]
    Generator {
        /// Folder name of the vendor.
        vendor: String,
        /// What was in the way.
        message: String,
    },
    /// The generated code could not be laid out.
    #[error("generated code cannot be formatted: {message}")]
    Format {
        /// What rustfmt said.
        message: String,
    },
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A name or a file that a command cannot take.
    #[error("{0}\n    help: {1}")]
    Name(String, String),
    /// No such vendor.
    #[error("no vendor called `{0}`: specs/ has {1}")]
    UnknownVendor(String, String),
}

impl Error {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

fn list(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
