//! The first step of the authorization code flow: the link that the user follows.

use std::fmt;

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use reachout_runtime::Error;
use secrecy::SecretString;
use url::Url;

use super::app::{App, Inner};

/// A request for authorization that is being put together.
#[must_use = "a request does nothing until `start` is called"]
pub struct AuthorizationRequest<'a> {
    app: &'a Inner,
    scopes: Vec<Scope>,
    same_window: bool,
    pkce: bool,
}

/// A link to show to a user, and what to keep until the user comes back.
#[derive(Clone)]
#[non_exhaustive]
pub struct Authorization {
    /// Where to send the user's browser.
    pub url: Url,
    /// Keep this in the user's session. If the `state` that comes with the code is another, the code is
    /// not of this user: refuse it.
    pub state: SecretString,
    /// For [`exchange_code_with_pkce`](super::App::exchange_code_with_pkce), if PKCE was asked for.
    pub pkce_verifier: Option<SecretString>,
}

impl App {
    /// Begins a request for authorization: the link that the user follows to install the app.
    pub fn authorization(&self) -> AuthorizationRequest<'_> {
        AuthorizationRequest { app: &self.inner, scopes: Vec::new(), same_window: false, pkce: false }
    }
}

impl AuthorizationRequest<'_> {
    /// Asks for scopes, such as `conversations/message.write`.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item: Into<String>>) -> Self {
        self.scopes.extend(scopes.into_iter().map(|scope| Scope::new(scope.into())));
        self
    }

    /// Opens a login in the same window (`loginWindowOpenMode=self`) instead of a new one.
    pub fn same_window(mut self) -> Self {
        self.same_window = true;
        self
    }

    /// Adds a PKCE challenge (RFC 7636, S256). HighLevel does not document PKCE.
    pub fn pkce(mut self) -> Self {
        self.pkce = true;
        self
    }

    /// Makes the link, with a random state. The app needs a redirect URI for it.
    pub fn start(self) -> Result<Authorization, Error> {
        let Some(redirect_uri) = &self.app.redirect_uri else {
            return Err(Error::configuration("an authorization needs the app's redirect URI"));
        };
        let client = BasicClient::new(ClientId::new(self.app.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(self.app.authorize_url.clone()))
            .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
        let mut request = client.authorize_url(CsrfToken::new_random).add_scopes(self.scopes);
        if self.same_window {
            request = request.add_extra_param("loginWindowOpenMode", "self");
        }
        let mut pkce_verifier = None;
        if self.pkce {
            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            request = request.set_pkce_challenge(challenge);
            pkce_verifier = Some(verifier.into_secret().into());
        }
        let (url, state) = request.url();
        Ok(Authorization { url, state: state.into_secret().into(), pkce_verifier })
    }
}

impl fmt::Debug for AuthorizationRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest").field("scopes", &self.scopes).field("pkce", &self.pkce).finish_non_exhaustive()
    }
}

impl fmt::Debug for Authorization {
    /// Without the query, which holds the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.url.clone();
        url.set_query(None);
        f.debug_struct("Authorization").field("url", &url.as_str()).finish_non_exhaustive()
    }
}
