//! What a program does with campaigns.

use std::iter::zip;

use super::{Campaign, Openings, Person, Sequence, SequenceError, VariantReport};
use crate::clients::Clients;
use crate::entry::Filter;
use crate::envelope::Batch;
use crate::store::NewPerson;
use crate::time::from_ms;
use crate::{Accounts, DateTime, Eligibility, Envelope, Error, Outbox, Region, Utc, Verdict};

/// How many people are written by one statement.
const CHUNK: usize = 250;

impl Outbox {
    /// Adds people to a campaign of a sequence, which is made where there is none of its name: all of them, or none.
    ///
    /// Whoever is in it already is left as they are. What cannot be written or sent to one of them is an error that names their place. With
    /// `held`, the first message of each waits for [`approve`](Self::approve).
    ///
    /// ```no_run
    /// # async fn example(outbox: &reachout_outbox::Outbox) -> Result<(), Box<dyn std::error::Error>> {
    /// use reachout_outbox::{Person, Sequence};
    ///
    /// let sequence = Sequence::read("roles-in-paris.yaml")?;
    /// let people = [Person::new("a1b2c3d4-5678-90ab-cdef-1234567890ab").field("first_name", "Ada").time_zone("Europe/Paris")];
    /// outbox.add_people(&sequence, people, false).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn add_people(
        &self,
        sequence: &Sequence,
        people: impl IntoIterator<Item = Person, IntoIter: Send>,
        held: bool,
    ) -> Result<Batch, Error> {
        let region = self.region;
        let mut people = zip(1.., people).map(|(number, person)| NewPerson::of(number, sequence, person, &[], region));
        let chunks = std::iter::from_fn(|| {
            let chunk: Result<Vec<_>, _> = people.by_ref().take(CHUNK).collect();
            Some(chunk).filter(|chunk| !matches!(chunk, Ok(people) if people.is_empty()))
        });
        self.store.enrol(sequence, held, chunks).await
    }

    /// What a vendor says about the recipient of a message, as right before it is sent: whether the account works, and they may be written to.
    pub async fn ask(&self, accounts: &dyn Accounts, eligibility: &dyn Eligibility, envelope: &Envelope) -> Result<Verdict, Error> {
        let account = &envelope.account;
        let (rules, budgets) = (self.rules(account).await?, self.budgets());
        let client = accounts.open(account, Clients { account, rules: &rules, budgets: &budgets }).await?;
        eligibility.check(&client, envelope).await
    }

    /// The campaigns, the oldest first.
    pub async fn campaigns(&self) -> Result<Vec<Campaign>, Error> {
        self.store.campaigns(None).await
    }

    /// The campaign with a name.
    pub async fn campaign(&self, name: &str) -> Result<Campaign, Error> {
        self.store.campaigns(Some(name)).await?.pop().ok_or_else(|| SequenceError::Unknown(name.to_owned()).into())
    }

    /// The variants of the steps of a campaign that have several, compared.
    pub async fn variants(&self, name: &str) -> Result<Vec<VariantReport>, Error> {
        self.store.variants(name).await?.ok_or_else(|| SequenceError::Unknown(name.to_owned()).into())
    }

    /// Sends nothing more of a campaign until [`resume_campaign`](Self::resume_campaign): how many messages it holds.
    pub async fn pause_campaign(&self, name: &str) -> Result<u64, Error> {
        let campaign = self.campaign(name).await?;
        self.store.pause_messages(&Filter::all().campaign(campaign.name)).await
    }

    /// Goes on with a campaign, also where it paused by itself: how many messages it held.
    pub async fn resume_campaign(&self, name: &str) -> Result<u64, Error> {
        if !self.store.forgive(name).await? {
            return Err(SequenceError::Unknown(name.to_owned()).into());
        }
        self.store.resume_messages(&Filter::all().campaign(name)).await
    }
}

impl Sequence {
    /// Whether somebody can be written to by each step: what is missing is an error. `columns`: what is known of anybody, to tell an empty field
    /// from a wrong name.
    pub fn check_person(&self, person: &Person, columns: &[String], region: Option<Region>) -> Result<(), Error> {
        NewPerson::of(1, self, person.clone(), columns, region).map(drop)
    }

    /// What somebody would get, and when each step would leave, if they were added at `now` and each message were accepted at its time; rate
    /// limits and caps of the accounts come on top. `index`: how many people are added before them.
    pub fn forecast(
        &self,
        person: &Person,
        region: Option<Region>,
        now: DateTime<Utc>,
        index: usize,
    ) -> Result<Vec<(DateTime<Utc>, Envelope)>, Error> {
        let new = NewPerson::of(1, self, person.clone(), &[], region)?;
        let zone = person.time_zone.as_deref();
        let now = now.timestamp_millis();
        let mut openings = Openings::new(self, now, None);
        let mut at = (0..=index).fold(now, |_, _| openings.next(zone));
        let mut steps = Vec::with_capacity(self.steps.len());
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                at = self.calendar.due(at, step.after, self.same_day, zone);
            }
            steps.push((from_ms(at), self.message(index, new.enrolled(), None, &[]).map_err(Error::Other)?));
        }
        Ok(steps)
    }
}
