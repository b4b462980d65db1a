//! JSON numbers without loss.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::types::enums::ConversionError;

/// A JSON number, kept as it came: an integer stays one, and no digit is lost between -2^63 and 2^64.
///
/// It compares and hashes by value, so `1` and `1.0` are equal. It is decoded from a number or from a string that
/// holds one, because vendors send both; it is written as the number it was.
///
/// ```
/// # use reachout_runtime::Number;
/// let scheduled: Number = serde_json::from_str("\"1669287863\"")?;
/// assert_eq!(scheduled.as_i64(), Some(1_669_287_863));
/// assert_eq!(serde_json::to_string(&scheduled)?, "1669287863");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Number(serde_json::Number);

impl Number {
    /// The value, if it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self.value() {
            Magnitude::Whole(whole) => i64::try_from(whole).ok(),
            Magnitude::Fraction(_) => None,
        }
    }

    /// The value, if it is whole, not negative, and fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self.value() {
            Magnitude::Whole(whole) => u64::try_from(whole).ok(),
            Magnitude::Fraction(_) => None,
        }
    }

    /// The nearest floating-point value.
    pub fn as_f64(&self) -> f64 {
        // Without the feature `arbitrary_precision` every number has one.
        self.0.as_f64().unwrap_or(f64::NAN)
    }

    fn value(&self) -> Magnitude {
        if let Some(whole) = self.0.as_i64() {
            return Magnitude::Whole(whole.into());
        }
        if let Some(whole) = self.0.as_u64() {
            return Magnitude::Whole(whole.into());
        }
        let float = self.as_f64();
        if float.fract() == 0.0 && float.abs() < WHOLE_LIMIT {
            #[expect(clippy::cast_possible_truncation, reason = "the line above keeps it within i128")]
            Magnitude::Whole(float as i128)
        } else {
            Magnitude::Fraction(float)
        }
    }
}

/// 2^100: whole floats below it are compared as integers, exactly.
const WHOLE_LIMIT: f64 = 1_267_650_600_228_229_401_496_703_205_376.0;

/// A number by its value; whole numbers always take the first form.
#[derive(Clone, Copy)]
enum Magnitude {
    Whole(i128),
    Fraction(f64),
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.value(), other.value()) {
            (Magnitude::Whole(a), Magnitude::Whole(b)) => a.cmp(&b),
            (Magnitude::Fraction(a), Magnitude::Fraction(b)) => a.total_cmp(&b),
            (Magnitude::Whole(a), Magnitude::Fraction(b)) => whole_to_fraction(a, b),
            (Magnitude::Fraction(a), Magnitude::Whole(b)) => whole_to_fraction(b, a).reverse(),
        }
    }
}

/// Never equal: a fraction is not whole, or is beyond every whole number that is compared as one.
fn whole_to_fraction(whole: i128, fraction: f64) -> Ordering {
    if fraction.abs() >= WHOLE_LIMIT {
        return if fraction > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    #[expect(clippy::cast_possible_truncation, reason = "smaller than 2^100")]
    let floor = fraction.floor() as i128;
    if whole <= floor { Ordering::Less } else { Ordering::Greater }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.value() {
            Magnitude::Whole(whole) => whole.hash(state),
            Magnitude::Fraction(fraction) => fraction.to_bits().hash(state),
        }
    }
}

impl Default for Number {
    fn default() -> Self {
        Self::from(0)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {
        $(impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                Self(value.into())
            }
        })*
    };
}

from_integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl TryFrom<f64> for Number {
    type Error = ConversionError;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        serde_json::Number::from_f64(value).map(Self).ok_or_else(|| ConversionError::from("JSON has no infinity and no NaN"))
    }
}

impl TryFrom<f32> for Number {
    type Error = ConversionError;

    fn try_from(value: f32) -> Result<Self, Self::Error> {
        // By its shortest decimal form, so that 0.1 does not become 0.10000000149011612.
        value.to_string().parse()
    }
}

impl FromStr for Number {
    type Err = ConversionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse().map(Self).map_err(|_| ConversionError::from("expected a number"))
    }
}

impl TryFrom<&str> for Number {
    type Error = ConversionError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for Number {
    type Error = ConversionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Through `Value`, which also knows how numbers look if somebody turned on serde_json's `arbitrary_precision`.
        match Value::deserialize(deserializer)? {
            Value::Number(number) => Ok(Self(number)),
            Value::String(text) => text.parse().map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &EXPECTED)),
            Value::Null => Err(D::Error::invalid_type(Unexpected::Unit, &EXPECTED)),
            Value::Bool(value) => Err(D::Error::invalid_type(Unexpected::Bool(value), &EXPECTED)),
            Value::Array(_) => Err(D::Error::invalid_type(Unexpected::Seq, &EXPECTED)),
            Value::Object(_) => Err(D::Error::invalid_type(Unexpected::Map, &EXPECTED)),
        }
    }
}

const EXPECTED: &str = "a number, or a string that holds one";

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Number {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests;
