//! The tests that every database passes. Where it is used there are `Fixture` and `open`.

macro_rules! suite {
    () => {
        mod suite {
            use std::sync::Arc;
            use std::time::Duration;

            use futures_util::future::join_all;
            use reachout_oauth::{App, OAuthCredentials, conformance};
            use reachout_token_store::{Keys, StoreLock, TokenStore as _};
            use tokio::time::{Instant, timeout};

            use super::{Fixture, open};
            use crate::endpoint::Endpoint;
            use crate::{access, key, keys, processes, tokens};

            #[tokio::test]
            async fn conforms() {
                let Some(fixture) = Fixture::new().await else { return };
                conformance::run(async || fixture.open(keys()).await).await.unwrap();
            }

            #[tokio::test]
            async fn nothing_is_in_plain_text() {
                let Some(fixture) = Fixture::new().await else { return };
                let store = fixture.open(keys()).await;
                store.save("acme", &tokens("MARKED-access", "MARKED-refresh")).await.unwrap();
                let lock = store.lock("acme").await.unwrap();
                store.reserve("acme", &lock, 1000).await.unwrap();
                let bytes = fixture.bytes().await;
                assert!(bytes.windows(4).any(|window| window == b"acme"), "this is where tokens would be");
                assert!(!bytes.windows(6).any(|window| window == b"MARKED"));
            }

            #[tokio::test]
            async fn tables_are_made_once_and_beside_those_of_an_application() {
                let Some(fixture) = Fixture::new().await else { return };
                let own = || {
                    let sql = sqlx::SqlSafeStr::into_sql_str("CREATE TABLE own (id INTEGER)");
                    sqlx::migrate::Migration::new(1, "own".into(), sqlx::migrate::MigrationType::Simple, sql, false)
                };
                let application = sqlx::migrate::Migrator::with_migrations(vec![own()]);
                application.run(&fixture.pool().await).await.unwrap();
                fixture.open(keys()).await.save("acme", &tokens("a", "r")).await.unwrap();
                application.run(&fixture.pool().await).await.unwrap();
                let (one, other) = tokio::join!(open_again(&fixture), open_again(&fixture));
                assert_eq!((one.as_str(), other.as_str()), ("a", "a"));
            }

            async fn open_again(fixture: &Fixture) -> String {
                access(&fixture.open(keys()).await.load("acme").await.unwrap().unwrap()).to_owned()
            }

            #[tokio::test]
            async fn stores_opened_at_once_make_the_tables_once() {
                let Some(fixture) = Fixture::new().await else { return };
                for store in join_all((0..5).map(|_| fixture.open(keys()))).await {
                    assert!(store.load("acme").await.unwrap().is_none());
                }
            }

            #[tokio::test]
            async fn a_row_is_bound_to_its_account_and_key() {
                let Some(fixture) = Fixture::new().await else { return };
                let both = Keys::new(key("2026-01", 1)).also_reading(key("2025-01", 1)).unwrap();
                let (store, pool) = (fixture.open(both).await, fixture.pool().await);
                let refused = |id: &str| {
                    format!("the tokens of `acme` cannot be decrypted with the key `{id}`: it is another key of that id, or the row was changed")
                };
                let changes = [
                    // Somebody else's row; the second id has the same key.
                    ("UPDATE reachout_tokens SET sealed = (SELECT sealed FROM reachout_tokens WHERE account = 'other') WHERE account = 'acme'", refused("2026-01")),
                    ("UPDATE reachout_tokens SET key_id = '2025-01' WHERE account = 'acme'", refused("2025-01")),
                    ("DELETE FROM reachout_tokens WHERE account = 'acme'; UPDATE reachout_tokens SET account = 'acme' WHERE account = 'other'", refused("2026-01")),
                    ("UPDATE reachout_tokens SET sealed = substr(sealed, 2) WHERE account = 'acme'", refused("2026-01")),
                    ("UPDATE reachout_tokens SET sealed = substr(sealed, 1, 5) WHERE account = 'acme'", refused("2026-01")),
                    (
                        "UPDATE reachout_tokens SET key_id = 'lost' WHERE account = 'acme'",
                        "the tokens of `acme` are encrypted with the key `lost`, which this store was not given".to_owned(),
                    ),
                ];
                for (sql, expect) in changes {
                    store.save("acme", &tokens("a", "r")).await.unwrap();
                    store.save("other", &tokens("b", "r")).await.unwrap();
                    assert!(store.load("acme").await.unwrap().is_some());
                    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
                    assert_eq!(store.load("acme").await.unwrap_err().to_string(), expect, "{sql}");
                }
                store.save("acme", &tokens("a", "r")).await.unwrap();
                let another = fixture.open(Keys::new(key("2026-01", 2))).await;
                assert_eq!(another.load("acme").await.unwrap_err().to_string(), refused("2026-01"));
            }

            #[tokio::test]
            async fn the_key_changes_while_others_work() {
                let Some(fixture) = Fixture::new().await else { return };
                let (old, new) = (key("2025-01", 1), key("2026-01", 2));
                let before = fixture.open(Keys::new(old.clone()).also_reading(new.clone()).unwrap()).await;
                let after = fixture.open(Keys::new(new.clone()).also_reading(old).unwrap()).await;
                for number in 0..5 {
                    before.save(&format!("acme-{number}"), &tokens(&format!("a{number}"), "r")).await.unwrap();
                }
                before.save("", &tokens("nameless", "r")).await.unwrap();
                after.save("acme-0", &tokens("b0", "r")).await.unwrap();
                assert_eq!(access(&before.load("acme-0").await.unwrap().unwrap()), "b0", "whoever has not changed yet reads it");
                assert_eq!(after.rekey().await.unwrap(), 5);
                assert_eq!(after.rekey().await.unwrap(), 0);

                let alone = fixture.open(Keys::new(new)).await;
                for (account, expect) in [("acme-0", "b0"), ("acme-4", "a4"), ("", "nameless")] {
                    assert_eq!(access(&alone.load(account).await.unwrap().unwrap()), expect);
                }
                before.save("acme-1", &tokens("late", "r")).await.unwrap();
                let error = alone.rekey().await.unwrap_err().to_string();
                assert_eq!(error, "the tokens of `acme-1` are encrypted with the key `2025-01`, which this store was not given");
            }

            #[tokio::test]
            async fn more_accounts_than_one_batch_change_their_key() {
                let Some(fixture) = Fixture::new().await else { return };
                let (old, new) = (key("2025-01", 1), key("2026-01", 2));
                let before = fixture.open(Keys::new(old.clone())).await;
                for number in 0..501 {
                    before.save(&number.to_string(), &tokens("a", "r")).await.unwrap();
                }
                let after = fixture.open(Keys::new(new).also_reading(old).unwrap()).await;
                assert_eq!(after.rekey().await.unwrap(), 501);
            }

            #[tokio::test]
            async fn a_lock_outlives_its_lease_while_it_is_held() {
                let Some(fixture) = Fixture::new().await else { return };
                let one = fixture.open(keys()).await.lease(Duration::from_secs(2));
                let other = fixture.open(keys()).await.lock_timeout(Duration::from_secs(5));
                let lock = one.lock("acme").await.unwrap();
                let error = other.lock("acme").await.unwrap_err();
                assert_eq!(error.to_string(), "another process has been refreshing the account `acme` for too long");
                one.reserve("acme", &lock, 100).await.unwrap();
                drop(lock);
                let freed = timeout(Duration::from_millis(1500), other.lock("acme")).await;
                drop(freed.expect("at once, not when the lease ends").unwrap());
            }

            /// Suspended, or cut off from the database, for longer than the lease.
            #[tokio::test]
            async fn a_lost_lock_is_noticed_before_a_refresh_token_is_spent() {
                let Some(fixture) = Fixture::new().await else { return };
                let (one, other) = (fixture.open(keys()).await, fixture.open(keys()).await);
                let lock = one.lock("acme").await.unwrap();
                let pool = fixture.pool().await;
                sqlx::raw_sql("DELETE FROM reachout_token_leases").execute(&pool).await.unwrap();
                let taken = other.lock("acme").await.unwrap();
                let error = one.reserve("acme", &lock, 100).await.unwrap_err();
                assert_eq!(error.to_string(), "the lock on the account `acme` was lost, and another process may be refreshing it");
                drop(lock);
                tokio::time::sleep(Duration::from_millis(200)).await;
                other.reserve("acme", &taken, 100).await.expect("the one that was lost took nothing along");
            }

            #[tokio::test]
            async fn only_the_accounts_own_lock_counts() {
                let Some(fixture) = Fixture::new().await else { return };
                let (one, other) = (fixture.open(keys()).await, fixture.open(keys()).await);
                let locks = [StoreLock::none(), StoreLock::new("acme"), one.lock("neighbour").await.unwrap(), other.lock("acme").await.unwrap()];
                for lock in locks {
                    let error = one.reserve("acme", &lock, 100).await.unwrap_err();
                    assert_eq!(error.to_string(), "the lock is not this store's on the account `acme`");
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn many_at_once_spend_one_refresh_token() {
                let Some(fixture) = Fixture::new().await else { return };
                let endpoint = Endpoint::start().await;
                fixture.open(keys()).await.save("acme", &tokens("access-0", "refresh-0")).await.unwrap();
                let calls = join_all((0..8).map(|_| async {
                    let store = Arc::new(fixture.open(keys()).await);
                    let app = App::builder("id", "secret").base_url(&endpoint.url).build().unwrap();
                    let credentials = OAuthCredentials::new(app, store, "acme");
                    access(&credentials.tokens().await.unwrap()).to_owned()
                }));
                assert_eq!(calls.await, ["access-1"; 8]);
                assert_eq!(endpoint.counts(), (1, 1));
            }

            #[tokio::test]
            async fn processes_spend_one_refresh_token() {
                let Some(fixture) = Fixture::new().await else { return };
                let endpoint = Endpoint::start().await;
                fixture.open(keys()).await.save("acme", &tokens("access-0", "refresh-0")).await.unwrap();
                let address = fixture.address();
                let children = (0..3).map(|_| processes::refresh(module_path!(), &address, &endpoint.url));
                assert_eq!(join_all(children).await, ["token access-1"; 3]);
                assert_eq!(endpoint.counts(), (1, 1));
            }

            #[tokio::test]
            async fn the_lock_of_a_killed_process_ends() {
                let Some(fixture) = Fixture::new().await else { return };
                let store = fixture.open(keys()).await;
                processes::kill_while_it_holds(module_path!(), &fixture.address()).await;
                let since = Instant::now();
                let _lock = timeout(Duration::from_secs(10), store.lock("acme")).await.expect("it ends").unwrap();
                assert!(since.elapsed() > Duration::from_millis(300), "it was held");
            }

            #[tokio::test]
            #[ignore = "run by the other tests, as a process of its own"]
            async fn as_a_child() {
                if let Some((address, role)) = processes::child() {
                    processes::act(open(&address, keys()).await.unwrap(), &role).await;
                }
            }
        }
    };
}

pub(crate) use suite;
