//! People, conversations and messages, each in one form whichever vendor they are from.

mod table;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reachout_messenger::Vendor;
use reachout_runtime::{Core, Pager, Turn};
use serde_json::{Map, Value};

use crate::cut::Rests;
use crate::failure::Failure;
use crate::fence::Fence;
use crate::operations;

pub(crate) use table::{Source, Subject};

/// The most pages that are looked through where a vendor cannot search.
const PAGES: usize = 10;

/// What is looked for.
pub(crate) struct Query<'q> {
    pub(crate) vendor: Vendor,
    pub(crate) subject: Subject,
    /// Words that a person has.
    pub(crate) words: Option<&'q str>,
    /// Ids by the tool's names for them: `location_id`.
    pub(crate) ids: Vec<(&'static str, &'q str)>,
    pub(crate) limit: u32,
    pub(crate) cursor: Option<&'q str>,
}

/// A page of what was found, and where the next one begins.
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) cursor: Option<String>,
}

impl Query<'_> {
    /// Asks the vendor.
    pub(crate) async fn find(&self, core: &Core, rests: &Rests, fence: &Fence) -> Result<Page, Failure> {
        let source = Source::of(self.vendor, self.subject)?;
        let known = operations::find(self.vendor, source.operation)?;
        let mut parameters = self.parameters(&source)?;
        let filter = self.words.filter(|_| source.search.is_none()).map(str::to_lowercase);
        let mut items = Vec::new();
        for _ in 0..if filter.is_some() { PAGES } else { 1 } {
            let response: Value = operations::request(core, &known, &parameters, None)?.send::<Value>().await?;
            let Some(pagination) = known.1.pagination.as_ref() else { break };
            let position = |name: &str| parameters.get(name).and_then(Value::as_u64);
            let turn = Pager::new(pagination, position).turn(&response);
            let found = pagination.items(&response).iter().filter(|item| filter.as_deref().is_none_or(|words| has(item, words)));
            items.extend(found.map(|item| source.shown(item, rests, fence)));
            match turn {
                Turn::Next(next) => parameters.extend(next.into_iter().map(|(name, value)| (name.to_owned(), value))),
                _ => return Ok(Page { items, cursor: None }),
            }
            if items.len() >= self.limit as usize {
                break;
            }
        }
        let next: Map<_, _> = parameters.into_iter().collect();
        let cursor = URL_SAFE_NO_PAD.encode(Value::Object(next).to_string());
        Ok(Page { items, cursor: Some(cursor) })
    }

    /// The vendor's parameters: those of the cursor, if there is one, and what was given besides.
    fn parameters(&self, source: &Source) -> Result<Map<String, Value>, Failure> {
        let mut parameters = match self.cursor {
            Some(cursor) => read_cursor(cursor)?,
            None => Map::new(),
        };
        if let Some((parameter, words)) = source.search.zip(self.words) {
            parameters.insert(parameter.to_owned(), words.into());
        }
        for (name, value) in &self.ids {
            let taken = source.ids.iter().find(|(known, ..)| known == name);
            let (_, parameter, _) =
                taken.ok_or_else(|| Failure::arguments(format!("{} does not take `{name}` here; leave it out", self.vendor.name())))?;
            parameters.insert((*parameter).to_owned(), (*value).into());
        }
        if let Some((name, ..)) = source.ids.iter().find(|(_, parameter, required)| *required && !parameters.contains_key(*parameter)) {
            return Err(Failure::arguments(format!("{} needs `{name}` here", self.vendor.name())));
        }
        parameters.insert(source.limit.to_owned(), self.limit.into());
        Ok(parameters)
    }
}

fn read_cursor(cursor: &str) -> Result<Map<String, Value>, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or_else(|| Failure::arguments("`cursor` is not one of this tool's; leave it out to begin anew"))
}

/// Whether every word is in some text of the item.
fn has(item: &Value, words: &str) -> bool {
    let text = item.to_string().to_lowercase();
    words.split_whitespace().all(|word| text.contains(word))
}
