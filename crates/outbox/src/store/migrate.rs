//! The tables' versions, embedded.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::{Pool, Store};
use crate::Error;

/// The texts of a database's versions.
macro_rules! versions {
    ($database:literal) => {
        [
            include_str!(concat!("../../migrations/", $database, "/1_outbox.sql")),
            include_str!(concat!("../../migrations/", $database, "/2_campaigns.sql")),
            include_str!(concat!("../../migrations/", $database, "/3_counts.sql")),
            include_str!(concat!("../../migrations/", $database, "/4_audit.sql")),
            include_str!(concat!("../../migrations/", $database, "/5_events.sql")),
        ]
    };
}

const SQLITE: [&str; 5] = versions!("sqlite");
const POSTGRES: [&str; 5] = versions!("postgres");

/// Not sqlx's own name: an application's migrations in the same database have that.
const TABLE: &str = "_reachout_outbox_migrations";

fn migrator(texts: &[&'static str]) -> Migrator {
    let migration =
        |(version, text): (i64, &&'static str)| Migration::new(version, "outbox".into(), MigrationType::Simple, text.into_sql_str(), false);
    let mut migrator = Migrator::with_migrations((1..).zip(texts).map(migration).collect());
    migrator.dangerous_set_table_name(TABLE);
    // A later version of this crate may have migrated the database further, and an earlier one go on with it.
    migrator.set_ignore_missing(true);
    migrator
}

impl Store {
    /// Creates the tables, or brings them up to date.
    pub(crate) async fn migrate(&self) -> Result<(), Error> {
        match &*self.0 {
            Pool::Sqlite { write, .. } => {
                let migrator = migrator(&SQLITE);
                // sqlx's lock for this does nothing on SQLite: of several processes one makes a version's tables, and the others fail.
                // Each failure is of another version, so that there are no more of them than versions.
                for _ in SQLITE {
                    if migrator.run(write).await.is_ok() {
                        return Ok(());
                    }
                }
                Ok(migrator.run(write).await?)
            }
            Pool::Postgres { pool, .. } => Ok(migrator(&POSTGRES).run(pool).await?),
        }
    }
}
