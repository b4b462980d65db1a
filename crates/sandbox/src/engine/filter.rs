//! Which objects a list request asks for, and in which order.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

use serde_json::Value;

use super::page::{milliseconds, moment};
use super::plan::argument;
use super::store::{Fields, Object, location_of, text};
use crate::api::check::Checked;
use crate::api::{Api, Operation};

/// Arguments that search every text of an object.
const SEARCHES: [&str; 4] = ["search", "query", "q", "full_name"];

/// Arguments that go by another name in the objects; the first that an object has is meant.
const ALIASES: [(&str, &str); 7] = [
    ("company", "current_company"),
    ("contact_types", "contact_type"),
    ("type", "messageType"),
    ("channel", "~channel"),
    ("name", "first_name"),
    ("enriched_only", "~enriched"),
    ("campaign_id", "campaignId"),
];

/// Arguments that choose no objects.
const OTHERS: [&str; 14] = [
    "limit",
    "page",
    "page_size",
    "pageLimit",
    "offset",
    "skip",
    "cursor",
    "sort",
    "sort_by",
    "sortBy",
    "sort_direction",
    "sortOrder",
    "full",
    "filters",
];

/// Whether an argument with a meaning of the vendor's own chooses an object; nothing where it has none.
pub(crate) type Special = fn(name: &str, value: &Value, fields: &Fields) -> Option<bool>;

/// The criteria of one request.
pub(crate) struct Criteria<'a> {
    arguments: Vec<Argument<'a>>,
    special: Special,
}

struct Argument<'a> {
    name: &'a str,
    value: &'a Value,
    test: Test,
}

/// How an argument selects an object.
enum Test {
    /// Some text of it contains these words.
    Words(String),
    /// It belongs to this location, as every documented object does, so that nobody's list is empty.
    Location,
    /// It is not from before, or not from after, this time in milliseconds.
    Time { field: Option<String>, limit: i64, after: bool },
    /// A field has this value. What no object has chooses none away, which `known` tells.
    Field { alias: Option<Cow<'static, str>>, prose: bool, known: bool },
}

impl<'a> Criteria<'a> {
    /// `known` tells whether any object has a field that an argument of this name and alias is about; the arguments `apart` are read elsewhere.
    pub(crate) fn new(
        (api, operation, checked): (&'a Api, &'a Operation, &'a Checked),
        apart: &[&str],
        known: impl Fn(&str, Option<&str>) -> bool,
        special: Special,
    ) -> Self {
        let paging = api.pagination(operation).map(|pagination| pagination.style).into_iter();
        let paging = paging.flat_map(|style| style.counter().into_iter().chain(style.next().iter().map(|(name, _)| *name)));
        let others: Vec<&str> = paging.chain(OTHERS).chain(apart.iter().copied()).collect();
        let body = checked.body.as_object().into_iter().flatten();
        let all = checked.parameters.iter().chain(body).map(|(name, value)| (name.as_str(), value));
        let all = all.filter(|(name, value)| !others.contains(name) && !value.is_null() && *value != "all");
        let field = |name| {
            let alias = alias(name);
            Test::Field { known: known(name, alias.as_deref()), prose: is_prose(api, operation, name), alias }
        };
        let test = |name, value: &Value| match name {
            "locationId" | "location_id" => Test::Location,
            _ if SEARCHES.contains(&name) => Test::Words(value.as_str().unwrap_or_default().to_lowercase()),
            _ => time(name, value).unwrap_or_else(|| field(name)),
        };
        Self { arguments: all.map(|(name, value)| Argument { name, value, test: test(name, value) }).collect(), special }
    }

    /// The location that the request asks for, if it asks for nothing else.
    pub(crate) fn location(&self) -> Option<&str> {
        match self.arguments.as_slice() {
            [Argument { test: Test::Location, value, .. }] => value.as_str(),
            _ => None,
        }
    }

    /// Whether the request asks for this object.
    pub(crate) fn choose(&self, object: &Object) -> bool {
        let chosen = |argument: &Argument<'_>| (self.special)(argument.name, argument.value, &object.fields);
        self.arguments.iter().all(|argument| chosen(argument).unwrap_or_else(|| argument.fits(object)))
    }
}

impl Argument<'_> {
    fn fits(&self, object: &Object) -> bool {
        let fields = &object.fields;
        match &self.test {
            Test::Words(words) => object.words().contains(words),
            Test::Location => location_of(fields).is_none_or(|location| self.value == location),
            Test::Time { field, limit, after } => {
                let time = match field {
                    Some(field) => fields.get(field).and_then(moment),
                    None => fields.get("lastMessageDate").and_then(moment).or_else(|| Some(milliseconds(fields))),
                };
                time.is_some_and(|time| if *after { time >= *limit } else { time <= *limit })
            }
            Test::Field { alias, prose, known } => match field(fields, self.name, alias.as_deref()) {
                Some(actual) => same(actual, self.value, *prose),
                None => !known,
            },
        }
    }
}

/// Whether the argument is a piece of text, to be found inside the field, and not one of its values.
fn is_prose(api: &Api, operation: &Operation, name: &str) -> bool {
    let schema = argument(api.document, operation, name).map(|(schema, _)| api.document.resolve(schema));
    let plain = schema.is_some_and(|schema| schema["type"] == "string" && schema.get("enum").is_none() && schema.get("format").is_none());
    plain && ["name", "title", "company", "location"].contains(&name)
}

fn alias(name: &str) -> Option<Cow<'static, str>> {
    let listed = ALIASES.iter().find(|(argument, _)| *argument == name).map(|(_, field)| Cow::Borrowed(*field));
    // HighLevel's opportunities are listed by `pipeline_id`, and have a `pipelineId`.
    listed.or_else(|| {
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        let camel = words.fold(first, |mut name, word| {
            let mut letters = word.chars();
            name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            name + letters.as_str()
        });
        (camel != name).then_some(Cow::Owned(camel))
    })
}

/// Whether an object has a field that an argument of this name is about.
pub(crate) fn is_about(fields: &Fields, name: &str, alias: Option<&str>) -> bool {
    field(fields, name, alias).is_some()
}

/// The field an argument is about: of an alias, of the same name, in the singular, or the id of an object inside.
fn field<'a>(fields: &'a Fields, name: &str, alias: Option<&str>) -> Option<&'a Value> {
    let inner = || fields.get(name.strip_suffix("_id")?)?.get("id");
    let value = alias.and_then(|alias| fields.get(alias)).or_else(|| fields.get(name));
    value.or_else(|| fields.get(name.strip_suffix('s')?)).or_else(inner).filter(|value| !value.is_null())
}

fn same(actual: &Value, asked: &Value, prose: bool) -> bool {
    match (actual, asked) {
        (_, Value::Array(any)) => any.is_empty() || any.iter().any(|asked| same(actual, asked, prose)),
        (Value::Array(items), _) => items.iter().any(|item| same(item, asked, prose)),
        (Value::String(actual), Value::String(asked)) if prose => actual.to_lowercase().contains(&asked.to_lowercase()),
        (Value::String(actual), Value::String(asked)) => {
            actual.eq_ignore_ascii_case(asked) || asked.split(',').any(|asked| actual.eq_ignore_ascii_case(asked.trim()))
        }
        (Value::Number(actual), Value::Number(asked)) => actual.as_f64() == asked.as_f64(),
        _ => actual == asked,
    }
}

/// Reads `created_after`, `created_before`, `startDate`, `endDate` and their like.
fn time(name: &str, value: &Value) -> Option<Test> {
    let (stem, after) = match name {
        "startDate" => ("created", true),
        "endDate" => ("created", false),
        _ => name.strip_suffix("_after").map(|stem| (stem, true)).or_else(|| name.strip_suffix("_before").map(|stem| (stem, false)))?,
    };
    let field = (stem != "created").then(|| format!("{stem}_at"));
    Some(Test::Time { field, limit: moment(value)?, after })
}

/// Whether the request asks for an order.
pub(crate) fn is_sorted(checked: &Checked) -> bool {
    let value = |name: &str| !checked.parameters.get(name).or_else(|| checked.body.get(name)).unwrap_or(&Value::Null).is_null();
    ["sort", "sort_by", "sortBy", "sort_direction", "sortOrder"].into_iter().any(value)
}

/// Puts a list, newest first, into the order that the request asks for.
pub(crate) fn sort(checked: &Checked, items: &mut [&Fields]) {
    let value = |name: &str| checked.parameters.get(name).or_else(|| checked.body.get(name)).and_then(Value::as_str);
    let is_direction = |value: &&str| ["asc", "desc"].contains(value);
    let direction = [value("sort_direction"), value("sortOrder"), value("sort")].into_iter().flatten().find(is_direction);
    let named = value("sort_by").or_else(|| value("sortBy")).or_else(|| value("sort").filter(|value| !is_direction(value)));
    let (field, descending) = match (named, direction) {
        (Some(name), Some(direction)) => (name, direction == "desc"),
        // `sort=-created_at` descends and `sort=created_at` ascends.
        (Some(name), None) if value("sort") == Some(name) => (name.trim_start_matches('-'), name.starts_with('-')),
        (Some(name), None) => (name, true),
        (None, direction) => ("", direction != Some("asc")),
    };
    if !field.is_empty() && items.iter().any(|fields| fields.contains_key(field)) {
        // Each key is made once, not at every comparison.
        let keyed =
            |fields: &&Fields| SortKey { number: fields.get(field).and_then(Value::as_f64), text: text(fields, field).to_lowercase() };
        items.sort_by_cached_key(|fields| (!descending).then(|| keyed(fields)).ok_or_else(|| Reverse(keyed(fields))));
    } else if !descending {
        items.reverse();
    }
}

/// A value in the order of a list: numbers by their value, everything else as text.
#[derive(PartialEq)]
struct SortKey {
    number: Option<f64>,
    text: String,
}

impl Eq for SortKey {}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.number, other.number) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            _ => self.text.cmp(&other.text),
        }
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
