//! The guide is a book that builds, and its pages show what their programs print.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mdbook_driver::MDBook;
use reachout_sandbox::{Sandbox, Vendor};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The first block of plain text on a page.
fn shown(page: &str) -> String {
    let page = fs::read_to_string(root().join("pages").join(page).with_extension("md")).unwrap();
    page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap().to_owned()
}

fn printed(sandbox: &Sandbox, program: &str, folder: &Path, more: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guide"));
    command.arg(program).current_dir(folder);
    for (prefix, credential, vendor) in [("LEONAR", "LEONAR_API_KEY", Vendor::Leonar), ("HOOP_AI", "HOOP_AI_TOKEN", Vendor::HoopAi)] {
        command.env(format!("{prefix}_BASE_URL"), sandbox.base_url(vendor)).env(credential, sandbox.api_key(vendor));
    }
    let output = command.envs(more.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_what_their_programs_print() {
    for program in ["start", "send", "people", "outbox", "errors"] {
        let sandbox = Sandbox::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(printed(&sandbox, program, folder.path(), &[]), shown(program), "docs/guide/pages/{program}.md");
    }
}

#[test]
fn the_book_builds_and_its_links_lead_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(root()).unwrap();
    book.config.build.build_dir = folder.path().join("book");
    book.build().unwrap();
    for page in fs::read_dir(root().join("pages")).unwrap() {
        let page = page.unwrap().path();
        if page.file_stem().is_some_and(|name| name == "SUMMARY") {
            continue;
        }
        let html = fs::read_to_string(folder.path().join("book").join(page.file_name().unwrap()).with_extension("html")).unwrap();
        assert!(!html.contains("{{#"), "{}: an include that was not found", page.display());
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|target| !target.contains("://")) {
            let file = target.split('#').next().unwrap();
            assert!(root().join("pages").join(file).is_file(), "{}: nothing is at {target}", page.display());
        }
    }
}
