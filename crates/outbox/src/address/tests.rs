//! One address, however it is written.

use proptest::prelude::*;

use super::{Address, AddressError, AddressKind, Region};

const UUID: &str = "a1b2c3d4-5678-90ab-cdef-1234567890ab";
const PROFILE: &str = "https://www.linkedin.com/in/john-doe";

fn read(text: &str) -> Result<String, AddressError> {
    Address::parse(text, None).map(|address| address.to_string())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn one_form_for_each_address() {
    let same: [(&str, &[&str]); 9] = [
        (
            "jean.dupont@example.com",
            &[
                "Jean.Dupont@Example.COM",
                " \tjean.dupont@example.com\u{a0}\n",
                "Jean Dupont <jean.dupont@example.com>",
                "\"Dupont, Jean\" <jean.dupont@example.com>",
                "Dupont, Jean <jean.dupont@example.com>",
                "<jean.dupont@example.com>",
                "mailto:jean.dupont@example.com",
                "MAILTO:jean.dupont%40example.com?subject=Hi",
                "jean.dupont@example.com\u{200b}",
                "\u{feff}jean\u{ad}.dupont@\u{2060}example.com\u{202c}",
                "jean.dupont＠example．com",
                "jean.dupont@ｅxample.com",
                "jean.dupont@example.com.",
                "'jean.dupont@example.com",
                "\"jean.dupont\"@example.com",
                "“jean.dupont@example.com”;",
                "jean.dupont@example.com, Jean.Dupont@example.com",
            ],
        ),
        (
            "jean@xn--mnchen-3ya.example",
            &["jean@münchen.example", "JEAN@MÜNCHEN.example", "jean@mu\u{308}nchen.example", "jean@münchen。example"],
        ),
        ("rené@example.com", &["rene\u{301}@example.com", "RENÉ@example.com", "rene\u{200b}\u{301}@example.com"]),
        (
            "+33612345678",
            &[
                "+33 6 12 34 56 78",
                "+33 (0)6 12 34 56 78",
                "+33-6-12-34-56-78",
                "+33.6.12.34.56.78",
                "(+33) 6 12 34 56 78",
                "+330612345678",
                "0033 6 12 34 56 78",
                "0033 (0) 6 12 34 56 78",
                "(0033) 6 12 34 56 78",
                "+33 06 12 34 56 78",
                "tel:+33612345678",
                "TEL:+33-6-12-34-56-78",
                "callto:+33612345678",
                "+33\u{a0}6\u{202f}12\u{2009}34\u{2011}56\u{2013}78",
                "\u{202a}+33 6 12 34 56 78\u{202c}",
                "＋３３６１２３４５６７８",
                "+٣٣٦١٢٣٤٥٦٧٨",
                "+33 6 12 34 56 78 ext. 12",
                "+33612345678;ext=12",
            ],
        ),
        ("+525512345678", &["+52 1 55 1234 5678", "+52 55 1234 5678"]),
        (
            PROFILE,
            &[
                "https://www.linkedin.com/in/john-doe/",
                "http://www.linkedin.com/in/john-doe",
                "HTTPS://WWW.LINKEDIN.COM/IN/JOHN-DOE",
                "https://linkedin.com/in/john-doe",
                "https://fr.linkedin.com/in/John-Doe",
                "https://m.linkedin.com/in/john-doe",
                "https://www.linkedin.com:443/in/john-doe",
                "https://www.linkedin.com./in//john-doe",
                "www.linkedin.com/in/john-doe",
                "//linkedin.com/in/john-doe",
                "linkedin.com/in/john-doe",
                "/in/john-doe",
                "https://www.linkedin.com/in/john-doe?utm_source=x",
                "https://www.linkedin.com/in/john-doe#about",
                "https://www.linkedin.com/in/john-doe/en",
                "https://www.linkedin.com/in/john-doe/overlay/contact-info/",
                "https://www.linkedin.com/mwlite/in/john-doe",
                "https://www.linkedin.com/comm/in/john-doe?trk=eml",
                "https://www.linkedin.com/in/john%2Ddoe",
                "https://www.linkedin.com/in/john-doe%2F",
                "https://www.linkedin.com/in/john%E2%80%8B-doe",
                "https://www.linkedin.com/in/john\u{2011}doe",
                "<https://www.linkedin.com/in/john-doe>",
                "https://www.linkedin.com/in/john-doe.",
            ],
        ),
        (
            "https://www.linkedin.com/in/andré",
            &[
                "https://www.linkedin.com/in/andr%C3%A9",
                "https://www.linkedin.com/in/andr%c3%a9",
                "https://www.linkedin.com/in/andr%25C3%25A9",
                "https://www.linkedin.com/in/andre%CC%81",
                "https://www.linkedin.com/in/ANDRÉ",
            ],
        ),
        (
            UUID,
            &[
                "A1B2C3D4-5678-90AB-CDEF-1234567890AB",
                "a1b2c3d4567890abcdef1234567890ab",
                "{a1b2c3d4-5678-90ab-cdef-1234567890ab}",
                "urn:uuid:a1b2c3d4-5678-90ab-cdef-1234567890ab",
                "id:A1B2C3D4567890ABCDEF1234567890AB",
                "\u{200b}a1b2c3d4\u{2011}5678-90ab-cdef-1234567890ab",
            ],
        ),
        ("lead_abc123", &["LEAD_ABC123", " lead_abc123", "id:lead_abc123", "\"lead_abc123\""]),
    ];
    for (canonical, spellings) in same {
        for spelling in [&[canonical][..], spellings].concat() {
            assert_eq!(read(spelling).as_deref(), Ok(canonical), "{spelling:?}");
        }
    }
}

#[test]
fn a_national_number_needs_its_region() {
    let region = |name: &str| Some(name.parse::<Region>().unwrap());
    for (text, name, canonical) in [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "fr", "+33612345678"),
        ("33612345678", "FR", "+33612345678"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("011 33 6 12 34 56 78", "US", "+33612345678"),
        ("00 33 6 12 34 56 78", "US", "+33612345678"),
        ("415-555-2671x5", "US", "+14155552671"),
    ] {
        assert_eq!(Address::parse(text, region(name)).map(|address| address.to_string()).as_deref(), Ok(canonical), "{text}");
    }
    for text in ["06 12 34 56 78", "33612345678", "(415) 555-2671", "12345678", "7"] {
        assert_eq!(read(text), Err(AddressError::NationalPhone), "{text}");
    }
    assert_eq!(Address::parse("06 12 34 56", region("FR")), Err(AddressError::Phone));
    for text in ["XX", "France", "", "001", "ZZ"] {
        assert!(text.parse::<Region>().is_err(), "{text}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    use AddressError::{Email, Empty, Phone, Profile, Several, Unknown};
    for (text, error) in [
        ("", Empty),
        (" \u{200b},; ", Empty),
        ("email", Unknown),
        ("Jean Dupont", Unknown),
        ("unsubscribed", Unknown),
        ("example.com", Unknown),
        ("jean.dupont(at)example.com", Unknown),
        ("@jean", Email),
        ("mailto:a@example.com?cc=b@example.com", Email),
        ("mailto:a@example.com?cc=b%40example.com", Email),
        ("jean@", Email),
        ("jean@exa mple.com", Unknown),
        ("a@b@c.com", Email),
        ("jean@-_.com!", Email),
        ("jean@example..com", Email),
        ("jean(work)@example.com", Email),
        ("+33 6 12 34", Phone),
        ("+999 123456789", Phone),
        ("+49 151 2345678 ab", Phone),
        ("+1 800 FLOWERS", Phone),
        ("3.36123E+10", Unknown),
        ("2026-11-30", AddressError::NationalPhone),
        ("https://example.com/in/john", Profile),
        ("https://evil-linkedin.com/in/john", Profile),
        ("https://www.linkedin.com.evil.com/in/john", Profile),
        ("https://jean@www.linkedin.com/in/john", Profile),
        ("https://www.linkedin.com/company/acme", Profile),
        ("https://www.linkedin.com/pub/john-doe/1/2b/3c4", Profile),
        ("https://www.linkedin.com/sales/lead/ACwAAA", Profile),
        ("https://www.linkedin.com/in/", Profile),
        ("https://www.linkedin.com/in/me/", Profile),
        ("https://www.linkedin.com/in/john?x=jean@example.com", Profile),
        ("https://www.linkedin.com/in/john%E9", Profile),
        ("https://www.linkedin.com/in/john doe", Unknown),
        ("urn:li:member:123", Profile),
        ("a@example.com;b@example.com", Several),
        ("+33612345678 / +33612345679", Several),
    ] {
        assert_eq!(read(text), Err(error), "{text:?}");
    }
}

#[test]
fn all_addresses_of_a_cell_count() {
    let all = |text: &str| Address::parse_all(text, None).map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
    let two = ["a@example.com", "b@example.com"].map(str::to_owned).to_vec();
    for text in [
        "a@example.com;b@example.com",
        "a@example.com, B@example.com",
        "a@example.com b@example.com",
        "a@example.com\nb@example.com",
        "a@example.com|b@example.com",
        "Ann <a@example.com>, \"Bob, Jr\" <b@example.com>",
        "Ann <a@example.com> b@example.com",
        "a@example.com <b@example.com>",
        "mailto:a@example.com,b@example.com",
    ] {
        let mut found = all(text).unwrap();
        found.sort();
        assert_eq!(found, two, "{text}");
    }
    let mixed = all("jean@example.com; +33 6 12 34 56 78, https://linkedin.com/in/john-doe lead_1").unwrap();
    assert_eq!(mixed, ["jean@example.com", "+33612345678", PROFILE, "lead_1"]);
    assert_eq!(all("a@example.com; unsubscribed"), Err(AddressError::Unknown));
}

#[test]
fn a_recipient_is_an_id_or_a_profile() {
    for (text, canonical, spelled, kind) in [
        ("12345", "id:12345", "12345", AddressKind::Id),
        ("id:12345", "id:12345", "12345", AddressKind::Id),
        ("c", "id:c", "c", AddressKind::Id),
        ("ocQHyuzHvysMo5N5VsXc", "ocqhyuzhvysmo5n5vsxc", "ocQHyuzHvysMo5N5VsXc", AddressKind::Id),
        ("\u{200b}A1B2C3D4567890ABCDEF1234567890AB", UUID, UUID, AddressKind::Id),
        ("Linkedin.com/in/ACoAAB", "https://www.linkedin.com/in/acoaab", "https://www.linkedin.com/in/ACoAAB", AddressKind::Linkedin),
        (
            "https://fr.linkedin.com/in/André",
            "https://www.linkedin.com/in/andré",
            "https://www.linkedin.com/in/Andr%C3%A9",
            AddressKind::Linkedin,
        ),
    ] {
        let address = Address::recipient(text).unwrap();
        assert_eq!((address.as_str(), address.spelled(), address.kind()), (canonical, spelled, kind));
        assert_eq!(read(canonical).as_deref(), Ok(canonical), "what is listed can be taken off the list");
    }
    for text in ["jean@example.com", "+33612345678", "tel:+33612345678", "a b", "a,b", "a\0", "%"] {
        assert_eq!(Address::recipient(text), Err(AddressError::Recipient), "{text:?}");
    }
    assert_eq!(Address::recipient(" \u{200b}"), Err(AddressError::Empty));
    let shown = format!("{:?}", Address::recipient("MARKED1").unwrap());
    assert!(!shown.to_lowercase().contains("marked"), "{shown}");
}

/// Signs that nobody sees, between those of a text.
fn with_noise(text: &str, noise: &[(usize, usize)]) -> String {
    const NOISE: [char; 8] = ['\u{200b}', '\u{200d}', '\u{feff}', '\u{ad}', '\u{202a}', '\u{2060}', '\u{180e}', '\u{fe0f}'];
    let mut signs: Vec<char> = text.chars().collect();
    for (at, which) in noise {
        signs.insert(at % (signs.len() + 1), NOISE[which % NOISE.len()]);
    }
    signs.into_iter().collect()
}

fn in_some_capitals(text: &str, capitals: u64) -> String {
    let sign = |(at, sign): (usize, char)| if capitals >> (at % 64) & 1 == 1 { sign.to_ascii_uppercase() } else { sign };
    text.chars().enumerate().map(sign).collect()
}

fn noise() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((any::<usize>(), any::<usize>()), 0..6)
}

proptest! {
    #[test]
    fn any_spelling_of_an_email(local in "[a-z0-9][a-z0-9.+_-]{0,20}", domain in "[a-z]{1,10}\\.(com|example|fr)", form in 0..6, capitals: u64, noise in noise()) {
        let address = format!("{local}@{domain}");
        let written = in_some_capitals(&address, capitals);
        let written = match form {
            0 => format!("Jean Dupont <{written}>"),
            1 => format!("mailto:{written}"),
            2 => format!("\u{a0} {written} \t"),
            3 => format!("\"Dupont, Jean\" <{written}>;"),
            4 => format!("{written}, {address}"),
            _ => written,
        };
        prop_assert_eq!(read(&with_noise(&written, &noise)), Ok(address));
    }

    #[test]
    fn any_spelling_of_a_phone_number(digits in "[67][0-9]{8}", separator in "[ .-]|\u{a0}|\u{2011}|\u{202f}|", form in 0..5, noise in noise()) {
        let grouped: String = digits.char_indices().map(|(at, digit)| if at % 2 == 1 { format!("{separator}{digit}") } else { digit.to_string() }).collect();
        let written = match form {
            0 => format!("+33{separator}{grouped}"),
            1 => format!("0033{separator}{grouped}"),
            2 => format!("+33 (0){grouped}"),
            3 => format!("tel:+33{grouped}"),
            _ => format!("(+33) {grouped}"),
        };
        prop_assert_eq!(read(&with_noise(&written, &noise)), Ok(format!("+33{digits}")));
    }

    #[test]
    fn any_spelling_of_a_profile(slug in "[a-zà-ÿ][a-zà-ÿ0-9-]{2,15}", host in "https://www\\.linkedin\\.com|http://fr\\.linkedin\\.com|linkedin\\.com|https://m\\.linkedin\\.com", end in "|/|\\?a=b|#x|/en/|/\\?trk=x#y", escaped: bool, capitals: u64, noise in noise()) {
        let name = in_some_capitals(&slug, capitals);
        let name = with_noise(&name, &noise);
        let name = if escaped { percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC).to_string() } else { name };
        let expected = super::fold(&format!("https://www.linkedin.com/in/{slug}"));
        prop_assert_eq!(read(&format!("{host}/in/{name}{end}")), Ok(expected));
    }

    #[test]
    fn the_canonical_form_is_of_itself(text in any::<String>()) {
        for address in Address::parse_all(&text, None).into_iter().flatten() {
            prop_assert_eq!(read(address.as_str()), Ok(address.to_string()));
            prop_assert_eq!(read(address.spelled()), Ok(address.to_string()));
        }
    }

    #[test]
    fn the_canonical_form_of_what_is_nearly_one(text in "(https://linkedin.com/in/|[a-z]@|\\+33|id:|)[^/?#\\p{Cc}]{0,12}(@[a-zà-ž]{1,8}\\.com|)") {
        for region in [None, "FR".parse().ok()] {
            for address in Address::parse_all(&text, region).into_iter().flatten() {
                prop_assert_eq!(read(address.as_str()), Ok(address.to_string()));
            }
        }
        if let Ok(address) = Address::recipient(&text) {
            prop_assert_eq!(Address::recipient(address.as_str()), Ok(address.clone()));
            prop_assert_eq!(Address::recipient(address.spelled()), Ok(address));
        }
    }
}
