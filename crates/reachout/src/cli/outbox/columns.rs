//! What the columns of a file mean, by their names and by what is in them.

use reachout_outbox::{Address, AddressError, AddressKind, Region};
use serde_json::Value;

use super::people::{People, Person};
use crate::cli::failure::Failure;

/// Names of columns with addresses, as [`folded`] has them.
const EMAIL: &str = "email emails emailaddress emailaddresses mail mails mailaddress workemail workmail personalemail privateemail \
    businessemail professionalemail primaryemail secondaryemail contactemail homeemail otheremail workemailaddress \
    personalemailaddress courriel adresseemail adressemail adressedemessagerie emailadresse mailadresse correo \
    correoelectronico correoelectrónico";
const PHONE: &str = "phone phones phonenumber phonenumbers tel telephone telephonenumber téléphone telefon telefonnummer telefono teléfono \
    mobile mobilephone mobilenumber mobilephonenumber cell cellphone cellphonenumber workphone workphonenumber homephone \
    businessphone directphone directdial primaryphone otherphone contactphone companyphone portable numerodetelephone \
    numérodetéléphone handy handynummer movil móvil whatsapp whatsappnumber whatsappphone sms";
const LINKEDIN: &str = "linkedin linkedinurl linkedinlink linkedinaddress linkedinprofile linkedinprofileurl linkedinprofilelink \
    linkedinpublicurl linkedinpublicprofile linkedinpublicprofileurl linkedinmemberurl personlinkedin personlinkedinurl \
    profile profileurl profilelink publicprofile publicprofileurl";
/// Names of columns with what a vendor calls the recipient.
const IDS: &str = "contactid leadid";
/// Columns whose meaning has nothing to do with the recipient's addresses.
const OTHERS: &str = "sender timezone channel reason";

/// A column's name as it is compared: `E-Mail_1` is `email`.
pub fn folded(name: &str) -> String {
    let plain: String = name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let plain = plain.strip_suffix("value").filter(|rest| rest.ends_with(|sign: char| sign.is_ascii_digit())).unwrap_or(&plain);
    let named = plain.trim_end_matches(|sign: char| sign.is_ascii_digit());
    if named.is_empty() { plain.to_owned() } else { named.to_owned() }
}

/// The first of these columns that a file has: by its name as it is, or else by what it is compared as.
pub fn first_of<'p>(people: &'p People, names: &[&str]) -> Option<&'p str> {
    let columns = || people.columns.iter().map(String::as_str);
    let alike = |name: &&str| columns().find(|column| folded(column) == folded(name));
    names.iter().find_map(|name| columns().find(|column| column == name)).or_else(|| names.iter().find_map(alike))
}

/// Whether a column is known to hold addresses.
pub fn holds_addresses(name: &str) -> bool {
    [EMAIL, PHONE, LINKEDIN].iter().any(|names| is_among(name, names))
}

/// Whether a column is known to hold profiles.
pub fn holds_profiles(name: &str) -> bool {
    is_among(name, LINKEDIN)
}

/// The first column that is known to hold addresses of a kind.
pub fn first_holding(people: &People, kind: AddressKind) -> Option<&str> {
    let names = match kind {
        AddressKind::Email => EMAIL,
        AddressKind::Phone => PHONE,
        AddressKind::Linkedin => LINKEDIN,
        _ => return None,
    };
    people.columns.iter().map(String::as_str).find(|column| is_among(column, names))
}

fn is_among(name: &str, names: &str) -> bool {
    let name = folded(name);
    names.split(' ').any(|known| known == name)
}

/// The columns of a file whose addresses count, and the region of its phone numbers.
pub struct Columns<'p> {
    pub addresses: Vec<&'p str>,
    pub ids: Vec<&'p str>,
    region: Option<Region>,
}

impl<'p> Columns<'p> {
    /// `used`: columns that are read for themselves; `data`: those that a person said hold no addresses.
    ///
    /// Another column with what looks like addresses is an error: nobody would look for them in the suppression list.
    pub fn of(people: &'p People, used: &[&str], data: &[String], region: Option<Region>) -> Result<Self, Failure> {
        if let Some(name) = data.iter().find(|name| !people.columns.contains(name)) {
            return Err(Failure::usage(format!(
                "--data-column: {} does not have a column `{name}`; it has {}",
                people.name,
                people.columns.join(", ")
            )));
        }
        let is_free = |column: &&str| !used.contains(column) && !data.iter().any(|name| name == column);
        let free = || people.columns.iter().map(String::as_str).filter(is_free);
        let (addresses, others): (Vec<_>, Vec<_>) = free().partition(|column| holds_addresses(column));
        let (ids, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|column| is_among(column, IDS));
        let unknown: Vec<_> = others.into_iter().filter(|column| !is_among(column, OTHERS)).collect();
        for person in people.rows().take_while(|_| !unknown.is_empty()) {
            let person = person?;
            let holding = |column: &&&str| person.fields.get(**column).is_some_and(|value| looks_like_one(value, region));
            if let Some(column) = unknown.iter().find(holding) {
                return Err(Failure::usage(format!(
                    "{} line {}: `{column}` looks like an address, and a column of this name is not looked up in the suppression list; \
                     name it `email`, `phone` or `linkedin_url`, or say --data-column {column:?} if it is none of the recipient's",
                    people.name, person.line
                )));
            }
        }
        Ok(Self { addresses, ids, region })
    }

    /// The addresses of somebody, or which cell holds none.
    pub fn read(&self, person: &Person) -> Result<Vec<Address>, String> {
        let mut all = Vec::new();
        for column in &self.addresses {
            for text in texts(person, column)? {
                all.extend(Address::parse_all(&text, self.region).map_err(|error| not_one(column, &text, error))?);
            }
        }
        for column in &self.ids {
            if let Some(text) = person.text(column) {
                all.push(Address::recipient(&text).map_err(|error| not_one(column, &text, error))?);
            }
        }
        Ok(all)
    }
}

/// A cell that holds no address.
pub fn not_one(column: &str, text: &str, error: AddressError) -> String {
    let hint = if error == AddressError::NationalPhone { " with --region" } else { "" };
    format!("`{column}`: {text:?} is {error}{hint}")
}

/// The texts of a field, which may be a list of them.
fn texts(person: &Person, column: &str) -> Result<Vec<String>, String> {
    let Some(Value::Array(values)) = person.fields.get(column) else {
        return match person.fields.get(column) {
            Some(Value::Object(_)) => Err(format!("`{column}` is an object, and a text or a list of texts is expected")),
            _ => Ok(person.text(column).into_iter().collect()),
        };
    };
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("`{column}` holds something else than texts")),
    };
    values.iter().filter(|value| !value.is_null() && value.as_str() != Some("")).map(text).collect()
}

fn looks_like_one(value: &Value, region: Option<Region>) -> bool {
    match value {
        Value::String(text) => is_one(text, region) || text.split_whitespace().next().is_some_and(|first| is_one(first, region)),
        Value::Array(values) => values.iter().any(|value| looks_like_one(value, region)),
        Value::Object(fields) => fields.values().any(|value| looks_like_one(value, region)),
        _ => false,
    }
}

/// Whether a whole cell is an address. A vendor's id cannot be told from any other code.
fn is_one(text: &str, region: Option<Region>) -> bool {
    let digits = text.chars().filter(|sign| sign.is_numeric()).count();
    // Most cells end here.
    if !text.contains(['@', '＠', '/']) && digits < 7 {
        return false;
    }
    match Address::parse_all(text, region) {
        Ok(all) => all.iter().any(|address| address.kind() != AddressKind::Id),
        // As numbers are dialled within a country: any others may be amounts and codes.
        Err(AddressError::NationalPhone) => text.trim_start_matches(['(', ' ']).starts_with('0') && (9..=11).contains(&digits),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{folded, holds_addresses, holds_profiles, is_one};

    #[test]
    fn names_of_columns() {
        for name in [
            "email",
            "Email",
            "E-Mail",
            "Email Address",
            "e_mail",
            "EMAIL_ADDRESS",
            "mail",
            "Work Email",
            "E-mail 1 - Value",
            "email2",
            "Phone Number",
            "Téléphone",
            "Te\u{301}le\u{301}phone",
            "Mobile",
            "LinkedIn URL",
            "Person Linkedin Url",
            "Profile",
            "\u{feff}Email",
            "Linkedin-Profile",
        ] {
            assert!(holds_addresses(name), "{name} is {}", folded(name));
        }
        for name in ["first_name", "company", "id", "email_status", "2", "company_linkedin_url"] {
            assert!(!holds_addresses(name), "{name}");
        }
        assert!(holds_profiles("LinkedIn Profile") && !holds_profiles("Email"));
    }

    #[test]
    fn what_looks_like_an_address() {
        let region = "FR".parse().ok();
        for text in ["a@example.com", "Ann <a@example.com>", "linkedin.com/in/ann", "+33 6 12 34 56 78", "06 12 34 56 78", "0033612345678"]
        {
            assert!(is_one(text, None) && is_one(text, region), "{text}");
        }
        for text in [
            "Ann",
            "1 000 000",
            "2026-11-30",
            "https://example.com/jobs/1",
            "a1b2c3d4-5678-90ab-cdef-1234567890ab",
            "call a@example.com",
            "75008",
        ] {
            assert!(!is_one(text, None) && !is_one(text, region), "{text}");
        }
    }
}
