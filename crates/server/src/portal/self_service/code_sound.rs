//! 验证码 as sound: each digit spoken, with a pause to type it.

use crate::site::language::Language;

/// 8,000 samples a second, one byte each, one channel: what a telephone carries.
const SAMPLES_PER_SECOND: u32 = 8_000;
/// Silence in 8-bit sound.
const SILENCE: u8 = 128;
/// Between two digits, and before the first.
const PAUSE_SAMPLES: usize = 5_600;
/// A WAV file's head; ours all have this one and then samples.
const HEAD_BYTES: usize = 44;

macro_rules! digits {
    ($language:literal) => {
        [
            include_bytes!(concat!("../../../static/digits/", $language, "-0.wav")).as_slice(),
            include_bytes!(concat!("../../../static/digits/", $language, "-1.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-2.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-3.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-4.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-5.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-6.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-7.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-8.wav")),
            include_bytes!(concat!("../../../static/digits/", $language, "-9.wav")),
        ]
    };
}

const CHINESE: [&[u8]; 10] = digits!("zh");
const ENGLISH: [&[u8]; 10] = digits!("en");

/// The digits spoken, as a WAV file.
pub(crate) fn speak(digits: &str, language: Language) -> Vec<u8> {
    let spoken = match language {
        Language::Chinese => CHINESE,
        Language::English => ENGLISH,
    };
    let pause = || std::iter::repeat_n(SILENCE, PAUSE_SAMPLES);
    let mut samples: Vec<u8> = pause().collect();
    for digit in digits.bytes() {
        let file = spoken.get(usize::from(digit.wrapping_sub(b'0'))).copied().unwrap_or_default();
        samples.extend(file.iter().skip(HEAD_BYTES));
        samples.extend(pause());
    }
    wav(&samples)
}

/// A WAV file around 8-bit samples of one channel.
fn wav(samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap_or(u32::MAX - 36);
    let mut file = Vec::with_capacity(HEAD_BYTES + samples.len());
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(SAMPLES_PER_SECOND.to_le_bytes());
    file.extend(SAMPLES_PER_SECOND.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(8_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recording_has_the_head_that_we_skip() {
        for file in CHINESE.iter().chain(&ENGLISH) {
            assert_eq!(file[..HEAD_BYTES], wav(&file[HEAD_BYTES..])[..HEAD_BYTES]);
        }
    }

    #[test]
    fn four_digits_take_some_seconds_and_each_is_heard() {
        for language in [Language::Chinese, Language::English] {
            let file = speak("4071", language);
            let seconds = (file.len() - HEAD_BYTES) / 8_000;
            assert!((4..=8).contains(&seconds), "{seconds}");
            assert_ne!(file, speak("4072", language));
        }
        assert_ne!(speak("4", Language::Chinese), speak("4", Language::English));
    }
}
