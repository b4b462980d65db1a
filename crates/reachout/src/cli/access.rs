//! Where the clients call, and with which credential.

use reachout::{Messenger, Vendor};
use reachout_runtime::{ClientBuilder, Core};
use reachout_sandbox::{Sandbox, Settings};

use super::{calls::Calls, failure::Failure};

/// The vendors themselves, or the sandbox in this process.
pub struct Access {
    sandbox: Option<Sandbox>,
    pub calls: Calls,
}

impl Access {
    pub async fn open(sandbox: bool, calls: Calls) -> Result<Self, Failure> {
        Ok(Self { sandbox: if sandbox { Some(start_sandbox().await?) } else { None }, calls })
    }

    /// A client of a vendor. An operation that sends no credential needs none.
    pub fn client<C: From<Core>>(&self, vendor: &'static reachout_runtime::Vendor, authenticated: bool) -> Result<C, Failure> {
        let builder = ClientBuilder::<Core>::new(vendor);
        let builder = match &self.sandbox {
            Some(sandbox) => {
                let vendor = vendor.id.parse::<reachout_sandbox::Vendor>().map_err(Failure::unsent)?;
                builder.credential(sandbox.api_key(vendor)).base_url(sandbox.base_url(vendor))
            }
            None if authenticated => builder.from_env()?,
            None => match std::env::var(format!("{}_BASE_URL", vendor.env)) {
                Ok(base_url) => builder.credential("none").base_url(base_url),
                Err(_) => builder.credential("none"),
            },
        };
        let client = builder.user_agent(concat!("reachout/", env!("CARGO_PKG_VERSION"))).build()?;
        Ok(self.calls.watched(&client).into())
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
async fn start_sandbox() -> Result<Sandbox, Failure> {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    Sandbox::builder().settings(settings).start().await.map_err(Failure::unsent)
}
