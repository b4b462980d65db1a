//! Results that are small: long texts and lists are cut, with a handle to read on.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use reachout_document::is_secret;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::fence::{Fence, clean_line};

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
/// The longest name of a field.
const NAME: usize = 80;
/// The most characters of a value, whatever it has in it: about 5,000 tokens.
const ALL: usize = 20_000;

/// What was cut off, by handle: the last ones of this process.
#[derive(Default)]
pub(crate) struct Rests(Mutex<VecDeque<(String, Value)>>);

impl Rests {
    /// The value, made small and marked.
    pub(crate) fn shorten(&self, value: Value, fence: &Fence) -> Value {
        let mut left = ALL;
        self.within(value, fence, &mut left)
    }

    /// The same in as many characters as are left.
    fn within(&self, value: Value, fence: &Fence, left: &mut usize) -> Value {
        match value {
            Value::String(text) => {
                let shown = self.text(&text, fence);
                *left = left.saturating_sub(shown.to_string().len());
                shown
            }
            Value::Array(items) => self.items(items, fence, left),
            Value::Object(fields) => self.fields(fields, fence, left),
            value => {
                *left = left.saturating_sub(8);
                value
            }
        }
    }

    fn fields(&self, fields: Map<String, Value>, fence: &Fence, left: &mut usize) -> Value {
        let (mut shown, mut rest) = (Map::new(), Map::new());
        for (name, value) in fields {
            if *left == 0 {
                rest.insert(name, value);
                continue;
            }
            let name: String = clean_line(&name).chars().take(NAME).collect();
            *left = left.saturating_sub(name.len() + 6);
            let value = self.within(value, fence, left);
            shown.insert(name, value);
        }
        if !rest.is_empty() {
            shown.insert("more_fields".to_owned(), rest.len().into());
            shown.insert("read_more".to_owned(), self.keep(rest.into()).into());
        }
        Value::Object(shown)
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

    fn items(&self, items: Vec<Value>, fence: &Fence, left: &mut usize) -> Value {
        let (mut shown, mut items) = (Vec::new(), items.into_iter());
        while shown.len() < ITEMS && *left > 0 {
            let Some(item) = items.next() else { break };
            shown.push(self.within(item, fence, left));
        }
        let rest: Vec<_> = items.collect();
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

/// The value without secrets, whatever form they have.
pub(crate) fn redacted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(redacted).collect(),
        Value::Object(fields) => {
            let safe = |(name, value): (String, Value)| {
                let is_shown = !is_secret(&name) || value.is_null() || value.is_boolean();
                (name, if is_shown { redacted(value) } else { json!("[redacted]") })
            };
            Value::Object(fields.into_iter().map(safe).collect())
        }
        value => value,
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
    use serde_json::{Map, Value, json};

    use super::{Rests, chosen, redacted};
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
    fn lists_are_cut() {
        let rests = Rests::default();
        let shown = rests.shorten(json!({ "ids": (0..45).collect::<Vec<_>>() }), &Fence::new());
        assert_eq!(shown["ids"].as_array().unwrap().len(), 21);
        assert_eq!(shown["ids"][20]["more_items"], 25);
        let rest = rests.read_on(shown["ids"][20]["read_more"].as_str().unwrap(), &Fence::new()).unwrap();
        assert_eq!((rest[0].clone(), rest[20]["more_items"].clone()), (json!(20), json!(5)));
    }

    #[test]
    fn secrets_are_not_shown_in_whatever_form() {
        let secrets = json!({
            "access_token": "abc", "apiKey": 123, "oauth": { "client_secret": ["abc"] }, "list": [{ "password": { "value": "abc" } }],
        });
        let shown = redacted(secrets).to_string();
        assert!(!shown.contains("abc") && !shown.contains("123"), "{shown}");
        let places = json!({ "continuationToken": "next", "has_password": true });
        assert_eq!(redacted(places.clone()), places);
    }

    #[test]
    fn a_huge_value_is_small_and_read_to_its_end() {
        let item = |number: usize| (0..30).map(|field| (format!("{number}_{field}"), json!("x".repeat(500)))).collect::<Map<_, _>>();
        let rests = Rests::default();
        let mut next = Some(Value::from((0..60).map(item).map(Value::Object).collect::<Vec<_>>()));
        let (mut seen, mut pieces) = (String::new(), 0);
        let mut handles = Vec::new();
        while let Some(piece) = next.take() {
            let shown = if pieces == 0 { rests.shorten(piece, &Fence::new()) } else { piece };
            let text = shown.to_string();
            assert!(text.len() < 2 * super::ALL, "{} characters", text.len());
            handles.extend(text.split("\"read_more\":\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            seen.push_str(&text);
            pieces += 1;
            next = handles.pop().map(|handle| rests.read_on(&handle, &Fence::new()).unwrap());
        }
        assert!((0..60).all(|number| (0..30).all(|field| seen.contains(&format!("\"{number}_{field}\"")))), "{pieces} pieces");
    }

    #[test]
    fn names_of_fields_are_cleaned_and_short() {
        let shown = Rests::default().shorten(json!({ format!("a\u{202e}b\n{}", "c".repeat(200)): 1 }), &Fence::new());
        let name = shown.as_object().unwrap().keys().next().unwrap();
        assert!(name.starts_with("ab ccc") && name.len() == super::NAME, "{name}");
    }

    #[test]
    fn fields_are_chosen_by_their_paths() {
        let people = json!([{ "id": 1, "job": { "title": "CTO", "since": 2020 } }, { "id": 2 }]);
        assert_eq!(chosen(people, &["id".to_owned(), "job.title".to_owned()]), json!([{ "id": 1, "job.title": "CTO" }, { "id": 2 }]));
    }
}
