//! Causes of which only the texts can be shown.

use std::error::Error;
use std::fmt;

use super::{Redactor, SEARCHED, line};
use crate::error::Source;

/// How much of one text of a cause is kept, in characters.
const LIMIT: usize = 500;

/// A cause in its own words, as far as they can be shown.
struct Quoted {
    text: String,
    source: Option<Box<Quoted>>,
}

pub(super) fn checked(redactor: &Redactor, source: Source) -> Source {
    if is_fit(redactor, source.as_ref()) { source } else { Box::new(quoted(redactor, source.as_ref())) }
}

fn is_fit(redactor: &Redactor, cause: &(dyn Error + 'static)) -> bool {
    let display = cause.to_string();
    // The debug form of a cause has those below it in it, and escapes what must not be shown.
    let debug = format!("{cause:?}");
    let fit = |text: &str| text.len() <= SEARCHED && !redactor.finds_in(text);
    fit(&display) && fit(&debug) && line(&display) == display.trim() && cause.source().is_none_or(|deeper| is_fit(redactor, deeper))
}

fn quoted(redactor: &Redactor, cause: &(dyn Error + 'static)) -> Quoted {
    Quoted { text: redactor.line(&cause.to_string(), LIMIT), source: cause.source().map(|deeper| Box::new(quoted(redactor, deeper))) }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            None => write!(f, "{:?}", self.text),
            Some(source) => write!(f, "{:?}: {source:?}", self.text),
        }
    }
}

impl Error for Quoted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
