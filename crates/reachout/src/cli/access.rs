//! Where the clients call, and with which credential.

use reachout::{Messenger, Vendor};
use reachout_runtime::{ClientBuilder, Core};
use reachout_sandbox::{Sandbox, Settings};

use super::failure::Failure;

/// The vendors themselves, or the sandbox in this process.
pub enum Access {
    Vendors,
    Sandbox(Sandbox),
}

impl Access {
    pub async fn open(sandbox: bool) -> Result<Self, Failure> {
        if sandbox { Ok(Self::Sandbox(start_sandbox().await?)) } else { Ok(Self::Vendors) }
    }

    /// A client of a vendor. An operation that sends no credential needs none.
    pub fn client<C: From<Core>>(&self, vendor: &'static reachout_runtime::Vendor, authenticated: bool) -> Result<C, Failure> {
        let builder = ClientBuilder::<C>::new(vendor);
        let builder = match self {
            Self::Sandbox(sandbox) => {
                let played: reachout_sandbox::Vendor = vendor.id.parse().map_err(|error| Failure::Call(anyhow::Error::new(error)))?;
                builder.credential(sandbox.api_key(played)).base_url(sandbox.base_url(played))
            }
            Self::Vendors if authenticated => builder.from_env()?,
            Self::Vendors => match std::env::var(format!("{}_BASE_URL", vendor.env)) {
                Ok(base_url) => builder.credential("none").base_url(base_url),
                Err(_) => builder.credential("none"),
            },
        };
        Ok(builder.user_agent(concat!("reachout/", env!("CARGO_PKG_VERSION"))).build()?)
    }

    /// The facade over a vendor's client.
    pub fn messenger(&self, vendor: Vendor) -> Result<Box<dyn Messenger>, Failure> {
        Ok(match vendor {
            Vendor::Leonar => Box::new(self.client::<leonar::Client>(&leonar::VENDOR, true)?),
            Vendor::SendPilot => Box::new(self.client::<sendpilot::Client>(&sendpilot::VENDOR, true)?),
            Vendor::HoopAi => Box::new(self.client::<hoop_ai::Client>(&hoop_ai::VENDOR, true)?),
            Vendor::Leadway => Box::new(self.client::<leadway::Client>(&leadway::VENDOR, true)?),
            vendor => return Err(reachout::Unsupported::NotCompiled { vendor }.into()),
        })
    }
}

/// A sandbox at a free port that knows whatever id it is asked for: no earlier call of this program can have created one.
pub async fn start_sandbox() -> Result<Sandbox, Failure> {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    Sandbox::builder().settings(settings).start().await.map_err(|error| Failure::Call(error.into()))
}
