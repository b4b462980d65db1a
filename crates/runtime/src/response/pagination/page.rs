//! [`Page`]: what a list's position depends on, read without making values of a page's items.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::route::pagination::Pagination;

/// What of a page decides about the next. A value that the page does not have is null.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Page {
    /// How many items it has.
    pub(super) items: u64,
    /// The same for the same items, whatever the order of their fields.
    pub(super) digest: u64,
    pub(super) more: Value,
    pub(super) total: Value,
    pub(super) total_pages: Value,
    /// The values of the parameters of the next page, in the order of the route.
    pub(super) next: Vec<Value>,
}

impl Page {
    /// Reads a response, which is JSON text or a value.
    pub(super) fn read<'de, D: Deserializer<'de>>(pagination: &Pagination, response: D) -> Result<Self, D::Error> {
        let next = pagination.style.next();
        let mut page = Self { next: vec![Value::Null; next.len()], ..Self::default() };
        let mut paths = vec![(Slot::Items, pagination.items)];
        let mut last = Vec::new();
        let single = [(Slot::More, pagination.more), (Slot::Total, pagination.total), (Slot::TotalPages, pagination.total_pages)];
        paths.extend(single.into_iter().filter_map(|(slot, path)| Some((slot, path?))));
        for (at, (_, path)) in next.iter().enumerate() {
            match path.strip_prefix("last.") {
                Some(path) => last.push((Slot::Next(at), path)),
                None => paths.push((Slot::Next(at), path)),
            }
        }
        Place { page: &mut page, paths, last: &last, digest: false }.deserialize(response)?;
        Ok(page)
    }

    fn set(&mut self, slot: Slot, value: Value) {
        match slot {
            Slot::Items => {}
            Slot::More => self.more = value,
            Slot::Total => self.total = value,
            Slot::TotalPages => self.total_pages = value,
            Slot::Next(at) => self.next[at] = value,
        }
    }
}

/// What the value at the end of a path is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slot {
    Items,
    More,
    Total,
    TotalPages,
    Next(usize),
}

/// The rest of a path, and what is at its end.
type Path = (Slot, &'static str);

/// A value in a page. Its digest is returned where it is wanted.
struct Place<'a> {
    page: &'a mut Page,
    /// The paths that lead through it.
    paths: Vec<Path>,
    /// Those that begin in the last item.
    last: &'a [Path],
    digest: bool,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<u64, D::Error> {
        if self.paths.is_empty() && !self.digest {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| 0);
        }
        let (ends, paths): (Vec<Path>, Vec<Path>) = self.paths.iter().partition(|(slot, path)| path.is_empty() && *slot != Slot::Items);
        if ends.is_empty() {
            return deserializer.deserialize_any(self);
        }
        let value: Value = serde::Deserialize::deserialize(deserializer)?;
        for (slot, _) in ends {
            self.page.set(slot, value.clone());
        }
        self.paths = paths;
        self.deserialize(&value).map_err(D::Error::custom)
    }
}

/// Scalars are of no interest but for their digest.
macro_rules! scalars {
    ($($visit:ident: $ty:ty,)*) => {
        $(fn $visit<E>(self, value: $ty) -> Result<u64, E> {
            Ok(digest((stringify!($visit), value)))
        })*
    };
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    scalars! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_str: &str, }

    fn visit_f64<E>(self, value: f64) -> Result<u64, E> {
        Ok(digest(("visit_f64", value.to_bits())))
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(digest("visit_unit"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
        let mut sum = 0_u64;
        while let Some((field, paths)) = map.next_key_seed(Field(&self.paths))? {
            let value = map.next_value_seed(Place { page: &mut *self.page, paths, ..self })?;
            sum = sum.wrapping_add(digest((field, value)));
        }
        Ok(digest(("visit_map", sum)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<u64, A::Error> {
        // A list in the place of what should hold the items is the list of items.
        let is_list = self.paths.iter().any(|(slot, _)| *slot == Slot::Items);
        let in_last = if is_list { self.last } else { &[] };
        let digest = is_list || self.digest;
        let (mut count, mut hasher, mut of_item) = (0, DefaultHasher::new(), Page::default());
        loop {
            let mut page = Page { next: vec![Value::Null; if in_last.is_empty() { 0 } else { self.page.next.len() }], ..Page::default() };
            let Some(item) = list.next_element_seed(Place { page: &mut page, paths: in_last.to_vec(), last: &[], digest })? else { break };
            item.hash(&mut hasher);
            count += 1;
            of_item = page;
        }
        let digest = hasher.finish();
        if is_list {
            (self.page.items, self.page.digest) = (count, digest);
            for (slot, _) in in_last {
                if let Slot::Next(at) = slot {
                    self.page.next[*at] = of_item.next.get_mut(*at).map(Value::take).unwrap_or_default();
                }
            }
        }
        Ok(digest)
    }
}

/// The name of a field: its digest, and which of these paths lead through it.
struct Field<'a>(&'a [Path]);

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = (u64, Vec<Path>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Field<'_> {
    type Value = (u64, Vec<Path>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, field: &str) -> Result<Self::Value, E> {
        let below = self.0.iter().filter_map(|(slot, path)| {
            let (step, rest) = path.split_once('.').unwrap_or((path, ""));
            (step == field && !path.is_empty()).then_some((*slot, rest))
        });
        Ok((digest(field), below.collect()))
    }
}

fn digest(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
