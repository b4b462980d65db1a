//! [`StartError`]: why a sandbox does not start.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port cannot be listened at.
    #[error("the sandbox cannot listen at port {port} of {host}")]
    Port {
        /// The address that was asked for.
        host: IpAddr,
        /// The port that was asked for; 0 is any free one.
        port: u16,
        /// The error of the system.
        source: io::Error,
    },
    /// A seed or state file cannot be read, does not fit, or cannot be written.
    #[error("{path}: {problem}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it: the field first, where it is one.
        problem: String,
    },
    /// What is to be allowed is not the origin of a page.
    #[error("{0:?} is not the origin of a page; one looks like http://localhost:3000")]
    Origin(String),
    /// The clock cannot run at this speed.
    #[error("clock speed: {0}")]
    Speed(String),
    /// A script of people does not fit.
    #[error("people: {0}")]
    People(String),
    /// A vendor's document holds something that cannot be simulated.
    #[error("the sandbox cannot simulate this document: {0}")]
    Document(String),
}
