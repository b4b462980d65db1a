//! `events.rs`: the webhook events, as one enum over their payloads.

use super::{
    Crate,
    print::{doc, literal, optional_literal},
};
use crate::{
    model::{Api, Event},
    names,
};

/// The file `events.rs` of a vendor.
pub fn write(api: &Api, of: &Crate<'_>) -> String {
    let variants: String = api
        .events
        .iter()
        .map(|event| {
            let aliases = if event.aliases.is_empty() { String::new() } else { format!(" Also called `{}`.", event.aliases.join("`, `")) };
            let docs = doc(&format!("`{}`: {}{aliases}", event.name, event.description), 1);
            format!("{docs}{}(Box<{}>),\n", variant(event), of.ty(&event.payload))
        })
        .collect();
    let arms: String = api
        .events
        .iter()
        .map(|event| {
            let names: Vec<String> = [&event.name].into_iter().chain(&event.aliases).map(|name| literal(name)).collect();
            format!("{} => Self::{}(rt::payload(payload)?),\n", names.join(" | "), variant(event))
        })
        .collect();
    let (name, data) = &api.envelope;
    let (name, data) = (literal(name), optional_literal(data.as_deref()));
    let docs = format!(
        "An event that {} sends to a webhook, with its payload.\n\n\
         Deserialises from the whole body. Verify the body's signature first: anybody can post to a public URL.",
        api.name
    );
    format!(
        "use reachout_runtime as rt;\n\nuse super::types;\n\n{}#[derive(Clone, Debug, PartialEq)]\n#[non_exhaustive]\npub enum WebhookEvent {{\n{variants}\
         /// An event that this version does not know.\nUnknown {{\n/// Its name; empty where the body has none.\nname: String,\n\
         /// Its payload, as it came.\npayload: rt::Value,\n}},\n}}\n\n\
         impl<'de> rt::Deserialize<'de> for WebhookEvent {{\nfn deserialize<D: rt::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {{\n\
         let (name, payload) = rt::envelope(deserializer, {name}, {data})?;\nOk(match name.as_str() {{\n{arms}_ => Self::Unknown {{ name, payload }},\n}})\n}}\n}}\n",
        doc(&docs, 0)
    )
}

fn variant(event: &Event) -> String {
    match names::variant_name(&event.name) {
        name if name == "Unknown" => "UnknownEvent".to_owned(),
        name => name,
    }
}
