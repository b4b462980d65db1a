//! Texts of others, made fit for one line of a log.

/// On one line and in reading order, so that a vendor cannot write lines of its own into a log or turn them around.
pub(crate) fn line(text: &str) -> String {
    let kept = text.chars().filter(|c| !is_invisible(*c));
    let line: String = kept.map(|c| if breaks_lines(c) { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// Like [`line`], but what must not be shown is spelled out: a caller looks for it in what he passed.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) || breaks_lines(c) { escaped.extend(c.escape_default()) } else { escaped.push(c) }
    }
    escaped
}

fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Characters without a shape that reorder what is shown (Unicode Standard Annex 9) or hide within it.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// What a reader does not see between two characters: the above, joiners, and all white space.
pub(super) fn is_gap(c: char) -> bool {
    is_invisible(c) || breaks_lines(c) || c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}')
}
