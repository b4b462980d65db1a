//! Whether a text has the form of a vendor's key.

use reachout_runtime::Vendor;

/// What the keys of a vendor begin with, by its id: the vendor's documents for Leonar and HighLevel, its examples for SendPilot.
const PREFIXES: [(&str, &str); 5] =
    [("highlevel", "pit-"), ("leonar", "leo_"), ("sendpilot", "sp_"), ("hoop-ai", "pit-"), ("leadway", "pit-")];
/// No key is shorter.
const SHORTEST: usize = 8;

/// Refuses what cannot be a key of the vendor, in a sentence that does not repeat it.
pub fn check(vendor: &Vendor, key: &str) -> Result<(), String> {
    let Vendor { id, name, credential_env, .. } = vendor;
    if key.starts_with(&format!("{credential_env}=")) || key.starts_with("export ") {
        return Err(format!("this sets a variable; give the key of {name} alone, without `{credential_env}=`"));
    }
    if key.to_ascii_lowercase().starts_with("bearer ") {
        return Err(format!("give the key of {name} alone, without `Bearer`"));
    }
    if key.starts_with(['"', '\'', '`']) {
        return Err(format!("give the key of {name} without quotes"));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("a key of {name} is one word of ASCII letters, digits and signs, without spaces and line breaks"));
    }
    if key.contains("://") {
        return Err(format!("this is a URL and not a key of {name}"));
    }
    let own = |vendor: &str| PREFIXES.iter().find(|(other, _)| *other == vendor).map_or("", |(_, prefix)| prefix);
    // Others' tokens have no prefix that is documented: an OAuth access token at HighLevel, for example.
    if *id == "leonar" && !key.starts_with(own(id)) {
        return Err(format!("a key of {name} begins with `{}`", own(id)));
    }
    if let Some((other, prefix)) = PREFIXES.iter().find(|(_, prefix)| key.starts_with(prefix) && *prefix != own(id)) {
        return Err(format!("this begins with `{prefix}`, as keys for `reachout auth login {other}` do; it is not one of {name}"));
    }
    if key.len() < SHORTEST {
        return Err(format!("this is too short for a key of {name}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use reachout_messenger::Vendor;

    use super::check;

    #[test]
    fn only_what_may_be_a_key_is_taken() {
        let cases = [
            (Vendor::Leonar, "leo_0123456789abcdef", None),
            (Vendor::SendPilot, "sp_live_0123", None),
            (Vendor::SendPilot, "0123456789abcdef", None),
            (Vendor::HoopAi, "pit-0123-4567", None),
            (Vendor::Leadway, "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", None),
            (Vendor::Leonar, "sk_0123456789abcdef", Some("begins with `leo_`")),
            (Vendor::Leonar, "leo_", Some("too short")),
            (Vendor::Leonar, "Bearer leo_0123456789abcdef", Some("without `Bearer`")),
            (Vendor::Leonar, "LEONAR_API_KEY=leo_0123456789abcdef", Some("without `LEONAR_API_KEY=`")),
            (Vendor::Leonar, "'leo_0123456789abcdef'", Some("without quotes")),
            (Vendor::Leonar, "leo_0123\n456789abcdef", Some("line breaks")),
            (Vendor::Leonar, "leo_0123456789abcdéf", Some("ASCII")),
            (Vendor::HoopAi, "leo_0123456789abcdef", Some("reachout auth login leonar")),
            (Vendor::SendPilot, "pit-0123-4567", Some("not one of SendPilot")),
            (Vendor::Leadway, "https://app.example.com", Some("a URL")),
        ];
        for (vendor, key, problem) in cases {
            let refused = check(vendor.api().unwrap().vendor, key).err();
            assert_eq!(refused.is_some(), problem.is_some(), "{key}: {refused:?}");
            assert!(refused.is_none_or(|refused| refused.contains(problem.unwrap_or_default()) && !refused.contains(key)), "{key}");
        }
    }
}
