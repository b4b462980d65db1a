//! Arguments with known values.

use std::{ffi::OsStr, fmt::Display, marker::PhantomData, str::FromStr};

use clap::{
    Arg, Command,
    builder::{PossibleValue, TypedValueParser},
};

use super::suggest::with_nearest;

/// Shows the known values in the help and to the shell's completion, and takes what the type takes.
#[derive(Clone)]
pub struct Choice<T> {
    known: Vec<&'static str>,
    value: PhantomData<fn() -> T>,
}

impl<T> Choice<T> {
    pub fn of(known: impl IntoIterator<Item = &'static str>) -> Self {
        Self { known: known.into_iter().collect(), value: PhantomData }
    }
}

impl<T> TypedValueParser for Choice<T>
where
    T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        let known = self.known.clone();
        let parser = move |text: &str| text.parse::<T>().map_err(|error| with_nearest(error, text, known.iter().copied()));
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.known.iter().map(PossibleValue::new)))
    }
}
