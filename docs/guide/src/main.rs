//! The programs of the guide: `cargo run -p reachout-guide -- send`, against `reachout sandbox` (`eval "$(reachout sandbox env)"`).

mod errors;
mod outbox;
mod people;
mod send;
mod start;
mod tenants;
mod webhooks;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("errors") => errors::main(),
        Some("outbox") => outbox::main(),
        Some("people") => people::main(),
        Some("send") => send::main(),
        Some("start") => start::main(),
        Some("tenants") => tenants::main(),
        Some("webhooks") => webhooks::main(),
        _ => Err("name a program of the guide: errors, outbox, people, send, start, tenants or webhooks".into()),
    }
}
