//! A mock of every operation responds to its call with the documented example.

use reachout_mocks::Mocks;
use reachout_runtime::Api;
use reachout_test_support::lost;
use reachout_tests::Documented;
use reachout_tests::calls::{self, Calls, Content};

async fn every_operation_is_matched_by_its_call<C: Api>(vendor: Calls) {
    let mocks = Mocks::<C>::start();
    let core = vendor.core("mock-credential", &mocks.base_url()).unwrap();
    for call in vendor.calls.iter().filter(|call| !call.is_covered) {
        let documented = Documented::read(vendor.openapi, call.operation).unwrap();
        let prepared = || (call.call)(core.clone(), &documented).unwrap();
        let when = mocks.on(prepared().request);
        let mock = if documented.is_download { when.file("application/pdf", "%PDF-1.7") } else { when.example() };
        match prepared().await.unwrap() {
            Content::Json(json) => {
                assert_eq!(lost(documented.response.unwrap(), &json.value), Vec::<String>::new(), "{}", call.operation);
            }
            Content::Bytes(stream) => assert_eq!(stream.collect_bytes(8).await.unwrap(), "%PDF-1.7", "{}", call.operation),
            Content::Empty => {}
        }
        mock.assert();
    }
}

#[tokio::test]
async fn leonar() {
    every_operation_is_matched_by_its_call::<leonar::Client>(calls::leonar()).await;
}

#[tokio::test]
async fn sendpilot() {
    every_operation_is_matched_by_its_call::<sendpilot::Client>(calls::sendpilot()).await;
}

#[tokio::test]
async fn hoop_ai() {
    every_operation_is_matched_by_its_call::<hoop_ai::Client>(calls::hoop_ai()).await;
}

#[tokio::test]
async fn leadway() {
    every_operation_is_matched_by_its_call::<leadway::Client>(calls::leadway()).await;
}
