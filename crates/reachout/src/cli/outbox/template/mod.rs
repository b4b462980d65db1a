//! The text of a campaign: a template of minijinja, with its subject before it.

mod language;

use std::{io, path::Path};

use minijinja::{AutoEscape, Environment, ErrorKind};

use self::language::{LONGEST as LONGEST_TEXT, Wrong};
use super::people::Person;
use crate::cli::{
    arguments::{input, with_nearest},
    failure::Failure,
};

const BODY: &str = "body";
const SUBJECT: &str = "subject";

/// The longest template, in bytes.
const LONGEST: usize = 64 * 1024;
/// How many steps a text may take.
const STEPS: u64 = 100_000;
/// The deepest expression of [`LONGEST`] bytes is compiled and dropped on it: at most 8 KiB a byte pair.
const STACK: usize = 256 * 1024 * 1024;

/// Reads and renders templates on a stack that none of them overflows.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("templates".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        let ended = thread.map_err(Failure::unsent)?.join();
        ended.unwrap_or_else(|_| Err(Failure::usage("the template cannot be rendered")))
    })
}

/// A text, and the subject of it.
pub struct Template {
    environment: Environment<'static>,
    /// The file without its ending: the campaign's name unless another is given.
    pub campaign: String,
    file: String,
    /// Lines of the file before the text.
    before: usize,
    /// The text is HTML, and what is put into it is escaped.
    pub html: bool,
    subject: Option<&'static str>,
}

/// A text for somebody.
pub struct Rendered {
    pub subject: Option<String>,
    pub body: String,
}

impl Template {
    /// Reads a file, or standard input for `-`. `subject`: comes before the file's own.
    pub fn read(path: &Path, subject: Option<&str>) -> Result<Self, Failure> {
        let text = input::text(path)?.replace("\r\n", "\n");
        let file = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
        let text = text.trim_start_matches('\u{feff}');
        if text.len() + subject.map_or(0, str::len) > LONGEST {
            return Err(Failure::usage(format!("{file} is longer than {} KiB", LONGEST / 1024)));
        }
        let (front, body) = split(text);
        let before = text.lines().count().saturating_sub(body.lines().count());
        let own = front.map(|front| own_subject(front, &file)).transpose()?.flatten();
        let html = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm"));
        let mut environment = language::environment();
        environment.set_fuel(Some(STEPS));
        environment.set_auto_escape_callback(move |name| if html && name == BODY { AutoEscape::Html } else { AutoEscape::None });
        let mut add = |name: &'static str, what: &str, before: usize, text: String| {
            let wrong = |line: Option<usize>, why: &str| {
                let line = line.map_or_else(String::new, |line| format!(" line {}", line + before));
                Failure::usage(format!("{what}{line}: {why}"))
            };
            language::check(&text).map_err(|Wrong { line, why }| wrong(Some(line), &why))?;
            environment.add_template_owned(name, text).map_err(|error| wrong(error.line(), &sentence(&error)))
        };
        add(BODY, &file, before, body.trim_end().to_owned())?;
        let (given, own) = (subject.is_some(), subject.map(str::to_owned).or(own));
        let has_subject = own.is_some();
        if let Some(subject) = own {
            let what = if given { "--subject".to_owned() } else { format!("{file}: subject") };
            add(SUBJECT, &what, 0, subject)?;
        }
        let campaign = path.file_stem().map_or_else(|| "-".to_owned(), |stem| stem.to_string_lossy().into_owned());
        Ok(Self { environment, campaign, file, before, html, subject: has_subject.then_some(SUBJECT) })
    }

    /// The text for somebody, or what is missing. `columns`: what the file knows of anybody.
    pub fn render(&self, person: &Person, columns: &[String]) -> Result<Rendered, String> {
        if person.fields.values().map(language::length).sum::<usize>() > LONGEST_TEXT {
            return Err(format!("its values are longer than {} KiB", LONGEST_TEXT / 1024));
        }
        let subject = self.subject.map(|name| self.part(name, person, columns)).transpose()?;
        Ok(Rendered { subject, body: self.part(BODY, person, columns)? })
    }

    fn part(&self, name: &str, person: &Person, columns: &[String]) -> Result<String, String> {
        let mut text = Text::default();
        let rendered =
            self.environment.get_template(name).and_then(|template| template.render_captured_to(&person.fields, &mut text).map(drop));
        rendered.map_err(|error| match text.is_full {
            true => format!("{}: the text is longer than {} KiB", self.place(name, &error), LONGEST_TEXT / 1024),
            false => self.explain(name, &error, person, columns),
        })?;
        String::from_utf8(text.bytes).map_err(|_| format!("{} makes what is no text", self.file))
    }

    fn place(&self, name: &str, error: &minijinja::Error) -> String {
        match (name, error.line()) {
            (SUBJECT, _) => "the subject".to_owned(),
            (_, Some(line)) => format!("{} line {}", self.file, line + self.before),
            (_, None) => self.file.clone(),
        }
    }

    fn explain(&self, name: &str, error: &minijinja::Error, person: &Person, columns: &[String]) -> String {
        let place = self.place(name, error);
        if error.kind() == ErrorKind::OutOfFuel {
            return format!("{place}: the text takes more than {STEPS} steps");
        }
        if error.kind() != ErrorKind::UndefinedError {
            return format!("{place}: {}", sentence(error));
        }
        let used = self.environment.get_template(name).map(|template| template.undeclared_variables(false)).unwrap_or_default();
        let mut missing: Vec<_> = used.into_iter().filter(|field| !person.fields.contains_key(field)).collect();
        missing.sort();
        match missing.as_slice() {
            [] => format!("{place} uses a field that is missing"),
            [field] if !columns.contains(field) => {
                with_nearest(format!("{place} uses `{field}`, which is not a column"), field, columns.iter().map(String::as_str))
            }
            [field] => format!("`{field}` is empty, and {place} uses it"),
            several => format!("{} are missing, and {place} uses one of them", several.join(", ")),
        }
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
fn own_subject(front: &str, file: &str) -> Result<Option<String>, Failure> {
    let mut subject = None;
    for (line, text) in (2..).zip(front.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let value = text.split_once(':').filter(|(name, _)| name.trim() == "subject").map(|(_, value)| value.trim());
        let value = value.ok_or_else(|| Failure::usage(format!("{file} line {line}: `subject: …` is expected before the text")))?;
        let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        subject = Some(quoted.unwrap_or(value).to_owned());
    }
    Ok(subject)
}

/// Without the place, which is named before it.
fn sentence(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Person, Template};

    fn person(fields: &serde_json::Value) -> Person {
        Person { line: 2, fields: fields.as_object().unwrap().clone() }
    }

    fn template(ending: &str, text: &str) -> Template {
        let file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Template { file: "hello.md".to_owned(), ..Template::read(file.path(), None).unwrap_or_else(|failure| panic!("{failure}")) }
    }

    #[test]
    fn the_subject_stands_before_the_text() {
        let ada = person(&json!({ "name": "Ada & Co" }));
        for (ending, text, subject, body) in [
            (
                ".md",
                "---\nsubject: A role for {{ name }}\n---\nHi {{ name }},\n\nBye\n",
                Some("A role for Ada & Co"),
                "Hi Ada & Co,\n\nBye",
            ),
            (".html", "---\r\nsubject: For {{ name }}\r\n---\r\n<p>{{ name }}</p>\r\n", Some("For Ada & Co"), "<p>Ada &amp; Co</p>"),
            (".txt", "Hi {{ title | default('there') }}", None, "Hi there"),
            (".txt", "--- a line", None, "--- a line"),
        ] {
            let rendered = template(ending, text).render(&ada, &[]).unwrap();
            assert_eq!((rendered.subject.as_deref(), rendered.body.as_str()), (subject, body), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let columns = ["name", "title"].map(str::to_owned);
        for (text, sentence) in [
            ("---\nsubject: x\n---\nHi\n{{ title }}", "`title` is empty, and hello.md line 5 uses it"),
            ("---\nsubject: \"{{ title }}\"\n---\nHi", "`title` is empty, and the subject uses it"),
            ("Hi {{ nmae }}", "hello.md line 1 uses `nmae`, which is not a column; did you mean `name`?"),
            ("{{ title }} {{ other }}", "other, title are missing, and hello.md line 1 uses one of them"),
        ] {
            let error = template(".md", text).render(&person(&json!({ "name": "Ada" })), &columns).err();
            assert_eq!(error.as_deref(), Some(sentence));
        }
    }

    fn problem(text: &str) -> Option<String> {
        let ada = person(&json!({ "name": "Ada", "aa": "a".repeat(1_000), "list": ["x", "y"] }));
        let ended = super::on_deep_stack(|| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            let template = Template::read(file.path(), None)?;
            Template { file: "hello.md".to_owned(), ..template }.render(&ada, &[]).map_err(crate::cli::failure::Failure::usage)
        });
        ended.err().map(|error| error.to_string())
    }

    #[test]
    fn a_template_ends_and_never_overflows_the_stack() {
        let nested = format!("{{{{ {}1{} }}}}", "[".repeat(20_000), "]".repeat(20_000));
        let ifs = format!("{}{}", "{% if 1 %}".repeat(3_000), "{% endif %}".repeat(3_000));
        for (text, expected) in [
            (
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "hello.md line 1: the text takes more than",
            ),
            (&format!("{{{{ 1{} }}}}", "+1".repeat(30_000)), "more than 50 parts"),
            (&format!("{{{{ 1{} }}}}", "|abs".repeat(15_000)), "more than 50 parts"),
            (&format!("{{{{ name{} }}}}", ".a".repeat(30_000)), "more than 50 parts"),
            (&nested, "recursion"),
            (&ifs, "recursion"),
            (&"x".repeat(66_000), "longer than 64 KiB"),
        ] {
            let found = problem(text).unwrap_or_default();
            assert!(found.contains(expected), "{}: {found}", &text[..text.len().min(60)]);
        }
    }

    #[test]
    fn no_value_of_a_template_grows() {
        let doubled = format!("Hi\n{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(2_000));
        let captured = format!("Hi\n{}", "{% set a %}{{ a }}{{ a }}{% endset %}".repeat(1_000));
        let replaced = format!("Hi\n{{{{ aa{} }}}}", "|replace('a', 'aa')".repeat(12));
        let wide = "Hi\n{{ aa|replace('a', aa)|replace('a', aa) }}";
        for (text, expected) in [
            (doubled.as_str(), " line 2: `set` is not for these templates"),
            (&captured, " line 2: `set` is not for these templates"),
            ("Hi\n{% macro m(a, n) %}{{ m(a ~ a, n - 1) if n else a }}{% endmacro %}{{ m('xx', 40) }}", " line 2: `macro` is not"),
            ("Hi\n{% with a = name ~ name %}{{ a }}{% endwith %}", " line 2: `with` is not"),
            ("Hi\n{% filter upper %}x{% endfilter %}", " line 2: `filter` is not"),
            ("Hi\n{% include 'body' %}", " line 2: `include` is not"),
            ("Hi\n{% for a in list recursive %}{{ loop(list) }}{% endfor %}", " line 2: a recursive loop is not"),
            ("Hi\n{{ 'x' * 100000000 }}", " line 2: `*` is not"),
            ("Hi\n{{ namespace(a=1) }}", " line 2: a call is not"),
            ("Hi\n{{ '%0999999999d'|format(1) }}", " line 2: there is no filter `format`; these are: abs, "),
            ("Hi\n{{ name|indent(999999999) }}", " line 2: there is no filter `indent`"),
            (&replaced, "hello.md line 2: invalid operation: a text of more than 1024 KiB"),
            (wide, "hello.md line 2: invalid operation: a text of more than 1024 KiB"),
            ("Hi\n{{ range(100000)|join(aa) }}", "hello.md line 2: invalid operation: a text of more than 1024 KiB"),
            ("Hi\n{% for a in range(2000) %}{{ aa }}{% endfor %}", "hello.md: the text is longer than 1024 KiB"),
        ] {
            let found = problem(text).unwrap_or_default();
            assert!(found.contains(expected), "{}: {found}", &text[..text.len().min(60)]);
        }
        let longest = person(&json!({ "name": "x".repeat(1024 * 1024 + 1) }));
        assert!(template(".md", "Hi").render(&longest, &[]).is_err_and(|error| error.contains("longer than 1024 KiB")));
    }

    #[test]
    fn what_templates_are_for_works() {
        let ada = person(&json!({ "name": "ada", "tags": ["a", "b"], "city": "Paris;Rome", "n": 2 }));
        for (text, expected) in [
            ("{{ name|title ~ '!' }}{% if n > 1 %} {{ n + 1 }}{% else %} one{% endif %}", "Ada! 3"),
            ("{% for tag in tags if tag != 'b' %}{{ loop.index }}{{ tag|upper }}{% endfor %}", "1A"),
            ("{{ tags|join(', ') }} {{ city|split(';')|last|replace('R', 'r') }} {{ tags[0] }} {{ name[:2] }}", "a, b rome a ad"),
            ("{{ title|default('there') }} {{ title|d('x')|length }} {{ 'yes' if title is defined else 'no' }}", "there 1 no"),
        ] {
            assert_eq!(template(".md", text).render(&ada, &[]).map(|rendered| rendered.body).as_deref(), Ok(expected), "{text}");
        }
    }
}
