//! The programs of the guide: `cargo run -p reachout-guide -- send`, against `reachout sandbox` (`eval "$(reachout sandbox env)"`).

mod errors;
mod people;
mod send;
mod start;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("errors") => errors::main(),
        Some("people") => people::main(),
        Some("send") => send::main(),
        Some("start") => start::main(),
        _ => Err("name a program of the guide: errors, people, send or start".into()),
    }
}
