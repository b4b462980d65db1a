//! `reachout api`: a raw request.

use clap::Args;
use futures_util::StreamExt as _;
use reachout_messenger::Vendor;
use reachout_runtime::{Core, Method, Response, header::ACCEPT};
use serde_json::{Map, Value};

use super::{
    arguments::{Choice, exact::Exact, input},
    call::{Access, api},
    failure::Failure,
    output::Output,
};

/// Longer responses are for `reachout VENDOR`, which writes files.
const LONGEST: usize = 64 * 1024 * 1024;

/// Send a raw request, with the vendor's credential, pacing and errors
///
/// For what the vendor has and the commands do not. Fields go into the query of a GET or DELETE, and into a JSON body otherwise.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout api leonar GET /contacts -f limit=5
  reachout api leonar POST /contacts -f first_name=Ada -F tags='[\"vip\"]'
  reachout api hoop-ai PUT /contacts/abc123 --input contact.json -H 'Version: 2021-07-28'")]
pub struct Raw {
    /// Which vendor
    #[arg(value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    vendor: Vendor,
    /// GET, POST, PUT, PATCH, DELETE or another
    #[arg(value_name = "METHOD", value_parser = method)]
    method: Method,
    /// Path below the base URL, such as /contacts?limit=5
    #[arg(value_name = "PATH", value_parser = path)]
    path: String,
    /// A field with a text, @FILE or - for standard input; may be given several times
    #[arg(long, short, value_name = "KEY=TEXT", value_parser = text_field)]
    field: Vec<(String, Exact)>,
    /// A field with a JSON value, such as limit=5 or active=true; may be given several times
    #[arg(long, short = 'F', value_name = "KEY=JSON", value_parser = json_field)]
    json_field: Vec<(String, Exact)>,
    /// File with the JSON body, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    input: Option<std::path::PathBuf>,
    /// A header; may be given several times
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
}

fn method(text: &str) -> Result<Method, String> {
    text.to_uppercase().parse().map_err(|_| "a method, such as GET, is expected".to_owned())
}

fn path(text: &str) -> Result<String, String> {
    if text.starts_with('/') { Ok(text.to_owned()) } else { Err("a path below the base URL, such as /contacts, is expected".to_owned()) }
}

fn key(text: &str) -> Result<(String, &str), String> {
    text.split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .map(|(key, value)| (key.to_owned(), value))
        .ok_or_else(|| "KEY=VALUE is expected".to_owned())
}

fn text_field(text: &str) -> Result<(String, Exact), String> {
    let (key, value) = key(text)?;
    let value = Exact::try_from(Value::from(input::argument(value)?)).map_err(|error| error.to_string())?;
    Ok((key, value))
}

fn json_field(text: &str) -> Result<(String, Exact), String> {
    let (key, value) = key(text)?;
    let value = Exact::parse(value).map_err(|_| "JSON is expected, such as 5, true or [\"a\"]; -f takes a text".to_owned())?;
    Ok((key, value))
}

fn header(text: &str) -> Result<(String, String), String> {
    text.split_once(':')
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| "NAME: VALUE is expected".to_owned())
}

impl Raw {
    pub async fn run(self, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let api = api(self.vendor)?;
        let core: Core = access.client(api, true).await?;
        let reads = self.method == Method::GET || self.method == Method::HEAD;
        if reads {
            access.calls.set_read_only();
        }
        if !reads {
            access.consent(&format!("send {} {} to {}", self.method, self.path, api.vendor.name))?;
        }
        let in_query = reads || self.method == Method::DELETE;
        let mut request = core.request(self.method, &self.path).header(ACCEPT.as_str(), &"application/json");
        let mut fields: Vec<(String, Exact)> = Vec::new();
        for (key, value) in self.field.into_iter().chain(self.json_field) {
            if in_query {
                request = if value.value().is_number() { request.query(key, value.text()) } else { request.query(key, value.value()) };
            } else if fields.iter().any(|(other, _)| *other == key) {
                return Err(Failure::usage(format!("the field `{key}` is given twice")));
            } else {
                fields.push((key, value));
            }
        }
        let body = self.input.as_deref().map(input::text).transpose()?;
        let body =
            body.map(|text| Exact::parse(&text).map_err(|error| Failure::usage(format!("--input is not JSON: {error}")))).transpose()?;
        if body.is_some() || !fields.is_empty() {
            let unwritable = |error: serde_json::Error| Failure::Usage(error.into());
            let mut body = body.map_or_else(|| Exact::try_from(Value::Object(Map::new())), Ok).map_err(unwritable)?;
            if !fields.is_empty() && !body.extend(fields).map_err(unwritable)? {
                return Err(Failure::usage("--input is not an object, so fields cannot come on top of it"));
            }
            request = request.json(&body);
        }
        for (name, value) in &self.header {
            request = request.header(name, value);
        }
        let Response { status, body: mut stream, .. } = request.send_stream().response().await?;
        let mut body = Vec::new();
        while let Some(piece) = stream.next().await {
            body.extend_from_slice(&piece?);
            if body.len() > LONGEST {
                return Err(Failure::call(
                    reachout_runtime::Delivery::Accepted,
                    anyhow::anyhow!("the response is longer than {LONGEST} bytes"),
                ));
            }
        }
        match serde_json::from_slice::<Value>(&body) {
            _ if body.is_empty() => output.done(status.as_u16()),
            Ok(value) => output.response(&value, None),
            // Not every response is JSON.
            Err(_) => {
                use std::io::Write as _;
                let mut stdout = std::io::stdout().lock();
                stdout.write_all(&body)?;
                Ok(stdout.flush()?)
            }
        }
    }
}
