//! What progenitor says of the command line: the arguments of each operation, and the setter behind each.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{
    Expr, ExprMethodCall, GenericArgument, Ident, ImplItem, Item, Lit, Type,
    visit::{self, Visit},
};

/// One argument.
pub struct Argument {
    /// `contact-id`
    pub name: String,
    /// The Rust type it is parsed into.
    pub ty: Type,
    /// The setter of the request, or of its body.
    pub setter: Ident,
    /// The setter is that of the body's builder.
    pub in_body: bool,
    /// progenitor lists the variants of the type: it is an enum of strings.
    pub choice: bool,
    /// Empty where the spec's description hangs at the referenced schema.
    pub help: String,
    /// Must be given; in a body, unless there is a `--json-body`.
    pub required: bool,
}

/// Operation id → its arguments, in progenitor's order.
pub fn read(file: &syn::File) -> BTreeMap<String, Vec<Argument>> {
    let functions = file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
        _ => None,
    });
    let functions: Vec<_> = functions
        .flatten()
        .filter_map(|item| match item {
            ImplItem::Fn(function) => Some((function.sig.ident.to_string(), function)),
            _ => None,
        })
        .collect();
    let mut operations = BTreeMap::new();
    for (name, function) in &functions {
        let Some(operation) = name.strip_prefix("cli_") else { continue };
        let mut declared = Declared::default();
        declared.visit_block(&function.block);
        let mut consumed = Consumed::default();
        let execute = format!("execute_{operation}");
        if let Some((_, function)) = functions.iter().find(|(name, _)| *name == execute) {
            consumed.visit_block(&function.block);
        }
        let arguments = consumed.0.into_iter().filter_map(|consumer| {
            let declared = declared.0.get(&consumer.name)?;
            Some(Argument {
                name: consumer.name,
                ty: consumer.ty,
                setter: consumer.setter,
                in_body: consumer.in_body,
                choice: declared.choice,
                help: declared.help.clone(),
                required: declared.required,
            })
        });
        operations.insert(operation.to_owned(), arguments.collect());
    }
    operations
}

/// `::clap::Arg::new("name").long(…).value_parser(…).required(…).help(…)`
#[derive(Default)]
struct Declared(BTreeMap<String, Declaration>);

struct Declaration {
    choice: bool,
    required: bool,
    help: String,
}

impl<'a> Visit<'a> for Declared {
    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        if call.method == "arg"
            && let Some(Expr::MethodCall(chain)) = call.args.first()
        {
            let mut declaration = Declaration { choice: false, required: false, help: String::new() };
            if let Some(name) = declaration.read(chain) {
                self.0.insert(name, declaration);
            }
        }
        visit::visit_expr_method_call(self, call);
    }
}

impl Declaration {
    /// Reads the chain from its end, and returns the name at its beginning.
    fn read(&mut self, call: &ExprMethodCall) -> Option<String> {
        let first = call.args.first();
        match call.method.to_string().as_str() {
            "required" => self.required = first.is_some_and(|value| value.to_token_stream().to_string() == "true"),
            "required_unless_present" => self.required = true,
            "help" => self.help = first.and_then(text).unwrap_or_default(),
            "value_parser" => self.choice = first.is_some_and(|value| value.to_token_stream().to_string().contains("PossibleValuesParser")),
            _ => {}
        }
        match &*call.receiver {
            Expr::MethodCall(receiver) => self.read(receiver),
            Expr::Call(new) => text(new.args.first()?),
            _ => None,
        }
    }
}

/// `if let Some(value) = matches.get_one::<T>("name") { request = request.setter(value.clone()); }`
#[derive(Default)]
struct Consumed(Vec<Consumer>);

struct Consumer {
    name: String,
    ty: Type,
    setter: Ident,
    in_body: bool,
}

impl<'a> Visit<'a> for Consumed {
    fn visit_expr_if(&mut self, consumer: &'a syn::ExprIf) {
        let Expr::Let(condition) = &*consumer.cond else { return };
        let Expr::MethodCall(get) = &*condition.expr else { return };
        let ty = get.turbofish.as_ref().and_then(|turbofish| match turbofish.args.first()? {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        });
        let mut setter = Setter::default();
        setter.visit_block(&consumer.then_branch);
        // `--json-body` sets the whole body: it is written anew.
        if let (Some(name), Some(ty), Some(ident)) = (get.args.first().and_then(text), ty, setter.ident)
            && ident != "body"
        {
            self.0.push(Consumer { name, ty, setter: ident, in_body: setter.in_body });
        }
    }
}

/// `request.setter(…)`, or `request.body_map(|body| body.setter(…))`
#[derive(Default)]
struct Setter {
    ident: Option<Ident>,
    in_body: bool,
}

impl<'a> Visit<'a> for Setter {
    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        let receiver = call.receiver.to_token_stream().to_string();
        if call.method == "body_map" {
            self.in_body = true;
        } else if receiver == "request" || receiver == "body" {
            self.ident = Some(call.method.clone());
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
