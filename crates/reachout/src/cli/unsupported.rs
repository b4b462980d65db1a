//! What a vendor cannot do with a message, and which option changes that.

use reachout_messenger::{Field, Unsupported};

/// The error as a sentence that names the option. `option`: what sets a field, in this command.
pub fn sentence(error: &Unsupported, option: fn(Field) -> &'static str) -> String {
    let option = error.field().map(option);
    let hint = match (error, option) {
        (Unsupported::Channel { .. }, _) => "; give one of them with --channel".to_owned(),
        (Unsupported::NoChannel { .. }, _) => " with --channel".to_owned(),
        (Unsupported::Field { .. }, Some(option)) => format!("; leave out {option}"),
        (Unsupported::TooLong { .. }, Some(option)) => format!("; shorten {option}"),
        (_, Some(option)) => format!("; give {option}"),
        (_, None) => String::new(),
    };
    format!("{error}{hint}")
}
