//! The sandbox that `--sandbox` calls: one that runs, or else one in this process.

use reachout_sandbox::{Running, Sandbox, Vendor};

use super::super::failure::Failure;

/// A sandbox to call.
pub enum Simulated {
    /// Another process serves it, and keeps what this program makes.
    Running(Running),
    /// It ends with this program.
    Own(Box<Sandbox>),
}

impl Simulated {
    /// The sandbox that runs, where there is one.
    pub async fn open() -> Result<Self, Failure> {
        match Running::find().await.map_err(|error| Failure::Usage(error.into()))? {
            Some(running) => Ok(Self::Running(running)),
            None => Ok(Self::Own(Box::new(Sandbox::start().await.map_err(Failure::unsent)?))),
        }
    }

    /// What to say of it: which sandbox is called decides what the next command finds.
    pub fn describe(&self) -> Option<String> {
        match self {
            Self::Running(running) => Some(format!("--sandbox calls the running one at {}", running.url())),
            Self::Own(_) => None,
        }
    }

    pub fn base_url(&self, vendor: Vendor) -> String {
        match self {
            Self::Running(running) => running.base_url(vendor).to_owned(),
            Self::Own(sandbox) => sandbox.base_url(vendor),
        }
    }
}
