//! Responses that are files.

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
};

use anyhow::Context as _;
use clap::ArgMatches;
use futures_util::StreamExt as _;
use reachout_runtime::ByteStream;

use super::{failure::Failure, output::Output};

/// Refuses, before anything is sent, to write a file to a terminal.
pub fn refuse_terminal(matches: &ArgMatches) -> Result<(), Failure> {
    let is_download = matches.try_contains_id("output").is_ok();
    if is_download && !matches.contains_id("output") && std::io::stdout().is_terminal() {
        return Err(Failure::usage("the response is a file: name one with --output, or redirect the standard output"));
    }
    Ok(())
}

/// Writes the file where `--output` says. It appears when it is complete, so that a broken download leaves nothing half.
pub async fn save(mut stream: ByteStream, matches: &ArgMatches, output: &mut Output) -> Result<(), Failure> {
    let Some(path) = matches.get_one::<PathBuf>("output") else {
        let mut stdout = std::io::stdout().lock();
        while let Some(piece) = stream.next().await {
            stdout.write_all(&piece?)?;
        }
        return Ok(stdout.flush()?);
    };
    let unwritable = || format!("{} cannot be written", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(unwritable).map_err(Failure::Call)?;
    let mut length = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece?;
        length += piece.len();
        file.write_all(&piece).with_context(unwritable).map_err(Failure::Call)?;
    }
    file.persist(path).with_context(unwritable).map_err(Failure::Call)?;
    output.saved(path, length)
}
