//! Regions of files that people write: a list of vendors between two marked lines.

use std::{collections::BTreeMap, io::ErrorKind, path::Path};

use crate::{
    diagnostic::{Diagnostic, Error, Origin},
    emit::Region,
    files::Output,
};

/// The files with their regions filled. One that does not exist is left out.
pub fn fill(root: &Path, regions: &[Region]) -> Result<Vec<Output>, Error> {
    let mut files: BTreeMap<&Path, String> = BTreeMap::new();
    for region in regions {
        if !files.contains_key(region.path.as_path()) {
            match std::fs::read_to_string(root.join(&region.path)) {
                Ok(text) => files.insert(&region.path, text),
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io(&region.path)(error)),
            };
        }
        if let Some(text) = files.get_mut(region.path.as_path()) {
            *text = replaced(text, region)?;
        }
    }
    Ok(files.into_iter().map(|(path, content)| Output { path: path.to_owned(), content: content.into_bytes() }).collect())
}

fn replaced(text: &str, region: &Region) -> Result<String, Error> {
    let missing = |mark: &str| {
        Error::Spec(vec![Diagnostic::new(
            Origin { file: region.path.clone(), line: text.lines().count().max(1), pointer: String::new() },
            format!("no line has `{mark}`"),
            format!("put the list between a comment `@generated vendors {0}` and a comment `@end {0}`", region.name),
        )])
    };
    let (begin, end) = (format!("@generated vendors {}", region.name), format!("@end {}", region.name));
    // Of a line, from its first column to the line break. Of a conflict that has a mark twice, all of it is the region.
    let start = |at: usize| text[..at].rfind('\n').map_or(0, |line| line + 1);
    let stop = |at: usize| text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
    let first = start(text.find(&begin).ok_or_else(|| missing(&begin))?);
    let last = start(text.rfind(&end).ok_or_else(|| missing(&end))?);
    let content = stop(first);
    if last < content {
        return Err(missing(&end));
    }
    let (mut before, mut after) = (&text[..first], &text[stop(last)..]);
    let (begin, end) = (&text[first..content], &text[last..stop(last)]);
    // The marks of a conflict around the region belong to it.
    if let Some(line) = before.lines().next_back().filter(|line| is_conflict(line)) {
        before = &before[..before.trim_end_matches('\n').len() - line.len()];
    }
    if let Some(line) = after.lines().next().filter(|line| is_conflict(line)) {
        after = &after[line.len() + usize::from(after.len() > line.len())..];
    }
    // A file of Windows keeps its line breaks.
    let content = if begin.ends_with("\r\n") { region.content.replace('\n', "\r\n") } else { region.content.clone() };
    Ok(format!("{before}{begin}{content}{end}{after}"))
}

/// A line that git writes into a file that it could not merge.
fn is_conflict(line: &str) -> bool {
    ["<<<<<<< ", "||||||| ", "=======", ">>>>>>> "].iter().any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::replaced;
    use crate::emit::Region;

    #[test]
    fn a_conflict_in_a_region_is_mended() {
        let region = Region { path: "Cargo.toml".into(), name: "clients", content: "a = 1\n".to_owned() };
        let whole = "[x]\n# @generated vendors clients\na = 1\n# @end clients\n[y]\n";
        for text in [
            "[x]\n# @generated vendors clients\n<<<<<<< HEAD\na = 1\n=======\nb = 1\n>>>>>>> w/b\n# @end clients\n[y]\n",
            "[x]\n<<<<<<< HEAD\n# @generated vendors clients\na = 1\n# @end clients\n=======\n# @generated vendors clients\nb = 1\n# @end clients\n>>>>>>> w/b\n[y]\n",
            "[x]\n# @generated vendors clients\n<<<<<<< HEAD\na = 1\n# @end clients\n=======\nb = 1\n# @end clients\n>>>>>>> w/b\n[y]\n",
            whole,
        ] {
            assert_eq!(replaced(text, &region).unwrap(), whole, "{text}");
        }
    }
}
