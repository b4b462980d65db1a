//! `mod.rs` and `client.rs`: the vendor's constants and its client.

use super::print::{doc, literal, optional_literal};
use crate::model::{Api, Auth, RateLimit, RateLimitHeaders};

/// What clippy's pedantic half would have people write otherwise.
const ALLOW: &str = "#![allow(\n    clippy::doc_markdown,\n    clippy::large_enum_variant,\n    clippy::match_wildcard_for_single_variants,\n    clippy::pub_underscore_fields,\n    clippy::single_match,\n    clippy::single_match_else,\n    clippy::struct_excessive_bools,\n    clippy::unreadable_literal,\n    clippy::too_many_lines,\n    \
                     reason = \"written by a program, from prose and figures written by people\"\n)]\n\n";

/// The file `mod.rs` of a vendor.
pub fn module(api: &Api) -> String {
    let platform = api.base_module().filter(|_| api.shares_events);
    let (events, event) = match &platform {
        Some(platform) => (String::new(), format!("#[doc(inline)]\npub use {platform}::WebhookEvent;\n")),
        None if api.events.is_empty() => (String::new(), String::new()),
        None => ("mod events;\n".to_owned(), "pub use events::WebhookEvent;\n".to_owned()),
    };
    format!(
        "{ALLOW}mod client;\n{events}pub mod operations;\npub mod routes;\npub mod types;\n\npub use client::{{Client, VENDOR}};\n{event}\n\
         #[cfg(feature = \"test-util\")]\nreachout_document::examples!();\n"
    )
}

/// The file `client.rs` of a vendor.
pub fn write(api: &Api) -> String {
    let Api { name, id, description, env, credential_env, base_url, .. } = api;
    let auth = auth(&api.auth);
    let rate_limit = match &api.rate_limit {
        Some(RateLimit { requests, seconds, .. }) => {
            format!("Some(rt::RateLimit::new({requests}, std::time::Duration::from_secs({seconds})))")
        }
        None => "None".to_owned(),
    };
    let rate_limit_headers = headers(api.rate_limit.as_ref().map(|limit| &limit.headers));
    let [code, message, request_id] = [0, 1, 2].map(|at| optional_literal(api.error[at].as_deref()));
    let limit = match &api.rate_limit {
        Some(RateLimit { requests, seconds, .. }) => format!(
            "\n\nThe vendor documents a limit of {requests} requests in {}, which the client keeps by itself unless it is built with another pacing.",
            duration(*seconds)
        ),
        None => String::new(),
    };
    let client_doc =
        format!("A client of {name}.\n\n{description}{limit}\n\nClones are cheap and share connections, credential and pacing budget.");
    let parts = parts(&api.auth);
    let env_doc = format!(
        "A client whose credential comes from the environment variable `{credential_env}`, and whose base URL from `{env}_BASE_URL` where that is set.{parts}\n\n\
         # Errors\nOne sentence that names the variable, where it is missing or unusable."
    );
    let tenants = tenants(api);
    let platform = optional_literal(api.base.as_deref());
    let agent = literal(&format!("reachout-{id}/"));
    let [id, title, base, prefix, variable] = [id, name, base_url, env, credential_env].map(|text| literal(text));
    format!(
        "use reachout_runtime as rt;\n\nuse super::routes;\n\n\
         {}pub static VENDOR: rt::Vendor = rt::Vendor {{\nid: {id},\nname: {title},\nplatform: {platform},\nuser_agent: concat!({agent}, env!(\"CARGO_PKG_VERSION\")),\nbase_url: {base},\n\
         env: {prefix},\ncredential_env: {variable},\nauth: {auth},\nrate_limit: {rate_limit},\nrate_limit_headers: {rate_limit_headers},\n\
         error: rt::ErrorShape {{ code: {code}, message: {message}, request_id: {request_id} }},\nroutes: routes::ALL,\n}};\n\n\
         {}#[derive(Clone, Debug)]\npub struct Client {{\npub(super) core: rt::Core,\n}}\n\n\
         impl From<rt::Core> for Client {{\nfn from(core: rt::Core) -> Self {{\nSelf {{ core }}\n}}\n}}\n\n\
         impl rt::Api for Client {{\nconst VENDOR: &'static rt::Vendor = &VENDOR;\nconst OPENAPI: &'static [u8] = crate::OPENAPI;\n}}\n\n\
         impl Client {{\n{}pub fn from_env() -> Result<Self, rt::Error> {{\nSelf::builder().from_env()?.build()\n}}\n\n\
         {}pub fn builder() -> rt::ClientBuilder<Self> {{\nrt::ClientBuilder::new(&VENDOR)\n}}\n\n\
         /// The same client with other options for the calls made through it.\n\
         pub fn with(&self, options: rt::CallOptions) -> Self {{\nSelf {{ core: self.core.with(options) }}\n}}\n\n{tenants}\
         /// A raw request, to an endpoint that this crate has no method for; `path` is relative to the base URL.\n\
         pub fn request(&self, method: rt::Method, path: &str) -> rt::Request {{\nself.core.request(method, path)\n}}\n}}\n",
        doc(&format!("What the runtime knows of {name}."), 0),
        doc(&client_doc, 0),
        doc(&env_doc, 1),
        doc(&format!("Configures a client; the base URL is `{base_url}` unless set."), 1),
    )
}

/// What a credential is made of, where it is more than one secret.
fn parts(auth: &Auth) -> String {
    match auth {
        Auth::Basic => " The credential is `user:password`.".to_owned(),
        Auth::Each(each) => {
            let each: Vec<String> = each.iter().map(|auth| format!("`{auth}`")).collect();
            format!(" The credential holds what is sent as {}, with a space between.", each.join(" and "))
        }
        Auth::Bearer | Auth::Header(_) | Auth::Query(_) => String::new(),
    }
}

/// How the credential travels, as the runtime takes it.
fn auth(auth: &Auth) -> String {
    match auth {
        Auth::Bearer => "rt::Auth::Bearer".to_owned(),
        Auth::Basic => "rt::Auth::Basic".to_owned(),
        Auth::Header(header) => format!("rt::Auth::Header({})", literal(header)),
        Auth::Query(parameter) => format!("rt::Auth::Query({})", literal(parameter)),
        Auth::Each(each) => format!("rt::Auth::Each(&[{}])", each.iter().map(self::auth).collect::<Vec<_>>().join(", ")),
    }
}

/// The names of the rate-limit headers; what the vendor does not send is left to the constant.
fn headers(names: Option<&RateLimitHeaders>) -> String {
    let none = "rt::RateLimitHeaders::NONE";
    let Some(RateLimitHeaders { limit, remaining, interval_milliseconds, daily_limit, daily_remaining }) = names else {
        return none.to_owned();
    };
    let fields = [
        ("limit", limit),
        ("remaining", remaining),
        ("interval_milliseconds", interval_milliseconds),
        ("daily_limit", daily_limit),
        ("daily_remaining", daily_remaining),
    ];
    let known: Vec<String> = fields
        .iter()
        .filter(|(_, name)| name.is_some())
        .map(|(field, name)| format!("{field}: {}", optional_literal(name.as_deref())))
        .collect();
    match known.len() {
        0 => none.to_owned(),
        all if all == fields.len() => format!("rt::RateLimitHeaders {{ {} }}", known.join(", ")),
        _ => format!("rt::RateLimitHeaders {{ {}, ..{none} }}", known.join(", ")),
    }
}

/// The methods that give a client for another tenant.
fn tenants(api: &Api) -> String {
    let [credential, provider] = ["credential: impl Into<rt::SecretString>", "provider: std::sync::Arc<dyn rt::CredentialProvider>"];
    let method = |text: &str, name: &str, arguments: &str, result: &str, body: &str| {
        format!("{}pub fn {name}(&self, {arguments}) -> {result} {{\n{body}\n}}\n\n", doc(text, 1))
    };
    let fallible = "Result<Self, rt::Error>";
    let errors = "\n\n# Errors\nA credential that a header cannot carry.";
    let mut methods = method(
        &format!(
            "A client for another credential, such as another customer's, in microseconds: it shares connections and settings with this one. \
             Clients with equal credentials share a pacing budget.{errors}"
        ),
        "with_credential",
        credential,
        fallible,
        "Ok(Self { core: self.core.with_credential(credential)? })",
    ) + &method(
        "A client whose credential comes from another provider, with a pacing budget of its own.",
        "with_credential_provider",
        provider,
        "Self",
        "Self { core: self.core.with_credential_provider(provider) }",
    );
    if let Some(unit) = &api.counted_by {
        let (budget, id) = (format!("&format!(\"{unit} {{}}\", {unit}_id.as_ref())"), format!("{unit}_id: impl AsRef<str>"));
        methods += &method(
            &format!(
                "A client for one {unit}. The vendor counts requests by app and {unit}, so clients for the same {unit} share a pacing budget, \
                 also after its token was renewed.{errors}"
            ),
            &format!("for_{unit}"),
            &format!("{credential}, {id}"),
            fallible,
            &format!("Ok(Self {{ core: self.core.with_credential_and_budget(credential, {budget})? }})"),
        );
        methods += &method(
            &format!("Like [`for_{unit}`](Self::for_{unit}), with a credential that changes while the client lives."),
            &format!("for_{unit}_with_provider"),
            &format!("{provider}, {id}"),
            "Self",
            &format!("Self {{ core: self.core.with_provider_and_budget(provider, {budget}) }}"),
        );
    }
    methods
}

/// Seconds in words.
fn duration(seconds: u64) -> String {
    match seconds {
        3600 => "one hour".to_owned(),
        60 => "one minute".to_owned(),
        1 => "one second".to_owned(),
        seconds if seconds % 3600 == 0 => format!("{} hours", seconds / 3600),
        seconds => format!("{seconds} seconds"),
    }
}
