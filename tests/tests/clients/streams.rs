//! `items()` and `pages()` in every style, through the generated clients.

use std::time::Duration;

use futures_util::StreamExt as _;
use reachout_runtime::{Error, RetryPolicy};
use reachout_tests::Script;
use serde_json::{Value, json};

/// The longest of these lists is read in a fraction of it.
const ENDLESS: Duration = Duration::from_secs(60);

macro_rules! client {
    ($vendor:ident, $script:expr) => {{
        let client: $vendor::Client =
            $vendor::Client::builder().credential("leo_key").base_url(&$script.url).retry(RetryPolicy::none()).build().unwrap();
        client
    }};
}

/// All items as JSON, and the error that ended the stream.
macro_rules! items {
    ($stream:expr) => {{
        let mut stream = $stream;
        let (mut items, mut end): (Vec<Value>, Option<Error>) = (Vec::new(), None);
        let read = async {
            while let Some(item) = stream.next().await {
                match item {
                    Ok(item) => items.push(serde_json::to_value(&item).unwrap()),
                    Err(error) => end = Some(error),
                }
            }
        };
        tokio::time::timeout(ENDLESS, read).await.expect("the stream does not end");
        (items, end)
    }};
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap_or_default()).collect()
}

fn queries(script: &Script) -> Vec<String> {
    script.asked().into_iter().map(|asked| asked.query).collect()
}

fn uuid(last: u8) -> String {
    format!("a1b2c3d4-5678-90ab-cdef-1234567890{last:02x}")
}

fn campaign(id: &str) -> Value {
    json!({ "id": id, "name": "Founders", "status": "started", "totalLeads": 150, "createdAt": "2024-02-20T10:00:00.000Z", "updatedAt": "2024-02-24T15:30:00.000Z" })
}

#[tokio::test]
async fn offset_in_the_query() {
    let page = |ids: &[u8], offset: u32, more: bool| {
        let data: Vec<Value> = ids.iter().map(|id| json!({ "id": uuid(*id) })).collect();
        (200, json!({ "data": data, "meta": { "total": 3, "limit": 2, "offset": offset, "has_more": more } }))
    };
    let script = Script::start(vec![page(&[1, 2], 0, true), page(&[3], 2, false)]).await;
    let client = client!(leonar, script);
    let (items, end) = items!(client.contacts().list().limit(2).items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), [uuid(1), uuid(2), uuid(3)]);
    assert_eq!(queries(&script), ["limit=2", "limit=2&offset=2"]);
}

#[tokio::test]
async fn offset_in_the_body_starts_where_the_caller_says() {
    let page = |ids: &[u8], more: bool| {
        let data: Vec<Value> = ids.iter().map(|id| json!({ "id": uuid(*id) })).collect();
        (200, json!({ "data": data, "meta": { "total": 13, "limit": 2, "offset": 0, "has_more": more } }))
    };
    let script = Script::start(vec![page(&[1, 2], true), page(&[3], false)]).await;
    let client = client!(leonar, script);
    let search = leonar::types::SearchContactsRequest::new().name("Sophie").offset(10);
    let (items, end) = items!(client.contacts().search(search).items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(items.len(), 3);
    let offsets: Vec<Value> = script.asked().into_iter().map(|asked| asked.body["offset"].clone()).collect();
    assert_eq!(offsets, [json!(10), json!(12)]);
}

#[tokio::test]
async fn page_numbers() {
    let page = |id: &str, page: u32| {
        (200, json!({ "campaigns": [campaign(id)], "pagination": { "total": 2, "page": page, "limit": 1, "totalPages": 2 } }))
    };
    let script = Script::start(vec![page("c1", 1), page("c2", 2)]).await;
    let client = client!(sendpilot, script);
    let (items, end) = items!(client.campaigns().list().items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), ["c1", "c2"]);
    assert_eq!(queries(&script), ["", "page=2"]);
}

#[tokio::test]
async fn continuation_tokens() {
    let page = |id: &str, token: Value, more: bool| {
        (200, json!({ "conversations": [{ "id": id }], "pagination": { "continuationToken": token, "limit": 1, "hasMore": more } }))
    };
    let script = Script::start(vec![page("k1", json!("a=/+"), true), page("k2", Value::Null, false)]).await;
    let client = client!(sendpilot, script);
    let (items, end) = items!(client.inbox().list_conversations().items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), ["k1", "k2"]);
    assert_eq!(queries(&script), ["", "continuationToken=a%3D%2F%2B"]);
}

#[tokio::test]
async fn a_token_that_comes_again_ends_the_list() {
    let page = |id: &str| (200, json!({ "conversations": [{ "id": id }], "pagination": { "continuationToken": "same", "hasMore": true } }));
    let script = Script::start(vec![page("k1"), page("k2"), page("k3"), page("k4")]).await;
    let client = client!(sendpilot, script);
    let (items, end) = items!(client.inbox().list_conversations().items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), ["k1", "k2"]);
}

#[tokio::test]
async fn a_cursor_of_two_parts() {
    let page = |id: &str, meta: Value| (200, json!({ "contacts": [{ "id": id }], "count": 2, "meta": meta }));
    let script =
        Script::start(vec![page("h1", json!({ "startAfterId": "h1", "startAfter": 1_603_870_249_758_i64 })), page("h2", json!({}))]).await;
    let client = client!(hoop_ai, script);
    let (items, end) = items!(client.contacts().list("loc").items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), ["h1", "h2"]);
    assert_eq!(queries(&script), ["locationId=loc", "locationId=loc&startAfterId=h1&startAfter=1603870249758"]);
}

#[tokio::test]
async fn a_cursor_from_the_last_item() {
    let page = |id: &str, date: Value| {
        (200, json!({ "conversations": [{ "id": id, "contactId": "c", "locationId": "loc", "lastMessageDate": date }], "total": 2 }))
    };
    let script = Script::start(vec![page("v1", json!(1_628_008_053_263_i64)), page("v2", Value::Null)]).await;
    let client = client!(leadway, script);
    let (items, end) = items!(client.conversations().search("loc").items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), ["v1", "v2"]);
    assert_eq!(queries(&script)[1], "locationId=loc&startAfterDate=1628008053263");
}

#[tokio::test]
async fn messages_in_both_forms() {
    let message = |id: &str| json!({ "id": id, "type": 1, "messageType": "TYPE_SMS", "locationId": "l", "contactId": "c", "conversationId": "v", "dateAdded": "2024-03-27T18:13:49.000Z", "direction": "inbound" });
    let nested = |id: &str, more: bool| (200, json!({ "messages": { "lastMessageId": id, "nextPage": more, "messages": [message(id)] } }));
    let script = Script::start(vec![nested("m1", true), nested("m2", false)]).await;
    let client = client!(hoop_ai, script);
    let (items, end) = items!(client.messages().list("v").items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), ["m1", "m2"]);
    assert_eq!(queries(&script), ["", "lastMessageId=m1"]);

    let flat = (200, json!({ "lastMessageId": "m1", "nextPage": false, "messages": [message("m1")] }));
    let script = Script::start(vec![flat]).await;
    let client = client!(leadway, script);
    let (items, end) = items!(client.messages().list("v").items());
    assert!(end.is_none(), "{end:?}");
    assert_eq!(ids(&items), ["m1"]);
}

#[tokio::test]
async fn an_error_comes_after_the_items_before_it() {
    let page =
        |id: &str| (200, json!({ "campaigns": [campaign(id)], "pagination": { "total": 3, "page": 1, "limit": 1, "totalPages": 3 } }));
    let script = Script::start(vec![page("c1"), (500, json!({ "statusCode": 500, "message": "down" })), page("c3")]).await;
    let client = client!(sendpilot, script);
    let (items, end) = items!(client.campaigns().list().items());
    assert_eq!(ids(&items), ["c1"]);
    assert_eq!(end.and_then(|error| error.status()).map(|status| status.as_u16()), Some(500));
    assert_eq!(script.asked().len(), 2, "an error ends the stream");
}

/// The pages as JSON, with the ids of their items, and the error that ended them.
macro_rules! pages {
    ($pages:expr, $items:literal) => {{
        let mut stream = $pages;
        let (mut pages, mut end): (Vec<(Value, String)>, Option<Error>) = (Vec::new(), None);
        let read = async {
            while let Some(page) = stream.next().await {
                match page {
                    Ok(page) => {
                        let page = serde_json::to_value(&page).unwrap();
                        let list = page.pointer($items).unwrap().as_array().unwrap();
                        let of_page = ids(list).join(" ");
                        pages.push((page, of_page));
                    }
                    Err(error) => end = Some(error),
                }
            }
        };
        tokio::time::timeout(ENDLESS, read).await.expect("the pages do not end");
        (pages, end)
    }};
}

fn listed(pages: &[(Value, String)]) -> Vec<&str> {
    pages.iter().map(|(_, ids)| ids.as_str()).collect()
}

#[tokio::test]
async fn pages_of_every_style_are_those_that_the_vendor_returned() {
    let page = |ids: &[u8], offset: u32| {
        let data: Vec<Value> = ids.iter().map(|id| json!({ "id": uuid(*id) })).collect();
        (200, json!({ "data": data, "meta": { "total": 3, "limit": 2, "offset": offset, "has_more": offset == 0 } }))
    };
    let script = Script::start(vec![page(&[1, 2], 0), page(&[3], 2)]).await;
    let (pages, end) = pages!(client!(leonar, script).contacts().list().limit(2).pages(), "/data");
    assert!(end.is_none(), "{end:?}");
    assert_eq!(listed(&pages), [format!("{} {}", uuid(1), uuid(2)), uuid(3)], "offset");
    assert_eq!(pages[1].0["meta"], json!({ "total": 3, "limit": 2, "offset": 2, "has_more": false }));
    assert_eq!(queries(&script), ["limit=2", "limit=2&offset=2"]);

    let page = |ids: &[&str]| {
        let campaigns: Vec<Value> = ids.iter().map(|id| campaign(id)).collect();
        (200, json!({ "campaigns": campaigns, "pagination": { "total": 3, "page": 1, "limit": 2, "totalPages": 2 } }))
    };
    let script = Script::start(vec![page(&["c1", "c2"]), page(&["c3"])]).await;
    let (pages, end) = pages!(client!(sendpilot, script).campaigns().list().pages(), "/campaigns");
    assert!(end.is_none(), "{end:?}");
    assert_eq!((listed(&pages), queries(&script)), (vec!["c1 c2", "c3"], vec![String::new(), "page=2".to_owned()]), "page numbers");

    let page = |id: &str, token: Value, more: bool| {
        (200, json!({ "conversations": [{ "id": id }], "pagination": { "continuationToken": token, "limit": 1, "hasMore": more } }))
    };
    let script = Script::start(vec![page("k1", json!("a"), true), page("k2", Value::Null, false)]).await;
    let (pages, end) = pages!(client!(sendpilot, script).inbox().list_conversations().pages(), "/conversations");
    assert!(end.is_none(), "{end:?}");
    assert_eq!((listed(&pages), queries(&script)[1].as_str()), (vec!["k1", "k2"], "continuationToken=a"), "tokens");

    let page = |id: &str, meta: Value| (200, json!({ "contacts": [{ "id": id }], "count": 2, "meta": meta }));
    let script = Script::start(vec![page("h1", json!({ "startAfterId": "h1", "startAfter": 7 })), page("h2", json!({}))]).await;
    let (pages, end) = pages!(client!(hoop_ai, script).contacts().list("loc").pages(), "/contacts");
    assert!(end.is_none(), "{end:?}");
    let next = "locationId=loc&startAfterId=h1&startAfter=7";
    assert_eq!((listed(&pages), queries(&script)[1].as_str()), (vec!["h1", "h2"], next), "a cursor of the page");

    let page = |ids: &[&str], date: Value| {
        let last = ids.len() - 1;
        let item = |(at, id): (usize, &&str)| {
            let date = if at == last { date.clone() } else { json!(1) };
            json!({ "id": id, "contactId": "c", "locationId": "loc", "lastMessageDate": date })
        };
        (200, json!({ "conversations": ids.iter().enumerate().map(item).collect::<Vec<_>>(), "total": 3 }))
    };
    let script = Script::start(vec![page(&["v1", "v2"], json!(9)), page(&["v3"], Value::Null)]).await;
    let (pages, end) = pages!(client!(leadway, script).conversations().search("loc").pages(), "/conversations");
    assert!(end.is_none(), "{end:?}");
    let next = "locationId=loc&startAfterDate=9";
    assert_eq!((listed(&pages), queries(&script)[1].as_str()), (vec!["v1 v2", "v3"], next), "a cursor of the last item");
}

#[tokio::test]
async fn pages_that_an_error_ended_are_resumed_at_the_position_of_the_last() {
    let page = |id: &str, token: Value| {
        (200, json!({ "conversations": [{ "id": id }], "pagination": { "continuationToken": token, "hasMore": !token.is_null() } }))
    };
    let down = (500, json!({ "statusCode": 500, "message": "down" }));
    let script = Script::start(vec![page("k1", json!("a")), down, page("k2", json!("b")), page("k3", Value::Null)]).await;
    let client = client!(sendpilot, script);
    let (read, end) = pages!(client.inbox().list_conversations().pages(), "/conversations");
    assert_eq!(listed(&read), ["k1"]);
    assert_eq!(end.and_then(|error| error.status()).map(|status| status.as_u16()), Some(500));
    assert_eq!(script.asked().len(), 2, "an error ends the pages");
    let token = read[0].0["pagination"]["continuationToken"].as_str().unwrap();
    let (rest, end) = pages!(client.inbox().list_conversations().continuation_token(token).pages(), "/conversations");
    assert!(end.is_none(), "{end:?}");
    assert_eq!(listed(&rest), ["k2", "k3"]);
    assert_eq!(queries(&script), ["", "continuationToken=a", "continuationToken=a", "continuationToken=b"]);
}

#[tokio::test]
async fn a_page_that_cannot_be_decoded_ends_the_pages_and_is_known_to_be_accepted() {
    let page = |campaigns: Value| (200, json!({ "campaigns": campaigns, "pagination": { "totalPages": 3 } }));
    let script = Script::start(vec![page(json!([campaign("c1")])), page(json!("none")), page(json!([]))]).await;
    let (pages, end) = pages!(client!(sendpilot, script).campaigns().list().pages(), "/campaigns");
    assert_eq!((listed(&pages), script.asked().len()), (vec!["c1"], 2));
    assert_eq!(end.map(|error| error.delivery()), Some(reachout_runtime::Delivery::Accepted));
}

#[tokio::test]
async fn a_page_that_comes_again_is_not_handed_out_whatever_the_order_of_its_fields() {
    let page = |first: bool| {
        let item = if first { r#"{"id":"c1","name":"n","status":"started"}"# } else { r#"{"status":"started","name":"n","id":"c1"}"# };
        (200, serde_json::from_str(&format!(r#"{{"campaigns":[{item}],"pagination":{{"totalPages":9}}}}"#)).unwrap())
    };
    let script = Script::start(vec![page(true), page(false), page(true)]).await;
    let (pages, end) = pages!(client!(sendpilot, script).campaigns().list().pages(), "/campaigns");
    assert!(end.is_none(), "{end:?}");
    assert_eq!((listed(&pages), script.asked().len()), (vec!["c1"], 2));
}

#[tokio::test]
async fn nothing_is_sent_before_the_first_poll() {
    let script = Script::start(vec![]).await;
    let client = client!(sendpilot, script);
    drop(client.campaigns().list().items());
    drop(client.campaigns().list().pages());
    assert!(script.asked().is_empty());
}
