//! The outbox over SQLite and Postgres, with the sandbox as the vendors.
#![expect(clippy::doc_markdown, reason = "the names of databases and vendors are not code")]

mod accounts;
mod addresses;
mod audit;
mod campaign;
mod consent;
mod database;
mod fake;
mod feed;
mod held;
mod keys;
mod kill;
mod knows;
mod limit;
mod people;
mod processes;
#[cfg(feature = "axum")]
mod receiver;
mod refusals;
mod rules;
mod runner;
mod secrets;
mod sendpilot;
mod server_limits;
mod settle;
mod states;
mod stops;
mod storage;
mod suppression;
mod vendor;
mod watch;

/// The same test over both databases: `both! { async fn name(database) { … } }`.
macro_rules! both {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident) $body:block)*) => {
        $(mod $name {
            use super::*;

            async fn test($database: crate::database::Database) $body

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                crate::database::in_time(test(crate::database::Database::sqlite())).await;
            }

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = crate::database::Database::postgres().await else { return };
                crate::database::in_time(test(database)).await;
            }
        })*
    };
}
use both;
