//! Paths, segment by segment: values are compared as they were before they were encoded.

use percent_encoding::percent_decode_str;
use reachout_runtime::Vendor;

/// A path that a request must have.
#[derive(Clone, Debug)]
pub(crate) struct Path(Vec<Segment>);

#[derive(Clone, Debug)]
enum Segment {
    Literal(String),
    Parameter { before: String, name: String, after: String, value: Option<String> },
}

impl Path {
    /// This path and no other.
    pub(crate) fn exact(encoded: &str) -> Self {
        Self(segments(encoded).into_iter().map(Segment::Literal).collect())
    }

    /// Any path of a template.
    pub(crate) fn template(template: &str) -> Self {
        let segment = |segment: &str| match segment.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
            Some((before, (name, after))) => {
                Segment::Parameter { before: before.to_owned(), name: name.to_owned(), after: after.to_owned(), value: None }
            }
            None => Segment::Literal(segment.to_owned()),
        };
        Self(template.split('/').skip(1).map(segment).collect())
    }

    /// Takes one value of a parameter only.
    pub(crate) fn set(&mut self, parameter: &str, given: &str) {
        for segment in &mut self.0 {
            if let Segment::Parameter { name, value, .. } = segment
                && name == parameter
            {
                *value = Some(given.to_owned());
            }
        }
    }

    /// What of these segments is not as it must be.
    pub(crate) fn mismatches(&self, actual: &[String]) -> Vec<String> {
        if self.0.len() != actual.len() {
            return vec!["the path is another".to_owned()];
        }
        self.0.iter().zip(actual).filter_map(|(segment, actual)| segment.mismatch(actual)).collect()
    }
}

impl Segment {
    fn mismatch(&self, actual: &str) -> Option<String> {
        match self {
            Self::Literal(expected) => (expected != actual).then(|| format!("the path has {actual:?}, expected {expected:?}")),
            Self::Parameter { before, name, after, value } => {
                let found = actual.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
                match (found.filter(|found| !found.is_empty()), value) {
                    (None, _) => Some(format!("the path has {actual:?} where `{name}` is expected")),
                    (Some(found), Some(value)) if found != value => Some(format!("`{name}` is {found:?}, expected {value:?}")),
                    _ => None,
                }
            }
        }
    }
}

/// The segments of a path, decoded.
pub(crate) fn segments(encoded: &str) -> Vec<String> {
    encoded.split('/').skip(1).map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
}

/// `/api/v1` of `https://app.leonar.app/api/v1`.
pub(crate) fn base(vendor: &Vendor) -> &'static str {
    let authority = vendor.base_url.find("://").map_or(0, |scheme| scheme + 3);
    vendor.base_url[authority..].find('/').map_or("", |path| &vendor.base_url[authority + path..])
}

#[cfg(test)]
mod tests {
    use super::{Path, segments};

    #[test]
    fn values_are_compared_literally() {
        let cases = [
            ("/a/{id}", None, "/a/x", true),
            ("/a/{id}", None, "/a/", false),
            ("/a/{id}", None, "/a/x/b", false),
            ("/a/{id}", Some("a.c"), "/a/a.c", true),
            ("/a/{id}", Some("a.c"), "/a/abc", false),
            ("/a/{id}", Some("a/b"), "/a/a%2Fb", true),
            ("/a/{id}", Some("ü?"), "/a/%c3%bc%3F", true),
            ("/a/{id}", Some("A"), "/a/a", false),
            ("/a/{other}/b/{id}", Some("1"), "/a/9/b/1", true),
            ("/a/{other}/b/{id}", Some("1"), "/a/1/b/9", false),
            ("/a/v{id}.json", Some("1"), "/a/v1.json", true),
            ("/a/v{id}.json", None, "/a/v.json", false),
            ("/a.b", None, "/axb", false),
            ("/a/", None, "/a", false),
        ];
        for (template, value, actual, expected) in cases {
            let mut path = Path::template(template);
            if let Some(value) = value {
                path.set("id", value);
            }
            assert_eq!(path.mismatches(&segments(actual)).is_empty(), expected, "{template} with {value:?} against {actual}");
        }
    }
}
