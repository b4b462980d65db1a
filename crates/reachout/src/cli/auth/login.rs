//! `reachout auth login`.

use clap::Args;
use reachout_messenger::{Api, Delivery, Vendor};
use reachout_oauth::App;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    VendorArgument, ask, browser, check, form,
    source::{Login, name, store},
    vault::Vault,
};
use crate::cli::{
    call::{Access, api},
    failure::Failure,
    output::Output,
    print::listed,
    profile::variable_value,
};

/// Where the browser comes back to, unless another address is registered with the vendor.
const REDIRECT_URI: &str = "http://127.0.0.1:4011/callback";

/// The page to log in on, where the base URL is not the vendor's own.
const CONSENT: &str = "/v2/oauth/chooselocation";

/// Keep a credential in the system's keyring, or in a file readable by you alone where there is none
///
/// The credential is asked for, or read from standard input; never is it an argument, which others could see.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout auth login leonar
  pass show leonar | reachout auth login leonar --profile work
  reachout auth login hoop-ai --oauth --client-id 65f0-abc --scope contacts.readonly --scope conversations/message.write")]
pub struct Arguments {
    #[command(flatten)]
    of: VendorArgument,
    /// Log in through the browser, as an app of the HighLevel marketplace
    #[arg(long)]
    oauth: bool,
    /// The app's client id
    #[arg(long, value_name = "ID", requires = "oauth")]
    client_id: Option<String>,
    /// What the app may do, such as contacts.readonly; may be given several times
    #[arg(long, value_name = "SCOPE", requires = "oauth")]
    scope: Vec<String>,
    /// Where the browser comes back to, as it is registered with the app: port 4011 of this machine and /callback, if absent
    #[arg(long, value_name = "URL", requires = "oauth")]
    redirect_uri: Option<String>,
    /// Another page to log in on, such as that of a white label; if absent, the vendor's, or the one below the base URL that is set
    #[arg(long, value_name = "URL", requires = "oauth")]
    authorize_url: Option<String>,
    /// Ask the vendor whether it takes the credential, by an operation that only reads; a key that it refuses is not kept
    #[arg(long)]
    check: bool,
    /// Print the address instead of opening the browser
    #[arg(long, requires = "oauth")]
    no_browser: bool,
}

impl Arguments {
    pub async fn run(self, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let api = api(self.of.vendor)?;
        let vendor = api.vendor;
        let settings = access.settings;
        if !settings.is_chosen() && std::env::var_os(vendor.credential_env).is_some() {
            output.note(format!("{} is set and comes before this login", vendor.credential_env));
        }
        if self.oauth {
            return self.through_browser(api, access, output).await;
        }
        let key = ask(format!("{} credential (not shown): ", vendor.name)).await?;
        form::check(vendor, key.expose_secret()).map_err(Failure::usage)?;
        let checked = if self.check { Some(self.checked(key.clone(), access).await?) } else { None };
        let login = Login::Key { key: key.expose_secret().to_owned() };
        let (vault, name) = (Vault::new(settings), name(settings, vendor));
        // Tokens of an earlier login are nobody's now.
        if let Some((_, place)) = vault.get(&name).await? {
            store(&place, settings)?.remove(&name).await.map_err(|error| Failure::Usage(error.into()))?;
        }
        let place = vault.set(&name, login.to_secret()).await?;
        output.object(&json!({ "vendor": vendor.id, "profile": settings.profile(), "kept_in": place.to_string(), "check": checked }))
    }

    /// What the vendor says of a credential that it takes.
    async fn checked(&self, credential: SecretString, access: &Access<'_>) -> Result<String, Failure> {
        let (said, result) = check::credential(api(self.of.vendor)?, Some(credential), access).await;
        result.map(|()| said)
    }

    async fn through_browser(self, api: Api, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let (vendor, settings) = (api.vendor, access.settings);
        if !can(vendor) {
            let all = Vendor::ALL.into_iter().filter_map(Vendor::api);
            let names: Vec<_> = all.filter(|api| can(api.vendor)).map(|api| api.vendor.name).collect();
            return Err(Failure::usage(format!("{} has no login through the browser; {} have one", vendor.name, listed(&names))));
        }
        let profile = settings.vendor(vendor.id);
        let client_id = match (self.client_id.clone(), profile.client_id) {
            (Some(id), _) => id,
            (None, of_profile) => variable_value(&format!("{}_CLIENT_ID", vendor.env))?
                .or(of_profile)
                .ok_or_else(|| Failure::usage(format!("--client-id, {}_CLIENT_ID or client_id in the profile is needed", vendor.env)))?,
        };
        let scopes = if self.scope.is_empty() { profile.scopes } else { self.scope.clone() };
        if scopes.is_empty() {
            return Err(Failure::usage("--scope or scopes in the profile are needed, such as contacts.readonly"));
        }
        let client_secret = match variable_value(&format!("{}_CLIENT_SECRET", vendor.env))? {
            Some(secret) => secret.into(),
            None => ask(format!("Client secret of the app {client_id} (not shown): ")).await?,
        };
        let redirect_uri = self.redirect_uri.clone().or(profile.redirect_uri).unwrap_or_else(|| REDIRECT_URI.to_owned());
        let callback = browser::Callback::listen(&redirect_uri).await?;
        let (base_url, _) = access.base_url(api)?;
        let mut app = App::builder(&client_id, client_secret.clone()).redirect_uri(callback.uri()).base_url(&base_url);
        let elsewhere = (base_url != vendor.base_url).then(|| format!("{}{CONSENT}", base_url.trim_end_matches('/')));
        if let Some(url) = self.authorize_url.clone().or(profile.authorize_url).or(elsewhere) {
            app = app.authorize_url(url);
        }
        let app = app.build()?;
        let authorization = app.authorization().scopes(scopes).start()?;
        browser::open(authorization.url.as_str(), self.no_browser).await;
        let code = callback.code(&authorization.state).await?;
        let tokens = app.exchange_code(code).await?;
        access.calls.record(Delivery::Accepted);
        // The login first: tokens without it could not be renewed.
        let login = Login::Oauth { client_id, client_secret: client_secret.expose_secret().to_owned() };
        let name = name(settings, vendor);
        let place = Vault::new(settings).set(&name, login.to_secret()).await?;
        store(&place, settings)?.save(&name, &tokens).await.map_err(|error| Failure::Usage(error.into()))?;
        let checked = if self.check { Some(self.checked(tokens.access_token.clone(), access).await?) } else { None };
        output.object(&json!({
            "vendor": vendor.id,
            "profile": settings.profile(),
            "kept_in": place.to_string(),
            "user_type": tokens.user_type,
            "location_id": tokens.location_id,
            "company_id": tokens.company_id,
            "expires_at": tokens.expires_at,
            "check": checked,
        }))
    }
}

/// Whether a vendor gives out tokens to apps.
fn can(vendor: &reachout_runtime::Vendor) -> bool {
    vendor.routes.iter().any(|route| route.path == "/oauth/token")
}
