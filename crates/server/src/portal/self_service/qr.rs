//! A QR code as SVG: what somebody at a desk scans with WeChat on their phone.

use qrcodegen::{QrCode, QrCodeEcc};

/// The modules of white that readers need around a code.
const BORDER: i32 = 4;

/// A QR code as the side of its square and one path of its dark modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Qr {
    /// Modules from side to side, white border included.
    pub(crate) side: i32,
    /// The path's `d`.
    pub(crate) path: String,
}

impl Qr {
    /// The code of a text; `None` for one that is too long for any code.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + BORDER, y + BORDER));
            }
        }
        Some(Self { side: code.size() + 2 * BORDER, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_white_border() {
        let qr = Qr::of("weixin://wxpay/bizpayurl?pr=p4lpSuKzz").unwrap();
        let dark = |x: i32, y: i32| qr.path.contains(&format!("M{x} {y}h"));
        let last = qr.side - BORDER - 1;
        for (x, y) in [(BORDER, BORDER), (last, BORDER), (BORDER, last)] {
            assert!(dark(x, y), "{x} {y}");
        }
        assert!(!dark(last, last) || !dark(last - 6, last - 6) || !dark(last, last - 6));
        assert!(!qr.path.contains("M0 ") && !qr.path.contains(" 3h"));
        assert_eq!(Qr::of(&"x".repeat(3_000)), None);
    }
}
