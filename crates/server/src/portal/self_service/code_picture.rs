//! 验证码 as a picture: strokes of our own, so that no font is needed and every size is sharp.
//!
//! Each digit leans and waves a little, and all strokes lie mixed in one path: a program has to
//! look at the picture, as a person does. What holds a guesser off is the limit on guesses.

use sha2::{Digest, Sha256};

/// One digit's strokes: points in a field of 100 × 140.
type Strokes = &'static [&'static [(i16, i16)]];

const WIDTH: f64 = 500.0;
const HEIGHT: f64 = 200.0;
/// Into how many pieces a line between two points is cut, so that it can wave.
const PIECES: u32 = 4;

const DIGITS: [Strokes; 10] = [
    &[&[
        (50, 0),
        (80, 12),
        (95, 40),
        (97, 70),
        (95, 100),
        (80, 128),
        (50, 140),
        (20, 128),
        (5, 100),
        (3, 70),
        (5, 40),
        (20, 12),
        (50, 0),
    ]],
    &[&[(22, 30), (55, 0), (55, 140)], &[(22, 140), (88, 140)]],
    &[&[
        (8, 35),
        (15, 12),
        (45, 0),
        (75, 8),
        (90, 35),
        (82, 62),
        (50, 92),
        (20, 118),
        (8, 140),
        (95, 140),
    ]],
    &[&[
        (8, 15),
        (40, 0),
        (75, 8),
        (88, 35),
        (75, 58),
        (45, 66),
        (75, 74),
        (93, 102),
        (80, 130),
        (45, 140),
        (8, 126),
    ]],
    &[&[(70, 140), (70, 0), (5, 98), (97, 98)]],
    &[&[(88, 0), (22, 0), (14, 62), (45, 50), (78, 60), (93, 92), (80, 128), (45, 140), (8, 126)]],
    &[&[
        (80, 6),
        (50, 4),
        (22, 28),
        (9, 70),
        (8, 105),
        (25, 134),
        (52, 140),
        (82, 128),
        (93, 98),
        (80, 68),
        (50, 60),
        (22, 74),
        (8, 105),
    ]],
    &[&[(5, 0), (95, 0), (60, 60), (42, 140)]],
    &[&[
        (50, 64),
        (20, 50),
        (14, 28),
        (28, 6),
        (50, 0),
        (72, 6),
        (86, 28),
        (80, 50),
        (50, 64),
        (15, 84),
        (6, 108),
        (20, 132),
        (50, 140),
        (80, 132),
        (94, 108),
        (85, 84),
        (50, 64),
    ]],
    &[&[
        (20, 134),
        (50, 136),
        (78, 112),
        (91, 70),
        (92, 35),
        (75, 6),
        (48, 0),
        (18, 12),
        (7, 42),
        (20, 72),
        (50, 80),
        (78, 66),
        (92, 35),
    ]],
];

/// The digits as an SVG picture. The same seed draws the same picture, so that reloading it shows
/// nothing new.
pub(crate) fn draw(digits: &str, seed: &str) -> String {
    let mut chance = Chance::new(seed);
    let mut pieces = Vec::new();
    let count = u32::try_from(digits.len()).unwrap_or(1);
    let step = (WIDTH - 40.0) / f64::from(count);
    for (place, digit) in (0..count).zip(digits.bytes()) {
        let strokes = DIGITS.get(usize::from(digit.wrapping_sub(b'0'))).copied().unwrap_or(&[]);
        let left = 20.0 + step * (f64::from(place) + 0.5);
        draw_digit(strokes, left, &mut chance, &mut pieces);
    }
    chance.shuffle(&mut pieces);
    let path = pieces.concat();
    let mut waves = String::new();
    for _ in 0..3 {
        let (from, to) = (chance.within(10.0, HEIGHT - 10.0), chance.within(10.0, HEIGHT - 10.0));
        let (a, b) = (chance.within(0.0, HEIGHT), chance.within(0.0, HEIGHT));
        waves.push_str(&format!("M0 {from:.0}C170 {a:.0} 330 {b:.0} 500 {to:.0}"));
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 500 200\" width=\"500\" \
         height=\"200\" fill=\"none\" stroke-linecap=\"round\">\
         <path fill=\"#fff\" d=\"M0 0H500V200H0z\"/>\
         <path stroke=\"#9aa8a2\" stroke-width=\"3\" d=\"{waves}\"/>\
         <path stroke=\"#17211d\" stroke-width=\"17\" d=\"{path}\"/></svg>"
    )
}

fn draw_digit(strokes: Strokes, middle: f64, chance: &mut Chance, pieces: &mut Vec<String>) {
    let lean = chance.within(-0.22, 0.22);
    let size = chance.within(0.85, 1.0);
    let (right, down) = (chance.within(-8.0, 8.0), chance.within(-10.0, 10.0));
    let (wave, phase) = (chance.within(2.0, 5.0), chance.within(0.0, 6.0));
    let put = |x: f64, y: f64| {
        let (x, y) = ((x - 50.0) * 0.72 * size, (y - 70.0) * size);
        let turned = (x * lean.cos() - y * lean.sin(), x * lean.sin() + y * lean.cos());
        let waved = wave * (turned.1 / 22.0 + phase).sin();
        (middle + turned.0 + waved + right, HEIGHT / 2.0 + turned.1 + down)
    };
    for stroke in strokes {
        for pair in stroke.windows(2) {
            let [(ax, ay), (bx, by)] =
                [pair[0], pair[1]].map(|(x, y)| (f64::from(x), f64::from(y)));
            for piece in 0..PIECES {
                let part = |n: u32| f64::from(n) / f64::from(PIECES);
                let at = |t: f64| put(ax + (bx - ax) * t, ay + (by - ay) * t);
                let (from, to) = (at(part(piece)), at(part(piece + 1)));
                pieces.push(format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1));
            }
        }
    }
}

/// Numbers that look like chance and follow from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn new(seed: &str) -> Self {
        let digest = Sha256::digest(seed);
        Self(digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        b ^ (b >> 31)
    }

    fn within(&mut self, low: f64, high: f64) -> f64 {
        let part = u32::try_from(self.next() >> 32).unwrap_or(0);
        low + (high - low) * f64::from(part) / f64::from(u32::MAX)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let many = u64::try_from(last + 1).unwrap_or(1);
            items.swap(last, usize::try_from(self.next() % many).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_one_picture_and_another_seed_another() {
        assert_eq!(draw("4071", "a"), draw("4071", "a"));
        assert_ne!(draw("4071", "a"), draw("4071", "b"));
        assert_ne!(draw("4071", "a"), draw("4072", "a"));
    }

    #[test]
    fn no_picture_writes_its_digits_down() {
        let picture = draw("4071", "a");
        assert!(!picture.contains("4071") && !picture.contains("<text"), "{picture}");
    }

    #[test]
    fn every_stroke_stays_inside_the_picture() {
        // Every digit in every place, each leaning and waving in its own way. A stroke is 17 wide.
        for seed in 0..400_u32 {
            let digits: String = (0..4)
                .map(|place| char::from_digit((seed + place * 3) % 10, 10).unwrap())
                .collect();
            let picture = draw(&digits, &seed.to_string());
            let path = picture.rsplit(" d=\"M").next().unwrap().split('"').next().unwrap();
            for point in path.split(['M', 'L']) {
                let (x, y) = point.split_once(' ').unwrap();
                let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
                assert!(
                    (8.5..=491.5).contains(&x) && (8.5..=191.5).contains(&y),
                    "{seed}: {x} {y}"
                );
            }
        }
    }
}
