//! The tables' versions, embedded.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Not sqlx's own name: an application's migrations in the same database have that.
const TABLE: &str = "_reachout_token_store_migrations";

/// `texts` in the order of their versions, from 1.
pub(crate) fn migrator(texts: &[&'static str]) -> Migrator {
    let migration = |(version, text): (i64, &&'static str)| {
        Migration::new(version, "token store".into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations((1..).zip(texts).map(migration).collect());
    migrator.dangerous_set_table_name(TABLE);
    // A later version of this crate may have migrated the database further, and an earlier one go on with it.
    migrator.set_ignore_missing(true);
    migrator
}
