//! The public API of each client: what a pull request changes for users is what changes here.

use reachout_tests::outline;

macro_rules! outlines {
    ($($name:ident: $folder:literal),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(stringify!($name), outline(include_str!(concat!("../../../crates/", $folder, "/src/generated.rs"))));
            }
        )*
    };
}

outlines!(leonar: "leonar", sendpilot: "sendpilot", hoop_ai: "hoop-ai", leadway: "leadway");
