//! What progenitor says of the mocks: the parameters of each operation, and their types.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{FnArg, GenericParam, ImplItem, ImplItemFn, Item, Type, TypeParamBound, WherePredicate};

use crate::post::builders::{argument, inner};

/// The type of a parameter, as progenitor has it.
pub struct Setter {
    pub ty: Type,
    /// `None` may be given.
    pub optional: bool,
}

impl Setter {
    /// `T` of `&T`, but for `&str`.
    pub fn owned(&self) -> Type {
        match &self.ty {
            Type::Reference(reference) if !is_str(&reference.elem) => (*reference.elem).clone(),
            ty => ty.clone(),
        }
    }
}

/// Operation (`SendMessage`) → parameter → type.
pub fn read(file: &syn::File) -> BTreeMap<String, BTreeMap<String, Setter>> {
    let module = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "operations" => module.content.as_ref(),
        _ => None,
    });
    let impls = module.into_iter().flat_map(|(_, items)| items).filter_map(|item| match item {
        Item::Impl(item) => Some(item),
        _ => None,
    });
    let mut operations = BTreeMap::new();
    for item in impls {
        let Type::Path(ty) = &*item.self_ty else { continue };
        let Some(name) = ty.path.get_ident().map(ToString::to_string) else { continue };
        let Some(operation) = name.strip_suffix("When") else { continue };
        let setters = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some((function.sig.ident.to_string(), setter(function)?)),
            _ => None,
        });
        operations.insert(operation.to_owned(), setters.collect());
    }
    operations
}

fn setter(function: &ImplItemFn) -> Option<Setter> {
    let given = function.sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(input) if input.pat.to_token_stream().to_string() == "value" => Some(&*input.ty),
        _ => None,
    })?;
    let generic = function.sig.generics.params.iter().any(|param| matches!(param, GenericParam::Type(_)));
    if !generic {
        return Some(Setter { ty: given.clone(), optional: false });
    }
    // `T: Into<Option<X>>`
    let predicates = &function.sig.generics.where_clause.as_ref()?.predicates;
    let bound = predicates.iter().find_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => predicate.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last(),
            _ => None,
        }),
        _ => None,
    })?;
    Some(Setter { ty: inner(argument(&bound.arguments)?, "Option")?.clone(), optional: true })
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("str"))
}
