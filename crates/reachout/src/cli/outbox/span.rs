//! Stretches of time as they are typed: `90s`, `10m`, `24h`, `30d`.

use std::time::Duration;

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// A parser of arguments, whose errors are sentences.
pub fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{}` is not a stretch of time; write one such as 90s, 10m, 24h or 30d", text.escape_debug());
    let digits = text.find(|sign: char| !sign.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)).map(Duration::from_millis).ok_or_else(wrong)
}

/// So many in such a time, as in `100/10s`.
pub fn rate(text: &str) -> Result<(u32, Duration), String> {
    let wrong = || format!("`{}` is not a limit; write one such as 100/10s or 1000/1h", text.escape_debug());
    let (number, per) = text.split_once('/').ok_or_else(wrong)?;
    Ok((number.parse().map_err(|_| wrong())?, span(per)?))
}

/// For people, in two units at most.
pub fn told(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, 0) => format!("{} ms", duration.as_millis()),
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes, _) => format!("{hours} h {minutes} min"),
        (days, hours, ..) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{rate, span, told};

    #[test]
    fn texts_and_times() {
        assert_eq!(span("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("30d"), Ok(Duration::from_hours(30 * 24)));
        assert_eq!(rate("100/10s"), Ok((100, Duration::from_secs(10))));
        for wrong in ["", "10", "s", "10y", "-1s", "99999999999999999999d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
        assert!(rate("100").is_err() && rate("x/1s").is_err());
        for (seconds, text) in [(5, "5 s"), (65, "1 min 5 s"), (3_700, "1 h 1 min"), (90_000, "1 d 1 h")] {
            assert_eq!(told(Duration::from_secs(seconds)), text);
        }
    }
}
