use crate::ConversionError;

crate::open_enum! { enum Channel { Email = "email", Linkedin = "linkedin" } }

crate::closed_enum! { enum Status { Delivered = "delivered", Failed = "failed" } }

#[test]
fn an_open_enum_keeps_what_it_does_not_know() {
    for text in ["email", "linkedin", "fax", "Email", "", " email", "ü\n"] {
        let json = serde_json::to_string(text).unwrap();
        let channel: Channel = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&channel).unwrap(), json);
        assert_eq!(channel.as_str(), text);
        assert_eq!(channel.to_string(), text);
        assert_eq!(Channel::from(text), channel);
        assert_eq!(Channel::from(text.to_owned()), channel);
        assert_eq!(Channel::from(&text.to_owned()), channel);
        assert_eq!(text.parse::<Channel>().unwrap(), channel);
        assert_eq!(matches!(channel, Channel::Unknown(_)), !Channel::KNOWN.contains(&text));
    }
    assert!(serde_json::from_str::<Channel>("7").is_err());
    assert_eq!(format!("{:>8}", Channel::Email), "   email");
}

#[test]
fn a_closed_enum_names_what_it_accepts() {
    assert_eq!("failed".parse(), Ok(Status::Failed));
    assert_eq!(Status::try_from("delivered"), Ok(Status::Delivered));
    assert_eq!(Status::try_from("delivered".to_owned()), Ok(Status::Delivered));
    assert_eq!(serde_json::to_string(&Status::Delivered).unwrap(), "\"delivered\"");
    let error = Status::try_from(&"lost".to_owned()).unwrap_err();
    assert_eq!(error.to_string(), "`lost` is not one of delivered, failed");
    let error = serde_json::from_str::<Status>("\"lost\"").unwrap_err();
    assert!(error.to_string().starts_with("`lost` is not one of delivered, failed"), "{error}");
    assert_eq!(Status::KNOWN, ["delivered", "failed"]);
}

#[test]
fn conversion_errors_are_plain_sentences() {
    assert_eq!(ConversionError::from("too long").to_string(), "too long");
    assert_eq!(ConversionError::from("too short".to_owned()).to_string(), "too short");
    assert_eq!(crate::Error::from(ConversionError::from("too long")).kind(), crate::ErrorKind::InvalidRequest);
}

#[cfg(feature = "schemars")]
#[test]
fn schemas() {
    let open = schemars::schema_for!(Channel);
    assert_eq!(open.get("type").unwrap(), "string");
    assert_eq!(open.get("examples").unwrap(), &serde_json::json!(["email", "linkedin"]));
    assert!(open.get("enum").is_none());
    assert_eq!(schemars::schema_for!(Status).get("enum").unwrap(), &serde_json::json!(["delivered", "failed"]));
}
