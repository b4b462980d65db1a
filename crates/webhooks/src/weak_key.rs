//! Weak Ed25519 keys: they parse and protect nothing.

use data_encoding::HEXLOWER;

const KEY_LEN: usize = 32;

/// The y-coordinates of the eight points whose order divides 8, in hex, with those that are not reduced: a
/// signature can be chosen that fits any message under such a key. The sign bit of x is left out.
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// The public key of the private key that is all zeros: a placeholder on the other side.
const OF_ZERO_SEED: &str = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";

/// Whether the key at the end of `der` (a `SubjectPublicKeyInfo` ends with the key's 32 bytes) is one that anybody can
/// sign for.
pub(super) fn is_weak(der: &[u8]) -> bool {
    let Some(key) = der.last_chunk::<KEY_LEN>() else { return true };
    is_small_order(key) || is_placeholder(key)
}

fn is_small_order(key: &[u8; KEY_LEN]) -> bool {
    let mut without_sign = *key;
    if let Some(last) = without_sign.last_mut() {
        *last &= 0x7f;
    }
    SMALL_ORDER.contains(&HEXLOWER.encode(&without_sign).as_str())
}

/// One byte over and over, counting bytes, or the key that belongs to a private key of zeros.
fn is_placeholder(key: &[u8; KEY_LEN]) -> bool {
    let steps_by = |step: u8| key.windows(2).all(|pair| matches!(pair, [one, next] if next.wrapping_sub(*one) == step));
    steps_by(0) || steps_by(1) || HEXLOWER.encode(key) == OF_ZERO_SEED
}
