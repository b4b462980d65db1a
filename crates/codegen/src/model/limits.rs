//! What a vendor takes: lengths, counts and bounds.

use std::ops::Bound;

use serde_json::Value;

use crate::load::Document;

/// The limits of one value; empty for most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Least and most characters.
    pub length: Range<u64>,
    /// Least and most items.
    pub items: Range<u64>,
    /// Least and most characters of each item.
    pub item_length: Range<u64>,
    /// Smallest and largest number.
    pub bounds: Range<i64>,
    /// The same of a number whose bounds are fractions, or are no value themselves.
    pub fractions: Option<(Bound<f64>, Bound<f64>)>,
    /// Smallest and largest number of each item.
    pub item_bounds: Range<i64>,
}

/// From and to, either of which may be open.
pub type Range<T> = (Option<T>, Option<T>);

impl Limits {
    /// The limits that a schema states for itself or by the component that it refers to and, in an array of scalars, for its items.
    pub fn of(document: &Document, schema: &Value) -> Self {
        let schema = document.resolve(schema);
        let item = document.resolve(&schema["items"]);
        let count = |schema: &Value, least: &str, most: &str| (schema[least].as_u64().filter(|least| *least > 0), schema[most].as_u64());
        Self {
            length: count(schema, "minLength", "maxLength"),
            items: count(schema, "minItems", "maxItems"),
            item_length: count(item, "minLength", "maxLength"),
            bounds: bounds(schema),
            fractions: fractions(schema),
            item_bounds: bounds(item),
        }
    }

    /// There is nothing to check.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn bounds(schema: &Value) -> Range<i64> {
    if fractions(schema).is_some() {
        return (None, None);
    }
    (
        whole(&schema["minimum"]).map(|least| least + i64::from(schema["exclusiveMinimum"] == true)),
        whole(&schema["maximum"]).map(|most| most - i64::from(schema["exclusiveMaximum"] == true)),
    )
}

/// The bounds of a number, where they are more than two whole numbers.
fn fractions(schema: &Value) -> Option<(Bound<f64>, Bound<f64>)> {
    let of = |key: &str, exclusive: &str| match schema[key].as_f64() {
        Some(bound) if schema[exclusive] == true => Bound::Excluded(bound),
        Some(bound) => Bound::Included(bound),
        None => Bound::Unbounded,
    };
    let bounds = (of("minimum", "exclusiveMinimum"), of("maximum", "exclusiveMaximum"));
    let plain = |bound: Bound<f64>| match bound {
        Bound::Included(bound) => bound.fract() == 0.0,
        Bound::Excluded(_) => false,
        Bound::Unbounded => true,
    };
    (schema["type"] == "number" && !(plain(bounds.0) && plain(bounds.1))).then_some(bounds)
}

fn whole(bound: &Value) -> Option<i64> {
    // `1.0` is a whole number too. The limits of `i64` itself are its format.
    bound.as_i64().or_else(|| bound.as_f64().filter(|bound| bound.fract() == 0.0 && bound.abs() < 9.0e15)?.to_string().parse().ok())
}
