//! Takes secrets, and whatever is not fit to be shown, out of an error.

use std::borrow::Cow;

use super::Error;
use super::parse::MESSAGE_LIMIT;
use crate::response::redaction::Redactor;

/// How much is kept, in characters, of a sentence of ours that quotes a vendor or a decoder.
const REASON_LIMIT: usize = 1000;
/// Of a path in JSON, whose keys are the vendor's.
const PATH_LIMIT: usize = 300;
/// Of a code or an id.
pub(crate) const ID_LIMIT: usize = 200;

impl Error {
    /// Without the secrets that `redactor` knows, in every part. What a vendor can have written is on one line and not endless.
    pub(crate) fn redacted(mut self, redactor: &Redactor) -> Self {
        let inner = self.inner_mut();
        if let Cow::Owned(reason) = &inner.reason {
            inner.reason = redactor.line(reason, REASON_LIMIT).into();
        }
        let short = |text: Option<String>, limit| text.map(|text| redactor.line(&text, limit)).filter(|text| !text.is_empty());
        inner.code = short(inner.code.take(), ID_LIMIT);
        inner.request_id = short(inner.request_id.take(), ID_LIMIT);
        inner.json_path = short(inner.json_path.take(), PATH_LIMIT);
        inner.messages.iter_mut().for_each(|message| *message = redactor.line(message, MESSAGE_LIMIT));
        inner.message = join(&inner.messages);
        inner.headers = redactor.headers(std::mem::take(&mut inner.headers));
        inner.body = redactor.body(std::mem::take(&mut inner.body));
        inner.source = inner.source.take().map(|source| redactor.source(source));
        self
    }
}

/// One message as it is; of several, a list without their full stops.
fn join(messages: &[String]) -> Option<String> {
    match messages {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(several.iter().map(|message| message.trim_end_matches('.')).collect::<Vec<_>>().join("; ")),
    }
}
