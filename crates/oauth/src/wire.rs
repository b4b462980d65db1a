//! HighLevel's OAuth endpoints, called like any other operation of a vendor.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reachout_runtime::{Auth, Core, Error, ErrorShape, Evidence, Method, RateLimitHeaders, Route, Vendor};
use secrecy::SecretString;

use super::tokens::{TokenResponse, Tokens};

/// Address and shape of errors: `oauth.json` of <https://github.com/GoHighLevel/highlevel-api-docs>. Where the vendor has
/// `message`, which is found without being named, RFC 6749, section 5.2, has `error_description`.
pub(super) static VENDOR: Vendor = Vendor {
    id: "highlevel",
    name: "HighLevel",
    platform: None,
    user_agent: concat!("reachout-highlevel/", env!("CARGO_PKG_VERSION")),
    base_url: "https://services.leadconnectorhq.com",
    env: "HIGHLEVEL",
    credential_env: "HIGHLEVEL_TOKEN",
    auth: Auth::Bearer,
    rate_limit: None,
    rate_limit_headers: RateLimitHeaders::NONE,
    error: ErrorShape { code: Some("error"), message: Some("error_description"), request_id: Some("traceId") },
    routes: &[&ACCESS_TOKEN, &LOCATION_TOKEN],
};

static ACCESS_TOKEN: Route = Route::new("get_access_token", "oauth", "get_access_token", Method::POST, "/oauth/token")
    .public()
    .documented(Evidence::Full, "https://marketplace.gohighlevel.com/docs/ghl/oauth/get-access-token");

static LOCATION_TOKEN: Route =
    Route::new("get_location_access_token", "oauth", "get_location_access_token", Method::POST, "/oauth/locationToken")
        .headers(&[("Version", "2021-07-28")])
        .documented(Evidence::Full, "https://marketplace.gohighlevel.com/docs/ghl/oauth/get-location-access-token");

/// The fields of a form; those without a value are left out.
pub(super) type Form<'a> = BTreeMap<&'static str, Option<&'a str>>;

/// `POST /oauth/token`. `secrets` are the ones in the form.
pub(super) async fn token(core: &Core, form: &Form<'_>, secrets: &[&SecretString], now: DateTime<Utc>) -> Result<Tokens, Error> {
    post(core, &ACCESS_TOKEN, form, secrets, now).await
}

/// `POST /oauth/locationToken`, as the agency that `core` authenticates as.
pub(super) async fn location_token(core: &Core, form: &Form<'_>, now: DateTime<Utc>) -> Result<Tokens, Error> {
    post(core, &LOCATION_TOKEN, form, &[], now).await
}

async fn post(core: &Core, route: &'static Route, form: &Form<'_>, secrets: &[&SecretString], now: DateTime<Utc>) -> Result<Tokens, Error> {
    // A refusal may repeat what was sent, and a success that cannot be read holds new tokens.
    let response = core.operation(route).form(form).send::<TokenResponse>().await.map_err(|error| error.without_secrets(secrets))?;
    Ok(response.into_tokens(now))
}
