//! What a vendor says of a message it took.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Vendor;

/// What the vendor said when it took a message. That it was taken does not mean that it was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Receipt {
    /// Who took it.
    pub vendor: Vendor,
    /// The vendor's ids of the message; several where one channel made several of it.
    pub message_ids: Vec<String>,
    /// Id of the email, which replies are threaded by (HighLevel).
    pub email_message_id: Option<String>,
    /// Id of the conversation it is in.
    pub conversation_id: Option<String>,
    /// How far it is, in the vendor's word.
    pub status: Option<String>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// What else the vendor had to say.
    pub note: Option<String>,
    /// Status of the HTTP response.
    pub http_status: u16,
    /// Id of the request, for the vendor's support.
    pub request_id: Option<String>,
}

impl Receipt {
    /// Of a vendor that took a message and said nothing else: for messengers of one's own.
    pub fn new(vendor: Vendor) -> Self {
        Self {
            vendor,
            message_ids: Vec::new(),
            email_message_id: None,
            conversation_id: None,
            status: None,
            sent_at: None,
            note: None,
            http_status: 200,
            request_id: None,
        }
    }

    /// The first, and nearly always only, id of the message.
    pub fn message_id(&self) -> Option<&str> {
        self.message_ids.first().map(String::as_str)
    }

    /// What every response has.
    #[cfg(any(feature = "leonar", feature = "sendpilot", feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
    pub(crate) fn of<T>(vendor: Vendor, response: &reachout_runtime::Response<T>) -> Self {
        Self { http_status: response.status.as_u16(), request_id: response.request_id().map(str::to_owned), ..Self::new(vendor) }
    }
}
