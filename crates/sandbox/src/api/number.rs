//! The numbers of a body.

use reachout_document::Problem;
use serde_json::Value;

/// Makes every whole number of `value` an integer of 64 bits, and names those that do not fit.
///
/// Clients hold whole numbers in 64 bits with a sign, so one that is kept here must come back as such: `1e2` is kept as 100, and 2^63, which
/// would make a list unreadable for every client, is refused wherever it is and however it is written.
pub(crate) fn whole(value: &mut Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    visit(value, "", &mut problems);
    problems
}

fn visit(value: &mut Value, path: &str, problems: &mut Vec<Problem>) {
    let inside = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| visit(value, &inside(name), problems)),
        Value::Array(items) => items.iter_mut().enumerate().for_each(|(index, value)| visit(value, &inside(&index.to_string()), problems)),
        Value::Number(number) if number.as_i64().is_none() => match integer(number) {
            None => {}
            Some(Ok(integer)) => *value = integer.into(),
            Some(Err(())) => {
                problems.push(Problem::new(path, format!("{number} is beyond the integers of 64 bits")));
            }
        },
        _ => {}
    }
}

/// A whole number that was not read as an `i64`; nothing where there is a fraction.
fn integer(number: &serde_json::Number) -> Option<Result<i64, ()>> {
    let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
    // All digits of the number, as a whole one has no others.
    Some(format!("{float:.0}").parse().map_err(|_| ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_integers_of_64_bits_or_refused() {
        let cases = [
            ("9223372036854775807", Some("9223372036854775807")),
            ("-9223372036854775808", Some("-9223372036854775808")),
            ("1e2", Some("100")),
            ("1.0", Some("1")),
            ("-0.0", Some("0")),
            ("-1.5e1", Some("-15")),
            ("1e18", Some("1000000000000000000")),
            ("1.5", Some("1.5")),
            ("1e-7", Some("1e-7")),
            ("9223372036854775808", None),
            ("18446744073709551615", None),
            ("18446744073709551616", None),
            ("-9223372036854775809000", None),
            ("1e19", None),
            ("-1.25E+300", None),
        ];
        for (number, kept) in cases {
            for (text, path) in [("#", ""), ("[0, [#]]", "1.0"), ("{\"a\": {\"b\": [#]}}", "a.b.0")] {
                let mut value: Value = serde_json::from_str(&text.replace('#', number)).unwrap();
                let problems = whole(&mut value);
                match kept {
                    Some(kept) => assert_eq!((value.to_string(), problems), (text.replace('#', kept).replace(' ', ""), vec![]), "{number}"),
                    None => assert_eq!(problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), [path], "{number}"),
                }
            }
        }
    }
}
