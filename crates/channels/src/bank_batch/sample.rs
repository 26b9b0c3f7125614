//! Made-up debits for tests.

use insurance::cnaps_bank_number::CnapsBankNumber;
use insurance::ids::PersonId;
use insurance::payment::DueKey;
use policy::Branch;

use super::debit::{Creditor, Debit, DebitFile, Totals};
use super::end_to_end_id::EndToEndId;

pub(crate) fn end_to_end_id(person: i64, branch: Branch) -> EndToEndId {
    let month = units::Month::from_yyyymm(202_611).unwrap();
    let due = DueKey { person: PersonId::from_i64(person), month, branch, part: 0 };
    EndToEndId { due, attempt: 1 }
}

pub(crate) fn debit(person: i64, branch: Branch, amount: &str) -> Debit {
    Debit {
        end_to_end_id: end_to_end_id(person, branch),
        amount: amount.parse().unwrap(),
        mandate: format!("MN3201{person:010}"),
        signed_on: "2024-03-01".parse().unwrap(),
        holder: "张三".to_owned(),
        identity_number: "11010519491231002X".to_owned(),
        account: format!("62170012345{person:08}"),
        bank: CnapsBankNumber::parse("105301000013").unwrap(),
    }
}

/// Three dues of each person, 975.80, 400.32 and 97.58.
pub(crate) fn debits(people: i64) -> Vec<Debit> {
    let dues =
        [(Branch::Pension, "975.80"), (Branch::Medical, "400.32"), (Branch::Unemployment, "97.58")];
    (1..=people)
        .flat_map(|person| dues.map(|(branch, amount)| debit(person, branch, amount)))
        .collect()
}

pub(crate) fn file(debits: &[Debit]) -> DebitFile {
    let totals = Totals {
        count: u64::try_from(debits.len()).unwrap(),
        sum: debits.iter().map(|debit| debit.amount).sum(),
    };
    DebitFile {
        message_id: "FE3201-20261126-105-01".parse().unwrap(),
        created_at: "2026-11-26T08:00:00+08:00".parse().unwrap(),
        collect_on: "2026-11-26".parse().unwrap(),
        totals,
        creditor: Creditor {
            initiator: "南京市社会保险管理中心".to_owned(),
            initiator_code: "12320100MB0000000F".to_owned(),
            name: "南京市社会保险基金财政专户".to_owned(),
            account: "32001881234059000001".to_owned(),
            bank: CnapsBankNumber::parse("105301000013").unwrap(),
        },
    }
}

pub(crate) fn pain_008(debits: &[Debit]) -> Vec<u8> {
    let mut out = Vec::new();
    super::pain_008::write(&mut out, &file(debits), debits.iter().cloned()).unwrap();
    out
}
