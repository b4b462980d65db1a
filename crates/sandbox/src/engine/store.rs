//! [`Store`]: the objects of one vendor, bounded.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Clock;

/// The fields of an object. Names that start with `~` are the sandbox's own and never leave it.
pub(crate) type Fields = Map<String, Value>;

/// Marks an object that comes from the documents and not from a request.
pub(crate) const DOCUMENTED: &str = "~documented";

/// The objects of one vendor by kind.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    kinds: HashMap<String, Kind>,
    capacity: usize,
    sequence: u64,
    clock: Clock,
    last: DateTime<Utc>,
    /// How far the time of this store is behind.
    behind: TimeDelta,
    /// Documented objects that were deleted, so that they stay so.
    removed: HashSet<(String, String)>,
}

/// An object under its id.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    id: String,
    pub(crate) fields: Fields,
    words: OnceLock<String>,
}

impl Object {
    fn new(id: String, fields: Fields) -> Self {
        Self { id, fields, words: OnceLock::new() }
    }

    /// Every text of it in lower case, put together when it is first searched. What stands between two of them is in no search.
    pub(crate) fn words(&self) -> &str {
        self.words.get_or_init(|| {
            let mut words = String::new();
            self.fields.values().for_each(|value| collect_words(value, &mut words));
            words
        })
    }
}

fn collect_words(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => *words += &(text.to_lowercase() + "\0"),
        Value::Array(items) => items.iter().for_each(|item| collect_words(item, words)),
        Value::Object(map) => map.values().for_each(|value| collect_words(value, words)),
        _ => {}
    }
}

/// The objects of one kind, the newest last.
#[derive(Clone, Debug, Default)]
struct Kind {
    objects: BTreeMap<u64, Object>,
    places: HashMap<String, u64>,
    /// How many objects belong to each location, and how many to every one.
    located: HashMap<String, usize>,
    everywhere: usize,
}

impl Kind {
    fn count(&mut self, fields: &Fields) {
        match location_of(fields) {
            Some(location) => *self.located.entry(location.to_owned()).or_default() += 1,
            None => self.everywhere += 1,
        }
    }

    fn discount(&mut self, fields: &Fields) {
        let count = match location_of(fields) {
            Some(location) => self.located.entry(location.to_owned()).or_default(),
            None => &mut self.everywhere,
        };
        *count = count.saturating_sub(1);
    }
}

/// The location that an object belongs to; nothing where it is in every list: those of the documents are, so that nobody's list is empty.
pub(crate) fn location_of(fields: &Fields) -> Option<&str> {
    let location = fields.get("locationId").filter(|_| !fields.contains_key(DOCUMENTED))?;
    Some(location.as_str().unwrap_or_default())
}

/// All objects, as they are saved.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snapshot {
    last: DateTime<Utc>,
    removed: Vec<(String, String)>,
    /// Ids and fields by kind, the newest last.
    kinds: BTreeMap<String, Vec<(String, Fields)>>,
}

impl Snapshot {
    /// Whether all of it is kept under this capacity. The error names the kind.
    pub(crate) fn check(&self, capacity: usize) -> Result<(), String> {
        let too_many = self.kinds.iter().find(|(_, objects)| objects.len() > capacity);
        too_many.map_or(Ok(()), |(kind, objects)| Err(format!("kinds.{kind}: {}", too_many_objects(objects.len(), capacity))))
    }
}

/// Says that there are more objects of a kind than are kept.
pub(crate) fn too_many_objects(objects: usize, capacity: usize) -> String {
    format!("{objects} objects, and {capacity} of a kind are kept; raise the capacity (`--capacity {objects}`)")
}

impl Store {
    pub(crate) fn snapshot(&self) -> Snapshot {
        let objects = |kind: &Kind| kind.objects.values().map(|object| (object.id.clone(), object.fields.clone())).collect();
        let mut removed: Vec<_> = self.removed.iter().cloned().collect();
        removed.sort();
        Snapshot { last: self.last, removed, kinds: self.kinds.iter().map(|(name, kind)| (name.clone(), objects(kind))).collect() }
    }

    pub(crate) fn restore(snapshot: Snapshot, capacity: usize, clock: Clock) -> Self {
        let mut store = Self::new(capacity, clock);
        (store.last, store.removed) = (snapshot.last, snapshot.removed.into_iter().collect());
        for (kind, objects) in snapshot.kinds {
            for (id, fields) in objects {
                store.insert(&kind, &id, fields);
            }
        }
        store
    }

    /// How many objects there are of each kind.
    pub(crate) fn count(&self) -> BTreeMap<&str, usize> {
        self.kinds.iter().map(|(name, kind)| (name.as_str(), kind.objects.len())).collect()
    }

    pub(crate) fn new(capacity: usize, clock: Clock) -> Self {
        let (kinds, removed, last, behind) = Default::default();
        Self { kinds, capacity: capacity.max(1), sequence: 0, clock, last, behind, removed }
    }

    /// Lets time run this far behind, so that objects that are made all at once, a millisecond after each other, are not of the future.
    pub(crate) fn set_behind(&mut self, behind: TimeDelta) {
        self.behind = behind;
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many objects there are of one kind.
    pub(crate) fn count_of(&self, kind: &str) -> usize {
        self.kinds.get(kind).map_or(0, |kind| kind.objects.len())
    }

    pub(crate) fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity.max(1);
    }

    /// The sandbox's time, to the millisecond and never the same twice, so that objects can be told apart and ordered by it.
    pub(crate) fn now(&mut self) -> DateTime<Utc> {
        let now = DateTime::from_timestamp_millis((self.clock.now() - self.behind).timestamp_millis()).unwrap_or(self.last);
        self.last = now.max(self.last + TimeDelta::milliseconds(1));
        self.last
    }

    /// Keeps an object, and forgets the oldest of its kind where there are too many.
    pub(crate) fn insert(&mut self, kind: &str, id: &str, fields: Fields) {
        self.sequence += 1;
        let place = self.sequence;
        let kind = self.kinds.entry(kind.to_owned()).or_default();
        if let Some(old) = kind.places.insert(id.to_owned(), place).and_then(|old| kind.objects.remove(&old)) {
            kind.discount(&old.fields);
        }
        kind.count(&fields);
        kind.objects.insert(place, Object::new(id.to_owned(), fields));
        while kind.objects.len() > self.capacity {
            let Some((_, old)) = kind.objects.pop_first() else { break };
            kind.places.remove(&old.id);
            kind.discount(&old.fields);
        }
    }

    pub(crate) fn get(&self, kind: &str, id: &str) -> Option<&Fields> {
        let kind = self.kinds.get(kind)?;
        kind.objects.get(kind.places.get(id)?).map(|object| &object.fields)
    }

    /// Changes an object in its place; nothing where there is none.
    pub(crate) fn update<T>(&mut self, kind: &str, id: &str, change: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        let kind = self.kinds.get_mut(kind)?;
        let place = *kind.places.get(id)?;
        let Object { id, mut fields, .. } = kind.objects.remove(&place)?;
        kind.discount(&fields);
        let result = change(&mut fields);
        kind.count(&fields);
        kind.objects.insert(place, Object::new(id, fields));
        Some(result)
    }

    /// How many objects of a kind are in the lists of a location.
    pub(crate) fn count_at(&self, kind: &str, location: &str) -> usize {
        self.kinds.get(kind).map_or(0, |kind| kind.everywhere + kind.located.get(location).copied().unwrap_or(0))
    }

    pub(crate) fn remove(&mut self, kind: &str, id: &str) -> Option<Fields> {
        let objects = self.kinds.get_mut(kind)?;
        let Object { fields, .. } = objects.objects.remove(&objects.places.remove(id)?)?;
        objects.discount(&fields);
        if fields.contains_key(DOCUMENTED) {
            self.removed.insert((kind.to_owned(), id.to_owned()));
        }
        Some(fields)
    }

    /// Whether a documented object was here and was deleted.
    pub(crate) fn is_removed(&self, kind: &str, id: &str) -> bool {
        self.removed.contains(&(kind.to_owned(), id.to_owned()))
    }

    /// All objects of a kind, the newest first.
    pub(crate) fn newest(&self, kind: &str) -> impl Iterator<Item = &Fields> {
        self.newest_objects(kind).map(|object| &object.fields)
    }

    /// The same, to be searched.
    pub(crate) fn newest_objects(&self, kind: &str) -> impl Iterator<Item = &Object> {
        self.kinds.get(kind).into_iter().flat_map(|kind| kind.objects.values().rev())
    }

    /// The newest object of a kind whose `field` is `value`.
    pub(crate) fn find(&self, kind: &str, field: &str, value: &str) -> Option<&Fields> {
        self.newest(kind).find(|fields| fields.get(field).and_then(Value::as_str) == Some(value))
    }
}

/// The fields of an object value, none of anything else.
pub(crate) fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// The text of a field, empty where there is none.
pub(crate) fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Start;

    #[test]
    fn the_oldest_goes_first() {
        let mut store = Store::new(2, Clock::new(Start::default()));
        for id in ["a", "b", "a", "c"] {
            store.insert("tag", id, Fields::from_iter([("id".to_owned(), id.into())]));
        }
        let ids: Vec<&str> = store.newest("tag").map(|fields| text(fields, "id")).collect();
        assert_eq!(ids, ["c", "a"]);
        assert_eq!(store.get("tag", "b"), None);
        assert!(store.remove("tag", "c").is_some() && store.get("tag", "c").is_none());
    }

    #[test]
    fn objects_are_counted_by_location() {
        let mut store = Store::new(3, Clock::new(Start::default()));
        let object = |location: &str| Fields::from_iter([("locationId".to_owned(), location.into())]);
        store.insert("contact", "everywhere", Fields::new());
        for (id, location) in [("a", "x"), ("b", "x"), ("b", "y"), ("c", "x"), ("d", "x")] {
            store.insert("contact", id, object(location));
        }
        assert_eq!((store.count_at("contact", "x"), store.count_at("contact", "y")), (2, 1), "the oldest two are gone");
        store.update("contact", "c", |fields| fields.insert("locationId".to_owned(), "y".into()));
        store.remove("contact", "b");
        assert_eq!((store.count_at("contact", "x"), store.count_at("contact", "y")), (1, 1));
    }

    #[test]
    fn time_never_stands_still() {
        let mut store = Store::new(1, Clock::new(Start::default()));
        let (first, second) = (store.now(), store.now());
        assert!(second > first);
    }
}
