//! Messages by whom they are for.

use reachout_messenger::{Recipient, Vendor};

use crate::envelope::normalized;
use crate::{Entry, Error, Outbox};

impl Outbox {
    /// The messages to this recipient, by the vendor's id or the URL of the profile, the newest last; those whose content was purged are
    /// not among them. All messages of the vendor are looked through.
    pub async fn find_recipient(&self, vendor: Vendor, recipient: &str) -> Result<Vec<Entry>, Error> {
        let wanted = normalized(recipient);
        // As it stands in JSON, between quotes.
        let text = serde_json::Value::from(wanted.as_str()).to_string();
        let mut found = Vec::new();
        for id in self.store.with_content(vendor, text.trim_end_matches('"')).await? {
            let entry = self.get(id).await?;
            let is_to = entry.envelope.as_ref().is_some_and(|envelope| match &envelope.message.to {
                Recipient::Contact(text) | Recipient::LinkedinProfile(text) => normalized(text) == wanted,
                _ => false,
            });
            if is_to {
                found.push(entry);
            }
        }
        Ok(found)
    }
}
