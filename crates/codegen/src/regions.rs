//! Regions of files that people write: a list of vendors between two marked lines.

use std::{collections::BTreeMap, io::ErrorKind, path::Path};

use crate::{
    diagnostic::{Diagnostic, Error, Origin},
    emit::Region,
    outputs::Output,
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
    Ok(files.into_iter().map(|(path, content)| Output { path: path.to_owned(), content }).collect())
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
    // Of a line, from its first column to the line break.
    let line_of = |mark: &str| text.find(mark).map(|at| text[..at].rfind('\n').map_or(0, |line| line + 1)).ok_or_else(|| missing(mark));
    let first = line_of(&begin)?;
    let content = text[first..].find('\n').map_or(text.len(), |length| first + length + 1);
    let last = line_of(&end)?;
    if last < content {
        return Err(missing(&end));
    }
    Ok(format!("{}{}{}", &text[..content], region.content, &text[last..]))
}
