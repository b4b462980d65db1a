//! Consent: a person's word before somebody is written to.

use std::io::{self, IsTerminal as _, Write as _};

use super::{
    failure::Failure,
    globals::Globals,
    profile::{Settings, variable_value},
};

/// The variable that asks for it.
const VARIABLE: &str = "REACHOUT_CONSENT";

/// Whether a person is asked before somebody is written to.
#[derive(Clone, Copy, Debug)]
pub enum Consent {
    NotNeeded,
    /// Where they can be: on a terminal.
    Ask,
    /// `--yes` says so already.
    Given,
}

impl Consent {
    /// By environment or profile: one of them is enough to need it.
    pub fn of(globals: &Globals, settings: &Settings) -> Result<Self, Failure> {
        let variable = match variable_value(VARIABLE)?.as_deref() {
            None => false,
            Some("ask") => true,
            Some(other) => return Err(Failure::usage(format!("{VARIABLE} is `{}`, and `ask` is expected", other.escape_debug()))),
        };
        Ok(match variable || settings.asks_for_consent() {
            true if globals.yes => Self::Given,
            true => Self::Ask,
            false => Self::NotNeeded,
        })
    }

    /// Asks for what is about to be done: `send a message through Leonar`. Nothing but a clear yes is one.
    pub fn ask(self, what: &str) -> Result<(), Failure> {
        if !matches!(self, Self::Ask) {
            return Ok(());
        }
        let needed = format!("consent is needed to {what}; a person gives it on a terminal, or with --yes");
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Failure::usage(format!("{needed}. Nothing was sent")));
        }
        let mut said = String::new();
        let mut stderr = io::stderr();
        write!(stderr, "About to {what}. Go on? [y/N] ").and_then(|()| stderr.flush())?;
        io::stdin().read_line(&mut said)?;
        match said.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::usage("nothing was sent, because consent was not given")),
        }
    }
}
