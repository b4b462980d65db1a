//! The public interface of each client: what a pull request changes for users is what changes here.

use std::path::Path;

#[test]
fn the_clients_are_as_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (name, outline) in reachout_codegen::outlines(&root).unwrap() {
        insta::assert_snapshot!(name, outline);
    }
}
