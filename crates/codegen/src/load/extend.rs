//! `x-extend`: what an edition adds to a schema or an operation that it shares with another.

use serde_json::{Map, Value};

use super::{Position, bundle::Bundler, origins::Place, pointer};
use crate::diagnostic::Error;

/// Keys of an operation and of what is below it, in the order in which they are written; a key that the shared one does not have is put into its
/// place.
const ORDER: [&str; 24] = [
    "operationId",
    "tags",
    "x-effect",
    "x-repeat",
    "x-guess",
    "x-token",
    "summary",
    "description",
    "externalDocs",
    "x-evidence",
    "deprecated",
    "x-method",
    "x-pagination",
    "x-multipart",
    "security",
    "parameters",
    "requestBody",
    "responses",
    "required",
    "content",
    "schema",
    "example",
    "examples",
    "headers",
];

impl Bundler<'_> {
    /// A shared schema with the additions of `x-extend`: `properties` (new ones; `null` removes), `replace` (existing ones, written anew),
    /// `required` (added), `optional` (no longer required) and `description`.
    pub(super) fn extend_schema(
        &mut self,
        (base, schema): (&Place, &Value),
        (from, extension): (&Place, &Value),
        to: &str,
    ) -> Result<Value, Error> {
        self.origins.moved(to, base);
        for key in extension.as_object().into_iter().flatten().map(|(key, _)| key) {
            if !["properties", "replace", "required", "optional", "description"].contains(&key.as_str()) {
                let help = "an extension of a schema has `properties`, `replace`, `required`, `optional` and `description`";
                self.problem(&from.child(key), format!("`{key}` is not known in `x-extend`"), help);
            }
        }
        if schema.get("properties").is_none_or(|properties| !properties.is_object()) || !extension.is_object() {
            self.problem(
                from,
                "only an object schema can be extended, by a mapping",
                "write the schema out, or `x-extend: { properties: … }`",
            );
            return Ok(Value::Null);
        }
        let mut extended = Map::new();
        for (key, value) in schema.as_object().into_iter().flatten() {
            let (place, at) = (base.child(key), pointer::child(to, key));
            let copied = match key.as_str() {
                "properties" => self.extend_properties((&place, value), (from, extension), &at)?,
                "required" => self.extend_required(value, (from, extension), &at),
                "description" if extension.get("description").is_some() => self.replaced((from, extension), key, &at),
                _ => self.copy(&place, value, &at, Position::Node.child(key, value))?,
            };
            extended.insert(key.clone(), copied);
        }
        extended.retain(|key, value| key != "required" || value.as_array().is_some_and(|names| !names.is_empty()));
        if schema.get("required").is_none() && extension.get("required").is_some() {
            let required = self.extend_required(&Value::Array(Vec::new()), (from, extension), &pointer::child(to, "required"));
            extended.insert("required".into(), required);
        }
        if schema.get("description").is_none() && extension.get("description").is_some() {
            let description = self.replaced((from, extension), "description", &pointer::child(to, "description"));
            extended.insert("description".into(), description);
        }
        Ok(extended.into())
    }

    fn replaced(&mut self, (from, extension): (&Place, &Value), key: &str, at: &str) -> Value {
        self.origins.moved(at, &from.child(key));
        extension[key].clone()
    }

    fn extend_properties(
        &mut self,
        (base, properties): (&Place, &Value),
        (from, extension): (&Place, &Value),
        to: &str,
    ) -> Result<Value, Error> {
        let mut extended = Map::new();
        let (added, replaced) = (&extension["properties"], &extension["replace"]);
        for (name, property) in properties.as_object().into_iter().flatten() {
            let at = pointer::child(to, name);
            let copied = match (added.get(name), replaced.get(name)) {
                (Some(Value::Null), _) => continue,
                (Some(_), _) => {
                    let place = from.child("properties").child(name);
                    self.problem(
                        &place,
                        format!("the shared schema has a property `{name}` already"),
                        "write it under `replace:` if it is to be replaced",
                    );
                    continue;
                }
                (None, Some(property)) => {
                    let place = from.child("replace").child(name);
                    self.origins.moved(&at, &place);
                    self.copy(&place, property, &at, Position::Node)?
                }
                (None, None) => self.copy(&base.child(name), property, &at, Position::Node)?,
            };
            extended.insert(name.clone(), copied);
        }
        for name in replaced.as_object().into_iter().flatten().map(|(name, _)| name).filter(|name| properties.get(name).is_none()) {
            self.nothing_there(&from.child("replace").child(name), name);
        }
        for (name, property) in added.as_object().into_iter().flatten().filter(|(name, _)| properties.get(name).is_none()) {
            let (place, at) = (from.child("properties").child(name), pointer::child(to, name));
            if property.is_null() {
                self.nothing_there(&place, name);
                continue;
            }
            self.origins.moved(&at, &place);
            extended.insert(name.clone(), self.copy(&place, property, &at, Position::Node)?);
        }
        Ok(extended.into())
    }

    fn extend_required(&mut self, names: &Value, (from, extension): (&Place, &Value), to: &str) -> Value {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let (added, optional) = (list(&extension["required"]), list(&extension["optional"]));
        let removed = |name: &Value| {
            optional.contains(name) || name.as_str().is_some_and(|name| extension["properties"].get(name) == Some(&Value::Null))
        };
        let mut required: Vec<Value> = list(names).into_iter().filter(|name| !removed(name)).collect();
        for (index, name) in added.into_iter().enumerate() {
            let place = from.child("required").child(&index.to_string());
            self.origins.moved(&pointer::child(to, &required.len().to_string()), &place);
            required.push(name);
        }
        required.into()
    }

    /// A shared operation with what an edition says otherwise: mappings but evidence are merged, lists of parameters joined, everything else is
    /// replaced, and `null` removes.
    pub(super) fn extend_operation(
        &mut self,
        base: (&Place, &Value),
        (from, extension): (&Place, &Value),
        to: &str,
    ) -> Result<Value, Error> {
        let mut extension = extension.clone();
        if let Some(extension) = extension.as_object_mut() {
            extension.shift_remove("x-extend");
        }
        self.origins.moved(to, base.0);
        self.merge(base, (from, &extension), to, Position::Node)
    }

    fn merge(
        &mut self,
        (base, old): (&Place, &Value),
        (from, new): (&Place, &Value),
        to: &str,
        position: Position,
    ) -> Result<Value, Error> {
        match (old, new) {
            // Whoever says otherwise says all of it.
            _ if to.ends_with("/x-evidence") && position == Position::Node => {}
            (Value::Object(of), Value::Object(by)) => {
                let refers = |map: &Map<String, Value>| position == Position::Node && map.contains_key("$ref");
                if refers(of) && !refers(by) {
                    self.problem(
                        from,
                        "this extends a node that is only a `$ref`",
                        "name another component by `$ref`, or extend the component itself",
                    );
                    return Ok(Value::Null);
                }
                if position == Position::Data {
                    // An example is one value: what an edition says of it is where its faults are.
                    self.origins.moved(to, from);
                }
                if !refers(by) {
                    return self.merge_keys((base, of), (from, by), to, position);
                }
            }
            (Value::Array(of), Value::Array(by)) if to.ends_with("/parameters") && position == Position::Node => {
                let mut joined = Vec::new();
                let places = of.iter().enumerate().map(|(index, node)| (base.child(&index.to_string()), node));
                for (place, node) in places.chain(by.iter().enumerate().map(|(index, node)| (from.child(&index.to_string()), node))) {
                    let at = pointer::child(to, &joined.len().to_string());
                    self.origins.moved(&at, &place);
                    joined.push(self.copy(&place, node, &at, Position::Node)?);
                }
                return Ok(joined.into());
            }
            _ => {}
        }
        self.origins.moved(to, from);
        self.copy(from, new, to, position)
    }

    fn merge_keys(
        &mut self,
        (base, of): (&Place, &Map<String, Value>),
        (from, by): (&Place, &Map<String, Value>),
        to: &str,
        position: Position,
    ) -> Result<Value, Error> {
        let mut merged = Map::new();
        for (key, value) in of {
            let (place, at, below) = (base.child(key), pointer::child(to, key), position.child(key, value));
            let copied = match by.get(key) {
                Some(Value::Null) => continue,
                Some(new) => self.merge((&place, value), (&from.child(key), new), &at, below)?,
                None => self.copy(&place, value, &at, below)?,
            };
            merged.insert(key.clone(), copied);
        }
        for (key, value) in by.iter().filter(|(key, _)| !of.contains_key(*key)) {
            let (place, at) = (from.child(key), pointer::child(to, key));
            if value.is_null() {
                self.nothing_there(&place, key);
                continue;
            }
            self.origins.moved(&at, &place);
            let added = self.copy(&place, value, &at, position.child(key, value))?;
            let order = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
            let behind = merged.keys().position(|other| order(other) > order(key)).filter(|_| position == Position::Node);
            merged.shift_insert(behind.unwrap_or(merged.len()), key.clone(), added);
        }
        Ok(merged.into())
    }

    fn nothing_there(&mut self, place: &Place, key: &str) {
        self.problem(place, format!("`{key}` is not in what this extends"), "correct the name, or leave it out");
    }
}
