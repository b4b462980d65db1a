use std::collections::hash_map::DefaultHasher;

use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

fn hash(number: &Number) -> u64 {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn json_round_trips_as_the_number_it_was() {
    for text in
        ["0", "-1", "1669287863", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "0.1", "1.0", "1e300", "-2.5"]
    {
        let number: Number = serde_json::from_str(text).unwrap();
        let written = serde_json::to_string(&number).unwrap();
        assert_eq!(written.replace("e+", "e"), text);
        let quoted: Number = serde_json::from_str(&format!("\"{text}\"")).unwrap();
        assert_eq!(quoted, number);
        assert_eq!(number.to_string().parse::<Number>().unwrap(), number);
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in ["\"\"", "\"abc\"", "\"1,5\"", "\"0x10\"", "\"NaN\"", "\"inf\"", "null", "true", "[1]", "{}"] {
        assert!(serde_json::from_str::<Number>(text).is_err(), "{text}");
    }
    assert!(Number::try_from(f64::NAN).is_err());
    assert!(Number::try_from(f64::INFINITY).is_err());
    assert!(Number::try_from(f32::NEG_INFINITY).is_err());
}

#[test]
fn conversions() {
    assert_eq!(Number::from(5_u8).as_i64(), Some(5));
    assert_eq!(Number::from(-5_i64).as_u64(), None);
    assert_eq!(Number::from(u64::MAX).as_i64(), None);
    assert_eq!(Number::from(u64::MAX).as_u64(), Some(u64::MAX));
    assert_eq!(Number::from(3_usize).to_string(), "3");
    assert_eq!(Number::try_from(0.1_f32).unwrap().to_string(), "0.1");
    assert_eq!(Number::try_from(2.0_f64).unwrap().as_i64(), Some(2));
    assert_eq!(Number::try_from(2.5_f64).unwrap().as_i64(), None);
    assert!((number("2.5").as_f64() - 2.5).abs() < f64::EPSILON);
    assert_eq!(number(" 12 ").as_i64(), Some(12));
    assert_eq!(Number::default(), Number::from(0));
    assert_eq!(format!("{:?}", number("7")), "7");
}

#[test]
fn order_and_equality_are_by_value() {
    let ascending = [
        "-1e300",
        "-18446744073709551616",
        "-9223372036854775808",
        "-2.5",
        "-2",
        "-0.5",
        "0",
        "0.1",
        "1",
        "9007199254740993",
        "18446744073709551615",
        "1e300",
    ];
    for (i, a) in ascending.iter().enumerate() {
        for (j, b) in ascending.iter().enumerate() {
            assert_eq!(number(a).cmp(&number(b)), i.cmp(&j), "{a} and {b}");
        }
    }
    for (a, b) in [("1", "1.0"), ("0", "-0.0"), ("100", "1e2")] {
        assert_eq!(number(a), number(b));
        assert_eq!(hash(&number(a)), hash(&number(b)));
    }
    // Closer together than floats can tell.
    assert_ne!(number("9007199254740993"), number("9007199254740992.0"));
}

#[cfg(feature = "schemars")]
#[test]
fn its_schema_is_a_number() {
    assert_eq!(schemars::schema_for!(Number).get("type").unwrap(), "number");
}

proptest! {
    #[test]
    fn integers_keep_every_digit(value: i64, unsigned: u64) {
        prop_assert_eq!(serde_json::to_string(&Number::from(value)).unwrap(), value.to_string());
        prop_assert_eq!(number(&unsigned.to_string()).as_u64(), Some(unsigned));
    }

    #[test]
    fn any_two_numbers_are_ordered_consistently(a in any::<f64>(), b: i64) {
        if let Ok(a) = Number::try_from(a) {
            let b = Number::from(b);
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
            prop_assert!(a != b || hash(&a) == hash(&b));
        }
    }

    #[test]
    fn any_text_is_a_number_or_an_error(text: String) {
        let _ = text.parse::<Number>();
        let _ = serde_json::from_str::<Number>(&text);
    }
}
