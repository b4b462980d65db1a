//! Long texts that are read several times, without being in memory.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use anyhow::Context as _;

use super::input;
use crate::cli::failure::Failure;

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// A copy of a text in UTF-8, without its byte order mark, in a file that has no name and is gone with the program. What is read from it twice is the same
/// twice, whatever becomes of the file that it was copied from.
#[derive(Debug)]
pub struct Spool(File);

impl Spool {
    /// Copies a file, or standard input for `-`.
    pub fn copy(path: &Path) -> Result<Self, Failure> {
        let mut source = input::open(path)?;
        let mut spool = tempfile::tempfile().context("a temporary file cannot be made").map_err(Failure::Usage)?;
        let (mut piece, mut kept, mut lines, mut begins) = (vec![0; PIECE], 0, 1, true);
        loop {
            let read = source.read(&mut piece[kept..]).with_context(|| input::unreadable(path)).map_err(Failure::Usage)?;
            let bytes = &piece[..kept + read];
            let whole = match std::str::from_utf8(bytes) {
                Ok(text) => text.len(),
                // A character may go on in the next piece.
                Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
                Err(error) => return Err(input::no_text(path, bytes, lines + input::line_breaks(&bytes[..error.valid_up_to()]))),
            };
            let text = &bytes[..whole];
            let text = text.strip_prefix("\u{feff}".as_bytes()).filter(|_| begins).unwrap_or(text);
            begins &= whole == 0;
            lines += input::line_breaks(text);
            spool.write_all(text).context("a temporary file cannot be written").map_err(Failure::Usage)?;
            if read == 0 {
                return Ok(Self(spool));
            }
            piece.copy_within(whole..kept + read, 0);
            kept = kept + read - whole;
        }
    }

    /// Reads it from its beginning.
    pub fn reader(&self) -> BufReader<impl Read + Send + '_> {
        BufReader::with_capacity(PIECE, Reader { file: &self.0, at: 0 })
    }

    /// Its lines, without line breaks.
    pub fn lines(&self) -> impl Iterator<Item = io::Result<String>> + Send + '_ {
        self.reader().lines()
    }

    /// The first sign that is no space.
    pub fn first(&self) -> Option<u8> {
        self.reader().bytes().map_while(Result::ok).find(|byte| !byte.is_ascii_whitespace())
    }
}

/// Several readers of one file each have their place.
struct Reader<'f> {
    file: &'f File,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(self.at))?;
        let read = self.file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::{PIECE, Spool};

    #[test]
    fn a_text_is_the_same_in_pieces() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for before in PIECE - 4..=PIECE {
            let text = format!("{}€\nend", "a\n".repeat(before)[..before].to_owned());
            std::fs::write(file.path(), format!("\u{feff}{text}")).unwrap();
            let spool = Spool::copy(file.path()).unwrap();
            std::fs::write(file.path(), "another").unwrap();
            let mut copied = String::new();
            spool.reader().read_to_string(&mut copied).unwrap();
            assert!(copied == text, "{before}");
            assert_eq!(spool.lines().last().unwrap().unwrap(), "end");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (before, line) in [("", 1), ("a\n", 2), ("a\n".repeat(PIECE).as_str(), PIECE + 1)] {
            for broken in [&b"\xff\n"[..], b"\xe2\x82"] {
                std::fs::write(file.path(), [before.as_bytes(), broken].concat()).unwrap();
                let error = Spool::copy(file.path()).unwrap_err().to_string();
                assert!(error.contains(&format!("line {line}: it is not text in UTF-8")), "{error}");
            }
        }
        std::fs::write(file.path(), [0xff, 0xfe]).unwrap();
        assert!(Spool::copy(file.path()).unwrap_err().to_string().contains("is text in UTF-16"));
    }
}
