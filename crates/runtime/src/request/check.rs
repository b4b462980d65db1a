//! The limits that a spec sets for what is sent: lengths, counts and bounds, checked before anything leaves.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds as _};

use crate::types::number::Number;

/// A request type with limits. Generated code implements it where a spec has some.
#[doc(hidden)]
pub trait Limited {
    /// Reports every field that is out of its limits.
    fn check(&self, check: &mut Check<'_>);
}

/// Collects what is out of its limits, each with the path of its field.
#[doc(hidden)]
#[derive(Debug)]
pub struct Check<'a> {
    path: String,
    problems: &'a mut Vec<String>,
}

/// One value that is being checked.
#[doc(hidden)]
#[derive(Debug)]
pub struct Checked<'c, 'a, T: ?Sized> {
    check: &'c mut Check<'a>,
    name: &'static str,
    value: Option<&'c T>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(problems: &'a mut Vec<String>) -> Self {
        Self { path: String::new(), problems }
    }

    /// A required field.
    pub fn field<'c, T: ?Sized>(&'c mut self, name: &'static str, value: &'c T) -> Checked<'c, 'a, T> {
        Checked { check: self, name, value: Some(value) }
    }

    /// An optional field; nothing is checked where it is not set.
    pub fn optional<'c, T>(&'c mut self, name: &'static str, value: Option<&'c T>) -> Checked<'c, 'a, T> {
        Checked { check: self, name, value }
    }

    /// A value without a name of its own: an alternative, or a whole body.
    pub fn value<'c, T: ?Sized>(&'c mut self, value: &'c T) -> Checked<'c, 'a, T> {
        self.field("", value)
    }

    fn report(&mut self, name: &str, what: &str) {
        let place = if name.is_empty() { self.path.trim_end_matches('.') } else { &self.path };
        let name = if place.is_empty() && name.is_empty() { "the body" } else { name };
        self.problems.push(format!("{place}{name} {what}"));
    }

    fn within(&mut self, step: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        check(self);
        self.path.truncate(length);
    }
}

impl Checked<'_, '_, String> {
    /// Length in characters.
    pub fn length(self, least: Option<u64>, most: Option<u64>) {
        let Some(value) = self.value else { return };
        length(self.check, self.name, value, least, most);
    }

    /// Smallest and largest value of a number that is given as a text, as in a path.
    pub fn written_bounds(self, least: Option<i64>, most: Option<i64>) {
        if let Some(value) = self.value.and_then(|value| value.parse().ok()) {
            bounds(self.check, self.name, &value, least, most);
        }
    }
}

fn length(check: &mut Check<'_>, name: &str, value: &str, least: Option<u64>, most: Option<u64>) {
    let count = value.chars().count() as u64;
    if let Some(most) = most.filter(|most| count > *most) {
        check.report(name, &format!("is {count} characters long, at most {most} are allowed"));
    }
    if let Some(least) = least.filter(|least| count < *least) {
        check.report(name, &format!("is {count} characters long, at least {least} are needed"));
    }
}

impl<T> Checked<'_, '_, Vec<T>> {
    /// Number of items.
    pub fn items(self, least: Option<u64>, most: Option<u64>) -> Self {
        if let Some(value) = self.value {
            let count = value.len() as u64;
            if let Some(most) = most.filter(|most| count > *most) {
                self.check.report(self.name, &format!("has {count} items, at most {most} are allowed"));
            }
            if let Some(least) = least.filter(|least| count < *least) {
                self.check.report(self.name, &format!("has {count} items, at least {least} are needed"));
            }
        }
        self
    }

    /// Each item by its own limits.
    pub fn each(self)
    where
        T: Limited,
    {
        for (index, item) in self.value.into_iter().flatten().enumerate() {
            self.check.within(&format!("{}[{index}].", self.name), |check| item.check(check));
        }
    }
}

impl Checked<'_, '_, Vec<String>> {
    /// Length of each item in characters.
    pub fn each_length(self, least: Option<u64>, most: Option<u64>) {
        for (index, item) in self.value.into_iter().flatten().enumerate() {
            length(self.check, &format!("{}[{index}]", self.name), item, least, most);
        }
    }
}

impl<T: Clone + Into<Number>> Checked<'_, '_, Vec<T>> {
    /// Smallest and largest value of each item.
    pub fn each_bounds(self, least: Option<i64>, most: Option<i64>) {
        for (index, item) in self.value.into_iter().flatten().enumerate() {
            bounds(self.check, &format!("{}[{index}]", self.name), &item.clone().into(), least, most);
        }
    }
}

impl<T: Limited> Checked<'_, '_, BTreeMap<String, T>> {
    /// Each value by its own limits.
    pub fn values(self) {
        for (key, value) in self.value.into_iter().flatten() {
            self.check.within(&format!("{}.{key}.", self.name), |check| value.check(check));
        }
    }
}

impl<T: Limited> Checked<'_, '_, T> {
    /// The fields of an object.
    pub fn fields(self) {
        if let Some(value) = self.value {
            self.check.within(&format!("{}.", self.name), |check| value.check(check));
        }
    }
}

impl<T: Clone + Into<Number>> Checked<'_, '_, T> {
    /// Smallest and largest value.
    pub fn bounds(self, least: Option<i64>, most: Option<i64>) {
        if let Some(value) = self.value.cloned() {
            bounds(self.check, self.name, &value.into(), least, most);
        }
    }

    /// Smallest and largest value, where they are fractions or are no value themselves.
    pub fn range(self, least: Bound<f64>, most: Bound<f64>) {
        let Some(value) = self.value.cloned().map(Into::<Number>::into) else { return };
        if (least, Bound::Unbounded).contains(&value.as_f64()) && (Bound::Unbounded, most).contains(&value.as_f64()) {
            return;
        }
        let words = |bound: Bound<f64>, included: &str, excluded: &str| match bound {
            Bound::Included(bound) => Some(format!("{included} {bound}")),
            Bound::Excluded(bound) => Some(format!("{excluded} {bound}")),
            Bound::Unbounded => None,
        };
        let needed: Vec<String> =
            [words(least, "at least", "more than"), words(most, "at most", "less than")].into_iter().flatten().collect();
        self.check.report(self.name, &format!("is {value}, {} is allowed", needed.join(" and ")));
    }
}

fn bounds(check: &mut Check<'_>, name: &str, value: &Number, least: Option<i64>, most: Option<i64>) {
    if let Some(most) = most.filter(|most| *value > Number::from(*most)) {
        check.report(name, &format!("is {value}, at most {most} is allowed"));
    }
    if let Some(least) = least.filter(|least| *value < Number::from(*least)) {
        check.report(name, &format!("is {value}, at least {least} is needed"));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ops::Bound;

    use super::{Check, Limited};
    use crate::types::number::Number;

    struct Email {
        address: String,
    }

    impl Limited for Email {
        fn check(&self, check: &mut Check<'_>) {
            check.field("address", &self.address).length(Some(3), Some(5));
        }
    }

    struct Contact {
        first_name: String,
        emails: Option<Vec<Email>>,
        main: Option<Email>,
        tags: Vec<String>,
        limit: Option<i64>,
        scores: Vec<i64>,
        by_day: BTreeMap<String, Email>,
        share: Number,
    }

    impl Limited for Contact {
        fn check(&self, check: &mut Check<'_>) {
            check.field("first_name", &self.first_name).length(None, Some(3));
            check.optional("emails", self.emails.as_ref()).items(None, Some(1)).each();
            check.optional("main", self.main.as_ref()).fields();
            check.field("tags", &self.tags).each_length(Some(1), None);
            check.optional("limit", self.limit.as_ref()).bounds(Some(1), Some(100));
            check.field("scores", &self.scores).each_bounds(Some(1), None);
            check.field("by_day", &self.by_day).values();
            check.field("share", &self.share).range(Bound::Excluded(0.0), Bound::Included(0.5));
        }
    }

    fn problems(contact: &Contact) -> Vec<String> {
        let mut problems = Vec::new();
        contact.check(&mut Check::new(&mut problems));
        problems
    }

    #[test]
    fn all_problems_are_reported_at_once_with_their_paths() {
        let email = |address: &str| Email { address: address.to_owned() };
        let contact = Contact {
            first_name: "Søphie".into(),
            emails: Some(vec![email("abc"), email("a")]),
            main: Some(email("abcdef")),
            tags: vec!["a".into(), String::new()],
            limit: Some(101),
            scores: vec![1, 0],
            by_day: BTreeMap::from([("mon".to_owned(), email("a"))]),
            share: Number::from(0),
        };
        assert_eq!(
            problems(&contact),
            [
                "first_name is 6 characters long, at most 3 are allowed",
                "emails has 2 items, at most 1 are allowed",
                "emails[1].address is 1 characters long, at least 3 are needed",
                "main.address is 6 characters long, at most 5 are allowed",
                "tags[1] is 0 characters long, at least 1 are needed",
                "limit is 101, at most 100 is allowed",
                "scores[1] is 0, at least 1 is needed",
                "by_day.mon.address is 1 characters long, at least 3 are needed",
                "share is 0, more than 0 and at most 0.5 is allowed",
            ]
        );
    }

    #[test]
    fn limits_themselves_and_what_is_not_set_pass() {
        let contact = Contact {
            first_name: "Søp".into(),
            emails: None,
            main: None,
            tags: Vec::new(),
            limit: Some(1),
            scores: vec![1],
            by_day: BTreeMap::new(),
            share: "0.25".parse().unwrap(),
        };
        assert_eq!(problems(&contact), [""; 0]);
    }
}
