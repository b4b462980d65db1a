//! What the outbox says about a message that does not go through it.

use crate::refusal::Refusal;
use crate::resolved::Resolved;
use crate::time::from_ms;
use crate::{Envelope, Error, Outbox};

impl Outbox {
    /// By which the same message is known under whatever key: a digest of account, recipient, channel and content, with addresses in their
    /// canonical form. Its time, the recipient's time zone and further addresses do not count.
    pub fn fingerprint(&self, envelope: &Envelope) -> Result<[u8; 32], Error> {
        let resolved = Resolved::new(1, envelope, self.region)?;
        resolved.fingerprint().map_err(|error| Error::Other(format!("the message cannot be written as JSON: {error}")))
    }

    /// Why a message that is sent beside the outbox should not be sent now; nothing if it may be. What is queued is checked by the workers.
    ///
    /// The same counts as right before a queued message is sent: pauses, the suppression list, a sequence that was stopped, what the vendor's
    /// check refused, and the account's rules. `key`: the message's key, where it has one, by which a pause of its campaign finds it.
    pub async fn refusal(&self, envelope: &Envelope, key: Option<&str>) -> Result<Option<Refusal>, Error> {
        let resolved = Resolved::new(1, envelope, self.region)?;
        if let Some(refusal) = self.store.refusal(&resolved, key).await? {
            return Ok(Some(refusal));
        }
        let Envelope { account, message, time_zone, .. } = &resolved.envelope;
        let (rules, now) = (self.rules(account).await?, self.store.now().await?);
        if let Some(end) = rules.quiet_hours.as_ref().and_then(|quiet| quiet.end(now, time_zone.as_deref())) {
            return Ok(Some(Refusal::QuietHours(from_ms(end))));
        }
        for cap in rules.caps(now) {
            let used = self.store.used_of(account, message.from.as_deref().unwrap_or_default(), &cap.period).await?;
            if used >= i64::from(cap.limit) {
                return Ok(Some(Refusal::Cap(from_ms(cap.ends_at))));
            }
        }
        Ok(None)
    }
}
