use std::collections::BTreeSet;
use std::path::Path;

use crate::{members, read, root, text};

/// What the pictures call the crates: without the prefix, and the clients as one.
fn drawn(name: &str) -> String {
    match root().join("specs").join(name).join("openapi.yaml").is_file() {
        true => "clients".to_owned(),
        false => name.trim_start_matches("reachout-").to_owned(),
    }
}

/// The arrows of the picture that stand for dependencies are those of the manifests, no more and no fewer.
#[test]
fn the_picture_of_the_architecture_is_true() {
    let packages = members();
    let ours: BTreeSet<&str> = packages.iter().map(|package| text(package, "name")).collect();
    let mut depends = BTreeSet::new();
    for package in &packages {
        // Tests are what the crate of tests is for.
        let counts = |dependency: &serde_json::Value| dependency["kind"].is_null() || package["publish"].is_array();
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = text(dependency, "name");
            if counts(dependency) && ours.contains(name) {
                depends.insert((drawn(text(package, "name")), drawn(name)));
            }
        }
    }
    let picture = read("docs/architecture.md");
    let arrows: BTreeSet<_> = picture.lines().filter_map(arrow).collect();
    let missing: Vec<_> = depends.difference(&arrows).collect();
    let wrong: Vec<_> = arrows.difference(&depends).collect();
    assert!(missing.is_empty() && wrong.is_empty(), "docs/architecture.md lacks {missing:?} and has {wrong:?}");
}

/// `a --> b`, or `a -.->|feature| b`.
fn arrow(line: &str) -> Option<(String, String)> {
    let (from, to) = line.trim().split_once(" --> ").or_else(|| line.trim().split_once(" -.->|feature| "))?;
    Some((from.to_owned(), to.to_owned()))
}

/// Where a reader copies the command from, and where CI has it.
#[test]
fn every_page_names_the_tests_that_ci_runs() {
    const COMMAND: &str = "cargo test --workspace --no-fail-fast";
    for page in ["README.md", "CONTRIBUTING.md", "docs/changing-a-spec.md", "docs/guide/pages/adding-a-vendor.md"] {
        let text = read(page);
        assert!(text.contains(COMMAND), "{page} does not name `{COMMAND}`");
        let other = text.matches("cargo test --workspace").count() - text.matches(COMMAND).count();
        assert_eq!(other, 0, "{page} names `cargo test --workspace` without `--no-fail-fast`");
    }
}

/// Links between the pages lead somewhere: files, and headings in them.
#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut pages: Vec<String> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "specs/README.md"].map(str::to_owned).into();
    for folder in ["docs", "docs/guide/pages", "specs/leonar", "specs/sendpilot", "specs/highlevel"] {
        let files = std::fs::read_dir(root().join(folder)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        pages.extend(files.filter(|name| is_page(name)).map(|name| format!("{folder}/{name}")));
    }
    for page in pages {
        let folder = root().join(&page).parent().unwrap().to_owned();
        for link in read(&page).split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if link.contains("://") || link.contains(' ') || link.is_empty() {
                continue;
            }
            let (path, heading) = link.split_once('#').map_or((link, None), |(path, heading)| (path, Some(heading)));
            let target = if path.is_empty() { root().join(&page) } else { folder.join(path) };
            assert!(target.exists(), "{page}: {link} leads nowhere");
            if let Some(heading) = heading {
                let text = std::fs::read_to_string(&target).unwrap();
                assert!(
                    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == heading),
                    "{page}: no heading for {link}"
                );
            }
        }
    }
}

/// Files and folders that the pages name in passing.
#[test]
fn paths_in_the_pages_are_there() {
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/architecture.md",
        "docs/changing-a-spec.md",
        "docs/guide/pages/adding-a-vendor.md",
    ] {
        for path in read(page).split('`').skip(1).step_by(2) {
            let ours = ["crates/", "docs/", "specs/", "tests/"].iter().any(|folder| path.starts_with(folder));
            let stands_for_many = path.contains(['*', '<', ' ']) || path.contains("acme");
            assert!(!ours || stands_for_many || root().join(path).exists(), "{page}: {path} is not there");
        }
    }
}

/// The name that a heading has in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Sources that a spec names can be opened by whoever reads it.
#[test]
fn specs_name_no_source_that_is_not_here() {
    for folder in std::fs::read_dir(root().join("specs")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|line| !line.contains("://")) {
                for word in line.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '`' | '"' | ';' | ':' | '[' | ']')) {
                    let word = word.split('#').next().unwrap_or_default().trim_end_matches('.');
                    if is_page(word) {
                        assert!(folder.join(word).is_file(), "{}: {word} is not there: {line}", file.display());
                    }
                }
            }
        }
    }
}

fn is_page(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "md")
}
