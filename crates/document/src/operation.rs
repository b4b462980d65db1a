//! [`Operation`]: one operation of a document.

use std::collections::HashMap;

use serde_json::Value;

use crate::content::{Body, Location, Parameter, Success, text};
use crate::document::Document;
use crate::effect::{Effect, Repeat};
use crate::pagination::Pagination;
use crate::pointer;

/// The methods of a path item: as they are written, and on the wire.
const METHODS: [(&str, &str); 8] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
];

/// Where the operations are: path and method, by their ids.
pub(crate) type Places = HashMap<String, (String, (&'static str, &'static str))>;

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation<'d> {
    /// Path template.
    pub path: &'d str,
    /// In upper case.
    pub method: &'static str,
    /// Its id, empty where it has none.
    pub id: &'d str,
    /// Its group: the first tag, empty where it has none.
    pub group: &'d str,
    /// Its parameters and those of its path: of the path first, in its order, then of the query, then headers.
    pub parameters: Vec<Parameter<'d>>,
    /// The body that it takes.
    pub body: Option<Body<'d>>,
    /// What it returns: of several successes the first with a body.
    pub success: Option<Success<'d>>,
    /// What holds the operations of this path.
    pub item: &'d Value,
    /// The operation itself.
    pub node: &'d Value,
}

impl Document {
    /// Every operation, in the order of the document.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let written = self.written();
        written.map(|(path, item, (key, method))| Operation::read(self, path, item, (&item[key], method)))
    }

    /// The operation of this id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<Operation<'_>> {
        let places = self.places.get_or_init(|| {
            let mut places = Places::new();
            for (path, item, method) in self.written() {
                places.entry(text(&item[method.0], "operationId").to_owned()).or_insert_with(|| (path.to_owned(), method));
            }
            places
        });
        let (path, (key, method)) = places.get(id)?;
        let (path, item) = self.json()["paths"].as_object()?.get_key_value(path)?;
        Some(Operation::read(self, path, item, (&item[*key], method)))
    }

    /// Id and summary of every operation, in the order of the document: all that a list of them needs.
    pub fn summaries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.written().map(|(_, item, (key, _))| (text(&item[key], "operationId"), text(&item[key], "summary")))
    }

    /// The description of a group, empty where there is none.
    #[must_use]
    pub fn group_description(&self, group: &str) -> &str {
        let mut tags = self.json()["tags"].as_array().into_iter().flatten();
        tags.find(|tag| tag["name"] == group).map_or("", |tag| text(tag, "description"))
    }

    fn written(&self) -> impl Iterator<Item = (&str, &Value, (&'static str, &'static str))> {
        let paths = self.json()["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, item)| {
            METHODS.into_iter().filter(|(key, _)| item.get(*key).is_some()).map(move |method| (path.as_str(), item, method))
        })
    }
}

impl<'d> Operation<'d> {
    fn read(document: &'d Document, path: &'d str, item: &'d Value, (node, method): (&'d Value, &'static str)) -> Self {
        let written = [item, node].into_iter().filter_map(|holder| holder["parameters"].as_array()).flatten();
        let mut parameters: Vec<_> = written.filter_map(|node| Parameter::read(document, node)).collect();
        parameters.sort_by_key(|parameter| match parameter.location {
            Location::Path => (0, path.find(&format!("{{{}}}", parameter.name))),
            Location::Query => (1, None),
            Location::Header => (2, None),
        });
        let mut successes = Success::read_all(document, &node["responses"]);
        let first = successes.next();
        Self {
            path,
            method,
            id: text(node, "operationId"),
            group: node["tags"][0].as_str().unwrap_or_default(),
            parameters,
            body: Body::read(document, &node["requestBody"]),
            success: first.filter(|first| first.content.is_some()).or_else(|| successes.find(|other| other.content.is_some())).or(first),
            item,
            node,
        }
    }

    /// Its JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> String {
        pointer::child(&pointer::child("/paths", self.path), &self.method.to_lowercase())
    }

    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, location: Location, name: &str) -> Option<&Parameter<'d>> {
        self.parameters_in(location).find(|parameter| parameter.name == name)
    }

    /// The parameters of one place.
    pub fn parameters_in(&self, location: Location) -> impl Iterator<Item = &Parameter<'d>> {
        self.parameters.iter().filter(move |parameter| parameter.location == location)
    }

    /// One sentence without a full stop.
    #[must_use]
    pub fn summary(&self) -> &'d str {
        text(self.node, "summary")
    }

    /// All there is to say beyond the summary.
    #[must_use]
    pub fn description(&self) -> &'d str {
        text(self.node, "description")
    }

    /// The vendor's page.
    #[must_use]
    pub fn docs(&self) -> &'d str {
        text(&self.node["externalDocs"], "url")
    }

    /// How well it is documented (`full`, `partial`, …), and the note about that.
    #[must_use]
    pub fn evidence(&self) -> (&'d str, &'d str) {
        let evidence = &self.node["x-evidence"];
        (text(evidence, "level"), text(evidence, "note"))
    }

    /// The vendor calls it deprecated.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        self.node["deprecated"] == true
    }

    /// The credential is sent: there is no `security: []`.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.node["security"].as_array().is_none_or(|requirements| !requirements.is_empty())
    }

    /// What it does: by `x-effect`, else by its method.
    #[must_use]
    pub fn effect(&self) -> Effect {
        Effect::of(text(self.node, "x-effect")).unwrap_or_else(|| Effect::of_method(self.method))
    }

    /// What a second request does, where the document says it.
    #[must_use]
    pub fn repeat(&self) -> Option<Repeat> {
        Repeat::of(text(self.node, "x-repeat"))
    }

    /// Effect and repeat are an import's guess.
    #[must_use]
    pub fn is_guessed(&self) -> bool {
        self.node["x-guess"] == true
    }

    /// It was taken from the vendor's published file, and nobody reviewed it.
    #[must_use]
    pub fn is_official(&self) -> bool {
        self.node["x-evidence"]["level"] == "official"
    }

    /// How it pages, if it does.
    #[must_use]
    pub fn pagination(&self) -> Option<Pagination> {
        Pagination::read(&self.node["x-pagination"])
    }
}
