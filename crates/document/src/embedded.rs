//! Documents that are embedded in a program, and the types that are made from their examples.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::de::DeserializeOwned;

use crate::document::Document;

impl Document {
    /// The document of a client, which is parsed once in a program.
    ///
    /// # Panics
    /// Where the text is not JSON, which what the generator writes is.
    #[must_use]
    pub fn embedded(text: &'static str) -> &'static Self {
        static PARSED: LazyLock<Mutex<HashMap<&'static str, &'static Document>>> = LazyLock::new(Mutex::default);
        let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.entry(text).or_insert_with(|| {
            let document = Self::parse(text).unwrap_or_else(|error| panic!("an embedded document is not JSON: {error}"));
            Box::leak(Box::new(document))
        })
    }

    /// The component that a type of a client is made from: it has the type's name, but for capitals and signs.
    fn component_of(&self, name: &str) -> Option<&str> {
        let letters = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
        let known = self.json()["components"]["schemas"].as_object()?;
        known
            .get_key_value(name)
            .or_else(|| known.iter().find(|(known, _)| letters(known) == letters(name)))
            .map(|(known, _)| known.as_str())
    }
}

/// The example of a type of a client; what `examples!` gives each of them as a method.
///
/// # Panics
/// Where the document shows no value of the type.
#[doc(hidden)]
#[must_use]
pub fn example_of<T: DeserializeOwned>(openapi: &'static str) -> T {
    let path = std::any::type_name::<T>();
    let name = path.rsplit("::").next().unwrap_or(path);
    let document = Document::embedded(openapi);
    let Some(example) = document.component_of(name).and_then(|component| document.example(component)) else {
        panic!("the document shows no example of `{name}`")
    };
    serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("the example of `{name}` is not one: {error}"))
}

/// Gives a client the trait `Example`, by which each of its types can be made in a test.
#[doc(hidden)]
#[macro_export]
#[expect(clippy::crate_in_macro_def, reason = "the document is that of the client")]
macro_rules! examples {
    () => {
        /// A type of a request or response that can be made in a test, also where it has no constructor: as the vendor's document shows it, with
        /// fields to change.
        pub trait Example: Sized {
            /// The first value of the type among the document's examples.
            ///
            /// # Panics
            /// Where the document shows none.
            fn example() -> Self;
        }

        impl<T: $crate::DeserializeOwned> Example for T {
            fn example() -> Self {
                $crate::example_of(crate::OPENAPI)
            }
        }
    };
}
