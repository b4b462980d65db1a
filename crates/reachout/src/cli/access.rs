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
        let api = vendor.api().ok_or(reachout::Unsupported::NotCompiled { vendor })?;
        Ok(reachout::over(vendor, self.client(api.vendor, true)?)?)
    }
}

/// A sandbox at a free port that knows whatever id it is asked for: no earlier call of this program can have created one.
async fn start_sandbox() -> Result<Sandbox, Failure> {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    Sandbox::builder().settings(settings).start().await.map_err(Failure::unsent)
}
