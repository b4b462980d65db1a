//! Access tokens: given out, refreshed and, in time, refused.

use serde_json::{Value, json};

use crate::engine::Handler;
use crate::engine::call::Call;
use crate::engine::store::{Fields, Store, fields, text};
use crate::ids;
use crate::refusal::Refusal;

/// What the sandbox's access tokens start with. Such a token must be known and fresh, whatever else is accepted.
const ACCESS: &str = "sandbox-access-";
const REFRESH: &str = "sandbox-refresh-";

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "create_token" => create_token,
        "create_location_token" => create_location_token,
        _ => return None,
    })
}

/// Whether an access token may be used: those of the sandbox until they expire, and every other.
pub(crate) fn accepts(store: &mut Store, token: &str) -> bool {
    let now = store.now().timestamp_millis();
    let expires = |fields: &Fields| fields.get("expires").and_then(Value::as_i64).unwrap_or(0);
    !token.starts_with(ACCESS) || store.get("access token", token).is_some_and(|token| expires(token) > now)
}

fn create_token(call: &mut Call<'_>) -> Result<Value, Refusal> {
    // The messages are those of the vendor's own examples.
    let given = match call.said("grant_type") {
        "authorization_code" if call.said("code").is_empty() => return Err(Refusal::State("Missing parameter: code".to_owned())),
        "refresh_token" if call.said("refresh_token").is_empty() => {
            return Err(Refusal::State("Missing parameter: refreshToken".to_owned()));
        }
        // A refresh token is good for one use.
        "refresh_token" => match call.store.remove("refresh token", call.said("refresh_token")) {
            Some(given) => given,
            None => return Err(Refusal::State("Invalid grant: refresh token is invalid".to_owned())),
        },
        _ => Fields::new(),
    };
    let kind =
        [text(&given, "userType"), call.said("user_type")].into_iter().find(|kind| !kind.is_empty()).unwrap_or("Location").to_owned();
    let mut response = call.example();
    let company = kind == "Company";
    if let Some(token) = response.as_object_mut() {
        token.insert("userType".to_owned(), kind.into());
        if company {
            token.remove("locationId");
        }
        token.extend(issue(call));
        let refresh = format!("{REFRESH}{}", ids::random(32));
        token.insert("refresh_token".to_owned(), refresh.clone().into());
        call.store.insert("refresh token", &refresh, fields(json!({ "userType": token.get("userType") })));
    }
    Ok(response)
}

fn create_location_token(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut response = call.example();
    if let Some(token) = response.as_object_mut() {
        token.extend(issue(call));
    }
    Ok(response)
}

fn issue(call: &mut Call<'_>) -> Fields {
    let token = format!("{ACCESS}{}", ids::random(32));
    let seconds = call.settings.token_seconds;
    let lifetime = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
    let expires = call.store.now().timestamp_millis().saturating_add(lifetime);
    call.store.insert("access token", &token, fields(json!({ "expires": expires })));
    fields(json!({ "access_token": token, "token_type": "Bearer", "expires_in": seconds }))
}
