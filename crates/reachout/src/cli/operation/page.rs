//! `--all`: every item of every page, as the document says that the operation pages.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt as _, stream::BoxStream};
use reachout_runtime::{
    Core, Error,
    pagination::{Page, by_cursor, by_offset, by_page},
};
use serde_json::Value;

use super::draft::Draft;

/// How an operation pages: `x-pagination` of its document.
#[derive(Clone, Debug)]
pub struct Pagination {
    style: String,
    /// Dot path of the list in the response.
    pub items: String,
    parameter: String,
    /// Parameters of the next page, with the dot paths of their values.
    next: Vec<(String, String)>,
    more: Option<String>,
    total: Option<String>,
    total_pages: Option<String>,
}

/// The first page that is not as the vendor documents.
pub type Deviation = Arc<Mutex<Option<String>>>;

impl Pagination {
    pub fn of(node: &Value) -> Option<Self> {
        node.as_object()?;
        let text = |node: &Value, key: &str| node[key].as_str().unwrap_or_default().to_owned();
        let path = |key: &str| node[key].as_str().map(str::to_owned);
        let next = node["next"].as_object().into_iter().flatten();
        Some(Self {
            style: text(node, "style"),
            items: text(node, "items"),
            parameter: text(node, "param"),
            next: next.filter_map(|(parameter, from)| Some((parameter.clone(), from.as_str()?.to_owned()))).collect(),
            more: path("more"),
            total: path("total"),
            total_pages: path("total-pages"),
        })
    }

    /// The items of all pages from the draft's on.
    pub fn stream(
        self,
        core: &Core,
        draft: Draft,
        check: impl Fn(&Value) -> Option<String> + Send + Sync + 'static,
    ) -> (BoxStream<'static, Result<Value, Error>>, Deviation) {
        let deviation = Deviation::default();
        let (core, noted, reader, check) = (core.clone(), Arc::clone(&deviation), self.clone(), Arc::new(check));
        let fetch = move |draft: Draft| {
            let (call, noted, reader, check) =
                (draft.request(&core).send::<Value>(), Arc::clone(&noted), reader.clone(), Arc::clone(&check));
            async move {
                let response = call.await?.into_inner();
                if let Some(problem) = check(&response) {
                    noted.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
                }
                Ok(reader.page(response))
            }
        };
        let parameter = self.parameter.clone();
        let items = match self.style.as_str() {
            "offset" => {
                let start = draft.position(&parameter).unwrap_or(0);
                by_offset(draft, start, fetch, move |draft, offset| draft.set(&parameter, offset.into())).boxed()
            }
            "page" => {
                let start = draft.position(&parameter).unwrap_or(1);
                by_page(draft, start, fetch, move |draft, number| draft.set(&parameter, number.into())).boxed()
            }
            _ => by_cursor(draft, fetch, |draft, next: Vec<(String, Value)>| {
                next.into_iter().fold(draft, |draft, (parameter, value)| draft.set(&parameter, value))
            })
            .boxed(),
        };
        (items, deviation)
    }

    /// Whether there may be pages after this one.
    pub fn may_go_on(&self, response: &Value) -> bool {
        let page = self.page(response.clone());
        !page.items.is_empty()
            && page.more != Some(false)
            && page.total.is_none_or(|total| total > page.items.len() as u64)
            && page.total_pages != Some(1)
    }

    fn page(&self, mut response: Value) -> Page<Value, Vec<(String, Value)>> {
        let count = |path: &Option<String>| at(&response, path.as_deref()?).to_string().trim_matches('"').parse().ok();
        let (total, total_pages) = (count(&self.total), count(&self.total_pages));
        let more = self.more.as_deref().and_then(|path| at(&response, path).as_bool());
        let last = at(&response, &self.items).as_array().and_then(|items| items.last()).unwrap_or(&Value::Null);
        let next = self.next.iter().map(|(parameter, from)| {
            let value = match from.strip_prefix("last.") {
                Some(path) => at(last, path),
                None => at(&response, from),
            };
            (parameter.clone(), value.clone())
        });
        let next: Vec<_> = next.filter(|(_, value)| !value.is_null()).collect();
        let items = keys(&self.items).try_fold(&mut response, |value, key| value.get_mut(key)).map(Value::take);
        let items = match items {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        Page { items, more, total, total_pages, next: (!next.is_empty()).then_some(next) }
    }
}

/// The value at a dot path; null where there is none.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    keys(path).fold(value, |value, key| &value[key])
}

/// The keys of a dot path; an empty path is where it begins.
fn keys(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Pagination;

    #[test]
    fn a_page_is_read_by_its_dot_paths() {
        let by_last = json!({ "style": "cursor", "items": "data.contacts", "next": { "after": "last.id", "date": "data.date" }, "more": "data.more", "total": "total" });
        let pagination = Pagination::of(&by_last).unwrap();
        let page = pagination.page(json!({ "data": { "contacts": [{ "id": 1 }, { "id": 2 }], "more": true, "date": null }, "total": "7" }));
        assert_eq!((page.items.len(), page.more, page.total), (2, Some(true), Some(7)));
        let goes_on =
            |total: u64, more: bool| pagination.may_go_on(&json!({ "data": { "contacts": [{ "id": 1 }], "more": more }, "total": total }));
        assert_eq!([goes_on(7, true), goes_on(1, true), goes_on(7, false)], [true, false, false]);
        assert_eq!(page.next, Some(vec![("after".to_owned(), json!(2))]));
        let empty = pagination.page(json!({ "data": null }));
        assert_eq!((empty.items.len(), empty.more, empty.total, empty.next), (0, None, None, None));
        assert!(Pagination::of(&Value::Null).is_none());
        let bare = Pagination::of(&json!({ "style": "offset", "items": "", "param": "skip" })).unwrap();
        assert_eq!(bare.page(json!([{ "id": 1 }, { "id": 2 }])).items.len(), 2, "a response that is the list itself");
    }
}
