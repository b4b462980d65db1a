//! Files to download.

use bytes::Bytes;

/// Samples a second, one byte each.
const RATE: u32 = 8_000;

/// A small file of a media type.
pub(crate) fn of(media_type: &str) -> Bytes {
    match media_type {
        "audio/x-wav" => silence(RATE / 4),
        "text/plain" => Bytes::from_static(b"This call may be recorded for quality assurance purposes.\n"),
        _ => Bytes::from_static(b"sandbox\n"),
    }
}

/// A WAV file of 8-bit mono silence.
fn silence(samples: u32) -> Bytes {
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + samples).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel, samples and bytes a second, bytes a frame, bits a sample.
    file.extend([1_u16.to_le_bytes(), 1_u16.to_le_bytes()].concat());
    file.extend([RATE.to_le_bytes(), RATE.to_le_bytes()].concat());
    file.extend([1_u16.to_le_bytes(), 8_u16.to_le_bytes()].concat());
    file.extend(b"data");
    file.extend(samples.to_le_bytes());
    file.resize(file.len() + usize::try_from(samples).unwrap_or_default(), 0x80);
    file.into()
}
