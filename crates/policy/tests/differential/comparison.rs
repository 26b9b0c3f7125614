//! Asks the crate and the oracle the same questions: every shipped pack, any month, as known on any
//! day, bases at and around every limit and in between.

use policy::{Branch, Pack, Rules, shipped};
use units::{Date, Fen, Month};

use super::oracle::{Answer, Bases, Books, Law};

/// What came of a comparison.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// How many questions were asked.
    pub(crate) inputs: u64,
    /// How many of them were answered with money.
    pub(crate) charged: u64,
    /// The first that were answered in two ways.
    pub(crate) differing: Vec<String>,
}

/// How many questions are asked of one branch of one month.
const BASES_EACH: u64 = 2_000;
/// How many differences are told.
const DIFFERING_MAX: usize = 20;

/// Asks at least `inputs` questions; the same seed asks the same.
pub(crate) fn compare(inputs: u64, seed: u64) -> Compared {
    let packs: Vec<(Pack, Books)> = shipped::names()
        .into_iter()
        .map(|name| (Pack::shipped(name).expect("a shipped pack"), Books::of(name)))
        .collect();
    let mut random = Random(seed);
    let mut compared = Compared::default();
    while compared.inputs < inputs && compared.differing.len() < DIFFERING_MAX {
        let (pack, books) = &packs[random.index(packs.len())];
        let branch = Branch::ALL[random.index(3)];
        let month = random.month();
        let known_on = random.day();
        let law = books.law(branch.word(), yyyymmdd(month.first_day()), yyyymmdd(known_on));
        let rules = pack.rules(month, known_on);
        let asked = Asked { branch, law: &law, pack, month, known_on };
        match rules {
            Ok(rules) => asked.compare(&rules, &mut random, &mut compared),
            Err(_) => {
                compared.inputs += 1;
                compared.check(law.charge(0) == Answer::Refused("not_encoded"), || {
                    format!("{}: rules not encoded", asked.words())
                });
            }
        }
    }
    compared
}

struct Asked<'a> {
    branch: Branch,
    law: &'a Law,
    pack: &'a Pack,
    month: Month,
    known_on: Date,
}

impl Asked<'_> {
    fn compare(&self, rules: &Rules, random: &mut Random, compared: &mut Compared) {
        let count = if matches!(self.law, Law::Open(..)) { BASES_EACH } else { 1 };
        let (mut bases, mut amounts) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let base = random.base(self.law);
            let theirs = self.law.charge(base.into());
            let ours = match rules.charge(self.branch, Fen::new(base).expect("not negative")) {
                Ok(charge) => {
                    assert_eq!(charge.account + charge.pool, charge.amount);
                    let [base, amount, account] =
                        [charge.base, charge.amount, charge.account].map(|fen| fen.fen().into());
                    Answer::Charged(base, amount, account)
                }
                Err(refusal) => Answer::Refused(refusal.code()),
            };
            compared.inputs += 1;
            compared.check(ours == theirs, || {
                format!("{} on {base} fen: {ours:?}, the oracle {theirs:?}", self.words())
            });
            if let Answer::Charged(_, amount, _) = theirs {
                compared.charged += 1;
                bases.push(base);
                amounts.push(amount);
            }
        }
        self.compare_column(rules, (&bases, &amounts), compared);
    }

    /// The bulk path gives the same for all of them at once.
    fn compare_column(
        &self,
        rules: &Rules,
        (bases, amounts): (&[i64], &[i128]),
        compared: &mut Compared,
    ) {
        if bases.is_empty() {
            return;
        }
        let mut column = vec![0; bases.len()];
        let done = rules.charge_column(self.branch, bases, &mut column);
        let is_same = column.iter().map(|fen| i128::from(*fen)).eq(amounts.iter().copied());
        compared.check(done.is_ok() && is_same, || format!("{}: the column", self.words()));
    }

    fn words(&self) -> String {
        let Self { branch, pack, month, known_on, .. } = self;
        format!("{} {} of {month} known on {known_on}", pack.name(), branch.word())
    }
}

impl Compared {
    fn check(&mut self, is_same: bool, words: impl FnOnce() -> String) {
        if !is_same {
            self.differing.push(words());
        }
    }
}

fn yyyymmdd(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month().number()) * 100 + i64::from(day.day())
}

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).expect("less than a length")
    }

    /// 2021-01 to 2027-12: before, inside and behind what the packs cover.
    fn month(&mut self) -> Month {
        let first = Month::new(2021, 1).expect("a month");
        first.plus(i32::try_from(self.below(84)).expect("small"))
    }

    fn day(&mut self) -> Date {
        let first = Date::new(2022, 6, 1).expect("a day");
        let days = i32::try_from(self.below(2_100)).expect("small");
        first.plus_days(days).expect("before 9999")
    }

    /// A limit, a fen beside one, or any base from half the least to beyond the greatest.
    fn base(&mut self, law: &Law) -> i64 {
        let Law::Open(bases, _) = law else { return 500_000 };
        let (floor, cap) = bases.ends();
        let near = match bases {
            Bases::Tiers(tiers) => tiers[self.index(tiers.len())],
            Bases::Range { .. } | Bases::Fixed(_) => [floor, cap][self.index(2)],
        };
        let beside = i128::from(self.below(3)) - 1;
        let span = u64::try_from(cap - floor / 2 + 100_000).expect("a span");
        let base = match (self.below(4), bases) {
            (0, _) | (1, Bases::Tiers(_)) => near,
            (1, _) => near + beside,
            _ => floor / 2 + i128::from(self.below(span)),
        };
        i64::try_from(base.max(0)).expect("money")
    }
}
