//! Programs on the search path.

use std::path::PathBuf;

use crate::left_out;

/// The program of this name, where it is installed.
pub fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|program| program.is_file())
}

/// The programs of these names; where one is missing, the running test is recorded as left out.
pub fn installed_or_left_out<const N: usize>(names: [&str; N]) -> Option<[PathBuf; N]> {
    let missing: Vec<&str> = names.into_iter().filter(|name| installed(name).is_none()).collect();
    if !missing.is_empty() {
        left_out(&format!("{} not installed", missing.join(" and ")));
        return None;
    }
    let found: Vec<PathBuf> = names.into_iter().filter_map(installed).collect();
    found.try_into().ok()
}
