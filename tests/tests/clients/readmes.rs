//! What the clients' READMEs say by hand, against what the clients know.

use std::fs;
use std::path::Path;

use reachout_runtime::{Method, RateLimit, Vendor};

const VENDORS: [&Vendor; 5] = [&highlevel::VENDOR, &leonar::VENDOR, &sendpilot::VENDOR, &hoop_ai::VENDOR, &leadway::VENDOR];

fn readme(id: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../crates/{id}/README.md"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn each_readme_states_the_rate_limit_that_the_client_keeps() {
    for vendor in VENDORS {
        let readme = readme(vendor.id);
        let section = readme.split("## Rate limit\n").nth(1).unwrap_or_else(|| panic!("{} has no section on its rate limit", vendor.id));
        let section = section.split("\n## ").next().unwrap();
        let stated = match vendor.rate_limit {
            Some(RateLimit { requests, per }) => {
                let period = if per.as_secs() == 3600 { "one hour".to_owned() } else { format!("{} seconds", per.as_secs()) };
                format!("{} documents {requests} requests in {period}", vendor.name)
            }
            None => format!("{} documents no rate limit", vendor.name),
        };
        assert!(section.trim_start().starts_with(&stated), "{} should begin with {stated:?}: {section}", vendor.id);
    }
}

/// The operations that a README names for a look after an `Unknown` exist.
#[test]
fn each_readme_tells_where_to_look_after_an_error() {
    for vendor in VENDORS {
        let readme = readme(vendor.id);
        let section = readme.split("## After an error\n").nth(1).unwrap_or_else(|| panic!("{} does not tell what to do", vendor.id));
        let named: Vec<_> = section.split("`client.").skip(1).filter_map(|rest| rest.split_once("().")).collect();
        let looks: Vec<_> = named.iter().filter_map(|(group, rest)| Some((*group, rest.split_once('(')?.0))).collect();
        assert!(!looks.is_empty(), "{}: {section}", vendor.id);
        for (group, name) in looks {
            let route = vendor.routes.iter().find(|route| route.group == group && route.name == name);
            assert!(route.is_some_and(|route| route.method == Method::GET || name == "search"), "{group}.{name}");
        }
    }
}
