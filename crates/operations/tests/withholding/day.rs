//! On which days a batch may be built, and what whoever asks for another day is told.

use operations::withholding::build_debit_batch::BatchError;
use store::testing::on_sqlite;

use crate::world::{World, day};

#[test]
fn batches_are_built_on_working_days_of_the_window_only() {
    on_sqlite(|db| {
        let world = World::new(db, 1);
        for on in ["2026-11-26", "2026-11-30"] {
            assert!(world.build(on).is_ok(), "{on}");
        }
        // A Saturday; a Sunday; December's window begins on a Saturday.
        for (on, next) in [
            ("2026-11-25", "2026-11-26"),
            ("2026-11-28", "2026-11-30"),
            ("2026-11-29", "2026-11-30"),
            ("2026-12-01", "2026-12-28"),
            ("2026-12-26", "2026-12-28"),
        ] {
            let Err(BatchError::DayMustBeForWithholding(refusal)) = world.build(on) else {
                panic!("{on} is refused")
            };
            assert_eq!(refusal.next, Some(day(next)), "{on}");
        }
    });
}

#[test]
fn the_refusal_of_a_day_names_the_rule_and_the_next_day_in_both_languages() {
    on_sqlite(|db| {
        let refusal = World::new(db, 1).build("2026-11-28").unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "中国建设银行在2026年11月只在26日到30日的工作日扣款，2026年11月28日不是扣款日；\
             下一个扣款日是2026年11月30日，请按那一天导出 \
             (China Construction Bank withholds in November 2026 on the working days from 26 to 30 \
             only; 28 November 2026 is none; the next such day is 30 November 2026: export for that \
             day)"
        );
    });
}

#[test]
fn where_the_next_holidays_are_not_known_the_refusal_asks_for_them() {
    use operations::withholding::withholding_day::DayMustBeForWithholding;
    let bank = policy::Text::fixed("甲银行", "Bank A");
    let window = (day("2026-12-26"), day("2026-12-31"));
    let refusal =
        DayMustBeForWithholding { bank, day: day("2026-12-31"), window, next: None }.to_string();
    assert!(refusal.contains("请先更新政策包"), "{refusal}");
    assert!(refusal.contains("update the policy pack first"), "{refusal}");
}
