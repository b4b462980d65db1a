//! `reachout auth`: which credentials there are.

use clap::Subcommand;
use reachout::Vendor;
use serde::Serialize;

use super::{failure::Failure, output::Output};

/// Show which credentials are found
#[derive(Subcommand)]
pub enum Auth {
    /// List the credentials in the environment, masked
    Status,
}

#[derive(Serialize)]
struct Row {
    vendor: Vendor,
    variable: &'static str,
    found: bool,
    credential: String,
    base_url: String,
}

pub fn status(output: &mut Output) -> Result<(), Failure> {
    let clients = Vendor::ALL.into_iter().filter_map(|vendor| Some((vendor, vendor.api()?.vendor)));
    let rows = clients.map(|(vendor, client)| {
        let credential = std::env::var(client.credential_env).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let base_url = std::env::var(format!("{}_BASE_URL", client.env)).ok().filter(|value| !value.trim().is_empty());
        Row {
            vendor,
            variable: client.credential_env,
            found: credential.is_some(),
            credential: credential.map_or_else(|| "not set".to_owned(), |credential| mask(&credential)),
            base_url: base_url.unwrap_or_else(|| client.base_url.to_owned()),
        }
    });
    output.rows(&["vendor", "variable", "credential", "base_url"], &rows.collect::<Vec<_>>())
}

/// At most the last four characters, and none of a credential that is so short that they would be much of it.
fn mask(credential: &str) -> String {
    const SHOWN: usize = 4;
    const SHORT: usize = 12;
    let length = credential.chars().count();
    if length < SHORT {
        return "********".to_owned();
    }
    let last: String = credential.chars().skip(length - SHOWN).collect();
    format!("********{last}")
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn shows_four_characters_at_most() {
        let cases = [
            ("leo_1234567890abcdef", "********cdef"),
            ("leo_12345678", "********5678"),
            ("leo_1234567", "********"),
            ("a", "********"),
            ("", "********"),
        ];
        for (credential, masked) in cases {
            assert_eq!(mask(credential), masked, "{credential}");
        }
    }
}
