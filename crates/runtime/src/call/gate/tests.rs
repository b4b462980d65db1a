use std::task::Waker;

use super::*;

fn request(body: &'static str) -> reqwest::Request {
    let mut request = reqwest::Request::new(reqwest::Method::POST, "https://api.acme.invalid/".parse().unwrap());
    *request.body_mut() = Some(body.into());
    request
}

/// The first piece of the body, or whether it was refused.
fn take(request: &mut reqwest::Request) -> Result<Bytes, String> {
    let body = request.body_mut().as_mut().unwrap();
    match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(Ok(frame))) => Ok(frame.into_data().unwrap()),
        Poll::Ready(Some(Err(error))) => Err(format!("{error:?}")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_body_that_was_begun_may_have_left() {
    let mut request = request("hello");
    let gate = Gate::install(&mut request, None);
    assert_eq!(request.body().unwrap().size_hint().exact(), Some(5));
    assert!(!request.body().unwrap().is_end_stream());
    assert_eq!(take(&mut request).unwrap(), "hello");
    assert!(request.body().unwrap().is_end_stream(), "HTTP/2 ends the stream with its last frame");
    assert!(!gate.shut());
    assert!(!gate.shut());
}

#[test]
fn a_body_that_was_not_begun_never_will_be() {
    let mut request = request("hello");
    let gate = Gate::install(&mut request, None);
    assert!(gate.shut());
    assert!(take(&mut request).unwrap_err().contains("the attempt was given up"));
    assert!(gate.shut());
}

#[test]
fn nobody_below_can_send_it_again() {
    let mut request = request("hello");
    assert!(request.try_clone().is_some());
    let _gate = Gate::install(&mut request, None);
    assert!(request.try_clone().is_none());
}

#[test]
fn without_a_body_nothing_is_known() {
    let mut empty = request("");
    assert!(!Gate::install(&mut empty, None).shut());
    *empty.body_mut() = None;
    assert!(!Gate::install(&mut empty, None).shut());
}
