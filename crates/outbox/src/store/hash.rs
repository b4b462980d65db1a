//! Hashes, which stay when what they are of is purged.

use sha2::{Digest as _, Sha256};

/// SHA-256 of a key, a sequence, a recipient or a sender.
pub(crate) fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text).to_vec()
}
