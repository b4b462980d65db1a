//! The sandbox that `--sandbox` calls: one that runs, or else one in this process.

use std::io::IsTerminal as _;

use reachout_sandbox::{Running, Sandbox, Vendor};

use crate::cli::failure::Failure;

/// A sandbox to call.
pub enum Simulated {
    /// Another process serves it, and keeps what this program makes.
    Running {
        sandbox: Running,
        /// How many others run, which started before it.
        others: usize,
    },
    /// It ends with this program.
    Embedded(Box<Sandbox>),
}

impl Simulated {
    /// The sandbox that runs, where there is one.
    pub async fn open() -> Result<Self, Failure> {
        match Running::find().await.map_err(|error| Failure::Usage(error.into()))? {
            Some(sandbox) => {
                let others = Running::all().await.iter().filter(|other| other.url() != sandbox.url()).count();
                Ok(Self::Running { sandbox, others })
            }
            None => Ok(Self::Embedded(Box::new(Sandbox::start().await.map_err(Failure::unsent)?))),
        }
    }

    /// What to say of it: which sandbox is called decides what the next command finds.
    pub fn describe(&self) -> Option<String> {
        match self {
            Self::Running { sandbox, others: 0 } => Some(format!("--sandbox calls the running one at {}", sandbox.url())),
            Self::Running { sandbox, others } => {
                Some(format!("--sandbox calls the running one at {}; {others} more run: REACHOUT_SANDBOX_URL chooses", sandbox.url()))
            }
            // Scripts that use one each have nothing to choose.
            Self::Embedded(_) => {
                std::io::stderr().is_terminal().then(|| "--sandbox calls one in this process, which ends with it".to_owned())
            }
        }
    }

    pub fn base_url(&self, vendor: Vendor) -> String {
        match self {
            Self::Running { sandbox, .. } => sandbox.base_url(vendor).to_owned(),
            Self::Embedded(sandbox) => sandbox.base_url(vendor),
        }
    }
}
