//! Where the clients call, and with which credential.

use reachout_messenger::{Api, Messenger, Unsupported, Vendor};
use reachout_runtime::{CallOptions, ClientBuilder, Core, Pacing, simulated::Reply};
use reachout_sandbox::Sandbox;
use secrecy::SecretString;

use super::{Calls, Exchange};
use crate::cli::{
    auth::source::{Credential, Source},
    consent::Consent,
    failure::Failure,
    globals::Globals,
    profile::Settings,
    sandbox::Simulated,
};

/// Stands for a credential where none is sent: in a request that is shown only, and at operations without one.
const NONE: &str = "no-credential-is-sent";

/// What the vendor's client knows of it.
pub fn api(vendor: Vendor) -> Result<Api, Unsupported> {
    vendor.api().ok_or(Unsupported::NotCompiled { vendor })
}

/// The vendors themselves, or a sandbox.
pub struct Access<'s> {
    sandbox: Option<Simulated>,
    pub calls: Calls,
    pub exchange: Exchange,
    pub settings: &'s Settings,
    base_url: Option<String>,
    consent: Consent,
}

impl<'s> Access<'s> {
    pub async fn open(globals: &Globals, settings: &'s Settings, exchange: &Exchange, calls: Calls) -> Result<Self, Failure> {
        let sandbox = if globals.sandbox { Some(Simulated::open().await?) } else { None };
        Ok(Self {
            sandbox,
            calls,
            exchange: exchange.clone(),
            settings,
            base_url: globals.base_url.clone(),
            consent: Consent::of(globals, settings)?,
        })
    }

    /// A client of a vendor. An operation that sends no credential needs none.
    pub async fn client<C: From<Core>>(&self, Api { id, vendor, .. }: Api, authenticated: bool) -> Result<C, Failure> {
        let builder = ClientBuilder::<Core>::new(vendor);
        let builder = match &self.sandbox {
            Some(sandbox) => builder.credential(Sandbox::api_key(id)).base_url(sandbox.base_url(id)).pacing(Pacing::off()),
            None => {
                let (base_url, _) = self.settings.base_url(vendor, self.base_url.as_deref())?;
                let builder = builder.base_url(&base_url);
                if authenticated && !self.exchange.is_preview() {
                    match Source::of(vendor, self.settings).await?.credential(vendor, &base_url, self.settings)? {
                        Credential::Fixed(secret) => builder.credential(secret),
                        Credential::Renewed(provider) => builder.credential_provider(provider),
                    }
                } else {
                    builder.credential(NONE)
                }
            }
        };
        self.built(vendor, builder)
    }

    /// A client of a vendor with this credential.
    pub fn client_with<C: From<Core>>(&self, api: Api, credential: SecretString) -> Result<C, Failure> {
        let (base_url, _) = self.base_url(api)?;
        self.built(api.vendor, ClientBuilder::new(api.vendor).base_url(&base_url).credential(credential))
    }

    /// The client, watched and shown.
    fn built<C: From<Core>>(&self, vendor: &'static reachout_runtime::Vendor, builder: ClientBuilder<Core>) -> Result<C, Failure> {
        // What is only shown has no way out, and needs no certificates.
        let builder = if self.exchange.is_preview() { builder.transport(|_| Reply::no_connection()) } else { builder };
        let client = builder.user_agent(concat!("reachout/", env!("CARGO_PKG_VERSION"))).build()?;
        let client = match self.exchange.observer(vendor) {
            Some(observer) => client.with(CallOptions::new().observer(observer)),
            None => client,
        };
        Ok(self.calls.watched(&client).into())
    }

    /// Which sandbox is called, if one is.
    pub fn describe_sandbox(&self) -> Option<String> {
        self.sandbox.as_ref().and_then(Simulated::describe)
    }

    /// A person's consent to what reaches somebody, where that is asked for. A sandbox reaches nobody, and neither does a request that is shown.
    pub fn consent(&self, what: &str) -> Result<(), Failure> {
        if self.sandbox.is_some() || self.exchange.is_preview() { Ok(()) } else { self.consent.ask(what) }
    }

    /// Where a vendor's API is, and who says so.
    pub fn base_url(&self, Api { id, vendor, .. }: Api) -> Result<(String, String), Failure> {
        if let Some(sandbox) = &self.sandbox {
            return Ok((sandbox.base_url(id), "--sandbox".to_owned()));
        }
        self.settings.base_url(vendor, self.base_url.as_deref())
    }

    /// The sandbox, if that is called.
    pub fn sandbox(&self) -> Option<&Simulated> {
        self.sandbox.as_ref()
    }

    /// What `--base-url` says.
    pub fn given_base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }

    /// The facade over a vendor's client.
    pub async fn messenger(&self, vendor: Vendor) -> Result<Box<dyn Messenger>, Failure> {
        Ok(reachout_messenger::over(vendor, self.client(api(vendor)?, true).await?)?)
    }
}
