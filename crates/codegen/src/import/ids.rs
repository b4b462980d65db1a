//! Names of operations: `verb_noun` in `snake_case`, from whatever the vendor calls them.

use heck::{ToKebabCase as _, ToSnakeCase as _};

use super::naming::singular;
use crate::names::{group_name, is_identifier, is_number_of, is_reserved_group};

/// Verbs that begin a name, or end it where the vendor puts the noun first.
const VERBS: [&str; 92] = [
    "accept",
    "activate",
    "add",
    "apply",
    "approve",
    "archive",
    "assign",
    "attach",
    "authorize",
    "block",
    "bulk",
    "cancel",
    "change",
    "check",
    "clear",
    "clone",
    "close",
    "complete",
    "confirm",
    "connect",
    "convert",
    "copy",
    "create",
    "deactivate",
    "delete",
    "demote",
    "deploy",
    "detach",
    "disable",
    "disconnect",
    "download",
    "duplicate",
    "edit",
    "enable",
    "enroll",
    "execute",
    "export",
    "fetch",
    "find",
    "generate",
    "get",
    "import",
    "initiate",
    "install",
    "invite",
    "leave",
    "list",
    "lock",
    "lookup",
    "mark",
    "merge",
    "migrate",
    "move",
    "patch",
    "pause",
    "post",
    "preview",
    "promote",
    "publish",
    "put",
    "read",
    "rebase",
    "reboot",
    "record",
    "refresh",
    "register",
    "reject",
    "remove",
    "rename",
    "replace",
    "request",
    "reset",
    "restore",
    "resume",
    "retry",
    "revoke",
    "rotate",
    "run",
    "schedule",
    "search",
    "send",
    "set",
    "start",
    "stop",
    "submit",
    "sync",
    "trigger",
    "unlock",
    "update",
    "upload",
    "upsert",
    "verify",
];

/// What vendors write for the verbs of the conventions.
const SAME: [(&str, &str); 4] = [("view", "get"), ("show", "get"), ("probe", "get"), ("destroy", "delete")];

/// Words that are the same in the singular.
const ENDS: [&str; 3] = ["all", "one", "many"];

/// The tag of an operation in kebab-case.
pub fn tag(written: Option<&str>, path: &str) -> String {
    let from_path =
        || path.split('/').find(|part| !part.is_empty() && !part.contains('{') && !is_version(part)).unwrap_or("api").to_owned();
    let words = |text: &str| {
        let plain: String = text.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { ' ' }).collect();
        plain.to_kebab_case()
    };
    let mut tag = words(written.unwrap_or_default());
    if tag.is_empty() {
        tag = words(&from_path());
    }
    if !tag.starts_with(|first: char| first.is_ascii_lowercase()) {
        tag = if tag.is_empty() { "api".to_owned() } else { format!("api-{tag}") };
    }
    if is_reserved_group(&group_name(&tag)) || !is_identifier(&group_name(&tag)) {
        tag = format!("api-{tag}");
    }
    tag
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|digits| !digits.is_empty() && digits.chars().all(|char| char.is_ascii_digit() || char == '.'))
}

/// The operation's name by our conventions.
pub fn id(written: Option<&str>, tag: &str, method: &str, path: &str) -> String {
    let noun = group_name(tag);
    let mut words = written.map(words_of).unwrap_or_default();
    // `ContactsController_getContact`, `contacts/list`
    if let Some(at) = words.iter().position(|word| word == "controller").filter(|at| at + 1 < words.len()) {
        words.drain(..=at);
    }
    let tag_words: Vec<String> = noun.split('_').map(str::to_owned).collect();
    let mut prefixed = false;
    if written.is_some_and(|written| written.contains(['/', '.'])) && words.len() > tag_words.len() && words.starts_with(&tag_words) {
        words.drain(..tag_words.len());
        prefixed = true;
    }
    if words.is_empty() {
        return by_path(method, path, &noun);
    }
    if let Some((_, verb)) = SAME.iter().find(|(other, _)| words.last().is_some_and(|last| last == other)) {
        words.pop();
        words.push((*verb).to_owned());
    }
    let is_verb = |word: &str| VERBS.contains(&word);
    // The noun first: `instance_list`.
    if words.len() > 1 && !is_verb(&words[0]) && words.last().is_some_and(|last| is_verb(last)) {
        let verb = words.pop().unwrap_or_default();
        words.insert(0, verb);
    }
    if words.len() > 1 && ENDS.contains(&words[words.len() - 1].as_str()) && words.len() == 2 {
        let word = words.pop().unwrap_or_default();
        if word == "all" && words[0] == "find" {
            "list".clone_into(&mut words[0]);
        } else if words[0] == "find" {
            "get".clone_into(&mut words[0]);
        }
    }
    let has_noun = words.iter().skip(1).any(|word| tag_words.iter().any(|tag| is_number_of(word, tag)));
    if is_verb(&words[0]) && (words.len() == 1 || prefixed && !has_noun) {
        let many = words[0] == "list" || words[0] == "search";
        let noun = if many { noun.clone() } else { one_of(&noun) };
        words.insert(1, noun);
    } else if words.len() == 1 {
        words.insert(0, verb_of(method, path).to_owned());
    }
    let id = words.join("_").to_snake_case();
    if is_identifier(&id) { id } else { by_path(method, path, &noun) }
}

/// The words of a name, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let plain: String = name.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect();
    plain.to_snake_case().split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn one_of(noun: &str) -> String {
    let one = singular(noun);
    if one.ends_with("Item") { noun.to_owned() } else { one }
}

fn verb_of(method: &str, path: &str) -> &'static str {
    match method {
        "get" if path.trim_end_matches('/').ends_with('}') => "get",
        "get" => "list",
        "post" => "create",
        "delete" => "delete",
        "head" => "check",
        _ => "update",
    }
}

/// A name for an operation that has none: `PUT /a/{id}/b` is `update_b`.
fn by_path(method: &str, path: &str, noun: &str) -> String {
    let last = path.split('/').rfind(|part| !part.is_empty() && !part.contains('{'));
    let mut of = last.map(|part| words_of(part).join("_")).filter(|words| !words.is_empty()).unwrap_or_else(|| noun.to_owned());
    if path.trim_end_matches('/').ends_with('}') {
        of = one_of(&of);
    }
    format!("{}_{of}", verb_of(method, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_verb_and_noun() {
        for (written, tag, method, path, expected) in [
            ("get-contact", "contacts", "get", "/contacts/{id}", "get_contact"),
            ("ContactsController_findOne", "contacts", "get", "/contacts/{id}", "get_contact"),
            ("repos/list-for-org", "repos", "get", "/orgs/{org}/repos", "list_repos_for_org"),
            ("issues/get", "issues", "get", "/issues/{id}", "get_issue"),
            ("issues/list-labels-on-issue", "issues", "get", "/issues/{id}/labels", "list_labels_on_issue"),
            ("instance_view", "instances", "get", "/v1/instances/{instance}", "get_instance"),
            ("disk_metrics_list", "disks", "get", "/v1/disks/{disk}/metrics", "list_disk_metrics"),
            ("ping", "system", "get", "/v1/ping", "list_ping"),
            ("search", "contacts", "post", "/contacts/search", "search_contacts"),
            ("", "contacts", "put", "/contacts/{id}/tags", "update_tags"),
            ("", "contacts", "delete", "/contacts/{id}", "delete_contact"),
            ("type", "things", "get", "/type", "list_type"),
        ] {
            assert_eq!(id(Some(written), tag, method, path), expected, "{written}");
        }
    }

    #[test]
    fn tags_are_groups() {
        for (written, path, expected) in [
            (Some("Calendar Events"), "/", "calendar-events"),
            (Some("Contacts > Notes"), "/", "contacts-notes"),
            (None, "/v1/system/hardware", "system"),
            (Some("request"), "/", "api-request"),
            (Some("with_users"), "/", "api-with-users"),
            (Some("2fa"), "/", "api-2fa"),
            (Some("self"), "/", "api-self"),
        ] {
            assert_eq!(tag(written, path), expected);
        }
    }
}
