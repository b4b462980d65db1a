//! The generator on good and bad specs.

mod bad_specs;
mod outlines;
mod regen;
