//! How a page is read out of a response: a closure from the response to the runtime's `Page`.

use super::{Crate, print::literal};
use crate::{
    diagnostic::Error,
    model::{Alternative, Field, Operation, Pagination, Shape, Style, TypeRef},
};

/// The type of the items, and the closure.
pub struct Page {
    /// As it is written outside of `types`.
    pub item: String,
    /// `|page: types::ListContactsResponse| rt::Page { … }`.
    pub closure: String,
}

/// A value in the page, or in its last item.
struct Read {
    /// A place such as `page.meta.total`, or an `Option` of a reference to one.
    expression: String,
    optional: bool,
    ty: TypeRef,
}

/// Reads the page of an operation.
pub fn write(of: &Crate<'_>, operation: &Operation, pagination: &Pagination, response: &TypeRef) -> Result<Page, Error> {
    let reader = Reader { of, operation: &operation.id };
    let items = reader.read(response, &pagination.items)?;
    let TypeRef::List(item) = of.resolve(&items.ty) else { return Err(reader.error(&pagination.items, "is not a list")) };
    let mut fields = Vec::new();
    let mut last = false;
    if let Some(path) = &pagination.more {
        fields.push(format!("more: {}", reader.read(response, path)?.copied()));
    }
    for (name, path) in [("total", &pagination.total), ("total_pages", &pagination.total_pages)] {
        if let Some(path) = path {
            fields.push(format!("{name}: {}.and_then(rt::pagination::count)", reader.read(response, path)?.borrowed()));
        }
    }
    if let Style::Token(next) | Style::Cursor(next) = &pagination.style {
        let mut values = Vec::new();
        for (parameter, from) in next {
            let value = match from.strip_prefix("last.") {
                Some(path) => {
                    last = true;
                    reader.read_from("last".to_owned(), true, item, path)?
                }
                None => reader.read(response, from)?,
            };
            values.push(format!("({}, {}.and_then(rt::pagination::token))", literal(parameter), value.borrowed()));
        }
        fields.push(format!("next: rt::pagination::next([{}])", values.join(", ")));
    }
    let last = if last { format!("let last = {}.and_then(|items| items.last());\n", items.borrowed()) } else { String::new() };
    // Last, since it moves the items out of the page.
    fields.push(format!("items: {}", reader.take("page", response, &pagination.items)?));
    Ok(Page {
        item: of.ty(item),
        closure: format!(
            "|page: {}| {{\n{last}rt::pagination::Page {{ {}, ..Default::default() }}\n}}",
            of.ty(response),
            fields.join(", ")
        ),
    })
}

struct Reader<'a> {
    of: &'a Crate<'a>,
    operation: &'a str,
}

impl Read {
    /// An `Option<&T>`.
    fn borrowed(&self) -> String {
        if self.optional { self.expression.clone() } else { format!("Some(&{})", self.expression) }
    }

    /// An `Option<T>` of something small.
    fn copied(&self) -> String {
        if self.optional { format!("{}.copied()", self.expression) } else { format!("Some({})", self.expression) }
    }
}

impl<'a> Reader<'a> {
    /// A borrowed value at a dot path of the page.
    fn read(&self, response: &TypeRef, path: &str) -> Result<Read, Error> {
        self.read_from("page".to_owned(), false, response, path)
    }

    fn read_from(&self, start: String, optional: bool, ty: &TypeRef, path: &str) -> Result<Read, Error> {
        let mut read = Read { expression: start, optional, ty: ty.clone() };
        // Without a path, the response is meant.
        for segment in path.split('.').filter(|_| !path.is_empty()) {
            if let Some((name, alternatives)) = self.alternatives(&read.ty) {
                let with_field = alternatives.iter().find(|one| self.field(&one.ty, segment).is_some());
                let Alternative { name: variant, ty, .. } = with_field.ok_or_else(|| self.error(path, "is in no alternative"))?;
                let expression = format!(
                    "{}.and_then(|value| match value {{ types::{name}::{variant}(value) => Some(value), _ => None }})",
                    read.borrowed()
                );
                read = Read { expression, optional: true, ty: ty.clone() };
            }
            let field = self.field(&read.ty, segment).ok_or_else(|| self.error(path, &format!("names `{segment}`, which is not there")))?;
            let (from, name) = (&read.expression, &field.name);
            let expression = match (read.optional, field.is_option()) {
                (true, true) => format!("{from}.and_then(|value| value.{name}.as_ref())"),
                (true, false) => format!("{from}.map(|value| &value.{name})"),
                (false, true) => format!("{from}.{name}.as_ref()"),
                (false, false) => format!("{from}.{name}"),
            };
            read = Read { expression, optional: read.optional || field.is_option(), ty: field.ty.clone() };
        }
        Ok(read)
    }

    /// The list itself, moved out of the page.
    fn take(&self, value: &str, ty: &TypeRef, path: &str) -> Result<String, Error> {
        if path.is_empty() {
            return Ok(value.to_owned());
        }
        let (segment, rest) = path.split_once('.').unwrap_or((path, ""));
        if let Some((name, alternatives)) = self.alternatives(ty) {
            let mut arms = Vec::new();
            for Alternative { name: variant, ty, .. } in alternatives {
                let taken = match self.field(ty, segment) {
                    Some(_) => self.take("value", ty, path)?,
                    // An alternative that is the list itself.
                    None if matches!(self.of.resolve(ty), TypeRef::List(_)) => "value".to_owned(),
                    None => return Err(self.error(path, "is not in every alternative")),
                };
                arms.push(format!("types::{name}::{variant}(value) => {taken}"));
            }
            if self.is_open(ty) {
                arms.push("_ => Vec::new()".to_owned());
            }
            return Ok(format!("match {value} {{ {} }}", arms.join(", ")));
        }
        let field = self.field(ty, segment).ok_or_else(|| self.error(path, &format!("names `{segment}`, which is not there")))?;
        let from = format!("{value}.{}", field.name);
        match (field.is_option(), rest.is_empty()) {
            (true, true) => Ok(format!("{from}.unwrap_or_default()")),
            (true, false) => Ok(format!("{from}.map(|value| {}).unwrap_or_default()", self.take("value", &field.ty, rest)?)),
            (false, _) => self.take(&from, &field.ty, rest),
        }
    }

    fn is_open(&self, ty: &TypeRef) -> bool {
        matches!(self.of.shape(ty), Some(Shape::OneOf { open: true, .. }))
    }

    fn alternatives(&self, ty: &TypeRef) -> Option<(String, &'a [Alternative])> {
        match self.of.shape(ty) {
            Some(Shape::OneOf { alternatives, .. }) => Some((self.of.own(ty), alternatives)),
            _ => None,
        }
    }

    fn field(&self, ty: &TypeRef, wire: &str) -> Option<&'a Field> {
        match self.of.shape(ty)? {
            Shape::Struct { fields, .. } => fields.iter().find(|field| field.wire == wire),
            _ => None,
        }
    }

    fn error(&self, path: &str, message: &str) -> Error {
        Error::Generator { vendor: self.of.title.to_owned(), message: format!("x-pagination of `{}`: `{path}` {message}", self.operation) }
    }
}
