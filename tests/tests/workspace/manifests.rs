use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{cargo, metadata, published, read, text};

/// Features that need a newer Rust than their crate declares; its README says so.
const NEWER: [(&str, &str); 1] = [("reachout-oauth", "sqlx")];

#[test]
fn each_published_crate_has_what_crates_io_and_docs_rs_want() {
    let mut missing = Vec::new();
    for package in published() {
        let name = text(&package, "name");
        let mut want = |present: bool, what: &str| {
            if !present {
                missing.push(format!("{name}: {what}"));
            }
        };
        let folder = Path::new(text(&package, "manifest_path")).parent().unwrap().to_owned();
        let list = |key: &str| package[key].as_array().map_or(0, Vec::len);
        want(!text(&package, "description").is_empty(), "`description`");
        want(text(&package, "license") == "MIT OR Apache-2.0", "`license.workspace = true`");
        want(!text(&package, "repository").is_empty(), "`repository.workspace = true`");
        want((1..=5).contains(&list("keywords")), "`keywords`, at most five");
        want((1..=5).contains(&list("categories")), "`categories`, at most five");
        want(folder.join(text(&package, "readme")).is_file(), "`readme`");
        want(package["metadata"]["docs"]["rs"]["all-features"] == true, "`[package.metadata.docs.rs] all-features = true`");
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let same = std::fs::read_to_string(folder.join(licence)).is_ok_and(|text| text == read(licence));
            want(same, &format!("a link to the licence: `ln -s ../../{licence}` in its folder"));
        }
    }
    assert!(missing.is_empty(), "in the manifests is missing:\n{}", missing.join("\n"));
}

/// crates.io shows a README and docs.rs the crate's docs, and neither has the other files of the folder.
/// What the README of a crate says about depending on it.
fn by_git(name: &str) -> String {
    format!("{name} = {{ git = \"https://github.com/reachout-rs/reachout\"")
}

#[test]
fn readmes_say_how_to_depend_on_a_crate_that_is_not_on_crates_io() {
    let is_library = |package: &&serde_json::Value| {
        package["targets"].as_array().unwrap().iter().any(|target| target["kind"].as_array().unwrap().iter().any(|kind| kind == "lib"))
    };
    let packages = published();
    let libraries: Vec<_> = packages.iter().filter(is_library).collect();
    assert!(libraries.len() > 10, "{}", libraries.len());
    for package in libraries {
        let folder = std::path::Path::new(text(package, "manifest_path")).parent().unwrap().to_owned();
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(readme.contains(&by_git(text(package, "name"))), "{}", folder.display());
    }
    let template = read("crates/codegen/src/scaffold/templates/README.md.in");
    assert!(template.contains(&by_git("{vendor}")), "and so does that of a vendor which is new");
}

#[test]
fn images_of_published_readmes_have_a_whole_address() {
    for package in published() {
        let readme = Path::new(text(&package, "manifest_path")).with_file_name("README.md");
        let text = std::fs::read_to_string(&readme).unwrap();
        // A reference is defined at the end of the README.
        let referenced = |line: &str| {
            let mut names = line.split("][").skip(1).filter_map(|rest| rest.split_once(']'));
            line.contains("][") && names.all(|(name, _)| text.contains(&format!("[{name}]: https://")))
        };
        let whole = |line: &str| line.contains("](https://") || referenced(line);
        let is_relative = |line: &&str| line.contains("![") && !whole(line) || line.contains("src=\"") && !line.contains("src=\"https://");
        let relative: Vec<_> = text.lines().filter(is_relative).collect();
        assert!(relative.is_empty(), "{}: write https://raw.githubusercontent.com/… before the path: {relative:?}", readme.display());
    }
}

/// `cargo publish` leaves out development dependencies that have a path only, and refuses other dependencies that crates.io does not have.
#[test]
fn no_published_crate_needs_one_that_is_not() {
    let published = published();
    let names: Vec<&str> = published.iter().map(|package| text(package, "name")).collect();
    for package in &published {
        for dependency in package["dependencies"].as_array().unwrap() {
            let ours = dependency["path"].is_string();
            let left_out = dependency["kind"] == "dev" && dependency["req"] == "*";
            let name = text(dependency, "name");
            assert!(!ours || left_out || names.contains(&name), "{} depends on {name}, which is not published", text(package, "name"));
            assert!(!ours || left_out || dependency["req"] != "*", "{} depends on {name} without a version", text(package, "name"));
        }
    }
}

/// Cargo builds a crate with the Rust that it declares only if that is enough for all it depends on, whatever the features.
#[test]
#[ignore = "needs crates that no build fetches, so the registry: the step `rust` of `cargo xtask ci`"]
fn each_crate_declares_the_rust_that_its_dependencies_need() {
    let all = metadata(&["--filter-platform", &host()]);
    let needs: BTreeMap<String, &str> = all
        .iter()
        .map(|package| (format!("{} v{}", text(package, "name"), text(package, "version")), text(package, "rust_version")))
        .collect();
    for package in published() {
        let name = text(&package, "name");
        let left_out: Vec<&str> = NEWER.iter().filter(|(of, _)| *of == name).map(|(_, feature)| *feature).collect();
        let features: Vec<&str> = features(&package).filter(|feature| !left_out.contains(feature)).collect();
        let features = features.join(",");
        let tree = cargo(&["tree", "-p", name, "--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--features", &features]);
        let declared = text(&package, "rust_version");
        for line in tree.lines() {
            let dependency: Vec<&str> = line.split(' ').take(2).collect();
            let needed = needs.get(&dependency.join(" ")).copied().unwrap_or_default();
            assert!(version(needed) <= version(declared), "{name} declares Rust {declared}, and {} needs {needed}", dependency.join(" "));
        }
    }
}

/// The platform of this machine.
fn host() -> String {
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

fn features(package: &Value) -> impl Iterator<Item = &str> {
    package["features"].as_object().unwrap().keys().map(String::as_str)
}

fn version(text: &str) -> Vec<u32> {
    let mut version: Vec<u32> = text.split('.').filter_map(|part| part.parse().ok()).collect();
    version.resize(3, 0);
    version
}

#[test]
fn versions_compare_by_number() {
    assert!(version("1.9") < version("1.10") && version("1.94") == version("1.94.0") && version("") < version("1.0"));
}
