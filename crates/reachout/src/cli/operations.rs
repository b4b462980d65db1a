//! `reachout operations`: what every operation does.

use clap::Args;
use reachout_mcp::Described;
use reachout_messenger::Vendor;

use super::{arguments::Choice, failure::Failure, output::Output};

/// List the operations of the vendors, with what each does
///
/// EFFECT is what an operation does: reads, changes, deletes, or reaches-a-person. GUESSED says that an import guessed it and nobody has
/// reviewed it. With --json, each has the JSON Schema of its arguments.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout operations leonar
  reachout operations --json --jq '.[] | select(.effect == \"reaches-a-person\") | .operation'")]
pub struct Operations {
    /// Of this vendor; of all unless given
    #[arg(value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    vendor: Option<Vendor>,
}

impl Operations {
    pub fn run(self, output: &mut Output) -> Result<(), Failure> {
        let vendors = self.vendor.map_or_else(|| Vendor::ALL.to_vec(), |vendor| vec![vendor]);
        let all: Vec<Described> = vendors.into_iter().flat_map(reachout_mcp::operations).collect();
        output.rows(&["vendor", "operation", "effect", "guessed", "evidence", "summary"], &all)
    }
}
