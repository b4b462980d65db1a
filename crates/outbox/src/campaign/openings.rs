//! [`Openings`]: when a campaign begins with each of its people.

use std::num::NonZeroU32;

use super::Sequence;

/// When people begin: no more on a day than the campaign allows.
pub(crate) struct Openings<'s> {
    sequence: &'s Sequence,
    at: i64,
    left: u32,
}

impl<'s> Openings<'s> {
    /// From now on, or from the day after the last one that others have.
    pub(crate) fn new(sequence: &'s Sequence, now: i64, last: Option<i64>) -> Self {
        let mut openings = Self { sequence, at: now, left: sequence.new_people_a_day.map_or(u32::MAX, NonZeroU32::get) };
        if let (Some(last), Some(_)) = (last.filter(|last| *last >= now), sequence.new_people_a_day) {
            openings.at = last;
            openings.next_day();
        }
        openings
    }

    fn next_day(&mut self) {
        let calendar = &self.sequence.calendar;
        let tomorrow = calendar.day(self.at, None).map_or(self.at + 86_400_000, |(_, next)| next);
        self.at = calendar.closed_until(tomorrow, None).unwrap_or(tomorrow);
        self.left = self.sequence.new_people_a_day.map_or(u32::MAX, NonZeroU32::get);
    }

    pub(crate) fn next(&mut self, zone: Option<&str>) -> i64 {
        if self.left == 0 {
            self.next_day();
        }
        if self.sequence.new_people_a_day.is_some() {
            self.left -= 1;
        }
        self.sequence.calendar.closed_until(self.at, zone).unwrap_or(self.at)
    }
}
