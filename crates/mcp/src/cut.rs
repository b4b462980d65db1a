//! Results that are small: long texts and lists are cut, with a handle to read on.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use reachout_document::is_secret;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::fence::Fence;

/// The longest piece of a text, in characters.
const TEXT: usize = 800;
/// The longest piece of a list.
const ITEMS: usize = 20;
/// Shorter texts without a line break are names and ids, and have no marks of their own.
const SHORT: usize = 60;
/// The longest schema of an operation.
const DOCUMENTATION: usize = 6_000;
/// How many rests are kept.
const KEPT: usize = 256;

/// What was cut off, by handle: the last ones of this process.
#[derive(Default)]
pub(crate) struct Rests(Mutex<VecDeque<(String, Value)>>);

impl Rests {
    /// The value, made small and marked.
    pub(crate) fn shorten(&self, value: Value, fence: &Fence) -> Value {
        match value {
            Value::String(text) => self.text(&text, fence),
            Value::Array(items) => self.items(items, fence),
            Value::Object(fields) => {
                let shorter = |(name, value): (String, Value)| {
                    let value = if is_secret(&name) && value.is_string() { json!("[redacted]") } else { self.shorten(value, fence) };
                    (name, value)
                };
                Value::Object(fields.into_iter().map(shorter).collect())
            }
            value => value,
        }
    }

    /// A document of ours, which nobody else wrote: too much of it is cut off as one text.
    pub(crate) fn documentation(&self, mut value: Value) -> Value {
        let text = value["schema"].to_string();
        if let Some((end, _)) = text.char_indices().nth(DOCUMENTATION) {
            value["schema"] = json!({ "text": &text[..end], "read_more": self.keep(text[end..].into()) });
        }
        value
    }

    /// The next piece of what was cut off; the same each time.
    pub(crate) fn read_on(&self, handle: &str, fence: &Fence) -> Option<Value> {
        let rest = self.lock().iter().find(|(known, _)| known == handle).map(|(_, rest)| rest.clone())?;
        Some(self.shorten(rest, fence))
    }

    fn text(&self, text: &str, fence: &Fence) -> Value {
        let is_short = text.chars().nth(SHORT).is_none() && !text.contains('\n');
        if is_short { crate::fence::clean(text).into() } else { self.written(text, fence) }
    }

    /// A text that somebody wrote to be read, however short.
    pub(crate) fn written(&self, text: &str, fence: &Fence) -> Value {
        match text.char_indices().nth(TEXT) {
            None => fence.text(text).into(),
            Some((end, _)) => {
                let rest = text[end..].to_owned();
                let more = rest.chars().count();
                json!({ "text": fence.text(&text[..end]), "more_characters": more, "read_more": self.keep(rest.into()) })
            }
        }
    }

    fn items(&self, mut items: Vec<Value>, fence: &Fence) -> Value {
        let rest = items.split_off(items.len().min(ITEMS));
        let mut shown: Vec<_> = items.into_iter().map(|item| self.shorten(item, fence)).collect();
        if !rest.is_empty() {
            shown.push(json!({ "more_items": rest.len(), "read_more": self.keep(rest.into()) }));
        }
        shown.into()
    }

    fn keep(&self, rest: Value) -> String {
        let handle = Uuid::new_v4().simple().to_string();
        let mut kept = self.lock();
        kept.push_back((handle.clone(), rest));
        let extra = kept.len().saturating_sub(KEPT);
        kept.drain(..extra);
        handle
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(String, Value)>> {
        // Every change under the lock is complete in itself.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fields of an object, or of each item of a list, that are asked for by dot paths; everything where nothing is.
pub(crate) fn chosen(value: Value, fields: &[String]) -> Value {
    if fields.is_empty() {
        return value;
    }
    match value {
        Value::Array(items) => items.into_iter().map(|item| chosen(item, fields)).collect(),
        Value::Object(_) => {
            let pointer = |field: &String| format!("/{}", field.replace('~', "~0").replace('/', "~1").replace('.', "/"));
            let found = |field: &String| value.pointer(&pointer(field)).map(|found| (field.clone(), found.clone()));
            Value::Object(fields.iter().filter_map(found).collect::<Map<_, _>>())
        }
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Rests, chosen};
    use crate::fence::Fence;

    #[test]
    fn a_long_text_is_read_to_its_end_by_its_handles() {
        let (rests, text) = (Rests::default(), "é1234567\n".repeat(300));
        let (mut read, mut next) = (String::new(), None::<String>);
        let mut piece = rests.shorten(text.clone().into(), &Fence::new());
        for _ in 0..10 {
            let shown = piece["text"].as_str().or_else(|| piece.as_str()).unwrap().to_owned();
            let (_, inner) = shown.split_once('>').unwrap();
            read.push_str(inner.rsplit_once("</").unwrap().0);
            next = piece["read_more"].as_str().map(str::to_owned);
            match &next {
                Some(handle) => piece = rests.read_on(handle, &Fence::new()).unwrap(),
                None => break,
            }
        }
        assert_eq!((read, next), (text, None));
    }

    #[test]
    fn lists_are_cut_and_secrets_are_not_shown() {
        let rests = Rests::default();
        let shown =
            rests.shorten(json!({ "ids": (0..45).collect::<Vec<_>>(), "access_token": "abc", "continuationToken": "next" }), &Fence::new());
        assert_eq!(shown["ids"].as_array().unwrap().len(), 21);
        assert_eq!(shown["ids"][20]["more_items"], 25);
        let rest = rests.read_on(shown["ids"][20]["read_more"].as_str().unwrap(), &Fence::new()).unwrap();
        assert_eq!((rest[0].clone(), rest[20]["more_items"].clone()), (json!(20), json!(5)));
        assert_eq!((shown["access_token"].clone(), shown["continuationToken"].clone()), (json!("[redacted]"), json!("next")));
    }

    #[test]
    fn fields_are_chosen_by_their_paths() {
        let people = json!([{ "id": 1, "job": { "title": "CTO", "since": 2020 } }, { "id": 2 }]);
        assert_eq!(chosen(people, &["id".to_owned(), "job.title".to_owned()]), json!([{ "id": 1, "job.title": "CTO" }, { "id": 2 }]));
    }
}
