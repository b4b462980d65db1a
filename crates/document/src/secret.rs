//! Fields that hold secrets, by their names.

/// Whether a field of this name holds a secret, such as `client_secret` or `refreshToken`.
pub fn is_secret(name: &str) -> bool {
    /// In lower case without `_` and `-`, anywhere in a name.
    const SECRETS: [&str; 11] = [
        "secret",
        "password",
        "passwd",
        "passphrase",
        "apikey",
        "privatekey",
        "signingkey",
        "authorization",
        "cookie",
        "accesstoken",
        "refreshtoken",
    ];
    /// Tokens that open no door: places in a list.
    const PLACES: [&str; 5] = ["continuationtoken", "pagetoken", "nexttoken", "synctoken", "cursortoken"];
    /// Of OAuth: each is good for tokens.
    const CODES: [&str; 2] = ["codeverifier", "clientassertion"];
    let plain = name.replace(['_', '-'], "").to_lowercase();
    let is_token = plain.ends_with("token") && !PLACES.iter().any(|place| plain.ends_with(place));
    is_token || CODES.contains(&&*plain) || SECRETS.iter().any(|secret| plain.contains(secret))
}
