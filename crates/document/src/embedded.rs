//! Documents that are embedded in a program, and the types that are made from their examples.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use lz4_flex::frame::{BlockSize, FrameDecoder, FrameEncoder, FrameInfo};
use serde::de::DeserializeOwned;

use crate::document::Document;

/// Documents by where they stand in the program, each parsed once.
type Parsed = Mutex<HashMap<(usize, usize), &'static OnceLock<Document>>>;

/// What a frame begins with, by the format's specification. JSON never does.
const LZ4: &[u8] = &[0x04, 0x22, 0x4d, 0x18];

impl Document {
    /// The document of a client: JSON, or JSON in an LZ4 frame. It is parsed once in a program, when it is first needed.
    ///
    /// # Panics
    /// Where it is neither, which what the generator writes is.
    #[must_use]
    pub fn embedded(document: &'static [u8]) -> &'static Self {
        static PARSED: LazyLock<Parsed> = LazyLock::new(Mutex::default);
        // What lives as long as the program is known by its place.
        let place = (document.as_ptr().addr(), document.len());
        let parsed = *PARSED.lock().unwrap_or_else(PoisonError::into_inner).entry(place).or_insert_with(|| Box::leak(Box::default()));
        parsed.get_or_init(|| {
            let json = decompressed(document).unwrap_or_else(|error| panic!("an embedded document is not whole: {error}"));
            let json = serde_json::from_slice(&json).unwrap_or_else(|error| panic!("an embedded document is not JSON: {error}"));
            Self::new(json)
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

/// A document as clients embed it.
#[doc(hidden)]
#[must_use]
pub fn compress(json: &[u8]) -> Vec<u8> {
    let info = FrameInfo::new().block_size(BlockSize::Max4MB).content_size(Some(json.len() as u64));
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    // Writing to a vector cannot fail, and all that was announced is written.
    let _ = encoder.write_all(json);
    encoder.finish().unwrap_or_default()
}

fn decompressed(document: &'static [u8]) -> io::Result<Cow<'static, [u8]>> {
    if !document.starts_with(LZ4) {
        return Ok(document.into());
    }
    let mut json = Vec::new();
    FrameDecoder::new(document).read_to_end(&mut json)?;
    Ok(json.into())
}

/// The example of a type of a client; what `examples!` gives each of them as a method.
///
/// # Panics
/// Where the document shows no value of the type.
#[doc(hidden)]
#[must_use]
pub fn example_of<T: DeserializeOwned>(openapi: &'static [u8]) -> T {
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
