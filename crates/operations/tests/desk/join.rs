//! Joining: the first bill is made with it, and each "no" is a sentence for the person.

use insurance::due::{Due, DueState};
use operations::assess_month::assess_month;
use operations::desk::join::{first_free_month, first_month};
use operations::verify::verify;
use policy::Branch;
use store::tables::{due, enrolment, person};
use store::testing::for_each_database;
use units::Fen;

use crate::city::{at, employed, form, joins, month, nanjing, sentence};

#[test]
fn a_joiner_is_registered_insured_and_billed_in_one_step_and_the_month_s_run_adds_nothing() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-25"));
        let id = joins(db, &city, &form("2026-11"), &desk).unwrap();
        let (person, dues) = db
            .read(|tx| Ok::<_, store::Error>((person::find(tx, id)?, due::list(tx, id)?)))
            .unwrap();
        let person = person.unwrap();
        assert_eq!(person.household.as_deref(), Some("安徽省滁州市"), "recorded, never decides");
        assert_eq!(person.notices_since, Some(desk.today()));
        assert_eq!(person.cause, desk.cause);
        let owed: Fen = dues.iter().map(|due| due.amount).sum();
        assert_eq!(owed, "1396.60".parse().unwrap());
        assert!(dues.iter().all(|due| due.state == DueState::Open));
        let run = assess_month(db, &city, (month("2026-11"), "job"), desk.now, &mut |_, _| {});
        assert_eq!(run.unwrap().dues, 0);
        let books = format!("{:?}", verify(db).unwrap());
        for rule in ["\"batch_hash", "\"receivable_balance", "\"chain"] {
            assert!(!books.contains(rule), "{books}");
        }
    });
}

#[test]
fn somebody_who_joins_from_next_month_gets_no_bill_yet() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-10"));
        let id = joins(db, &city, &form("2026-12"), &desk).unwrap();
        assert!(db.read(|tx| due::list(tx, id)).unwrap().is_empty());
    });
}

#[test]
fn on_the_26th_nobody_joins_and_the_first_month_is_the_next() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-26"));
        let words = sentence(&city, joins(db, &city, &form("2026-11"), &desk));
        assert!(words.zh.ends_with("下一个可以办理的日子是2026年12月1日。"), "{words}");
        assert!(words.en.contains("from day 1 to day 25"), "{words}");
        assert_eq!(first_month(&city, desk.today()), Ok(month("2026-12")));
        assert_eq!(db.read(person::count).unwrap(), 0, "nothing is half saved");
    });
}

#[test]
fn on_a_holiday_nobody_joins() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-10-02"));
        let words = sentence(&city, joins(db, &city, &form("2026-10"), &desk));
        assert!(words.zh.contains("是法定节假日") && words.zh.contains("2026年10月8日"), "{words}");
    });
}

#[test]
fn a_living_double_is_told_where_they_are_insured_and_since_when() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-10"));
        joins(db, &city, &form("2026-11"), &desk).unwrap();
        let elsewhere = at("xuanwu", "2026-11-12");
        let mut again = form("2026-11");
        "xuanwu".clone_into(&mut again.office);
        let words = sentence(&city, joins(db, &city, &again, &elsewhere));
        assert_eq!(
            words.zh,
            "这个人自2026年11月起已在鼓楼区社会保险经办机构参保，全市只能有一份参保。要改基数或险种请办理变更，要重新参保请先停保。"
        );
        assert!(
            words.en.starts_with(
                "This person is insured already at the Gulou district office since November 2026"
            ),
            "{words}"
        );
    });
}

#[test]
fn whoever_stopped_comes_back_in_the_month_itself_but_not_in_one_that_an_employer_declared() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-10"));
        let id = joins(db, &city, &form("2026-11"), &desk).unwrap();
        let stopping = (city.clone(), desk.clone());
        db.write(move |tx| operations::desk::change::stop(tx, &stopping.0, id, &stopping.1))
            .unwrap();
        joins(db, &city, &form("2026-11"), &desk).unwrap();
        let asked = |due: &&Due| due.state == DueState::Open;
        let dues = db.read(|tx| due::list(tx, id)).unwrap();
        assert_eq!((dues.len(), dues.iter().filter(asked).count()), (4, 2), "asked for once more");
        let stopping = (city.clone(), desk.clone());
        db.write(move |tx| operations::desk::change::stop(tx, &stopping.0, id, &stopping.1))
            .unwrap();
        employed(db, id, "2026-11");
        let words = sentence(&city, joins(db, &city, &form("2026-11"), &desk));
        assert_eq!(
            words.zh,
            "2026年11月已由单位（南京云锦机械有限公司）申报参保，同一个月不能再按灵活就业参保；可以从2026年12月起参保。如果已经离职，请先由单位办理减员。"
        );
        assert!(words.en.contains("they can join from December 2026 on"), "{words}");
        let free = db.read(|tx| first_free_month(tx, &city, (id, desk.today()))).unwrap();
        assert_eq!(free, month("2026-12"));
        joins(db, &city, &form("2026-12"), &desk).unwrap();
        assert_eq!(db.read(|tx| enrolment::list(tx, id)).unwrap().len(), 3);
    });
}

#[test]
fn a_base_outside_the_pack_is_answered_with_what_is_allowed() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-10"));
        for (yuan, expected) in [(100, "低于下限"), (90_000, "高于上限"), (5000, "不是可选档次")]
        {
            let mut wrong = form("2026-11");
            wrong.base = Fen::from_yuan(yuan);
            let words = sentence(&city, joins(db, &city, &wrong, &desk));
            assert!(words.zh.contains(expected), "{words}");
        }
        let mut alone = form("2026-11");
        alone.branches = policy::BranchSet::EMPTY.with(Branch::Unemployment);
        let words = sentence(&city, joins(db, &city, &alone, &desk));
        assert!(words.zh.ends_with('。') && words.en.ends_with('.'), "{words}");
    });
}

#[test]
fn another_name_under_a_registered_number_is_refused() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-10"));
        let id = joins(db, &city, &form("2026-11"), &desk).unwrap();
        let stopping = (city.clone(), desk.clone());
        db.write(move |tx| operations::desk::change::stop(tx, &stopping.0, id, &stopping.1))
            .unwrap();
        let mut other = form("2026-12");
        "李四".clone_into(&mut other.name);
        let words = sentence(&city, joins(db, &city, &other, &desk));
        assert!(words.zh.starts_with("姓名与该号码已登记的姓名不一致"), "{words}");
    });
}
