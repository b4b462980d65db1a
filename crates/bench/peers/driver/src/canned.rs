//! The responses, in the form that Leonar documents.

/// Id of the message that is sent.
pub const ID: &str = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

/// The response to a message.
pub const MESSAGE: &str = concat!(
    r#"{"data":{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","conversation_id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","#,
    r#""direction":"outbound","content":"Hi Sophie, I came across your profile and thought you might be interested...","#,
    r#""sent_at":"2023-11-07T05:31:56Z","channel":"email","contact":null}}"#
);

/// A page of so many whole contacts.
pub fn contacts(count: usize) -> Vec<u8> {
    let contacts: Vec<String> = (0..count).map(contact).collect();
    format!(r#"{{"data":[{}],"meta":{{"total":{count},"limit":{count},"offset":0,"has_more":false}}}}"#, contacts.join(",")).into_bytes()
}

fn contact(index: usize) -> String {
    let fields = concat!(
        r#""first_name":"Sophie","last_name":"Martin","title":"Senior Software Engineer","current_company":"Doctolib","#,
        r#""location":"Paris, France","linkedin_profile":"https://www.linkedin.com/in/sophie-martin","#,
        r#""emails":[{"email":"sophie@doctolib.com","type":"work"}],"phones":[{"phone":"+33612345678","type":"personal"}],"#,
        r#""tags":["frontend","senior"],"global_status":"new","source":"linkedin","summary":null,"#,
        r#""skills":["React","TypeScript","Node.js"],"languages":["French","English"],"years_experience":8,"#,
        r#""do_not_contact":false,"created_at":"2025-01-15T10:30:00Z","updated_at":"2025-01-20T14:00:00Z","#,
        r#""last_contacted_at":null,"archived_at":null"#
    );
    format!(r#"{{"id":"a1b2c3d4-5678-90ab-cdef-{index:012x}",{fields}}}"#)
}
