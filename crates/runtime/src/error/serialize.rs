//! Errors and what to do with them, as JSON.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::{Advice, Error};

/// An object; a field is left out where there is nothing to say:
///
/// - `message`: the sentence that `Display` gives
/// - [`kind`](Error::kind), [`delivery`](Error::delivery) and the [advice](Error::advice), by name
/// - [`vendor`](Error::vendor), [`operation`](Error::operation), [`status`](Error::status), [`code`](Error::code),
///   [`messages`](Error::messages), [`request_id`](Error::request_id), [`json_path`](Error::json_path)
/// - [`retry_after`](Error::retry_after) in seconds, [`attempts`](Error::attempts)
///
/// Headers and body, which may have personal data, are not in it.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Error", 13)?;
        object.serialize_field("message", &self.to_string())?;
        object.serialize_field("kind", &self.kind())?;
        object.serialize_field("delivery", &self.delivery())?;
        object.serialize_field("advice", self.advice().as_str())?;
        optional::<S, _>(&mut object, "vendor", self.vendor())?;
        optional::<S, _>(&mut object, "operation", self.operation())?;
        optional::<S, _>(&mut object, "status", self.status().map(|status| status.as_u16()))?;
        optional::<S, _>(&mut object, "code", self.code())?;
        optional::<S, _>(&mut object, "messages", Some(self.messages()).filter(|messages| !messages.is_empty()))?;
        optional::<S, _>(&mut object, "request_id", self.request_id())?;
        optional::<S, _>(&mut object, "json_path", self.json_path())?;
        optional::<S, _>(&mut object, "retry_after", self.retry_after().map(|wait| wait.as_secs_f64()))?;
        object.serialize_field("attempts", &self.attempts())?;
        object.end()
    }
}

fn optional<S: Serializer, T: Serialize>(object: &mut S::SerializeStruct, name: &'static str, value: Option<T>) -> Result<(), S::Error> {
    match value {
        Some(value) => serde::ser::SerializeStruct::serialize_field(object, name, &value),
        None => serde::ser::SerializeStruct::skip_field(object, name),
    }
}

/// An object: `action`, and `after` in seconds where there is a time.
impl Serialize for Advice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Advice", 2)?;
        object.serialize_field("action", self.as_str())?;
        let after = match self {
            Self::RetryLater { after } => after.map(|after| after.as_secs_f64()),
            _ => None,
        };
        optional::<S, _>(&mut object, "after", after)?;
        object.end()
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Error {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Error".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "required": ["message", "kind", "delivery", "advice", "attempts"],
            "properties": {
                "message": { "type": "string" },
                "kind": generator.subschema_for::<super::ErrorKind>(),
                "delivery": generator.subschema_for::<super::Delivery>(),
                "advice": { "type": "string", "enum": Advice::NAMES },
                "vendor": { "type": "string" },
                "operation": { "type": "string" },
                "status": { "type": "integer" },
                "code": { "type": "string" },
                "messages": { "type": "array", "items": { "type": "string" } },
                "request_id": { "type": "string" },
                "json_path": { "type": "string" },
                "retry_after": { "type": "number", "description": "Seconds." },
                "attempts": { "type": "integer" },
            },
        })
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Advice {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Advice".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "required": ["action"],
            "properties": {
                "action": { "type": "string", "enum": Advice::NAMES },
                "after": { "type": "number", "description": "Seconds." },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::error::{Delivery, ErrorKind};

    #[test]
    fn an_error_is_json_and_its_debug_form_a_sentence() {
        let error = Error::new(ErrorKind::RateLimited, Delivery::Rejected, "the vendor responded 429")
            .with_retryable(true)
            .with_retry_after(Some(Duration::from_millis(1500)));
        let sentence = "the vendor responded 429 (retry after 1.5s). The vendor did not carry out the request.";
        assert_eq!(format!("{error:?}"), sentence, "what `main` prints");
        assert!(format!("{error:#?}").contains("kind: RateLimited"), "{error:#?}");
        let json = json!({
            "message": sentence, "kind": "rate_limited", "delivery": "rejected", "advice": "retry_later", "retry_after": 1.5, "attempts": 0,
        });
        assert_eq!(to_value(&error).unwrap(), json);
        assert_eq!(to_value(error.advice()).unwrap(), json!({ "action": "retry_later", "after": 1.5 }));
        assert_eq!(to_value(Advice::Verify).unwrap(), json!({ "action": "verify" }));
        #[cfg(feature = "schemars")]
        {
            let schema = to_value(schemars::schema_for!(Error)).unwrap();
            let known = schema["properties"].as_object().unwrap();
            assert!(json.as_object().unwrap().keys().all(|field| known.contains_key(field)), "{schema}");
        }
    }

    #[test]
    fn names_are_read_back_and_others_refused() {
        for delivery in [Delivery::NotSent, Delivery::Rejected, Delivery::Unknown, Delivery::Accepted] {
            assert_eq!(from_value::<Delivery>(to_value(delivery).unwrap()).unwrap(), delivery);
        }
        let error = from_value::<Delivery>(json!("sent")).unwrap_err();
        assert_eq!(error.to_string(), "unknown variant `sent`, expected one of `not_sent`, `rejected`, `unknown`, `accepted`");
    }
}
