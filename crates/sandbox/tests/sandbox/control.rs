//! What the controls show and change.

use reachout_sandbox::{ReplyTo, Sandbox, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch, success};
use crate::log::next_page;

#[tokio::test]
async fn objects_and_conversations_are_shown_in_the_same_words() {
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::new();
    let control = |path: &str| http.get(format!("{}/_sandbox/{path}", sandbox.url()));
    let leonar = Client::new(&sandbox, Vendor::Leonar);
    let contact = leonar.post("/contacts", json!({ "first_name": "Ada", "last_name": "Lovelace" })).await["data"]["id"].clone();
    leonar.post("/messages", json!({ "contact_id": contact, "channel": "linkedin", "content": "Hi" })).await;
    sandbox.reply(&ReplyTo::contact(Vendor::Leonar, contact.as_str().unwrap(), "Hello!")).unwrap();
    let hoop = Client::new(&sandbox, Vendor::HoopAi);
    let person = hoop.post("/contacts/", json!({ "locationId": "l", "firstName": "Grace" })).await["contact"]["id"].clone();
    sandbox.reply(&ReplyTo::contact(Vendor::HoopAi, person.as_str().unwrap(), "Hello?")).unwrap();
    sandbox.reply(&ReplyTo::profile(Vendor::SendPilot, "https://www.linkedin.com/in/ada", "Hey")).unwrap();

    for (vendor, name, texts) in [
        ("leonar", "Ada Lovelace", json!([["Hi", false], ["Hello!", true]])),
        ("hoop-ai", "Grace", json!([["Hello?", true]])),
        ("sendpilot", "ada", json!([["Hey", true]])),
    ] {
        let all = success(control(&format!("conversations?vendor={vendor}"))).await;
        assert_eq!((&all[0]["name"], &all[0]["last"]["inbound"]), (&json!(name), &json!(true)), "{all}");
        let thread = success(control(&format!("conversations/{vendor}/{}", all[0]["id"].as_str().unwrap()))).await;
        let said: Value = thread["messages"].as_array().unwrap().iter().map(|one| json!([one["text"], one["inbound"]])).collect();
        assert_eq!(said, texts, "{thread}");
    }
    let found = success(control("objects/leonar/contact?search=LOVELACE")).await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["id"]), (1, &contact));
    assert!(success(control("objects")).await["leonar"]["contact"].as_u64() >= Some(2));
    let token = [("client_id", "app"), ("client_secret", "s"), ("grant_type", "authorization_code"), ("code", "c")];
    success(hoop.bare(Method::POST, "/oauth/token").form(&token)).await;
    for (path, expected) in [
        ("objects/leonar/contct", "the nearest is \"contact\""),
        ("objects/leonr/contact", "the nearest is \"leonar\""),
        ("objects/hoop-ai/access%20token", "is not a kind of object"),
        ("conversations/leonar/none", "leonar has no conversation"),
        ("operations/leonar/send", "the nearest is"),
    ] {
        let (status, body) = fetch(control(path)).await;
        assert!(status == 404 && body["error"].as_str().unwrap().contains(expected), "{path}: {body}");
    }
}

#[tokio::test]
async fn conversations_of_all_vendors_are_in_the_order_of_time_and_are_searched() {
    let sandbox = Sandbox::start().await.unwrap();
    let (leonar, leadway) = (Client::new(&sandbox, Vendor::Leonar), Client::new(&sandbox, Vendor::Leadway));
    let ada = leonar.post("/contacts", json!({ "first_name": "Ada" })).await["data"]["id"].as_str().unwrap().to_owned();
    let joan = leadway.post("/contacts/", json!({ "locationId": "l", "firstName": "Joan", "email": "joan@example.com" })).await;
    let joan = joan["contact"]["id"].as_str().unwrap().to_owned();
    // Leonar's times are of seconds, the others' of milliseconds.
    for (vendor, contact, text) in [(Vendor::Leonar, &ada, "one"), (Vendor::Leadway, &joan, "two"), (Vendor::Leonar, &ada, "three")] {
        sandbox.reply(&ReplyTo::contact(vendor, contact, text)).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    }
    let http = reqwest::Client::new();
    let url = format!("{}/_sandbox/conversations", sandbox.url());
    let names = |found: Value| found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(success(http.get(&url)).await)[..2], ["Ada", "Joan"]);
    assert_eq!(names(success(http.get(format!("{url}?search=TWO"))).await), ["Joan"]);
    let first = http.get(format!("{url}?limit=1")).send().await.unwrap();
    let next = next_page(&first).unwrap();
    assert_eq!(names(first.json().await.unwrap()), ["Ada"]);
    assert_eq!(names(success(http.get(format!("{}{next}", sandbox.url()))).await), ["Joan"]);

    let html = "<p style='color:red'>Hi <b>Joan</b></p><script>hurt()</script>";
    let email = json!({ "type": "Email", "subType": "Email", "contactId": joan, "status": "pending", "subject": "Engines", "html": html });
    leadway.post("/conversations/messages", email).await;
    let found = success(http.get(format!("{url}?search=engines"))).await;
    assert_eq!((&found[0]["name"], &found[0]["last"]["subject"]), (&json!("Joan"), &json!("Engines")));
    let thread = success(http.get(format!("{url}/leadway/{}", found[0]["id"].as_str().unwrap()))).await;
    let message = &thread["messages"][1];
    assert_eq!((&message["subject"], &message["html"], &message["text"]), (&json!("Engines"), &json!(true), &json!(html)));
    let page = http.get(format!("{}/_sandbox/messages/leadway/{}", sandbox.url(), message["id"].as_str().unwrap())).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none';") && policy.ends_with("; sandbox") && !policy.contains("script-src"), "{policy}");
    assert_eq!(page.text().await.unwrap(), html);
    let plain = thread["messages"][0]["id"].as_str().unwrap();
    assert_eq!(
        fetch(http.get(format!("{}/_sandbox/messages/leadway/{plain}", sandbox.url()))).await.0,
        404,
        "text is not served as a page"
    );
}

/// What the page for sending fills in is a request that the sandbox takes.
#[tokio::test]
async fn example_requests_are_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::new();
    let operations = success(http.get(format!("{}/_sandbox/operations", sandbox.url()))).await;
    let (mut sent, mut refused) = (0, Vec::new());
    for operation in operations.as_array().unwrap() {
        let (vendor, id) = (operation["vendor"].as_str().unwrap(), operation["operation"].as_str().unwrap());
        // The vendor's file has a date in their request and a time in their response, which is made of it.
        if ["create_estimate", "update_estimate"].contains(&id) {
            continue;
        }
        let example = success(http.get(format!("{}/_sandbox/operations/{vendor}/{id}", sandbox.url()))).await;
        let method = Method::from_bytes(example["method"].as_str().unwrap().as_bytes()).unwrap();
        let url = format!("{}{}", sandbox.base_url(vendor.parse().unwrap()), example["path"].as_str().unwrap());
        let headers = example["headers"].as_object().unwrap();
        let mut request =
            headers.iter().fold(http.request(method, url), |request, (name, value)| request.header(name, value.as_str().unwrap()));
        match headers.get("Content-Type").and_then(Value::as_str) {
            Some("multipart/form-data") => continue,
            Some("application/x-www-form-urlencoded") => request = request.form(&example["body"]),
            Some(_) => request = request.body(example["body"].to_string()),
            None => {}
        }
        sandbox.reset();
        let (status, body) = fetch(request).await;
        sent += 1;
        if status.is_client_error() && status != 404 && status != 400 || status.is_server_error() {
            refused.push(format!("{vendor} {id}: {status} {body}"));
        }
    }
    assert!(sent > 150 && refused.is_empty(), "{sent} sent; {refused:#?}");
}

#[tokio::test]
async fn settings_change_while_it_runs() {
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::new();
    let url = format!("{}/_sandbox/settings", sandbox.url());
    let settings = success(http.patch(&url).json(&json!({ "versions": "published" }))).await;
    assert_eq!((&settings["versions"], &settings["rate_limits"]), (&json!("published"), &json!(false)));
    let client = Client::new(&sandbox, Vendor::HoopAi);
    let request = client.authorized(Method::GET, "/contacts/?locationId=l", "pit-1").header("Version", "2023-02-21");
    assert_eq!(fetch(request).await.0, 200);
    let (status, body) = fetch(http.patch(&url).json(&json!({ "version": "published" }))).await;
    assert_eq!(status, 400, "{body}");
    assert!(body["error"].as_str().unwrap().contains("unknown field `version`"), "{body}");
}

#[tokio::test]
async fn a_reset_leaves_the_documented_objects() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leadway);
    let listed = |list: Value| list["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].clone()).collect::<Vec<_>>();
    let before = listed(client.get("/contacts/?locationId=here").await);
    client.post("/contacts/", json!({ "locationId": "here", "firstName": "Ada" })).await;
    client.delete(&format!("/contacts/{}", before[0].as_str().unwrap())).await;
    success(reqwest::Client::new().post(format!("{}/_sandbox/reset", sandbox.url()))).await;
    assert_eq!(sandbox.requests(), []);
    assert_eq!(listed(client.get("/contacts/?locationId=here").await), before);
}

#[tokio::test]
async fn it_tells_where_everything_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let overview = success(reqwest::Client::new().get(format!("{}/_sandbox", sandbox.url()))).await;
    assert_eq!(success(reqwest::Client::new().get(format!("{}/_sandbox/", sandbox.url()))).await, overview, "with the slash too");
    for vendor in Vendor::ALL {
        let told = &overview["vendors"][vendor.id()];
        assert_eq!((&told["base_url"], &told["api_key"]), (&json!(sandbox.base_url(vendor)), &json!(Sandbox::api_key(vendor))));
    }
    let (status, body) = fetch(reqwest::Client::new().get(format!("{}/nowhere", sandbox.url()))).await;
    assert_eq!(status, 404);
    assert!(body["error"].as_str().unwrap().contains("/leonar/api/v1"), "{body}");
}

#[tokio::test]
async fn it_ends_when_it_is_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/_sandbox", sandbox.url());
    let http = reqwest::Client::new();
    success(http.get(&url)).await;
    drop(sandbox);
    tokio::task::yield_now().await;
    assert!(http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn it_runs_inside_another_router() {
    let router = Sandbox::builder().router().unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let request = reqwest::Client::new().get(format!("http://{address}/sendpilot/v1/credits")).header("X-API-Key", "k");
    assert_eq!(success(request).await["available"], 12_500);
    let broken = reqwest::Client::new().get(format!("http://{address}/sendpilot/v1/credits")).header("X-API-Key", "k");
    let response = broken.header("X-Sandbox-Fault", "reset-after").send().await;
    assert!(match response {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    });
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::new();
    for (path, files) in
        [("", &["sandbox.css", "app.js"][..]), ("/_sandbox/api", &["swagger-ui.css", "swagger-ui-bundle.js", "sandbox.css", "api.js"])]
    {
        let page = http.get(format!("{}{path}", sandbox.url())).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'; script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        let page = page.text().await.unwrap();
        assert!(!page.contains("://") && !page.contains("<script>") && !page.contains("style="), "everything it names is on the sandbox");
        for file in files {
            assert!(page.contains(&format!("/_sandbox/ui/{file}")), "{file}");
            let response = http.get(format!("{}/_sandbox/ui/{file}", sandbox.url())).send().await.unwrap();
            assert!(response.status().is_success() && response.bytes().await.unwrap().len() > 1_000, "{file}");
        }
    }
    // Modules name one another relative to themselves.
    for file in [
        "views.js",
        "parts.js",
        "requests.js",
        "objects.js",
        "controls.js",
        "lit-html.js",
        "directives/repeat.js",
        "directive.js",
        "directive-helpers.js",
    ] {
        let response = http.get(format!("{}/_sandbox/ui/{file}", sandbox.url())).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"text/javascript; charset=utf-8".parse().unwrap()),
            "{file}"
        );
    }
    for vendor in Vendor::ALL {
        let document = success(http.get(format!("{}/_sandbox/openapi/{vendor}.json", sandbox.url()))).await;
        let server = document["servers"][0]["url"].as_str().unwrap();
        assert_eq!(format!("{}{server}", sandbox.url()), sandbox.base_url(vendor));
        let operations = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
        assert!(
            operations.clone().all(|operation| operation["responses"].get("2XX").is_none()),
            "the page shows the status that is returned"
        );
    }
    assert_eq!(http.get(format!("{}/_sandbox/openapi/other.json", sandbox.url())).send().await.unwrap().status(), 404);
}
