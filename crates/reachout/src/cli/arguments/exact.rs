//! JSON whose numbers keep their digits.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Number, Result, Value, value::RawValue};

/// An object for templates. A number that `Value` cannot hold as it is written, such as one beyond 64 bits or `1.10`, is the text of its
/// digits.
pub fn object(text: &str) -> Result<Map<String, Value>> {
    let fields: Fields = serde_json::from_str(text)?;
    fields.0.into_iter().map(|(name, raw)| Ok((name, written(&raw)?))).collect()
}

fn written(raw: &RawValue) -> Result<Value> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => object(text).map(Value::Object),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            items.into_iter().map(written).collect()
        }
        Some(b'-' | b'0'..=b'9') => {
            let number: Result<Number> = serde_json::from_str(text);
            Ok(number.ok().filter(|number| number.to_string() == text).map_or_else(|| text.into(), Value::Number))
        }
        _ => serde_json::from_str(text),
    }
}

/// A body as it is written, and as it is checked.
#[derive(Clone, Debug)]
pub struct Exact {
    value: Value,
    raw: Box<RawValue>,
}

impl Exact {
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self { value: serde_json::from_str(text)?, raw: serde_json::from_str(text)? })
    }

    /// The value for checks, in which a number is the nearest one that fits.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        self.raw.get()
    }

    /// Sets fields of an object; false if it is none.
    pub fn extend(&mut self, fields: impl IntoIterator<Item = (String, Self)>) -> Result<bool> {
        let Value::Object(values) = &mut self.value else { return Ok(false) };
        let mut written: Fields = serde_json::from_str(self.raw.get())?;
        for (name, Self { value, raw }) in fields {
            values.insert(name.clone(), value);
            written.0.retain(|(other, _)| *other != name);
            written.0.push((name, raw));
        }
        self.raw = serde_json::value::to_raw_value(&written)?;
        Ok(true)
    }
}

impl TryFrom<Value> for Exact {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self> {
        Ok(Self { raw: serde_json::value::to_raw_value(&value)?, value })
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

/// The fields of an object in their order.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, raw)| (name, raw)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LONG: &str = "123456789012345678901234567890";

    #[test]
    fn templates_see_every_digit() {
        let text = format!(r#"{{"a": {LONG}, "b": [1, {LONG}], "c": {{"d": 1.10, "e": 1.5, "f": -0}}, "g": "x", "h": null, "i": true}}"#);
        let expected = json!({
            "a": LONG, "b": [1, LONG], "c": { "d": "1.10", "e": 1.5, "f": "-0" }, "g": "x", "h": null, "i": true,
        });
        assert_eq!(Value::Object(object(&text).unwrap()), expected);
        assert!(object("[1]").is_err() && object("{").is_err());
    }

    #[test]
    fn bodies_are_sent_as_they_are_written() {
        let mut body = Exact::parse(&format!(r#"{{"id": {LONG}, "deep": [{{"n": 1.10}}], "x": 1}}"#)).unwrap();
        assert_eq!(body.value()["x"], 1);
        let two = Exact::parse("2.50").unwrap();
        assert!(body.extend([("x".to_owned(), two)]).unwrap());
        let sent = serde_json::to_string(&body).unwrap();
        assert_eq!(sent, format!(r#"{{"id":{LONG},"deep":[{{"n": 1.10}}],"x":2.50}}"#));
        assert!(!Exact::parse("[1]").unwrap().extend([]).unwrap());
    }
}
