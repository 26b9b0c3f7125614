//! A month's charges in memory, beside the same sums written by hand in a bare loop; and one
//! charge with its explanation.

use anyhow::Context;
use policy::{Branch, Pack};
use units::{Fen, Month};

use super::{Figure, best_of_three, ratio};

pub(super) fn measure(people: u64) -> anyhow::Result<Vec<Figure>> {
    let pack = Pack::shipped("nanjing").context("the pack is shipped")?;
    let month: Month = "2026-11".parse()?;
    let rules = pack.rules(month, month.first_day())?;
    let tiers: [i64; 4] = [495_200, 600_000, 800_000, 2_476_200];
    let bases: Vec<i64> = tiers.into_iter().cycle().take(usize::try_from(people)?).collect();
    let mut amounts = vec![0; bases.len()];
    let ours = best_of_three(|| {
        for branch in Branch::ALL {
            let done = rules.charge_column(branch, &bases, &mut amounts);
            std::hint::black_box(done.is_ok());
            std::hint::black_box(&amounts);
        }
    });
    let bare = best_of_three(|| by_hand(&bases, &mut amounts));
    let base = Fen::from_yuan(4952);
    let rounds = 1_000;
    let explained = best_of_three(|| {
        for _ in 0..rounds {
            std::hint::black_box(rules.explain(Branch::Medical, base).is_ok());
        }
    });
    Ok(vec![
        Figure::new(
            &format!("charge {people} people × 3 in memory"),
            format!("{:.1} ms", ours.as_secs_f64() * 1e3),
            format!("bare loop {:.1} ms", bare.as_secs_f64() * 1e3),
            ratio(ours, bare),
        ),
        Figure::new(
            "one charge with its explanation",
            format!("{:.1} µs", explained.as_secs_f64() * 1e6 / f64::from(rounds)),
            String::new(),
            String::new(),
        ),
    ])
}

/// What somebody would write who knows November 2026 of Nanjing by heart: 20 % of the base; 8 %
/// rounded to the fen, and 10 yuan; 99 yuan for everybody.
fn by_hand(bases: &[i64], amounts: &mut [i64]) {
    let each: [fn(i64) -> i64; 3] =
        [|base| (base * 20 + 50) / 100, |base| (base * 8 + 50) / 100 + 1_000, |_| 9_900];
    for charge in each {
        for (amount, base) in amounts.iter_mut().zip(bases) {
            *amount = charge(*base);
        }
        std::hint::black_box(&amounts);
    }
}
