//! The list of the vendors, one line each: the crate and the ids that their specs give them.

use crate::vendor::vendors;

vendors! {
    /// Leonar.
    Leonar(leonar, "leonar", "Leonar", "LEONAR_API_KEY"),
    /// SendPilot.
    SendPilot(sendpilot, "sendpilot", "SendPilot", "SENDPILOT_API_KEY"),
    /// Hoop AI.
    HoopAi(hoop_ai, "hoop-ai", "Hoop AI", "HOOP_AI_TOKEN"),
    /// Leadway CRM.
    Leadway(leadway, "leadway", "Leadway CRM", "LEADWAY_TOKEN"),
}
