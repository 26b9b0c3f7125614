//! What each of a bank's reasons does: whether the due is sent again on the next bank day, whether
//! the mandate stands, whether the desk gets a task, and what the person is asked.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::reason::{self, PersonStep, RULES};
use insurance::debit::DebitState;
use insurance::ids::{MessageId, RunId};
use insurance::notice::NoticeKind;
use operations::withholding::book_bank_result::{BookedResult, Origin};
use operations::withholding::book_chunk::book_chunk;
use store::tables::debit::Proof;
use store::tables::task::TaskKind;
use store::tables::{mandate, notice, task};
use store::testing::for_each_database;

use crate::world::{World, day};

/// What follows: on the next bank day, for the mandate, for the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    SentAgain,
    Waits,
    MandateEnds,
    MandateEndsAndDeskVerifies,
}

use Follows::{MandateEnds, MandateEndsAndDeskVerifies, SentAgain, Waits};
use PersonStep::{
    AskBank, CheckCard, CompleteMandate, CorrectHolder, DepositMoney, NameAccount, Nothing,
    PayAnotherWay, RaiseLimit, SignMandate,
};

const TABLE: [(&str, Follows, PersonStep); 43] = [
    ("AB05", Waits, Nothing),
    ("AB08", Waits, Nothing),
    ("AC01", Waits, NameAccount),
    ("AC02", Waits, NameAccount),
    ("AC04", Waits, NameAccount),
    ("AC06", SentAgain, AskBank),
    ("AC13", Waits, NameAccount),
    ("AG01", Waits, NameAccount),
    ("AG07", SentAgain, CheckCard),
    ("AM02", Waits, RaiseLimit),
    ("AM04", SentAgain, DepositMoney),
    ("AM05", Waits, Nothing),
    ("AM09", SentAgain, Nothing),
    ("AM10", SentAgain, Nothing),
    ("AM14", SentAgain, RaiseLimit),
    ("AM18", SentAgain, Nothing),
    ("AM19", SentAgain, Nothing),
    ("AM20", SentAgain, Nothing),
    ("BE01", Waits, CorrectHolder),
    ("DT01", SentAgain, Nothing),
    ("DU01", Waits, Nothing),
    ("DU02", Waits, Nothing),
    ("DU03", Waits, Nothing),
    ("DU04", Waits, Nothing),
    ("DU05", Waits, Nothing),
    ("DUPL", Waits, Nothing),
    ("ED05", Waits, Nothing),
    ("FF01", SentAgain, Nothing),
    ("FF03", SentAgain, Nothing),
    ("FF05", SentAgain, Nothing),
    ("MD01", MandateEnds, SignMandate),
    ("MD02", Waits, CompleteMandate),
    ("MD06", Waits, PayAnotherWay),
    ("MD07", MandateEndsAndDeskVerifies, Nothing),
    ("MS02", SentAgain, CheckCard),
    ("MS03", SentAgain, CheckCard),
    ("NARR", SentAgain, CheckCard),
    ("NOAS", Waits, Nothing),
    ("RC01", SentAgain, Nothing),
    ("RR04", Waits, Nothing),
    ("SL01", Waits, RaiseLimit),
    ("TM01", SentAgain, Nothing),
    ("", SentAgain, CheckCard),
];

#[test]
fn each_reason_does_what_the_table_says_and_asks_the_person_for_its_step() {
    for_each_database(|db| {
        let world = World::new(db, TABLE.len());
        world.build("2026-11-26").unwrap();
        let code_of = |person| TABLE[world.people.iter().position(|p| *p == person).unwrap()].0;
        let lines: Vec<BankResult> = (1..)
            .zip(world.debits())
            .map(|(line, debit)| {
                let rule = reason::of_code(code_of(debit.due.person));
                let raw = rule.code.to_owned();
                BankResult {
                    line,
                    original_message_id: None,
                    end_to_end_id: EndToEndId { due: debit.due, attempt: debit.attempt }
                        .to_string(),
                    outcome: Outcome::Rejected { reason: rule.reason, retry: rule.retry, raw },
                }
            })
            .collect();
        let origin = Origin {
            message: MessageId::from_i64(9),
            run: RunId::from_i64(1),
            proof: Proof::Report,
            on: day("2026-11-26"),
        };
        let (city, now) = (world.city.clone(), world.at("2026-11-26"));
        let answers = db.write(move |tx| book_chunk(tx, &city, (&lines, origin), now)).unwrap();
        assert!(answers.iter().all(|answer| *answer == BookedResult::Rejected));
        world.build("2026-11-27").unwrap();
        for (person, (code, follows, step)) in world.people.iter().zip(TABLE) {
            assert_eq!(reason::of_code(code).step(), step, "{code}: what the person is asked");
            let live = db.read(|tx| mandate::find_live(tx, *person)).unwrap().is_some();
            let desk = db.read(|tx| task::is_open(tx, *person, TaskKind::VerifyDeath)).unwrap();
            let again = world
                .debits()
                .iter()
                .any(|debit| debit.due.person == *person && debit.state == DebitState::Sent);
            let found = match (again, live, desk) {
                (true, true, false) => SentAgain,
                (false, true, false) => Waits,
                (false, false, false) => MandateEnds,
                (false, false, true) => MandateEndsAndDeskVerifies,
                other => panic!("{code}: {other:?}"),
            };
            assert_eq!(found, follows, "{code}");
            let told = db.read(|tx| notice::list(tx, *person)).unwrap();
            let failed = told.iter().filter(|n| n.kind == NoticeKind::WithholdingFailed).count();
            assert_eq!(failed, 1, "{code}: one notice a day, however many dues failed");
        }
        world.check();
    });
}

#[test]
fn the_table_names_every_rule() {
    let named: Vec<&str> = TABLE.iter().map(|(code, ..)| *code).collect();
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(named, rules);
}
