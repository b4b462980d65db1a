//! Finding people, and creating those who are not there.

use reachout_messenger::{Delivery, Error, Message, Messenger, Person, Recipient, Unsupported, Vendor};
use reachout_mocks::Mocks;
use serde_json::json;

use crate::CONTACT;

const OTHER: &str = "00000000-0000-4000-8000-000000000002";

fn contact(id: &str) -> Recipient {
    Recipient::Contact(id.to_owned())
}

/// Leonar searches free text: whom it returns is compared with what is known.
#[tokio::test]
async fn leonar_finds_by_address_and_not_by_what_looks_like_it() {
    let mocks = Mocks::<leonar::Client>::start();
    let client = mocks.client();
    let page = json!({
        "data": [
            { "id": OTHER, "emails": [{ "email": "sophie@example.com.au" }], "phones": [{ "phone": "+336123456789" }],
              "linkedin_profile": "https://www.linkedin.com/in/sophie-martin-2" },
            { "id": CONTACT, "emails": [{ "email": "home@example.org" }, { "email": "Sophie@Example.com" }],
              "phones": [{ "phone": "+33 6 12 34 56 78" }], "linkedin_profile": "https://linkedin.com/in/Sophie-Martin/" },
        ],
        "meta": { "total": 2, "has_more": false },
    });
    mocks.any(&leonar::routes::LIST_CONTACTS).json(200, &page);
    let people = [
        (Person::new().email(" sophie@example.com"), Some(CONTACT)),
        (Person::new().phone("+33612345678"), Some(CONTACT)),
        (Person::new().linkedin_profile("https://www.linkedin.com/in/sophie-martin"), Some(CONTACT)),
        (Person::new().email("nobody@example.com").phone("+33612345678"), Some(CONTACT)),
        (Person::new().email("sophie@example.co"), None),
        (Person::new().phone("12345678"), None),
    ];
    for (person, expected) in people {
        assert_eq!(client.find(&person).await.unwrap(), expected.map(contact), "{person:?}");
    }
    let error = client.find(&Person::new().first_name("Sophie")).await.unwrap_err();
    assert_eq!(error.to_string(), "Leonar needs an email address, a phone number or a LinkedIn profile to find or create a contact");
}

#[tokio::test]
async fn who_is_not_there_is_created_once() {
    let mocks = Mocks::<leonar::Client>::start();
    let client = mocks.client();
    let person = Person::new().email("sophie@example.com").first_name("Sophie").last_name("Martin");
    let nobody = mocks.any(&leonar::routes::LIST_CONTACTS).json(200, json!({ "data": [], "meta": { "total": 0 } }));
    let request = leonar::types::CreateContactRequest::new("Sophie").last_name("Martin").email("sophie@example.com");
    let created = mocks.on(client.contacts().create(request)).json(200, json!({ "data": { "id": CONTACT } }));
    let found = client.find_or_create(&person).await.unwrap();
    assert_eq!((found.recipient, found.created), (contact(CONTACT), true));
    created.assert();
    nobody.assert();
    let error = client.find_or_create(&Person::new().email("sophie@example.com")).await.unwrap_err();
    assert_eq!(
        (error.delivery(), error.to_string()),
        (Delivery::NotSent, "Leonar needs the first name to find or create a contact".to_owned())
    );
}

#[tokio::test]
async fn highlevel_looks_in_a_location_by_its_own_rule() {
    let mocks = Mocks::<highlevel::Client>::start();
    let client = mocks.client();
    let person = Person::new().email("sophie@example.com").phone("+33612345678").location_id("loc");
    mocks.on(client.contacts().get_duplicate("loc").email("sophie@example.com")).json(200, json!({ "contact": null }));
    let phone = mocks.on(client.contacts().get_duplicate("loc").number("+33612345678")).json(200, json!({ "contact": { "id": "c1" } }));
    let found = client.find_or_create(&person).await.unwrap();
    assert_eq!((found.recipient, found.created), (contact("c1"), false));
    phone.assert();

    let person = Person::new().email("sophie@example.com").first_name("Sophie").location_id("loc");
    let request = highlevel::types::UpsertContactRequest::new("loc").email("sophie@example.com").first_name("Sophie");
    let upsert = mocks.on(client.contacts().upsert(request)).json(200, json!({ "new": true, "contact": { "id": "c2" } }));
    let found = client.find_or_create(&person).await.unwrap();
    assert_eq!((Message::to(found.recipient).to, found.created), (contact("c2"), true));
    upsert.assert();
    let error = client.find(&Person::new().email("sophie@example.com")).await.unwrap_err();
    assert_eq!(error.to_string(), "HighLevel needs the id of a location to find or create a contact");
}

/// No mock is asked: a profile is written to as it is.
#[tokio::test]
async fn sendpilot_needs_no_contact() {
    let mocks = Mocks::<sendpilot::Client>::start();
    let client = mocks.client();
    let url = "https://www.linkedin.com/in/john-doe";
    let found = client.find_or_create(&Person::new().linkedin_profile(url)).await.unwrap();
    assert_eq!((found.recipient, found.created), (Recipient::LinkedinProfile(url.to_owned()), false));
    let error = client.find(&Person::new().email("john@example.com")).await.unwrap_err();
    assert!(matches!(error, Error::Unsupported(Unsupported::Person { vendor: Vendor::SendPilot, .. })), "{error}");
}
