//! [`Messenger`]: one interface over the clients.

#[cfg(any(feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
mod highlevel;
#[cfg(feature = "leonar")]
mod leonar;
#[cfg(feature = "sendpilot")]
mod sendpilot;

use std::fmt;

use reachout_runtime::{BoxFuture, ClientBuilder, Core};

use crate::{Channel, Error, Found, Message, Person, Receipt, Recipient, Unsupported, Vendor, capability};

/// Sends messages through a vendor. The clients implement it, and a `Box<dyn Messenger>` is as good as one of them.
pub trait Messenger: fmt::Debug + Send + Sync {
    /// Who sends.
    fn vendor(&self) -> Vendor;

    /// Sends one message. What the vendor cannot do with it is an error before anything is sent.
    ///
    /// A message is not sent twice by retries; after an error, [`Error::delivery`] tells whether it was delivered.
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Receipt, Error>>;

    /// The recipient that a person is at the vendor; `None`: nobody there has what is known of them. It only reads.
    ///
    /// What is known is tried in the order email address, phone number, profile, and the first that somebody has decides:
    ///
    /// | | is found by | and is |
    /// |---|---|---|
    /// | Leonar | any of them, compared with the addresses of the contacts that the vendor's search returns | the contact's id |
    /// | SendPilot | the profile, which needs no contact and no request | the profile |
    /// | HighLevel, Hoop AI, Leadway CRM | email address or phone number in a location, by the vendor's own rule for duplicates | the contact's id |
    fn find<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Option<Recipient>, Error>> {
        let _ = person;
        let vendor = self.vendor();
        Box::pin(async move { Err(Unsupported::NoContacts { vendor }.into()) })
    }

    /// Creates the contact of a person, whether there is one or not. Use [`find_or_create`](Self::find_or_create).
    #[doc(hidden)]
    fn create<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Recipient, Error>> {
        let _ = person;
        let vendor = self.vendor();
        Box::pin(async move { Err(Unsupported::NoContacts { vendor }.into()) })
    }

    /// The recipient that a person is at the vendor, [found](Self::find) or created. Both keep to the vendor's rate limit.
    ///
    /// It is safe to repeat, after a crash too: what was created before is found. After an error whose [delivery](Error::delivery) is `Unknown` a
    /// contact may have been created; the next call finds it as soon as the vendor's search does. Two calls for one person at the same time may create
    /// two contacts at Leonar, which documents no rule for duplicates; HighLevel and its editions update the one that is there.
    fn find_or_create<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<Found, Error>> {
        Box::pin(async move {
            if let Some(recipient) = self.find(person).await? {
                return Ok(Found { recipient, created: false });
            }
            Ok(Found { recipient: self.create(person).await?, created: true })
        })
    }
}

/// By which channel the vendor sends a message, which may leave it out where the vendor has only one; or what the vendor cannot do with it.
/// [`Messenger::send`] asks the same before it sends.
pub fn check(vendor: Vendor, message: &Message) -> Result<Channel, Unsupported> {
    let takes: Result<(), Unsupported> = match vendor {
        #[cfg(feature = "leonar")]
        Vendor::Leonar => leonar::request(message).map(drop),
        #[cfg(feature = "sendpilot")]
        Vendor::SendPilot => sendpilot::request(message).map(drop),
        #[cfg(feature = "highlevel")]
        Vendor::HighLevel => highlevel::highlevel(message).map(drop),
        #[cfg(feature = "hoop-ai")]
        Vendor::HoopAi => highlevel::hoop_ai(message).map(drop),
        #[cfg(feature = "leadway")]
        Vendor::Leadway => highlevel::leadway(message).map(drop),
        #[allow(unreachable_patterns, reason = "reachable where a feature is off")]
        _ => Ok(()),
    };
    takes?;
    capability::channel(vendor, message)
}

/// A messenger whose credential comes from the vendor's environment variable: [`Vendor::credential_env`].
///
/// ```no_run
/// # async fn send() -> Result<(), reachout_messenger::Error> {
/// use reachout_messenger::{Channel, Message, Vendor};
///
/// let messenger = reachout_messenger::connect(Vendor::Leonar)?; // LEONAR_API_KEY
/// let message = Message::to("a1b2c3d4-5678-90ab-cdef-1234567890ab").channel(Channel::WhatsApp).text("Hi Sophie");
/// let receipt = messenger.send(&message).await?;
/// println!("{:?}", receipt.message_id());
/// # Ok(())
/// # }
/// ```
pub fn connect(vendor: Vendor) -> Result<Box<dyn Messenger>, Error> {
    let api = vendor.api().ok_or(Unsupported::NotCompiled { vendor })?;
    let core = ClientBuilder::<Core>::new(api.vendor).from_env()?.build()?;
    Ok(over(vendor, core)?)
}

/// A messenger over a client of that vendor which was configured elsewhere.
pub fn over(vendor: Vendor, core: Core) -> Result<Box<dyn Messenger>, Unsupported> {
    #[allow(unused_variables, reason = "used where a feature is on")]
    let core = core;
    match vendor {
        #[cfg(feature = "leonar")]
        Vendor::Leonar => Ok(Box::new(::leonar::Client::from(core))),
        #[cfg(feature = "sendpilot")]
        Vendor::SendPilot => Ok(Box::new(::sendpilot::Client::from(core))),
        #[cfg(feature = "highlevel")]
        Vendor::HighLevel => Ok(Box::new(::highlevel::Client::from(core))),
        #[cfg(feature = "hoop-ai")]
        Vendor::HoopAi => Ok(Box::new(::hoop_ai::Client::from(core))),
        #[cfg(feature = "leadway")]
        Vendor::Leadway => Ok(Box::new(::leadway::Client::from(core))),
        #[allow(unreachable_patterns, reason = "reachable where a feature is off, or where a vendor has no module here")]
        vendor if vendor.api().is_some() => Err(Unsupported::NoMessenger { vendor }),
        #[allow(unreachable_patterns, reason = "reachable where a feature is off")]
        vendor => Err(Unsupported::NotCompiled { vendor }),
    }
}

/// The contact's id, at vendors that know no other recipients.
#[cfg(any(feature = "leonar", feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
fn contact(vendor: Vendor, recipient: &crate::Recipient) -> Result<&str, Unsupported> {
    let wanted = "the id of a contact";
    match recipient {
        crate::Recipient::Contact(id) if id.is_empty() => {
            Err(Unsupported::Value { vendor, field: crate::Field::To, wanted, value: id.clone() })
        }
        crate::Recipient::Contact(id) => Ok(id),
        crate::Recipient::LinkedinProfile(url) => Err(Unsupported::Value { vendor, field: crate::Field::To, wanted, value: url.clone() }),
    }
}
