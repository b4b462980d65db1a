//! The forms of a secret that undoing escapes does not lead back to it: base64 and hexadecimal.

use std::ops::Range;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD_NO_PAD};
use secrecy::{ExposeSecret, SecretSlice};

use super::layer::Layer;
use super::{SHORT, clean};

/// One form of a secret.
pub(super) struct Needle {
    bytes: SecretSlice<u8>,
    /// The same for readings without gaps, unless it is too short to differ from other words there.
    squeezed: SecretSlice<u8>,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    /// The characters that the secret alone determines, and whether the ones before and after them are a mixture.
    Base64 {
        before: bool,
        after: bool,
    },
}

/// Adds every form of `secret` that is searched for.
pub(super) fn add(needles: &mut Vec<Needle>, secret: &str) {
    if secret.is_empty() {
        return;
    }
    // A secret that looks escaped itself is undone along with the text around it.
    for reading in Layer::of(secret.as_bytes()) {
        push(needles, reading.bytes, Form::Text);
    }
    if secret.len() < SHORT {
        return;
    }
    push(needles, secret.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect(), Form::Text);
    // What comes before the secret in what was encoded shifts it by none, one or two bytes.
    for shift in 0..3 {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(secret.as_bytes());
        let encoded = STANDARD_NO_PAD.encode(&shifted).into_bytes();
        let (start, end) = (8 * shift, 8 * shifted.len());
        let form = Form::Base64 { before: start % 6 > 0, after: end % 6 > 0 };
        push(needles, encoded[start.div_ceil(6)..end / 6].to_vec(), form);
    }
}

fn push(needles: &mut Vec<Needle>, bytes: Vec<u8>, form: Form) {
    if bytes.is_empty() || needles.iter().any(|known| known.bytes.expose_secret() == bytes.as_slice()) {
        return;
    }
    let text = String::from_utf8_lossy(&bytes);
    let squeezed: String = text.chars().filter(|c| !clean::is_gap(*c)).collect();
    let squeezed = if squeezed.len() < SHORT { Vec::new() } else { squeezed.into_bytes() };
    needles.push(Needle { bytes: bytes.into(), squeezed: squeezed.into(), form });
}

/// The text that a text in base64 stands for.
pub(super) fn decoded(text: &str) -> Option<String> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
    );
    String::from_utf8(LENIENT.decode(text).ok()?).ok()
}

fn digit(nibble: u8) -> u8 {
    b"0123456789abcdef"[usize::from(nibble & 15)]
}

impl Needle {
    /// How long the form is.
    pub(super) fn len(&self) -> usize {
        self.bytes.expose_secret().len()
    }

    /// Says where in the text this form is.
    pub(super) fn find(&self, layer: &Layer, found: &mut impl FnMut(Range<usize>)) {
        let needle = self.bytes_for(layer);
        let Some(first) = needle.first() else { return };
        let text = &layer.bytes;
        for start in 0..(text.len() + 1).saturating_sub(needle.len()) {
            let end = start + needle.len();
            if self.same(text[start], *first) && self.matches(&text[start..end], needle) {
                match self.form {
                    Form::Text if needle.len() < SHORT && !stands_alone(text, start, end) => {}
                    Form::Text => found(layer.origin(start..end)),
                    Form::Base64 { before, after } => found(layer.origin(with_edges(text, start..end, before, after))),
                }
            }
        }
    }

    /// Where in the text the beginning of this form is, at least `least` bytes of it, followed by nothing.
    pub(super) fn beginning_at_end(&self, layer: &Layer, least: usize) -> Option<usize> {
        let needle = self.bytes_for(layer);
        let least = if self.form == Form::Text { least } else { least.max(SHORT) };
        let starts = layer.ends().filter_map(|end| {
            let longest = needle.len().saturating_sub(1).min(end);
            let length = (least..=longest).rev().find(|length| self.matches(&layer.bytes[end - length..end], &needle[..*length]))?;
            Some(layer.origin(end - length..end).start)
        });
        starts.min()
    }

    fn bytes_for(&self, layer: &Layer) -> &[u8] {
        if layer.squeezed { self.squeezed.expose_secret() } else { self.bytes.expose_secret() }
    }

    fn matches(&self, text: &[u8], needle: &[u8]) -> bool {
        text.iter().zip(needle).all(|(found, wanted)| self.same(*found, *wanted))
    }

    /// In whatever case: a vendor may put the secret where case does not matter, such as a host name.
    fn same(&self, found: u8, wanted: u8) -> bool {
        found.eq_ignore_ascii_case(&wanted)
            || match self.form {
                // Forms write a space as `+`.
                Form::Text => (found, wanted) == (b'+', b' '),
                // The alphabet for URLs (RFC 4648, section 5).
                Form::Base64 { .. } => matches!((found, wanted), (b'-', b'+') | (b'_', b'/')),
            }
    }
}

fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let in_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    !in_word(start.checked_sub(1).and_then(|before| text.get(before))) && !in_word(text.get(end))
}

/// Base64 with the characters around it that hold bits of the secret too, and with its padding.
fn with_edges(text: &[u8], Range { start, end }: Range<usize>, before: bool, after: bool) -> Range<usize> {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let start = start - usize::from(before && start > 0 && is_base64(text[start - 1]));
    let end = end + usize::from(after && text.get(end).is_some_and(|byte| is_base64(*byte)));
    let padding = text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    start..end + padding
}
