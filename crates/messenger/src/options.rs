//! What only single vendors know of a message.

use serde::{Deserialize, Serialize};

#[cfg(feature = "highlevel")]
use highlevel::types;
#[cfg(all(feature = "leadway", not(feature = "highlevel")))]
use leadway::types;

/// What only SendPilot knows of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SendPilotOptions {
    /// Id of a campaign that the message is counted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<String>,
    /// Id of a lead that a message to a LinkedIn profile is counted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_id: Option<String>,
}

impl SendPilotOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the message to a campaign. A message to a lead then needs a sender, and `{{firstName}}` and `{{lastName}}` in it are replaced.
    #[must_use]
    pub fn campaign_id(mut self, id: impl Into<String>) -> Self {
        self.campaign_id = Some(id.into());
        self
    }

    /// Counts a message to a LinkedIn profile to a lead.
    #[must_use]
    pub fn lead_id(mut self, id: impl Into<String>) -> Self {
        self.lead_id = Some(id.into());
        self
    }
}

/// What only HighLevel and its editions, Hoop AI and Leadway CRM, know of a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct HighLevelOptions {
    /// Id of the appointment the message belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment_id: Option<String>,
    /// Id of the message template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Id of the conversation provider that carries the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Kind of the message within its channel; the name of the channel unless set. Hoop AI does not have it.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<types::MessageSubType>,
    /// Whether the message was delivered, in the vendor's word; `pending` unless set. Hoop AI does not have it.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<types::MessageDeliveryStatus>,
    /// Id of the custom subtype whose unsubscriptions count. For an email only. Hoop AI does not have it.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_subtype_id: Option<String>,
    /// What to forward, and to whom. For an email only. Hoop AI does not have it.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward: Option<types::ForwardConfig>,
    /// Whether the platform's own AI picks the moment to send a scheduled email. Hoop AI does not have it.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_scheduling_ai: Option<bool>,
    /// Within which time it does. Hoop AI does not have it.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optimization_period: Option<types::OptimizationPeriod>,
}

impl HighLevelOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// The appointment the message belongs to.
    #[must_use]
    pub fn appointment_id(mut self, id: impl Into<String>) -> Self {
        self.appointment_id = Some(id.into());
        self
    }

    /// The message template.
    #[must_use]
    pub fn template_id(mut self, id: impl Into<String>) -> Self {
        self.template_id = Some(id.into());
        self
    }

    /// The conversation provider that carries the message.
    #[must_use]
    pub fn provider_id(mut self, id: impl Into<String>) -> Self {
        self.provider_id = Some(id.into());
        self
    }

    /// Kind of the message within its channel, such as `"Email"`.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[must_use]
    pub fn sub_type(mut self, sub_type: impl Into<types::MessageSubType>) -> Self {
        self.sub_type = Some(sub_type.into());
        self
    }

    /// Whether the message was delivered, in the vendor's word.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[must_use]
    pub fn status(mut self, status: impl Into<types::MessageDeliveryStatus>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// The custom subtype whose unsubscriptions count.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[must_use]
    pub fn custom_subtype_id(mut self, id: impl Into<String>) -> Self {
        self.custom_subtype_id = Some(id.into());
        self
    }

    /// What to forward, and to whom.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[must_use]
    pub fn forward(mut self, forward: types::ForwardConfig) -> Self {
        self.forward = Some(forward);
        self
    }

    /// Whether the platform's own AI picks the moment to send a scheduled email.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[must_use]
    pub fn native_scheduling_ai(mut self, on: bool) -> Self {
        self.native_scheduling_ai = Some(on);
        self
    }

    /// Within which time it does.
    #[cfg(any(feature = "highlevel", feature = "leadway"))]
    #[must_use]
    pub fn optimization_period(mut self, period: types::OptimizationPeriod) -> Self {
        self.optimization_period = Some(period);
        self
    }

    /// The first option that Hoop AI does not have.
    #[cfg(feature = "hoop-ai")]
    pub(crate) fn beyond_hoop_ai(&self) -> Option<&'static str> {
        #[cfg(any(feature = "highlevel", feature = "leadway"))]
        let options = [
            ("subtype", self.sub_type.is_some()),
            ("status", self.status.is_some()),
            ("custom subtype", self.custom_subtype_id.is_some()),
            ("email to forward", self.forward.is_some()),
            ("scheduling AI", self.native_scheduling_ai.is_some()),
            ("optimization period", self.optimization_period.is_some()),
        ];
        #[cfg(not(any(feature = "highlevel", feature = "leadway")))]
        let options: [(&str, bool); 0] = [];
        options.into_iter().find_map(|(option, is_set)| is_set.then_some(option))
    }
}
