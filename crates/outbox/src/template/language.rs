//! What a template may say. It writes what is known of a person, with conditions and loops, and keeps nothing: what no statement can keep, none
//! can double. So the longest value that there can be is known before: an expression has few parts, and a filter makes no long text of them.

use std::collections::HashSet;
use std::sync::LazyLock;

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Stmt};
use minijinja::machinery::{Span, WhitespaceConfig, parse};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Rest, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

/// The longest text that is made of a template, or of a value in it, in bytes.
pub(super) const LONGEST: usize = 1024 * 1024;
/// The most parts of an expression: names, operators, filters, numbers and texts.
const PARTS: usize = 50;
/// The filters that there are. None makes much more of a text than it was, but for those that are checked before.
const FILTERS: [&str; 28] = [
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "e",
    "escape",
    "first",
    "float",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "max",
    "min",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
];

/// An environment whose filters make no long texts.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for name in FILTERS {
        environment.add_filter(name, move |Rest(arguments): Rest<Value>| filter(name, &arguments));
    }
    environment
}

fn filter(name: &str, arguments: &[Value]) -> Result<Value, Error> {
    /// Where the filters are as they come.
    static OWN: LazyLock<Environment<'static>> = LazyLock::new(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment
    });
    let length = match (name, arguments) {
        ("replace", [text, from, to]) => replaced(&text.to_string(), &from.to_string(), &to.to_string()),
        ("join", [list, rest @ ..]) => joined(list, rest.first()),
        _ => 0,
    };
    let made = if length > LONGEST { Err(too_long()) } else { OWN.empty_state().apply_filter(name, arguments) }?;
    if made.as_str().is_some_and(|text| text.len() > LONGEST) { Err(too_long()) } else { Ok(made) }
}

fn too_long() -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("a text of more than {} KiB", LONGEST / 1024))
}

fn replaced(text: &str, from: &str, to: &str) -> usize {
    text.len().saturating_add(text.matches(from).count().saturating_mul(to.len()))
}

fn joined(list: &Value, between: Option<&Value>) -> usize {
    let between = between.map_or(0, |between| between.to_string().len());
    let lengths = list.try_iter().into_iter().flatten().map(|item| item.to_string().len().saturating_add(between));
    lengths.fold(0, usize::saturating_add)
}

/// What is wrong in a template, and in which line.
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) why: String,
}

/// Checks that a template says nothing else. What is no template at all is found when it is compiled.
pub(super) fn check(text: &str) -> Result<(), Wrong> {
    match parse(text, "", SyntaxConfig, WhitespaceConfig::default()) {
        Ok(Stmt::Template(template)) => statements(&template.children),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn statements(all: &[Stmt<'_>]) -> Result<(), Wrong> {
    all.iter().try_for_each(|statement| match statement {
        Stmt::EmitRaw(_) => Ok(()),
        Stmt::EmitExpr(emit) => expression(&emit.expr),
        Stmt::IfCond(condition) => {
            expression(&condition.expr)?;
            statements(&condition.true_body)?;
            statements(&condition.false_body)
        }
        Stmt::ForLoop(each) if each.recursive => wrong(each.span(), "a recursive loop"),
        Stmt::ForLoop(each) => {
            expression(&each.iter)?;
            each.filter_expr.as_ref().map_or(Ok(()), expression)?;
            statements(&each.body)?;
            statements(&each.else_body)
        }
        Stmt::Template(template) => statements(&template.children),
        Stmt::WithBlock(it) => wrong(it.span(), "`with`"),
        Stmt::Set(it) => wrong(it.span(), "`set`"),
        Stmt::SetBlock(it) => wrong(it.span(), "`set`"),
        Stmt::AutoEscape(it) => wrong(it.span(), "`autoescape`"),
        Stmt::FilterBlock(it) => wrong(it.span(), "`filter`"),
        Stmt::Block(it) => wrong(it.span(), "`block`"),
        Stmt::Import(it) => wrong(it.span(), "`import`"),
        Stmt::FromImport(it) => wrong(it.span(), "`from`"),
        Stmt::Extends(it) => wrong(it.span(), "`extends`"),
        Stmt::Include(it) => wrong(it.span(), "`include`"),
        Stmt::Macro(it) => wrong(it.span(), "`macro`"),
        Stmt::CallBlock(it) => wrong(it.span(), "`call`"),
        Stmt::Do(it) => wrong(it.span(), "`do`"),
    })
}

fn wrong(at: Span, what: &str) -> Result<(), Wrong> {
    let why = format!("{what} is not for these templates; write what is to be sent with {{{{ … }}}}, `if` and `for`");
    Err(Wrong { line: at.start_line.into(), why })
}

/// Goes through the parts of an expression, as far as it may have them.
fn expression(whole: &Expr<'_>) -> Result<(), Wrong> {
    let known: HashSet<&str> = FILTERS.into();
    let (mut left, mut parts) = (vec![whole], 0);
    while let Some(part) = left.pop() {
        parts += 1;
        if parts > PARTS {
            return Err(Wrong { line: part.span().start_line.into(), why: format!("an expression has more than {PARTS} parts") });
        }
        match part {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(it) => {
                left.push(&it.expr);
                left.extend([&it.start, &it.stop, &it.step].into_iter().flatten());
            }
            Expr::UnaryOp(it) => left.push(&it.expr),
            Expr::BinOp(it) if matches!(it.op, BinOpKind::Mul | BinOpKind::Pow) => return wrong(it.span(), "`*`"),
            Expr::BinOp(it) => left.extend([&it.left, &it.right]),
            Expr::Compare(it) => left.extend(it.ops.iter().map(|op| &op.expr).chain([&it.expr])),
            Expr::IfExpr(it) => left.extend([&it.test_expr, &it.true_expr].into_iter().chain(&it.false_expr)),
            Expr::Filter(it) if !known.contains(it.name) => {
                let why = format!("there is no filter `{}`; these are: {}", it.name, FILTERS.join(", "));
                return Err(Wrong { line: it.span().start_line.into(), why });
            }
            Expr::Filter(it) => {
                left.extend(&it.expr);
                left.extend(it.args.iter().map(argument));
            }
            Expr::Test(it) => {
                left.push(&it.expr);
                left.extend(it.args.iter().map(argument));
            }
            Expr::GetAttr(it) => left.push(&it.expr),
            Expr::GetItem(it) => left.extend([&it.expr, &it.subscript_expr]),
            Expr::Call(it) if matches!(&it.expr, Expr::Var(name) if name.id == "range") => left.extend(it.args.iter().map(argument)),
            Expr::Call(it) => return wrong(it.span(), "a call"),
            Expr::List(it) => left.extend(&it.items),
            Expr::Map(it) => left.extend(it.keys.iter().chain(&it.values)),
        }
    }
    Ok(())
}

fn argument<'a>(argument: &'a CallArg<'_>) -> &'a Expr<'a> {
    match argument {
        CallArg::Pos(value) | CallArg::Kwarg(_, value) | CallArg::PosSplat(value) | CallArg::KwargSplat(value) => value,
    }
}

/// How long the texts of a value are together, in bytes.
pub(super) fn length(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::String(text) => text.len(),
        serde_json::Value::Array(values) => values.iter().map(length).sum(),
        serde_json::Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + length(value)).sum(),
        _ => 0,
    }
}
