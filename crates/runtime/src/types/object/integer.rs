//! Integers, of which JSON Schema says that `3.0` is one.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

/// A type that holds integers.
pub trait Integers: Sized {
    /// Reads one.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Reads a value where serde wants a seed.
#[derive(Debug)]
pub struct IntegersSeed<T>(pub PhantomData<T>);

impl<'de, T: Integers> DeserializeSeed<'de> for IntegersSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

/// A value with integers in the place of whole numbers that are written as fractions; none where it has no such number. For types that read
/// integers by serde's own rules.
pub fn with_integers(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) if number.is_f64() => i64::read(value).ok().map(Value::from),
        Value::Array(items) => {
            let read: Vec<Option<Value>> = items.iter().map(with_integers).collect();
            let changed = read.iter().any(Option::is_some);
            changed.then(|| read.into_iter().zip(items).map(|(read, item)| read.unwrap_or_else(|| item.clone())).collect())
        }
        Value::Object(fields) => {
            let read: Vec<Option<Value>> = fields.values().map(with_integers).collect();
            let changed = read.iter().any(Option::is_some);
            let own = |((name, value), read): ((&String, &Value), Option<Value>)| (name.clone(), read.unwrap_or_else(|| value.clone()));
            changed.then(|| fields.iter().zip(read).map(own).collect())
        }
        _ => None,
    }
}

/// What reads the value of `T`.
struct IntegersVisitor<T>(PhantomData<T>);

macro_rules! integers {
    ($($integer:ident $hint:ident),*) => {
        $(
            impl Integers for $integer {
                fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.$hint(IntegersVisitor::<Self>(PhantomData))
                }
            }

            impl Visitor<'_> for IntegersVisitor<$integer> {
                type Value = $integer;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(stringify!($integer))
                }

                fn visit_i64<E: Error>(self, value: i64) -> Result<$integer, E> {
                    $integer::try_from(value).map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
                }

                fn visit_u64<E: Error>(self, value: u64) -> Result<$integer, E> {
                    $integer::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
                }

                fn visit_f64<E: Error>(self, value: f64) -> Result<$integer, E> {
                    // Beyond 2^53 a fraction would not show, and the number that was meant is not known.
                    if value.fract() != 0.0 || value.abs() > 9_007_199_254_740_992.0 {
                        return Err(E::invalid_type(Unexpected::Float(value), &self));
                    }
                    #[expect(clippy::cast_possible_truncation, reason = "the line above keeps it within i64")]
                    self.visit_i64(value as i64)
                }
            }
        )*
    };
}

integers!(i64 deserialize_i64, u64 deserialize_u64);

impl<T: Integers> Integers for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(IntegersVisitor::<Self>(PhantomData))
    }
}

impl<'de, T: Integers> Visitor<'de> for IntegersVisitor<Option<T>> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::read(deserializer).map(Some)
    }
}

impl<T: Integers> Integers for Box<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self::new)
    }
}

impl<T: Integers> Integers for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(IntegersVisitor::<Self>(PhantomData))
    }
}

impl<'de, T: Integers> Visitor<'de> for IntegersVisitor<Vec<T>> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(IntegersSeed(PhantomData))? {
            values.push(value);
        }
        Ok(values)
    }
}

impl<T: Integers> Integers for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(IntegersVisitor::<Self>(PhantomData))
    }
}

impl<'de, T: Integers> Visitor<'de> for IntegersVisitor<BTreeMap<String, T>> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BTreeMap<String, T>, A::Error> {
        let mut values = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            values.insert(key, map.next_value_seed(IntegersSeed(PhantomData))?);
        }
        Ok(values)
    }
}
