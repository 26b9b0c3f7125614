//! Spoiling good bytes, the same way for the same seed: flipped bits, bytes that parsers trip over,
//! pieces cut out, doubled, or taken from another sample, and ends cut off.

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Random(u64);

/// Bytes that mean something to one parser or another.
const TRAPS: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\"",
    b"'",
    b"<",
    b">",
    b"&",
    b"&amp;",
    b"<!--",
    b"]]>",
    b"|",
    b"~",
    b",",
    b"`",
    b"\n",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\x81\x30\x81\x30",
    b"-",
    b"+",
    b".",
    b"=",
    b"[",
    b"]",
    b"{",
    b"}",
    b"[[",
    b"0",
    b"00000000000000000000",
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551616",
    b"-1",
    b"1e309",
    b"NaN",
    b"9999-12-31",
    b"0000-00-00",
    b"2026-02-30",
    "１".as_bytes(),
    "壹".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{10ffff}".as_bytes(),
];

impl Random {
    /// The numbers of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// Two places of a text, in order.
    fn span(&mut self, len: usize) -> (usize, usize) {
        let (a, b) = (self.below(len + 1), self.below(len + 1));
        // Short pieces more often than long ones.
        let b = if self.below(4) > 0 { (a + self.below(16)).min(len) } else { b };
        (a.min(b), a.max(b))
    }
}

/// A sample spoilt by one to eight changes.
#[must_use]
pub fn mutate(random: &mut Random, sample: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=random.below(8) {
        change(random, &mut bytes, other);
    }
    bytes
}

fn change(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    let (first, last) = random.span(bytes.len());
    match random.below(8) {
        0 => bytes.truncate(first),
        1 => drop(bytes.drain(first..last)),
        2 => {
            let piece = bytes[first..last].to_vec();
            let place = random.below(bytes.len() + 1);
            bytes.splice(place..place, piece);
        }
        3 => {
            let (from, until) = random.span(other.len());
            bytes.splice(first..last, other[from..until].iter().copied());
        }
        4 | 5 => {
            let trap = TRAPS[random.below(TRAPS.len())];
            bytes.splice(first..last, trap.iter().copied());
        }
        _ => {
            if let Some(byte) = bytes.get_mut(first) {
                *byte ^= 1 << random.below(8);
            }
        }
    }
}
