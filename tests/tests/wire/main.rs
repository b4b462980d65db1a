//! What goes over the wire: every operation, called with its documented values.

/// One test of a vendor's operations.
macro_rules! every_operation {
    ($vendor:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $vendor() {
            reachout_tests::check_every_operation(reachout_tests::calls::$vendor()).await;
        }
    };
}

// @generated vendors tests
every_operation!(leonar);
every_operation!(sendpilot);
every_operation!(highlevel);
every_operation!(hoop_ai);
every_operation!(leadway);
// @end tests
