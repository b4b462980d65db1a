//! The kinds of values that arguments have, read from their schemas.

use std::{ffi::OsStr, sync::Arc};

use chrono::{DateTime, NaiveDate};
use clap::{
    Arg, Command,
    builder::{PossibleValue, TypedValueParser},
};
use reachout_document::Document;
use serde_json::{Number, Value};
use uuid::Uuid;

use crate::cli::arguments::{
    input,
    time::{moment, rfc3339},
    with_nearest,
};

/// What a scalar must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Uuid,
    Date,
    Time,
    Integer,
    Number,
    Switch,
    Binary,
    /// A file, in Base64 within JSON.
    Base64,
    /// `open`: the vendor may know others, as it responds with values of this enum.
    Choice {
        known: Arc<[String]>,
        open: bool,
    },
}

impl Kind {
    /// The kind of a schema; nothing where it is not a scalar.
    pub fn of(document: &Document, schema: &Value) -> Option<Self> {
        let followed = document.resolve(schema);
        if let Some(values) = document.choices(schema) {
            let known = values.into_iter().map(str::to_owned).collect();
            return Some(Self::Choice { known, open: document.is_open(schema) });
        }
        if let Some(alternatives) = followed["oneOf"].as_array() {
            let texts = alternatives.iter().any(|alternative| Self::of(document, alternative) == Some(Self::Text));
            return texts.then_some(Self::Text);
        }
        match (followed["type"].as_str()?, followed["format"].as_str().unwrap_or_default()) {
            ("string", "uuid") => Some(Self::Uuid),
            ("string", "date") => Some(Self::Date),
            ("string", "date-time") => Some(Self::Time),
            ("string", "binary") => Some(Self::Binary),
            ("string", "byte") => Some(Self::Base64),
            ("string", _) => Some(Self::Text),
            ("integer", _) => Some(Self::Integer),
            ("number", _) => Some(Self::Number),
            ("boolean", _) => Some(Self::Switch),
            _ => None,
        }
    }

    /// What stands for the value in the help.
    pub fn placeholder(&self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Uuid => "UUID",
            Self::Date => "YYYY-MM-DD",
            Self::Time => "TIME",
            Self::Integer | Self::Number => "NUMBER",
            Self::Switch => "BOOL",
            Self::Binary | Self::Base64 => "PATH",
            Self::Choice { .. } => "VALUE",
        }
    }

    /// Reads a value, or says what is expected.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let expected = |what: &str| Err(format!("{what} is expected"));
        match self {
            Self::Uuid if text.parse::<Uuid>().is_err() => expected("a UUID, such as a1b2c3d4-5678-90ab-cdef-1234567890ab,"),
            Self::Date if text.parse::<NaiveDate>().is_err() => expected("a day, such as 2026-12-01,"),
            Self::Time if DateTime::parse_from_rfc3339(text).is_err() => moment(text).map(|at| rfc3339(at).into()),
            Self::Integer => text.parse::<i64>().map(Value::from).or_else(|_| expected("a whole number")),
            Self::Number => text.parse::<Number>().map(Value::from).or_else(|_| expected("a number")),
            Self::Switch => text.parse::<bool>().map(Value::from).or_else(|_| expected("true or false")),
            Self::Choice { known, open: false } if known.iter().all(|known| known != text) => Err(self.unknown(text)),
            Self::Text => input::argument(text).map(Value::from),
            Self::Binary | Self::Base64 | Self::Uuid | Self::Date | Self::Time | Self::Choice { .. } => Ok(text.into()),
        }
    }

    /// What to say of a value that an open enum does not have.
    pub fn warning(&self, value: &Value) -> Option<String> {
        match (self, value.as_str()) {
            (Self::Choice { known, open: true }, Some(text)) if known.iter().all(|known| known != text) => Some(self.unknown(text)),
            _ => None,
        }
    }

    fn unknown(&self, text: &str) -> String {
        let Self::Choice { known, .. } = self else { return String::new() };
        with_nearest(format!("`{}` is not one of {}", text.escape_debug(), known.join(", ")), text, known.iter().map(String::as_str))
    }
}

impl TypedValueParser for Kind {
    type Value = Value;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<Value, clap::Error> {
        let kind = self.clone();
        let parser = move |text: &str| kind.parse(text);
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        match self {
            Self::Choice { known, .. } => Some(Box::new(known.iter().map(PossibleValue::new))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Kind;

    #[test]
    fn values_are_read_by_their_kind() {
        let colours = |open| Kind::Choice { known: ["red", "green"].map(str::to_owned).into(), open };
        let cases = [
            (Kind::Text, "-1", Ok(json!("-1"))),
            (Kind::Integer, "-1", Ok(json!(-1))),
            (Kind::Integer, "1.5", Err("a whole number is expected")),
            (Kind::Number, "1.5", Ok(json!(1.5))),
            (Kind::Number, "one", Err("a number is expected")),
            (Kind::Switch, "true", Ok(json!(true))),
            (Kind::Uuid, "x", Err("a UUID, such as a1b2c3d4-5678-90ab-cdef-1234567890ab, is expected")),
            (Kind::Date, "2026-12-01", Ok(json!("2026-12-01"))),
            (Kind::Date, "1.12.2026", Err("a day, such as 2026-12-01, is expected")),
            (Kind::Time, "2026-12-01T09:00:00+01:00", Ok(json!("2026-12-01T09:00:00+01:00"))),
            (Kind::Time, "2026-12-01T09:00[Europe/Paris]", Ok(json!("2026-12-01T08:00:00Z"))),
            (colours(false), "red", Ok(json!("red"))),
            (colours(false), "grene", Err("`grene` is not one of red, green; did you mean `green`?")),
            (colours(true), "blue", Ok(json!("blue"))),
        ];
        for (kind, text, expected) in cases {
            assert_eq!(kind.parse(text), expected.map_err(str::to_owned), "{kind:?} {text}");
        }
        assert_eq!(colours(true).warning(&json!("rad")).unwrap(), "`rad` is not one of red, green; did you mean `red`?");
        assert_eq!(colours(true).warning(&json!("red")), None);
    }
}
