//! The two texts of an error.

use std::fmt;

use super::{Delivery, ErrorKind, Inner, Reach};

/// How much of a body the `Debug` form shows, in characters.
const BODY_EXCERPT: usize = 500;

pub(super) fn sentence(error: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (error.vendor, &error.operation) {
        (Some(vendor), Some(operation)) => write!(f, "{vendor} {operation}: ")?,
        (Some(vendor), None) => write!(f, "{vendor}: ")?,
        (None, _) => {}
    }
    f.write_str(&error.reason)?;
    if let Some(message) = &error.message {
        write!(f, ": {}", message.trim_end_matches(['.', ' ', '\n']))?;
    }
    details(error, f)?;
    f.write_str(".")?;
    let delivery = match (error.kind, error.delivery) {
        // A wrong setting kept the request from existing.
        (ErrorKind::Configuration, _) => return Ok(()),
        (_, Delivery::NotSent) => match error.reach {
            Reach::Nothing => "The request was not sent",
            Reach::Head => "No part of the request's body was sent",
            Reach::Refused => "The vendor did not process the request",
        },
        (_, Delivery::Rejected) => "The vendor did not carry out the request",
        (_, Delivery::Unknown) => "Whether the vendor carried out the request is unknown",
        (_, Delivery::Accepted) => "The vendor accepted the request, so do not send it again",
    };
    write!(f, " {delivery}.")
}

fn details(error: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut separator = " (";
    let mut item = |f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>| -> fmt::Result {
        f.write_str(separator)?;
        separator = ", ";
        f.write_fmt(text)
    };
    if let Some(code) = &error.code {
        item(f, format_args!("code {code}"))?;
    }
    if let Some(path) = &error.json_path {
        item(f, format_args!("at {path}"))?;
    }
    if let Some(wait) = error.retry_after {
        item(f, format_args!("retry after {wait:?}"))?;
    }
    if let Some(id) = &error.request_id {
        item(f, format_args!("request id {id}"))?;
    }
    if error.attempts > 1 {
        item(f, format_args!("{} attempts", error.attempts))?;
    }
    if separator == ", " { f.write_str(")") } else { Ok(()) }
}

pub(super) fn debug(error: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let body = String::from_utf8_lossy(&error.body);
    let excerpt: String = body.chars().take(BODY_EXCERPT).collect();
    // Headers stay out: a vendor may set cookies there.
    f.debug_struct("Error")
        .field("kind", &error.kind)
        .field("delivery", &error.delivery)
        .field("reason", &error.reason)
        .field("vendor", &error.vendor)
        .field("operation", &error.operation)
        .field("status", &error.status)
        .field("code", &error.code)
        .field("messages", &error.messages)
        .field("request_id", &error.request_id)
        .field("retry_after", &error.retry_after)
        .field("json_path", &error.json_path)
        .field("attempts", &error.attempts)
        .field("body", &excerpt)
        .field("source", &error.source)
        .finish_non_exhaustive()
}
