//! Serves the sandbox at port 4010, or at the one given, until it is stopped.

use reachout_sandbox::{Sandbox, Vendor};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(4010), |port| port.parse())?;
    let sandbox = Sandbox::builder().port(port).start().await?;
    println!("{}", sandbox.url());
    for vendor in Vendor::ALL {
        println!("  {:<10} {}  ({})", vendor.id(), sandbox.base_url(vendor), Sandbox::api_key(vendor));
    }
    std::future::pending::<()>().await;
    Ok(())
}
