//! Where the nodes of a bundled document were written.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{pointer, yaml::Source};
use crate::diagnostic::Origin;

/// A node of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Relative to the workspace root.
    pub file: Arc<Path>,
    /// JSON pointer into it.
    pub pointer: String,
}

impl Place {
    /// The place of `key` below this one.
    pub fn child(&self, key: &str) -> Self {
        Self { file: Arc::clone(&self.file), pointer: pointer::child(&self.pointer, key) }
    }
}

/// The files that were read, and which parts of the bundle came from where.
///
/// A node is where its nearest moved ancestor is, and below that under the same keys, so that only what moved is remembered.
#[derive(Debug, Default)]
pub struct Origins {
    files: HashMap<PathBuf, Arc<Source>>,
    /// Pointer in the bundle to where that node was written.
    moved: HashMap<String, Place>,
}

impl Origins {
    /// A file that was read.
    pub fn file(&self, path: &Path) -> Option<&Arc<Source>> {
        self.files.get(path)
    }

    /// Remembers a file.
    pub fn read(&mut self, path: &Path, source: Arc<Source>) {
        self.files.insert(path.to_owned(), source);
    }

    /// Remembers that the node at `to` in the bundle was written at `place`, and what is below it too.
    pub fn moved(&mut self, to: &str, place: &Place) {
        self.moved.insert(to.to_owned(), place.clone());
    }

    /// Where the node at this pointer of the bundle was written, or the nearest one above that was.
    pub fn origin(&self, pointer: &str) -> Origin {
        let mut at = pointer;
        loop {
            if let Some(place) = self.moved.get(at) {
                return self.place(&place.file, &format!("{}{}", place.pointer, &pointer[at.len()..]));
            }
            match pointer::parent(at) {
                Some(parent) => at = parent,
                None => return Origin { file: PathBuf::new(), line: 1, pointer: pointer.to_owned() },
            }
        }
    }

    /// The line of a node of a file, or of the nearest one above that is there.
    pub fn place(&self, file: &Path, pointer: &str) -> Origin {
        let (line, pointer) = self.files.get(file).map_or((1, pointer), |source| source.nearest(pointer));
        Origin { file: file.to_owned(), line, pointer: pointer.to_owned() }
    }
}
