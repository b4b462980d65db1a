//! Medians and ratios.

/// The value in the middle, or between the two in the middle; `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The median of what each round gives: rounds are near in time, so what slows the machine for a while slows both sides of a ratio.
pub fn median_ratio(of: &[f64], against: &[f64]) -> Option<f64> {
    let ratios: Vec<f64> = of.iter().zip(against).filter(|(_, against)| **against > 0.0).map(|(of, against)| of / against).collect();
    median(&ratios)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let cases: [(&[f64], Option<f64>); 5] = [
            (&[], None),
            (&[3.0], Some(3.0)),
            (&[9.0, 1.0, 2.0], Some(2.0)),
            (&[4.0, 1.0, 2.0, 100.0], Some(3.0)),
            (&[2.0, 2.0, 1.0, 2.0], Some(2.0)),
        ];
        for (values, wanted) in cases {
            assert_eq!(median(values), wanted, "{values:?}");
        }
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        // The machine was slow in the last round: a ratio of the medians would be 0.5 or 2 here.
        let cases: [(&[f64], &[f64], Option<f64>); 4] = [
            (&[100.0, 200.0, 50.0], &[100.0, 200.0, 50.0], Some(1.0)),
            (&[90.0, 180.0, 9.0], &[100.0, 200.0, 10.0], Some(0.9)),
            (&[1.0], &[0.0], None),
            (&[], &[1.0], None),
        ];
        for (of, against, wanted) in cases {
            assert_eq!(median_ratio(of, against), wanted, "{of:?} {against:?}");
        }
    }
}
