//! [`Resolved`]: an envelope whose addresses and channel are settled.

use reachout_messenger::{Message, Recipient};
use sha2::{Digest as _, Sha256};

use crate::address::{Address, AddressError, AddressKind, Region};
use crate::{Envelope, Error};

/// An envelope as it is queued: the channel is named, addresses are spelled as the vendor takes them, and all that it reaches is known.
pub(crate) struct Resolved {
    pub(crate) envelope: Envelope,
    pub(crate) recipient: Address,
    /// The recipient's own addresses, and those that the envelope adds.
    pub(crate) own: Vec<Address>,
    /// Those of everybody who gets a copy.
    pub(crate) copies: Vec<Address>,
    /// As the message is compared with another under the same key: with canonical addresses.
    compared: Message,
}

impl Resolved {
    /// `number`: the message's place in what is queued, from 1.
    pub(crate) fn new(number: usize, envelope: &Envelope, region: Option<Region>) -> Result<Self, Error> {
        let wrong = |field| move |source| Error::Recipient { number, field, source };
        let mut envelope = envelope.clone();
        let message = &mut envelope.message;
        let recipient = match &message.to {
            Recipient::Contact(text) | Recipient::LinkedinProfile(text) => Address::recipient(text).map_err(wrong("recipient"))?,
            _ => return Err(wrong("recipient")(AddressError::Recipient)),
        };
        let mut compared = message.clone();
        message.to = to(&recipient, recipient.spelled());
        compared.to = to(&recipient, recipient.as_str());
        let mut own = vec![recipient.clone()];
        if let Some(text) = &message.to_address {
            let address = Address::parse(text, region).and_then(reachable).map_err(wrong("recipient address"))?;
            compared.to_address = Some(address.to_string());
            message.to_address = Some(address.spelled().to_owned());
            own.push(address);
        }
        if let Some(lead) = &message.sendpilot.lead_id {
            own.push(Address::recipient(lead).map_err(wrong("lead"))?);
        }
        for text in &envelope.addresses {
            own.extend(Address::parse_all(text, region).map_err(wrong("further address"))?);
        }
        let mut copies = Vec::new();
        for (field, list, canonical) in [("cc", &mut message.cc, &mut compared.cc), ("bcc", &mut message.bcc, &mut compared.bcc)] {
            let emails = emails(list).map_err(wrong(field))?;
            *list = emails.iter().map(|email| email.spelled().to_owned()).collect();
            *canonical = emails.iter().map(Address::to_string).collect();
            copies.extend(emails);
        }
        #[cfg(any(feature = "highlevel", feature = "leadway"))]
        if let Some((forward, canonical)) = message.highlevel.forward.as_mut().zip(compared.highlevel.forward.as_mut()) {
            if let Some(text) = &forward.to_email {
                let email = Address::parse(text, region).and_then(email).map_err(wrong("address to forward to"))?;
                canonical.to_email = Some(email.to_string());
                forward.to_email = Some(email.spelled().to_owned());
                copies.push(email);
            }
            if let Some(contact) = &forward.recipient_contact_id {
                copies.push(Address::recipient(contact).map_err(wrong("contact to forward to"))?);
            }
        }
        let channel = reachout_messenger::check(envelope.account.vendor, message).map_err(|source| Error::Message { number, source })?;
        (message.channel, compared.channel) = (Some(channel), Some(channel));
        envelope.addresses = own.iter().skip(1).map(Address::to_string).collect();
        Ok(Self { envelope, recipient, own, copies, compared })
    }

    /// By which another message is known that was queued under the same key. Its time and its further addresses do not count.
    pub(crate) fn fingerprint(&self) -> Result<[u8; 32], serde_json::Error> {
        let Envelope { account, sequence, .. } = &self.envelope;
        let asked = serde_json::to_vec(&(account.vendor, &account.credential, &self.compared, sequence))?;
        Ok(Sha256::digest(asked).into())
    }
}

fn to(address: &Address, text: &str) -> Recipient {
    match address.kind() {
        AddressKind::Linkedin => Recipient::LinkedinProfile(text.to_owned()),
        _ => Recipient::Contact(text.to_owned()),
    }
}

fn emails(list: &[String]) -> Result<Vec<Address>, AddressError> {
    let mut all = Vec::new();
    for text in list {
        for address in Address::parse_all(text, None)? {
            all.push(email(address)?);
        }
    }
    Ok(all)
}

fn email(address: Address) -> Result<Address, AddressError> {
    if address.kind() == AddressKind::Email { Ok(address) } else { Err(AddressError::Email) }
}

/// One that a message is sent to: an email address or a phone number.
fn reachable(address: Address) -> Result<Address, AddressError> {
    if matches!(address.kind(), AddressKind::Email | AddressKind::Phone) { Ok(address) } else { Err(AddressError::Unknown) }
}
