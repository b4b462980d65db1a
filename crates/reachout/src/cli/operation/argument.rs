//! The arguments of an operation, read from its parameters and the schema of its body.

use std::{collections::HashSet, path::PathBuf};

use clap::{Arg, ArgAction, ArgMatches};
use heck::{ToKebabCase as _, ToShoutySnakeCase as _};
use reachout_document::{Content, Document, Location, Operation, Parameter};
use serde_json::Value;

use super::kind::Kind;

/// Arguments that the program itself has. A parameter of such a name gets `field-` before it.
const OWN: [&str; 16] = [
    "all",
    "base-url",
    "columns",
    "curl",
    "dry-run",
    "help",
    "jq",
    "json",
    "json-body",
    "output",
    "profile",
    "sandbox",
    "save",
    "verbose",
    "version",
    "yes",
];

/// One argument of an operation.
#[derive(Debug)]
pub struct Argument<'d> {
    /// Its name on the command line.
    pub flag: String,
    /// Its name in the vendor's document.
    pub name: &'d str,
    pub place: Place,
    pub kind: Kind,
    pub many: bool,
    pub schema: &'d Value,
    need: Need,
    help: String,
}

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
    /// A field of the body.
    Field,
    /// A part of a `multipart/form-data` body.
    Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
    /// `--json-body` may hold it instead.
    RequiredUnlessBody,
    /// The same, and the file that is given tells it.
    RequiredUnlessFile,
}

/// What is known of a file by its path: fields of these names beside it.
const FILE_NAMES: [&str; 2] = ["filename", "name"];
const MEDIA_TYPES: [&str; 4] = ["contenttype", "mimetype", "mediatype", "filetype"];

/// All arguments of an operation.
pub struct Arguments<'d> {
    pub list: Vec<Argument<'d>>,
    /// Whether there is a `--json-body`, and whether it must be given.
    json_body: Option<Need>,
    pages: bool,
    file: bool,
}

impl<'d> Arguments<'d> {
    pub fn of(document: &'d Document, operation: &Operation<'d>) -> Self {
        let mut list: Vec<_> = operation.parameters.iter().filter_map(|written| parameter(document, written)).collect();
        let mut json_body = None;
        if let Some(body) = operation.body.map(|body| body.content) {
            let (fields, complete) = fields(document, body);
            list.extend(fields);
            if !body.is_multipart() {
                json_body = Some(if complete { Need::Optional } else { Need::Required });
            }
        }
        // A name that is taken already, by the program or by a parameter before, gets `field-`.
        let mut taken: HashSet<String> = OWN.map(str::to_owned).into();
        for argument in &mut list {
            if argument.place != Place::Path && taken.contains(&argument.flag) {
                argument.flag = format!("field-{}", argument.flag);
            }
            taken.insert(argument.flag.clone());
        }
        let file = operation.success.and_then(|success| success.content).is_some_and(|content| !content.is_json());
        Self { list, json_body, pages: operation.pagination().is_some(), file }
    }

    /// As the parser takes them.
    pub fn declare(&self) -> Vec<Arg> {
        let mut all: Vec<Arg> = self.list.iter().map(Argument::declare).collect();
        if let Some(need) = self.json_body {
            let help =
                "The whole request body as JSON; @FILE reads a file, - standard input. Arguments of single fields come on top of it.";
            let argument = Arg::new("json-body").long("json-body").value_name("JSON|@FILE|-").help(help);
            all.push(argument.required(need == Need::Required));
        }
        if self.pages {
            let argument = Arg::new("all").long("all").action(ArgAction::SetTrue);
            all.push(argument.help("Fetch every page. A page size, where there is an argument for it, stays the page size."));
        }
        if self.file {
            let argument = Arg::new("save").long("save").value_name("FILE").value_parser(clap::value_parser!(PathBuf));
            all.push(argument.help("File to write the response to; standard output if absent, unless that is a terminal."));
        }
        all
    }
}

impl Argument<'_> {
    /// How people see it: `--limit`, `<ID>`.
    pub fn shown(&self) -> String {
        match self.place {
            Place::Path => format!("<{}>", self.flag.to_shouty_snake_case()),
            _ => format!("--{}", self.flag),
        }
    }

    /// The values that were given.
    pub fn values<'m>(&self, matches: &'m ArgMatches) -> impl Iterator<Item = &'m Value> {
        matches.get_many::<Value>(&self.flag).into_iter().flatten()
    }

    fn declare(&self) -> Arg {
        let mut help = self.help.clone();
        if self.many {
            help.push_str(" May be given several times.");
        }
        let argument = Arg::new(self.flag.clone()).help(help).value_parser(self.kind.clone());
        let argument = match self.place {
            Place::Path => return argument.value_name(self.flag.to_shouty_snake_case()).required(true),
            _ => argument.long(self.flag.clone()).value_name(self.kind.placeholder()),
        };
        let argument = match self.need {
            Need::Optional => argument,
            Need::Required => argument.required(true),
            Need::RequiredUnlessBody => argument.required_unless_present("json-body"),
            Need::RequiredUnlessFile => argument.required_unless_present_any(["json-body", "file"]),
        };
        match self.kind {
            _ if self.many => argument.action(ArgAction::Append),
            Kind::Switch => argument.num_args(0..=1).require_equals(true).default_missing_value("true"),
            Kind::Integer | Kind::Number => argument.allow_hyphen_values(true),
            _ => argument,
        }
    }
}

/// The argument of a parameter; nothing for a header that always has one value, which is sent by itself.
fn parameter<'d>(document: &'d Document, parameter: &Parameter<'d>) -> Option<Argument<'d>> {
    let place = match parameter.location {
        Location::Path => Place::Path,
        Location::Query => Place::Query,
        Location::Header if parameter.constant(document).is_some() => return None,
        Location::Header => Place::Header,
    };
    let kind = scalar(document, parameter.schema)?;
    let need = if place == Place::Path || parameter.required { Need::Required } else { Need::Optional };
    let help = [parameter.description, described(document, parameter.schema)].into_iter().find(|help| !help.is_empty());
    Some(argument(parameter.name, place, kind, parameter.schema, need, help))
}

/// The arguments of the fields of a body, and whether they can say all that it needs.
fn fields<'d>(document: &'d Document, body: Content<'d>) -> (Vec<Argument<'d>>, bool) {
    let schema = document.resolve(body.schema);
    let Some(properties) = schema["properties"].as_object() else {
        // Alternatives, or fields of any name.
        return (Vec::new(), false);
    };
    let required = |name: &str| schema["required"].as_array().is_some_and(|required| required.iter().any(|other| other == name));
    let (place, need) = if body.is_multipart() { (Place::Part, Need::Required) } else { (Place::Field, Need::RequiredUnlessBody) };
    let kind_of = |name: &str, property| {
        let (kind, many) = scalar(document, property)?;
        Some((if kind == Kind::Text && is_base64(name, document.resolve(property)) { Kind::Base64 } else { kind }, many))
    };
    let is_file = |kind: &Kind| matches!(kind, Kind::Binary | Kind::Base64);
    let files = properties.iter().filter(|(name, property)| kind_of(name, property).is_some_and(|(kind, _)| is_file(&kind))).count();
    let in_json = properties.iter().any(|(name, property)| kind_of(name, property).is_some_and(|(kind, _)| kind == Kind::Base64));
    let mut complete = !properties.is_empty();
    let mut fields = Vec::new();
    for (name, property) in properties {
        let Some((kind, many)) = kind_of(name, property) else {
            complete &= !required(name);
            continue;
        };
        let need = match required(name) {
            true if in_json && files == 1 && (tells(&FILE_NAMES, name) || tells(&MEDIA_TYPES, name)) => Need::RequiredUnlessFile,
            true => need,
            false => Need::Optional,
        };
        let help = Some(match kind {
            Kind::Base64 => "The file; its name and media type follow from the path unless they are given.",
            _ => described(document, property),
        });
        let is_only_file = is_file(&kind) && files == 1;
        let mut argument = argument(name, place, (kind, many), property, need, help);
        if is_only_file && !properties.contains_key("file") {
            "file".clone_into(&mut argument.flag);
        }
        fields.push(argument);
    }
    (fields, complete)
}

fn argument<'d>(
    name: &'d str,
    place: Place,
    (kind, many): (Kind, bool),
    schema: &'d Value,
    need: Need,
    help: Option<&str>,
) -> Argument<'d> {
    let help = help.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    Argument { flag: name.to_kebab_case(), name, place, kind, many, schema, need, help }
}

/// A scalar, or a list of scalars.
fn scalar(document: &Document, schema: &Value) -> Option<(Kind, bool)> {
    let followed = document.resolve(schema);
    if followed["type"] == "array" {
        return Some((Kind::of(document, &followed["items"])?, true));
    }
    Kind::of(document, schema).map(|kind| (kind, false))
}

/// What a schema means, by itself or by what it stands for.
fn described<'d>(document: &'d Document, schema: &'d Value) -> &'d str {
    let of = |schema: &'d Value| schema["description"].as_str();
    of(schema).or_else(|| of(document.resolve(schema))).unwrap_or_default()
}

/// The vendor wants the content of a file, and JSON has no place for bytes.
fn is_base64(name: &str, schema: &Value) -> bool {
    schema["format"] == "byte" || name.to_lowercase().contains("base64")
}

fn tells(names: &[&str], name: &str) -> bool {
    names.contains(&name.replace('_', "").to_lowercase().as_str())
}

/// What a file's path tells of it, where the body has fields for that: name and media type.
pub fn from_path(arguments: &[Argument<'_>], path: &std::path::Path) -> Vec<(String, Value)> {
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let media_type = mime_guess::from_path(path).first_raw().map(str::to_owned);
    let field = |names: &[&str], value: Option<String>| {
        let argument = arguments.iter().find(|argument| argument.place == Place::Field && tells(names, argument.name))?;
        Some((argument.name.to_owned(), Value::from(value?)))
    };
    field(&FILE_NAMES, file_name).into_iter().chain(field(&MEDIA_TYPES, media_type)).collect()
}
