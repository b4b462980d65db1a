//! Texts without what cannot be seen.

use unicode_normalization::UnicodeNormalization as _;

/// The text in Unicode's form NFKC, without characters that cannot be seen, with one kind of space, hyphen and apostrophe, and no space at
/// its ends. Line breaks stay.
pub(super) fn tidy(text: &str) -> String {
    stable(text, |text| {
        let visible = text.chars().filter(|sign| !is_invisible(*sign)).map(plain);
        visible.nfkc().filter(|sign| !is_invisible(*sign)).collect::<String>().trim().to_owned()
    })
}

/// Small letters, and one form of the sigma, which is another letter at the end of a word.
pub(super) fn fold(text: &str) -> String {
    stable(text, |text| {
        tidy(&text.chars().flat_map(char::to_lowercase).map(|sign| if sign == 'ς' { 'σ' } else { sign }).collect::<String>())
    })
}

/// Without quotes or brackets around all of it, the apostrophe that spreadsheets begin a text with, and a separator at its end.
pub(super) fn unquoted(text: &str) -> &str {
    const PAIRS: [(char, char); 9] =
        [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('„', '“'), ('«', '»'), ('<', '>'), ('(', ')'), ('[', ']')];
    let mut text = text.trim();
    loop {
        let inner = text.trim_end_matches([',', ';', '.', ' ']).trim_start_matches([',', ';', ' ']);
        let inner = PAIRS.into_iter().fold(inner, |text, (open, close)| {
            let within = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
            within.filter(|within| !within.contains([open, close])).unwrap_or(text)
        });
        let inner = inner.strip_prefix('\'').unwrap_or(inner);
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

/// What stands after a prefix, in whatever capitals that is.
pub(super) fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| rest.trim())
}

/// Changes a text until it stays as it is: what is removed can bring two signs together that are one in NFKC.
fn stable(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut text = text.to_owned();
    for _ in 0..8 {
        let changed = change(&text);
        if changed == text {
            break;
        }
        text = changed;
    }
    text
}

/// One sign for all that look like it, and that programs put in its place.
fn plain(sign: char) -> char {
    match sign {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        sign if sign.is_whitespace() => ' ',
        sign => sign,
    }
}

/// Unicode's `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`), the marks of annotations, and the empty Braille pattern.
fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
