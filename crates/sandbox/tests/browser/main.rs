//! The dashboard in a real browser.

mod dashboard;
mod screenshots;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use reachout_sandbox::{Sandbox, Vendor};
use serde_json::json;

use reachout_test_support::Browser;

/// Every view, as the address names it.
const VIEWS: [&str; 8] = ["requests", "send", "conversations", "objects", "faults", "webhooks", "limits", "state"];

fn post(sandbox: &Sandbox, path: &str, body: &serde_json::Value) -> reqwest::RequestBuilder {
    let url = format!("{}{path}", sandbox.base_url(Vendor::Leonar));
    reqwest::Client::new().post(url).bearer_auth(Sandbox::api_key(Vendor::Leonar)).json(body)
}

/// A contact with a message in each direction, a request that is refused, a fault that waits, a webhook that fails.
async fn fill(sandbox: &Sandbox, text: &str) -> String {
    let contact = json!({ "first_name": text, "last_name": "Lovelace", "emails": [{ "email": "ada@example.com" }] });
    let made = post(sandbox, "/contacts", &contact).send().await.unwrap().json::<serde_json::Value>().await.unwrap();
    let id = made["data"]["id"].as_str().unwrap().to_owned();
    post(sandbox, "/messages", &json!({ "contact_id": id, "channel": "linkedin", "content": text })).send().await.unwrap();
    post(sandbox, "/contacts", &json!({ "frist_name": text })).send().await.unwrap();
    sandbox.reply(&reachout_sandbox::ReplyTo::contact(Vendor::Leonar, &id, text)).unwrap();
    sandbox.add_fault(reachout_sandbox::FaultRule::new(reachout_sandbox::Fault::status(503)).operation("close_deal")).unwrap();
    sandbox.add_webhook(reachout_sandbox::Webhook::new(Vendor::SendPilot, "http://127.0.0.1:9/hook")).unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_from_the_page_is_seen_replied_to_and_made_to_fail() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    browser.client.goto(sandbox.url()).await.unwrap();
    browser.sees("● live").await;
    browser.sees("No request yet.").await;

    browser.click("//nav/a[.='Send']").await;
    browser.sees("POST").await;
    browser.click("//button[.='Send']").await;
    browser.sees("Response 200").await;

    // The list is live: this one comes from elsewhere, and nobody reloads.
    browser.click("//nav/a[.='Requests']").await;
    browser.sees("200 POST /messages Sophie Martin send_message").await;
    post(&sandbox, "/contacts", &json!({ "frist_name": "Ada" })).send().await.unwrap();
    browser.sees("400 POST /contacts create_contact").await;
    let order = browser.script("return [...document.querySelectorAll('.rows b')].map((one) => one.innerText)").await;
    assert_eq!(order, json!(["create_contact", "send_message"]), "the newest first");
    browser.choose("outcome", "refused").await;
    browser.until("document.querySelectorAll('.rows li').length === 1").await;
    browser.click("//ol[@class='rows']//b[.='create_contact']").await;
    browser.sees("Refused:").await;
    browser.sees("\"first_name\" is a required property").await;
    browser.sees("\"code\": \"validation_error\"").await;
    browser.click("//summary[contains(., 'Headers')]").await;
    browser.sees("Bearer [redacted]").await;

    browser.click("//nav/a[.='Conversations']").await;
    browser.click("//section[@aria-label='Conversations']//ol//a").await;
    browser.sees("Reply as Sophie Martin").await;
    browser.write("textarea[name=text]", "Tell me more").await;
    browser.click("//button[starts-with(., 'Reply as')]").await;
    browser.until("document.querySelector('.thread .inbound p')?.innerText === 'Tell me more'").await;
    browser.until("document.querySelector('textarea[name=text]').value === ''").await;

    browser.click("//nav/a[.='Faults']").await;
    browser.sees("Meets 1387 operations").await;
    browser.choose("vendor", "leonar").await;
    browser.choose("operation", "send_message").await;
    browser.sees("Meets 1 operation").await;
    browser.sees("POST /messages").await;
    browser.click("//button[.='Set the fault']").await;
    browser.sees("leonar send_message, 1 left").await;
    browser.click("//nav/a[.='Send']").await;
    browser.click("//button[.='Send']").await;
    browser.sees("Response 503").await;
    browser.click("//nav/a[.='Requests']").await;
    browser.choose("outcome", "fault").await;
    browser.sees("fault: status").await;
    browser.click("//nav/a[.='Faults']").await;
    browser.sees("No fault waits for requests.").await;
    assert_eq!(browser.complaints().await.iter().filter(|line| !line.contains("status of 503")).collect::<Vec<_>>(), Vec::<&String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_a_refusal_and_settings_are_a_click() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    fill(&sandbox, "Ada").await;
    browser.client.goto(sandbox.url()).await.unwrap();
    browser.click("//nav/a[.='Limits']").await;
    browser.sees("leo_sandbox 3 of 1000 in an hour").await;
    browser.click("//label[contains(., 'Enforce')]/input").await;
    browser.until("document.querySelector('input[type=checkbox]').checked").await;
    tokio::time::timeout(std::time::Duration::from_secs(10), async {
        while !sandbox.settings().rate_limits {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();

    browser.click("//nav/a[.='Webhooks']").await;
    browser.sees("http://127.0.0.1:9/hook").await;
    browser.write("input[name=url]", "http://example.com/hook").await;
    browser.click("//button[.='Register']").await;
    browser.sees("url: the sandbox delivers to http addresses of this machine only").await;
    browser.click("//nav/a[.='Objects']").await;
    browser.click("//summary[contains(., 'Ada Lovelace')]").await;
    browser.click("//details[@open]//a[.='Write as this contact']").await;
    browser.write("textarea[name=text]", "Me again").await;
    browser.click("//button[.='Reply as this contact']").await;
    browser.sees("Me again").await;

    browser.click("//button[.='Reset…']").await;
    browser.click("//dialog//button[.='Forget']").await;
    browser.sees("Everything is forgotten.").await;
    browser.click("//nav/a[.='Requests']").await;
    browser.sees("No request yet.").await;
    assert_eq!((sandbox.requests().len(), sandbox.deliveries().len()), (0, 0));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_runs_as_a_script() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let hostile = "<script>window.hurt = 1</script><img src=x onerror=\"window.hurt = 1\">'\"&amp;${1}";
    let id = fill(&sandbox, hostile).await;
    post(&sandbox, "/%3Cimg%20src=x%20onerror=hurt=1%3E", &json!({})).send().await.unwrap();
    let numbers: Vec<u64> = sandbox.requests().iter().map(|request| request.number).collect();
    let mut addresses: Vec<String> = VIEWS.iter().map(|view| format!("/#/{view}")).collect();
    addresses.extend(numbers.iter().map(|number| format!("/#/requests/{number}")));
    addresses.push("/#/conversations/leonar/new/javascript:hurt=1".to_owned());
    let conversation = reqwest::get(format!("{}/_sandbox/conversations", sandbox.url())).await.unwrap();
    let conversation = conversation.json::<serde_json::Value>().await.unwrap()[0]["id"].as_str().unwrap().to_owned();
    addresses.push(format!("/#/conversations/leonar/{conversation}"));
    addresses.push(format!("/#/objects/leonar/contact/{id}"));
    for address in &addresses {
        browser.client.goto(&format!("{}{address}", sandbox.url())).await.unwrap();
        browser.until("document.querySelector('main')?.innerText.length > 10").await;
        browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true })").await;
        let hurt = "return [typeof window.hurt, document.querySelectorAll('main img, main script').length]";
        assert_eq!(browser.script(hurt).await, json!(["undefined", 0]), "{address}");
    }
    // Shown it is, letter by letter.
    browser.client.goto(&format!("{}/#/conversations/leonar/{conversation}", sandbox.url())).await.unwrap();
    browser.until(&format!("document.querySelector('.thread .inbound p')?.textContent === {}", json!(hostile))).await;
    // And what a page could be made to load all the same, the policy keeps from running.
    browser.script("const made = document.createElement('script'); made.textContent = 'window.hurt = 1'; document.body.append(made)").await;
    browser.script("const made = document.createElement('div'); made.innerHTML = '<img src=x onerror=\"window.hurt = 1\">'; document.body.append(made)").await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(browser.script("return typeof window.hurt").await, "undefined");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_view_fits_a_telephone_and_can_be_read_by_day_and_by_night() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let word = "Averyveryverylongwordwithoutanyspaces".repeat(2);
    fill(&sandbox, &word).await;
    let conversation = reqwest::get(format!("{}/_sandbox/conversations", sandbox.url())).await.unwrap();
    let conversation = conversation.json::<serde_json::Value>().await.unwrap()[0]["id"].as_str().unwrap().to_owned();
    let mut views: Vec<String> = VIEWS.iter().map(|view| (*view).to_owned()).collect();
    views.extend(["requests/3".to_owned(), format!("conversations/leonar/{conversation}")]);
    for (width, scheme) in [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")] {
        browser.resize(width, 844).await;
        browser.prefer(scheme).await;
        for view in &views {
            browser.client.goto(&format!("{}/#/{view}", sandbox.url())).await.unwrap();
            browser.until("document.querySelector('main')?.innerText.length > 10").await;
            browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true })").await;
            let wide = browser.script("return document.documentElement.scrollWidth").await;
            assert!(wide.as_u64().unwrap() <= u64::from(width), "{view} at {width}: {wide}");
            assert_eq!(browser.faint().await, Vec::<String>::new(), "{view} at {width}, {scheme}");
        }
        let dark = browser.script("return getComputedStyle(document.body).backgroundColor").await;
        assert_eq!(dark == "rgb(255, 255, 255)", scheme == "light", "{scheme}: {dark}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_works_by_keyboard() {
    const TAB: &str = "Tab";
    const ENTER: &str = "Enter";
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    fill(&sandbox, "Ada").await;
    for view in VIEWS {
        browser.client.goto("about:blank").await.unwrap();
        browser.client.goto(&format!("{}/#/{view}", sandbox.url())).await.unwrap();
        browser.until("document.querySelector('main')?.innerText.length > 10").await;
        browser.sees("● live").await;
        assert_eq!(browser.out_of_reach().await, Vec::<String>::new(), "{view}");
    }
    // The first key leads past the header, and Enter opens.
    browser.client.goto("about:blank").await.unwrap();
    browser.client.goto(&format!("{}/#/requests", sandbox.url())).await.unwrap();
    browser.sees("400 POST /contacts").await;
    browser.press(TAB).await;
    browser.press(ENTER).await;
    assert_eq!(browser.script("return document.activeElement.id").await, "content");
    for _ in 0..5 {
        browser.press(TAB).await;
    }
    browser.press(ENTER).await;
    browser.sees("Refused:").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_apis_sends_too_and_breaks_no_policy() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    browser.client.goto(&format!("{}/_sandbox/api#sendpilot", sandbox.url())).await.unwrap();
    browser.click("//span[@data-path='/v1/credits']").await;
    browser.click("//button[contains(., 'Try it out')]").await;
    browser.click("//button[contains(., 'Execute')]").await;
    browser.until("document.querySelector('.live-responses-table')").await;
    assert_eq!(sandbox.requests()[0].operation.as_deref(), Some("get_credits"));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.close().await;
}

/// Serves a page at an origin of its own.
async fn serve(html: String) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let page = Router::new().fallback(get(move || async move { Html(html) }));
    tokio::spawn(async move { axum::serve(listener, page).await });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_elsewhere_cannot_drive_it() {
    let Some(browser) = Browser::start().await else { return };
    let closed = Sandbox::start().await.unwrap();
    post(&closed, "/contacts", &json!({ "first_name": "Ada" })).send().await.unwrap();
    let attack = |url: &str| {
        format!(
            "<img src='{url}/_sandbox/requests'><script>
             const tries = [
               fetch('{url}/_sandbox/reset', {{ method: 'POST', mode: 'no-cors' }}),
               fetch('{url}/_sandbox/reset', {{ method: 'POST' }}),
               fetch('{url}/leonar/api/v1/contacts', {{ method: 'POST', mode: 'no-cors', body: '{{}}' }}),
               fetch('{url}/_sandbox/objects').then((response) => response.text()).then((text) => {{ window.stolen = text }}),
             ];
             Promise.allSettled(tries).then((results) => {{ window.outcome = results.map((result) => result.status) }});
             </script>"
        )
    };
    let evil = serve(attack(closed.url())).await;
    browser.client.goto(&evil).await.unwrap();
    browser.until("window.outcome").await;
    assert_eq!(
        browser.script("return [window.outcome[1], window.outcome[3], typeof window.stolen]").await,
        json!(["rejected", "rejected", "undefined"])
    );
    assert_eq!(closed.requests().len(), 1, "nothing was forgotten and nothing was added");

    // The same page is let in where its origin is named.
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let friend = format!("http://{}", listener.local_addr().unwrap());
    let open = Sandbox::builder().allow_origin(&friend).start().await.unwrap();
    let html = attack(open.url());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(get(move || async move { Html(html) }))).await });
    browser.client.goto(&friend).await.unwrap();
    browser.until("window.stolen?.includes('contact')").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_chooses_an_account_and_the_app_gets_its_code() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let app = serve("<h1>Back at the app</h1>".to_owned()).await;
    let query = format!("response_type=code&client_id=my-app&redirect_uri={app}/callback&scope=contacts.readonly&state=s1");
    let start = serve(format!("<a href='{}/hoop-ai/v2/oauth/chooselocation?{query}'>Connect</a>", sandbox.url())).await;
    browser.client.goto(&start).await.unwrap();
    browser.click("//a[.='Connect']").await;
    browser.sees("Let my-app use an account?").await;
    browser.resize(390, 844).await;
    assert_eq!(browser.script("return document.documentElement.scrollWidth <= 390").await, true);
    browser.click("//label[contains(., 'The whole agency')]").await;
    browser.click("//button[.='Allow']").await;
    browser.sees("Back at the app").await;
    let back = browser.client.current_url().await.unwrap();
    let query: std::collections::BTreeMap<String, String> = back.query_pairs().into_owned().collect();
    assert_eq!(query["state"], "s1");
    let redirect = format!("{app}/callback");
    let fields = [
        ("client_id", "my-app"),
        ("client_secret", "s"),
        ("grant_type", "authorization_code"),
        ("code", &query["code"]),
        ("redirect_uri", &redirect),
    ];
    let tokens = reqwest::Client::new().post(format!("{}/oauth/token", sandbox.base_url(Vendor::HoopAi))).form(&fields);
    let tokens: serde_json::Value = tokens.send().await.unwrap().json().await.unwrap();
    assert_eq!((&tokens["userType"], &tokens["scope"]), (&json!("Company"), &json!("contacts.readonly")), "{tokens}");
    browser.close().await;
}
