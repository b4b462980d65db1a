//! Builds progenitor's client of each vendor from the document that users get, and the call of each operation with its documented values.
//!
//! Where two editions describe an operation with the same words, the client of the first stands for both: these clients are large. Operations that
//! are behind a feature of the vendor's crate take minutes to compile, and are compared where the variable `REFERENCE_FULL` is set.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use reachout_document::{Document, Operation, Position, component, references};
use serde_json::{Map, Value, json};
use syn::{FnArg, GenericArgument, ImplItem, ImplItemFn, Item, PathArguments, ReturnType, Type, visit::Visit};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../Cargo.toml");
    println!("cargo::rerun-if-env-changed=REFERENCE_FULL");
    let is_full = env::var_os("REFERENCE_FULL").is_some();
    let mut code = String::new();
    let mut rows = String::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (vendor, path) in documents()? {
        println!("cargo::rerun-if-changed={}", path.display());
        let document = Document::parse(&fs::read_to_string(&path)?)?;
        let module = vendor.replace('-', "_");
        let mut kept = Vec::new();
        for operation in document.operations().filter(|operation| is_full || !has_feature(&document, operation)) {
            let id = operation.id;
            let client = seen.entry(described(&document, &operation)).or_insert_with(|| module.clone());
            writeln!(rows, "({vendor:?}, {id:?}) => {client}::calls::{id},")?;
            if *client == module {
                kept.push(operation);
            }
        }
        let client = reachout_codegen::progenitor_client(&part(&document, &kept))?;
        let calls = calls(&document, &kept, &client).map_err(|error| format!("{vendor}: {error}"))?;
        writeln!(code, "pub mod {module} {{\n{client}\npub mod calls {{\n{calls}}}\n}}")?;
    }
    writeln!(code, "pub const IS_FULL: bool = {is_full};")?;
    let find = "pub fn find(vendor: &str, operation: &str) -> Option<crate::Send>";
    writeln!(code, "{find} {{\nSome(match (vendor, operation) {{\n{rows}_ => return None,\n}})\n}}")?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("clients.rs");
    if fs::read_to_string(&out).ok().as_ref() != Some(&code) {
        fs::write(out, code)?;
    }
    Ok(())
}

/// The documents of the vendors, by the name of their crate.
fn documents() -> Result<BTreeMap<String, PathBuf>> {
    let mut documents = BTreeMap::new();
    for entry in fs::read_dir(Path::new("../../crates"))? {
        let entry = entry?;
        let path = entry.path().join("openapi.json");
        if path.is_file() {
            documents.insert(entry.file_name().to_string_lossy().into_owned(), path);
        }
    }
    Ok(documents)
}

/// Whether the group of an operation is behind a feature.
fn has_feature(document: &Document, operation: &Operation<'_>) -> bool {
    let tags = document.json()["tags"].as_array();
    tags.into_iter().flatten().any(|tag| tag["name"] == operation.node["tags"][0] && tag.get("x-feature").is_some())
}

/// All that a document says of an operation.
fn described(document: &Document, operation: &Operation<'_>) -> String {
    let part = part(document, std::slice::from_ref(operation));
    let parameters: Vec<&Value> = operation.parameters.iter().map(|parameter| parameter.node).collect();
    json!([parameters, part["paths"], part["components"]["schemas"], part["components"]["responses"]]).to_string()
}

/// The document with these operations alone, and the schemas that they are made of.
fn part(document: &Document, operations: &[Operation<'_>]) -> Value {
    let mut part = document.json().clone();
    part["paths"] = json!({});
    for operation in operations {
        let item = &mut part["paths"][operation.path];
        item["parameters"] = operation.item.get("parameters").cloned().unwrap_or_else(|| json!([]));
        item[operation.method.to_lowercase()] = operation.node.clone();
    }
    part["components"]["schemas"].take();
    let mut found = Vec::new();
    references(&part, Position::Node, &mut found);
    let roots = found.into_iter().filter_map(|reference| component(&json!({ "$ref": reference })));
    let schemas = document.made_of(roots.collect()).into_iter();
    let schemas: Map<_, _> = schemas.filter_map(|name| Some((name.clone(), document.component(&name)?.clone()))).collect();
    part["components"]["schemas"] = schemas.into();
    part
}

/// One function for each operation, which calls it with the values that the document shows.
fn calls(document: &Document, operations: &[Operation<'_>], client: &str) -> Result<String> {
    let mut methods = Methods::default();
    methods.visit_file(&syn::parse_file(client)?);
    let mut code = String::new();
    for operation in operations {
        let id = operation.id;
        let method = methods.0.get(id).ok_or_else(|| format!("progenitor has no method `{id}`"))?;
        code += &call(method, document, operation).map_err(|error| format!("{id}: {error}"))?;
    }
    Ok(code)
}

/// The methods of the client.
#[derive(Default)]
struct Methods(BTreeMap<String, ImplItemFn>);

impl Visit<'_> for Methods {
    fn visit_item(&mut self, item: &Item) {
        if let Item::Impl(block) = item
            && block.trait_.is_none()
            && matches!(&*block.self_ty, Type::Path(path) if path.path.is_ident("Client"))
        {
            let methods = block.items.iter().filter_map(|item| if let ImplItem::Fn(method) = item { Some(method) } else { None });
            self.0.extend(methods.map(|method| (method.sig.ident.to_string(), method.clone())));
        }
    }
}

fn call(method: &ImplItemFn, document: &Document, operation: &Operation<'_>) -> Result<String> {
    let mut arguments = Vec::new();
    let mut before = String::new();
    for (index, argument) in method.sig.inputs.iter().enumerate() {
        let FnArg::Typed(argument) = argument else { continue };
        let syn::Pat::Ident(name) = &*argument.pat else { continue };
        let name = name.ident.to_string();
        let optional = inner(&argument.ty, "Option");
        let printed = match (value(document, operation, &name), optional.unwrap_or(&argument.ty)) {
            (None, _) if optional.is_some() => {
                arguments.push("None".to_owned());
                continue;
            }
            (None, _) => return Err(format!("`{name}` has no documented value").into()),
            (Some(value), Type::Reference(reference)) if matches!(&*reference.elem, Type::Path(path) if path.path.is_ident("str")) => {
                format!("{:?}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            }
            (Some(_), Type::Path(path)) if path.path.is_ident("B") => "\"bytes\"".to_owned(),
            (Some(value), ty) => {
                writeln!(before, "let value{index} = crate::value({:?})?;", value.to_string())?;
                format!("{}value{index}", if matches!(ty, Type::Reference(_)) { "&" } else { "" })
            }
        };
        arguments.push(if optional.is_some() { format!("Some({printed})") } else { printed });
    }
    let ReturnType::Type(_, returned) = &method.sig.output else { return Err("it returns nothing".into()) };
    let (decoded, waits) = match inner(returned, "Result").and_then(|ty| inner(ty, "ResponseValue")) {
        Some(Type::Tuple(_)) => ("empty", ""),
        Some(Type::Path(path)) if path.path.is_ident("ByteStream") => ("bytes", ".await"),
        _ => ("json", ""),
    };
    Ok(format!(
        "pub fn {id}(base_url: &str) -> crate::Sent {{\nlet client = super::Client::new(base_url);\nBox::pin(async move {{\n{before}\
         crate::{decoded}(client.{id}({}).await){waits}\n}})\n}}\n",
        arguments.join(", "),
        id = operation.id
    ))
}

/// The first type in the brackets of a type of this name.
fn inner<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| if let GenericArgument::Type(ty) = argument { Some(ty) } else { None })
}

/// The value that a document shows for an argument of progenitor's.
fn value(document: &Document, operation: &Operation<'_>, argument: &str) -> Option<Value> {
    let plain = |name: &str| name.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
    if let Some(parameter) = operation.parameters.iter().find(|parameter| plain(parameter.name) == plain(argument)) {
        return parameter.example.cloned().or_else(|| parameter.constant(document).map(Value::from));
    }
    let content = operation.body.filter(|_| argument == "body")?.content;
    content.example.cloned().or_else(|| {
        // A form of several parts has no example: a text for each part that is required.
        let required = document.follow(content.schema)["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Some(required.map(|name| (name.to_owned(), json!("text"))).collect::<Map<_, _>>().into())
    })
}
