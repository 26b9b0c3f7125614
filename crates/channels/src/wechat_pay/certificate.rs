//! Keys out of PEM: the little of X.509 that signatures need.
//!
//! No chain is checked here: platform certificates arrive encrypted under our APIv3 key, and
//! configured keys are the operator's word.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The text is not the PEM that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file must be PEM with one {0}")]
pub struct PemMustHold(pub &'static str);

/// What a platform certificate tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The serial number in upper-case hexadecimal, as header `Wechatpay-Serial` carries it.
    pub serial: String,
    /// The public key as PKCS#1 `RSAPublicKey` DER.
    pub public_key: Vec<u8>,
}

/// Reads a certificate.
///
/// # Errors
/// [`PemMustHold`] unless it is one X.509 certificate with an RSA key.
pub fn read_certificate(pem: &str) -> Result<Certificate, PemMustHold> {
    let refused = PemMustHold("RSA certificate");
    let der = pem_block(pem, "CERTIFICATE").ok_or(refused)?;
    parse_certificate(&der).ok_or(refused)
}

/// Reads a public key (`BEGIN PUBLIC KEY`) into PKCS#1 `RSAPublicKey` DER.
///
/// # Errors
/// [`PemMustHold`] unless it is one RSA public key.
pub fn read_public_key(pem: &str) -> Result<Vec<u8>, PemMustHold> {
    let refused = PemMustHold("RSA public key");
    let der = pem_block(pem, "PUBLIC KEY").ok_or(refused)?;
    let (info, _) = element(&der, SEQUENCE).ok_or(refused)?;
    rsa_key_of(info).ok_or(refused)
}

/// The bytes of the first PEM block of a label.
#[must_use]
pub fn pem_block(pem: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let compact: String = body.split_ascii_whitespace().collect();
    BASE64.decode(compact).ok()
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xA0;
/// rsaEncryption, 1.2.840.113549.1.1.1.
const RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

/// RFC 5280 section 4.1: version, serial, algorithm, issuer, validity, subject, public key.
fn parse_certificate(der: &[u8]) -> Option<Certificate> {
    let (certificate, _) = element(der, SEQUENCE)?;
    let (signed, _) = element(certificate, SEQUENCE)?;
    let rest = element(signed, VERSION).map_or(signed, |(_, rest)| rest);
    let (serial, mut rest) = element(rest, INTEGER)?;
    for _algorithm_issuer_validity_subject in 0..4 {
        (_, rest) = element(rest, SEQUENCE)?;
    }
    let (info, _) = element(rest, SEQUENCE)?;
    // A leading zero byte only keeps the number positive; hexadecimal serials leave it out.
    let digits = serial.strip_prefix(&[0]).unwrap_or(serial);
    let serial = digits.iter().map(|byte| format!("{byte:02X}")).collect();
    Some(Certificate { serial, public_key: rsa_key_of(info)? })
}

/// The key inside a `SubjectPublicKeyInfo`.
fn rsa_key_of(info: &[u8]) -> Option<Vec<u8>> {
    let (algorithm, rest) = element(info, SEQUENCE)?;
    let (object, _) = element(algorithm, OBJECT_IDENTIFIER)?;
    let (bits, _) = element(rest, BIT_STRING)?;
    // The first byte counts unused bits, of which a key has none.
    let key = bits.strip_prefix(&[0])?;
    (object == RSA).then(|| key.to_vec())
}

/// The content of the DER element of a tag at the front, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        // Long form: the low bits count the bytes of the length. Three hold 16 MiB.
        0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    (found == tag).then_some((content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_not_a_panic(bytes: Vec<u8>) {
            let pem = format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----",
                BASE64.encode(&bytes)
            );
            let _ = read_certificate(&pem);
            let _ = read_public_key(&pem.replace("CERTIFICATE", "PUBLIC KEY"));
        }
    }

    #[test]
    fn a_pem_of_another_kind_is_refused() {
        for text in ["", "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----\n?\n-----END"] {
            assert!(read_certificate(text).is_err());
            assert!(read_public_key(text).is_err());
        }
    }
}
