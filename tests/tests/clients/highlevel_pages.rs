//! Every way in which HighLevel's lists page, from the first item to the last: what is requested, and that nothing else is. The vendor refuses a
//! parameter that an operation does not declare (422).

use futures_util::TryStreamExt as _;
use highlevel::{Client, types};
use reachout_runtime::RetryPolicy;
use reachout_tests::Script;
use serde_json::{Value, json};

/// Reads a list of three items over the given pages; `$requests` are the queries that it takes.
macro_rules! pages {
    ($name:literal, $pages:expr, |$client:ident| $list:expr, $requests:expr) => {{
        let script = Script::start($pages.into_iter().map(|page: Value| (200, page)).collect()).await;
        let $client: Client = Client::builder().credential("key").base_url(&script.url).retry(RetryPolicy::none()).build().unwrap();
        let items: Vec<_> = $list.items().try_collect().await.unwrap_or_else(|error| panic!("{}: {error}", $name));
        assert_eq!(items.len(), 3, "{}", $name);
        let queries: Vec<String> = script.asked().into_iter().map(|asked| asked.query).collect();
        assert_eq!(queries, $requests, "{}", $name);
        script
    }};
}

/// Two pages and an empty one below this key.
fn until_empty(key: &str) -> [Value; 3] {
    [json!({ key: [{ "id": "1" }, { "id": "2" }] }), json!({ key: [{ "id": "3" }] }), json!({ key: [] })]
}

/// Two pages, which say how many items there are.
fn of_three(key: &str, total: &str) -> [Value; 2] {
    [json!({ key: [{ "id": "1" }, { "id": "2" }], total: 3 }), json!({ key: [{ "id": "3" }], total: 3 })]
}

/// Two pages, whose `meta` says how many items there are.
fn of_three_by_meta(key: &str) -> [Value; 2] {
    [
        json!({ key: [{ "id": "1" }, { "id": "2" }], "meta": { "total": 3, "currentPage": 1 } }),
        json!({ key: [{ "id": "3" }], "meta": { "total": 3, "currentPage": 2 } }),
    ]
}

#[tokio::test]
async fn lists_pass_over_what_was_read() {
    let skipped = ["locationId=l", "locationId=l&skip=2", "locationId=l&skip=3"];
    pages!("businesses", until_empty("businesses"), |client| client.businesses().list("l"), skipped);
    pages!("links", until_empty("links"), |client| client.links().search("l"), skipped);
    pages!("locations", until_empty("locations"), |client| client.locations().search(), ["", "skip=2", "skip=3"]);
    pages!("forms", of_three("forms", "total"), |client| client.forms().list("l"), skipped[..2]);
    pages!("surveys", of_three("surveys", "total"), |client| client.surveys().list("l"), skipped[..2]);
    pages!("reasons", of_three("lostReasons", "total"), |client| client.opportunities().list_lost_reasons("l"), skipped[..2]);
    pages!("users", of_three("users", "count"), |client| client.users().search("c"), ["companyId=c", "companyId=c&skip=2"]);
    let offset = ["locationId=l", "locationId=l&offset=2", "locationId=l&offset=3"];
    pages!("emails", until_empty("schedules"), |client| client.emails().list_campaigns("l"), offset);
    // The response is the list itself, and both numbers are required.
    let resources = until_empty("resources").map(|page| page["resources"].clone());
    let resources = resources.map(|page| page.as_array().unwrap().iter().map(|_| json!({ "_id": "r", "name": "Room" })).collect());
    let requests = ["locationId=l&limit=2&skip=0", "locationId=l&limit=2&skip=2", "locationId=l&limit=2&skip=3"];
    pages!("resources", resources, |client| client.calendar_resources().list("rooms", "l", 2, 0), requests);
    // Of what nobody reviewed.
    let prices = of_three("prices", "total").map(|page| {
        let prices = page["prices"].as_array().unwrap().iter().map(|price| json!({ "_id": price["id"] }));
        json!({ "prices": prices.collect::<Value>(), "total": page["total"] })
    });
    pages!(
        "prices",
        prices,
        |client| client.prices().list("p", "l"),
        skipped[..2].iter().map(|query| query.replace("skip", "offset")).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn lists_count_pages() {
    let numbered = ["locationId=l", "locationId=l&page=2"];
    pages!("form submissions", of_three_by_meta("submissions"), |client| client.forms().list_submissions("l"), numbered);
    pages!("survey submissions", of_three_by_meta("submissions"), |client| client.surveys().list_submissions("l"), numbered);
    pages!("voice agents", of_three("agents", "total"), |client| client.voice_ai_agents().list("l"), numbered);
    pages!("numbers", until_empty("numbers"), |client| client.phone_numbers().list("l", 1), ["page=1", "page=2", "page=3"]);
}

#[tokio::test]
async fn lists_go_on_behind_the_last_item() {
    let agents = until_empty("agents");
    pages!("agents", agents, |client| client.conversation_ai_agents().search(), ["", "startAfter=2", "startAfter=3"]);
    let page = |ids: [&str; 2], after: Value| {
        let opportunities: Vec<Value> = ids.iter().filter(|id| !id.is_empty()).map(|id| json!({ "id": id, "sort": [7, id] })).collect();
        json!({ "opportunities": opportunities, "total": 3, "meta": { "total": 3, "startAfter": after, "startAfterId": ids[1] } })
    };
    let opportunities = || [page(["1", "2"], json!(1700)), page(["3", ""], Value::Null)];
    let requests = ["location_id=l", "location_id=l&startAfter=1700&startAfterId=2"];
    pages!("opportunities", opportunities(), |client| client.opportunities().list("l"), requests);

    let request = || {
        let details = types::OpportunityDetailsInput::new(true, true, true, true);
        types::SearchOpportunitiesRequest::new("l", 2, 1, Vec::<types::SortValue>::new(), details)
    };
    let script = pages!("search", opportunities(), |client| client.opportunities().search(request()), ["", ""]);
    let after: Vec<Value> = script.asked().into_iter().map(|asked| asked.body["searchAfter"].clone()).collect();
    assert_eq!(after, [json!([]), json!([7, "2"])]);
}
