//! The clock that an outbox goes by.

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use reachout_outbox::{BoxFuture, ClientBuilder, Core, Error, TimeReading, TimeSource};
use serde::Deserialize;
use url::Url;

use crate::cli::{
    call::{Access, api},
    failure::Failure,
};

/// Where the sandbox shows its time.
const PATH: &str = "/_sandbox/clock";

/// The clock of the sandbox in which a vendor is simulated.
#[derive(Debug)]
pub struct SandboxClock(Core);

#[derive(Deserialize)]
struct Reading {
    now: DateTime<Utc>,
    speed: f64,
}

impl SandboxClock {
    /// At the address where the vendor is, which must be on this machine.
    pub fn of(vendor: Vendor, access: &Access<'_>) -> Result<Self, Failure> {
        let api = api(vendor)?;
        let (address, _) = access.base_url(api)?;
        let mut url = Url::parse(&address).map_err(Failure::unsent)?;
        let is_here = match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if !is_here {
            return Err(Failure::usage(format!(
                "--clock sandbox needs a sandbox, and {} is called at {address}; give its address with --base-url",
                vendor.name()
            )));
        }
        url.set_path("");
        // The control interface asks for no credential, and this one is nobody's.
        Ok(Self(ClientBuilder::<Core>::new(api.vendor).base_url(url.as_str()).credential("sandbox").build()?))
    }
}

impl TimeSource for SandboxClock {
    fn read(&self) -> BoxFuture<'_, Result<TimeReading, Error>> {
        Box::pin(async {
            let reading: Reading = self.0.request(reachout_runtime::Method::GET, PATH).send().await?;
            Ok(TimeReading { now: reading.now, speed: reading.speed })
        })
    }
}
