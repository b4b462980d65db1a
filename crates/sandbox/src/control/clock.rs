//! The sandbox's time.

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::refused::{Refused, Shared, SharedServer, bad};
use crate::clock::ClockReading;
use crate::duration;

pub(super) fn router() -> Router<SharedServer> {
    Router::new().route("/_sandbox/clock", get(read).post(change))
}

/// What is to become of the time.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ClockChange {
    /// Until this time.
    set: Option<DateTime<Utc>>,
    /// By this duration, such as `3d` or `2h 30m`.
    advance: Option<String>,
    /// Seconds of the sandbox in a second outside.
    speed: Option<f64>,
}

async fn read(State(server): Shared) -> Json<ClockReading> {
    Json(server.reading())
}

/// Changes the speed and then moves the time, and returns when all that was due until then has happened.
async fn change(State(server): Shared, change: Result<Json<ClockChange>, JsonRejection>) -> Result<Json<ClockReading>, Refused> {
    let Json(change) = change?;
    let time = match (change.set, change.advance.as_deref()) {
        (Some(_), Some(_)) => return Err(bad("advance: it goes with `speed`, not with `set`")),
        (Some(time), None) => Some(time),
        (None, Some(text)) => {
            let duration = duration::parse(text).map_err(|problem| bad(format!("advance: {problem}")))?;
            let duration = TimeDelta::from_std(duration).ok();
            Some(
                duration
                    .and_then(|duration| server.clock.now().checked_add_signed(duration))
                    .ok_or_else(|| bad("advance: there is no time so late"))?,
            )
        }
        (None, None) => None,
    };
    if let Some(speed) = change.speed {
        server.set_clock_speed(speed).map_err(|problem| bad(format!("speed: {problem}")))?;
    }
    if let Some(time) = time {
        server.move_clock(time).map_err(|problem| bad(format!("set: {problem}")))?;
    }
    Ok(Json(server.reading()))
}
