//! `reachout auth`: the credentials of a profile.

mod browser;
mod check;
mod form;
mod login;
pub mod source;
mod vault;

use std::io::IsTerminal as _;

use clap::{Args, Subcommand};
use reachout_messenger::{Api, Delivery, Vendor};
use reachout_runtime::CredentialProvider as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use self::{
    source::{Login, Source, name, oauth, store},
    vault::Vault,
};
use super::{
    arguments::{Choice, input},
    call::{Access, api},
    failure::Failure,
    output::Output,
    profile::Settings,
};

/// Log in and out, and show which credentials are used
///
/// A credential comes from the environment, or else from the login of a profile. A profile that --profile names comes first.
#[derive(Subcommand)]
pub enum Auth {
    Login(Box<login::Arguments>),
    /// Forget the login of a vendor in this profile
    Logout {
        #[command(flatten)]
        of: VendorArgument,
    },
    /// Show where each credential comes from, masked
    Status {
        /// Ask each vendor whether it takes the credential, by an operation that only reads
        #[arg(long)]
        check: bool,
    },
    /// Print the credential of a vendor, for other programs; an access token is renewed first where it has ended
    Token {
        #[command(flatten)]
        of: VendorArgument,
    },
}

#[derive(Args)]
pub struct VendorArgument {
    /// Which vendor
    #[arg(value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    vendor: Vendor,
}

impl Auth {
    pub async fn run(self, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        if access.exchange.is_preview() {
            return Err(Failure::usage("`reachout auth` has no request to show"));
        }
        match self {
            Self::Login(arguments) => arguments.run(access, output).await,
            Self::Logout { of } => logout(api(of.vendor)?.vendor, access.settings, output).await,
            Self::Status { check } => status(check, access, output).await,
            Self::Token { of } => token(api(of.vendor)?, access).await,
        }
    }
}

async fn logout(vendor: &reachout_runtime::Vendor, settings: &Settings, output: &mut Output) -> Result<(), Failure> {
    let (vault, name) = (Vault::new(settings), name(settings, vendor));
    let Some((_, place)) = vault.get(&name).await? else {
        return Err(Failure::usage(format!("there is no login of {} in the profile `{}`", vendor.name, settings.profile())));
    };
    store(&place, settings)?.remove(&name).await.map_err(|error| Failure::Usage(error.into()))?;
    vault.remove(&name).await?;
    output.object(&serde_json::json!({ "vendor": vendor.id, "profile": settings.profile(), "removed_from": place.to_string() }))
}

async fn token(api: Api, access: &Access<'_>) -> Result<(), Failure> {
    let (vendor, settings) = (api.vendor, access.settings);
    let secret = match Source::of(vendor, settings).await? {
        Source::Login { login: login @ Login::Oauth { .. }, place } => {
            let (base_url, _) = access.base_url(api)?;
            let kept = store(&place, settings)?.load(&name(settings, vendor)).await.map_err(|error| Failure::Usage(error.into()))?;
            let token = oauth(&login, &place, vendor, &base_url, settings)?.credential().await?;
            if kept.is_none_or(|kept| kept.access_token.expose_secret() != token.expose_secret()) {
                // The vendor renewed it, whatever becomes of the output.
                access.calls.record(Delivery::Accepted);
            }
            token
        }
        source => match source.credential(vendor, "", settings)? {
            source::Credential::Fixed(secret) => secret,
            source::Credential::Renewed(provider) => provider.credential().await?,
        },
    };
    super::output::line(secret.expose_secret())
}

#[derive(Serialize)]
struct Row {
    vendor: Vendor,
    source: String,
    credential: String,
    variable: &'static str,
    found: bool,
    base_url: String,
    base_url_source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<String>,
}

async fn status(check: bool, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
    let settings = access.settings;
    let (mut rows, mut worst) = (Vec::new(), Ok(()));
    for (vendor, api) in Vendor::ALL.into_iter().filter_map(|vendor| Some((vendor, vendor.api()?))) {
        let client = api.vendor;
        let source = Source::of(client, settings).await;
        let (base_url, base_url_source) = access.base_url(api)?;
        let (credential, expires_at) = match &source {
            Err(_) => ("unreadable".to_owned(), None),
            Ok(Source::Environment { secret }) => (mask(secret.expose_secret()), None),
            Ok(Source::Login { login: Login::Key { key }, .. }) => (mask(key), None),
            Ok(Source::Login { place, .. }) => {
                let tokens = store(place, settings)?.load(&name(settings, client)).await.map_err(|error| Failure::Usage(error.into()))?;
                let shown = tokens.as_ref().map_or_else(|| "not set".to_owned(), |tokens| mask(tokens.access_token.expose_secret()));
                (shown, tokens.and_then(|tokens| tokens.expires_at).map(|time| time.to_rfc3339()))
            }
            Ok(Source::None) => ("not set".to_owned(), None),
        };
        let found = source.as_ref().is_ok_and(|source| !matches!(source, Source::None));
        let mut row = Row {
            vendor,
            source: source.as_ref().map_or_else(ToString::to_string, |source| source.describe(client, settings)),
            credential,
            variable: client.credential_env,
            found,
            base_url,
            base_url_source,
            expires_at,
            check: None,
        };
        if check && found {
            let (said, result) = check::credential(api, None, access).await;
            row.check = Some(said);
            worst = worst.and(result);
        }
        worst = worst.and(source.map(drop));
        rows.push(row);
    }
    let columns: &[&str] = match check {
        true => &["vendor", "source", "credential", "check"],
        false => &["vendor", "source", "credential", "base_url"],
    };
    output.rows(columns, &rows)?;
    worst
}

/// A secret that is typed where nobody sees it, or comes from another program. Arguments of programs are seen by others.
async fn ask(prompt: String) -> Result<SecretString, Failure> {
    let read = move || {
        if std::io::stdin().is_terminal() {
            rpassword::prompt_password(prompt).map_err(|error| Failure::usage(format!("nothing can be asked: {error}")))
        } else {
            input::text("-".as_ref())
        }
    };
    let text = tokio::task::spawn_blocking(read).await.map_err(Failure::unsent)??;
    match text.trim() {
        "" => Err(Failure::usage("nothing was given")),
        text => Ok(text.into()),
    }
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
