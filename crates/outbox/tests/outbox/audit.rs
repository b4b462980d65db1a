//! The audit trail of assistants' calls, and their caps.

use std::time::Duration;

use reachout_outbox::{Account, Envelope, Message, SendCaps, SendPermit, ToolCall, Vendor};

use crate::both;

both! {
    async fn a_trail_has_each_call_and_is_read_from_its_end(database) {
        let outbox = database.open().await;
        let call = ToolCall::new("script 1", "session", "send_message").account(Some("leonar/default".to_owned())).arguments("{\"to\":\"\\u0000x\"}");
        let ids = [outbox.record_call(&call).await.unwrap(), outbox.record_call(&call).await.unwrap()];
        outbox.finish_call(ids[0], Some(7), "accepted").await.unwrap();
        let trail = outbox.audit(None, 10).await.unwrap();
        assert_eq!(trail.iter().map(|call| call.id).collect::<Vec<_>>(), [ids[1], ids[0]]);
        assert_eq!((trail[0].finished_at, trail[0].result.as_deref()), (None, None), "the server ended before the call did");
        let ended = &trail[1];
        assert_eq!((ended.message, ended.result.as_deref(), ended.permitted), (Some(7), Some("accepted"), false));
        assert_eq!((ended.client.as_str(), ended.tool.as_str(), ended.account.as_deref()), ("script 1", "send_message", Some("leonar/default")));
        assert_eq!(ended.arguments.as_deref(), Some("{\"to\":\"\\u0000x\"}"));
        assert!(ended.finished_at.unwrap() >= ended.started_at);
        assert_eq!(outbox.audit(Some(ids[1]), 10).await.unwrap().len(), 1, "the page before");
        outbox.purge(Duration::ZERO).await.unwrap();
        assert!(outbox.audit(None, 10).await.unwrap().iter().all(|call| call.arguments.is_none()), "what the calls were about is gone");
    }

    /// At the same time and from several servers, no cap is passed, and a message counts once.
    async fn caps_hold_for_calls_at_the_same_time(database) {
        let outbox = database.open().await;
        let account = Account::new(Vendor::Leonar, Account::DEFAULT);
        let mut permits = tokio::task::JoinSet::new();
        for number in 0..24 {
            let message = Message::to(format!("a1b2c3d4-5678-90ab-cdef-{number:012}")).channel(reachout_outbox::Channel::Linkedin).text("Hi");
            let id = outbox.enqueue(&Envelope::new(account.clone(), message).hold(), &format!("key{number}")).await.unwrap().id;
            for _ in 0..2 {
                let outbox = outbox.clone();
                permits.spawn(async move {
                    let call = outbox.record_call(&ToolCall::new("script", format!("session{}", number % 3), "send_message")).await.unwrap();
                    (id, outbox.permit_call(call, id, SendCaps::new(5, 12)).await.unwrap())
                });
            }
        }
        let permits = permits.join_all().await;
        let mut permitted: Vec<_> = permits.iter().filter(|(_, permit)| *permit == SendPermit::Permitted).map(|(id, _)| *id).collect();
        permitted.sort_unstable();
        permitted.dedup();
        assert_eq!(permitted.len(), 12, "{permits:?}");
        let trail = outbox.audit(None, 100).await.unwrap();
        assert_eq!(trail.iter().filter(|call| call.permitted).count(), 12);
        for session in ["session0", "session1", "session2"] {
            assert!(trail.iter().filter(|call| call.permitted && call.session == session).count() <= 5);
        }
        assert!(permits.iter().any(|(_, permit)| *permit == SendPermit::DayFull));
    }
}
