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
        for auth in [Auth::Bearer, Auth::Header("X-API-Key")] {
            let name = credential_name(auth).unwrap();
            match Credential::new(auth, secret.into()).value().map(|value| (name, value)) {
                Ok((name, value)) => {
                    assert!(accepted, "{secret:?}");
                    assert_eq!(name.as_str(), auth.header_name().to_lowercase());
                    assert!(value.is_sensitive());
                }
                Err(error) => {
                    assert!(!accepted, "{secret:?}");
                    assert_eq!(error.kind(), ErrorKind::Credential);
                    assert!(!format!("{error} {error:?}").contains("MARKED"));
                }
            }
        }
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
