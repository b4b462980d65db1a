//! Settings by profile: `config.toml` in the user's configuration folder.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use reachout_messenger::Vendor;
use serde::Deserialize;

use super::{
    arguments::{profile_name, with_nearest},
    failure::Failure,
    output::Format,
};

/// The profile where none is named.
const DEFAULT: &str = "default";

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The profile where none is named.
    profile: Option<String>,
    output: Option<Format>,
    /// `false`: credentials are kept in files.
    keyring: Option<bool>,
    consent: Option<Consent>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    output: Option<Format>,
    consent: Option<Consent>,
    #[serde(default)]
    vendors: BTreeMap<String, VendorSettings>,
}

/// Whether a person is asked before somebody is written to.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Consent {
    Ask,
}

/// What a profile says of a vendor. Secrets are not among it: `reachout auth login` keeps them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorSettings {
    pub base_url: Option<String>,
    /// For the login through the browser.
    pub client_id: Option<String>,
    pub authorize_url: Option<String>,
    pub redirect_uri: Option<String>,
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// The settings that are in force.
#[derive(Debug)]
pub struct Settings {
    profile: String,
    /// It was named by a flag, and comes before the environment.
    chosen: bool,
    file: File,
    data: Option<PathBuf>,
}

impl Settings {
    /// Reads the file, if there is one. The profile: by flag, `REACHOUT_PROFILE`, or the file's own choice.
    pub fn load(flag: Option<&str>) -> Result<Self, Failure> {
        // Without a home there are neither settings nor logins.
        let folders = etcetera::choose_base_strategy().ok();
        let path = folders.as_ref().map(|folders| folders.config_dir().join("reachout").join("config.toml"));
        let data = folders.as_ref().map(|folders| folders.data_dir().join("reachout"));
        let file = path.as_deref().map_or_else(|| Ok(File::default()), read)?;
        let named = std::env::var("REACHOUT_PROFILE").ok().filter(|name| !name.trim().is_empty());
        let is_named = named.is_some();
        let profile = flag.map(str::to_owned).or(named).or_else(|| file.profile.clone()).unwrap_or_else(|| DEFAULT.to_owned());
        let place = match (flag.is_some(), is_named) {
            (true, _) => "--profile",
            (false, true) => "REACHOUT_PROFILE",
            (false, false) => "`profile` of config.toml",
        };
        let profile = profile_name(&profile).map_err(|why| Failure::usage(format!("{place}: {why}")))?;
        Ok(Self { profile, chosen: flag.is_some(), file, data })
    }

    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// Whether the profile comes before the environment.
    pub fn is_chosen(&self) -> bool {
        self.chosen
    }

    /// Whether the system's keyring may be asked.
    pub fn uses_keyring(&self) -> bool {
        let off = std::env::var("REACHOUT_KEYRING").is_ok_and(|value| value.eq_ignore_ascii_case("off"));
        !off && self.file.keyring.unwrap_or(true)
    }

    pub fn output(&self) -> Option<Format> {
        self.file.profiles.get(&self.profile).and_then(|profile| profile.output).or(self.file.output)
    }

    /// Whether the profile, or the file for all of them, asks for consent.
    pub fn asks_for_consent(&self) -> bool {
        self.file.profiles.get(&self.profile).and_then(|profile| profile.consent).or(self.file.consent).is_some()
    }

    pub fn vendor(&self, id: &str) -> VendorSettings {
        self.file.profiles.get(&self.profile).and_then(|profile| profile.vendors.get(id)).cloned().unwrap_or_default()
    }

    /// Where a vendor's API is, and who says so: by flag, environment, profile, or the vendor's document.
    pub fn base_url(&self, vendor: &reachout_runtime::Vendor, flag: Option<&str>) -> Result<(String, String), Failure> {
        if let Some(url) = flag {
            return Ok((url.to_owned(), "--base-url".to_owned()));
        }
        let variable = format!("{}_BASE_URL", vendor.env);
        let environment = variable_value(&variable)?.map(|url| (url, format!("environment: {variable}")));
        let profile = self.vendor(vendor.id).base_url.map(|url| (url, format!("profile: {}", self.profile)));
        let found = if self.chosen { profile.or(environment) } else { environment.or(profile) };
        Ok(found.unwrap_or_else(|| (vendor.base_url.to_owned(), "vendor".to_owned())))
    }

    /// Where files with credentials are kept.
    pub fn data(&self) -> Option<&Path> {
        self.data.as_deref()
    }
}

fn read(path: &Path) -> Result<File, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(File::default()),
        Err(error) => return Err(Failure::usage(format!("{} cannot be read: {error}", path.display()))),
    };
    let file: File = toml::from_str(&text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let place = line.map(|line| format!(" line {line}")).unwrap_or_default();
        Failure::usage(format!("{}{place}: {}", path.display(), error.message()))
    })?;
    let known = || Vendor::ALL.map(Vendor::id);
    for (profile, settings) in &file.profiles {
        if let Some(vendor) = settings.vendors.keys().find(|vendor| !known().contains(&vendor.as_str())) {
            let sentence = format!("{}: profiles.{profile}.vendors.{vendor}: no vendor is called so", path.display());
            return Err(Failure::usage(with_nearest(sentence, vendor, known())));
        }
    }
    Ok(file)
}

/// A variable's content without surrounding white space, which shells and secret stores like to add.
pub fn variable_value(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Err(Failure::usage(format!("the environment variable {name} is empty"))),
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        // The value is not repeated: it may be a credential.
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(format!("the environment variable {name} is not Unicode"))),
    }
}
