//! One changed byte, anywhere that is signed, and nothing verifies.

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue};
use reachout_webhooks::{SignatureError, Signer, Verifier};

use crate::vectors::*;
use crate::{at, frozen};

/// Every scheme: who signs, who verifies, and the headers whose bytes count.
fn schemes() -> Vec<(&'static str, Signer, Verifier)> {
    let ed25519 = Signer::highlevel(ED25519_PRIVATE).unwrap();
    let rsa = Signer::highlevel(RSA_PRIVATE).unwrap();
    let ed25519_verifier = Verifier::highlevel_with(ed25519.public_key()).unwrap();
    let rsa_verifier = Verifier::highlevel_with(rsa.public_key()).unwrap();
    let schemes = vec![
        ("sendpilot", Signer::sendpilot(SENDPILOT_SECRET).unwrap(), Verifier::sendpilot([SENDPILOT_SECRET]).unwrap()),
        ("sendpilot, svix style", Signer::svix(SENDPILOT_SECRET).unwrap(), Verifier::sendpilot([SENDPILOT_SECRET]).unwrap()),
        ("svix", Signer::svix(SENDPILOT_SECRET).unwrap(), Verifier::svix([SENDPILOT_SECRET]).unwrap()),
        ("highlevel", ed25519, ed25519_verifier),
        ("highlevel, legacy", rsa, rsa_verifier),
        ("hoop", Signer::hoop(HOOP_SECRET).unwrap(), Verifier::hoop([HOOP_SECRET]).unwrap()),
    ];
    schemes.into_iter().map(|(name, signer, verifier)| (name, signer, frozen(verifier, TIME))).collect()
}

fn time() -> DateTime<Utc> {
    at(TIME)
}

#[test]
fn what_is_signed_verifies() {
    for (name, signer, verifier) in schemes() {
        for body in [&b""[..], b"{}", HIGHLEVEL_BODY.as_bytes(), &[0xff, 0x00, 0x0a], &vec![b'x'; 1 << 20]] {
            let headers = signer.sign("msg_1", time(), body).unwrap();
            assert!(verifier.verify(&headers, body).is_ok(), "{name}, {} bytes", body.len());
        }
    }
}

#[test]
fn every_byte_of_the_body_counts() {
    let body = HIGHLEVEL_BODY.as_bytes();
    for (name, signer, verifier) in schemes() {
        let headers = signer.sign("msg_1", time(), body).unwrap();
        for position in 0..body.len() {
            for bit in [0x01, 0x20, 0x80] {
                let mut changed = body.to_vec();
                changed[position] ^= bit;
                assert_eq!(verifier.verify(&headers, &changed).unwrap_err(), SignatureError::NoMatch, "{name}, byte {position}");
            }
        }
        let longer = [body, b"\n"].concat();
        for changed in [&body[1..], &body[..body.len() - 1], &longer, b""] {
            assert_eq!(verifier.verify(&headers, changed).unwrap_err(), SignatureError::NoMatch, "{name}, {} bytes", changed.len());
        }
    }
}

/// A flipped byte in a header may leave it unreadable or unmatched, and never verifies. The one exception is a
/// change that leaves the meaning alone: hex and header names have no case.
#[test]
fn every_byte_of_the_headers_counts() {
    let body = HIGHLEVEL_BODY.as_bytes();
    for (name, signer, verifier) in schemes() {
        let headers = signer.sign("msg_1", time(), body).unwrap();
        for header in headers.keys() {
            let value = headers[header].as_bytes();
            for position in 0..value.len() {
                for bit in [0x01, 0x02, 0x04, 0x08, 0x10] {
                    let mut changed = value.to_vec();
                    changed[position] ^= bit;
                    let Ok(changed) = HeaderValue::from_bytes(&changed) else { continue };
                    let mut tampered = headers.clone();
                    tampered.insert(header, changed.clone());
                    assert!(verifier.verify(&tampered, body).is_err(), "{name}, `{header}: {changed:?}`, byte {position}");
                }
            }
            let mut without = headers.clone();
            without.remove(header);
            assert!(verifier.verify(&without, body).is_err(), "{name} without `{header}`");
        }
    }
}

#[test]
fn time_and_id_are_signed() {
    let body = SENDPILOT_BODY.as_bytes();
    let swap = |headers: &HeaderMap, header: &'static str, value: &str| {
        let mut headers = headers.clone();
        headers.insert(header, HeaderValue::from_str(value).unwrap());
        headers
    };
    let verifier = frozen(Verifier::svix([SENDPILOT_SECRET]).unwrap(), TIME);
    let headers = Signer::svix(SENDPILOT_SECRET).unwrap().sign("msg_1", time(), body).unwrap();
    for (header, value) in [("svix-id", "msg_2"), ("svix-timestamp", "1708770601"), ("svix-timestamp", "01708770600")] {
        let error = verifier.verify(&swap(&headers, header, value), body).unwrap_err();
        assert_eq!(error, SignatureError::NoMatch, "{header}: {value}");
    }
}

#[test]
fn signers_agree_with_the_other_implementations() {
    let body = SENDPILOT_BODY.as_bytes();
    let event = HIGHLEVEL_BODY.as_bytes();
    let sendpilot = Signer::sendpilot(SENDPILOT_SECRET).unwrap().sign("", time(), body).unwrap();
    assert_eq!(sendpilot["webhook-signature"], format!("v1,t=1708770600,s={SENDPILOT_HEX}").as_str());
    let svix = Signer::svix(SENDPILOT_SECRET).unwrap().sign(SENDPILOT_SVIX_ID, time(), body).unwrap();
    assert_eq!(svix["svix-id"], SENDPILOT_SVIX_ID);
    assert_eq!(svix["svix-timestamp"], "1708770600");
    assert_eq!(svix["svix-signature"], format!("v1,{SENDPILOT_SVIX_BASE64}").as_str());
    let ed25519 = Signer::highlevel(ED25519_PRIVATE).unwrap().sign("", time(), event).unwrap();
    assert_eq!(ed25519["x-ghl-signature"], ED25519_SIGNATURE);
    let rsa = Signer::highlevel(RSA_PRIVATE).unwrap().sign("", time(), event).unwrap();
    assert_eq!(rsa["x-wh-signature"], RSA_SIGNATURE);
    let hoop = Signer::hoop(HOOP_SECRET).unwrap().sign("", time(), event).unwrap();
    assert_eq!(hoop["x-wl-signature"], HOOP_HEX);
}

/// Without the check, the signature of message `a` with the body `1708770601.{}` is one of message `a.1708770600`
/// with the body `{}`, made a second later.
#[test]
fn an_id_with_a_dot_is_refused() {
    let signer = Signer::svix(SENDPILOT_SECRET).unwrap();
    let mut headers = signer.sign("a", time(), b"1708770601.{}").unwrap();
    headers.insert("svix-id", HeaderValue::from_static("a.1708770600"));
    headers.insert("svix-timestamp", HeaderValue::from_static("1708770601"));
    let verifiers = [Verifier::svix([SENDPILOT_SECRET]).unwrap(), Verifier::sendpilot([SENDPILOT_SECRET]).unwrap()];
    for verifier in verifiers {
        let error = frozen(verifier, TIME).verify(&headers, b"{}").unwrap_err();
        assert_eq!(error.to_string(), "header `svix-id` is malformed: it contains `.`");
    }
    let error = signer.sign("a.1708770600", time(), b"{}").unwrap_err();
    assert_eq!(error.to_string(), "the message id must not contain `.`");
}

#[test]
fn an_id_that_no_header_can_carry() {
    let error = Signer::svix(SENDPILOT_SECRET).unwrap().sign("a\nb", time(), b"").unwrap_err();
    assert_eq!(error.to_string(), "the message id cannot stand in an HTTP header");
}
