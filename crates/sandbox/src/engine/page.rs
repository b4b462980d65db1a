//! Pages of a list, in the style its `x-pagination` names.

use chrono::{DateTime, NaiveDate};
use data_encoding::BASE64URL_NOPAD;
use reachout_document::{Content, Document};
use reachout_runtime::{PageStyle, Pagination};
use serde_json::{Map, Value, json};

use super::plan::{argument, pointer};
use super::store::{Fields, text};
use crate::api::Operation;
use crate::api::check::Checked;
use crate::api::refusal::Refusal;

/// The names that parameters for the size of a page go by.
const SIZES: [&str; 4] = ["limit", "page_size", "pageLimit", "pageSize"];

/// One page of a list.
#[derive(Debug, PartialEq)]
pub(crate) struct Page<'a> {
    pub items: Vec<&'a Fields>,
    pub total: usize,
    pub size: usize,
    pub start: usize,
}

impl Page<'_> {
    pub(crate) fn more(&self) -> bool {
        self.start + self.items.len() < self.total
    }
}

/// What a request asks for.
pub(crate) struct Reader<'a> {
    pub document: &'a Document,
    pub operation: &'a Operation,
    pub pagination: Option<&'static Pagination>,
    pub checked: &'a Checked,
    pub id_field: &'a str,
}

impl<'r> Reader<'r> {
    fn argument(&self, name: &str) -> Option<&'r Value> {
        self.checked.parameters.get(name).or_else(|| self.checked.body.get(name)).filter(|value| !value.is_null())
    }

    fn number(&self, name: &str) -> Option<usize> {
        let value = self.argument(name)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
        usize::try_from(number).ok()
    }

    /// The page of `all` that the request asks for. Where the operation does not page, that is all of it.
    pub(crate) fn page<'a>(&self, all: Vec<&'a Fields>) -> Result<Page<'a>, Refusal> {
        let total = all.len();
        let (start, size) = self.place(|| all.iter().copied())?;
        Ok(Page { items: all.into_iter().skip(start).take(size).collect(), total, size, start })
    }

    /// Where the page begins and how long it is. `all` are read as far as it takes to find the place.
    pub(crate) fn place<'a, I: Iterator<Item = &'a Fields>>(&self, all: impl Fn() -> I) -> Result<(usize, usize), Refusal> {
        let Some(pagination) = self.pagination else { return Ok((0, all().count())) };
        let size = self.size();
        let start = match pagination.style {
            PageStyle::Offset(_) | PageStyle::Page(_) => self.counted(pagination.style, size),
            style => self.after(style.next(), &all, size)?,
        };
        Ok((start, size))
    }

    fn counted(&self, style: PageStyle, size: usize) -> usize {
        match style {
            PageStyle::Offset(parameter) => self.number(parameter).unwrap_or(0),
            PageStyle::Page(parameter) => self.number(parameter).unwrap_or(1).saturating_sub(1).saturating_mul(size),
            _ => 0,
        }
    }

    /// HighLevel's contact search takes the number of a page beside a cursor.
    fn numbered(&self, size: usize) -> usize {
        self.number("page").map_or(0, |page| page.saturating_sub(1).saturating_mul(size))
    }

    fn size(&self) -> usize {
        // The document prints the default as the example.
        let usual =
            |name: &&str| argument(self.document, self.operation, name).map(|(_, example)| example.and_then(Value::as_u64).unwrap_or(20));
        let size = SIZES.iter().find_map(|name| self.number(name));
        size.or_else(|| SIZES.iter().find_map(usual).and_then(|size| usize::try_from(size).ok())).unwrap_or(20)
    }

    /// Where the page begins that follows the place the request names.
    fn after<'a, I: Iterator<Item = &'a Fields>>(
        &self,
        next: &[(&str, &str)],
        all: &impl Fn() -> I,
        size: usize,
    ) -> Result<usize, Refusal> {
        for (name, path) in next {
            let Some(value) = self.argument(name) else { continue };
            let place = match path.strip_prefix("last.") {
                Some(field) => after_field(all, field, value),
                None => value.as_str().and_then(|token| self.after_token(all, token)),
            };
            let documented = || argument(self.document, self.operation, name).is_some_and(|(_, example)| example == Some(value));
            return match place {
                Some(place) => Ok(place),
                // A number beside an id only repeats the place of that id.
                None if value.is_number() => continue,
                // Whoever tries the documented example gets the first page.
                None if documented() => Ok(0),
                None => Err(Refusal::parameter(name, "this is not a place in the list")),
            };
        }
        Ok(self.numbered(size))
    }

    /// A token is the id of the last object itself, or that id and its place, sealed.
    fn after_token<'a, I: Iterator<Item = &'a Fields>>(&self, all: impl Fn() -> I, token: &str) -> Option<usize> {
        let place_of = |id: &str| all().position(|fields| text(fields, self.id_field) == id).map(|place| place + 1);
        place_of(token).or_else(|| {
            let opened: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(token.as_bytes()).ok()?).ok()?;
            // The object may be gone by now; its place is the next best.
            opened["after"].as_str().and_then(place_of).or_else(|| usize::try_from(opened["place"].as_u64()?).ok())
        })
    }

    /// Writes the counters and the way to the next page into the response.
    pub(crate) fn write(&self, page: &Page<'_>, response: &mut Value) {
        let Some(Content { schema, .. }) = self.operation.response() else { return };
        let Some(Pagination { style, more, .. }) = self.pagination else {
            count(self.document, schema, page, false, response);
            return;
        };
        for path in more.iter().chain(style.next().iter().map(|(_, path)| path)).filter(|path| !path.starts_with("last.")) {
            make_parents(response, path);
        }
        count(self.document, schema, page, matches!(style, PageStyle::Page(_)), response);
        for (name, path) in style.next().iter().filter(|(_, path)| !path.starts_with("last.")) {
            let next = page.items.last().filter(|_| page.more()).map(|last| self.token(name, last, page));
            let (parent, field) = path.rsplit_once('.').unwrap_or(("", path));
            if let Some(parent) = response.pointer_mut(&pointer(parent)).and_then(Value::as_object_mut) {
                match next {
                    Some(next) => drop(parent.insert(field.to_owned(), next)),
                    None => drop(parent.remove(field)),
                }
            }
        }
    }

    fn token(&self, name: &str, last: &Fields, page: &Page<'_>) -> Value {
        let id = text(last, self.id_field);
        if name.ends_with("Id") {
            return id.into();
        }
        if argument(self.document, self.operation, name).is_some_and(|(schema, _)| schema["type"] == "number") {
            return milliseconds(last).into();
        }
        let sealed = json!({ "after": id, "place": page.start + page.items.len() });
        BASE64URL_NOPAD.encode(sealed.to_string().as_bytes()).into()
    }
}

/// The place after the object whose `field` is what is asked for; lists run from the newest to the oldest.
fn after_field<'a, I: Iterator<Item = &'a Fields>>(all: impl Fn() -> I, field: &str, asked: &Value) -> Option<usize> {
    let is_asked = |value: &Value| value == asked || value.as_f64().is_some_and(|number| asked.as_f64() == Some(number));
    if let Some(place) = all().position(|fields| fields.get(field).is_some_and(is_asked)) {
        return Some(place + 1);
    }
    let asked = asked.as_f64()?;
    let beyond = |fields: &Fields| fields.get(field).and_then(Value::as_f64).is_some_and(|number| number < asked);
    Some(all().position(beyond).unwrap_or_else(|| all().count()))
}

/// When the object was made, in milliseconds since 1970.
pub(crate) fn milliseconds(fields: &Fields) -> i64 {
    let made = ["dateAdded", "created_at", "createdAt", "sent_at", "sentAt"].iter().find_map(|name| fields.get(*name)?.as_str());
    made.and_then(|made| DateTime::parse_from_rfc3339(made).ok()).map_or(0, |made| made.timestamp_millis())
}

/// A date, a time, or a number of milliseconds since 1970, as the last.
pub(crate) fn moment(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Number(number) => return number.as_i64(),
        value => value.as_str()?,
    };
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_millis());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc().timestamp_millis());
    time.ok().or_else(day)
}

fn make_parents(response: &mut Value, path: &str) {
    let mut place = response;
    for step in path.split('.').rev().skip(1).collect::<Vec<_>>().into_iter().rev() {
        let Some(map) = place.as_object_mut() else { return };
        place = map.entry(step).or_insert_with(|| Map::new().into());
    }
}

/// Fills in every counter that the schema has, by the names that counters go by.
fn count(document: &Document, schema: &Value, page: &Page<'_>, by_page: bool, response: &mut Value) {
    let schema = document.alternative(schema, response);
    let Some(fields) = response.as_object_mut() else { return };
    let number = page.start.checked_div(page.size).unwrap_or(0) + 1;
    for (name, property) in document.properties(schema) {
        let property = document.resolve(property);
        let value = match (name, property["type"].as_str()) {
            ("total" | "total_count" | "filtered_count" | "count", _) => page.total.into(),
            ("limit" | "page_size", _) => page.size.into(),
            ("offset" | "skip", _) => page.start.into(),
            ("page" | "currentPage", _) => number.into(),
            ("totalPages" | "total_pages", _) => page.total.div_ceil(page.size.max(1)).into(),
            ("has_more" | "hasMore", _) | ("nextPage", Some("boolean")) => page.more().into(),
            ("nextPage" | "next_page", _) if page.more() => (number + 1).into(),
            ("prevPage", _) if by_page && number > 1 => (number - 1).into(),
            ("nextPage" | "next_page" | "prevPage" | "nextPageUrl", _) => Value::Null,
            (_, kind) if kind == Some("object") || property.get("oneOf").is_some() => {
                if let Some(inner) = fields.get_mut(name) {
                    count(document, property, page, by_page, inner);
                }
                continue;
            }
            _ => continue,
        };
        fields.insert(name.to_owned(), value);
    }
}
