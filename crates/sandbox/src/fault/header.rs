//! The `X-Sandbox-Fault` request header.

use std::collections::BTreeMap;

use super::rule::{Fault, FaultKind};

/// Reads `status=503; body=Sorry`, `rate-limit=2`, `latency=250`, `reset-after` and the like. The error is a sentence.
pub(crate) fn parse(header: &str) -> Result<Fault, String> {
    // The body comes last, because it may hold anything.
    let (front, body) = match header.find("body=") {
        Some(place) => (&header[..place], Some(&header[place + "body=".len()..])),
        None => (header, None),
    };
    let body = body.map(|text| serde_json::from_str(text).unwrap_or_else(|_| text.into()));
    let (mut latency_milliseconds, mut kind) = (None, None);
    for part in front.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name.trim(), Some(value.trim())));
        let number =
            || value.map(str::parse::<u64>).transpose().map_err(|_| format!("{name}: {:?} is not a number", value.unwrap_or_default()));
        let status = || match number()?.map(u16::try_from) {
            Some(Ok(status @ 200..=599)) => Ok(Some(status)),
            None => Ok(None),
            Some(_) => Err(format!("{name}: a status is between 200 and 599")),
        };
        kind = Some(match name {
            "latency" => {
                latency_milliseconds = number()?;
                continue;
            }
            "status" => {
                let status = status()?.ok_or("status: write `status=503`")?;
                FaultKind::Status { status, body: body.clone(), headers: BTreeMap::new() }
            }
            "rate-limit" => FaultKind::RateLimit { retry_after: number()? },
            "html" => FaultKind::Html { status: status()?.unwrap_or(502) },
            "reset-before" => FaultKind::ResetBefore,
            "reset-after" => FaultKind::ResetAfter,
            "truncate" => FaultKind::Truncate,
            "invalid-json" => FaultKind::InvalidJson,
            "unknown-enum" => FaultKind::UnknownEnum,
            "null-fields" => FaultKind::NullFields,
            _ => {
                return Err(format!(
                    "{name:?} is not a fault; these are: status, rate-limit, latency, reset-before, reset-after, truncate, invalid-json, unknown-enum, null-fields, html"
                ));
            }
        });
    }
    match (kind, latency_milliseconds) {
        (Some(kind), latency_milliseconds) => Ok(Fault { latency_milliseconds, kind }),
        (None, Some(_)) => Ok(Fault { latency_milliseconds, kind: FaultKind::Latency }),
        (None, None) => Err("no fault is named".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_header_says_what_goes_wrong() {
        let cases = [
            ("status=503", Ok(json!({ "kind": "status", "status": 503 }))),
            ("status=503; body={\"a\": 1}", Ok(json!({ "kind": "status", "status": 503, "body": { "a": 1 } }))),
            ("status=503; latency=5; body=a; b", Ok(json!({ "kind": "status", "status": 503, "body": "a; b", "latency_ms": 5 }))),
            ("latency=250", Ok(json!({ "kind": "latency", "latency_ms": 250 }))),
            ("rate-limit", Ok(json!({ "kind": "rate-limit" }))),
            ("rate-limit=2", Ok(json!({ "kind": "rate-limit", "retry_after": 2 }))),
            ("reset-after", Ok(json!({ "kind": "reset-after" }))),
            ("html", Ok(json!({ "kind": "html", "status": 502 }))),
            ("status=7", Err("status: a status is between 200 and 599")),
            ("latency=x", Err("latency: \"x\" is not a number")),
            ("", Err("no fault is named")),
        ];
        for (header, expected) in cases {
            let fault = parse(header).map(|fault| serde_json::to_value(fault).unwrap());
            assert_eq!(fault, expected.map_err(str::to_owned), "{header}");
            if let Ok(fault) = fault {
                assert!(serde_json::from_value::<Fault>(fault).is_ok(), "{header}");
            }
        }
    }
}
