//! How names of a document become names of Rust.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Names of schemas that can never be read without doubt in Rust: what every module has in scope, what the clients export, and keywords.
const RESERVED_TYPES: [&str; 51] = [
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Box",
    "Vec",
    "Default",
    "From",
    "TryFrom",
    "Into",
    "TryInto",
    "Clone",
    "Copy",
    "Debug",
    "Drop",
    "Eq",
    "PartialEq",
    "Ord",
    "PartialOrd",
    "Hash",
    "Iterator",
    "IntoIterator",
    "Fn",
    "FnMut",
    "FnOnce",
    "AsRef",
    "AsMut",
    "Send",
    "Sync",
    "Sized",
    "Unpin",
    "ToString",
    "ToOwned",
    "Extend",
    "Client",
    "ClientBuilder",
    "Error",
    "Number",
    "Value",
    "Serialize",
    "Deserialize",
    "Future",
    "IntoFuture",
    "Bytes",
    "Route",
    "CallOptions",
    "Credential",
];

/// Methods that every client has, which no group of operations can be called.
const RESERVED_GROUPS: [&str; 6] = ["builder", "clone", "from_env", "new", "request", "with"];

/// What a client's methods for other credentials begin with, whatever the vendor counts by: `with_credential`, `for_location`.
const RESERVED_GROUP_PREFIXES: [&str; 2] = ["for_", "with_"];

/// Methods that a group of operations has anyway.
const RESERVED_METHODS: [&str; 2] = ["clone", "new"];

/// Words after which a noun belongs to what stands before them: the `contact` of `add_to_contact` says where to.
const PREPOSITIONS: [&str; 13] = ["as", "at", "by", "for", "from", "in", "into", "of", "on", "per", "to", "via", "with"];

/// Words of Rust that no identifier can be, reserved ones included.
#[rustfmt::skip]
const KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override",
    "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized",
    "use", "virtual", "where", "while", "yield",
];

/// Plurals that no rule makes.
const IRREGULAR: [(&str, &str); 3] = [("child", "children"), ("person", "people"), ("analysis", "analyses")];

/// A name of the wire as the identifier of a field, an argument or a method: `firstName` is `first_name`, `type` is `type_`.
pub fn rust_name(name: &str) -> String {
    let name: String = name.to_snake_case().chars().filter(|char| unicode_ident::is_xid_continue(*char)).collect();
    match name.chars().next() {
        Some(first) if !unicode_ident::is_xid_start(first) => format!("_{name}"),
        _ if is_identifier(&name) => name,
        _ => format!("{name}_"),
    }
}

/// Names of fields, of which no two are the same and none is `taken`. A name that is its own in Rust keeps it, so that `id` is `id` beside `@id`,
/// which is `at_id`. Others of its name are numbered, and what is `taken` has an underscore.
pub fn field_names(wires: &[&str], taken: &[&str]) -> Vec<String> {
    let mut used: BTreeSet<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    let mut names = vec![String::new(); wires.len()];
    let mut order: Vec<usize> = (0..wires.len()).collect();
    order.sort_by_key(|at| (rust_name(wires[*at]) != wires[*at], !wires[*at].chars().all(char::is_alphanumeric)));
    for at in order {
        let plain = rust_name(wires[at]);
        let spelled = wires[at].replace('@', " at ").replace('$', " dollar ");
        let spelled = rust_name(&spelled.strip_prefix('_').map_or(spelled.clone(), |rest| format!("underscore {rest}")));
        let reserved = taken.contains(&plain.as_str()).then(|| format!("{plain}_"));
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let mut candidates = [plain.clone(), spelled].into_iter().chain(reserved).chain(numbered);
        names[at] = candidates.find(|name| used.insert(name.clone())).unwrap_or_default();
    }
    names
}

/// Whether anything of a name can be read in Rust: nothing of `$` can.
pub fn is_nameable(name: &str) -> bool {
    name.to_snake_case().chars().any(unicode_ident::is_xid_continue)
}

/// A name that is written in Rust as it is: neither a keyword nor broken by another character.
pub fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let begins = chars.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first));
    begins && chars.all(unicode_ident::is_xid_continue) && name != "_" && !KEYWORDS.contains(&name)
}

/// A name in `snake_case` that Rust takes as it is.
pub fn is_snake_case(name: &str) -> bool {
    name == name.to_snake_case() && is_identifier(name)
}

/// The component as a type: `contactList` is `ContactList`.
pub fn type_name(name: &str) -> String {
    name.to_upper_camel_case()
}

/// A value of an enum as a variant: `in_progress` is `InProgress`, `2fa` is `_2fa`.
pub fn variant_name(value: &str) -> String {
    let name: String = value
        .chars()
        .map(|char| match char {
            '+' => " Plus ".to_owned(),
            '-' if value.starts_with('-') => " Minus ".to_owned(),
            char if unicode_ident::is_xid_continue(char) => char.to_string(),
            _ => " ".to_owned(),
        })
        .collect::<String>()
        .to_upper_camel_case();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if !unicode_ident::is_xid_start(first) => format!("_{name}"),
        Some(_) if name == "Self" => "Self_".to_owned(),
        Some(_) => name,
    }
}

/// The words of a type's name: `Lead`, `Database`.
pub fn words(name: &str) -> Vec<&str> {
    let starts: Vec<usize> = name
        .char_indices()
        .filter(|(at, char)| *at == 0 || char.is_uppercase() && name[..*at].chars().last().is_some_and(|before| !before.is_uppercase()))
        .map(|(at, _)| at)
        .collect();
    starts.iter().enumerate().map(|(index, start)| &name[*start..starts.get(index + 1).copied().unwrap_or(name.len())]).collect()
}

/// A type of this name would be taken for another one.
pub fn is_reserved_type(name: &str) -> bool {
    RESERVED_TYPES.contains(&name)
}

/// What a client calls the group of a tag: `lead-database` is `lead_database`.
pub fn group_name(tag: &str) -> String {
    tag.to_snake_case()
}

/// A client has a method of this name already.
pub fn is_reserved_group(name: &str) -> bool {
    RESERVED_GROUPS.contains(&name) || RESERVED_GROUP_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || !is_identifier(name)
}

/// Whether a group can have a method of this name.
pub fn is_method(name: &str) -> bool {
    is_snake_case(name) && !RESERVED_METHODS.contains(&name)
}

/// The name of an operation as the beginning of a sentence: `list_contacts` is `List contacts`.
pub fn sentence(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut chars = words.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// What a group calls an operation: its id without the noun of its tag. In `contacts`, `list_contacts` is `list` and `create_contact_note` is
/// `create_note`. The verb in front stays, and so does a noun behind a preposition; where nothing readable remains, the id stays whole.
pub fn method_name(operation_id: &str, tag: &str) -> String {
    let words: Vec<&str> = operation_id.split('_').collect();
    let tag = group_name(tag);
    let tag: Vec<&str> = tag.split('_').collect();
    // The longest end of the tag first: `lead_database` before `database`.
    for start in 0..tag.len() {
        let noun = &tag[start..];
        let found = (1..words.len()).find(|&at| {
            words[at..].len() >= noun.len() && !PREPOSITIONS.contains(&words[at - 1]) && is_noun(&words[at..at + noun.len()], noun)
        });
        if let Some(at) = found {
            let rest = [&words[..at], &words[at + noun.len()..]].concat().join("_");
            return if is_method(&rest) { rest } else { operation_id.to_owned() };
        }
    }
    operation_id.to_owned()
}

/// Whether the words are the noun, in the singular or the plural of its last word.
fn is_noun(words: &[&str], noun: &[&str]) -> bool {
    match (words.split_last(), noun.split_last()) {
        (Some((word, before)), Some((last, first))) => before == first && is_number_of(word, last),
        _ => false,
    }
}

/// Whether one of the two is the other's plural, or both are the same.
pub fn is_number_of(one: &str, other: &str) -> bool {
    let plural = |singular: &str, plural: &str| {
        IRREGULAR.contains(&(singular, plural))
            || plural.strip_prefix(singular).is_some_and(|end| end == "s" || end == "es")
            || singular.strip_suffix('y').is_some_and(|stem| plural.strip_prefix(stem) == Some("ies"))
    };
    one == other || plural(one, other) || plural(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_ids_without_the_noun_of_their_tag() {
        for (tag, id, method) in [
            ("contacts", "list_contacts", "list"),
            ("contacts", "get_contact", "get"),
            ("contacts", "create_contact", "create"),
            ("contacts", "search_contacts", "search"),
            ("contacts", "create_contact_note", "create_note"),
            ("contacts", "upload_contact_files", "upload_files"),
            ("contacts", "list_contacts_by_business", "list_by_business"),
            ("contacts", "add_tags_to_contact", "add_tags_to_contact"),
            ("contacts", "add_to_campaign", "add_to_campaign"),
            ("messages", "send_message", "send"),
            ("messages", "send_message_to_lead", "send_to_lead"),
            ("messages", "list_messages", "list"),
            ("messages", "cancel_scheduled_message", "cancel_scheduled"),
            ("sourcing", "search_profiles", "search_profiles"),
            ("sourcing", "list_sourcing_locations", "list_locations"),
            ("lead-database", "create_lead_database_search", "create_search"),
            ("lead_database", "list_database_filters", "list_filters"),
            ("calendar_events", "create_calendar_event", "create"),
            ("calendar_events", "create_event", "create"),
            ("companies", "list_companies", "list"),
            ("companies", "create_company", "create"),
            ("company", "list_companies", "list"),
            ("addresses", "get_address", "get"),
            ("statuses", "get_status", "get"),
            ("people", "get_person", "get"),
            ("workspace", "list_workspace_members", "list_members"),
            // What remains would be a keyword, or a method that the group has.
            ("contacts", "move_contact", "move_contact"),
            ("templates", "clone_template", "clone_template"),
            // The verb is not a noun.
            ("search", "search_profiles", "search_profiles"),
            ("notes", "note", "note"),
        ] {
            assert_eq!(method_name(id, tag), method, "{id} in {tag}");
        }
    }

    #[test]
    fn fields_have_names_of_their_own() {
        for (wires, taken, names) in [
            (&["@id", "_id", "id"][..], &[][..], &["at_id", "underscore_id", "id"][..]),
            (&["@type", "type"], &[], &["at_type", "type_"]),
            (&["new"], &["new"], &["new_"]),
            (&["firstName", "first_name", "FirstName"], &[], &["first_name_2", "first_name", "first_name_3"]),
        ] {
            assert_eq!(field_names(wires, taken), names);
        }
    }

    #[test]
    fn every_name_with_a_letter_or_digit_is_an_identifier() {
        for (name, identifier) in [
            ("firstName", "first_name"),
            ("type", "type_"),
            ("self", "self_"),
            ("Self", "self_"),
            ("async", "async_"),
            ("2fa", "_2fa"),
            ("filter[status]", "filter_status"),
            ("x²y", "xy"),
            ("X-Request-Id", "x_request_id"),
            ("über", "über"),
        ] {
            assert_eq!(rust_name(name), identifier);
            assert!(is_identifier(identifier) && is_nameable(name), "{name}");
        }
        for name in ["", "$", "-", "²", "_"] {
            assert!(!is_nameable(name), "{name}");
        }
    }
}
