//! [`Database`]: the statements that differ between databases.

use std::fmt;
use std::time::Duration;

use crate::keys::Sealed;

/// One kind of database, as a pool of connections. Implemented for [`Sqlite`](crate::Sqlite) and
/// [`Postgres`](crate::Postgres) alone.
pub(crate) trait Database: fmt::Debug + Send + Sync + 'static {
    /// Creates the tables, or brings them up to date.
    fn migrate(&self) -> impl Future<Output = Result<(), sqlx::migrate::MigrateError>> + Send;

    fn read(&self, account: &str) -> impl Future<Output = sqlx::Result<Option<Sealed>>> + Send;

    fn write(&self, account: &str, sealed: &Sealed) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Replaces `from` by `to`; false if the row is another by now.
    fn exchange(&self, account: &str, from: &Sealed, to: &Sealed) -> impl Future<Output = sqlx::Result<bool>> + Send;

    fn delete(&self, account: &str) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Some accounts, in order and after `after`, whose tokens are under another key than `key_id`.
    fn not_under(&self, key_id: &str, after: Option<&str>) -> impl Future<Output = sqlx::Result<Vec<String>>> + Send;

    /// Takes the lease on an account if nobody has it or it has ended; false if somebody has it.
    fn take_lease(&self, account: &str, holder: &[u8], lasting: Duration) -> impl Future<Output = sqlx::Result<bool>> + Send;

    /// Makes a lease last `lasting` from now, and puts `room` beside it; false if it is not the holder's any more.
    fn extend_lease(
        &self,
        account: &str,
        holder: &[u8],
        lasting: Duration,
        room: Option<&[u8]>,
    ) -> impl Future<Output = sqlx::Result<bool>> + Send;

    fn end_lease(&self, account: &str, holder: &[u8]) -> impl Future<Output = sqlx::Result<()>> + Send;
}

/// How many accounts [`Database::not_under`] gives at once.
pub(crate) const BATCH: i64 = 500;

/// For SQL, which has no unsigned numbers. More than 292 million years are as many.
pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
