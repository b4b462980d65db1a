use reqwest::Method;

use super::fake::{self, Fake, GET, IMPORTED, OK, PATCH, POST, SEND, TOUCH};
use crate::error::{Advice, Delivery, ErrorKind};
use crate::request::Request;
use crate::{CallOptions, Core, Effect};

/// Whether the client sends a request; if it does not, how the error says so.
async fn permits(client: &Core, fake: &Fake, request: Request) -> bool {
    let before = fake.seen().len();
    let result = request.send_empty().await;
    let sent = fake.seen().len() > before;
    if let Err(error) = result {
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::NotPermitted, Delivery::NotSent, 0), "{error}");
        assert_eq!((error.advice(), error.vendor()), (Advice::FixSettings, Some("Acme")), "{client:?}");
        assert!(!sent, "{error}");
    }
    sent
}

#[tokio::test(start_paused = true)]
async fn nothing_above_the_permission_is_sent() {
    let fake = Fake::script([OK]);
    let open = fake::core(&fake);
    let rows = [
        // Allowed: nothing said, what reads, what changes, what deletes, everything.
        (GET, "yyyyy"),
        (TOUCH, "ynyyy"),
        (POST, "ynyyy"),
        (SEND, "ynnny"),
        // The effect is a guess, or not known at all.
        (IMPORTED, "ynnny"),
        (PATCH, "ynnny"),
    ];
    for (route, expected) in rows {
        let mut permitted = String::new();
        for effect in [None, Some(Effect::Reads), Some(Effect::Changes), Some(Effect::Deletes), Some(Effect::ReachesAPerson)] {
            let client = effect.map_or(open.clone(), |effect| open.with(CallOptions::new().allow(effect)));
            let request = client.operation(route);
            let request = if route.path.contains("{id}") { request.path_param("id", &"t1") } else { request };
            permitted.push(if permits(&client, &fake, request).await { 'y' } else { 'n' });
        }
        assert_eq!(permitted, expected, "{}", route.operation_id);
    }
}

#[tokio::test(start_paused = true)]
async fn raw_requests_have_the_effect_of_their_path() {
    let fake = Fake::script([OK]);
    let reads = fake::build(&fake, |builder| builder.allow(Effect::Reads));
    for (method, path, permitted) in [
        (Method::GET, "/things", true),
        (Method::GET, "/elsewhere/t1", true),
        (Method::GET, "/things/t1/touch?now=1", false),
        (Method::GET, "/things/t1/%74ouch/", false),
        (Method::POST, "/elsewhere", false),
        (Method::DELETE, "/elsewhere", false),
    ] {
        assert_eq!(permits(&reads, &fake, reads.request(method.clone(), path)).await, permitted, "{method} {path}");
    }
    let deletes = fake::build(&fake, |builder| builder.allow(Effect::Deletes));
    assert!(!permits(&deletes, &fake, deletes.request(Method::DELETE, "/elsewhere")).await, "nobody knows what it does");
}

#[tokio::test(start_paused = true)]
async fn a_permission_is_never_widened() {
    let fake = Fake::script([OK]);
    let reads = fake::build(&fake, |builder| builder.allow(Effect::Reads));
    let all = CallOptions::new().allow(Effect::ReachesAPerson);
    for client in [reads.with(all.clone()), reads.with_credential("other").unwrap().with(all), reads.with(CallOptions::new())] {
        assert!(!permits(&client, &fake, client.operation(POST)).await);
        assert!(permits(&client, &fake, client.operation(GET)).await);
    }
    let once = CallOptions::new().allow(Effect::Reads).allow(Effect::Changes);
    let client = fake::core(&fake).with(once);
    assert!(!permits(&client, &fake, client.operation(POST)).await);
}
