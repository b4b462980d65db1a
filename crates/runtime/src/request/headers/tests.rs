use super::*;
use crate::client::credential::Credential;
use crate::{CallOptions, ErrorKind};

#[test]
fn credentials() {
    let rows = [
        ("leo_abc", true),
        ("a.b-c_d~e+f/g=", true),
        ("", false),
        ("leo_MARKED\n", false),
        ("leo_MARKED\r\nx: y", false),
        (" leo_MARKED", false),
        ("leo_MARKED ", false),
        ("leo_MARKED\0", false),
        ("leo_MARKEDü", false),
        ("leo_MARKED\u{7f}", false),
    ];
    for (secret, accepted) in rows {
        for auth in [Auth::Bearer, Auth::Header("X-API-Key"), Auth::Query("key")] {
            match Credential::new(auth, secret.into()).values().map(Iterator::collect::<Vec<_>>) {
                Ok(values) => {
                    assert!(accepted, "{secret:?}");
                    let [(carrier, value)] = values.as_slice() else { panic!("{values:?}") };
                    let name = credential_name(*carrier).unwrap();
                    assert!(name.is_none_or(|name| auth.is_header(name.as_str())));
                    assert!(value.is_sensitive());
                }
                Err(error) => {
                    assert!(!accepted, "{secret:?}");
                    assert_eq!(error.kind(), ErrorKind::Credential);
                    assert!(!format!("{error} {error:#?}").contains("MARKED"));
                }
            }
        }
    }
}

#[test]
fn a_credential_of_several_parts_is_carried_and_hidden_part_by_part() {
    const BOTH: Auth = Auth::Each(&[Auth::Header("x-key"), Auth::Query("app")]);
    for (auth, secret, carried, hidden) in [
        (Auth::Basic, "ada:pass word", &["Basic YWRhOnBhc3Mgd29yZA=="][..], &["ada:pass word", "YWRhOnBhc3Mgd29yZA==", "pass word"][..]),
        (Auth::Basic, "ada", &[], &["ada"]),
        (BOTH, "KEY APP", &["KEY", "APP"], &["KEY APP", "KEY", "APP"]),
        (BOTH, "KEY", &[], &["KEY"]),
    ] {
        let credential = Credential::new(auth, secret.into());
        let values: Vec<String> = credential.values().into_iter().flatten().map(|(_, value)| value.to_str().unwrap().to_owned()).collect();
        assert_eq!(values, carried, "{secret}");
        let secrets: Vec<String> = credential.secrets().map(|secret| secret.expose_secret().to_owned()).collect();
        assert_eq!(secrets, hidden, "{secret}");
    }
}

#[test]
fn the_first_header_that_cannot_be_sent_is_reported() {
    let mut headers = Headers::default();
    headers.set("x-good", "1");
    headers.set("x bad", "2");
    headers.set("x-worse", "MARKED\n");
    let error = headers.check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().starts_with("`x bad` is not a valid header name"), "{error}");
    let options = CallOptions::new().header("x-worse", "MARKED\n").header("x-key", "MARKED");
    assert!(!format!("{options:?} {:?}", options.headers.check().unwrap_err()).contains("MARKED"));
}
