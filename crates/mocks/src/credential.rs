//! Credentials, as each vendor wants them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reachout_runtime::Auth;

use crate::received::Received;

/// What of a request is not as a client with this credential sends it.
pub(crate) fn mismatches(auth: Auth, credential: &str, received: &Received) -> Vec<String> {
    let header = |name: &str, expected: String| {
        let actual = received.headers.get(name).and_then(|value| value.to_str().ok());
        (actual != Some(expected.as_str())).then(|| format!("the credential in the header `{name}` is another, or missing"))
    };
    match auth {
        Auth::Basic => header("authorization", format!("Basic {}", STANDARD.encode(credential))).into_iter().collect(),
        Auth::Header(name) => header(name, credential.to_owned()).into_iter().collect(),
        Auth::Query(name) => {
            let differs = received.values(name) != [credential];
            differs.then(|| format!("the credential in the query parameter `{name}` is another, or missing")).into_iter().collect()
        }
        Auth::Each(each) => {
            let parts = credential.split(' ').chain(std::iter::repeat(""));
            each.iter().zip(parts).flat_map(|(auth, part)| mismatches(*auth, part, received)).collect()
        }
        // Bearer, and what may be added: a token.
        _ => header("authorization", format!("Bearer {credential}")).into_iter().collect(),
    }
}

/// Whether a query parameter carries a credential.
pub(crate) fn is_in_query(auth: Auth, name: &str) -> bool {
    match auth {
        Auth::Query(own) => own == name,
        Auth::Each(each) => each.iter().any(|auth| is_in_query(*auth, name)),
        _ => false,
    }
}

/// A credential that a client takes.
pub(crate) fn meaningless(auth: Auth) -> String {
    match auth {
        Auth::Basic => "mock:credential".to_owned(),
        Auth::Each(each) => each.iter().map(|auth| meaningless(*auth)).collect::<Vec<_>>().join(" "),
        _ => "mock-credential".to_owned(),
    }
}
