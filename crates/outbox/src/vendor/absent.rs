//! What it means that a vendor does not show somebody.

use reachout_runtime::ErrorKind;
use serde_json::{Map, Value};

use crate::{Error, Verdict};

/// What follows where `vendor` was asked about `what`, a contact say, and did not show it: an error is one of the account.
pub(super) fn verdict(vendor: &str, what: &str, error: reachout_runtime::Error) -> Result<Verdict, Error> {
    let unclear = || Verdict::Unclear(format!("{vendor} was asked about the {what}: {error}"));
    match error.kind() {
        // A page of a proxy is not the vendor's word.
        ErrorKind::NotFound if error.body_as::<Map<String, Value>>().is_some() => {
            Ok(Verdict::NotFound(format!("{vendor} does not have the {what}: {error}")))
        }
        ErrorKind::NotFound | ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::Redirect => Ok(unclear()),
        ErrorKind::Refused if error.status().is_none_or(|status| status.as_u16() != 402) => Ok(unclear()),
        _ => Err(error.into()),
    }
}
