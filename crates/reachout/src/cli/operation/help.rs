//! What the help says of groups and operations, from the vendor's document.

use std::fmt::Write as _;

use reachout_runtime::{Evidence, Pagination, Route, Token};

use super::document::{Document, text};
use super::words;

/// The operations under the headings of their groups.
pub fn listing(document: &Document, routes: &[&Route]) -> String {
    let mut listing = String::new();
    let width = routes.iter().map(|route| words(route.name).len()).max().unwrap_or(0);
    for group in groups(routes) {
        // Writing to a string cannot fail.
        let _ = writeln!(listing, "{}:", words(group));
        for route in routes.iter().filter(|route| route.group == group) {
            let _ = writeln!(listing, "  {:width$}  {}", words(route.name), summary(document, route));
        }
        listing.push('\n');
    }
    listing
}

/// In the order of the document.
pub fn groups<'r>(routes: &[&'r Route]) -> Vec<&'r str> {
    let mut groups = Vec::new();
    for route in routes {
        if !groups.contains(&route.group) {
            groups.push(route.group);
        }
    }
    groups
}

/// One sentence without a full stop.
pub fn summary<'d>(document: &'d Document, route: &Route) -> &'d str {
    text(document.operation(route), "summary")
}

/// Summary, description, what is sent, and how well it is documented where.
pub fn long_about(document: &Document, route: &Route) -> String {
    let operation = document.operation(route);
    let mut about = summary(document, route).to_owned();
    for paragraph in text(operation, "description").split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        about.push_str("\n\n");
        about.push_str(&one_line(paragraph));
    }
    // Writing to a string cannot fail.
    let repeated = if route.is_repeatable() { "repeated where that helps" } else { "sent once" };
    let _ = write!(about, "\n\n{} {}, {}, {repeated}", route.method, route.path, route.effect());
    if let Some(pagination) = route.pagination {
        about.push_str(match pagination {
            Pagination::Offset(_) => ", pages by offset",
            Pagination::Page(_) => ", pages by number",
            _ => ", pages by cursor",
        });
    }
    if let Some(token) = route.token.filter(|token| *token != Token::Any) {
        let _ = write!(about, ", with {token}");
    }
    if operation["deprecated"] == true {
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
    match text(&operation["x-evidence"], "note") {
        "" => about.push('.'),
        note => {
            let _ = write!(about, ": {}", one_line(note));
        }
    }
    about
}

/// The documented request body, indented.
pub fn example_body(document: &Document, route: &Route) -> Option<String> {
    let body = document.body(route).filter(|body| !super::argument::is_multipart(*body))?;
    serde_json::to_string_pretty(body.example?).ok()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
