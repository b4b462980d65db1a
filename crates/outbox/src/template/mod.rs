//! [`Template`]: a text with places for what is known of a person, in the language of minijinja.

mod language;
#[cfg(test)]
mod tests;

use std::{fmt, io};

use minijinja::{AutoEscape, Environment, ErrorKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::language::{LONGEST as LONGEST_TEXT, Wrong};
use crate::nearest::did_you_mean;

const BODY: &str = "body";
const SUBJECT: &str = "subject";

/// The longest template, in bytes.
const LONGEST: usize = 64 * 1024;
/// How many steps a text may take.
const STEPS: u64 = 100_000;
/// The deepest expression of [`LONGEST`] bytes is parsed and dropped on it: at most 8 KiB a byte pair.
const STACK: usize = 256 * 1024 * 1024;

/// A text with places for what is known of a person, and the subject of it.
///
/// The language is that of minijinja, without what keeps a value: `{{ column }}`, `{% if %}`, `{% for %}` and filters such as `upper` or
/// `default`. A value that is missing is an error where the template uses it.
///
/// ```
/// use reachout_outbox::Template;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let template = Template::parse("hello.md", "---\nsubject: A role for {{ name }}\n---\nHi {{ name }}, …")?;
/// let ada = serde_json::json!({ "name": "Ada" });
/// let text = template.render(ada.as_object().ok_or("no object")?, &[])?;
/// assert_eq!((text.subject.as_deref(), text.body.as_str()), (Some("A role for Ada"), "Hi Ada, …"));
/// # Ok(())
/// # }
/// ```
#[derive(Serialize, Deserialize)]
#[serde(try_from = "Source", into = "Source")]
pub struct Template {
    source: Source,
    environment: Environment<'static>,
    /// Lines of the source before the text.
    before: usize,
    has_subject: bool,
}

/// What a template is made of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    name: String,
    text: String,
    /// Comes before the text's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

/// A text for somebody.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered {
    /// The subject of an email, where the template has one.
    pub subject: Option<String>,
    /// The text, or HTML where [`Template::is_html`].
    pub body: String,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It is the content of a message.
        f.debug_struct("Rendered").finish_non_exhaustive()
    }
}

/// A text that is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
#[non_exhaustive]
pub struct TemplateError {
    /// The template, and the line of it where that is known.
    pub place: String,
    /// What is wrong, and what to write instead.
    pub why: String,
}

impl Template {
    /// Reads a template. `name` is the file's: one that ends in `.html` is HTML, and what is put into it is escaped.
    ///
    /// Its subject may stand before the text, between two lines of `---`: `subject: …`.
    pub fn parse(name: &str, text: &str) -> Result<Self, TemplateError> {
        Self::of(&Source { name: name.to_owned(), text: text.to_owned(), subject: None })
    }

    /// The same with another subject, which is a template, too.
    pub fn with_subject(&self, subject: &str) -> Result<Self, TemplateError> {
        Self::of(&Source { subject: Some(subject.to_owned()), ..self.source.clone() })
    }

    /// The name it was read under.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Whether its text is HTML.
    pub fn is_html(&self) -> bool {
        let ending = self.source.name.rsplit_once('.').map_or("", |(_, ending)| ending);
        ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm")
    }

    /// Whether it has a subject.
    pub const fn has_subject(&self) -> bool {
        self.has_subject
    }

    /// Reads on a stack that no template overflows.
    fn of(source: &Source) -> Result<Self, TemplateError> {
        let failed = |why: &str| TemplateError { place: source.name.clone(), why: why.to_owned() };
        std::thread::scope(|scope| {
            let compile = || Self::compile(source);
            let thread = std::thread::Builder::new().name("template".to_owned()).stack_size(STACK).spawn_scoped(scope, compile);
            let thread = thread.map_err(|error| failed(&error.to_string()))?;
            thread.join().unwrap_or_else(|_| Err(failed("it cannot be read")))
        })
    }

    fn compile(source: &Source) -> Result<Self, TemplateError> {
        let text = source.text.replace("\r\n", "\n");
        let text = text.trim_start_matches('\u{feff}');
        let file = &source.name;
        if text.len() + source.subject.as_ref().map_or(0, String::len) > LONGEST {
            return Err(TemplateError { place: file.clone(), why: format!("it is longer than {} KiB", LONGEST / 1024) });
        }
        let (front, body) = split(text);
        let before = text.lines().count().saturating_sub(body.lines().count());
        let own = front.map(|front| own_subject(front, file)).transpose()?.flatten();
        let mut template = Self { environment: language::environment(), before, has_subject: false, source: source.clone() };
        let html = template.is_html();
        template.environment.set_fuel(Some(STEPS));
        template.environment.set_auto_escape_callback(move |name| if html && name == BODY { AutoEscape::Html } else { AutoEscape::None });
        template.add(BODY, file, before, body.trim_end().to_owned())?;
        let place = if source.subject.is_some() { format!("the subject of {file}") } else { format!("{file}: subject") };
        if let Some(subject) = source.subject.clone().or(own) {
            template.add(SUBJECT, &place, 0, subject)?;
            template.has_subject = true;
        }
        Ok(template)
    }

    fn add(&mut self, name: &'static str, place: &str, before: usize, text: String) -> Result<(), TemplateError> {
        let wrong = |line: Option<usize>, why: String| {
            let line = line.map_or_else(String::new, |line| format!(" line {}", line + before));
            TemplateError { place: format!("{place}{line}"), why }
        };
        language::check(&text).map_err(|Wrong { line, why }| wrong(Some(line), why))?;
        self.environment.add_template_owned(name, text).map_err(|error| wrong(error.line(), sentence(&error)))
    }

    /// The text for somebody, or a sentence on what is missing. `columns`: what is known of anybody, to tell an empty field from a wrong name.
    pub fn render(&self, fields: &Map<String, Value>, columns: &[String]) -> Result<Rendered, String> {
        if fields.values().map(language::length).sum::<usize>() > LONGEST_TEXT {
            return Err(format!("its values are longer than {} KiB", LONGEST_TEXT / 1024));
        }
        let subject = self.has_subject.then(|| self.part(SUBJECT, fields, columns)).transpose()?;
        Ok(Rendered { subject, body: self.part(BODY, fields, columns)? })
    }

    fn part(&self, name: &str, fields: &Map<String, Value>, columns: &[String]) -> Result<String, String> {
        let mut text = Text::default();
        let rendered = self.environment.get_template(name).and_then(|template| template.render_captured_to(fields, &mut text).map(drop));
        rendered.map_err(|error| match text.is_full {
            true => format!("{}: the text is longer than {} KiB", self.place(name, &error), LONGEST_TEXT / 1024),
            false => self.explain(name, &error, fields, columns),
        })?;
        String::from_utf8(text.bytes).map_err(|_| format!("{} makes what is no text", self.source.name))
    }

    fn place(&self, name: &str, error: &minijinja::Error) -> String {
        match (name, error.line()) {
            (SUBJECT, _) => format!("the subject of {}", self.source.name),
            (_, Some(line)) => format!("{} line {}", self.source.name, line + self.before),
            (_, None) => self.source.name.clone(),
        }
    }

    fn explain(&self, name: &str, error: &minijinja::Error, fields: &Map<String, Value>, columns: &[String]) -> String {
        let place = self.place(name, error);
        if error.kind() == ErrorKind::OutOfFuel {
            return format!("{place}: the text takes more than {STEPS} steps");
        }
        if error.kind() != ErrorKind::UndefinedError {
            return format!("{place}: {}", sentence(error));
        }
        let used = self.environment.get_template(name).map(|template| template.undeclared_variables(false)).unwrap_or_default();
        let mut missing: Vec<_> = used.into_iter().filter(|field| !fields.contains_key(field)).collect();
        missing.sort();
        match missing.as_slice() {
            [] => format!("{place} uses a field that is missing"),
            [field] if !columns.contains(field) => {
                let sentence = format!("{place} uses `{field}`, which is not a column");
                did_you_mean(sentence, field, columns.iter().map(String::as_str))
            }
            [field] => format!("`{field}` is empty, and {place} uses it"),
            several => format!("{} are missing, and {place} uses one of them", several.join(", ")),
        }
    }
}

impl Clone for Template {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), environment: self.environment.clone(), before: self.before, has_subject: self.has_subject }
    }
}

impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("name", &self.source.name).finish_non_exhaustive()
    }
}

impl TryFrom<Source> for Template {
    type Error = TemplateError;

    fn try_from(source: Source) -> Result<Self, Self::Error> {
        Self::of(&source)
    }
}

impl From<Template> for Source {
    fn from(template: Template) -> Self {
        template.source
    }
}

/// A text that is not longer than [`LONGEST_TEXT`].
#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Text {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + piece.len() > LONGEST_TEXT {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is between two lines of `---` at the beginning, and the rest.
fn split(text: &str) -> (Option<&str>, &str) {
    let none = (None, text);
    let Some(rest) = text.strip_prefix("---\n") else { return none };
    if let Some(body) = rest.strip_prefix("---\n") {
        return (None, body);
    }
    let Some((front, body)) = rest.split_once("\n---\n") else { return none };
    (Some(front), body)
}

/// What stands between two lines of `---` is lines such as `subject: …`. It is not YAML, in which `{{` begins something else.
fn own_subject(front: &str, file: &str) -> Result<Option<String>, TemplateError> {
    let mut subject = None;
    for (line, text) in (2..).zip(front.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let value = text.split_once(':').filter(|(name, _)| name.trim() == "subject").map(|(_, value)| value.trim());
        let wrong = || TemplateError { place: format!("{file} line {line}"), why: "`subject: …` is expected before the text".to_owned() };
        let value = value.ok_or_else(wrong)?;
        let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        subject = Some(quoted.unwrap_or(value).to_owned());
    }
    Ok(subject)
}

/// Without the place, which is named before it.
fn sentence(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()))
}
