//! The second factor: time-based one-time passwords (RFC 6238) of six digits every 30 seconds,
//! as every authenticator app makes them.

use ring::hmac;
use units::Timestamp;

const STEP_SECONDS: i64 = 30;
const DIGITS_MODULUS: u32 = 1_000_000;
/// A code of the step before or after is taken too: clocks differ.
const STEPS_ASIDE: i64 = 1;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The time step whose code this is, if it is one of the steps around `now`.
pub(crate) fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let current = now.seconds().div_euclid(STEP_SECONDS);
    (current - STEPS_ASIDE..=current + STEPS_ASIDE).find(|step| code_at(secret, *step) == code)
}

/// The code at a moment.
pub(crate) fn code(secret: &[u8], now: Timestamp) -> String {
    code_at(secret, now.seconds().div_euclid(STEP_SECONDS))
}

fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    // RFC 4226, 5.3: the last four bits say where the number begins.
    let at = usize::from(bytes[bytes.len() - 1] & 0x0f);
    let number = bytes[at..at + 4].iter().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % DIGITS_MODULUS)
}

/// A secret as people type it into an app: base 32 without padding (RFC 4648).
pub(crate) fn base32(secret: &[u8]) -> String {
    let mut text = String::new();
    for chunk in secret.chunks(5) {
        let bits = (0..5).fold(0_u64, |sum, at| {
            (sum << 8) | u64::from(chunk.get(at).copied().unwrap_or_default())
        });
        let letters = (chunk.len() * 8).div_ceil(5);
        for at in 0..letters {
            let index = usize::try_from((bits >> (35 - 5 * at)) & 31).unwrap_or_default();
            text.push(char::from(ALPHABET[index]));
        }
    }
    text
}

/// The secret of its text, or `None` for letters outside the alphabet.
pub(crate) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut secret) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            secret.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B, SHA-1: the last six of the eight digits printed there.
    #[test]
    fn codes_are_those_of_the_standard() {
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ];
        for (seconds, expected) in cases {
            let now = Timestamp::from_micros(seconds * 1_000_000).unwrap();
            assert_eq!(code(SECRET, now), expected, "{seconds}");
            assert_eq!(step_of(SECRET, expected, now), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_aside_and_no_longer() {
        let now = Timestamp::from_micros(2_000_000_000_000_000).unwrap();
        let code = code(SECRET, now);
        assert!(step_of(SECRET, &code, now.plus_seconds(30)).is_some());
        assert!(step_of(SECRET, &code, now.plus_seconds(90)).is_none());
    }

    #[test]
    fn a_secret_survives_its_text() {
        for length in 1..=32 {
            let secret: Vec<u8> = (0..length).map(|byte: u8| byte.wrapping_mul(37)).collect();
            assert_eq!(from_base32(&base32(&secret)), Some(secret));
        }
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(from_base32("1"), None);
    }
}
