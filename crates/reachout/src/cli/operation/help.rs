//! What the help says of groups and operations, from the vendor's document.

use std::fmt::Write as _;

use reachout_document::Operation;
use reachout_runtime::{Evidence, PageStyle, Route, Token};

use super::words;

/// The operations under the headings of their groups.
pub fn listing(operations: &[(&Route, &str)]) -> String {
    let mut listing = String::new();
    for Route { group, .. } in groups(operations) {
        let members = || operations.iter().filter(|(route, _)| route.group == *group);
        let width = members().map(|(route, _)| words(route.name).len()).max().unwrap_or(0);
        // Writing to a string cannot fail.
        let _ = writeln!(listing, "{}:", words(group));
        for (route, summary) in members() {
            let _ = writeln!(listing, "  {:width$}  {summary}", words(route.name));
        }
        listing.push('\n');
    }
    listing
}

/// The first operation of each group, in the order of the document.
pub fn groups<'r>(operations: &[(&'r Route, &str)]) -> Vec<&'r Route> {
    let mut groups: Vec<&Route> = Vec::new();
    for (route, _) in operations {
        if groups.iter().all(|first| first.group != route.group) {
            groups.push(route);
        }
    }
    groups
}

/// Summary, description, what is sent, and how well it is documented where.
pub fn long_about(route: &Route, operation: &Operation<'_>) -> String {
    let mut about = operation.summary().to_owned();
    for paragraph in operation.description().split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        about.push_str("\n\n");
        about.push_str(&one_line(paragraph));
    }
    // Writing to a string cannot fail.
    let repeated = if route.is_repeatable() { "repeated where that helps" } else { "sent once" };
    let _ = write!(about, "\n\n{} {}, {}, {repeated}", route.method, route.path, route.effect());
    if let Some(pagination) = route.pagination {
        about.push_str(match pagination.style {
            PageStyle::Offset(_) => ", pages by offset",
            PageStyle::Page(_) => ", pages by number",
            _ => ", pages by cursor",
        });
    }
    if let Some(token) = route.token.filter(|token| *token != Token::Any) {
        let _ = write!(about, ", with {token}");
    }
    if operation.is_deprecated() {
        about.push_str(", deprecated by the vendor");
    }
    let _ = write!(about, "\n{}", route.docs);
    let evidence = match route.evidence {
        Evidence::Full => return about,
        Evidence::Recorded => "Live responses were recorded",
        Evidence::Partial => "Documented in part",
        Evidence::Official => "From the vendor's file, not reviewed",
        _ => "Not documented; known from other clients",
    };
    let _ = write!(about, "\n\n{evidence}");
    match operation.evidence().1 {
        "" => about.push('.'),
        note => {
            let _ = write!(about, ": {}", one_line(note));
        }
    }
    about
}

/// The documented request body, indented.
pub fn example_body(operation: &Operation<'_>) -> Option<String> {
    let body = operation.body.map(|body| body.content).filter(|body| !body.is_multipart())?;
    serde_json::to_string_pretty(body.example?).ok()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
