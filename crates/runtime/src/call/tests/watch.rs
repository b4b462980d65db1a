use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::fake::{self, Fake, GET, OK, POST, Reply};
use crate::error::{Delivery, ErrorKind};
use crate::{CallOptions, Core, DeliveryWatch, Route};

const SLOW: Reply = Reply::Slow(Duration::from_secs(5), 200);
const LIMITED: Reply = Reply::Response(429, "retry-after: 10", "");

/// Makes a call and gives it up after one second.
async fn give_up(client: &Core, route: &'static Route) -> Option<Result<(), crate::Error>> {
    let call = client.operation(route);
    let call = if route.method == GET.method { call } else { call.json(&json!({ "text": "Hi" })) };
    timeout(Duration::from_secs(1), call.send_empty()).await.ok().map(|result| result.map(drop))
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_has_a_known_delivery() {
    use Delivery::{Accepted, NotSent, Rejected, Unknown};
    let rows: [(&str, &[Reply], Delivery, Delivery); 8] = [
        // What the vendor does, and what is known of a POST and of a GET.
        ("success", &[OK], Accepted, Accepted),
        ("a late success", &[SLOW], Unknown, Unknown),
        ("silence", &[Reply::Silence], Unknown, Unknown),
        ("no connection", &[Reply::NoConnection], NotSent, NotSent),
        ("a body that is never taken", &[Reply::Stuck], NotSent, Unknown),
        ("a refusal", &[Reply::Response(400, "", "")], Rejected, Rejected),
        ("a wait after a refusal", &[LIMITED], Rejected, Rejected),
        ("a server error", &[Reply::Response(500, "", "")], Unknown, Rejected),
    ];
    for (case, replies, written, read) in rows {
        for (route, expected) in [(POST, written), (GET, read)] {
            let watch = DeliveryWatch::new();
            let client = fake::core(&Fake::script(replies)).with(CallOptions::new().watch(&watch));
            assert_eq!(watch.delivery(), NotSent);
            let result = give_up(&client, route).await;
            assert_eq!(watch.delivery(), expected, "{case} to {}: {result:?}", route.operation_id);
            if let Some(Err(error)) = result {
                assert_eq!(error.delivery(), expected, "{case}: {error}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_several_requests_the_greatest_counts() {
    let watch = DeliveryWatch::new();
    let fake = Fake::script([OK, Reply::Response(400, "", ""), SLOW, Reply::Stuck]);
    let client = fake::core(&fake).with(CallOptions::new().watch(&watch));
    give_up(&client, POST).await;
    for _ in 0..3 {
        give_up(&client, POST).await;
        assert_eq!(watch.delivery(), Delivery::Accepted);
    }
    let later = DeliveryWatch::new();
    let client = client.with(CallOptions::new().watch(&later));
    give_up(&client, POST).await;
    assert_eq!((later.delivery(), fake.seen().len()), (Delivery::NotSent, 5), "the later option replaces the earlier");
}

#[tokio::test(start_paused = true)]
async fn what_a_closed_watch_told_stays_true() {
    for route in [POST, GET] {
        let watch = DeliveryWatch::new();
        let fake = Fake::script([OK]);
        let client = fake::core(&fake).with(CallOptions::new().no_retry().watch(&watch));
        assert_eq!(watch.close(), Delivery::NotSent);
        let error = give_up(&client, route).await.unwrap().unwrap_err();
        assert_eq!((error.delivery(), error.kind()), (Delivery::NotSent, ErrorKind::Transport), "{error}");
        assert_eq!((fake.received(), watch.delivery()), (0, Delivery::NotSent));
    }
}
