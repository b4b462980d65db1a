//! [`Tokens`]: what an account's authorization consists of, and its forms on the wire and in a store.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The tokens of one account, and what the vendor says about them.
///
/// `Debug` shows no token. To write them to a store of your own, see [`to_json`](Self::to_json).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// Sent as `Authorization: Bearer`.
    pub access_token: SecretString,
    /// Good for one refresh, whose response brings the next. Location tokens made from an agency's have none.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends; `None` if the vendor does not say.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the tokens were received.
    pub issued_at: Option<DateTime<Utc>>,
    /// The granted scopes, separated by spaces.
    pub scope: Option<String>,
    /// `Company` for an agency's token, `Location` for a sub-account's.
    pub user_type: Option<String>,
    /// The agency.
    pub company_id: Option<String>,
    /// The sub-account; only with a sub-account's token.
    pub location_id: Option<String>,
    /// Who installed the app.
    pub user_id: Option<String>,
    /// The plan of the app that was bought.
    pub plan_id: Option<String>,
    /// The sub-accounts that a bulk installation covers.
    pub approved_locations: Vec<String>,
    /// Whether the agency installed the app for several sub-accounts at once.
    pub is_bulk_installation: Option<bool>,
}

impl Tokens {
    /// Tokens that were obtained elsewhere. The fields can be set afterwards; without a refresh token and an expiry
    /// the access token is used until the vendor refuses it.
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self {
            access_token: access_token.into(),
            refresh_token: None,
            expires_at: None,
            issued_at: None,
            scope: None,
            user_type: None,
            company_id: None,
            location_id: None,
            user_id: None,
            plan_id: None,
            approved_locations: Vec::new(),
            is_bulk_installation: None,
        }
    }

    /// Everything, the tokens included, as JSON: for a [`TokenStore`](super::TokenStore) of your own.
    pub fn to_json(&self) -> SecretString {
        // Strings, times and flags always serialise.
        serde_json::to_string(&Stored(self.clone())).unwrap_or_default().into()
    }

    /// Reads what [`to_json`](Self::to_json) wrote. The error does not repeat the text.
    pub fn from_json(json: &str) -> Result<Self, InvalidTokens> {
        serde_json::from_str::<Stored>(json).map(|stored| stored.0).map_err(|error| InvalidTokens { line: error.line() })
    }

    /// What the vendor leaves out of a refresh's response stays as it was.
    pub(super) fn with_missing_from(self, earlier: &Self) -> Self {
        let earlier = earlier.clone();
        Self {
            refresh_token: self.refresh_token.or(earlier.refresh_token),
            scope: self.scope.or(earlier.scope),
            user_type: self.user_type.or(earlier.user_type),
            company_id: self.company_id.or(earlier.company_id),
            location_id: self.location_id.or(earlier.location_id),
            user_id: self.user_id.or(earlier.user_id),
            plan_id: self.plan_id.or(earlier.plan_id),
            approved_locations: if self.approved_locations.is_empty() { earlier.approved_locations } else { self.approved_locations },
            is_bulk_installation: self.is_bulk_installation.or(earlier.is_bulk_installation),
            ..self
        }
    }

    pub(super) fn is_access_token(&self, token: &SecretString) -> bool {
        self.access_token.expose_secret() == token.expose_secret()
    }
}

/// A store's text is not [`Tokens`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} does not hold stored tokens")]
#[non_exhaustive]
pub struct InvalidTokens {
    /// Where reading stopped, from 1.
    pub line: usize,
}

/// [`Tokens`] with their secrets written out. Not public: nothing should serialise them by accident.
pub(super) struct Stored(pub(super) Tokens);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Tokens")]
struct Fields {
    #[serde(serialize_with = "expose")]
    access_token: SecretString,
    #[serde(default, serialize_with = "expose_some")]
    refresh_token: Option<SecretString>,
    #[serde(default)]
    expires_at: Option<DateTime<Utc>>,
    #[serde(default)]
    issued_at: Option<DateTime<Utc>>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    user_type: Option<String>,
    #[serde(default)]
    company_id: Option<String>,
    #[serde(default)]
    location_id: Option<String>,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    plan_id: Option<String>,
    #[serde(default)]
    approved_locations: Vec<String>,
    #[serde(default)]
    is_bulk_installation: Option<bool>,
}

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Fields::deserialize(deserializer).map(Self)
    }
}

fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

#[expect(clippy::ref_option, reason = "serde hands out a reference to the field")]
fn expose_some<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

/// The response of the token endpoints.
///
/// Everything but the access token is read as far as it makes sense and left out otherwise: by the time the response is
/// here, the refresh token it replaces is used up, and failing over a misshapen `planId` would lose the account.
#[derive(Deserialize)]
pub(super) struct TokenResponse {
    access_token: SecretString,
    #[serde(default, deserialize_with = "lenient")]
    refresh_token: Option<String>,
    #[serde(default, deserialize_with = "lenient_number")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    scope: Option<String>,
    #[serde(default, rename = "userType", deserialize_with = "lenient")]
    user_type: Option<String>,
    #[serde(default, rename = "companyId", deserialize_with = "lenient")]
    company_id: Option<String>,
    #[serde(default, rename = "locationId", deserialize_with = "lenient")]
    location_id: Option<String>,
    #[serde(default, rename = "userId", deserialize_with = "lenient")]
    user_id: Option<String>,
    #[serde(default, rename = "planId", deserialize_with = "lenient")]
    plan_id: Option<String>,
    #[serde(default, rename = "approvedLocations", deserialize_with = "lenient_list")]
    approved_locations: Vec<String>,
    #[serde(default, rename = "isBulkInstallation", deserialize_with = "lenient_flag")]
    is_bulk_installation: Option<bool>,
}

impl TokenResponse {
    /// The tokens, which were asked for at `now`: their time began no earlier.
    pub(super) fn into_tokens(self, now: DateTime<Utc>) -> Tokens {
        let expires_at = self.expires_in.and_then(TimeDelta::try_seconds).and_then(|lifetime| now.checked_add_signed(lifetime));
        Tokens {
            access_token: self.access_token,
            refresh_token: self.refresh_token.filter(|token| !token.is_empty()).map(SecretString::from),
            expires_at,
            issued_at: Some(now),
            scope: self.scope,
            user_type: self.user_type,
            company_id: self.company_id,
            location_id: self.location_id,
            user_id: self.user_id,
            plan_id: self.plan_id,
            approved_locations: self.approved_locations,
            is_bulk_installation: self.is_bulk_installation,
        }
    }
}

fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text(Value::deserialize(deserializer)?))
}

fn lenient_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().filter_map(text).collect(),
        _ => Vec::new(),
    })
}

fn lenient_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_bool())
}

/// Whole seconds, from a number or its digits.
fn lenient_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let digits = text(Value::deserialize(deserializer)?);
    Ok(digits.and_then(|digits| digits.split('.').next()?.parse().ok()))
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
