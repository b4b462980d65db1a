//! `reachout mcp`: tools for assistants.

use std::{collections::BTreeSet, net::SocketAddr, sync::Arc};

use clap::{Args, ValueEnum};
use reachout_mcp::{
    Confirm, Connection, Listener, Policy, Server, Toolset,
    rmcp::{ServiceExt as _, transport::stdio},
};
use reachout_messenger::Vendor;
use reachout_outbox::{Account, Address, Eligibility, Region, SendCaps, VendorEligibility};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    arguments::Choice,
    auth::source::Source,
    call::{Access, signal},
    failure::Failure,
    outbox::{ByProfile, DEFAULT, Database, REGION, VARIABLE},
    output::note,
    profile::variable_value,
};

/// The variable of the token of --listen.
const TOKEN: &str = "REACHOUT_MCP_TOKEN";
/// The database of the sandbox's messages.
const SANDBOX: &str = "outbox.sandbox.db";

/// Serve tools for assistants, by the Model Context Protocol
///
/// Reading is free. Writing drafts needs no permission either: they wait in the outbox until a person approves them. Nothing is sent without
/// --allow-send, and then only what was prepared, once, with its confirmation code and a person's word, which the client asks for. Where a client
/// cannot ask, --confirm says what counts.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout mcp --sandbox
  reachout mcp --vendor leonar --allow-send --cap-day 20
  reachout mcp --read-only --toolsets people,campaigns
  REACHOUT_MCP_TOKEN=… reachout mcp --listen 127.0.0.1:8765")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Mcp {
    /// Database of the outbox: a file, which is made if it is missing, or `postgres://USER:PASSWORD@HOST/DATABASE`; `outbox.db` unless given, and
    /// `outbox.sandbox.db` with --sandbox, so that no real message is taken for one of the sandbox
    #[arg(long, value_name = "FILE|URL", env = VARIABLE, hide_env_values = true)]
    db: Option<String>,
    /// Country of phone numbers that are written without one, such as FR; without it they are refused
    #[arg(long, value_name = "COUNTRY", env = REGION)]
    region: Option<Region>,
    /// Use this vendor; may be given several times. All that have a credential, unless given
    #[arg(long, value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    vendor: Vec<Vendor>,
    /// Only these groups of tools
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = Choice::<Toolset>::of(Toolset::ALL.map(Toolset::name)))]
    toolsets: Vec<Toolset>,
    /// Only these tools
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = Choice::<String>::of(reachout_mcp::tool_names()))]
    tools: Vec<String>,
    /// No tool but those that read, whatever else is permitted
    #[arg(long)]
    read_only: bool,
    /// Let assistants call operations that change or delete something at a vendor
    #[arg(long)]
    allow_changes: bool,
    /// Let assistants send messages that they prepared
    #[arg(long)]
    allow_send: bool,
    /// What confirms a message where the client cannot ask a person
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = ConfirmBy::Never)]
    confirm: ConfirmBy,
    /// Maximum number of messages that one run of the server sends
    #[arg(long, value_name = "N", default_value_t = 20)]
    cap_session: u32,
    /// Maximum number of messages that assistants send a day (UTC), all servers of this outbox together
    #[arg(long, value_name = "N", default_value_t = 100)]
    cap_day: u32,
    /// Let messages go to this recipient alone: an id, or the URL of a profile; may be given several times
    #[arg(long, value_name = "RECIPIENT")]
    allow_recipient: Vec<String>,
    /// Let messages be of this campaign alone; may be given several times
    #[arg(long, value_name = "NAME")]
    allow_campaign: Vec<String>,
    /// Keep the content of messages in the audit trail
    #[arg(long)]
    audit_content: bool,
    /// Serve over HTTP at this address of this machine instead of standard input and output; the token is that of `REACHOUT_MCP_TOKEN`, or a new one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ConfirmBy {
    /// Nothing: a person approves drafts with `reachout outbox approve`
    Never,
    /// The draft's confirmation code, which the assistant has
    Code,
}

impl Mcp {
    pub async fn run(self, access: &Access<'_>) -> Result<(), Failure> {
        if access.exchange.is_preview() && !access.exchange.is_dry_run() {
            return Err(Failure::usage("`reachout mcp` makes no request by itself that --curl could show; --dry-run lets it send nothing"));
        }
        let policy = self.policy(access.exchange.is_dry_run())?;
        let connections = self.connections(access).await?;
        // As with `reachout outbox run`: the sandbox's documented contact is on do-not-disturb.
        let eligibility = access.sandbox().is_none().then(|| Arc::new(VendorEligibility::new()) as Arc<dyn Eligibility>);
        let database = self.db.unwrap_or_else(|| if access.sandbox().is_some() { SANDBOX } else { DEFAULT }.to_owned());
        let database = Database::new(database, self.region);
        let outbox = database.open().await?;
        let server = Server::new(outbox, Arc::new(ByProfile::new(access)), connections, policy, eligibility);
        let result = match self.listen {
            Some(address) => listen(server, address).await,
            None => over_stdio(server).await,
        };
        database.close().await;
        result
    }

    fn policy(&self, dry_run: bool) -> Result<Policy, Failure> {
        let recipient = |text: &String| {
            Address::recipient(text)
                .map(|address| address.to_string())
                .map_err(|error| Failure::usage(format!("--allow-recipient {text} is {error}")))
        };
        let mut policy = Policy::default();
        policy.read_only = self.read_only;
        policy.allow_changes = self.allow_changes;
        policy.allow_send = self.allow_send;
        policy.confirm = match self.confirm {
            ConfirmBy::Never => Confirm::Never,
            ConfirmBy::Code => Confirm::Code,
        };
        policy.caps = SendCaps::new(self.cap_session, self.cap_day);
        policy.recipients = self.allow_recipient.iter().map(recipient).collect::<Result<_, _>>()?;
        policy.campaigns = self.allow_campaign.iter().cloned().collect();
        policy.dry_run = dry_run;
        policy.audit_content = self.audit_content;
        policy.toolsets = self.toolsets.iter().copied().collect();
        policy.tools = self.tools.iter().cloned().collect::<BTreeSet<_>>();
        if let Some(unknown) = policy.tools.iter().find(|name| !reachout_mcp::tool_names().any(|known| known == name.as_str())) {
            let sentence = format!("--tools: there is no tool `{unknown}`");
            return Err(Failure::usage(super::arguments::with_nearest(sentence, unknown, reachout_mcp::tool_names())));
        }
        Ok(policy)
    }

    /// The accounts that there are credentials for.
    async fn connections(&self, access: &Access<'_>) -> Result<Vec<Connection>, Failure> {
        let mut connections = Vec::new();
        for vendor in Vendor::ALL.into_iter().filter(|vendor| self.vendor.is_empty() || self.vendor.contains(vendor)) {
            let Some(api) = vendor.api() else { continue };
            let environment = match access.sandbox() {
                Some(_) => "sandbox".to_owned(),
                None if matches!(Source::of(api.vendor, access.settings).await?, Source::None) => {
                    if self.vendor.contains(&vendor) {
                        let why = format!(
                            "--vendor {vendor}: there is no credential; run `reachout auth login {vendor}`, or set {}",
                            vendor.credential_env()
                        );
                        return Err(Failure::usage(why));
                    }
                    continue;
                }
                None => access.base_url(api)?.0,
            };
            connections.push(Connection { account: Account::new(vendor, access.settings.profile()), environment });
        }
        if connections.is_empty() {
            return Err(Failure::usage("there is no credential of any vendor; run `reachout auth login VENDOR`, or try --sandbox"));
        }
        Ok(connections)
    }
}

async fn over_stdio(server: Server) -> Result<(), Failure> {
    let ended = async {
        let running = Box::pin(server.serve(stdio())).await.map_err(Failure::unsent)?;
        running.waiting().await.map(drop).map_err(Failure::unsent)
    };
    let stop = signal()?;
    tokio::select! {
        ended = ended => ended,
        () = stop => Ok(()),
    }
}

async fn listen(server: Server, address: SocketAddr) -> Result<(), Failure> {
    let token = variable_value(TOKEN)?.map(SecretString::from);
    let is_new = token.is_none();
    let listener = Listener::bind(address, token).await.map_err(|error| Failure::usage(format!("--listen: {error}")))?;
    note(&format!("serving {}", listener.url()));
    if is_new {
        note(&format!("token of this run: {}", listener.token().expose_secret()));
    }
    let stop = signal()?;
    Ok(listener.serve(server, stop).await?)
}
