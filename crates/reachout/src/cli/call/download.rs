//! Responses that are files.

use std::{
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::ArgMatches;
use futures_util::StreamExt as _;
use reachout_runtime::ByteStream;
use tempfile::NamedTempFile;

use super::Calls;
use crate::cli::{failure::Failure, output::Output};

/// Where a response that is a file goes.
pub enum Destination {
    Stdout,
    /// The file appears under its name when it is complete, so that a broken download leaves nothing half.
    File {
        path: PathBuf,
        unfinished: NamedTempFile,
    },
}

impl Destination {
    /// What `--save` says; nothing where the response is not a file. What cannot be written is refused before anything is sent, and so is
    /// a file on a terminal.
    pub fn open(matches: &ArgMatches, calls: &Calls) -> Result<Option<Self>, Failure> {
        let Ok(path) = matches.try_get_one::<PathBuf>("save") else { return Ok(None) };
        let Some(path) = path else {
            return if std::io::stdout().is_terminal() {
                Err(Failure::usage("the response is a file: name one with --save, or redirect the standard output"))
            } else {
                Ok(Some(Self::Stdout))
            };
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unfinished = NamedTempFile::new_in(folder).with_context(|| unwritable(path)).map_err(Failure::Usage)?;
        calls.set_unfinished(unfinished.path().to_owned());
        Ok(Some(Self::File { path: path.clone(), unfinished }))
    }
}

fn unwritable(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}

/// Writes the file.
pub async fn save(mut stream: ByteStream, to: Option<Destination>, output: &mut Output) -> Result<(), Failure> {
    let Some(Destination::File { path, unfinished: mut file }) = to else {
        let mut stdout = std::io::stdout().lock();
        while let Some(piece) = stream.next().await {
            stdout.write_all(&piece?)?;
        }
        return Ok(stdout.flush()?);
    };
    let unwritable = || unwritable(&path);
    let mut length = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece?;
        length += piece.len();
        file.write_all(&piece).with_context(unwritable).map_err(Failure::Output)?;
    }
    file.persist(&path).with_context(unwritable).map_err(Failure::Output)?;
    output.saved(&path, length)
}
