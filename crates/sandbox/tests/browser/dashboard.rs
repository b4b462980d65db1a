//! What people do with the dashboard.

use std::process::Command;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use reachout_sandbox::{ReplyTo, Sandbox, Vendor, Webhook};
use reachout_test_support::Browser;
use serde_json::{Value, json};

use crate::post as send;

/// What a page shows of the first row.
const FIRST: &str = "document.querySelector('.rows a')?.innerText.replace(/\\s+/g, ' ')";

async fn contact(sandbox: &Sandbox, name: &str) -> String {
    let made = send(sandbox, "/contacts", &json!({ "first_name": name, "last_name": "Lovelace" })).send().await.unwrap();
    made.json::<Value>().await.unwrap()["data"]["id"].as_str().unwrap().to_owned()
}

async fn open(browser: &Browser, sandbox: &Sandbox, view: &str) {
    browser.client.goto("about:blank").await.unwrap();
    browser.client.goto(&format!("{}/#/{view}", sandbox.url())).await.unwrap();
    browser.sees("● live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_has_25_requests_that_align_and_the_log_is_leafed_through() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let id = contact(&sandbox, "Ada").await;
    for number in 0..130 {
        let content = format!("Message {number} of engines");
        send(&sandbox, "/messages", &json!({ "contact_id": id, "channel": "linkedin", "content": content })).send().await.unwrap();
    }
    browser.resize(1280, 800).await;
    open(&browser, &sandbox, "requests").await;
    browser.until(&format!("{FIRST}?.includes('200 POST /messages Ada Lovelace send_message')")).await;
    let whole = "[...document.querySelectorAll('.rows li')].filter((one) => one.getBoundingClientRect().bottom <= innerHeight).length";
    let rows = browser.script(&format!("return {whole}")).await.as_u64().unwrap();
    assert!(rows >= 25, "{rows} rows fit");
    let edges = "return [...document.querySelectorAll('.row')].map((row) => [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left)).join())";
    let edges = browser.script(edges).await;
    assert!(edges.as_array().unwrap().iter().all(|row| *row == edges[0]), "the columns align: {edges}");

    browser.sees("100 shown, and there are older ones.").await;
    browser.click("//a[.='Older']").await;
    browser.sees("31 shown, to the oldest.").await;
    browser.until(&format!("{FIRST}?.includes('/messages')")).await;
    browser.click("//a[.='Newest']").await;
    browser.sees("100 shown").await;

    browser.write("input[name=search]", "message 77 of").await;
    browser.press("Enter").await;
    browser.until("document.querySelectorAll('.rows li').length === 1").await;
    let address = browser.client.current_url().await.unwrap();
    assert_eq!(address.fragment(), Some("/requests?search=message+77+of"), "filters are in the address");
    browser.choose("operation", "create_contact").await;
    browser.sees("No request fits.").await;
    open(&browser, &sandbox, "requests?operation=create_contact").await;
    browser.until(&format!("{FIRST}?.includes('POST /contacts Ada Lovelace create_contact')")).await;
    assert_eq!(browser.script("return document.querySelector('select[name=operation]').value").await, "create_contact");

    // The tabs stay where they are, whichever is open.
    let places = "return [...document.querySelectorAll('nav a')].map((tab) => tab.getBoundingClientRect().left)";
    let before = browser.script(places).await;
    browser.click("//nav/a[.='Webhooks']").await;
    browser.sees("No receiver is registered.").await;
    assert_eq!(browser.script(places).await, before);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_sent_again_as_it_was_and_copied_as_curl() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let id = contact(&sandbox, "Ada").await;
    let content = "It's \"quoted\" & $HOME, Ada";
    let message = json!({ "contact_id": id, "channel": "linkedin", "content": content });
    send(&sandbox, "/messages", &message).header("X-Sandbox-Fault", "latency=1").send().await.unwrap();
    open(&browser, &sandbox, "requests/2").await;
    browser.click("//a[.='Send such a request']").await;
    browser.sees("Request 2, once more.").await;
    browser.click("//button[.='Send']").await;
    browser.sees("Response 200").await;
    let [_, first, again]: [_; 3] = sandbox.requests().try_into().unwrap();
    assert_eq!((&again.body, &again.path, &again.method), (&first.body, &first.path, &first.method));
    assert_eq!((again.status, again.fault.as_deref()), (Some(200), Some("latency")), "its headers too");

    open(&browser, &sandbox, "requests/2").await;
    browser.cdp("Browser.grantPermissions", json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] })).await;
    browser.click("//button[.='Copy as curl']").await;
    browser.sees("The command is copied.").await;
    let command = browser.script("return document.querySelector('.curl pre').textContent").await.as_str().unwrap().to_owned();
    assert!(command.starts_with("curl -X POST 'http://127.0.0.1:") && command.contains("'authorization: Bearer leo_sandbox'"), "{command}");
    if let Ok(ran) = Command::new("sh").args(["-c", &format!("{command} --silent --fail")]).output()
        && ran.status.code() != Some(127)
    {
        assert!(ran.status.success(), "{command}: {ran:?}");
        let last = sandbox.requests().pop().unwrap();
        assert_eq!((last.number, &last.body), (4, &first.body), "quotes and all");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_is_shown_with_its_subject_and_as_it_looks_and_runs_nothing() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let request = |path: &str, body: Value| {
        let url = format!("{}{path}", sandbox.base_url(Vendor::Leadway));
        let request = reqwest::Client::new().post(url).bearer_auth(Sandbox::api_key(Vendor::Leadway));
        request.header("Version", "2021-07-28").json(&body)
    };
    let made = request("/contacts/", json!({ "locationId": "l", "firstName": "Joan", "email": "joan@example.com" }));
    let joan = made.send().await.unwrap().json::<Value>().await.unwrap()["contact"]["id"].as_str().unwrap().to_owned();
    let html = "<h1 style='color: rgb(1, 2, 3)'>Hello Joan</h1><script>top.hurt = 1; document.body.innerHTML = 'hurt'</script>\
                <img src='http://127.0.0.1:9/pixel' onerror='top.hurt = 1'><form action='http://127.0.0.1:9/'><button>Go</button></form>";
    let email =
        json!({ "type": "Email", "subType": "Email", "contactId": joan, "status": "pending", "subject": "About engines", "html": html });
    let sent = request("/conversations/messages", email).send().await.unwrap();
    assert!(sent.status().is_success(), "{}", sent.text().await.unwrap());
    let ada = contact(&sandbox, "Ada").await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    sandbox.reply(&ReplyTo::contact(Vendor::Leonar, &ada, "Later than Joan")).unwrap();

    open(&browser, &sandbox, "conversations").await;
    browser.sees("Later than Joan").await;
    let year = chrono::Utc::now().format("%Y-").to_string();
    let names = "return [...document.querySelectorAll('.rows a')].slice(0, 2).map((row) => [row.querySelector('b').innerText, row.querySelector('time').innerText.slice(0, 5)])";
    assert_eq!(browser.script(names).await, json!([["Ada Lovelace", year], ["Joan", year]]), "by time, with dates");
    browser.write("input[name=search]", "about engines").await;
    browser.press("Enter").await;
    browser.until("document.querySelectorAll('.rows li').length === 1").await;
    browser.click("//section[@aria-label='Conversations']//ol//a").await;
    browser.sees("Reply as Joan").await;
    assert_eq!(browser.script("return document.querySelector('.thread .subject').innerText").await, "About engines");
    let frame = browser.script("const frame = document.querySelector('.thread iframe'); return [frame.getAttribute('sandbox'), frame.contentDocument === null]").await;
    assert_eq!(frame, json!(["", true]), "a sandboxed frame without any permission");
    browser.client.clone().enter_frame(0).await.unwrap();
    browser.until("document.querySelector('h1')?.innerText === 'Hello Joan'").await;
    assert_eq!(browser.script("return getComputedStyle(document.querySelector('h1')).color").await, "rgb(1, 2, 3)");
    browser.client.clone().enter_parent_frame().await.unwrap();
    assert_eq!(browser.script("return typeof window.hurt").await, "undefined");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_of_a_webhook_is_shown_with_its_signature() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let fails = Router::new().route("/hook", post(|| async { StatusCode::SERVICE_UNAVAILABLE }));
    tokio::spawn(async move { axum::serve(listener, fails).await });
    sandbox.add_webhook(Webhook::new(Vendor::SendPilot, &hook)).unwrap();
    sandbox.reply(&ReplyTo::profile(Vendor::SendPilot, "https://www.linkedin.com/in/ada", "Hello")).unwrap();
    open(&browser, &sandbox, "webhooks").await;
    browser.sees("3 attempts").await;
    let shown =
        browser.script("return [...document.querySelectorAll('.attempts li')].map((one) => one.innerText.replace(/\\s+/g, ' '))").await;
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), 3, "{shown:?}");
    for (index, attempt) in shown.iter().enumerate() {
        let attempt = attempt.as_str().unwrap();
        assert!(
            attempt.starts_with(&format!("{}. ", index + 1)) && attempt.contains("503") && attempt.contains("webhook-signature: v1,t="),
            "{attempt}"
        );
    }
    browser.click("//ol[@class='attempts']//summary[contains(., 'Headers')]").await;
    browser.sees("application/json").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_is_downloaded_and_imported() {
    let Some(browser) = Browser::start().await else { return };
    let (from, to) = (Sandbox::start().await.unwrap(), Sandbox::start().await.unwrap());
    contact(&from, "Ada").await;
    open(&browser, &from, "state").await;
    let link = browser.script("return document.querySelector('a[download]').href").await.as_str().unwrap().to_owned();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox-state.json");
    std::fs::write(&file, reqwest::get(link).await.unwrap().bytes().await.unwrap()).unwrap();
    let wrong = directory.path().join("wrong.json");
    std::fs::write(&wrong, "{\"vendors\": 1}").unwrap();
    open(&browser, &to, "state").await;
    browser.write("input[type=file]", wrong.to_str().unwrap()).await;
    browser.click("//button[.='Import']").await;
    browser.sees("vendors: invalid type").await;
    browser.write("input[type=file]", file.to_str().unwrap()).await;
    browser.click("//button[.='Import']").await;
    browser.sees("The state is that of the file.").await;
    browser.click("//nav/a[.='Objects']").await;
    browser.sees("Ada Lovelace").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_apis_can_be_read_by_day() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    for scheme in ["light"] {
        browser.prefer(scheme).await;
        for vendor in ["sendpilot", "leonar"] {
            browser.client.goto("about:blank").await.unwrap();
            browser.client.goto(&format!("{}/_sandbox/api#{vendor}", sandbox.url())).await.unwrap();
            browser.until("document.querySelectorAll('.opblock').length > 10").await;
            // One of each method, opened and tried.
            browser.script("for (const method of ['get', 'post', 'put', 'patch', 'delete']) document.querySelector(`.opblock-${method} .opblock-summary-control`)?.click()").await;
            browser.until("document.querySelectorAll('.opblock.is-open .try-out__btn').length > 2").await;
            browser.script("document.querySelectorAll('.try-out__btn').forEach((button) => button.click())").await;
            browser.until("document.querySelectorAll('.execute').length > 2").await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(browser.faint().await, Vec::<String>::new(), "{vendor}, {scheme}");
        }
    }
    browser.close().await;
}
