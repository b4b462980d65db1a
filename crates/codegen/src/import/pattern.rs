//! A text that matches a regular expression.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A short text that matches, where the pattern is one that says what may stand: repetitions are taken `more` times beyond the least.
pub fn matching(pattern: &str, more: u32) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, more, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, more: u32, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(one_of(class)?),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            for _ in 0..repetition.min.saturating_add(more).min(most).min(1_000) {
                write(&repetition.sub, more, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, more, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, more, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, more, text)?,
    }
    Some(())
}

/// A letter or a digit of the class where it has one.
fn one_of(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let has = |char: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char));
    let usual = ['a', 'A', '1', '0', '-', '_', '.', ' '].into_iter().find(|char| has(*char));
    usual.or_else(|| class.ranges().first().map(regex_syntax::hir::ClassUnicodeRange::start))
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn what_is_made_matches() {
        for pattern in
            ["^th(-[a-z0-9]+)+$", "^[A-Z]{3}$", "^\\+?[1-9]\\d{1,14}$", "^(a|b)c*$", "^#[0-9a-fA-F]{6}$", "^sha256:[0-9a-f]{64}$", "x"]
        {
            let made = matching(pattern, 0).unwrap();
            assert!(reachout_document::is_match(pattern, &made), "{pattern}: {made}");
        }
        assert_eq!(matching("(", 0), None);
    }
}
