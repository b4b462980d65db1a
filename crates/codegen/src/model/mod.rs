//! Everything that is known of a vendor, typed, read once from its linted document.

mod api;
mod body;
mod checked;
mod edition;
mod feature;
mod limits;
mod operation;
mod read;
mod schema;
mod types;

pub use api::{Api, Auth, Event, Group, RateLimit, RateLimitHeaders};
pub use body::{Body, BodyContent, Content, Part, Success};
pub use checked::{Checked, checked};
pub use edition::{is_alike, references, share, shows_the_same};
pub use limits::Limits;
pub use operation::{Operation, Parameter, Token};
pub use reachout_document::{Effect, Location as Place, Pagination, Style};
pub use read::read;
pub use schema::{Alternative, Field, Schema, Shape, Variant};
pub use types::TypeRef;
