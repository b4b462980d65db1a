//! The page in a real browser.

use reachout_test_support::Browser;
use serde_json::json;

use super::{Page, Setting};

/// Every view, as the address names it.
const VIEWS: [&str; 7] = ["campaigns", "waiting", "held", "unknown", "accounts", "people?person=cora1", "messages"];

async fn open(browser: &Browser, page: &Page, view: &str) {
    browser.client.goto("about:blank").await.unwrap();
    browser.client.goto(&format!("{}/#/{view}", page.origin)).await.unwrap();
    browser.sees("● live").await;
    browser.until("document.querySelector('main')?.innerText.length > 10").await;
}

/// Follows the link, whose token stays in the tab.
async fn follow(browser: &Browser, page: &Page) {
    browser.client.goto(&page.link).await.unwrap();
    browser.sees("● live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_settles_approves_and_pauses() {
    let Some(browser) = Browser::start().await else { return };
    let setting = Setting::new("Ada").await;
    let page = setting.page("page");
    follow(&browser, &page).await;
    assert!(!browser.client.current_url().await.unwrap().as_str().contains(&page.token), "the token leaves the address");

    browser.sees("roles").await;
    browser.click("//button[.='Pause']").await;
    browser.sees("roles is paused").await;
    assert_eq!(setting.outbox("campaign show roles --json").await.json()["paused"], true);
    browser.click("//button[.='Resume']").await;
    browser.sees("roles goes on.").await;
    assert_eq!(setting.outbox("campaign show roles --json").await.json()["paused"], false);

    browser.click("//nav/a[.='To approve']").await;
    browser.click("//ol[@class='rows']//a").await;
    browser.sees("Hi Ada, dora1").await;
    browser.click("//button[.='Approve']").await;
    browser.sees("Nothing waits for approval.").await;
    assert!(setting.ids("held").await.is_empty());
    let more = "add --from dora.csv --via hoop-ai --channel sms --template hello.txt --campaign more --held";
    assert_eq!(setting.outbox(more).await.code, 0);
    browser.sees("Waiting for approval: 1").await;
    browser.write("input[name=campaign]", "more").await;
    browser.press("Enter").await;
    browser.click("//button[.='Approve all of more…']").await;
    browser.click("//dialog//button[.='Approve all']").await;
    browser.sees("Nothing waits for approval.").await;
    assert!(setting.ids("held").await.is_empty());

    browser.click("//nav/a[.='To settle']").await;
    browser.click("//ol[@class='rows']//a").await;
    browser.click("//button[.='Look at the vendor']").await;
    browser.sees("Not settled (too-early)").await;
    browser.click("//button[starts-with(., 'It does not')]").await;
    browser.sees("If the vendor has it all the same, the person gets it twice.").await;
    browser.click("//dialog//button[.='Cancel']").await;
    assert_eq!(setting.ids("unknown").await.len(), 1, "nothing is sent again before that is confirmed");
    browser.write("input[name=message_id]", "msg-1").await;
    browser.click("//button[.='The vendor has it']").await;
    browser.sees("Nothing is unknown.").await;
    assert!(setting.ids("unknown").await.is_empty());

    // It is live: this comes from elsewhere, and nobody reloads.
    browser.click("//nav/a[.='Accounts']").await;
    browser.sees("hoop-ai/default").await;
    assert_eq!(setting.outbox("pause --via hoop-ai").await.code, 0);
    browser.sees("hoop-ai/default paused").await;
    browser.click("//button[.='Resume everything…']").await;
    browser.click("//dialog//button[.='Resume everything']").await;
    browser.sees("Everything goes on.").await;
    assert_eq!(setting.outbox("status --json").await.json()["accounts"][0]["paused"], false);

    browser.click("//nav/a[.='People']").await;
    browser.write("input[name=person]", "cora1@example.org").await;
    browser.press("Enter").await;
    browser.click("//button[.='Pause this person']").await;
    browser.sees("Resume this person").await;
    browser.sees("accepted").await;
    // What the log has of refused requests is no complaint: each was tried.
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_view_fits_a_telephone_is_read_by_day_and_by_night_and_works_by_keyboard() {
    let Some(browser) = Browser::start().await else { return };
    let setting = Setting::new(&"Averyveryverylongwordwithoutanyspaces".repeat(2)).await;
    let page = setting.page("page");
    follow(&browser, &page).await;
    let unknown = setting.ids("unknown").await[0];
    let held = setting.ids("held").await[0];
    let mut views = VIEWS.map(str::to_owned).to_vec();
    views.extend([format!("unknown/{unknown}"), format!("held/{held}"), "campaigns/roles".to_owned()]);
    for (width, scheme) in [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")] {
        browser.resize(width, 844).await;
        browser.prefer(scheme).await;
        for view in &views {
            open(&browser, &page, view).await;
            let wide = browser.script("return document.documentElement.scrollWidth").await;
            assert!(wide.as_u64().unwrap() <= u64::from(width), "{view} at {width}: {wide}");
            assert_eq!(browser.faint().await, Vec::<String>::new(), "{view} at {width}, {scheme}");
            keep_picture(&browser, view, width, scheme).await;
        }
    }
    for view in &views {
        open(&browser, &page, view).await;
        assert_eq!(browser.out_of_reach().await, Vec::<String>::new(), "{view}");
    }
    browser.close().await;
}

/// Where `PAGE_PICTURES` names a folder, for somebody who looks at the page.
async fn keep_picture(browser: &Browser, view: &str, width: u32, scheme: &str) {
    if let Some(folder) = std::env::var_os("PAGE_PICTURES") {
        let name = format!("{}-{width}-{scheme}.webp", view.split('?').next().unwrap_or(view).replace('/', "-"));
        std::fs::write(std::path::Path::new(&folder).join(name), browser.picture().await).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_runs_as_a_script() {
    let Some(browser) = Browser::start().await else { return };
    let hostile = "<script>window.hurt = 1</script><img src=x onerror=\"window.hurt = 1\">'\"&amp;${1}";
    let setting = Setting::new(hostile).await;
    let page = setting.page("page");
    follow(&browser, &page).await;
    let held = setting.ids("held").await[0];
    let mut views = VIEWS.map(str::to_owned).to_vec();
    views.extend([format!("held/{held}"), "campaigns/roles".to_owned(), "people?person=%3Cimg%20src=x%20onerror=hurt=1%3E".to_owned()]);
    for view in &views {
        open(&browser, &page, view).await;
        let hurt = "return [typeof window.hurt, document.querySelectorAll('main img, main script').length]";
        assert_eq!(browser.script(hurt).await, json!(["undefined", 0]), "{view}");
    }
    open(&browser, &page, &format!("held/{held}")).await;
    let shown = format!("document.querySelector('article pre')?.textContent.includes({})", json!(hostile));
    browser.until(&shown).await;
    browser.close().await;
}
