//! Reading what arguments point at.

use std::{
    io::Read,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use super::exact::Exact;
use crate::cli::failure::Failure;
use anyhow::Context as _;

/// Whether standard input was read: two arguments cannot have it.
static READ: AtomicBool = AtomicBool::new(false);

/// The content of a file, or of standard input for `-`.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).with_context(|| unreadable(path)).map_err(Failure::Usage)?;
    Ok(bytes)
}

/// A file, or standard input for `-`.
pub fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path != Path::new("-") {
        let file = std::fs::File::open(path).with_context(|| unreadable(path)).map_err(Failure::Usage)?;
        return Ok(Box::new(file));
    }
    if READ.swap(true, Ordering::Relaxed) {
        return Err(Failure::usage("standard input can be given once only"));
    }
    Ok(Box::new(std::io::stdin()))
}

/// How people call it.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

pub fn unreadable(path: &Path) -> String {
    format!("{} cannot be read", name(path))
}

/// The same where text is wanted.
pub fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes(path)?).map_err(|error| {
        let (bytes, wrong) = (error.as_bytes(), error.utf8_error().valid_up_to());
        no_text(path, bytes, 1 + line_breaks(&bytes[..wrong]))
    })
}

pub fn line_breaks(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}

/// What is no text in UTF-8 from this line on; `bytes` are its first.
pub fn no_text(path: &Path, bytes: &[u8], line: usize) -> Failure {
    let name = name(path);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Failure::usage(format!("{name} is text in UTF-16; save it in UTF-8"));
    }
    Failure::usage(format!("{name} line {line}: it is not text in UTF-8; save the file in UTF-8"))
}

/// A text as it is typed: itself, `@FILE`, or `-` for standard input. A line break at the end of what is read is not part of it, and `@@`
/// begins a text with `@`.
///
/// A parser of arguments, whose errors are sentences.
pub fn argument(argument: &str) -> Result<String, String> {
    let path = match (argument, argument.strip_prefix('@')) {
        ("-", _) => "-",
        (_, None) => return Ok(argument.to_owned()),
        (_, Some(rest)) if rest.starts_with('@') => return Ok(rest.to_owned()),
        (_, Some(file)) => file,
    };
    match text(Path::new(path)) {
        Ok(text) => Ok(text.trim_end_matches(['\n', '\r']).to_owned()),
        Err(Failure::Usage(error)) if path != "-" => Err(format!("{error:#} (a text that begins with @ is written with @@)")),
        Err(failure) => Err(failure.to_string()),
    }
}

/// A body: JSON itself, `@FILE`, or `-` for standard input.
pub fn json(argument: &str) -> Result<Exact, Failure> {
    let (name, text) = match (argument, argument.strip_prefix('@')) {
        ("-", _) => ("standard input", text(Path::new("-"))?),
        (_, Some(file)) => (file, text(Path::new(file))?),
        (_, None) => ("--json-body", argument.to_owned()),
    };
    let value = Exact::parse(&text).with_context(|| {
        let hint = if name == "--json-body" && !text.trim_start().starts_with(['{', '[']) { " (a file is given as @FILE)" } else { "" };
        format!("{name} is not the body that the operation takes{hint}")
    });
    value.map_err(Failure::Usage)
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn texts_come_from_files() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "Hi\nthere\n\n").unwrap();
        let at = format!("@{}", file.path().display());
        assert_eq!(argument(&at).unwrap(), "Hi\nthere");
        assert_eq!(argument("@@ada").unwrap(), "@ada");
        assert_eq!(argument("a@b.c").unwrap(), "a@b.c");
        let error = argument("@/no/such/file").unwrap_err();
        assert!(error.contains("/no/such/file cannot be read") && error.contains("@@"), "{error}");
        for (bytes, problem) in [(&[0xff, 0xfe][..], "is text in UTF-16"), (&[b'\n', 0xff], "line 2: it is not text in UTF-8")] {
            std::fs::write(file.path(), bytes).unwrap();
            assert!(argument(&at).unwrap_err().contains(problem), "{problem}");
        }
    }
}
