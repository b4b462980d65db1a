//! The generator on good and bad specs.

mod bad_specs;
mod compiles;
mod diffs;
mod odd_specs;
mod outlines;
mod published;
mod regen;
mod scaffold;
