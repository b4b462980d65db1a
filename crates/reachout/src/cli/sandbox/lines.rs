//! A line for each request that the sandbox receives.

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use reachout_sandbox::{RecordedRequest, RequestEvent, RequestStream};
use serde_json::json;

use crate::cli::output::{line, plain};

/// How many lines wait for a slow terminal.
const WAITING: usize = 1_024;
/// A reason of refusal is cut at this number of characters.
const REASON: usize = 100;

/// Prints the requests as they come, until the sandbox ends or nobody reads any more.
pub async fn print(mut requests: RequestStream, json: bool) {
    let Some(printer) = printer() else { return };
    let mut missed = 0;
    while let Some(watched) = requests.next().await {
        let text = match watched {
            RequestEvent::Request(request) if json => of_program(&request),
            RequestEvent::Request(request) => of_person(&request),
            RequestEvent::Missed(count) => {
                missed += count;
                continue;
            }
            _ => continue,
        };
        if missed > 0 && !json {
            // What does not fit this time is mentioned the next time.
            match printer.try_send(format!("… {missed} requests are not shown")) {
                Ok(()) => missed = 0,
                Err(_) => missed += 1,
            }
        }
        match printer.try_send(text) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => missed += 1,
            Err(TrySendError::Disconnected(_)) => return,
        }
    }
}

/// A thread that prints: a terminal that is held must not hold the server.
fn printer() -> Option<SyncSender<String>> {
    let (sender, lines) = sync_channel::<String>(WAITING);
    let print = move || {
        for text in lines {
            if line(&text).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("lines".to_owned()).spawn(print).ok().map(|_| sender)
}

/// Time, vendor, operation, status, milliseconds, fault, and why it was refused.
fn of_person(request: &RecordedRequest) -> String {
    let time = request.received_at.get(11..23).unwrap_or(&request.received_at);
    let what = request.operation.clone().unwrap_or_else(|| format!("{} {}", request.method, request.path));
    let status = request.status.map_or_else(|| "reset".to_owned(), |status| status.to_string());
    let fault = request.fault.as_ref().map(|fault| format!("  fault: {fault}")).unwrap_or_default();
    let reason = request.refusal.as_ref().map(|refusal| {
        let cut: String = refusal.chars().take(REASON).collect();
        if cut.len() < refusal.len() { format!("  {cut}…") } else { format!("  {cut}") }
    });
    let text = format!(
        "{time}Z  {:<9}  {what:<28}  {status:>5}  {:>5} ms{fault}{}",
        request.vendor.id(),
        request.milliseconds,
        reason.unwrap_or_default()
    );
    plain(&text).replace('\n', " ")
}

fn of_program(request: &RecordedRequest) -> String {
    json!({
        "number": request.number, "time": request.received_at, "vendor": request.vendor, "operation": request.operation,
        "method": request.method, "path": request.path, "status": request.status, "milliseconds": request.milliseconds,
        "fault": request.fault, "refusal": request.refusal,
    })
    .to_string()
}
