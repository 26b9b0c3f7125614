//! Charges against the same arithmetic written out by hand, in exact 128-bit integers.

use policy::pack::PackFile;
use policy::{Branch, Pack};
use proptest::prelude::*;
use units::Fen;

const CITE: &str = "cite = { instrument = \"d\", quote = \"q\", confidence = \"L\" }";
/// Bases of each random charge; together with the cases below, 100,000 inputs.
const BASES: usize = 500;

/// A charge with one rate, as whole numbers: parts of a million, fen.
#[derive(Clone, Copy, Debug)]
struct Written {
    rate: i128,
    account: i128,
    unit: i128,
    mode: &'static str,
    fixed: i128,
}

impl Written {
    /// Amount and account on a base, in fen.
    fn longhand(self, base: i128) -> (i128, i128) {
        let product = base * self.rate;
        let step = 1_000_000 * self.unit;
        let units = match self.mode {
            "down" => product / step,
            "up" => (product + step - 1) / step,
            _ => (2 * product + step) / (2 * step),
        };
        let part = units * self.unit;
        let account = (2 * base * self.account + 1_000_000) / 2_000_000;
        (part + self.fixed, account.min(part))
    }

    fn pack(self) -> Pack {
        let yuan = |fen: i128| format!("\"{}.{:02}\"", fen / 100, fen % 100);
        let terms = format!("from = 2025-01-01\npublished = 2025-01-01\n{CITE}");
        let law = format!(
            "checked_on = 2025-01-01\n\
             [[open_branches]]\n{terms}\nvalue = {{ open = [\"pension\"] }}\n\
             [[pension_base]]\n{terms}\nvalue = {{ range = {{ floor = 1, cap = 1000000, outside = \"refuse\" }} }}\n\
             [[pension_charge]]\n{terms}\nvalue = [\
             {{ name = {{ zh = \"a\", en = \"a\" }}, rate = \"{}/1000000\", account = \"{}/1000000\", round = {{ unit = {}, mode = \"{}\" }} }},\
             {{ name = {{ zh = \"b\", en = \"b\" }}, sum = {} }}]\n",
            self.rate,
            self.account,
            yuan(self.unit),
            self.mode,
            yuan(self.fixed),
        );
        let about = "checked_on = 2025-01-01\ndivision = \"000000\"\n\
                     city = { zh = \"x\", en = \"x\" }\nabout = { zh = \"x\", en = \"x\" }\n";
        let files: Vec<PackFile> =
            vec![("pack.toml".to_owned(), about.to_owned()), ("law.toml".to_owned(), law)];
        Pack::read("x", &files).expect("the pack is well written")
    }
}

fn written() -> impl Strategy<Value = Written> {
    let units = prop::sample::select(vec![1_i128, 10, 100]);
    let modes = prop::sample::select(vec!["half_up", "up", "down"]);
    (1..500_000_i128, 0..=1_000_i128, units, modes, 0..10_000_i128).prop_map(
        |(rate, share, unit, mode, fixed)| Written {
            rate,
            account: rate * share / 1_000,
            unit,
            mode,
            fixed,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn charges_equal_the_longhand_to_the_fen(
        written in written(),
        bases in prop::collection::vec(100..=100_000_000_i64, BASES),
    ) {
        let day = "2025-06-01".parse().expect("a day");
        let rules = written.pack().rules("2025-06".parse().expect("a month"), day).expect("encoded");
        let mut column = vec![0; bases.len()];
        rules.charge_column(Branch::Pension, &bases, &mut column).expect("bases in the range");
        for (base, in_column) in bases.into_iter().zip(column) {
            let charge = rules.charge(Branch::Pension, Fen::new(base).expect("money"));
            let charge = charge.expect("a base in the range");
            let (amount, account) = written.longhand(base.into());
            prop_assert_eq!(i128::from(charge.amount.fen()), amount);
            prop_assert_eq!(i128::from(charge.account.fen()), account);
            prop_assert_eq!(i128::from(charge.pool.fen()), amount - account);
            prop_assert_eq!(i128::from(in_column), amount);
        }
    }
}
