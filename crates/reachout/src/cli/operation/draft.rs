//! A request that is put together: from arguments, and page after page.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::ArgMatches;
use reachout_document::Operation;
use reachout_runtime::{Core, Request, Route, multipart::Form};
use serde_json::{Map, Value};

use super::argument::{Arguments, Place, from_path};
use super::kind::Kind;
use crate::cli::{
    arguments::{exact::Exact, input},
    call::Part,
    failure::Failure,
};

/// What is sent, before it is.
#[derive(Clone, Debug)]
pub struct Draft {
    route: &'static Route,
    path: Vec<(String, Value)>,
    query: Vec<(String, Value)>,
    headers: Vec<(String, Value)>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    None,
    Json(Exact),
    Form(Value),
    Parts(Form, Vec<Part>),
}

impl Draft {
    /// The request that the arguments ask for.
    pub fn new(route: &'static Route, operation: &Operation<'_>, arguments: &Arguments<'_>, matches: &ArgMatches) -> Result<Self, Failure> {
        let (mut path, mut query, mut headers) = (Vec::new(), Vec::new(), Vec::new());
        let mut fields = Map::new();
        let mut of_path = Map::new();
        let (mut form, mut parts) = (Form::new(), Vec::new());
        for argument in &arguments.list {
            let mut values = argument.values(matches).cloned().peekable();
            if values.peek().is_none() {
                continue;
            }
            let name = argument.name.to_owned();
            match argument.place {
                Place::Part => {
                    for value in values {
                        let (name, value) = (name.clone(), plain(&value));
                        if argument.kind == Kind::Binary {
                            form = form.file(name.clone(), &value);
                            parts.push(Part { name, text: None, file: Some(value) });
                        } else {
                            form = form.text(name.clone(), &value);
                            parts.push(Part { name, text: Some(value), file: None });
                        }
                    }
                    continue;
                }
                Place::Path => &mut path,
                Place::Query => &mut query,
                Place::Header => &mut headers,
                Place::Field if argument.kind == Kind::Base64 => {
                    let path = plain(&values.next().unwrap_or_default());
                    fields.insert(name, STANDARD.encode(input::bytes(Path::new(&path))?).into());
                    of_path.extend(from_path(&arguments.list, Path::new(&path)));
                    continue;
                }
                Place::Field => {
                    let value = if argument.many { Some(values.collect()) } else { values.next() };
                    fields.insert(name, value.unwrap_or_default());
                    continue;
                }
            }
            .push((name, if argument.many { values.collect() } else { values.next().unwrap_or_default() }));
        }
        let body = match operation.body.map(|body| body.content) {
            None => Body::None,
            Some(content) if content.is_multipart() => Body::Parts(form, parts),
            Some(content) => {
                let body = merged(whole(matches)?, of_path.into_iter().chain(fields).collect())?;
                if content.is_form() { Body::Form(body.value().clone()) } else { Body::Json(body) }
            }
        };
        Ok(Self { route, path, query, headers, body })
    }

    /// The body, where it is made of fields.
    pub fn body(&self) -> Option<&Value> {
        match &self.body {
            Body::Json(body) => Some(body.value()),
            Body::Form(body) => Some(body),
            Body::None | Body::Parts(..) => None,
        }
    }

    /// What a form consists of.
    pub fn parts(&self) -> Vec<Part> {
        match &self.body {
            Body::Parts(_, parts) => parts.clone(),
            Body::None | Body::Json(_) | Body::Form(_) => Vec::new(),
        }
    }

    /// The request, ready to be sent.
    pub fn request(&self, core: &Core) -> Request {
        let mut request = core.operation(self.route);
        for (name, value) in &self.path {
            request = request.path_param(name, &plain(value));
        }
        for (name, value) in &self.query {
            request = request.query(name.clone(), value);
        }
        for (name, value) in &self.headers {
            request = request.header(name, &plain(value));
        }
        match &self.body {
            Body::None => request,
            Body::Json(body) => request.json(body),
            Body::Form(body) => request.form(body),
            Body::Parts(form, _) => request.multipart(form.clone()),
        }
    }

    /// The whole number that a parameter is set to.
    pub fn position(&self, name: &str) -> Option<u64> {
        let value = match &self.body {
            Body::Json(body) => body.value().get(name),
            _ => self.query.iter().find(|(other, _)| other == name).map(|(_, value)| value),
        };
        value?.as_u64()
    }

    /// Sets a parameter of the next page: a field of the body where there is one, else in the query.
    pub fn set(mut self, name: &str, value: Value) -> Self {
        match &mut self.body {
            // What was read as JSON is written as JSON, and a body that is no object has no fields.
            Body::Json(body) if body.value().is_object() => {
                let _ = Exact::try_from(value).and_then(|value| body.extend([(name.to_owned(), value)]));
            }
            _ => {
                self.query.retain(|(other, _)| other != name);
                self.query.push((name.to_owned(), value));
            }
        }
        self
    }
}

/// What `--json-body` holds.
fn whole(matches: &ArgMatches) -> Result<Option<Exact>, Failure> {
    matches.get_one::<String>("json-body").map(|text| input::json(text)).transpose()
}

/// The fields of single arguments on top of a whole body.
fn merged(whole: Option<Exact>, fields: Map<String, Value>) -> Result<Exact, Failure> {
    let unwritable = |error: serde_json::Error| Failure::Usage(error.into());
    let Some(mut whole) = whole else { return Exact::try_from(Value::Object(fields)).map_err(unwritable) };
    if fields.is_empty() {
        return Ok(whole);
    }
    let fields: Vec<_> =
        fields.into_iter().map(|(name, value)| Ok((name, Exact::try_from(value)?))).collect::<Result<_, _>>().map_err(unwritable)?;
    if whole.extend(fields).map_err(unwritable)? {
        Ok(whole)
    } else {
        Err(Failure::usage("--json-body is not an object, so arguments of single fields cannot come on top of it"))
    }
}

/// A scalar as it stands in a path, a header or a form.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
