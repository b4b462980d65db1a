use super::*;

const fn route(method: Method) -> Route {
    Route::new("search_contacts", "contacts", "search", method, "/contacts/search")
}

#[test]
fn a_document_says_more_than_a_method_and_a_guess_never_allows() {
    use Effect::{Changes, Deletes, ReachesAPerson, Reads};
    use MethodClass::{Once, Repeatable, Safe};
    let get = || route(Method::GET);
    let post = || route(Method::POST);
    let put = || route(Method::PUT);
    let cases = [
        ("GET", get(), Safe, Reads),
        ("POST", post(), Once, Changes),
        ("PUT", put(), Repeatable, Changes),
        ("DELETE", route(Method::DELETE), Repeatable, Deletes),
        ("PATCH", route(Method::PATCH), Once, Changes),
        ("POST that reads", post().does(Reads), Safe, Reads),
        ("POST that reads, and costs", post().does(Reads).repeated(Repeat::Twice), Once, Reads),
        ("POST that is guessed to read", post().does(Reads).guessed(), Once, Reads),
        ("POST that is the same", post().does(Changes).repeated(Repeat::Same), Repeatable, Changes),
        ("POST that is guessed to be the same", post().does(Changes).repeated(Repeat::Same).guessed(), Once, Changes),
        ("POST that reaches a person", post().does(ReachesAPerson), Once, ReachesAPerson),
        ("PUT that does it twice", put().does(ReachesAPerson).repeated(Repeat::Twice), Once, ReachesAPerson),
        ("PUT that is guessed to do it twice", put().does(Changes).repeated(Repeat::Twice).guessed(), Once, Changes),
        ("GET that changes", get().does(Changes), Repeatable, Changes),
        ("GET that is guessed to change", get().does(Changes).guessed(), Repeatable, Changes),
        ("GET that does it twice", get().does(ReachesAPerson).repeated(Repeat::Twice), Once, ReachesAPerson),
    ];
    for (name, route, class, effect) in cases {
        assert_eq!((route.class(), route.effect()), (class, effect), "{name}");
        assert_eq!((route.is_safe(), route.is_repeatable()), (class == Safe, class != Once), "{name}");
    }
}

static PLATFORMS: Route = route(Method::POST).headers(&[("Version", "1")]).takes(Token::Agency).does(Effect::Reads);
static EDITIONS: Route =
    Route::edition(&PLATFORMS, Method::POST).headers(&[("Version", "2")]).documented(Evidence::Partial, "https://edition.invalid");

#[test]
fn an_edition_has_its_own_account_of_a_platforms_operation() {
    assert_eq!(
        (EDITIONS.headers, EDITIONS.evidence, EDITIONS.docs),
        (&[("Version", "2")][..], Evidence::Partial, "https://edition.invalid")
    );
    assert_eq!((EDITIONS.path, EDITIONS.token, EDITIONS.is_safe()), (PLATFORMS.path, Some(Token::Agency), true));
    assert!(EDITIONS.platform.is_some_and(|platform| std::ptr::eq(platform, &raw const PLATFORMS)));
}

#[test]
fn lists_of_routes_are_joined_in_their_order() {
    const LISTS: &[&[&Route]] = &[&[&PLATFORMS, &EDITIONS], &[], &[&EDITIONS]];
    let joined = Route::joined::<{ Route::count(LISTS) }>(LISTS);
    assert_eq!(joined.map(|route| route.headers[0].1), ["1", "2", "2"]);
}
