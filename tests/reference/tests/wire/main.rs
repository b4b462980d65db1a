//! Every operation of every vendor, called with its documented values by our client and by progenitor's.

mod difference;
mod mutations;

use std::collections::BTreeSet;

use difference::{Difference, between_requests, between_values, query, segments};
use reachout_document::Document;
use reachout_reference::{Content, IS_FULL, Send, clients, find};
use reachout_tests::{
    Documented, Received, Wire,
    calls::{self, Call, Calls},
    collect,
};

const CREDENTIAL: &str = "reference-test-credential";

/// What differs, where, and why.
const KNOWN: &[(&str, In, &str)] = &[
    ("credential", In::Every, "progenitor leaves it to the HTTP client that it is given"),
    ("header user-agent", In::Every, "ours names the client and its version"),
    ("header api-version", In::Every, "progenitor sends the version of the document, which no vendor asks for"),
    ("number in the query", In::Some, "a number is a float at progenitor, and a whole one gets `.0`; ours is sent as it was written"),
    ("form of several parts", In::Some, "progenitor has none: it is given the fields as JSON"),
    ("length of no body", In::Some, "progenitor does not say that a POST has no body, which some servers refuse"),
    (
        "undocumented fields",
        In::These(&["sendpilot create_leads"]),
        "columns of a lead are the user's own, and progenitor's type drops what is not documented",
    ),
    (
        "undocumented fields",
        In::These(&[
            "highlevel create_conversation_ai_action",
            "highlevel list_conversation_ai_actions",
            "highlevel get_conversation_ai_action",
            "highlevel update_conversation_ai_action",
            "highlevel update_conversation_ai_followup_settings",
            "highlevel list_voice_ai_calls",
            "highlevel get_voice_ai_call",
        ]),
        "of alternatives that nothing decides between, progenitor takes the first that decodes; ours the one that knows most of the fields",
    ),
];

/// The operations that a known difference is of.
#[derive(Clone, Copy)]
enum In {
    /// All of them, by nature: what differs in nothing else is equal.
    Every,
    /// Those with such a parameter or body.
    Some,
    /// These alone.
    These(&'static [&'static str]),
}

#[tokio::test(flavor = "multi_thread")]
async fn both_clients_send_and_decode_the_same_but_for_what_is_known() {
    let (mut unknown, mut seen, mut compared) = (Vec::new(), BTreeSet::new(), BTreeSet::from([String::new()]));
    for vendor in calls::all() {
        let (mut count, mut equal) = (0, 0);
        for call in &vendor.calls {
            let operation = format!("{} {}", vendor.vendor.id, call.operation);
            let Some(theirs) = find(vendor.vendor.id, call.operation) else {
                assert!(!IS_FULL && is_behind_a_feature(&vendor, *call), "progenitor's client has no {operation}");
                continue;
            };
            let exchanges = exchanges(&vendor, *call, theirs).await.unwrap_or_else(|problem| panic!("{operation}: {problem}"));
            compared.insert(operation.clone());
            count += 1;
            let mut is_equal = true;
            for Difference { what, detail } in compare(&exchanges) {
                let row = KNOWN.iter().find(|(known, of, _)| match of {
                    In::These(operations) => *known == what && operations.contains(&operation.as_str()),
                    In::Every | In::Some => *known == what,
                });
                is_equal &= matches!(row, Some((_, In::Every, _)));
                match row {
                    Some((known, In::These(_), _)) => drop(seen.insert((*known, operation.clone()))),
                    Some((known, ..)) => drop(seen.insert((*known, String::new()))),
                    None => unknown.push(format!("{operation}: {what}: {detail}")),
                }
            }
            equal += usize::from(is_equal);
        }
        println!("{}: {count} of {} operations compared, {equal} equal", vendor.vendor.id, vendor.calls.len());
    }
    assert!(unknown.is_empty(), "{} differences that nobody knows:\n{}", unknown.len(), unknown.join("\n"));
    let rows = KNOWN.iter().flat_map(|(known, of, _)| {
        let operations = if let In::These(operations) = of { operations } else { &[""][..] };
        operations.iter().map(move |operation| (*known, (*operation).to_owned()))
    });
    let stale: Vec<_> = rows.filter(|row| compared.contains(&row.1) && !seen.contains(row)).collect();
    assert!(stale.is_empty(), "this does not differ any more: {stale:?}");
}

/// Whether an operation is behind a feature of its vendor's crate.
fn is_behind_a_feature(vendor: &Calls, call: Call) -> bool {
    let document = Document::embedded(vendor.openapi);
    let tag = document.operation(call.operation).map(|operation| &operation.node["tags"][0]);
    let tags = document.json()["tags"].as_array().into_iter().flatten();
    tags.into_iter().any(|one| Some(&one["name"]) == tag && one.get("x-feature").is_some())
}

/// What one client sent, and what it decoded of the response.
#[derive(Clone)]
struct Exchange {
    request: Received,
    response: Content,
}

/// One operation by both clients: ours first.
async fn exchanges(vendor: &Calls, call: Call, send: Send) -> Result<[Exchange; 2], Box<dyn std::error::Error>> {
    let documented = Documented::read(vendor.openapi, call.operation)?;
    let wire = Wire::start(vendor.vendor, &documented).await;
    let prepared = (call.call)(vendor.core(CREDENTIAL, &wire.url)?, &documented).map_err(|problem| problem.to_string())?;
    let ours = match prepared.await.map_err(|problem| problem.to_string())? {
        calls::Content::Json(json) => Content::Json(json.value),
        calls::Content::Bytes(stream) => Content::Bytes(collect(stream).await.into()),
        calls::Content::Empty => Content::Empty,
    };
    let theirs = send(wire.url.trim_end_matches('/')).await?;
    let received: Result<[Received; 2], _> = wire.received().try_into();
    let [one, other] = received.map_err(|received| format!("{} requests", received.len()))?;
    Ok([Exchange { request: one, response: ours }, Exchange { request: other, response: theirs }])
}

fn compare([ours, theirs]: &[Exchange; 2]) -> Vec<Difference> {
    let mut differences = between_requests(&ours.request, &theirs.request, CREDENTIAL);
    match (&ours.response, &theirs.response) {
        (Content::Json(ours), Content::Json(theirs)) => differences.extend(between_values("response", ours, theirs)),
        (ours, theirs) if ours == theirs => {}
        (ours, theirs) => differences.push(Difference { what: "response".to_owned(), detail: format!("{ours:?} and {theirs:?}") }),
    }
    differences
}

/// Ours escapes more characters than progenitor's. A backslash is left out: progenitor sends it as it is, and URLs make a slash of it.
#[tokio::test]
async fn a_server_reads_the_same_value_in_the_path_and_the_query_of_both() {
    for text in ["a/b", "a b", "ü", "100%", "%2F", "a?b#c", "a+b&c=d", "a;b,c:d@e", "~._-", "\"<>^`{|}", "..."] {
        let campaign = Documented::read(sendpilot::OPENAPI, "get_campaign").unwrap();
        let wire = Wire::start(&sendpilot::VENDOR, &campaign).await;
        let ours = sendpilot::Client::builder().credential(CREDENTIAL).base_url(&wire.url).build().unwrap();
        let theirs = clients::sendpilot::Client::new(wire.url.trim_end_matches('/'));
        ours.campaigns().get(text).await.unwrap();
        theirs.get_campaign(text).await.unwrap();
        let _ = ours.lead_database().list_filters().search(text).await;
        let _ = theirs.list_lead_database_filters(None, None, None, Some(text)).await;
        let read: Vec<_> = wire.received().iter().map(|request| (segments(request), query(request))).collect();
        let id = vec!["", "v1", "campaigns", text].into_iter().map(str::to_owned).collect::<Vec<_>>();
        let search = vec![("search".to_owned(), text.to_owned())];
        let filters = ["", "v1", "lead-database", "filters"].map(str::to_owned).to_vec();
        let expected = [(id.clone(), Vec::new()), (id, Vec::new()), (filters.clone(), search.clone()), (filters, search)];
        assert_eq!(read, expected, "{text}");
    }
}
