//! Which operation of a vendor has people, conversations and messages, and where their fields are.

use reachout_messenger::Vendor;
use serde_json::{Map, Value};

use crate::cut::Rests;
use crate::failure::Failure;
use crate::fence::Fence;

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    People,
    Conversations,
    Messages,
}

/// Where a vendor has it.
pub(crate) struct Source {
    pub(crate) operation: &'static str,
    /// The parameter of the words that are searched for; where there is none, the pages are looked through.
    pub(crate) search: Option<&'static str>,
    pub(crate) limit: &'static str,
    /// Ids: the tool's name, the vendor's, and whether it may not be left out.
    pub(crate) ids: &'static [(&'static str, &'static str, bool)],
    fields: &'static [Field],
}

/// A field of a result: its name, and where the vendor has it.
struct Field {
    name: &'static str,
    from: From,
}

enum From {
    /// The first of these paths that has a value.
    First(&'static [&'static str]),
    /// All of them, with spaces between.
    All(&'static [&'static str]),
    /// The same as `First`, and somebody wrote it to be read.
    Text(&'static [&'static str]),
}

const fn first(name: &'static str, paths: &'static [&'static str]) -> Field {
    Field { name, from: From::First(paths) }
}

const fn all(name: &'static str, paths: &'static [&'static str]) -> Field {
    Field { name, from: From::All(paths) }
}

const fn text(name: &'static str, paths: &'static [&'static str]) -> Field {
    Field { name, from: From::Text(paths) }
}

const LEONAR_PEOPLE: Source = Source {
    operation: "list_contacts",
    search: Some("search"),
    limit: "limit",
    ids: &[],
    fields: &[
        first("id", &["id"]),
        all("name", &["first_name", "last_name"]),
        first("title", &["title"]),
        first("company", &["current_company"]),
        first("email", &["emails.0.email"]),
        first("phone", &["phones.0.phone"]),
        first("profile", &["linkedin_profile"]),
        first("do_not_contact", &["do_not_contact"]),
        first("status", &["global_status"]),
    ],
};

const LEONAR_MESSAGES: Source = Source {
    operation: "list_messages",
    search: None,
    limit: "limit",
    ids: &[("conversation_id", "id", true)],
    fields: &[
        first("id", &["id"]),
        first("direction", &["direction"]),
        first("channel", &["channel"]),
        first("at", &["sent_at"]),
        text("text", &["content"]),
    ],
};

const SENDPILOT_PEOPLE: Source = Source {
    operation: "list_leads",
    search: None,
    limit: "limit",
    ids: &[("campaign_id", "campaignId", true)],
    fields: &[
        first("id", &["id"]),
        all("name", &["firstName", "lastName"]),
        first("title", &["title"]),
        first("company", &["company"]),
        first("email", &["email"]),
        first("profile", &["linkedinUrl"]),
        first("status", &["status"]),
    ],
};

const SENDPILOT_CONVERSATIONS: Source = Source {
    operation: "list_conversations",
    search: None,
    limit: "limit",
    ids: &[("sender_id", "accountId", false)],
    fields: &[
        first("id", &["id"]),
        first("sender_id", &["accountId"]),
        first("person", &["participants.0.name"]),
        first("profile", &["participants.0.profileUrl"]),
        first("at", &["lastActivityAt"]),
        first("unread", &["unreadCount"]),
        text("last_message", &["lastMessage.content"]),
    ],
};

const SENDPILOT_MESSAGES: Source = Source {
    operation: "list_messages",
    search: None,
    limit: "limit",
    ids: &[("conversation_id", "conversationId", true), ("sender_id", "accountId", true)],
    fields: &[
        first("id", &["id"]),
        first("direction", &["direction"]),
        first("person", &["sender.name"]),
        first("at", &["sentAt"]),
        text("text", &["content"]),
    ],
};

const HIGHLEVEL_PEOPLE: Source = Source {
    operation: "list_contacts",
    search: Some("query"),
    limit: "limit",
    ids: &[("location_id", "locationId", true)],
    fields: &[
        first("id", &["id"]),
        first("name", &["contactName", "firstName"]),
        first("company", &["companyName", "businessName"]),
        first("email", &["email"]),
        first("phone", &["phone"]),
        first("time_zone", &["timezone"]),
        first("do_not_contact", &["dnd"]),
    ],
};

const HIGHLEVEL_CONVERSATIONS: Source = Source {
    operation: "search_conversations",
    search: Some("query"),
    limit: "limit",
    ids: &[("location_id", "locationId", true), ("contact_id", "contactId", false)],
    fields: &[
        first("id", &["id"]),
        first("contact_id", &["contactId"]),
        first("person", &["fullName", "contactName"]),
        first("channel", &["lastMessageType", "type"]),
        first("at", &["lastMessageDate"]),
        first("unread", &["unreadCount"]),
        text("last_message", &["lastMessageBody"]),
    ],
};

const HIGHLEVEL_MESSAGES: Source = Source {
    operation: "list_messages",
    search: None,
    limit: "limit",
    ids: &[("conversation_id", "conversationId", true)],
    fields: &[
        first("id", &["id"]),
        first("direction", &["direction"]),
        first("channel", &["messageType"]),
        first("status", &["status"]),
        first("at", &["dateAdded"]),
        text("text", &["body"]),
    ],
};

impl Source {
    pub(crate) fn of(vendor: Vendor, subject: Subject) -> Result<Self, Failure> {
        match (vendor.platform(), subject) {
            (Vendor::Leonar, Subject::People) => Ok(LEONAR_PEOPLE),
            (Vendor::Leonar, Subject::Messages) => Ok(LEONAR_MESSAGES),
            (Vendor::SendPilot, Subject::People) => Ok(SENDPILOT_PEOPLE),
            (Vendor::SendPilot, Subject::Conversations) => Ok(SENDPILOT_CONVERSATIONS),
            (Vendor::SendPilot, Subject::Messages) => Ok(SENDPILOT_MESSAGES),
            (Vendor::HighLevel, Subject::People) => Ok(HIGHLEVEL_PEOPLE),
            (Vendor::HighLevel, Subject::Conversations) => Ok(HIGHLEVEL_CONVERSATIONS),
            (Vendor::HighLevel, Subject::Messages) => Ok(HIGHLEVEL_MESSAGES),
            _ => Err(Failure::refused(
                format!("{} does not document this list", vendor.name()),
                "nothing was done: message_state has the conversation of a message, and search_operations what else the vendor has",
            )),
        }
    }

    /// An item of the vendor's list in the form that all have.
    pub(crate) fn shown(&self, item: &Value, rests: &Rests, fence: &Fence) -> Value {
        let mut shown = Map::new();
        for Field { name, from } in self.fields {
            let value = match from {
                From::First(paths) => paths.iter().find_map(|path| at(item, path)).map(|value| rests.shorten(value.clone(), fence)),
                From::All(paths) => {
                    let parts: Vec<_> = paths.iter().filter_map(|path| at(item, path)?.as_str()).collect();
                    (!parts.is_empty()).then(|| rests.shorten(parts.join(" ").into(), fence))
                }
                From::Text(paths) => {
                    let found = paths.iter().find_map(|path| at(item, path)?.as_str());
                    found.map(|text| rests.written(text, fence))
                }
            };
            shown.extend(value.map(|value| ((*name).to_owned(), value)));
        }
        Value::Object(shown)
    }
}

/// What is at a dot path, unless it is null.
fn at<'v>(item: &'v Value, path: &str) -> Option<&'v Value> {
    item.pointer(&format!("/{}", path.replace('.', "/"))).filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use reachout_document::Location;
    use reachout_messenger::Vendor;

    use super::{From, Source, Subject};
    use crate::operations;

    /// The table names nothing that a vendor's document does not have.
    #[test]
    fn operations_parameters_and_fields_are_the_vendors() {
        let mut seen = 0;
        for vendor in Vendor::ALL {
            for subject in [Subject::People, Subject::Conversations, Subject::Messages] {
                let Ok(source) = Source::of(vendor, subject) else { continue };
                let (document, route, operation) = operations::find(vendor, source.operation).unwrap();
                let known = |name: &str| operation.parameters.iter().any(|parameter| parameter.name == name);
                let named = source.search.into_iter().chain([source.limit]).chain(source.ids.iter().map(|(_, name, _)| *name));
                named.for_each(|name| assert!(known(name), "{vendor}: {} has no parameter {name}", source.operation));
                for parameter in operation.parameters.iter().filter(|p| p.location == Location::Path) {
                    assert!(
                        source.ids.iter().any(|(_, name, required)| *name == parameter.name && *required),
                        "{vendor} {}",
                        parameter.name
                    );
                }
                let schema = operation.success.and_then(|success| success.content).unwrap().schema;
                let items = document.at(schema, route.pagination.unwrap().items).and_then(|list| document.items(list));
                // HighLevel's messages are a list of their own within alternatives.
                let Some(item) = items else { continue };
                for field in source.fields {
                    let (From::First(paths) | From::All(paths) | From::Text(paths)) = field.from;
                    for path in paths {
                        let found = path.split('.').try_fold(item, |schema, step| {
                            if step == "0" { document.items(schema) } else { document.property(schema, step) }
                        });
                        assert!(found.is_some(), "{vendor}: {} has no field {path}", source.operation);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 60, "{seen} paths were looked for");
    }
}
