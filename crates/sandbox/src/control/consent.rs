//! HighLevel's consent page, `chooselocation`: choose a sub-account or the agency, and the app gets its code.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use reachout_messenger::Vendor;
use serde_json::json;
use url::{Url, form_urlencoded};

use super::refused::{Shared, SharedServer};
use crate::engine::Simulator;
use crate::http::body;

/// What the paths of the page end with; under a vendor's slug, as HighLevel has it under its marketplace.
pub(super) const CONSENT: &str = "/oauth/chooselocation";

pub(super) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/{vendor}/v2/oauth/chooselocation", get(page).post(choose))
        // The older address.
        .route("/{vendor}/oauth/chooselocation", get(page).post(choose))
}

/// What an app sends its users to the page with.
#[derive(Debug)]
struct Consent {
    client_id: String,
    redirect_uri: Url,
    /// The same as it came: the app has to name it so again.
    redirect_uri_text: String,
    scope: String,
    state: Option<String>,
}

type Fields = Vec<(String, String)>;

fn fields(encoded: &[u8]) -> Fields {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

impl Consent {
    /// The error is a sentence that begins with the parameter.
    fn read(fields: &Fields) -> Result<Self, String> {
        let required = |name: &str| match field(fields, name) {
            Some(value) if !value.is_empty() => Ok(value.to_owned()),
            _ => Err(format!("{name}: this parameter is required")),
        };
        if required("response_type")? != "code" {
            return Err("response_type: this is always \"code\"".to_owned());
        }
        let uri = required("redirect_uri")?;
        let redirect_uri = Url::parse(&uri).map_err(|error| format!("redirect_uri: {error}"))?;
        if !matches!(redirect_uri.scheme(), "http" | "https") || redirect_uri.fragment().is_some() {
            return Err("redirect_uri: this is an http or https address without a fragment".to_owned());
        }
        Ok(Self {
            client_id: required("client_id")?,
            redirect_uri,
            redirect_uri_text: uri,
            scope: field(fields, "scope").unwrap_or_default().to_owned(),
            state: field(fields, "state").map(str::to_owned),
        })
    }

    /// Where the browser goes next.
    fn redirect(&self, name: &str, value: &str) -> Url {
        let mut url = self.redirect_uri.clone();
        url.query_pairs_mut().append_pair(name, value);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        url
    }
}

/// The vendor with such a page.
fn simulator<'a>(server: &'a SharedServer, slug: &str) -> Result<&'a Simulator, Box<Response>> {
    let vendor = slug.parse::<Vendor>().ok().filter(|vendor| vendor.platform() == Vendor::HighLevel);
    let refused = || show(StatusCode::NOT_FOUND, None, "<h1>No such page</h1><p>Only HighLevel and its editions ask for consent.</p>");
    vendor.map(|vendor| server.simulator(vendor)).ok_or_else(|| Box::new(refused()))
}

async fn page(State(server): Shared, Path(slug): Path<String>, RawQuery(query): RawQuery) -> Response {
    let fields = fields(query.unwrap_or_default().as_bytes());
    match simulator(&server, &slug) {
        Ok(simulator) => match Consent::read(&fields) {
            Ok(consent) => ask(simulator, &consent),
            Err(problem) => refuse(&problem),
        },
        Err(refused) => *refused,
    }
}

fn refuse(problem: &str) -> Response {
    let body = format!("<h1>The app sent you here with a mistake</h1><p>{}</p>", escape(problem));
    show(StatusCode::BAD_REQUEST, None, &body)
}

fn ask(simulator: &Simulator, consent: &Consent) -> Response {
    let (locations, agency) = simulator.accounts();
    let option = |value: &str, label: &str, checked: bool| {
        let checked = if checked { " checked" } else { "" };
        format!("<label><input type=\"radio\" name=\"account\" value=\"{}\"{checked}> {}</label>", escape(value), escape(label))
    };
    let mut accounts: String = locations
        .iter()
        .enumerate()
        .map(|(index, id)| option(&format!("location:{id}"), &format!("Sub-account {id}"), index == 0))
        .collect();
    accounts.push_str(&option(&format!("company:{agency}"), &format!("The whole agency {agency}"), locations.is_empty()));
    let hidden = |name: &str, value: &str| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value));
    let kept = consent.state.as_deref().map(|state| hidden("state", state)).unwrap_or_default();
    let scopes: String = consent.scope.split_whitespace().map(|scope| format!("<li><code>{}</code></li>", escape(scope))).collect();
    let scopes = if scopes.is_empty() { "<li>no scopes</li>".to_owned() } else { scopes };
    let body = format!(
        "<h1>Let {client} use an account?</h1><p>The app asks for:</p><ul>{scopes}</ul>\
         <form method=\"post\"><fieldset><legend>Choose an account of {vendor}</legend>{accounts}</fieldset>\
         {kind}{client_field}{redirect}{scope}{kept}\
         <p class=\"actions\"><button name=\"decision\" value=\"allow\">Allow</button> \
         <button name=\"decision\" value=\"refuse\" class=\"quiet\">Refuse</button></p></form>\
         <p class=\"quiet\">The code goes to <code>{to}</code>. This is the sandbox: nothing leaves this machine.</p>",
        client = escape(&consent.client_id),
        vendor = simulator.api.vendor,
        kind = hidden("response_type", "code"),
        client_field = hidden("client_id", &consent.client_id),
        redirect = hidden("redirect_uri", &consent.redirect_uri_text),
        scope = hidden("scope", &consent.scope),
        to = escape(consent.redirect_uri.as_str()),
    );
    show(StatusCode::OK, Some(&consent.redirect_uri), &body)
}

async fn choose(State(server): Shared, Path(slug): Path<String>, request: Request<Body>) -> Response {
    let simulator = match simulator(&server, &slug) {
        Ok(simulator) => simulator,
        Err(refused) => return *refused,
    };
    let Ok(bytes) = body::read(request.into_body()).await else { return refuse("the form did not arrive") };
    let fields = fields(&bytes);
    let consent = match Consent::read(&fields) {
        Ok(consent) => consent,
        Err(problem) => return refuse(&problem),
    };
    if field(&fields, "decision") == Some("refuse") {
        return Redirect::to(consent.redirect("error", "access_denied").as_str()).into_response();
    }
    let (locations, agency) = simulator.accounts();
    let account = field(&fields, "account").and_then(|account| account.split_once(':'));
    let (user_type, location) = match account {
        Some(("location", id)) if locations.iter().any(|known| known == id) => ("Location", Some(id)),
        Some(("company", id)) if id == agency => ("Company", None),
        _ => return refuse("account: choose one of those on the page"),
    };
    let grant = json!({
        "clientId": consent.client_id, "redirectUri": consent.redirect_uri_text, "userType": user_type, "companyId": agency,
        "scope": consent.scope, "locationId": location,
    });
    let grant = grant.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let grant = grant.map(|(name, value)| (name.clone(), value.clone())).collect();
    match server.authorize(simulator, grant) {
        Some(code) => Redirect::to(consent.redirect("code", &code).as_str()).into_response(),
        None => refuse("this vendor has no OAuth"),
    }
}

/// A page without a script. `redirect` is where its form may lead in the end.
fn show(status: StatusCode, redirect: Option<&Url>, body: &str) -> Response {
    let origin = redirect.map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {origin}; base-uri 'none'; frame-ancestors 'none'"
    );
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Reachout sandbox: consent</title><link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/_sandbox/ui/dashboard.css\"><link rel=\"stylesheet\" href=\"/_sandbox/ui/sandbox.css\">\
         </head><body class=\"consent\"><main>{body}</main></body></html>"
    );
    (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
