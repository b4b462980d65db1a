//! Tokens and files.

use reachout_sandbox::{Sandbox, Settings, Vendor};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::client::{Client, fetch, success};

async fn token(client: &Client<'_>, fields: &[(&str, &str)]) -> (u16, Value) {
    let app = [("client_id", "app"), ("client_secret", "secret")];
    let fields: Vec<_> = app.iter().chain(fields).collect();
    let (status, body) = fetch(client.bare(Method::POST, "/oauth/token").form(&fields)).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn tokens_expire_and_refresh_once() {
    let settings: Settings = serde_json::from_value(json!({ "token_seconds": 1 })).unwrap();
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leadway);
    let (status, first) = token(&client, &[("grant_type", "authorization_code"), ("code", "c")]).await;
    assert_eq!((status, &first["expires_in"], &first["token_type"]), (200, &json!(1), &json!("Bearer")));
    let list =
        |token: &Value| client.authorized(Method::GET, "/contacts/?locationId=l", token.as_str().unwrap()).header("Version", "2021-07-28");
    assert_eq!(fetch(list(&first["access_token"])).await.0, 200);
    assert_eq!(fetch(list(&json!("sandbox-access-invented"))).await.0, 401);

    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let (status, body) = fetch(list(&first["access_token"])).await;
    assert_eq!((status.as_u16(), &body["message"]), (401, &json!("Invalid JWT")));
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"].as_str().unwrap())];
    let (status, second) = token(&client, &refresh).await;
    assert_eq!(status, 200);
    assert_ne!(second["refresh_token"], first["refresh_token"], "it rotates");
    assert_eq!(fetch(list(&second["access_token"])).await.0, 200);
    let (status, body) = token(&client, &refresh).await;
    assert_eq!((status, &body["message"]), (400, &json!("Invalid grant: refresh token is invalid")));

    for (fields, expected) in [
        (&[("grant_type", "authorization_code")][..], "Missing parameter: code"),
        (&[("grant_type", "refresh_token")], "Missing parameter: refreshToken"),
    ] {
        assert_eq!(token(&client, fields).await.1["message"], expected);
    }
    assert_eq!(token(&client, &[("grant_type", "password")]).await.0, 422);
    assert_eq!(token(&client, &[("grant_type", "authorization_code"), ("code", "c"), ("nonsense", "1")]).await.0, 422);

    let agency = token(&client, &[("grant_type", "authorization_code"), ("code", "c"), ("user_type", "Company")]).await.1;
    let location = client.authorized(Method::POST, "/oauth/locationToken", agency["access_token"].as_str().unwrap());
    let location = success(location.header("Version", "2021-07-28").form(&[("companyId", "c"), ("locationId", "l1")])).await;
    assert_eq!((&location["locationId"], fetch(list(&location["access_token"])).await.0.as_u16()), (&json!("l1"), 200));
}

#[tokio::test]
async fn files_go_up_and_down() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leadway);
    let contact =
        client.post("/contacts/", json!({ "locationId": "l", "firstName": "Ada" })).await["contact"]["id"].as_str().unwrap().to_owned();
    let conversation = client.post("/conversations/", json!({ "locationId": "l", "contactId": contact })).await["conversation"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let form = |name: &str| {
        let part = Part::bytes(vec![7; 100_000]).file_name(name.to_owned());
        Form::new()
            .text("conversationId", conversation.clone())
            .text("contactId", contact.clone())
            .text("locationId", "l")
            .part("fileAttachment", part)
    };
    let path = "/conversations/messages/upload";
    let uploaded = success(client.request(Method::POST, path).multipart(form("cv.pdf"))).await;
    assert!(uploaded["uploadedFiles"]["cv.pdf"].as_str().unwrap().ends_with("pdf"), "{uploaded}");
    let (status, body) = fetch(client.request(Method::POST, path).multipart(form("virus.exe"))).await;
    assert_eq!((status.as_u16(), &body["status"]), (415, &json!(415)), "{body}");
    let text = Form::new().text("conversationId", "c").text("contactId", "c").text("locationId", "l").text("fileAttachment", "cv.pdf");
    let (status, body) = fetch(client.request(Method::POST, path).multipart(text)).await;
    assert_eq!((status.as_u16(), &body["message"]), (422, &json!(["fileAttachment: this part is not a file"])));
    let lost = Form::new().text("contactId", contact.clone());
    let (status, body) = fetch(client.request(Method::POST, path).multipart(lost)).await;
    assert_eq!(status, 422, "{body}");

    let file =
        json!({ "locationId": "l", "conversationId": conversation, "filename": "film.mp4", "contentType": "video/mp4", "channel": "SMS" });
    let begun = client.post("/conversations/messages/upload/initiate", file).await;
    success(reqwest::Client::new().put(begun["uploadUrl"].as_str().unwrap()).body(vec![0; 1_000])).await;
    let mut done = json!({ "locationId": "l", "conversationId": conversation, "filename": "film.mp4" });
    done["uploadId"] = begun["uploadId"].clone();
    done["filePath"] = begun["filePath"].clone();
    let completed = client.post("/conversations/messages/upload/complete", done.clone()).await;
    assert_eq!(completed["metadata"], json!({ "size": 1_000, "contentType": "video/mp4" }));
    let (status, body) = fetch(client.request(Method::POST, "/conversations/messages/upload/complete").json(&done)).await;
    assert_eq!((status.as_u16(), &body["message"]), (404, &json!("uploadId: upload not found")));

    let call = json!({ "type": "Call", "conversationId": conversation, "conversationProviderId": "p" });
    let call = client.post("/conversations/messages/outbound", call).await["messageId"].as_str().unwrap().to_owned();
    let recording = client.request(Method::GET, &format!("/conversations/messages/{call}/locations/l/recording")).send().await.unwrap();
    assert_eq!(recording.headers()["content-type"], "audio/x-wav");
    assert!(recording.bytes().await.unwrap().starts_with(b"RIFF"));
    let nothing = client.status(Method::GET, "/conversations/messages/nothing/locations/l/recording").await;
    assert_eq!(nothing, 404);
}

/// A browser on the consent page: what is shown, and where a choice leads.
#[tokio::test]
async fn an_app_is_let_in_through_the_consent_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leadway);
    client.post("/contacts/", json!({ "locationId": "mine", "firstName": "Ada" })).await;
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let app = reachout_oauth::App::builder("<my app>", "secret")
        .redirect_uri("http://127.0.0.1:9/callback")
        .authorize_url(format!("{}/leadway/v2/oauth/chooselocation", sandbox.url()))
        .base_url(sandbox.base_url(Vendor::Leadway))
        .build()
        .unwrap();
    let authorization = app.authorization().scopes(["contacts.readonly", "contacts.write"]).start().unwrap();
    let page = browser.get(authorization.url.as_str()).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self' http://127.0.0.1:9;"), "{policy}");
    let page = page.text().await.unwrap();
    assert!(page.contains("&lt;my app&gt;") && !page.contains("<my app>"), "{page}");
    assert!(page.contains("contacts.write") && page.contains("value=\"location:mine\"") && !page.contains("<script"), "{page}");

    let choose = |account: &str, decision: &str| {
        let mut fields: Vec<(String, String)> = authorization.url.query_pairs().into_owned().collect();
        fields.extend([("account".to_owned(), account.to_owned()), ("decision".to_owned(), decision.to_owned())]);
        let own = sandbox.url().to_owned();
        browser.post(format!("{own}/leadway/v2/oauth/chooselocation")).header("Origin", own).form(&fields).send()
    };
    let redirected = |response: &reqwest::Response| url::Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    let query = |url: &url::Url, name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());

    let allowed = choose("location:mine", "allow").await.unwrap();
    assert_eq!(allowed.status(), 303);
    let back = redirected(&allowed);
    assert!(back.as_str().starts_with("http://127.0.0.1:9/callback?code="), "{back}");
    assert_eq!(query(&back, "state"), query(&authorization.url, "state"));
    let code = query(&back, "code").unwrap();
    let tokens = app.exchange_code(code.as_str()).await.unwrap();
    assert_eq!((tokens.location_id.as_deref(), tokens.scope.as_deref()), (Some("mine"), Some("contacts.readonly contacts.write")));
    let again = app.exchange_code(code.as_str()).await.unwrap_err().to_string();
    assert!(again.contains("authorization code is invalid"), "a code is good for one use: {again}");

    // The agency, another app's use of a code, and a user who says no.
    let agency = redirected(&choose_agency(&page, choose).await);
    let code = query(&agency, "code").unwrap();
    let stolen = token(&client, &[("grant_type", "authorization_code"), ("code", &code)]).await;
    assert_eq!((stolen.0, &stolen.1["message"]), (400, &json!("Invalid grant: authorization code is invalid")));
    let refused = redirected(&choose("location:mine", "refuse").await.unwrap());
    assert_eq!((query(&refused, "error").as_deref(), query(&refused, "code")), (Some("access_denied"), None));

    let ask = |query: &str| browser.get(format!("{}/leadway/oauth/chooselocation?{query}", sandbox.url())).send();
    for (query, expected) in [
        ("response_type=code&redirect_uri=http://127.0.0.1:9/", "client_id: this parameter is required"),
        ("response_type=token&client_id=a&redirect_uri=http://127.0.0.1:9/", "response_type: "),
        ("response_type=code&client_id=a&redirect_uri=javascript:alert(1)", "redirect_uri: this is an http or https address"),
    ] {
        let response = ask(query).await.unwrap();
        assert_eq!(response.status(), 400, "{query}");
        assert!(response.text().await.unwrap().contains(expected), "{query}");
    }
    let elsewhere = browser.get(format!("{}/leonar/oauth/chooselocation", sandbox.url())).send().await.unwrap();
    assert_eq!(elsewhere.status(), 404);
}

/// Chooses the agency that the page offers.
async fn choose_agency<F>(page: &str, choose: impl Fn(&str, &'static str) -> F) -> reqwest::Response
where
    F: Future<Output = Result<reqwest::Response, reqwest::Error>>,
{
    let start = page.find("company:").unwrap();
    let account: String = page[start..].chars().take_while(|character| *character != '"').collect();
    choose(&account, "allow").await.unwrap()
}
