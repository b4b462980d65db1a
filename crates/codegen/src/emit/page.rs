//! How the items are taken out of a page: a closure from the response to them.

use super::Crate;
use crate::{
    diagnostic::Error,
    model::{Alternative, Field, Operation, Pagination, Shape, TypeRef},
};

/// The type of the items, and the closure.
pub struct Page {
    /// As it is written outside of `types`.
    pub item: String,
    /// `|page: types::ListContactsResponse| page.data`.
    pub closure: String,
}

/// Reads the page of an operation.
pub fn write(of: &Crate<'_>, operation: &Operation, pagination: &Pagination, response: &TypeRef) -> Result<Page, Error> {
    let reader = Reader { of, operation: &operation.id };
    let (items, ty) = reader.take("page", response, &pagination.items)?;
    let TypeRef::List(item) = of.resolve(&ty) else { return Err(reader.error(&pagination.items, "is not a list")) };
    Ok(Page { item: of.ty(item), closure: format!("|page: {}| {items}", of.ty(response)) })
}

struct Reader<'a> {
    of: &'a Crate<'a>,
    operation: &'a str,
}

impl<'a> Reader<'a> {
    /// The value at a path, moved out of the page, and its type.
    fn take(&self, value: &str, ty: &TypeRef, path: &str) -> Result<(String, TypeRef), Error> {
        if path.is_empty() {
            return Ok((value.to_owned(), ty.clone()));
        }
        let (segment, rest) = path.split_once('.').unwrap_or((path, ""));
        if let Some((name, alternatives)) = self.alternatives(ty) {
            let mut arms = Vec::new();
            let mut list = None;
            for Alternative { name: variant, ty, .. } in alternatives {
                let taken = match self.field(ty, segment) {
                    Some(_) => {
                        let (taken, ty) = self.take("value", ty, path)?;
                        list.get_or_insert(ty);
                        taken
                    }
                    // An alternative that is the list itself.
                    None if matches!(self.of.resolve(ty), TypeRef::List(_)) => "value".to_owned(),
                    None => return Err(self.error(path, "is not in every alternative")),
                };
                arms.push(format!("types::{name}::{variant}(value) => {taken}"));
            }
            if self.is_open(ty) {
                arms.push("_ => Vec::new()".to_owned());
            }
            let list = list.ok_or_else(|| self.error(path, "is in no alternative"))?;
            return Ok((format!("match {value} {{ {} }}", arms.join(", ")), list));
        }
        let field = self.field(ty, segment).ok_or_else(|| self.error(path, &format!("names `{segment}`, which is not there")))?;
        let from = format!("{value}.{}", field.name);
        if field.is_option() && !rest.is_empty() {
            let (taken, ty) = self.take("value", &field.ty, rest)?;
            return Ok((format!("{from}.map(|value| {taken}).unwrap_or_default()"), ty));
        }
        let from = if field.is_option() { format!("{from}.unwrap_or_default()") } else { from };
        self.take(&from, &field.ty, rest)
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
