//! Each scheme accepts what another implementation signed and says what is wrong with anything else.

use std::time::Duration;

use reachout_webhooks::{DEFAULT_TOLERANCE, Scheme, SignatureError, Verifier};

use crate::vectors::*;
use crate::{at, documented, frozen, headers, highlevel, hoop, public, sendpilot};

struct Case<'a> {
    name: &'a str,
    verifier: Verifier,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
    expect: Result<Scheme, &'a str>,
}

fn check(cases: Vec<Case<'_>>) {
    for Case { name, verifier, headers: rows, body, expect } in cases {
        let result = verifier.verify(&headers(&rows), body.as_bytes());
        let found = result.as_ref().map(reachout_webhooks::Verified::scheme).map_err(ToString::to_string);
        assert_eq!(found, expect.map_err(str::to_owned), "{name}");
    }
}

#[test]
fn sendpilot_documented() {
    let good = documented("1708770600", SENDPILOT_HEX);
    let upper = documented("1708770600", &SENDPILOT_HEX.to_uppercase());
    let rotated = format!("v1,t=1708770600,s={SENDPILOT_OLD_HEX},s={SENDPILOT_HEX}");
    let spaced = format!("v1, t=1708770600, s={SENDPILOT_HEX}, x=later");
    let case = |name, value, expect| Case {
        name,
        verifier: sendpilot(),
        headers: vec![("Webhook-Signature", value)],
        body: SENDPILOT_BODY,
        expect,
    };
    let zero = "0".repeat(64);
    let other = documented("1708770600", &zero);
    let malformed = |what: &str| format!("header `webhook-signature` is malformed: {what}");
    let bad = [
        ("v2,t=1708770600,s=00", malformed("its version is not `v1`")),
        ("t=1708770600,v1,s=00", malformed("its version is not `v1`")),
        ("v1,s=00", malformed("`s` is not the hex of a SHA-256")),
        ("v1,t=1708770600", malformed("it has no `s`")),
        ("v1,t=", malformed("`t` is not a Unix time in seconds")),
        ("v1,t=+1708770600,s=", malformed("`t` is not a Unix time in seconds")),
        ("v1,t=1708770600.0", malformed("`t` is not a Unix time in seconds")),
        ("v1,t=99999999999999999999", malformed("`t` is not a Unix time in seconds")),
        ("v1,t=9223372036854775807", malformed("`t` is not a Unix time in seconds")),
        ("v1,t=1,t=2", malformed("`t` appears more than once")),
    ];
    let without_time = format!("v1,s={zero}");
    let no_time = malformed("it has no `t`");
    let mut cases = vec![
        case("as documented", &good, Ok(Scheme::SendPilot)),
        case("upper-case hex", &upper, Ok(Scheme::SendPilot)),
        case("signed with two secrets", &rotated, Ok(Scheme::SendPilot)),
        case("spaces and a part we do not know", &spaced, Ok(Scheme::SendPilot)),
        case("another signature", &other, Err("the signature matches none of the configured keys")),
        case("no time", &without_time, Err(&no_time)),
    ];
    cases.extend(bad.iter().map(|(value, expect)| case(value, value, Err(expect))));
    cases.push(Case {
        name: "no header",
        verifier: sendpilot(),
        headers: vec![("x-other", "1")],
        body: SENDPILOT_BODY,
        expect: Err("header `webhook-signature` is missing"),
    });
    cases.push(Case {
        name: "two headers",
        verifier: sendpilot(),
        headers: vec![("webhook-signature", &good), ("webhook-signature", &good)],
        body: SENDPILOT_BODY,
        expect: Err("header `webhook-signature` is malformed: it appears more than once"),
    });
    check(cases);
}

#[test]
fn svix_style() {
    // Published by Svix: https://docs.svix.com/receiving/verifying-payloads/how-manual
    let docs = || frozen(Verifier::svix(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]).unwrap(), 1_614_265_330);
    let docs_body = r#"{"test": 2432232314}"#;
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let listed = format!("v1a,abcd v1,bm90IHRoaXMgb25l {signature}");
    let unpadded = signature.trim_end_matches('=');
    let sendpilot_signature = format!("v1,{SENDPILOT_SVIX_BASE64}");
    let svix = |name, signature, expect| Case {
        name,
        verifier: docs(),
        headers: vec![("svix-id", id), ("svix-timestamp", "1614265330"), ("svix-signature", signature)],
        body: docs_body,
        expect,
    };
    let unusable = Err("header `svix-signature` is malformed: no `v1,` with the base64 of a SHA-256 is in it");
    check(vec![
        svix("as published", signature, Ok(Scheme::Svix)),
        svix("one of several", &listed, Ok(Scheme::Svix)),
        svix("unpadded", unpadded, Ok(Scheme::Svix)),
        svix("another version", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", unusable),
        svix("no version", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", unusable),
        svix("not base64", "v1,***", unusable),
        svix(
            "another signature",
            "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            Err("the signature matches none of the configured keys"),
        ),
        Case {
            name: "named as in Standard Webhooks",
            verifier: docs(),
            headers: vec![("webhook-id", id), ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)],
            body: docs_body,
            expect: Ok(Scheme::Svix),
        },
        Case {
            name: "the names do not mix",
            verifier: docs(),
            headers: vec![("webhook-id", id), ("svix-timestamp", "1614265330"), ("webhook-signature", signature)],
            body: docs_body,
            expect: Err("header `webhook-timestamp` is missing"),
        },
        Case {
            name: "no id",
            verifier: docs(),
            headers: vec![("svix-timestamp", "1614265330"), ("svix-signature", signature)],
            body: docs_body,
            expect: Err("header `svix-id` is missing"),
        },
        Case {
            name: "empty id",
            verifier: docs(),
            headers: vec![("svix-id", " "), ("svix-timestamp", "1614265330"), ("svix-signature", signature)],
            body: docs_body,
            expect: Err("header `svix-id` is missing"),
        },
        Case {
            name: "time in words",
            verifier: docs(),
            headers: vec![("svix-id", id), ("svix-timestamp", "today"), ("svix-signature", signature)],
            body: docs_body,
            expect: Err("header `svix-timestamp` is malformed: it is not a Unix time in seconds"),
        },
        Case { name: "nothing", verifier: docs(), headers: vec![], body: docs_body, expect: Err("header `svix-signature` is missing") },
        Case {
            name: "SendPilot, as observed",
            verifier: sendpilot(),
            headers: vec![("svix-id", SENDPILOT_SVIX_ID), ("svix-timestamp", "1708770600"), ("svix-signature", &sendpilot_signature)],
            body: SENDPILOT_BODY,
            expect: Ok(Scheme::Svix),
        },
        Case {
            name: "SendPilot, as observed with the other names",
            verifier: sendpilot(),
            headers: vec![
                ("webhook-id", SENDPILOT_SVIX_ID),
                ("webhook-timestamp", "1708770600"),
                ("webhook-signature", &sendpilot_signature),
            ],
            body: SENDPILOT_BODY,
            expect: Ok(Scheme::Svix),
        },
        Case {
            name: "a plain-text secret cannot have signed the Svix way",
            verifier: frozen(Verifier::sendpilot([SENDPILOT_OLD_SECRET]).unwrap(), TIME),
            headers: vec![("svix-id", SENDPILOT_SVIX_ID), ("svix-timestamp", "1708770600"), ("svix-signature", &sendpilot_signature)],
            body: SENDPILOT_BODY,
            expect: Err("the signature matches none of the configured keys"),
        },
    ]);
}

#[test]
fn highlevel_headers() {
    let case = |name, headers, expect| Case { name, verifier: highlevel(), headers, body: HIGHLEVEL_BODY, expect };
    let no_match = Err("the signature matches none of the configured keys");
    check(vec![
        case("Ed25519", vec![("X-GHL-Signature", ED25519_SIGNATURE)], Ok(Scheme::HighLevel)),
        case("legacy RSA", vec![("x-wh-signature", RSA_SIGNATURE)], Ok(Scheme::HighLevelLegacy)),
        case("N/A leaves it out", vec![("X-GHL-Signature", "N/A"), ("x-wh-signature", RSA_SIGNATURE)], Ok(Scheme::HighLevelLegacy)),
        case("empty leaves it out", vec![("X-GHL-Signature", ""), ("x-wh-signature", RSA_SIGNATURE)], Ok(Scheme::HighLevelLegacy)),
        case("both", vec![("X-GHL-Signature", ED25519_SIGNATURE), ("x-wh-signature", RSA_SIGNATURE)], Ok(Scheme::HighLevel)),
        case("Ed25519 and N/A", vec![("X-GHL-Signature", ED25519_SIGNATURE), ("x-wh-signature", "N/A")], Ok(Scheme::HighLevel)),
        case(
            "the new one decides although the legacy one is genuine",
            vec![("X-GHL-Signature", "AAAA"), ("x-wh-signature", RSA_SIGNATURE)],
            no_match,
        ),
        case("twice N/A", vec![("X-GHL-Signature", "N/A"), ("x-wh-signature", "N/A")], Err("header `x-ghl-signature` is missing")),
        case("nothing", vec![], Err("header `x-ghl-signature` is missing")),
        case("RSA under the new name", vec![("X-GHL-Signature", RSA_SIGNATURE)], no_match),
        case("Ed25519 under the old name", vec![("x-wh-signature", ED25519_SIGNATURE)], no_match),
        case("PSS padding", vec![("x-wh-signature", RSA_PSS_SIGNATURE)], no_match),
        case("SHA-1", vec![("x-wh-signature", RSA_SHA1_SIGNATURE)], no_match),
        case("not base64", vec![("X-GHL-Signature", "%%%")], Err("header `x-ghl-signature` is malformed: it is not base64")),
        Case {
            name: "a genuine signature of somebody else's key",
            verifier: Verifier::highlevel(),
            headers: vec![("X-GHL-Signature", ED25519_SIGNATURE)],
            body: HIGHLEVEL_BODY,
            expect: no_match,
        },
        Case {
            name: "without the RSA key, legacy signatures are refused",
            verifier: Verifier::highlevel_with([public(ED25519_PUBLIC)]).unwrap(),
            headers: vec![("x-wh-signature", RSA_SIGNATURE)],
            body: HIGHLEVEL_BODY,
            expect: no_match,
        },
    ]);
}

#[test]
fn hoop_encodings() {
    let case =
        |name, value, expect| Case { name, verifier: hoop(), headers: vec![("x-wl-signature", value)], body: HIGHLEVEL_BODY, expect };
    let zero = "0".repeat(64);
    let no_match = Err("the signature matches none of the configured keys");
    let malformed = Err("header `x-wl-signature` is malformed: it is neither hex nor base64 of a SHA-256");
    check(vec![
        case("hex", HOOP_HEX, Ok(Scheme::Hoop)),
        case("base64", HOOP_BASE64, Ok(Scheme::Hoop)),
        case("unpadded", HOOP_BASE64.trim_end_matches('='), Ok(Scheme::Hoop)),
        case("other hex", &zero, no_match),
        case("half of it", &HOOP_HEX[..32], malformed),
        case("empty", "", malformed),
        Case {
            name: "nothing",
            verifier: hoop(),
            headers: vec![],
            body: HIGHLEVEL_BODY,
            expect: Err("header `x-wl-signature` is missing"),
        },
    ]);
}

#[test]
fn rotation() {
    let new = documented("1708770600", SENDPILOT_HEX);
    let old = documented("1708770600", SENDPILOT_OLD_HEX);
    let both = frozen(Verifier::sendpilot([SENDPILOT_SECRET, SENDPILOT_OLD_SECRET]).unwrap(), TIME);
    for value in [&new, &old] {
        assert!(both.verify(&headers(&[("webhook-signature", value)]), SENDPILOT_BODY.as_bytes()).is_ok());
    }
    let after = sendpilot();
    assert!(after.verify(&headers(&[("webhook-signature", &new)]), SENDPILOT_BODY.as_bytes()).is_ok());
    let refused = after.verify(&headers(&[("webhook-signature", &old)]), SENDPILOT_BODY.as_bytes());
    assert_eq!(refused.unwrap_err(), SignatureError::NoMatch);
}

#[test]
fn tolerance() {
    let value = documented("1708770600", SENDPILOT_HEX);
    let headers = headers(&[("webhook-signature", &value)]);
    let five = DEFAULT_TOLERANCE;
    // seconds from signing to receiving, tolerance, what is said
    let cases: [(i64, Duration, &str); 10] = [
        (0, five, "ok"),
        (300, five, "ok"),
        (301, five, "the message was signed 301s ago, which is over the tolerance of 300s"),
        (-300, five, "ok"),
        (-301, five, "the message was signed 301s in the future, which is over the tolerance of 300s"),
        (1, Duration::ZERO, "the message was signed 1s ago, which is over the tolerance of 0ns"),
        (0, Duration::ZERO, "ok"),
        (3600, Duration::from_secs(3600), "ok"),
        (8_000_000_000_000, Duration::MAX, "ok"),
        (-8_000_000_000_000, five, "the message was signed 8000000000000s in the future, which is over the tolerance of 300s"),
    ];
    for (passed, tolerance, expect) in cases {
        let receiver = frozen(sendpilot().tolerance(tolerance), TIME + passed);
        let said = match receiver.verify(&headers, SENDPILOT_BODY.as_bytes()) {
            Ok(verified) => {
                assert_eq!(verified.signed_at(), Some(at(TIME)));
                assert_eq!(verified.received_at(), at(TIME + passed));
                "ok".to_owned()
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(said, expect, "{passed} s, {tolerance:?}");
    }
}

#[test]
fn a_forgery_is_a_forgery_however_old() {
    let value = documented("1708770600", &"0".repeat(64));
    let late = frozen(sendpilot(), TIME + 86_400);
    let error = late.verify(&headers(&[("webhook-signature", &value)]), SENDPILOT_BODY.as_bytes()).unwrap_err();
    assert_eq!(error, SignatureError::NoMatch);
}
