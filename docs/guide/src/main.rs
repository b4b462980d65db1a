//! The programs of the guide: `cargo run -p reachout-guide -- send`, against `reachout sandbox` (`eval "$(reachout sandbox env)"`).

mod campaigns;
mod errors;
mod outbox;
mod outreach;
mod people;
mod send;
mod start;
mod telemetry;
mod tenants;
mod webhooks;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("campaigns") => campaigns::main(),
        Some("errors") => errors::main(),
        Some("outbox") => outbox::main(),
        Some("outreach") => outreach::main(),
        Some("people") => people::main(),
        Some("send") => send::main(),
        Some("start") => start::main(),
        Some("telemetry") => telemetry::main(),
        Some("tenants") => tenants::main(),
        Some("webhooks") => webhooks::main(),
        _ => {
            Err("name a program of the guide: campaigns, errors, outbox, outreach, people, send, start, telemetry, tenants or webhooks"
                .into())
        }
    }
}
