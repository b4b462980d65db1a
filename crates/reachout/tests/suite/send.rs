//! `reachout send`.

use crate::{
    CONTACT,
    program::{Ran, command, reachout, run, with_credentials},
};

#[test]
fn sends_through_each_vendor() {
    let cases: [(&str, &[&str]); 4] = [
        ("leonar", &["--to", CONTACT, "--channel", "email", "--subject", "A role", "Hi"]),
        ("sendpilot", &["--to", "https://www.linkedin.com/in/john-doe", "--from", "sender_abc123", "Hi"]),
        ("hoop-ai", &["--to", "abc123def456", "--channel", "IG", "Hi"]),
        (
            "leadway",
            &[
                "--to",
                "abc123def456",
                "--channel",
                "email",
                "--from",
                "a@b.c",
                "--cc",
                "d@e.f",
                "--status",
                "pending",
                "--forward",
                "m",
                "--forward-to",
                "g@h.i",
            ],
        ),
    ];
    for (vendor, arguments) in cases {
        let arguments = [&["send", "--sandbox", "--via", vendor], arguments].concat();
        let table = reachout(&arguments);
        assert_eq!((table.code, table.stderr.as_str()), (0, ""), "{table:?}");
        assert!(table.stdout.contains(" vendor ") && table.stdout.contains(" message_ids "), "{table:?}");
        let json = reachout(&[&arguments[..], &["--json"]].concat()).json();
        assert_eq!(json["vendor"], vendor);
        assert!(json["message_ids"][0].is_string() && json["http_status"].as_u64().is_some_and(|status| status / 100 == 2), "{json}");
    }
}

#[test]
fn the_text_may_come_from_standard_input() {
    let arguments = ["send", "--sandbox", "--via", "hoop-ai", "--to", "abc123def456", "--channel", "sms", "-"];
    let sent = run(command().args(arguments).write_stdin("Hello\n"));
    assert_eq!(sent.code, 0, "{sent:?}");
    let empty = run(command().args(arguments).write_stdin("\n"));
    assert_eq!(empty.refused(), "error: Hoop AI needs a text for a message by sms; give TEXT");
}

/// With credentials and base URLs where nobody listens: a connection would end with 3.
#[test]
fn what_cannot_be_sent_is_said_before_any_network() {
    let long = "x".repeat(301);
    let cases: [(&[&str], &str); 14] = [
        (
            &["--via", "leonar", "--to", CONTACT, "Hi"],
            "error: Leonar sends by email, linkedin-inmail, linkedin, linkedin-invitation or whatsapp: say by which with --channel",
        ),
        (
            &["--via", "leonar", "--to", CONTACT, "--channel", "whatsapp", "--cc", "a@b.c", "Hi"],
            "error: Leonar takes no cc with a message by whatsapp; leave out --cc",
        ),
        (
            &["--via", "leonar", "--to", CONTACT, "--channel", "whatsapp", "--from", "me", "Hi"],
            "error: Leonar wants the UUID of a connected account as sender and got \"me\"; give --from",
        ),
        (
            &["--via", "leadway", "--to", "c", "--channel", "sms", "--to-address", "a@b.c", "Hi"],
            "error: Leadway CRM wants a phone number as recipient address and got \"a@b.c\"; give --to-address",
        ),
        (
            &["--via", "sendpilot", "--to", "https://www.linkedin.com/in/x", "--channel", "linkedin-invitation", "--from", "s", &long],
            "error: SendPilot takes at most 300 characters in a message by linkedin-invitation, and the text has 301; shorten TEXT",
        ),
        (
            &["--via", "leonar", "--to", CONTACT, "--channel", "email", "Hi"],
            "error: Leonar needs a subject for a message by email; give --subject",
        ),
        (
            &["--via", "leonar", "--to", CONTACT, "--channel", "sms", "Hi"],
            "error: Leonar does not send by sms; it sends by email, linkedin-inmail, linkedin, linkedin-invitation or whatsapp; \
                give one of them with --channel",
        ),
        (
            &["--via", "sendpilot", "--to", "https://www.linkedin.com/in/x", "Hi"],
            "error: SendPilot needs a sender for a message by linkedin; give --from",
        ),
        (
            &["--via", "leonar", "--to", "x", "--channel", "whatsapp", "Hi"],
            "error: Leonar wants the UUID of a contact as recipient and got \"x\"; give --to",
        ),
        (
            &["--via", "leonar", "--to", CONTACT, "--channel", "whatsapp", "--html", "/no/such/file"],
            "error: /no/such/file cannot be read: No such file or directory (os error 2)",
        ),
        (
            &["--via", "leonar", "--to", CONTACT, "--channel", "whatsapp", "--campaign", "c", "Hi"],
            "error: --campaign and --lead are for SendPilot only",
        ),
        (
            &["--via", "sendpilot", "--to", "lead_1", "--template", "t", "Hi"],
            "error: --appointment, --template and --provider are for HighLevel, Hoop AI and Leadway CRM only",
        ),
        (
            &["--via", "hoop-ai", "--to", "c", "--channel", "sms", "--status", "pending", "Hi"],
            "error: the options under \"HighLevel and Leadway CRM only\" are for HighLevel and Leadway CRM only",
        ),
        (&["--via", "leonar", "--to", CONTACT, "--channel", "whatsapp"], "error: Leonar needs a text for a message by whatsapp; give TEXT"),
    ];
    for (arguments, sentence) in cases {
        let ran = run(with_credentials().arg("send").args(arguments));
        assert_eq!(ran.refused(), sentence);
    }
}

#[test]
fn a_missing_credential_is_named() {
    let ran = reachout(&["send", "--via", "hoop-ai", "--to", "c", "--channel", "sms", "Hi"]);
    assert!(ran.refused().contains("HOOP_AI_TOKEN"), "{ran:?}");
}

#[test]
fn a_call_that_is_not_sent_ends_with_3() {
    let ran: Ran = run(with_credentials().args(["send", "--via", "leadway", "--to", "c", "--channel", "sms", "Hi"]));
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{ran:?}");
    assert!(ran.stderr.contains("not sent") && !ran.stderr.contains("0123456789abcdef"), "{ran:?}");
}

#[test]
fn unknown_words_are_usage_errors() {
    for arguments in [["--via", "fax", "--to", "c"], ["--via", "leonar", "--channel", "fax"]] {
        let ran = run(command().arg("send").args(arguments));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("\"fax\" is no"), "{ran:?}");
    }
}
