use serde_json::{Value, json};

use super::{Pager, Turn};
use crate::route::pagination::{PageStyle, Pagination};

static BARE: Pagination = Pagination::new(PageStyle::Offset("skip"), "");

/// More pages than any list here has: one that asks for more would never end.
const ENDLESS: usize = 50;

/// A list from its position: what follows each page, and the items that were handed out. Pages are at the positions that they are requested by.
fn walk(pagination: &'static Pagination, start: Option<u64>, pages: &[(&str, Value)]) -> (String, Vec<Value>) {
    let mut reader = Pager::new(pagination, |_| start);
    let (mut asked, mut handed_out) = (vec![pages[0].0.to_owned()], Vec::new());
    loop {
        assert!(asked.len() < ENDLESS, "pages are requested without end");
        let position = asked.last().unwrap();
        let (_, page) = pages.iter().find(|(at, _)| at == position).unwrap_or_else(|| panic!("no page at {position:?}"));
        let turn = reader.turn(page);
        if turn != Turn::Repeated {
            handed_out.extend_from_slice(pagination.items(page));
        }
        let Turn::Next(next) = turn else { return (asked.join(" "), handed_out) };
        asked.push(next.iter().map(|(_, value)| value.to_string().replace('"', "")).collect::<Vec<_>>().join("+"));
    }
}

type Case<'a> = (&'a str, Option<u64>, &'a [(&'a str, Value)], &'a str, Value);

fn check(pagination: &'static Pagination, cases: &[Case<'_>]) {
    for (what, start, pages, asked, items) in cases {
        let (positions, handed_out) = walk(pagination, *start, pages);
        assert_eq!((positions.as_str(), Value::from(handed_out)), (*asked, items.clone()), "{what}");
    }
}

#[test]
fn offsets() {
    static OFFSET: Pagination = Pagination::new(PageStyle::Offset("offset"), "data").more("more").total("meta.total").total_pages("pages");
    let page = |items: Value| json!({ "data": items });
    let most = u64::MAX.to_string();
    check(
        &OFFSET,
        &[
            (
                "until an empty page",
                None,
                &[("0", page(json!([1, 2]))), ("2", page(json!([3]))), ("3", page(json!([])))],
                "0 2 3",
                json!([1, 2, 3]),
            ),
            (
                "until there is no more",
                None,
                &[("0", json!({ "data": [1], "more": true })), ("1", json!({ "data": [2], "more": false }))],
                "0 1",
                json!([1, 2]),
            ),
            (
                "until the total, counted from the start, text or number",
                Some(4),
                &[("4", json!({ "data": [5, 6], "meta": { "total": 7 } })), ("6", json!({ "data": [7], "meta": { "total": "7" } }))],
                "4 6",
                json!([5, 6, 7]),
            ),
            ("until the last of the pages", None, &[("0", json!({ "data": [1], "pages": 1 }))], "0", json!([1])),
            ("a vendor that ignores the offset", None, &[("0", page(json!([1, 2]))), ("2", page(json!([1, 2])))], "0 2", json!([1, 2])),
            ("nothing at all", None, &[("0", json!({ "data": null }))], "0", json!([])),
            ("no overflow at the end of numbers", Some(u64::MAX), &[(&most, page(json!([1])))], &format!("{most} {most}"), json!([1])),
        ],
    );
}

#[test]
fn page_numbers() {
    static PAGE: Pagination = Pagination::new(PageStyle::Page("page"), "data").total("total").total_pages("pages");
    let of = |pages: u64, items: Value| json!({ "data": items, "pages": pages });
    check(
        &PAGE,
        &[
            ("counted from 1", None, &[("1", of(2, json!([1]))), ("2", of(2, json!([2])))], "1 2", json!([1, 2])),
            ("counted from 0", Some(0), &[("0", of(2, json!([1]))), ("1", of(2, json!([2])))], "0 1", json!([1, 2])),
            ("begun in the middle", Some(3), &[("3", of(4, json!([3]))), ("4", of(4, json!([4])))], "3 4", json!([3, 4])),
            (
                "until the total",
                None,
                &[("1", json!({ "data": [1, 2], "total": 3 })), ("2", json!({ "data": [3], "total": 3 }))],
                "1 2",
                json!([1, 2, 3]),
            ),
            ("until an empty page", None, &[("1", json!({ "data": [1] })), ("2", json!({ "data": [] }))], "1 2", json!([1])),
        ],
    );
}

#[test]
fn cursors() {
    static TOKEN: Pagination = Pagination::new(PageStyle::Token(&[("after", "next")]), "data").more("more").total("total");
    let with = |items: Value, next: Value| json!({ "data": items, "next": next });
    check(
        &TOKEN,
        &[
            ("until no cursor", None, &[("", with(json!([1]), json!("a"))), ("a", with(json!([2]), Value::Null))], " a", json!([1, 2])),
            (
                "one that points to itself",
                None,
                &[("", with(json!([1]), json!("a"))), ("a", with(json!([2]), json!("a")))],
                " a",
                json!([1, 2]),
            ),
            (
                "in a circle",
                None,
                &[("", with(json!([1]), json!("a"))), ("a", with(json!([2]), json!("b"))), ("b", with(json!([3]), json!("a")))],
                " a b",
                json!([1, 2, 3]),
            ),
            (
                "an empty page with a cursor",
                None,
                &[("", with(json!([1]), json!("a"))), ("a", with(json!([]), json!("b")))],
                " a",
                json!([1]),
            ),
            ("the same page again", None, &[("", with(json!([1]), json!("a"))), ("a", with(json!([1]), json!("b")))], " a", json!([1])),
            ("no more in spite of a cursor", None, &[("", json!({ "data": [1], "next": "a", "more": false }))], "", json!([1])),
            ("the total in spite of a cursor", None, &[("", json!({ "data": [1], "next": "a", "total": 1 }))], "", json!([1])),
        ],
    );
}

#[test]
fn values_of_the_next_page_come_from_the_page_or_its_last_item() {
    static LAST: Pagination = Pagination::new(PageStyle::Cursor(&[("after", "last.id"), ("date", "data.date")]), "data.contacts");
    let pages = [
        ("", json!({ "data": { "contacts": [{ "id": 1 }, { "id": 2 }], "date": 7 } })),
        ("2+7", json!({ "data": { "contacts": [{ "id": 3 }], "date": null } })),
        // The list in the place of what should hold it.
        ("3", json!({ "data": [{ "id": 4 }] })),
        ("4", json!({ "data": [] })),
    ];
    assert_eq!(
        walk(&LAST, None, &pages),
        (" 2+7 3 4".to_owned(), vec![json!({ "id": 1 }), json!({ "id": 2 }), json!({ "id": 3 }), json!({ "id": 4 })])
    );
    // A response that is the list itself.
    assert_eq!(walk(&BARE, None, &[("0", json!([1, 2])), ("2", json!([]))]), ("0 2".to_owned(), vec![json!(1), json!(2)]));
}
