use std::sync::{Arc, Mutex};

use futures_util::{FutureExt, StreamExt};

use super::*;

/// What the vendor was asked for, in order.
type Log = Arc<Mutex<Vec<String>>>;

fn page(items: &[u32]) -> Page<u32> {
    Page { items: items.to_vec(), ..Page::default() }
}

/// No list here has so many pages or items: a stream that asks for more would never end.
const ENDLESS: usize = 50;

/// All items, or what came before the first error; without any waiting.
fn collect(stream: impl Stream<Item = Result<u32, Error>>) -> (Vec<u32>, usize) {
    let all: Vec<_> = stream.take(ENDLESS).collect().now_or_never().unwrap();
    assert!(all.len() < ENDLESS, "the stream does not end");
    let errors = all.iter().filter(|item| item.is_err()).count();
    (all.into_iter().filter_map(Result::ok).collect(), errors)
}

fn ask(log: &Log, position: String) {
    let mut log = log.lock().unwrap();
    assert!(log.len() < ENDLESS, "pages are fetched without end");
    log.push(position);
}

/// A vendor that has these pages, at these positions.
fn vendor(log: &Log, pages: Vec<(u64, Page<u32>)>) -> impl Fn(u64) -> std::future::Ready<Result<Page<u32>, Error>> + Send + use<> {
    let log = Arc::clone(log);
    move |position| {
        ask(&log, position.to_string());
        let found = pages.iter().find(|(at, _)| *at == position).map(|(_, page)| page.clone());
        std::future::ready(found.ok_or_else(|| Error::invalid_request("there is no such page")))
    }
}

struct Case {
    what: &'static str,
    start: u64,
    pages: Vec<(u64, Page<u32>)>,
    items: Vec<u32>,
    asked: &'static str,
    errors: usize,
}

#[test]
fn offsets() {
    let cases = [
        Case {
            what: "until an empty page",
            start: 0,
            pages: vec![(0, page(&[1, 2])), (2, page(&[3])), (3, page(&[]))],
            items: vec![1, 2, 3],
            asked: "0 2 3",
            errors: 0,
        },
        Case {
            what: "until there is no more",
            start: 0,
            pages: vec![(0, Page { more: Some(true), ..page(&[1]) }), (1, Page { more: Some(false), ..page(&[2]) })],
            items: vec![1, 2],
            asked: "0 1",
            errors: 0,
        },
        Case {
            what: "until the total, counted from the start",
            start: 4,
            pages: vec![(4, Page { total: Some(7), ..page(&[5, 6]) }), (6, Page { total: Some(7), ..page(&[7]) })],
            items: vec![5, 6, 7],
            asked: "4 6",
            errors: 0,
        },
        Case {
            what: "until the last of the pages",
            start: 0,
            pages: vec![(0, Page { total_pages: Some(1), ..page(&[1]) })],
            items: vec![1],
            asked: "0",
            errors: 0,
        },
        Case {
            what: "a vendor that ignores the offset",
            start: 0,
            pages: vec![(0, page(&[1, 2])), (2, page(&[1, 2]))],
            items: vec![1, 2],
            asked: "0 2",
            errors: 0,
        },
        Case {
            what: "an error after the items before it",
            start: 0,
            pages: vec![(0, page(&[1, 2]))],
            items: vec![1, 2],
            asked: "0 2",
            errors: 1,
        },
        Case { what: "nothing at all", start: 0, pages: vec![(0, page(&[]))], items: vec![], asked: "0", errors: 0 },
        Case {
            what: "no overflow at the end of numbers",
            start: u64::MAX,
            pages: vec![(u64::MAX, page(&[1]))],
            items: vec![1],
            asked: "18446744073709551615 18446744073709551615",
            errors: 0,
        },
    ];
    for case in cases {
        let log = Log::default();
        let stream = by_offset(case.start, case.start, vendor(&log, case.pages), |_, offset| offset);
        assert_eq!(collect(stream), (case.items, case.errors), "{}", case.what);
        assert_eq!(log.lock().unwrap().join(" "), case.asked, "{}", case.what);
    }
}

#[test]
fn page_numbers() {
    let of = |total_pages, items: &[u32]| Page { total_pages: Some(total_pages), ..page(items) };
    let cases = [
        Case {
            what: "counted from 1",
            start: 1,
            pages: vec![(1, of(2, &[1])), (2, of(2, &[2]))],
            items: vec![1, 2],
            asked: "1 2",
            errors: 0,
        },
        Case {
            what: "counted from 0",
            start: 0,
            pages: vec![(0, of(2, &[1])), (1, of(2, &[2]))],
            items: vec![1, 2],
            asked: "0 1",
            errors: 0,
        },
        Case {
            what: "begun in the middle",
            start: 3,
            pages: vec![(3, of(4, &[3])), (4, of(4, &[4]))],
            items: vec![3, 4],
            asked: "3 4",
            errors: 0,
        },
        Case {
            what: "until the total",
            start: 1,
            pages: vec![(1, Page { total: Some(3), ..page(&[1, 2]) }), (2, Page { total: Some(3), ..page(&[3]) })],
            items: vec![1, 2, 3],
            asked: "1 2",
            errors: 0,
        },
        Case {
            what: "until an empty page",
            start: 1,
            pages: vec![(1, page(&[1])), (2, page(&[]))],
            items: vec![1],
            asked: "1 2",
            errors: 0,
        },
    ];
    for case in cases {
        let log = Log::default();
        let stream = by_page(case.start, case.start, vendor(&log, case.pages), |_, number| number);
        assert_eq!(collect(stream), (case.items, case.errors), "{}", case.what);
        assert_eq!(log.lock().unwrap().join(" "), case.asked, "{}", case.what);
    }
}

#[test]
fn cursors() {
    type CursorPage = Page<u32, &'static str>;
    type Row = (&'static str, Vec<(&'static str, CursorPage)>, Vec<u32>, &'static str);
    let with = |items: &[u32], next: Option<&'static str>| CursorPage { items: items.to_vec(), next, ..CursorPage::default() };
    // Pages by cursor, the first without; the items, and the cursors asked for.
    let cases: Vec<Row> = vec![
        ("until no cursor", vec![("", with(&[1], Some("a"))), ("a", with(&[2], None))], vec![1, 2], " a"),
        ("a cursor that points to itself", vec![("", with(&[1], Some("a"))), ("a", with(&[2], Some("a")))], vec![1, 2], " a"),
        (
            "cursors in a circle",
            vec![("", with(&[1], Some("a"))), ("a", with(&[2], Some("b"))), ("b", with(&[3], Some("a")))],
            vec![1, 2, 3],
            " a b",
        ),
        ("an empty page with a cursor", vec![("", with(&[1], Some("a"))), ("a", with(&[], Some("b")))], vec![1], " a"),
        ("the same page again", vec![("", with(&[1], Some("a"))), ("a", with(&[1], Some("b")))], vec![1], " a"),
        ("no more in spite of a cursor", vec![("", CursorPage { more: Some(false), ..with(&[1], Some("a")) })], vec![1], ""),
        ("the total in spite of a cursor", vec![("", CursorPage { total: Some(1), ..with(&[1], Some("a")) })], vec![1], ""),
    ];
    for (what, pages, items, asked) in cases {
        let log = Log::default();
        let fetch = |cursor: String| {
            let found = pages.iter().find(|(at, _)| *at == cursor).map(|(_, page)| page.clone()).unwrap();
            ask(&log, cursor);
            std::future::ready(Ok(found))
        };
        let stream = by_cursor(String::new(), fetch, |_, cursor: &str| cursor.to_owned());
        assert_eq!(collect(stream), (items, 0), "{what}");
        assert_eq!(log.lock().unwrap().join(" "), asked, "{what}");
    }
}

#[test]
fn pages_are_fetched_when_they_are_needed() {
    let log = Log::default();
    let stream = by_offset(0, 0, vendor(&log, vec![(0, page(&[1, 2])), (2, page(&[3])), (3, page(&[]))]), |_, offset| offset);
    let mut stream = std::pin::pin!(stream);
    let asked = || log.lock().unwrap().join(" ");
    assert_eq!(asked(), "");
    let mut next = || stream.next().now_or_never().unwrap().map(Result::unwrap);
    assert_eq!((next(), asked()), (Some(1), "0".to_owned()));
    assert_eq!((next(), asked()), (Some(2), "0".to_owned()));
    assert_eq!((next(), asked()), (Some(3), "0 2".to_owned()));
    assert_eq!((next(), asked()), (None, "0 2 3".to_owned()));
}

/// An item that is no JSON has no form to compare, so it is never taken for one of the page before.
#[test]
fn items_that_cannot_be_compared_are_all_handed_out() {
    #[derive(Clone, Debug)]
    struct Opaque(u32);
    impl Serialize for Opaque {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no JSON"))
        }
    }
    let log = Log::default();
    let fetch = |offset: u64| {
        ask(&log, offset.to_string());
        let items = (offset < 3).then_some(Opaque(u32::try_from(offset).unwrap())).into_iter().collect();
        std::future::ready(Ok(Page::<Opaque> { items, ..Page::default() }))
    };
    let items = by_offset(0, 0, fetch, |_, offset| offset).map(|item| item.map(|Opaque(number)| number));
    assert_eq!(collect(items), (vec![0, 1, 2], 0));
}
