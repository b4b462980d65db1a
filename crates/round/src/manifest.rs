//! The documents of a round: where each is published, and its hash.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// `tests/round/manifest.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    repository: Vec<Repository>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repository {
    /// `owner/name` on GitHub.
    name: String,
    commit: String,
    /// Paths of documents, each with the SHA-256 of its bytes.
    documents: BTreeMap<String, String>,
    /// Files that the documents refer to.
    #[serde(default)]
    support: BTreeMap<String, String>,
}

/// One document.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Short name of its folder and module, by its place in the manifest: `d017`.
    pub id: String,
    /// `owner/name`.
    pub repository: String,
    /// Within the repository.
    pub path: String,
}

/// A file that a round needs.
#[derive(Debug)]
pub struct File<'a> {
    repository: &'a Repository,
    path: &'a str,
    sha256: &'a str,
}

impl Manifest {
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        toml::from_str(&text).with_context(|| file.display().to_string())
    }

    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        let documents = self.repository.iter().flat_map(|repository| repository.documents.keys().map(move |path| (&repository.name, path)));
        documents.enumerate().map(|(index, (repository, path))| Entry {
            id: format!("d{index:03}"),
            repository: repository.clone(),
            path: path.clone(),
        })
    }

    pub fn files(&self) -> impl Iterator<Item = File<'_>> {
        self.repository.iter().flat_map(|repository| {
            repository.documents.iter().chain(&repository.support).map(move |(path, sha256)| File { repository, path, sha256 })
        })
    }
}

impl Entry {
    /// Repository and path.
    pub fn name(&self) -> String {
        format!("{} {}", self.repository, self.path)
    }

    pub fn file(&self, folder: &Path) -> PathBuf {
        folder.join(&self.repository).join(&self.path)
    }
}

impl File<'_> {
    /// The command that fetches the file where it is missing or another one.
    pub fn problem(&self, folder: &Path) -> Option<String> {
        let file = folder.join(&self.repository.name).join(self.path);
        let sha256 = fs::read(&file).map(|content| Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        if sha256.is_ok_and(|sha256| sha256 == self.sha256) {
            return None;
        }
        let url = format!(
            "https://raw.githubusercontent.com/{}/{}/{}",
            self.repository.name,
            self.repository.commit,
            self.path.replace(' ', "%20")
        );
        Some(format!("curl --fail --silent --create-dirs --output '{}' '{url}'", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_missing_or_changed_is_fetched_by_a_command() {
        let manifest: Manifest = toml::from_str(
            "[[repository]]\nname = \"acme/specs\"\ncommit = \"c0ffee\"\n[repository.documents]\n\"a b.json\" = \
             \"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"\n",
        )
        .unwrap();
        let folder = std::env::temp_dir().join(format!("reachout-round-{}", std::process::id()));
        let problem = |content: Option<&str>| {
            let file = folder.join("acme/specs/a b.json");
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            if let Some(content) = content {
                fs::write(&file, content).unwrap();
            }
            manifest.files().next().unwrap().problem(&folder)
        };
        assert!(problem(None).unwrap().ends_with("'https://raw.githubusercontent.com/acme/specs/c0ffee/a%20b.json'"));
        assert!(problem(Some("[]")).is_some());
        assert_eq!(problem(Some("{}")), None);
        fs::remove_dir_all(&folder).unwrap();
    }
}
