//! Messages by whom they are for.

use reachout_messenger::Vendor;
use sqlx::query_scalar;

use super::{Store, read};
use crate::Error;

impl Store {
    /// The ids of messages whose content has this text, which is in small letters.
    pub(crate) async fn with_content(&self, vendor: Vendor, text: &str) -> Result<Vec<i64>, Error> {
        let sql = "SELECT id FROM reachout_outbox_messages WHERE vendor = $1 AND LOWER(content) LIKE $2 ESCAPE '!' ORDER BY id";
        let pattern = format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
        Ok(read!(self, |pool| query_scalar(sql).bind(vendor.id()).bind(pattern).fetch_all(pool).await?))
    }
}
