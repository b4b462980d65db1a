//! What users of a crate lose between two of its outlines.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};

/// What compiles against the interface of `before` and not against that of `after`, a sentence each; both are outlines of one crate.
///
/// Comments and the table of routes are no part of the interface. What is added breaks nobody, but for an alternative of an enum that may be matched
/// without a last arm.
#[must_use]
pub fn breaking(before: &str, after: &str) -> Vec<String> {
    let after = blocks(after);
    let mut broken = Vec::new();
    for (name, block) in blocks(before) {
        let Some(now) = after.get(name) else {
            broken.push(format!("`{name}` is gone"));
            continue;
        };
        for item in &block.items {
            if now.items.contains(item) {
                continue;
            }
            broken.push(match now.items.iter().find(|other| called(other) == called(item)) {
                Some(other) => format!("`{name}`: `{item}` became `{other}`"),
                None => format!("`{name}`: `{item}` is gone"),
            });
        }
        if name.starts_with("pub enum") && !block.open {
            let new = now.items.iter().filter(|item| block.items.iter().all(|old| called(old) != called(item)));
            broken.extend(new.map(|item| format!("`{name}`: `{item}` is new, and every `match` must have it")));
        }
    }
    broken
}

/// The outline of an edition with what its crate has from its platform's: every item that it does not declare itself, and what its groups give through
/// `Deref`.
#[must_use]
pub fn with_platform(own: &str, platform: &str) -> String {
    let declared = blocks(own);
    let groups: Vec<&str> =
        declared.get("impl Client").into_iter().flat_map(|block| &block.items).filter_map(|item| item.split("-> ").nth(1)).collect();
    let is_taken = |text: &str| {
        let name = text.lines().find_map(|line| line.split_once('{')).map_or("", |(name, _)| name.trim_end());
        let is_group = name.strip_prefix("impl ").is_some_and(|name| groups.contains(&name));
        name != "impl Client" && (is_group || !declared.contains_key(name))
    };
    let added: Vec<&str> = platform.split("\n\n").skip(1).filter(|text| is_taken(text)).collect();
    format!("{}\n\n{}\n", own.trim_end(), added.join("\n\n"))
}

/// Whether Cargo takes `after` as a version that may break what was written for `before`.
#[must_use]
pub fn may_break(before: &str, after: &str) -> bool {
    let compatible = VersionReq::parse(&format!("^{before}")).ok().zip(Version::parse(after).ok());
    compatible.is_some_and(|(compatible, after)| !compatible.matches(&after))
}

#[derive(Default)]
struct Block<'a> {
    items: Vec<&'a str>,
    /// Marked `#[non_exhaustive]`.
    open: bool,
}

/// The blocks of an outline, by their first line.
fn blocks(outline: &str) -> BTreeMap<&str, Block<'_>> {
    let mut blocks: BTreeMap<&str, Block<'_>> = BTreeMap::new();
    let mut open = false;
    let mut name = "";
    for text in outline.lines() {
        let item = text.split_once(" // ").map_or(text, |(item, _)| item);
        if item == "#[non_exhaustive]" {
            open = true;
        } else if let Some(header) = item.strip_suffix('{').filter(|_| !item.starts_with(' ')) {
            name = header.trim_end();
            blocks.entry(name).or_default().open = open;
            open = false;
        } else if let Some(item) = item.strip_prefix("    ") {
            blocks.entry(name).or_default().items.push(item.trim_end_matches([',', ';']));
        }
    }
    blocks
}

/// The name of an item: `first_name` of `pub first_name: Option<String>`.
fn called(item: &str) -> &str {
    let item = item.trim_start_matches("pub ").trim_start_matches("fn ");
    item.split(['(', ':', ' ']).next().unwrap_or(item)
}

#[cfg(test)]
mod tests {
    use super::{breaking, may_break};

    const BEFORE: &str = "Acme\n\n| method | path |\n|---|---|\n| GET | /tags |\n\nimpl Tags {\n    pub fn list(&self) -> ListTags;\n    pub fn get(&self, id: impl Display) -> Call<Tag>;\n}\n\n\
        #[non_exhaustive]\npub struct Tag {\n    pub id: String,\n    pub scope: Option<Scope>, // \"tagScope\"\n}\n\n\
        #[non_exhaustive]\npub enum Scope {\n    Contact, // \"contact\"\n    Unknown(String),\n}\n\npub enum Name {\n    Text(String),\n}\n";

    #[test]
    fn what_breaks_users() {
        let rows: [(&str, &str, &[&str]); 10] = [
            ("GET | /tags", "POST | /labels", &[]),
            ("// \"tagScope\"", "// \"scope\", 1..=50 characters", &[]),
            ("    pub id: String,\n", "    pub id: String,\n    pub color: Option<String>,\n", &[]),
            ("    Contact, // \"contact\"\n", "    Contact, // \"contact\"\n    Deal, // \"deal\"\n", &[]),
            (
                "    Text(String),\n",
                "    Text(String),\n    Number(Number),\n",
                &["`pub enum Name`: `Number(Number)` is new, and every `match` must have it"],
            ),
            ("pub id: String", "pub id: Uuid", &["`pub struct Tag`: `pub id: String` became `pub id: Uuid`"]),
            ("    pub id: String,\n", "", &["`pub struct Tag`: `pub id: String` is gone"]),
            (
                "id: impl Display",
                "id: impl Display, page: impl Into<i64>",
                &[
                    "`impl Tags`: `pub fn get(&self, id: impl Display) -> Call<Tag>` became `pub fn get(&self, id: impl Display, page: impl Into<i64>) -> Call<Tag>`",
                ],
            ),
            ("pub enum Scope {", "pub enum TagScope {", &["`pub enum Scope` is gone"]),
            ("    Contact, // \"contact\"\n", "", &["`pub enum Scope`: `Contact` is gone"]),
        ];
        for (old, new, expected) in rows {
            assert!(BEFORE.contains(old), "{old}");
            assert_eq!(breaking(BEFORE, &BEFORE.replace(old, new)), expected, "{old} → {new}");
        }
    }

    #[test]
    fn what_moves_to_the_platform_is_still_there() {
        let own =
            "Edition\n\nimpl Client {\n    pub fn tags(&self) -> Tags;\n}\n\n#[non_exhaustive]\npub struct Tag {\n    pub id: i64,\n}\n";
        let moved = super::with_platform(own, BEFORE);
        assert_eq!(
            breaking(BEFORE, &moved),
            ["`pub struct Tag`: `pub id: String` became `pub id: i64`", "`pub struct Tag`: `pub scope: Option<Scope>` is gone"]
        );
    }

    #[test]
    fn versions_that_may_break() {
        let rows = [
            ("0.1.0", "0.1.9", false),
            ("0.1.0", "0.2.0", true),
            ("0.0.1", "0.0.2", true),
            ("1.2.3", "1.9.0", false),
            ("1.2.3", "2.0.0", true),
            ("0.9.0", "1.0.0", true),
        ];
        for (before, after, expected) in rows {
            assert_eq!(may_break(before, after), expected, "{before} {after}");
        }
    }
}
