//! The audit trail of assistants' calls, and what they may send.

use sqlx::{query, query_as, query_scalar};

use super::{Store, execute, now, read, transaction};
use crate::Error;
use crate::audit::{Audited, SendCaps, SendPermit, ToolCall};
use crate::time::from_ms;

const DAY: i64 = 24 * 60 * 60 * 1000;

type Row = (i64, i64, Option<i64>, String, String, String, Option<String>, Option<String>, Option<i64>, Option<String>, i64);

impl Store {
    pub(crate) async fn record_call(&self, call: &ToolCall) -> Result<i64, Error> {
        let sql = concat!(
            "INSERT INTO reachout_outbox_audit (started_at, client, session, tool, account, arguments) VALUES (",
            now!(),
            ", $1, $2, $3, $4, $5) RETURNING id"
        );
        let ToolCall { client, session, tool, account, arguments } = call;
        Ok(transaction!(self, |transaction| {
            query_scalar(sql).bind(client).bind(session).bind(tool).bind(account).bind(arguments).fetch_one(&mut *transaction).await?
        }))
    }

    pub(crate) async fn finish_call(&self, id: i64, message: Option<i64>, result: &str) -> Result<(), Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_audit SET finished_at = ",
            now!(),
            ", message = COALESCE($1, message), result = $2 WHERE id = $3"
        );
        execute!(self, query(sql).bind(message).bind(result).bind(id));
        Ok(())
    }

    pub(crate) async fn permit_call(&self, id: i64, message: i64, caps: SendCaps) -> Result<SendPermit, Error> {
        let known = "SELECT EXISTS (SELECT 1 FROM reachout_outbox_audit WHERE message = $1 AND permitted = 1)";
        let session = "SELECT COUNT(*) FROM reachout_outbox_audit WHERE permitted = 1
            AND session = (SELECT session FROM reachout_outbox_audit WHERE id = $1)";
        let day = "SELECT COUNT(*) FROM reachout_outbox_audit WHERE permitted = 1 AND started_at >= $1";
        let permit = "UPDATE reachout_outbox_audit SET permitted = 1, message = $1 WHERE id = $2";
        let midnight = self.now().await? / DAY * DAY;
        Ok(transaction!(self, |transaction| {
            query(self.turn()).bind("reachout_outbox_audit").execute(&mut *transaction).await?;
            if query_scalar(known).bind(message).fetch_one(&mut *transaction).await? {
                return Ok(SendPermit::Permitted);
            }
            let sent: i64 = query_scalar(session).bind(id).fetch_one(&mut *transaction).await?;
            if sent >= i64::from(caps.session) {
                return Ok(SendPermit::SessionFull);
            }
            let sent: i64 = query_scalar(day).bind(midnight).fetch_one(&mut *transaction).await?;
            if sent >= i64::from(caps.day) {
                return Ok(SendPermit::DayFull);
            }
            query(permit).bind(message).bind(id).execute(&mut *transaction).await?;
            SendPermit::Permitted
        }))
    }

    pub(crate) async fn audit(&self, before: Option<i64>, most: u32) -> Result<Vec<Audited>, Error> {
        let sql = "SELECT id, started_at, finished_at, client, session, tool, account, arguments, message, result, permitted
            FROM reachout_outbox_audit WHERE id < $1 ORDER BY id DESC LIMIT $2";
        let before = before.unwrap_or(i64::MAX);
        let rows: Vec<Row> = read!(self, |pool| query_as(sql).bind(before).bind(i64::from(most)).fetch_all(pool).await?);
        let audited = |(id, started_at, finished_at, client, session, tool, account, arguments, message, result, permitted): Row| Audited {
            id,
            started_at: from_ms(started_at),
            finished_at: finished_at.map(from_ms),
            client,
            session,
            tool,
            account,
            arguments,
            message,
            result,
            permitted: permitted != 0,
        };
        Ok(rows.into_iter().map(audited).collect())
    }
}
