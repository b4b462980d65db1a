//! Arbitrary success bodies: no panic, and whatever decodes is what serde_json reads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reachout_runtime::{Bytes, Number, fuzzing};
use serde::Deserialize;

/// A response with one field of each kind that the generated clients have.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoded")]
struct Response {
    id: String,
    count: Option<i64>,
    amount: Option<Number>,
    flag: Option<bool>,
    at: Option<chrono::DateTime<chrono::Utc>>,
    tags: Option<Vec<String>>,
    nested: Option<Box<Response>>,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

fuzz_target!(|body: &[u8]| {
    let body = Bytes::copy_from_slice(body);
    let _ = fuzzing::response::<Response>(&body);
    let any = fuzzing::response::<serde_json::Value>(&body);
    if let Ok(expected) = serde_json::from_slice::<serde_json::Value>(&body) {
        assert_eq!(any.as_ref(), Ok(&expected));
    }
});
