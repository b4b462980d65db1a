//! Arbitrary requests never panic and never verify; whatever a vendor signs does.

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use reachout_webhooks::{PublicKey, Signer, Verifier};

use crate::vectors::*;
use crate::{at, frozen, highlevel, hoop, sendpilot};

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

fn verifiers() -> [Verifier; 5] {
    let svix = frozen(Verifier::svix([SENDPILOT_SECRET]).unwrap(), TIME);
    [sendpilot(), svix, highlevel(), Verifier::highlevel(), hoop()]
}

/// Values from noise to nearly right: only the key is missing.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        "[ -~]{0,120}".prop_map(String::into_bytes),
        "v1,t=[0-9]{0,22},s=[0-9a-fA-F]{64}".prop_map(String::into_bytes),
        "(v1,?)?(t=[0-9+.-]{0,22})?(,s=[0-9a-g]{0,66}){0,3}".prop_map(String::into_bytes),
        "(v1a?,[A-Za-z0-9+/]{40,44}={0,2} ?){0,4}".prop_map(String::into_bytes),
        "[0-9a-f]{64}".prop_map(String::into_bytes),
        "[A-Za-z0-9+/]{86}==".prop_map(String::into_bytes),
        "[A-Za-z0-9+/]{342}==".prop_map(String::into_bytes),
        Just(TIME.to_string().into_bytes()),
        Just(b"N/A".to_vec()),
    ]
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    vec((0..NAMES.len(), value()), 0..8).prop_map(|rows| {
        let mut headers = HeaderMap::new();
        for (name, value) in rows {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(HeaderName::from_static(NAMES[name]), value);
            }
        }
        headers
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_requests_do_not_verify(headers in any_headers(), body in vec(any::<u8>(), 0..300)) {
        for verifier in verifiers() {
            let result = verifier.verify(&headers, &body);
            prop_assert!(result.is_err(), "{verifier:?} accepted {headers:?}");
        }
    }

    #[test]
    fn what_is_signed_verifies_and_reads_without_panic(id in "[!-\\-/-~]{1,40}", body in vec(any::<u8>(), 0..300), seconds in 0_i64..4_102_444_800) {
        let signers = [
            (Signer::sendpilot(SENDPILOT_SECRET).unwrap(), Verifier::sendpilot([SENDPILOT_SECRET]).unwrap()),
            (Signer::svix(SENDPILOT_SECRET).unwrap(), Verifier::svix([SENDPILOT_SECRET]).unwrap()),
            (Signer::hoop(HOOP_SECRET).unwrap(), hoop()),
            (Signer::highlevel(ED25519_PRIVATE).unwrap(), highlevel()),
        ];
        for (signer, verifier) in signers {
            let headers = signer.sign(&id, at(seconds), &body).unwrap();
            let verifier = frozen(verifier, seconds);
            let verified = verifier.verify(&headers, &body).unwrap();
            let _ = verified.message_id();
            let _ = verified.check_timestamp();
            let _ = verified.json::<serde_json::Value>();
        }
    }

    #[test]
    fn another_secret_does_not_verify(secret in "[ -~]{0,40}[!-~][ -~]{0,40}", body in vec(any::<u8>(), 0..100)) {
        prop_assume!(secret != SENDPILOT_SECRET && secret != HOOP_SECRET);
        let documented = Signer::sendpilot(secret.as_str()).unwrap().sign("m", at(TIME), &body).unwrap();
        prop_assert!(sendpilot().verify(&documented, &body).is_err());
        let hooped = Signer::hoop(secret.as_str()).unwrap().sign("m", at(TIME), &body).unwrap();
        prop_assert!(hoop().verify(&hooped, &body).is_err());
        if let Ok(signer) = Signer::svix(secret.as_str()) {
            prop_assert!(sendpilot().verify(&signer.sign("m", at(TIME), &body).unwrap(), &body).is_err());
        }
    }

    #[test]
    fn arbitrary_keys_do_not_panic(text in "\\PC{0,200}") {
        let _ = PublicKey::from_spki(&text);
        let _ = Signer::highlevel(text.as_str());
        let _ = Signer::svix(text.as_str());
        let _ = Verifier::sendpilot([text.as_str()]);
    }
}
