//! Arbitrary error bodies: no panic, bounded messages, no line breaks for a log.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reachout_runtime::{ErrorShape, fuzzing};

const SHAPES: [ErrorShape; 3] = [
    ErrorShape { code: None, message: None, request_id: None },
    ErrorShape { code: Some("error"), message: Some("message"), request_id: Some("traceId") },
    ErrorShape { code: Some("error.code"), message: Some("error.message"), request_id: Some("error.0.id") },
];

fuzz_target!(|body: &[u8]| {
    for shape in &SHAPES {
        let (code, messages, request_id) = fuzzing::error_body(shape, body);
        assert!(messages.len() <= 50);
        for text in messages.iter().chain(&code).chain(&request_id) {
            assert!(text.chars().count() <= 1000 && !text.contains(char::is_control), "{text:?}");
        }
    }
});
