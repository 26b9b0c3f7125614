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
        // A corner is a square ring of seven modules.
        let corner = |left: i32, top: i32| {
            (0..7).all(|n| {
                dark(left + n, top)
                    && dark(left + n, top + 6)
                    && dark(left, top + n)
                    && dark(left + 6, top + n)
            })
        };
        let far = qr.side - BORDER - 7;
        assert!(corner(BORDER, BORDER) && corner(far, BORDER) && corner(BORDER, far));
        assert!(!corner(far, far));
        assert!(!qr.path.contains("M0 ") && !qr.path.contains(" 3h"));
        assert_eq!(Qr::of(&"x".repeat(3_000)), None);
    }
}
