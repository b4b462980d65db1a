//! What is asked about campaigns.

use sqlx::{query_as, query_scalar};

use super::{Place, read_sequence};
use crate::campaign::{Campaign, StepReport, VariantReport};
use crate::store::{Store, read};
use crate::time::from_ms;
use crate::{Error, State};

type CampaignRow = (i64, String, String, Option<String>, i64, bool);
type VariantRow = (i64, i64, i64, i64, i64);

/// The vendor's clock may differ from the database's by so much.
const SKEW_MS: i64 = 120_000;

const CAMPAIGNS: &str = "SELECT c.id, c.name, c.sequence, c.reason, c.created_at, EXISTS (SELECT 1 FROM reachout_outbox_pauses p
        WHERE p.campaign = c.name AND p.vendor = '' AND p.credential = '' AND LENGTH(p.key_hash) = 0 AND p.address = '')
    FROM reachout_outbox_campaigns c WHERE ($1 IS NULL OR c.name = $1) ORDER BY c.id";
/// A reply is counted for the last step that was accepted before it.
const VARIANTS: &str = "SELECT m.step, m.variant, COUNT(*), CAST(SUM(CASE m.state WHEN 'accepted' THEN 1 ELSE 0 END) AS BIGINT),
        CAST(SUM(CASE WHEN m.state = 'accepted' AND e.stopped = 'replied' AND NOT EXISTS (SELECT 1 FROM reachout_outbox_messages n
            WHERE n.enrolment = m.enrolment AND n.step = m.step + 1 AND n.state = 'accepted') THEN 1 ELSE 0 END) AS BIGINT)
    FROM reachout_outbox_messages m JOIN reachout_outbox_enrolments e ON e.id = m.enrolment
    WHERE m.campaign = $1 GROUP BY m.step, m.variant ORDER BY m.step, m.variant";

impl Store {
    /// The campaigns, or the one with a name, by the time at which they were made.
    pub(crate) async fn campaigns(&self, name: Option<&str>) -> Result<Vec<Campaign>, Error> {
        let rows: Vec<CampaignRow> = read!(self, |pool| query_as(CAMPAIGNS).bind(name).fetch_all(pool).await?);
        let mut campaigns = Vec::with_capacity(rows.len());
        for (id, name, json, reason, created_at, paused) in rows {
            let sequence = read_sequence(&name, &json)?;
            let steps = self.steps(id, sequence.steps.len()).await?;
            let people = "SELECT COUNT(*) FROM reachout_outbox_enrolments WHERE campaign = $1";
            let people: i64 = read!(self, |pool| query_scalar(people).bind(id).fetch_one(pool).await?);
            let stopped = self.stopped_counts(id).await?;
            campaigns.push(Campaign {
                name,
                sequence,
                paused,
                reason,
                created_at: from_ms(created_at),
                people: counted(people),
                stopped,
                steps,
            });
        }
        Ok(campaigns)
    }

    /// The conversation of the step before this one, and since when what its recipient writes is a reply, in milliseconds since 1970.
    pub(crate) async fn step_before(&self, place: Place) -> Result<(Option<String>, i64), Error> {
        let sql = "SELECT m.conversation, COALESCE((SELECT MAX(a.started_at) FROM reachout_outbox_attempts a WHERE a.message = m.id), m.changed_at) - $3,
                e.resumed_at FROM reachout_outbox_messages m JOIN reachout_outbox_enrolments e ON e.id = m.enrolment
            WHERE m.enrolment = $1 AND m.step = $2";
        let row: Option<(Option<String>, i64, i64)> =
            read!(self, |pool| query_as(sql).bind(place.enrolment).bind(place.step - 1).bind(SKEW_MS).fetch_optional(pool).await?);
        // Where the step before is not known, all that they wrote counts.
        Ok(row.map_or((None, 0), |(conversation, begun, resumed)| (conversation, begun.max(resumed))))
    }

    /// How many messages of each step are in which state.
    pub(super) async fn step_counts(&self, campaign: i64) -> Result<Vec<(i64, State, u64)>, Error> {
        let sql = "SELECT step, state, COUNT(*) FROM reachout_outbox_messages WHERE campaign = $1 GROUP BY step, state ORDER BY step";
        let rows: Vec<(i64, String, i64)> = read!(self, |pool| query_as(sql).bind(campaign).fetch_all(pool).await?);
        Ok(rows.into_iter().filter_map(|(step, state, count)| Some((step, state.parse().ok()?, counted(count)))).collect())
    }

    /// How many people's sequences ended for which reason, the most frequent first.
    pub(super) async fn stopped_counts(&self, campaign: i64) -> Result<Vec<(String, u64)>, Error> {
        let sql = "SELECT stopped, COUNT(*) FROM reachout_outbox_enrolments WHERE campaign = $1 AND stopped IS NOT NULL
            GROUP BY stopped ORDER BY COUNT(*) DESC, stopped";
        let rows: Vec<(String, i64)> = read!(self, |pool| query_as(sql).bind(campaign).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(reason, count)| (reason, counted(count))).collect())
    }

    async fn steps(&self, campaign: i64, number: usize) -> Result<Vec<StepReport>, Error> {
        let mut steps: Vec<_> = (0..number).map(|_| StepReport { counts: Vec::new() }).collect();
        for (step, state, count) in self.step_counts(campaign).await? {
            if let Some(step) = usize::try_from(step - 1).ok().and_then(|index| steps.get_mut(index)) {
                step.counts.push((state, count));
            }
        }
        Ok(steps)
    }

    /// The variants of a campaign's steps that have several, compared.
    pub(crate) async fn variants(&self, name: &str) -> Result<Option<Vec<VariantReport>>, Error> {
        let Some((id, sequence)) = self.find_campaign(name).await? else { return Ok(None) };
        let rows: Vec<VariantRow> = read!(self, |pool| query_as(VARIANTS).bind(id).fetch_all(pool).await?);
        let variant = |(step, variant, messages, accepted, replied): VariantRow| {
            let place = usize::try_from(step).ok()?;
            let templates = &sequence.steps.get(place.checked_sub(1)?)?.templates;
            let template = templates.get(usize::try_from(variant).ok()?.checked_sub(1)?).filter(|_| templates.len() > 1)?;
            let (messages, accepted, replied) = (counted(messages), counted(accepted), counted(replied));
            Some(VariantReport { step: place, template: template.name().to_owned(), messages, accepted, replied })
        };
        Ok(Some(rows.into_iter().filter_map(variant).collect()))
    }
}

fn counted(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
