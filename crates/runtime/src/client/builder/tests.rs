use super::*;
use crate::{Auth, ErrorKind, ErrorShape, RateLimit, RateLimitHeaders};

static VENDOR: Vendor = Vendor {
    id: "acme",
    name: "Acme",
    platform: None,
    user_agent: "reachout-acme/1.2.3",
    base_url: "https://api.acme.invalid/v1",
    env: "ACME",
    credential_env: "ACME_KEY",
    auth: Auth::Header("x-api-key"),
    rate_limit: Some(RateLimit::new(1, Duration::from_secs(1))),
    rate_limit_headers: RateLimitHeaders::NONE,
    error: ErrorShape { code: None, message: None, request_id: None },
    routes: &[],
};

fn builder() -> ClientBuilder<Core> {
    ClientBuilder::new(&VENDOR).credential("MARKED")
}

/// The base URL of a client built from these variables, or the error.
fn from(variables: &[(&str, &str)]) -> Result<String, String> {
    let read = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
    };
    let client = ClientBuilder::<Core>::new(&VENDOR).with_variables(read).and_then(ClientBuilder::build);
    client.map(|core| core.shared().base.as_str().to_owned()).map_err(|error| error.to_string())
}

#[test]
fn a_sandbox_of_the_environment_is_not_paced() {
    let paced = |sandbox: &str, base_url: &str, pacing: Option<Pacing>| {
        let variables = [("ACME_KEY", "MARKED"), ("ACME_BASE_URL", base_url), (SANDBOX, sandbox)];
        let read = |name: &str| {
            let found = variables.iter().find(|(key, value)| *key == name && !value.is_empty());
            found.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
        };
        let builder = ClientBuilder::<Core>::new(&VENDOR).with_variables(read).unwrap();
        let builder = pacing.into_iter().fold(builder, ClientBuilder::pacing);
        builder.build().unwrap().tenant().pacer.is_some()
    };
    let sandbox = "http://127.0.0.1:8000";
    for (named, base_url, expected) in [
        (sandbox, "http://127.0.0.1:8000/acme", false),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/acme/", false),
        ("", "http://127.0.0.1:8000/acme", true),
        (sandbox, "http://127.0.0.1:8001/acme", true),
        (sandbox, "https://api.acme.invalid/v1", true),
        (sandbox, "", true),
    ] {
        assert_eq!(paced(named, base_url, None), expected, "{named} {base_url}");
    }
    assert!(paced(sandbox, "http://127.0.0.1:8000/acme", Some(Pacing::documented())), "it was asked for");
}

#[test]
fn the_environment() {
    type Row = (&'static [(&'static str, &'static str)], Result<&'static str, &'static str>);
    let rows: [Row; 7] = [
        (&[("ACME_KEY", "MARKED")], Ok("https://api.acme.invalid/v1")),
        (&[("ACME_KEY", " MARKED\n"), ("ACME_BASE_URL", "http://127.0.0.1:1/x ")], Ok("http://127.0.0.1:1/x")),
        (&[], Err("the environment variable ACME_KEY is not set; it must hold the Acme credential.")),
        (&[("ACME_KEY", "")], Err("the environment variable ACME_KEY is empty.")),
        (&[("ACME_KEY", " \n")], Err("the environment variable ACME_KEY is empty.")),
        (&[("ACME_KEY", "MARKED"), ("ACME_BASE_URL", "")], Err("the environment variable ACME_BASE_URL is empty.")),
        (
            &[("ACME_KEY", "MARK\nED")],
            Err("Acme: the credential is empty or has characters that a header cannot carry, such as a line break."),
        ),
    ];
    for (variables, expected) in rows {
        assert_eq!(from(variables).as_deref().map_err(|error| &**error), expected);
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let not_unicode = |_: &str| Err(VarError::NotUnicode(std::ffi::OsString::from_vec(b"MARKED\xff".to_vec())));
        let error = ClientBuilder::<Core>::new(&VENDOR).with_variables(not_unicode).unwrap_err();
        assert_eq!(error.to_string(), "the environment variable ACME_KEY is not Unicode.");
    }
}

#[test]
fn what_cannot_be_built() {
    let rows = [
        (ClientBuilder::<Core>::new(&VENDOR), "Acme: no credential was given; call `credential` or set ACME_KEY."),
        (
            builder().base_url("http://api.acme.invalid"),
            "Acme: the base URL http://api.acme.invalid/ is plain http, which would show the credential to the network; \
             use https (http is for loopback only).",
        ),
        (builder().base_url("api.acme.invalid"), "Acme: the base URL is not a URL: relative URL without a base."),
        (builder().base_url("https://u:MARKED@a.invalid"), "Acme: the base URL must not hold a user, a password, a query or a fragment."),
        (builder().user_agent("a\nb"), "Acme: the user agent has characters that a header cannot carry."),
        (builder().api_version("a\nb"), "Acme: the API version has characters that a header cannot carry."),
        (builder().header("x", "MARKED\n"), "Acme: the value of the header `x` has characters that a header cannot carry."),
        (
            builder().header("Content-Length", "5"),
            "Acme: the header `content-length` cannot be set: the client frames its requests and manages its connections itself.",
        ),
        (builder().pacing(Pacing::new(0, Duration::ZERO)), "Acme: pacing needs at least one request in a period longer than zero."),
    ];
    for (builder, sentence) in rows {
        let error = builder.build().unwrap_err();
        assert_eq!((error.to_string().as_str(), error.kind()), (sentence, ErrorKind::Configuration));
        assert!(!format!("{error:#?}").contains("MARKED"));
    }
}

#[test]
fn defaults() {
    let core = builder().build().unwrap();
    assert_eq!((core.timeout(), core.deadline(), core.shared().max_body), (TIMEOUT, DEADLINE, 16 * 1024 * 1024));
    assert!(core.tenant().pacer.is_some());
    assert!(builder().pacing(Pacing::off()).build().unwrap().tenant().pacer.is_none());
}
