//! A sandbox, an outbox, a server over both, and clients.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reachout_mcp::rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ElicitRequestParams, ElicitResult, ElicitationAction, ErrorData,
    Implementation, InitializeRequestParams, ProtocolVersion,
};
use reachout_mcp::rmcp::service::{RequestContext, RunningService};
use reachout_mcp::rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt as _, RoleClient, ServiceExt as _};
use reachout_mcp::{Connection, Policy, Server};
use reachout_outbox::{Account, AccountClient, Accounts, BoxFuture, Clients, Error, Outbox, Rules, Vendor};
use reachout_sandbox::{Sandbox, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Contacts of the sandbox, which takes any id.
pub fn contact(number: usize) -> String {
    format!("a1b2c3d4-5678-90ab-cdef-{number:012}")
}

pub struct World {
    pub sandbox: Sandbox,
    pub outbox: Outbox,
    pub folder: TempDir,
}

#[derive(Clone, Debug)]
pub struct AtSandbox(pub String);

impl Accounts for AtSandbox {
    fn open<'a>(&'a self, account: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        let mount = if account.vendor == Vendor::Leonar { "leonar/api/v1" } else { account.vendor.id() };
        let base = format!("{}/{mount}", self.0);
        let key = Sandbox::api_key(account.vendor);
        Box::pin(std::future::ready(clients.account(|builder| Ok(builder.base_url(&base).credential(key)))))
    }
}

pub fn account(vendor: Vendor) -> Account {
    Account::new(vendor, Account::DEFAULT)
}

impl World {
    pub async fn new() -> Self {
        let mut settings = Settings::default();
        settings.adopt_unknown_ids = true;
        settings.log_capacity = 100_000;
        settings.capacity = 100_000;
        let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
        let folder = TempDir::new().unwrap();
        let outbox = Outbox::open(format!("sqlite:{}", folder.path().join("outbox.db").display())).await.unwrap();
        // The documented limit would make a test of many messages one of waiting.
        outbox.set_rules(&account(Vendor::Leonar), &Rules::new().limit(100_000, Duration::from_secs(1))).await.unwrap();
        Self { sandbox, outbox, folder }
    }

    pub fn server(&self, policy: Policy) -> Server {
        self.server_for(policy, &[Vendor::Leonar])
    }

    pub fn server_for(&self, policy: Policy, vendors: &[Vendor]) -> Server {
        self.with("sandbox", policy, vendors)
    }

    /// A server for what seems to be another environment.
    pub fn server_in(&self, environment: &str, policy: Policy) -> Server {
        self.with(environment, policy, &[Vendor::Leonar])
    }

    fn with(&self, environment: &str, policy: Policy, vendors: &[Vendor]) -> Server {
        let connections = vendors.iter().map(|vendor| Connection { account: account(*vendor), environment: environment.to_owned() });
        Server::new(self.outbox.clone(), Arc::new(AtSandbox(self.sandbox.url().to_owned())), connections, policy, None)
    }

    /// The texts of the messages that the sandbox performed.
    pub fn sent(&self) -> Vec<String> {
        let requests = self.sandbox.requests();
        let sent = requests.iter().filter(|request| request.operation.as_deref() == Some("send_message"));
        sent.map(|request| {
            request.body["body"]
                .as_str()
                .or(request.body["content"].as_str())
                .or(request.body["text"].as_str())
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
    }
}

/// What sends with a code alone.
pub fn by_code() -> Policy {
    let mut policy = Policy::default();
    policy.allow_send = true;
    policy.confirm = reachout_mcp::Confirm::Code;
    policy
}

/// A client: with a person who says so, or without anybody to ask.
#[derive(Clone, Default)]
pub struct Client {
    pub person: Option<(ElicitationAction, bool)>,
    /// What they were asked last.
    pub asked: Arc<Mutex<String>>,
}

pub type Session = RunningService<RoleClient, Client>;

impl ClientHandler for Client {
    fn get_info(&self) -> InitializeRequestParams {
        let builder = ClientCapabilities::builder();
        let capabilities = if self.person.is_some() { builder.enable_elicitation().build() } else { builder.build() };
        InitializeRequestParams::new(capabilities, Implementation::new("script", "1.0"))
    }

    async fn create_elicitation(&self, request: ElicitRequestParams, _: RequestContext<RoleClient>) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else { panic!("a form is asked for") };
        assert!(message.contains("Send this message?") && message.contains("From account: leonar/default (sandbox)"), "{message}");
        *self.asked.lock().unwrap() = message;
        let (action, tick) = self.person.clone().unwrap();
        let mut said = ElicitResult::new(action);
        said.content = Some(json!({ "send": tick }));
        Ok(said)
    }
}

/// The two versions of the protocol.
pub fn lifecycles() -> [ClientLifecycleMode; 2] {
    [ClientLifecycleMode::Initialize, ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }]
}

pub async fn connect(server: &Server, client: Client, lifecycle: ClientLifecycleMode) -> Session {
    let (theirs, ours) = tokio::io::duplex(1 << 20);
    let server = server.clone();
    tokio::spawn(async move {
        if let Ok(running) = Box::pin(server.serve(theirs)).await {
            drop(running.waiting().await);
        }
    });
    client.serve_with_lifecycle(ours, lifecycle).await.unwrap()
}

pub async fn alone(server: &Server) -> Session {
    connect(server, Client::default(), ClientLifecycleMode::Initialize).await
}

pub async fn raw(session: &Session, tool: &'static str, arguments: Value) -> CallToolResult {
    let params = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
    session.call_tool(params).await.unwrap_or_else(|error| panic!("{tool}: {error}"))
}

/// The result of a tool that worked.
pub async fn call(session: &Session, tool: &'static str, arguments: Value) -> Value {
    let result = raw(session, tool, arguments).await;
    assert_ne!(result.is_error, Some(true), "{tool}: {result:?}");
    let result = result.structured_content.unwrap();
    let tools = session.list_all_tools().await.unwrap();
    let schema = tools.iter().find(|known| known.name == tool).unwrap().output_schema.clone().unwrap();
    let wrong = jsonschema::validator_for(&json!(*schema)).unwrap().iter_errors(&result).map(|error| error.to_string()).collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{tool}: {wrong:?} in {result}");
    result
}

/// The error of a tool that did not.
pub async fn refused(session: &Session, tool: &'static str, arguments: Value) -> Value {
    let result = raw(session, tool, arguments).await;
    assert_eq!(result.is_error, Some(true), "{tool}: {result:?}");
    serde_json::from_str(&result.content[0].as_text().unwrap().text).unwrap()
}

pub fn to_sophie(text: &str) -> Value {
    json!({ "to": contact(1), "channel": "linkedin", "text": text })
}
