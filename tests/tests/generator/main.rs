//! The generator on good and bad specs.

mod bad_specs;
mod compiles;
mod odd_specs;
mod outlines;
mod regen;
