use super::*;

const OUTCOMES: [(&str, Outcome); 18] = [
    ("not sent", Outcome::NotSent),
    ("timed out", Outcome::TimedOut),
    ("interrupted", Outcome::Interrupted),
    ("response lost", Outcome::ResponseLost),
    ("400", Outcome::Status(StatusCode::BAD_REQUEST)),
    ("401", Outcome::Status(StatusCode::UNAUTHORIZED)),
    ("403", Outcome::Status(StatusCode::FORBIDDEN)),
    ("404", Outcome::Status(StatusCode::NOT_FOUND)),
    ("408", Outcome::Status(StatusCode::REQUEST_TIMEOUT)),
    ("409", Outcome::Status(StatusCode::CONFLICT)),
    ("422", Outcome::Status(StatusCode::UNPROCESSABLE_ENTITY)),
    ("425", Outcome::Status(StatusCode::TOO_EARLY)),
    ("429", Outcome::Status(StatusCode::TOO_MANY_REQUESTS)),
    ("500", Outcome::Status(StatusCode::INTERNAL_SERVER_ERROR)),
    ("501", Outcome::Status(StatusCode::NOT_IMPLEMENTED)),
    ("502", Outcome::Status(StatusCode::BAD_GATEWAY)),
    ("503", Outcome::Status(StatusCode::SERVICE_UNAVAILABLE)),
    ("504", Outcome::Status(StatusCode::GATEWAY_TIMEOUT)),
];

/// The contract, row by row: is the request sent again after its first attempt?
///
/// `safe` is GET and HEAD, `repeatable` PUT and DELETE, `once` POST and PATCH.
const TABLE: &str = "
    outcome     | safe  | repeatable | once
    not sent    | retry | retry      | retry
    timed out   | retry | retry      | -
    interrupted | retry | retry      | -
    response lost | retry | -          | -
    400         | -     | -          | -
    401         | -     | -          | -
    403         | -     | -          | -
    404         | -     | -          | -
    408         | retry | retry      | -
    409         | -     | -          | -
    422         | -     | -          | -
    425         | -     | -          | -
    429         | retry | retry      | retry
    500         | retry | retry      | -
    501         | -     | -          | -
    502         | retry | retry      | -
    503         | retry | retry      | -
    504         | retry | retry      | -
";

/// An exact policy: the pause is the whole ceiling.
fn policy() -> RetryPolicy {
    RetryPolicy::new().jitter(|ceiling| ceiling)
}

fn attempt(method: MethodClass, outcome: Outcome) -> Attempt {
    Attempt {
        method,
        outcome,
        number: 1,
        repeatable_body: true,
        vendor_wait: None,
        elapsed: Duration::ZERO,
        deadline: Duration::from_secs(60),
    }
}

fn retry_in(millis: u64) -> Decision {
    Decision::Retry { after: Duration::from_millis(millis) }
}

#[test]
fn every_row_of_the_contract() {
    let mut rows = 0;
    for line in TABLE.trim().lines().skip(1) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (_, outcome) = OUTCOMES.iter().find(|(name, _)| *name == cells[0]).unwrap();
        for (cell, method) in cells[1..].iter().zip([MethodClass::Safe, MethodClass::Repeatable, MethodClass::Once]) {
            let expected = if *cell == "retry" { retry_in(500) } else { Decision::GiveUp };
            assert_eq!(decide(&policy(), &attempt(method, *outcome)), expected, "{} of {method:?}", cells[0]);
            rows += 1;
        }
    }
    assert_eq!(rows, 3 * OUTCOMES.len(), "the table covers every outcome");
}

/// The one setting that changes a row, and only its last cell.
#[test]
fn a_429_by_policy() {
    let (on, off) = (policy(), policy().retry_post_after_429(false));
    for (name, outcome) in OUTCOMES {
        for method in [MethodClass::Safe, MethodClass::Repeatable, MethodClass::Once] {
            let decisions = [&on, &off].map(|policy| decide(policy, &attempt(method, outcome)));
            let changed = name == "429" && method == MethodClass::Once;
            let expected = if changed { [retry_in(500), Decision::GiveUp] } else { [decisions[0]; 2] };
            assert_eq!(decisions, expected, "{name} of {method:?}");
        }
    }
}

#[test]
fn a_body_that_is_used_up_is_never_sent_again() {
    for (name, outcome) in OUTCOMES {
        for method in [MethodClass::Safe, MethodClass::Repeatable, MethodClass::Once] {
            let attempt = Attempt { repeatable_body: false, ..attempt(method, outcome) };
            assert_eq!(decide(&policy(), &attempt), Decision::GiveUp, "{name} of {method:?}");
        }
    }
}

struct Row {
    what: &'static str,
    policy: RetryPolicy,
    number: u32,
    /// Milliseconds.
    vendor_wait: Option<u64>,
    elapsed: u64,
    deadline: u64,
    decision: Decision,
}

fn row_of(row: &Row) -> Row {
    Row { policy: row.policy.clone(), ..*row }
}

#[test]
fn attempts_pauses_and_deadline() {
    let row = Row {
        what: "the first pause",
        policy: policy(),
        number: 1,
        vendor_wait: None,
        elapsed: 0,
        deadline: 60_000,
        decision: retry_in(500),
    };
    let rows = [
        Row { what: "the second pause is twice as long", number: 2, decision: retry_in(1000), ..row_of(&row) },
        Row { what: "three attempts by default", number: 3, decision: Decision::GiveUp, ..row_of(&row) },
        Row { what: "the ceiling", policy: policy().attempts(99), number: 7, decision: retry_in(20_000), ..row_of(&row) },
        Row { what: "no overflow", policy: policy().attempts(u32::MAX), number: u32::MAX - 1, decision: retry_in(20_000), ..row_of(&row) },
        Row { what: "no policy", policy: RetryPolicy::none(), decision: Decision::GiveUp, ..row_of(&row) },
        Row { what: "zero attempts are one", policy: policy().attempts(0), decision: Decision::GiveUp, ..row_of(&row) },
        Row { what: "no jitter above the ceiling", policy: policy().jitter(|_| Duration::MAX), decision: retry_in(500), ..row_of(&row) },
        Row { what: "no jitter, no pause", policy: policy().jitter(|_| Duration::ZERO), decision: retry_in(0), ..row_of(&row) },
        Row { what: "the vendor's wait wins over a shorter pause", vendor_wait: Some(7000), decision: retry_in(7000), ..row_of(&row) },
        Row { what: "and over a longer one", number: 2, vendor_wait: Some(3), decision: retry_in(3), ..row_of(&row) },
        Row { what: "the vendor says at once", vendor_wait: Some(0), decision: retry_in(0), ..row_of(&row) },
        Row { what: "the pause ends in time", elapsed: 59_499, decision: retry_in(500), ..row_of(&row) },
        Row { what: "the pause ends at the deadline", elapsed: 59_500, decision: Decision::GiveUp, ..row_of(&row) },
        Row { what: "the deadline has passed", elapsed: 61_000, decision: Decision::GiveUp, ..row_of(&row) },
        Row { what: "the vendor's wait is too long", vendor_wait: Some(60_000), decision: Decision::GiveUp, ..row_of(&row) },
        Row { what: "an endless deadline", elapsed: u64::MAX, deadline: u64::MAX, decision: Decision::GiveUp, ..row_of(&row) },
        row,
    ];
    for row in rows {
        let attempt = Attempt {
            number: row.number,
            vendor_wait: row.vendor_wait.map(Duration::from_millis),
            elapsed: Duration::from_millis(row.elapsed),
            deadline: Duration::from_millis(row.deadline),
            ..attempt(MethodClass::Safe, Outcome::TimedOut)
        };
        assert_eq!(decide(&row.policy, &attempt), row.decision, "{}", row.what);
    }
}

#[test]
fn full_jitter_spreads_over_the_whole_range() {
    let ceiling = Duration::from_secs(1);
    let pauses: Vec<_> = (0..2000).map(|_| full_jitter(ceiling)).collect();
    assert!(pauses.iter().all(|pause| *pause <= ceiling));
    assert!(pauses.iter().any(|pause| *pause < ceiling / 10));
    assert!(pauses.iter().any(|pause| *pause > ceiling * 9 / 10));
    let mean = pauses.iter().sum::<Duration>() / 2000;
    assert!(mean > ceiling * 4 / 10 && mean < ceiling * 6 / 10, "{mean:?}");
}
