//! The HTTP transport: a token, this machine alone, and no other site's pages.

use std::net::SocketAddr;

use reachout_mcp::{Listener, Policy};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::world::World;

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"script","version":"1"}}}"#;

async fn listening(world: &World) -> (String, String) {
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
    let (url, token) = (listener.url(), listener.token().expose_secret().to_owned());
    tokio::spawn(listener.serve(world.server(Policy::default()), std::future::pending()));
    (url, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_token_or_comes_from_another_site_is_refused() {
    let world = World::new().await;
    let (url, token) = listening(&world).await;
    let client = reqwest::Client::new();
    let ask = |token: Option<String>, header: Option<(&'static str, &'static str)>| {
        let mut request =
            client.post(&url).header("accept", "application/json, text/event-stream").header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        request.body(INITIALIZE).send()
    };
    for (token, header, status) in [
        (None, None, 401),
        (Some("x".repeat(64)), None, 401),
        (Some(token[..32].to_owned()), None, 401),
        (Some(token.clone()), Some(("origin", "https://evil.example")), 403),
        (Some(token.clone()), Some(("host", "evil.example")), 403),
        (Some(token.clone()), Some(("origin", "http://localhost:3000")), 200),
        (Some(token.clone()), None, 200),
    ] {
        let response = ask(token, header).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{header:?}");
    }
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused() {
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        let error = Listener::bind(address.parse::<SocketAddr>().unwrap(), None).await.unwrap_err();
        assert!(error.to_string().contains("can be reached from elsewhere"), "{error}");
    }
    let short = Listener::bind("127.0.0.1:0".parse().unwrap(), Some("short".to_owned().into())).await.unwrap_err();
    assert!(short.to_string().contains("16 or more"), "{short}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_are_there_over_http_in_both_versions() {
    let world = World::new().await;
    let (url, token) = listening(&world).await;
    let client = reqwest::Client::new();
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": { "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "script", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    } } });
    let request = client
        .post(&url)
        .bearer_auth(&token)
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json");
    let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/list");
    let text = request.body(list.to_string()).send().await.unwrap().text().await.unwrap();
    let line = text.lines().filter_map(|line| line.strip_prefix("data:")).find(|line| line.contains("tools")).unwrap_or(&text);
    let value: Value = serde_json::from_str(line.trim()).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(value["result"]["tools"].as_array().is_some_and(|tools| tools.len() > 10), "{value}");
}
