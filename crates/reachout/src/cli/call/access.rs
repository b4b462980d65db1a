//! Where the clients call, and with which credential.

use reachout_messenger::{Messenger, Vendor};
use reachout_runtime::{CallOptions, ClientBuilder, Core, Pacing};
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
    pub async fn client<C: From<Core>>(&self, vendor: &'static reachout_runtime::Vendor, authenticated: bool) -> Result<C, Failure> {
        let builder = ClientBuilder::<Core>::new(vendor);
        let builder = match &self.sandbox {
            Some(sandbox) => {
                let vendor = vendor.id.parse::<reachout_sandbox::Vendor>().map_err(Failure::unsent)?;
                builder.credential(vendor.api_key()).base_url(sandbox.base_url(vendor)).pacing(Pacing::off())
            }
            None => {
                let (base_url, _) = self.base_url(vendor)?;
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
    pub fn client_with<C: From<Core>>(&self, vendor: &'static reachout_runtime::Vendor, credential: SecretString) -> Result<C, Failure> {
        let (base_url, _) = self.base_url(vendor)?;
        self.built(vendor, ClientBuilder::new(vendor).base_url(&base_url).credential(credential))
    }

    /// The client, watched and shown.
    fn built<C: From<Core>>(&self, vendor: &'static reachout_runtime::Vendor, builder: ClientBuilder<Core>) -> Result<C, Failure> {
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
    pub fn base_url(&self, vendor: &reachout_runtime::Vendor) -> Result<(String, String), Failure> {
        if let Some(sandbox) = &self.sandbox {
            let vendor = vendor.id.parse::<reachout_sandbox::Vendor>().map_err(Failure::unsent)?;
            return Ok((sandbox.base_url(vendor), "--sandbox".to_owned()));
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
        let api = vendor.api().ok_or(reachout_messenger::Unsupported::NotCompiled { vendor })?;
        Ok(reachout_messenger::over(vendor, self.client(api.vendor, true).await?)?)
    }
}
