//! Keys and secrets: which are accepted, and that none is ever shown.

use reachout_webhooks::{HIGHLEVEL_ED25519_KEY, HIGHLEVEL_RSA_KEY, KeyError, PublicKey, SignatureError, Signer, Verifier};
use secrecy::SecretString;

use crate::vectors::*;
use crate::{headers, public};

#[test]
fn published_keys() {
    assert_eq!(format!("{:?}", public(HIGHLEVEL_ED25519_KEY)), "PublicKey(Ed25519)");
    assert_eq!(format!("{:?}", public(HIGHLEVEL_RSA_KEY)), "PublicKey(RsaPkcs1Sha256)");
    assert!(format!("{:?}", Verifier::highlevel()).contains("keys: 2"));
    // `openssl pkey -pubin -outform DER | sha256sum` of the keys as the vendor prints them.
    let fingerprints = [
        (HIGHLEVEL_ED25519_KEY, "5a2c1b2749d3efcc233fb27d4ab43d56b8d20818c42cd226f6c9a3ff20d3097c"),
        (HIGHLEVEL_RSA_KEY, "2f62045d413b1b7747e26770ce7f57840cbf86288cd20ceb90d299a62501fd25"),
    ];
    for (key, expect) in fingerprints {
        let base64: String = key.lines().filter(|line| !line.starts_with('-')).collect();
        let der = data_encoding::BASE64.decode(base64.as_bytes()).unwrap();
        let fingerprint = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der);
        assert_eq!(data_encoding::HEXLOWER.encode(fingerprint.as_ref()), expect);
    }
}

#[test]
fn public_keys() {
    let pem = format!("-----BEGIN PUBLIC KEY-----\r\n{ED25519_PUBLIC}\r\n-----END PUBLIC KEY-----\r\n");
    assert!(PublicKey::from_spki(&pem).is_ok());
    let indented = format!("  -----BEGIN PUBLIC KEY-----\n  {RSA_PUBLIC}\n  -----END PUBLIC KEY-----");
    assert!(PublicKey::from_spki(&indented).is_ok());
    for text in
        ["", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "hello", "////", P256_PUBLIC, ED25519_PRIVATE, &RSA_PUBLIC[..64]]
    {
        assert_eq!(PublicKey::from_spki(text).unwrap_err(), KeyError::NotAKey, "{text}");
    }
}

/// Keys for which anybody can make a signature, as SPKI.
#[test]
fn ed25519_keys_that_protect_nothing() {
    let counting = data_encoding::HEXLOWER.encode(&(0..32).collect::<Vec<u8>>());
    let small_order = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let cases = [
        ("all zero", "00".repeat(32)),
        ("all ones", "ff".repeat(32)),
        ("one letter", "41".repeat(32)),
        ("counting", counting),
        ("the neutral element", format!("01{}", "00".repeat(31))),
        ("the neutral element with a sign", format!("01{}80", "00".repeat(30))),
        ("order 2", format!("ec{}7f", "ff".repeat(30))),
        ("order 4, not reduced", format!("ed{}7f", "ff".repeat(30))),
        ("order 1, not reduced", format!("ee{}7f", "ff".repeat(30))),
        ("order 8", small_order.to_owned()),
        ("order 8, the other sign", format!("{}fa", &small_order[..62])),
        ("order 8, the other half", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05".to_owned()),
        ("of the private key of zeros", "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29".to_owned()),
    ];
    for (name, key) in cases {
        let der = data_encoding::HEXLOWER.decode(format!("302a300506032b6570032100{key}").as_bytes()).unwrap();
        let spki = data_encoding::BASE64.encode(&der);
        assert_eq!(PublicKey::from_spki(&spki).unwrap_err(), KeyError::WeakKey, "{name}");
    }
    // What the check is for: this signature of nobody's (R is the neutral element, S is 0) fits every body.
    let neutral = data_encoding::HEXLOWER.decode(format!("01{}", "00".repeat(63)).as_bytes()).unwrap();
    let key = data_encoding::HEXLOWER.decode(format!("01{}", "00".repeat(31)).as_bytes()).unwrap();
    let unchecked = aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, key);
    assert!(unchecked.verify(b"any body", &neutral).is_ok(), "the library refuses such keys by itself now: `weak.rs` can go");
}

#[test]
fn the_key_of_zeros_is_the_one_refused() {
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&[0; 32]).unwrap();
    let public = aws_lc_rs::signature::KeyPair::public_key(&pair);
    let expect = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";
    assert_eq!(data_encoding::HEXLOWER.encode(public.as_ref()), expect);
}

#[test]
fn short_rsa_keys_are_not_trusted() {
    // Refused when read or when used: either way nothing verifies.
    if let Ok(key) = PublicKey::from_spki(RSA_1024_PUBLIC) {
        let verifier = Verifier::highlevel_with([key]).unwrap();
        let error = verifier.verify(&headers(&[("x-wh-signature", RSA_1024_SIGNATURE)]), HIGHLEVEL_BODY.as_bytes()).unwrap_err();
        assert_eq!(error, SignatureError::NoMatch);
    }
}

#[test]
fn unusable_secrets() {
    let none: [&str; 0] = [];
    assert_eq!(Verifier::sendpilot(none).unwrap_err(), KeyError::NoKey);
    assert_eq!(Verifier::svix(none).unwrap_err(), KeyError::NoKey);
    assert_eq!(Verifier::hoop(none).unwrap_err(), KeyError::NoKey);
    assert_eq!(Verifier::highlevel_with([]).unwrap_err(), KeyError::NoKey);
    // One empty entry among good ones would let anybody in.
    assert_eq!(Verifier::sendpilot(["good", ""]).unwrap_err(), KeyError::EmptySecret);
    assert_eq!(Verifier::hoop(["good", ""]).unwrap_err(), KeyError::EmptySecret);
    assert_eq!(Verifier::svix(["whsec_"]).unwrap_err(), KeyError::EmptySecret);
    assert_eq!(Verifier::svix(["whsec_===="]).unwrap_err(), KeyError::EmptySecret);
    assert_eq!(Verifier::svix(["whsec_not base64"]).unwrap_err(), KeyError::NotSvix);
    for blank in [" ", "\t", "\r\n", "\u{2003}"] {
        assert_eq!(Verifier::sendpilot(["good", blank]).unwrap_err(), KeyError::EmptySecret, "{blank:?}");
        assert_eq!(Verifier::hoop([blank]).unwrap_err(), KeyError::EmptySecret, "{blank:?}");
        assert_eq!(Verifier::svix([blank.to_owned()]).unwrap_err(), KeyError::EmptySecret, "{blank:?}");
        assert_eq!(Verifier::svix([format!("whsec_{blank}")]).unwrap_err(), KeyError::EmptySecret, "{blank:?}");
        assert_eq!(Signer::hoop(blank).unwrap_err(), KeyError::EmptySecret, "{blank:?}");
    }
    assert!(Verifier::svix(["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]).is_ok(), "the prefix is optional");
    assert_eq!(Signer::sendpilot("").unwrap_err(), KeyError::EmptySecret);
    assert_eq!(Signer::highlevel(ED25519_PUBLIC).unwrap_err(), KeyError::NotAKey);
}

/// `SendPilot`'s own scheme takes `whsec_` as text, so an empty remainder must not become an empty Svix key.
#[test]
fn a_prefix_alone_is_no_svix_key() {
    let verifier = Verifier::sendpilot(["whsec_"]).unwrap();
    let forged = Signer::svix("AA==").unwrap().sign("m", chrono::Utc::now(), b"{}").unwrap();
    assert_eq!(verifier.verify(&forged, b"{}").unwrap_err(), SignatureError::NoMatch);
}

#[test]
fn secrets_are_never_shown() {
    let mark = "MARKEDKEY123";
    let secret = || SecretString::from(mark);
    let shown = [
        format!("{:?}", Verifier::sendpilot([secret()]).unwrap()),
        format!("{:?}", Verifier::svix([secret()]).unwrap()),
        format!("{:?}", Verifier::hoop([secret()]).unwrap()),
        format!("{:?}", Signer::sendpilot(secret()).unwrap()),
        format!("{:?}", Signer::svix(secret()).unwrap()),
        format!("{:?}", Signer::highlevel(ED25519_PRIVATE).unwrap()),
        Verifier::svix([format!("{mark}!")]).unwrap_err().to_string(),
        format!("{:?}", Signer::highlevel(mark).unwrap_err()),
    ];
    for text in shown {
        assert!(!text.contains(mark) && !text.contains(&ED25519_PRIVATE[20..]), "{text}");
    }
}
