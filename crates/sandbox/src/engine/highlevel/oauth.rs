//! Access tokens: given out, refreshed and, in time, refused.

use reachout_runtime::Token;
use serde_json::{Value, json};

use crate::api::Api;
use crate::api::refusal::Refusal;
use crate::engine::call::{Call, Handler};
use crate::engine::ids;
use crate::engine::store::{Fields, Store, fields, text};

/// What the sandbox's access tokens start with. Such a token must be known and fresh, whatever else is accepted.
const ACCESS: &str = "sandbox-access-";
const REFRESH: &str = "sandbox-refresh-";
/// What the codes of the sandbox's consent page start with. Such a code is good for one use by the app it was given to.
const CODE: &str = "sandbox-code-";
/// How long such a code is good, in milliseconds.
const CODE_LIFETIME: i64 = 600_000;

/// What of a grant goes over into the tokens.
const GRANTED: [&str; 4] = ["userType", "locationId", "companyId", "scope"];

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

/// Whose an access token of the sandbox is; nothing of any other, which is taken for either.
pub(crate) fn token_owner(store: &Store, token: &str) -> Option<Token> {
    match text(store.get("access token", token)?, "userType") {
        "Company" => Some(Token::Agency),
        _ => Some(Token::Location),
    }
}

/// Gives out a code for a grant: `clientId`, `redirectUri`, `userType`, `companyId`, perhaps `locationId`, and `scope`.
pub(crate) fn authorize(store: &mut Store, mut grant: Fields) -> String {
    let code = format!("{CODE}{}", ids::random(32));
    let expires = store.now().timestamp_millis().saturating_add(CODE_LIFETIME);
    grant.insert("~expires".to_owned(), expires.into());
    store.insert("authorization code", &code, grant);
    code
}

/// The sub-accounts that objects belong to, and the agency of the documents.
pub(crate) fn accounts(api: &Api, store: &Store) -> (Vec<String>, String) {
    let example = api.operation("create_token").and_then(|operation| operation.response()?.example);
    let named = |name: &str| example.and_then(|example| example[name].as_str()).unwrap_or_default().to_owned();
    let mut locations: Vec<String> = ["contact", "conversation"]
        .into_iter()
        .flat_map(|kind| store.newest(kind).map(|fields| text(fields, "locationId").to_owned()))
        .chain([named("locationId")])
        .filter(|id| !id.is_empty())
        .collect();
    locations.sort();
    locations.dedup();
    (locations, named("companyId"))
}

/// What a code of the consent page was given out for; nothing for any other code, which is accepted as keys are.
fn redeem(call: &mut Call<'_>) -> Result<Fields, Refusal> {
    let code = call.body_text("code");
    if !code.starts_with(CODE) {
        return Ok(Fields::new());
    }
    let now = call.store.now().timestamp_millis();
    let grant = call.store.remove("authorization code", code);
    let grant = grant.filter(|grant| grant.get("~expires").and_then(Value::as_i64).is_some_and(|expires| expires > now));
    let given = [("clientId", call.body_text("client_id")), ("redirectUri", call.body_text("redirect_uri"))];
    // The redirect URI may be left out; one that is given must be the one of the consent.
    let fits =
        |grant: &Fields| given.iter().all(|(name, given)| text(grant, name) == *given || (*name == "redirectUri" && given.is_empty()));
    grant.filter(fits).ok_or_else(|| Refusal::State("Invalid grant: authorization code is invalid".to_owned()))
}

fn create_token(call: &mut Call<'_>) -> Result<Value, Refusal> {
    // The messages are those of the vendor's own examples.
    let given = match call.body_text("grant_type") {
        "authorization_code" if call.body_text("code").is_empty() => return Err(Refusal::State("Missing parameter: code".to_owned())),
        "refresh_token" if call.body_text("refresh_token").is_empty() => {
            return Err(Refusal::State("Missing parameter: refreshToken".to_owned()));
        }
        // A refresh token is good for one use.
        "refresh_token" => match call.store.remove("refresh token", call.body_text("refresh_token")) {
            Some(given) => given,
            None => return Err(Refusal::State("Invalid grant: refresh token is invalid".to_owned())),
        },
        _ => redeem(call)?,
    };
    let kind =
        [text(&given, "userType"), call.body_text("user_type")].into_iter().find(|kind| !kind.is_empty()).unwrap_or("Location").to_owned();
    let mut response = call.example();
    let company = kind == "Company";
    if let Some(token) = response.as_object_mut() {
        token.insert("userType".to_owned(), kind.into());
        if company {
            token.remove("locationId");
        }
        let granted: Fields = given.into_iter().filter(|(name, _)| GRANTED.contains(&name.as_str())).collect();
        token.extend(granted.clone());
        let kind = text(token, "userType").to_owned();
        if let Some(location) = granted.get("locationId") {
            token.insert("approvedLocations".to_owned(), json!([location]));
        }
        token.extend(issue(call, &kind));
        let refresh = format!("{REFRESH}{}", ids::random(32));
        token.insert("refresh_token".to_owned(), refresh.clone().into());
        let mut kept = granted;
        kept.insert("userType".to_owned(), token.get("userType").cloned().unwrap_or_default());
        call.store.insert("refresh token", &refresh, kept);
    }
    Ok(response)
}

fn create_location_token(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut response = call.example();
    if let Some(token) = response.as_object_mut() {
        token.extend(issue(call, "Location"));
    }
    Ok(response)
}

fn issue(call: &mut Call<'_>, kind: &str) -> Fields {
    let token = format!("{ACCESS}{}", ids::random(32));
    let seconds = call.settings.token_seconds;
    let lifetime = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
    let expires = call.store.now().timestamp_millis().saturating_add(lifetime);
    call.store.insert("access token", &token, fields(json!({ "expires": expires, "userType": kind })));
    fields(json!({ "access_token": token, "token_type": "Bearer", "expires_in": seconds }))
}
