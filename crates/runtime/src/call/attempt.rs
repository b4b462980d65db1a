//! One attempt: one request, and its answer.

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, HeaderMap};
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::failure::{Failure, Failures, ReadEnd, Received};
use super::{Mode, Payload, Success};
use crate::call::gate::Gate;
use crate::call::redirect::Target;
use crate::call::transport::{SendErrorClass, Transport};
use crate::call::watch::DeliveryWatch;
use crate::error::{BODY_LIMIT, Context, Delivery, Error, ErrorKind, Reach, Worst};
use crate::pacing::Permit;
use crate::request::url::origin_of;
use crate::response::redaction::Redactor;
use crate::response::stream::{ByteStream, Interruption};
use crate::retry_after::Allowance;

/// What follows an attempt that did not fail.
pub(super) enum Step {
    Success(Success),
    Redirect(Target),
}

/// One attempt.
pub(super) struct Attempt<'a> {
    pub(super) transport: &'a dyn Transport,
    pub(super) failures: Failures<'a>,
    pub(super) context: &'a Context,
    pub(super) target: &'a Target,
    pub(super) mode: Mode,
    pub(super) watch: Option<&'a DeliveryWatch>,
}

impl Attempt<'_> {
    pub(super) async fn make(&self, mut request: reqwest::Request, permit: Option<Permit>) -> Result<Step, Failure> {
        let gate = Gate::install(&mut request, self.watch);
        if !gate.opens() {
            return Err(self.failures.stopped());
        }
        let step = self.exchange(request, permit, &gate).await;
        gate.settle(match &step {
            Ok(Step::Success(_)) => Delivery::Accepted,
            Ok(Step::Redirect(_)) => Delivery::Rejected,
            Err(failure) => failure.error.delivery(),
        });
        step
    }

    async fn exchange(&self, request: reqwest::Request, mut permit: Option<Permit>, gate: &Gate) -> Result<Step, Failure> {
        let until = Instant::now() + self.failures.limit.time;
        if let Some(permit) = &mut permit {
            permit.sent();
        }
        let answered = timeout_at(until, self.transport.send(request)).await;
        let response = match answered {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let reach = reach(error.class, &gate);
                // What the vendor refused it may have counted.
                give_back(&mut permit, reach.is_some_and(|reach| reach < Reach::Refused));
                return Err(self.failures.unanswered(error, &origin_of(&self.target.url), reach));
            }
            Err(_elapsed) => {
                let unsent = gate.shut();
                give_back(&mut permit, unsent);
                return Err(self.failures.timed_out(unsent));
            }
        };
        if let Some(permit) = permit {
            permit.answered(Allowance::read(response.headers()));
        }
        if response.status().is_success() {
            gate.note(Delivery::Accepted);
        }
        self.judge(response, until).await
    }

    async fn judge(&self, mut response: Response, until: Instant) -> Result<Step, Failure> {
        let status = response.status();
        let headers = response.headers().clone();
        if response.url() != &self.target.url {
            return Err(self.failures.strayed(Received { status, headers, body: Bytes::new() }));
        }
        if status.is_success() {
            return self.success(response, status, headers, until).await;
        }
        let redirect = status.is_redirection().then(|| self.redirect(status, &headers));
        match redirect {
            Some(Ok(target)) => Ok(Step::Redirect(target)),
            Some(Err(reason)) => {
                let (body, _) = read(&mut response, BODY_LIMIT, until).await;
                Err(self.failures.redirect(Received { status, headers, body }, reason))
            }
            None => {
                // However the reading ends, status and headers tell enough.
                let (body, _) = read(&mut response, BODY_LIMIT, until).await;
                Err(self.failures.status(Received { status, headers, body }))
            }
        }
    }

    /// Where the answer redirects to, or why that is not followed.
    fn redirect(&self, status: StatusCode, headers: &HeaderMap) -> Result<Target, String> {
        let target = self.target.next(self.failures.method, status, headers)?;
        if !target.trusted && self.failures.known.redactor().finds_in(target.url.as_str()) {
            return Err(format!("the vendor redirects ({status}) to another host with the credential in the address"));
        }
        Ok(target)
    }

    async fn success(&self, mut response: Response, status: StatusCode, headers: HeaderMap, until: Instant) -> Result<Step, Failure> {
        let payload = match self.mode {
            Mode::Stream => Payload::Stream(self.stream(response, status, &headers)),
            Mode::Discard => {
                let _ = read(&mut response, self.failures.max_body, until).await;
                Payload::Discarded
            }
            Mode::Whole => match read(&mut response, self.failures.max_body, until).await {
                (body, None) => Payload::Whole(body),
                (body, Some(end)) => return Err(self.failures.answer_lost(Received { status, headers, body }, end)),
            },
        };
        Ok(Step::Success(Success { status, headers, payload }))
    }

    fn stream(&self, response: Response, status: StatusCode, headers: &HeaderMap) -> ByteStream {
        let context = self.context.clone();
        let headers = headers.clone();
        let secrets = self.failures.known.all();
        ByteStream::new(response, self.failures.limit.time, move |interruption| {
            let error = match interruption {
                Interruption::Stalled(idle) => {
                    Error::new(ErrorKind::Timeout, Delivery::Accepted, format!("nothing more of the answer arrived within {idle:?}"))
                }
                Interruption::Broken(cause) => {
                    Error::new(ErrorKind::Transport, Delivery::Accepted, "the connection broke within the answer")
                        .with_source(cause.without_url())
                }
            };
            let error = error.with_context(&context).with_response(status, headers.clone(), Bytes::new());
            error.redacted(&Redactor::new(&secrets)).after_attempts(1, Worst::default())
        })
    }
}

/// How far the request came, if it counts as not sent.
fn reach(class: SendErrorClass, gate: &Gate) -> Option<Reach> {
    let unbegun = gate.shut().then_some(Reach::Head);
    match class {
        SendErrorClass::Connect | SendErrorClass::Invalid => Some(Reach::Nothing),
        SendErrorClass::Refused => unbegun.or(Some(Reach::Refused)),
        SendErrorClass::GoneAway if gate.has_body() => unbegun.or(Some(Reach::Refused)),
        SendErrorClass::GoneAway | SendErrorClass::Broken => unbegun,
    }
}

fn give_back(permit: &mut Option<Permit>, unsent: bool) {
    if let Some(permit) = permit.as_mut().filter(|_| unsent) {
        permit.unsent();
    }
}

/// The body, and why it is not complete. What has arrived is kept in every case.
async fn read(response: &mut Response, limit: usize, until: Instant) -> (Bytes, Option<ReadEnd>) {
    let mut body = BytesMut::with_capacity(announced(response).min(limit).min(BODY_LIMIT));
    let end = loop {
        match timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(piece))) => {
                let room = limit - body.len();
                body.extend_from_slice(&piece[..piece.len().min(room)]);
                if piece.len() > room {
                    break Some(ReadEnd::TooLarge);
                }
            }
            Ok(Ok(None)) => break None,
            Ok(Err(error)) => break Some(ReadEnd::Broken(error)),
            Err(_elapsed) => break Some(ReadEnd::TimedOut),
        }
    };
    (body.freeze(), end)
}

fn announced(response: &Response) -> usize {
    response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}
