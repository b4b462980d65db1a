//! What tools return.

use rmcp::model::{CallToolResult, ContentBlock};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;

/// Which account and environment a tool spoke to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct SpokeTo {
    pub(crate) account: String,
    pub(crate) environment: String,
}

/// What a tool returns: what it found or did, and the message of the outbox that it was about.
pub(crate) struct Done {
    pub(crate) value: Value,
    pub(crate) message: Option<i64>,
    /// For the audit trail, in a word.
    pub(crate) word: String,
}

impl Done {
    pub(crate) fn new(value: impl Serialize) -> Result<Self, Failure> {
        let value = serde_json::to_value(value).map_err(|error| Failure::refused(error.to_string(), "tell the person"))?;
        Ok(Self { value, message: None, word: "done".to_owned() })
    }

    pub(crate) fn about(self, message: i64, word: impl Into<String>) -> Self {
        Self { message: Some(message), word: word.into(), ..self }
    }
}

/// As the protocol has it.
pub(crate) fn success(value: Value) -> CallToolResult {
    CallToolResult::structured(value)
}

/// As the protocol has it: a result that says that it is an error, so that the model reads it.
pub(crate) fn failure(failure: &Failure, spoke_to: &SpokeTo) -> CallToolResult {
    let mut json = failure.json();
    json["account"] = spoke_to.account.clone().into();
    json["environment"] = spoke_to.environment.clone().into();
    CallToolResult::error(vec![ContentBlock::text(json.to_string())])
}
