//! What the docs of an operation say beyond its description.

use crate::model::{Operation, Style, Token};

/// Method and path, what it does, whether it is repeated, how it pages, and which credential it takes.
pub fn route(operation: &Operation) -> String {
    let repeated = match operation.is_repeatable() {
        true => "[repeated](rt::Route::is_repeatable) where that helps",
        false => "[sent once](rt::Route::is_repeatable)",
    };
    let guess = if operation.guessed { " (a guess of the import)" } else { "" };
    let mut text = format!("`{} {}`, {}{guess}, {repeated}", operation.method, operation.path, operation.effect);
    if let Some(pagination) = &operation.pagination {
        text += match &pagination.style {
            Style::Offset(_) => ", pages by offset",
            Style::Page(_) => ", pages by number",
            Style::Token(_) => ", pages by continuation token",
            Style::Cursor(_) => ", pages by the last item",
        };
    }
    if !operation.authenticated {
        text += ", without the credential";
    }
    match operation.token {
        Some(Token::Location) => text += ", with the token of a location",
        Some(Token::Agency) => text += ", with the token of an agency",
        Some(Token::Any) | None => {}
    }
    text + "."
}

/// How well the vendor documents it, and where.
pub fn evidence(operation: &Operation) -> String {
    let (level, note) = &operation.evidence;
    let level = match level.as_str() {
        "recorded" => "Live responses were recorded",
        "full" => "Documented in full",
        "partial" => "Documented in part",
        "official" => "From the vendor's file, not reviewed",
        _ => "Seen in third-party clients only",
    };
    let page = if operation.docs.is_empty() { format!("{level}.") } else { format!("{level}: <{}>.", operation.docs) };
    match note {
        Some(note) => format!("{page} {}.", note.trim_end_matches('.')),
        None => page,
    }
}

/// Said once for all operations of an edition, which has its platform's crate.
pub fn edition(platform: &str) -> String {
    format!(
        "# Edition\nWhat does not differ is the platform's, from [`{platform}`]: its docs name the platform's page. The edition's own page, evidence \
         and constant headers are in [`routes`](super::routes), and the client sends what they say. A group also has what the platform documents \
         and the edition does not; such an operation is not among [`routes::ALL`](super::routes::ALL)."
    )
}

/// Said once for all operations of a crate.
pub const OPERATIONS: &str = "Operations in their groups. A call is sent when it is awaited, and not before.\n\n\
    Each says what it does, and whether it is repeated. What only reads, PUT, DELETE, and what is known to do no more when repeated is \
    repeated on connection failures, timeouts, 408, 429 and 5xx. Everything else is sent once: again only where the vendor cannot have \
    acted, which is when no part of the body left, or after 429.\n\n\
    Awaited, a call is the decoded body; with `.response()` before the `.await` it is the body with status and headers. Lists have `items()` and \
    `pages()`, which read page after page; awaited they are one page.\n\n\
    # Evidence\nEach operation names the page of the vendor that it is from. What other sources its note speaks of is in the vendor's folder of \
    <https://github.com/reachout-rs/reachout/tree/main/specs>.\n\n\
    # Errors\n\
    Every call fails with [`Error`](reachout_runtime::Error). Its [`delivery()`](reachout_runtime::Error::delivery) says whether the request was delivered. What is out of \
    its documented limits is an error before anything is sent, and the error names all of it.";
