//! The audit trail and the looks at people: whatever is done to a row, `verify` finds it.
#![expect(clippy::unwrap_used, reason = "a trail that can't be written must stop the test")]

use insurance::ids::PersonId;
use operations::verify::verify;
use store::tables::access_log::{self, Access};
use store::tables::access_pending;
use store::tables::audit_event::{self, AuditEvent, Filter};
use store::testing::{TRAIL_DAMAGES, for_each_database, now};
use store::{Db, Tx};

fn event(id: i64, office: &str) -> AuditEvent {
    AuditEvent {
        id,
        recorded_at: now().plus_seconds(id),
        actor: "wu-min".to_owned(),
        office: office.to_owned(),
        action: if id % 2 == 0 { "stop" } else { "enrol" }.to_owned(),
        subject: Some(PersonId::from_i64(7)),
        detail: format!("case {id}"),
    }
}

fn look(id: i64, person: i64) -> Access {
    Access {
        person: PersonId::from_i64(person),
        id,
        accessed_at: now().plus_seconds(id),
        actor: "wu-min".to_owned(),
        reason: "本人在窗口办理".to_owned(),
        what: "/desk/people".to_owned(),
    }
}

fn write_trails(db: &Db) {
    db.write(|tx| {
        for id in 1..=3 {
            audit_event::insert(tx, &event(id, "gulou"))?;
            audit_event::insert(tx, &event(id + 10, "xuanwu"))?;
            access_log::insert(tx, &look(id, 7))?;
            access_log::insert(tx, &look(id + 10, 8))?;
        }
        Ok::<_, store::Error>(())
    })
    .unwrap();
}

#[test]
fn whatever_is_done_to_a_row_of_a_trail_is_found() {
    for_each_database(|db| {
        write_trails(db);
        assert!(verify(db).unwrap().is_clean());
        for damage in TRAIL_DAMAGES {
            let found = db.write(move |tx: &mut Tx<'_>| -> Result<(), Undone> {
                assert!(tx.execute(damage, &[])? > 0, "{damage} changes something");
                Err(Undone::Found(operations::verify::verify_in(tx)?.found))
            });
            assert!(matches!(found, Err(Undone::Found(1..))), "{damage}");
        }
        assert!(verify(db).unwrap().is_clean(), "nothing of it stayed");
    });
}

/// How each damage is undone.
#[derive(Debug)]
enum Undone {
    Found(u64),
    #[expect(dead_code, reason = "shown when a statement fails")]
    Store(store::Error),
}

impl From<store::Error> for Undone {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

#[test]
fn writers_at_the_same_time_keep_one_chain() {
    for_each_database(|db| {
        std::thread::scope(|scope| {
            for writer in 0..4 {
                scope.spawn(move || {
                    for turn in 0..10 {
                        let id = 1 + writer * 10 + turn;
                        db.write(move |tx| {
                            audit_event::insert(tx, &event(id, "gulou"))?;
                            access_log::insert(tx, &look(id, 7))
                        })
                        .unwrap();
                    }
                });
            }
        });
        let verified = verify(db).unwrap();
        assert!(verified.is_clean(), "{:?}", verified.findings);
        assert_eq!(db.read(audit_event::list_heads).unwrap()[0].1, 40);
    });
}

#[test]
fn a_trail_is_searched_by_person_clerk_office_kind_and_day() {
    for_each_database(|db| {
        write_trails(db);
        let count =
            |filter: Filter| db.read(|tx| audit_event::list(tx, &filter, 10)).unwrap().len();
        let all = Filter::default;
        assert_eq!(count(all()), 6);
        assert_eq!(count(Filter { office: "gulou".to_owned(), ..all() }), 3);
        assert_eq!(count(Filter { action: "stop".to_owned(), ..all() }), 2);
        assert_eq!(count(Filter { actor: "nobody".to_owned(), ..all() }), 0);
        assert_eq!(count(Filter { subject: Some(PersonId::from_i64(8)), ..all() }), 0);
        assert_eq!(count(Filter { since: Some(now().plus_seconds(3)), ..all() }), 4);
        assert_eq!(count(Filter { until: Some(now().plus_seconds(3)), ..all() }), 2);
        assert_eq!(count(Filter { before: Some(11), ..all() }), 3);
        let looks = Filter { subject: Some(PersonId::from_i64(8)), ..all() };
        assert_eq!(db.read(|tx| access_log::search(tx, &looks, 10)).unwrap().len(), 3);
    });
}

#[test]
fn a_look_recorded_in_passing_is_seen_at_once_and_gets_one_place_whoever_chains_it() {
    const LOOKS: i64 = 300;
    for_each_database(|db| {
        write_trails(db);
        db.write(|tx| {
            (100..100 + LOOKS).try_for_each(|id| access_pending::insert(tx, &look(id, 7)))
        })
        .unwrap();
        let seen = || db.read(|tx| access_log::list(tx, PersonId::from_i64(7), 1_000)).unwrap();
        let before = seen();
        assert_eq!(before.len(), 3 + 300, "waiting looks are listed with the others");
        assert!(before.is_sorted_by(|newer, older| newer.id > older.id));
        let by_actor = Filter { actor: "wu-min".to_owned(), ..Filter::default() };
        let found = db.read(|tx| access_log::search(tx, &by_actor, 1_000)).unwrap();
        assert_eq!(found.len(), 6 + 300);
        assert!(verify(db).unwrap().is_clean());

        let chained: u64 = std::thread::scope(|scope| {
            let chain = || db.bulk_write(|tx| access_pending::chain(tx, 200)).unwrap();
            let programs: Vec<_> = (0..4).map(|_| scope.spawn(move || chain() + chain())).collect();
            programs.into_iter().map(|program| program.join().unwrap()).sum()
        });
        assert_eq!(chained, 300, "each look was chained once");
        assert_eq!(db.read(access_pending::count).unwrap(), 0);
        assert_eq!(seen(), before, "nothing was lost or changed on the way");
        assert!(verify(db).unwrap().is_clean());
    });
}
