//! [`OneWay`]: the properties of a component that requests or responses alone have.

use serde_json::Value;

use super::{schemas::Schemas, split};

/// Properties that go one way only, and what is required of them.
#[derive(Default)]
pub struct OneWay {
    read: Vec<Value>,
    write: Vec<Value>,
}

impl OneWay {
    /// Takes a property in, if it goes one way.
    pub fn add(&mut self, wire: &str, property: &Value, schemas: &Schemas<'_>) {
        let target = property["$ref"].as_str().and_then(|reference| schemas.target(reference)).unwrap_or(&Value::Null);
        let parts = property["allOf"].as_array().into_iter().flatten();
        let said = |key: &str| [property, target].into_iter().chain(parts.clone()).any(|node| node[key] == true);
        for (key, list) in [("readOnly", &mut self.read), ("writeOnly", &mut self.write)] {
            if said(key) {
                list.push(wire.into());
            }
        }
    }

    /// What stands in the component until it is known which way it goes.
    pub fn marks(self) -> impl Iterator<Item = (String, Value)> {
        let marks = [(split::READ_ONLY, self.read), (split::WRITE_ONLY, self.write)];
        marks.into_iter().filter(|(_, names)| !names.is_empty()).map(|(mark, names)| (mark.to_owned(), names.into()))
    }
}
