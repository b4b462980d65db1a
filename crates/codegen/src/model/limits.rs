//! What a vendor takes: lengths, counts and bounds.

use serde_json::Value;

/// The limits of one value; empty for most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Least and most characters.
    pub length: Range<u64>,
    /// Least and most items.
    pub items: Range<u64>,
    /// Least and most characters of each item.
    pub item_length: Range<u64>,
    /// Smallest and largest number.
    pub bounds: Range<i64>,
}

/// From and to, either of which may be open.
pub type Range<T> = (Option<T>, Option<T>);

impl Limits {
    /// The limits that a schema states for itself and, in an array of scalars, for its items.
    pub fn of(schema: &Value) -> Self {
        let count = |schema: &Value, least: &str, most: &str| (schema[least].as_u64().filter(|least| *least > 0), schema[most].as_u64());
        Self {
            length: count(schema, "minLength", "maxLength"),
            items: count(schema, "minItems", "maxItems"),
            item_length: count(&schema["items"], "minLength", "maxLength"),
            bounds: (
                whole(&schema["minimum"]).map(|least| least + i64::from(schema["exclusiveMinimum"] == true)),
                whole(&schema["maximum"]).map(|most| most - i64::from(schema["exclusiveMaximum"] == true)),
            ),
        }
    }

    /// There is nothing to check.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn whole(bound: &Value) -> Option<i64> {
    // `1.0` is a whole number too. The limits of `i64` itself are its format.
    bound.as_i64().or_else(|| bound.as_f64().filter(|bound| bound.fract() == 0.0 && bound.abs() < 9.0e15)?.to_string().parse().ok())
}
