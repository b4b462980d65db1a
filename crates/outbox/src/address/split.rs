//! The addresses that are in one cell or line.

/// The parts of a tidy text, each of which must be an address. A name beside `<…>` is none of them.
pub(super) fn parts(text: &str) -> Vec<String> {
    let (bracketed, rest) = brackets(text);
    // Of a `tel:` URL, whose semicolon separates no addresses.
    let rest = rest.replace(";ext=", " ext. ");
    let named = !bracketed.is_empty();
    let mut parts: Vec<_> = bracketed.iter().map(|part| part.trim().to_owned()).collect();
    for chunk in rest.split([',', ';', '|', '\n']).map(str::trim).filter(|chunk| !chunk.is_empty()) {
        if is_spaced(chunk) {
            parts.extend(chunk.split_whitespace().map(str::to_owned));
        } else if chunk.matches('+').count() > 1 {
            parts.extend(numbers(chunk));
        } else if !named || holds_address(chunk) {
            parts.push(chunk.to_owned());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// What stands in angle brackets, and what does not.
fn brackets(text: &str) -> (Vec<&str>, String) {
    let (mut within, mut rest, mut left) = (Vec::new(), String::new(), text);
    while let Some((before, (inner, after))) = left.split_once('<').and_then(|(before, after)| Some((before, after.split_once('>')?))) {
        within.push(inner);
        rest.push_str(before);
        // What stands before and what stands after are two.
        rest.push('\n');
        left = after;
    }
    rest.push_str(left);
    (within, rest)
}

/// Whether its addresses are separated by spaces: neither an email address nor a URL has one.
fn is_spaced(chunk: &str) -> bool {
    chunk.contains("://") || chunk.matches('@').count() > 1 || chunk.split_whitespace().any(|word| word.contains('@'))
}

/// `+33 6 12 34 56 78 / +33 7 12 34 56 78`: each begins with its plus.
fn numbers(chunk: &str) -> impl Iterator<Item = String> {
    let mut starts: Vec<_> = chunk.match_indices('+').map(|(at, _)| at).collect();
    if let Some(first) = starts.first_mut() {
        *first = 0;
    }
    let ends: Vec<_> = starts.iter().skip(1).copied().chain([chunk.len()]).collect();
    let part = |(start, end)| chunk.get(start..end).unwrap_or_default().trim().trim_end_matches(['/', '&', '(', '-']).trim().to_owned();
    starts.into_iter().zip(ends).map(part).collect::<Vec<_>>().into_iter()
}

/// A name with it is no address; a number that somebody can be called at is one.
fn holds_address(chunk: &str) -> bool {
    chunk.contains(['@', '/']) || chunk.chars().filter(|sign| sign.is_numeric()).count() >= 6
}
