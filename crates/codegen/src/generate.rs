//! Stage 4: progenitor. It types the schemas and the operations; the post-passes make a client of them.

use std::panic::{self, AssertUnwindSafe};

use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use schemars08::schema::{InstanceType, SchemaObject};

use crate::{diagnostic::Error, normalise::Normalised};

/// Which of progenitor's outputs.
#[derive(Clone, Copy, Debug)]
pub enum Output<'a> {
    /// The client.
    Client,
    /// A command line over the client crate of this name.
    Cli(&'a str),
    /// httpmock extensions over the client crate of this name.
    Mocks(&'a str),
}

/// Runs progenitor on a normalised document.
pub fn generate(vendor: &str, spec: &Normalised, output: Output<'_>) -> Result<TokenStream, Error> {
    let failed = |message: String| Error::Generator { vendor: vendor.to_owned(), message };
    let document: openapiv3::OpenAPI =
        serde_json::from_value(spec.json.clone()).map_err(|error| failed(format!("openapiv3 cannot read the document: {error}")))?;
    let mut generator = Generator::new(&settings());
    // progenitor asserts what the lint should have refused; a maintainer gets a sentence, not a backtrace.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(|| match output {
        Output::Client => generator.generate_tokens(&document),
        Output::Cli(name) => generator.cli(&document, name),
        Output::Mocks(name) => generator.httpmock(&document, name),
    }));
    panic::set_hook(hook);
    match result {
        Ok(result) => result.map_err(|error| failed(error.to_string())),
        Err(cause) => {
            let message = cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(ToString::to_string));
            Err(failed(message.unwrap_or_else(|| "it panicked without a message".to_owned())))
        }
    }
}

fn settings() -> GenerationSettings {
    let number = SchemaObject { instance_type: Some(InstanceType::Number.into()), ..SchemaObject::default() };
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder).with_tag(TagStyle::Merged).with_map_type("::std::collections::BTreeMap");
    // `f64` turns 1669287863 into 1669287863.0; the runtime's number keeps what came.
    settings.with_conversion(number, "::reachout_runtime::Number", [TypeImpl::Display, TypeImpl::FromStr].into_iter());
    settings
}
