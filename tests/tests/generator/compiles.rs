//! What the lint accepts compiles, whatever its names and shapes.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use reachout_codegen::{Mode, regen};

use crate::{
    odd_specs::{self, Expected},
    published,
};

#[test]
fn every_odd_spec_that_is_accepted_generates_and_compiles() {
    let root = tempfile::tempdir().unwrap();
    let accepted: Vec<_> = odd_specs::all().filter(|odd| matches!(odd.expected, Expected::Accepted)).collect();
    assert!(accepted.len() > 190, "only {} odd specs are accepted", accepted.len());
    for (index, odd) in accepted.iter().enumerate() {
        let folder = root.path().join(format!("specs/odd{index}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("openapi.yaml"), &odd.spec).unwrap();
    }
    let imported = published::import_all(root.path());
    let documents = published::documents::import_all(root.path());
    regen(root.path(), Mode::Write).unwrap_or_else(|error| panic!("{error}"));

    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut library = "#![allow(dead_code, deprecated, unused_imports)]\npub const OPENAPI: &[u8] = b\"{}\";\n".to_owned();
    for (index, odd) in accepted.iter().enumerate() {
        writeln!(library, "/// {}\n#[path = \"crates/odd{index}/src/generated/mod.rs\"]\nmod odd{index};", odd.name.replace('\n', " "))
            .unwrap();
    }
    for (index, (case, _)) in imported.iter().enumerate() {
        writeln!(library, "/// {}\n#[path = \"crates/case{index}/src/generated/mod.rs\"]\nmod case{index};", case.name).unwrap();
    }
    // What was imported of whole documents is compiled with the program that reads and writes its values.
    let mut program = "#![allow(dead_code, unused_imports)]\npub const OPENAPI: &[u8] = b\"{}\";\n".to_owned();
    for vendor in &documents {
        let module = vendor.replace('-', "_");
        writeln!(program, "#[path = \"../crates/{vendor}/src/generated/mod.rs\"]\nmod {module};").unwrap();
    }
    program += include_str!("published/values.rs.in");
    fs::create_dir_all(root.path().join("tests")).unwrap();
    fs::write(root.path().join("tests/values.rs"), program).unwrap();
    fs::write(root.path().join("lib.rs"), library).unwrap();
    let runtime = workspace.join("crates/runtime");
    let manifest = format!(
        "[package]\nname = \"odd\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[features]\nschemars = []\ntest-util = []\n\n\
         [dependencies]\nreachout-runtime = {{ path = {:?} }}\n\n[dev-dependencies]\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\n[workspace]\n",
        runtime.display().to_string()
    );
    fs::write(root.path().join("Cargo.toml"), manifest).unwrap();
    fs::copy(workspace.join("Cargo.lock"), root.path().join("Cargo.lock")).unwrap();
    for arguments in [&["check", "--lib"][..], &["test", "--test", "values"]] {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--quiet", "--target-dir"])
            .arg(workspace.join("target/odd-specs"))
            .current_dir(root.path())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    }
}
