//! How the generated modules describe an operation: each argument with the setter behind it.

use std::{fmt::Display, marker::PhantomData, path::PathBuf, str::FromStr};

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    builder::{PossibleValue, TypedValueParser},
};
use futures_util::{FutureExt as _, Stream, StreamExt as _, future::LocalBoxFuture, stream::LocalBoxStream};
use reachout_runtime::{ByteStream, Error, ResponseValue, multipart::Part};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{failure::Failure, input};

/// Whether an argument must be given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Optional,
    Required,
    RequiredUnlessBody,
}

impl Need {
    /// `--json-body` may hold it instead.
    pub fn unless_body(self) -> Self {
        if self == Self::Required { Self::RequiredUnlessBody } else { self }
    }
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub content: Content,
}

pub enum Content {
    Nothing,
    Json(Value),
    File(ByteStream),
}

/// A request with all its arguments, still to be sent.
pub enum Prepared<'c> {
    One(LocalBoxFuture<'c, Result<Reply, Error>>),
    /// Every item of every page.
    All(LocalBoxStream<'c, Result<Value, Error>>),
}

/// An operation with all its arguments.
pub struct Call<'c, C> {
    arguments: Vec<Arg>,
    prepare: Prepare<'c, C>,
    /// Where the list is in the response of an operation that pages.
    pub items: Option<&'static str>,
}

impl<'c, C> Call<'c, C> {
    pub fn declare(self, command: Command) -> Command {
        command.args(self.arguments)
    }

    pub fn prepare(self, client: &'c C, matches: &ArgMatches) -> Result<Prepared<'c>, Failure> {
        (self.prepare)(client, matches)
    }
}

type Prepare<'c, C> = Box<dyn FnOnce(&'c C, &ArgMatches) -> Result<Prepared<'c>, Failure> + 'c>;
type Apply<'c, R> = Box<dyn Fn(R, &ArgMatches) -> Result<R, Failure> + 'c>;
type Pages<'c, R> = Box<dyn FnOnce(R) -> LocalBoxStream<'c, Result<Value, Error>> + 'c>;

/// Collects the arguments of an operation whose request is an `R`.
pub struct Request<'c, C, R> {
    start: Box<dyn Fn(&'c C) -> R + 'c>,
    arguments: Vec<Arg>,
    apply: Vec<Apply<'c, R>>,
    pages: Option<(&'static str, Pages<'c, R>)>,
}

impl<'c, C: 'c, R: 'c> Request<'c, C, R> {
    pub fn new(start: impl Fn(&'c C) -> R + 'c) -> Self {
        Self { start: Box::new(start), arguments: Vec::new(), apply: Vec::new(), pages: None }
    }

    /// `--name VALUE`
    pub fn value<T>(&mut self, need: Need, name: &'static str, value: &'static str, help: &'static str, set: impl Fn(R, T) -> R + 'c)
    where
        T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
    {
        let argument = argument(need, name, help).value_name(value).allow_hyphen_values(value == "NUMBER");
        self.one(argument.value_parser(|text: &str| text.parse::<T>().map_err(|error| error.to_string())), name, set);
    }

    /// `--name VALUE`, with the values that are known; whether others are taken is for the type to say.
    pub fn choice<T>(
        &mut self,
        need: Need,
        name: &'static str,
        known: &'static [&'static str],
        help: &'static str,
        set: impl Fn(R, T) -> R + 'c,
    ) where
        T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
    {
        self.one(argument(need, name, help).value_name("VALUE").value_parser(Choice::<T>::of(known.iter().copied())), name, set);
    }

    /// `--name`, `--name=false`
    pub fn switch(&mut self, need: Need, name: &'static str, help: &'static str, set: impl Fn(R, bool) -> R + 'c) {
        let argument = argument(need, name, help).value_name("BOOL").num_args(0..=1).require_equals(true).default_missing_value("true");
        self.one(argument.value_parser(clap::value_parser!(bool)), name, set);
    }

    /// `--name TEXT`, any number of times.
    pub fn list(&mut self, need: Need, name: &'static str, help: &'static str, set: impl Fn(R, Vec<String>) -> R + 'c) {
        self.arguments
            .push(argument(need, name, &format!("{help} May be given several times.")).value_name("TEXT").action(ArgAction::Append));
        self.apply.push(Box::new(move |request, matches| {
            Ok(match matches.get_many::<String>(name) {
                Some(values) => set(request, values.cloned().collect()),
                None => request,
            })
        }));
    }

    /// `--name PATH`, any number of times: files of a multipart body.
    pub fn files(&mut self, need: Need, name: &'static str, help: &'static str, set: impl Fn(R, Part) -> R + 'c) {
        let argument = argument(need, name, &format!("{help} May be given several times.")).value_name("PATH").action(ArgAction::Append);
        self.arguments.push(argument.value_parser(clap::value_parser!(PathBuf)));
        self.apply.push(Box::new(move |request, matches| {
            let paths = matches.get_many::<PathBuf>(name).into_iter().flatten();
            Ok(paths.fold(request, |request, path| set(request, Part::file(path))))
        }));
    }

    /// `--json-body FILE`. Arguments of single fields come on top of it.
    pub fn json_body<T: DeserializeOwned>(&mut self, need: Need, set: impl Fn(R, T) -> R + 'c) {
        let help = "File with the request body as JSON, or - for standard input. Arguments of single fields come on top of it.";
        self.arguments.push(argument(need, "json-body", help).value_name("FILE|-").value_parser(clap::value_parser!(PathBuf)));
        // First, so that the others find it.
        self.apply.insert(
            0,
            Box::new(move |request, matches| match matches.get_one::<PathBuf>("json-body") {
                Some(path) => Ok(set(request, input::json(path)?)),
                None => Ok(request),
            }),
        );
    }

    /// `--all`
    pub fn pages<S, I>(&mut self, items: &'static str, stream: impl FnOnce(R) -> S + 'c)
    where
        S: Stream<Item = Result<I, Error>> + 'c,
        I: Serialize,
    {
        let all = Arg::new("all").long("all").action(ArgAction::SetTrue);
        self.arguments.push(all.help("Fetch every page. A page size, where there is an argument for it, stays the page size."));
        let pages = |request| stream(request).map(|item| item.map(|item| json(&item))).boxed_local();
        self.pages = Some((items, Box::new(pages)));
    }

    /// The response is JSON.
    pub fn answers<F, T>(self, send: impl FnOnce(R) -> F + 'c) -> Call<'c, C>
    where
        F: Future<Output = Result<ResponseValue<T>, Error>> + 'c,
        T: Serialize + 'c,
    {
        self.ends(send, |value: T| Content::Json(json(&value)))
    }

    /// The response has no content.
    pub fn answers_nothing<F>(self, send: impl FnOnce(R) -> F + 'c) -> Call<'c, C>
    where
        F: Future<Output = Result<ResponseValue<()>, Error>> + 'c,
    {
        self.ends(send, |()| Content::Nothing)
    }

    /// The response is a file: `--output FILE`
    pub fn downloads<F>(mut self, send: impl FnOnce(R) -> F + 'c) -> Call<'c, C>
    where
        F: Future<Output = Result<ResponseValue<ByteStream>, Error>> + 'c,
    {
        let output = Arg::new("output").long("output").short('o').value_name("FILE").value_parser(clap::value_parser!(PathBuf));
        self.arguments.push(output.help("File to write the response to; standard output if absent, unless that is a terminal."));
        self.ends(send, Content::File)
    }

    fn one<T: Clone + Send + Sync + 'static>(&mut self, argument: Arg, name: &'static str, set: impl Fn(R, T) -> R + 'c) {
        self.arguments.push(argument);
        self.apply.push(Box::new(move |request, matches| {
            Ok(match matches.get_one::<T>(name) {
                Some(value) => set(request, value.clone()),
                None => request,
            })
        }));
    }

    fn ends<F, T>(self, send: impl FnOnce(R) -> F + 'c, content: impl FnOnce(T) -> Content + 'c) -> Call<'c, C>
    where
        F: Future<Output = Result<ResponseValue<T>, Error>> + 'c,
        T: 'c,
    {
        let Self { start, arguments, apply, pages } = self;
        let (items, pages) = pages.unzip();
        let prepare = move |client: &'c C, matches: &ArgMatches| {
            let request = apply.iter().try_fold(start(client), |request, apply| apply(request, matches))?;
            if let Some(pages) = pages.filter(|_| matches.get_flag("all")) {
                return Ok(Prepared::All(pages(request)));
            }
            let call = send(request);
            let reply = async move {
                let response = call.await?;
                Ok(Reply { status: response.status().as_u16(), content: content(response.into_inner()) })
            };
            Ok(Prepared::One(reply.boxed_local()))
        };
        Call { arguments, prepare: Box::new(prepare), items }
    }
}

fn argument(need: Need, name: &'static str, help: &str) -> Arg {
    let argument = Arg::new(name).long(name).help(help.to_owned());
    match need {
        Need::Optional => argument,
        Need::Required => argument.required(true),
        Need::RequiredUnlessBody => argument.required_unless_present("json-body"),
    }
}

/// Responses come from JSON and go back to it.
fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Shows the known values in the help and to the shell's completion, and takes what the type takes.
#[derive(Clone)]
pub struct Choice<T> {
    known: Vec<&'static str>,
    value: PhantomData<fn() -> T>,
}

impl<T> Choice<T> {
    pub fn of(known: impl IntoIterator<Item = &'static str>) -> Self {
        Self { known: known.into_iter().collect(), value: PhantomData }
    }
}

impl<T> TypedValueParser for Choice<T>
where
    T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &std::ffi::OsStr) -> Result<T, clap::Error> {
        let parser = |text: &str| text.parse::<T>().map_err(|error| error.to_string());
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.known.iter().map(PossibleValue::new)))
    }
}
