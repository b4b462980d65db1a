//! What each vendor takes, as a user reads it.

use reachout_messenger::{Channel, HighLevelOptions, Message, ReplyMode, Vendor, channels, check};

use crate::CONTACT;

/// A message that every vendor takes on the channel.
fn plain(vendor: Vendor, channel: Channel) -> Message {
    let message = match (vendor, channel) {
        (Vendor::SendPilot, _) => Message::to("https://www.linkedin.com/in/john-doe").from("sender_abc123"),
        (Vendor::Leonar, Channel::Email) => Message::to(CONTACT).subject("A role"),
        _ => Message::to(CONTACT),
    };
    message.channel(channel).text("Hi")
}

#[test]
fn every_channel_of_a_vendor_takes_a_plain_message() {
    use Channel::*;
    let all = [
        (Vendor::Leonar, vec![Email, LinkedinInmail, Linkedin, LinkedinInvitation, WhatsApp]),
        (Vendor::SendPilot, vec![Linkedin, LinkedinInvitation]),
        (Vendor::HoopAi, vec![Email, Sms, WhatsApp, Instagram, Facebook, LiveChat, Custom]),
        (Vendor::HighLevel, vec![Email, Sms, Rcs, WhatsApp, Instagram, Facebook, LiveChat, TikTok, Custom]),
        (Vendor::Leadway, vec![Email, Sms, Rcs, WhatsApp, Instagram, Facebook, LiveChat, TikTok, Custom]),
    ];
    for (vendor, expected) in all {
        assert_eq!(channels(vendor).collect::<Vec<_>>(), expected);
        for channel in Channel::all() {
            let outcome = check(vendor, &plain(vendor, channel));
            assert_eq!(outcome.is_ok(), expected.contains(&channel), "{vendor} {channel}: {outcome:?}");
        }
    }
}

/// Vendor × field: by which of its channels it can be sent.
#[test]
fn fields_go_where_the_vendor_has_a_place_for_them() {
    type Set = fn(Message) -> Message;
    let fields: [(&str, Set, &str); 10] = [
        ("html", |message| message.html("<p>Hi</p>"), "highlevel: email custom; hoop-ai: email custom; leadway: email custom"),
        (
            "subject",
            |message| message.subject("S"),
            "leonar: email linkedin-inmail; highlevel: email custom; hoop-ai: email custom; leadway: email custom",
        ),
        ("cc", |message| message.cc("a@b.c"), "highlevel: email custom; hoop-ai: email custom; leadway: email custom"),
        ("bcc", |message| message.bcc("a@b.c"), "highlevel: email custom; hoop-ai: email custom; leadway: email custom"),
        (
            "attachments",
            |message| message.attachment("https://a.b/c.pdf"),
            "highlevel: email sms rcs instagram facebook live-chat tiktok custom; hoop-ai: email sms instagram facebook live-chat custom; leadway: email sms rcs instagram facebook live-chat tiktok custom",
        ),
        (
            "send_at",
            |message| message.send_at(chrono::DateTime::UNIX_EPOCH),
            "highlevel: email sms rcs whatsapp instagram facebook live-chat tiktok custom; hoop-ai: email sms whatsapp instagram facebook live-chat custom; leadway: email sms rcs whatsapp instagram facebook live-chat tiktok custom",
        ),
        (
            "reply_mode",
            |message| message.reply_mode(ReplyMode::Sender),
            "highlevel: email custom; hoop-ai: email custom; leadway: email custom",
        ),
        ("email address", |message| message.to_address("a@b.c"), "highlevel: email custom; hoop-ai: email custom; leadway: email custom"),
        (
            "phone number",
            |message| message.to_address("+1"),
            "highlevel: sms rcs whatsapp custom; hoop-ai: sms whatsapp custom; leadway: sms rcs whatsapp custom",
        ),
        (
            "sender",
            |message| message.from(CONTACT),
            "leonar: email linkedin-inmail linkedin linkedin-invitation whatsapp; sendpilot: linkedin linkedin-invitation; highlevel: sms rcs whatsapp custom; hoop-ai: sms whatsapp custom; leadway: sms rcs whatsapp custom",
        ),
    ];
    for (field, set, expected) in fields {
        let takes = |vendor: Vendor| {
            let channels = channels(vendor).filter(|channel| check(vendor, &set(plain(vendor, *channel))).is_ok());
            channels.map(Channel::name).collect::<Vec<_>>().join(" ")
        };
        let places = Vendor::ALL.map(|vendor| (vendor, takes(vendor)));
        let places: Vec<_> = places
            .into_iter()
            .filter(|(_, channels)| !channels.is_empty())
            .map(|(vendor, channels)| format!("{vendor}: {channels}"))
            .collect();
        assert_eq!(places.join("; "), expected, "{field}");
    }
}

#[test]
fn what_is_wrong_is_one_sentence() {
    let to = || Message::to(CONTACT);
    let profile = || Message::to("https://www.linkedin.com/in/john-doe");
    let cases = [
        (
            Vendor::Leonar,
            to().text("Hi"),
            "Leonar sends by email, linkedin-inmail, linkedin, linkedin-invitation or whatsapp: say by which",
        ),
        (
            Vendor::Leonar,
            to().channel(Channel::Sms).text("Hi"),
            "Leonar does not send by sms; it sends by email, linkedin-inmail, linkedin, linkedin-invitation or whatsapp",
        ),
        (Vendor::Leonar, to().channel(Channel::Email).text("Hi"), "Leonar needs a subject for a message by email"),
        (Vendor::Leonar, to().channel(Channel::Email).subject(" ").text("Hi"), "Leonar needs a subject for a message by email"),
        (Vendor::Leonar, to().channel(Channel::WhatsApp), "Leonar needs a text for a message by whatsapp"),
        (
            Vendor::Leonar,
            Message::to("x").channel(Channel::WhatsApp).text("Hi"),
            "Leonar wants the UUID of a contact as recipient and got \"x\"",
        ),
        (
            Vendor::Leonar,
            profile().channel(Channel::Linkedin).text("Hi"),
            "Leonar wants the id of a contact as recipient and got \"https://www.linkedin.com/in/john-doe\"",
        ),
        (
            Vendor::Leonar,
            to().channel(Channel::WhatsApp).from("me").text("Hi"),
            "Leonar wants the UUID of a connected account as sender and got \"me\"",
        ),
        (Vendor::Leonar, to().channel(Channel::WhatsApp).cc("a@b.c").text("Hi"), "Leonar takes no cc with a message by whatsapp"),
        (Vendor::SendPilot, profile().text("Hi"), "SendPilot needs a sender for a message by linkedin"),
        (
            Vendor::SendPilot,
            to().channel(Channel::Email).text("Hi"),
            "SendPilot does not send by email; it sends by linkedin or linkedin-invitation",
        ),
        (
            Vendor::SendPilot,
            profile().from("s").text("ä".repeat(8001)),
            "SendPilot takes at most 8000 characters in a message by linkedin, and the text has 8001",
        ),
        (
            Vendor::SendPilot,
            profile().from("s").channel(Channel::LinkedinInvitation).text("x".repeat(301)),
            "SendPilot takes at most 300 characters in a message by linkedin-invitation, and the text has 301",
        ),
        (
            Vendor::SendPilot,
            Message::to("lead_1").from("s").channel(Channel::LinkedinInvitation),
            "SendPilot wants the URL of a LinkedIn profile as recipient and got \"lead_1\"",
        ),
        (Vendor::SendPilot, Message::to("").text("Hi"), "SendPilot wants the id of a lead as recipient and got \"\""),
        (
            Vendor::HoopAi,
            to().channel(Channel::Rcs).text("Hi"),
            "Hoop AI does not send by rcs; it sends by email, sms, whatsapp, instagram, facebook, live-chat or custom",
        ),
        (
            Vendor::HoopAi,
            to().channel(Channel::Sms).text("Hi").highlevel(HighLevelOptions::new().status("delivered")),
            "Hoop AI takes no status with a message",
        ),
        (Vendor::HoopAi, to().channel(Channel::Sms), "Hoop AI needs a text for a message by sms"),
        (
            Vendor::HoopAi,
            to().channel(Channel::WhatsApp).text("Hi").attachment("https://a.b/c"),
            "Hoop AI takes no attachments with a message by whatsapp",
        ),
        (
            Vendor::Leadway,
            to().channel(Channel::Sms).from("a@b.c").text("Hi"),
            "Leadway CRM wants a phone number as sender and got \"a@b.c\"",
        ),
        (
            Vendor::Leadway,
            to().channel(Channel::Email).from("+1").text("Hi"),
            "Leadway CRM wants an email address as sender and got \"+1\"",
        ),
    ];
    for (vendor, message, sentence) in cases {
        assert_eq!(check(vendor, &message).unwrap_err().to_string(), sentence);
    }
    let most = Message::to("lead_1").text("ä".repeat(8000));
    assert_eq!(check(Vendor::SendPilot, &most).map(drop), Ok(()));
}

#[test]
fn a_forwarded_email_needs_no_text() {
    let forward = leadway::types::ForwardConfig::new(true).to_email("a@b.c");
    let message = Message::to("c").channel(Channel::Email).highlevel(HighLevelOptions::new().forward(forward));
    assert_eq!(check(Vendor::Leadway, &message).map(drop), Ok(()));
    assert!(check(Vendor::HoopAi, &message).is_err());
}

/// Each channel of a vendor is one of ours, and back; one that it does not have is an error.
#[test]
fn channels_are_converted_both_ways() {
    use highlevel::types::SendMessageType;
    use leonar::types::Channel as LeonarChannel;

    for name in SendMessageType::KNOWN {
        let theirs: SendMessageType = name.parse().unwrap();
        let ours = Channel::try_from(theirs).unwrap();
        assert_eq!(SendMessageType::try_from(ours).unwrap(), theirs);
    }
    for name in LeonarChannel::KNOWN {
        let theirs: LeonarChannel = name.parse().unwrap();
        assert_eq!(LeonarChannel::try_from(Channel::try_from(theirs).unwrap()).unwrap(), theirs);
    }
    assert_eq!(LeonarChannel::try_from(Channel::LinkedinInmail).unwrap(), LeonarChannel::Linkedin);
    let error = hoop_ai::types::SendMessageType::try_from(Channel::Rcs).unwrap_err();
    assert!(error.to_string().starts_with("Hoop AI does not send by rcs; it sends by email, sms"), "{error}");
    assert!(LeonarChannel::try_from(Channel::Sms).is_err() && SendMessageType::try_from(Channel::Linkedin).is_err());
}
