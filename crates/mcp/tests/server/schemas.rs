//! The tools as clients see them.

use reachout_mcp::Policy;
use serde_json::Value;

use crate::world::{World, alone, by_code};

async fn tools(policy: Policy) -> Vec<Value> {
    let world = World::new().await;
    let tools = alone(&world.server(policy)).await.list_all_tools().await.unwrap();
    tools.iter().map(|tool| serde_json::to_value(tool).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_are_as_reviewed() {
    let mut policy = by_code();
    policy.allow_changes = true;
    for tool in tools(policy).await {
        insta::assert_yaml_snapshot!(format!("tool__{}", tool["name"].as_str().unwrap()), tool);
    }
}

/// Counted by the tokenizer `o200k_base`, of the list as it goes over the wire, with every tool that can exist.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_all_tools_is_at_most_5000_tokens() {
    let mut policy = by_code();
    policy.allow_changes = true;
    let list = serde_json::to_string(&tools(policy).await).unwrap();
    let tokens = tiktoken_rs::o200k_base().unwrap().encode_ordinary(&list).len();
    println!("{tokens} tokens, {} bytes", list.len());
    assert!(tokens <= 5_000, "{tokens} tokens");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_is_valid_and_every_description_says_what_it_does() {
    for tool in tools(by_code()).await {
        let name = tool["name"].as_str().unwrap();
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}");
            jsonschema::meta::validate(&tool[schema]).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert_eq!(
            tool["outputSchema"]["required"].as_array().unwrap().iter().filter(|f| *f == "account" || *f == "environment").count(),
            2,
            "{name}"
        );
        let description = tool["description"].as_str().unwrap();
        let says = [
            "Reads only",
            "Reads the outbox only",
            "only reads",
            "Sends nothing",
            "real person",
            "nothing queued",
            "Send nothing",
            "may always be called",
        ];
        assert!(says.iter().any(|word| description.contains(word)), "{name}: {description}");
        let hints = &tool["annotations"];
        assert_eq!(
            hints["readOnlyHint"] == true,
            hints["destructiveHint"] == false && !["prepare_message", "reconcile", "suppress", "pause"].contains(&name),
            "{name}"
        );
    }
}
