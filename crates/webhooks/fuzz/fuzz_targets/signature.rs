//! Arbitrary webhook requests: no panic, and nothing verifies without the key.
#![no_main]

use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::{arbitrary, fuzz_target};
use reachout_webhooks::Verifier;

const NAMES: [&str; 9] = [
    "webhook-signature",
    "webhook-id",
    "webhook-timestamp",
    "svix-id",
    "svix-timestamp",
    "svix-signature",
    "x-ghl-signature",
    "x-wh-signature",
    "x-wl-signature",
];

/// 128 random bits, written nowhere else.
const SECRET: &str = "whsec_5WbX5kEWLlfzsGNjH64I8lOO";

static VERIFIERS: LazyLock<[Verifier; 4]> = LazyLock::new(|| {
    [
        Verifier::sendpilot([SECRET]).expect("a secret"),
        Verifier::svix([SECRET]).expect("a Svix secret"),
        Verifier::highlevel(),
        Verifier::hoop([SECRET]).expect("a secret"),
    ]
});

#[derive(arbitrary::Arbitrary, Debug)]
struct Request<'a> {
    headers: Vec<(u8, &'a [u8])>,
    body: &'a [u8],
}

fuzz_target!(|request: Request<'_>| {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(NAMES[usize::from(name) % NAMES.len()]), value);
        }
    }
    for verifier in VERIFIERS.iter() {
        let error = verifier.verify(&headers, request.body).expect_err("nobody else has the key");
        let _ = error.to_string();
    }
});
