//! What must hold after every day, whatever went wrong on it.

use std::collections::{BTreeMap, BTreeSet};

use insurance::due::DueState;
use insurance::ids::PersonId;
use insurance::ledger::Account;
use insurance::payment::ChannelKind;
use policy::Branch;
use units::{Fen, Month};

use crate::books::Books;

/// What the program was told of money and has answered for; whether its books agree is the
/// question.
#[derive(Debug, Default)]
pub struct Told {
    /// Money that arrived, by channel and number.
    pub received: BTreeMap<(ChannelKind, String), Fen>,
    /// Which of it the channel took back.
    pub taken_back: BTreeSet<(ChannelKind, String)>,
}

impl Told {
    /// What channels hold for us as far as the program was told, in fen.
    fn held(&self) -> i64 {
        let kept = self.received.iter().filter(|(key, _)| !self.taken_back.contains(key));
        kept.map(|(_, amount)| amount.fen()).sum()
    }
}

/// Every breach of an invariant, in words; none in a sound city.
#[must_use]
pub fn breaches(books: &Books, told: &Told) -> Vec<String> {
    let mut breaches = Vec::new();
    for check in [chains_are_whole, dues_agree_with_entries, accounts_agree_with_lists] {
        check(books, &mut breaches);
    }
    insured_months_are_asked_for(books, &mut breaches);
    arrears_follow_from_closed_months(books, &mut breaches);
    suspensions_follow_from_medical_arrears(books, &mut breaches);
    money_in_is_money_booked(books, told, &mut breaches);
    breaches
}

fn chains_are_whole(books: &Books, breaches: &mut Vec<String>) {
    for owner in &books.broken_chains {
        breaches.push(format!("the chain of owner {owner} is broken"));
    }
}

/// Nothing is paid twice, and a due is paid in full or not at all.
fn dues_agree_with_entries(books: &Books, breaches: &mut Vec<String>) {
    let mut paid = books.paid.clone();
    for due in &books.dues {
        let credited = paid.remove(&due.key).unwrap_or_default();
        let whole = match due.state {
            DueState::Paid | DueState::BackPaid => due.amount.fen(),
            DueState::Open | DueState::Arrears => 0,
            // A withdrawal credits the receivable, as a payment does.
            DueState::Closed => due.amount.fen(),
        };
        if credited != whole {
            let (key, state) = (due.key, due.state);
            breaches.push(format!("{key:?} is {state:?}, its entries say {credited} fen"));
        }
    }
    for (key, fen) in paid {
        breaches.push(format!("{fen} fen were booked on {key:?}, which was never assessed"));
    }
}

fn accounts_agree_with_lists(books: &Books, breaches: &mut Vec<String>) {
    let sum: i64 = books.balances.values().sum();
    if sum != 0 {
        breaches.push(format!("debits exceed credits by {sum} fen"));
    }
    for branch in Branch::ALL {
        let of_branch = books.dues.iter().filter(|due| due.key.branch == branch);
        let unpaid = of_branch.filter(|due| due.state.is_unpaid());
        let listed: i64 = unpaid.map(|due| due.amount.fen()).sum();
        let booked = books.balance(Account::Receivable(branch));
        if listed != booked {
            breaches.push(format!("{branch:?}: unpaid dues {listed} fen, books {booked} fen"));
        }
    }
    let suspense = -books.balance(Account::Suspense);
    if books.held.fen() != suspense {
        let listed = books.held.fen();
        breaches.push(format!("suspense: listed {listed} fen, books {suspense} fen"));
    }
}

/// Nobody is insured for a closed month without a due of each insurance, and nobody owes for a
/// month in which they are not insured.
fn insured_months_are_asked_for(books: &Books, breaches: &mut Vec<String>) {
    let asked: BTreeSet<(PersonId, Month, Branch)> = books
        .dues
        .iter()
        .filter(|due| due.state != DueState::Closed)
        .map(|due| (due.key.person, due.key.month, due.key.branch))
        .collect();
    let mut insured = BTreeSet::new();
    for span in &books.enrolments {
        for month in books.closed.iter().filter(|month| span.overlaps(**month, Some(**month))) {
            insured.extend(span.branches.iter().map(|branch| (span.person, *month, branch)));
        }
    }
    let of_closed = asked.iter().filter(|(_, month, _)| books.closed.contains(month));
    for (person, month, branch) in insured.symmetric_difference(&of_closed.copied().collect()) {
        breaches.push(format!("person {person}, {month}, {branch:?}: insured or asked, not both"));
    }
}

/// A month that is closed has no open due, a month that is not closed has no arrears. Differences
/// are asked for with a later month's bill than their own: the program's proof looks at those.
fn arrears_follow_from_closed_months(books: &Books, breaches: &mut Vec<String>) {
    for due in books.dues.iter().filter(|due| !due.key.is_difference()) {
        let closed = books.closed.contains(&due.key.month);
        let fits = match due.state {
            DueState::Open => !closed,
            DueState::Arrears | DueState::BackPaid => closed,
            DueState::Paid | DueState::Closed => true,
        };
        if !fits {
            let word = if closed { "closed" } else { "open" };
            breaches.push(format!("{:?} is {:?} in a month that is {word}", due.key, due.state));
        }
    }
}

/// Whoever has medical arrears is suspended, and nobody else for longer than the arrears last. A
/// difference that is not paid suspends nobody.
fn suspensions_follow_from_medical_arrears(books: &Books, breaches: &mut Vec<String>) {
    let owing: BTreeSet<PersonId> = books
        .dues
        .iter()
        .filter(|due| due.key.branch == Branch::Medical && due.state == DueState::Arrears)
        .filter(|due| !due.key.is_difference())
        .map(|due| due.key.person)
        .collect();
    let live = books.suspensions.iter().filter(|suspension| suspension.lifted_on.is_none());
    let suspended: BTreeMap<PersonId, Month> =
        live.map(|suspension| (suspension.person, suspension.unpaid_month)).collect();
    for person in &owing {
        if !suspended.contains_key(person) {
            breaches.push(format!("person {person} has medical arrears and no suspension"));
        }
    }
    for (person, month) in suspended {
        if !owing.contains(&person) {
            breaches.push(format!("person {person} is suspended for {month} and owes nothing"));
        }
    }
}

/// Every fen that came in stands on a due or in suspense, and no other fen does.
fn money_in_is_money_booked(books: &Books, told: &Told, breaches: &mut Vec<String>) {
    let mut expected = told.received.clone();
    for receipt in &books.receipts {
        let key = (receipt.channel, receipt.reference.clone());
        match expected.remove(&key) {
            Some(amount) if amount == receipt.amount => {}
            Some(amount) => {
                let booked = receipt.amount;
                breaches.push(format!("{key:?} brought {amount}, booked are {booked}"));
            }
            None => breaches.push(format!("{key:?} is booked twice or never came")),
        }
    }
    for (key, amount) in expected {
        breaches.push(format!("{key:?} brought {amount}, nothing is booked"));
    }
    let assets = ChannelKind::ALL.map(Account::Clearing).into_iter().chain([Account::Fund]);
    for account in assets.clone().filter(|account| books.balance(*account) < 0) {
        breaches.push(format!("{account:?} gave more than it got: {}", books.balance(account)));
    }
    let booked: i64 = assets.map(|account| books.balance(account)).sum();
    if booked != told.held() {
        let held = told.held();
        breaches.push(format!("channels hold {held} fen for us, the books say {booked} fen"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insurance::cause::Cause;
    use insurance::due::Due;
    use insurance::enrolment::Enrolment;
    use insurance::ids::{AssessmentBatchId, EnrolmentId, EntryId, MessageId, ReceiptId, RunId};
    use insurance::payment::DueKey;
    use insurance::receipt::Receipt;
    use policy::BranchSet;

    const AMOUNT: i64 = 97_580;

    fn key() -> DueKey {
        let person = PersonId::from_i64(7);
        DueKey { person, month: "2026-05".parse().unwrap(), branch: Branch::Pension, part: 0 }
    }

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    /// A city of one person who paid one due.
    fn sound() -> (Books, Told) {
        let due = Due {
            key: key(),
            base: Fen::ZERO,
            amount: fen(AMOUNT),
            account: Fen::ZERO,
            batch: AssessmentBatchId::from_i64(1),
            state: DueState::Paid,
        };
        let receipt = Receipt {
            person: key().person,
            id: ReceiptId::from_i64(1),
            channel: ChannelKind::Wechat,
            reference: "P1".to_owned(),
            amount: fen(AMOUNT),
            paid_at: "2026-05-08T10:00:00+08:00".parse().unwrap(),
            accounting_on: "2026-05-08".parse().unwrap(),
            recorded_at: "2026-05-08T10:00:00+08:00".parse().unwrap(),
            message: MessageId::from_i64(1),
            entry: EntryId::from_i64(1),
        };
        let (clearing, income) =
            (Account::Clearing(ChannelKind::Wechat), Account::Pooled(Branch::Pension));
        let span = Enrolment {
            person: key().person,
            id: EnrolmentId::from_i64(1),
            office: "gulou".to_owned(),
            branches: BranchSet::EMPTY.with(Branch::Pension),
            base: Fen::from_yuan(4879),
            from: key().month,
            until: None,
            opened_on: "2026-05-08".parse().unwrap(),
            closed_on: None,
            cause: Cause::Run(RunId::from_i64(1)),
            end_cause: None,
        };
        let books = Books {
            enrolments: vec![span],
            balances: BTreeMap::from([(clearing, AMOUNT), (income, -AMOUNT)]),
            paid: BTreeMap::from([(key(), AMOUNT)]),
            dues: vec![due],
            receipts: vec![receipt],
            ..Books::default()
        };
        let mut told = Told::default();
        told.received.insert((ChannelKind::Wechat, "P1".to_owned()), fen(AMOUNT));
        (books, told)
    }

    fn count_after(spoil: impl FnOnce(&mut Books, &mut Told)) -> usize {
        let (mut books, mut told) = sound();
        spoil(&mut books, &mut told);
        breaches(&books, &told).len()
    }

    #[test]
    fn a_sound_city_has_no_breach() {
        let (books, told) = sound();
        assert_eq!(breaches(&books, &told), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_breach_is_seen() {
        assert_eq!(count_after(|books, _| books.broken_chains.push(key().person)), 1, "chain");
        assert_eq!(count_after(|books, _| books.dues[0].state = DueState::BackPaid), 1, "close");
        assert_eq!(count_after(|books, _| books.dues.clear()), 1, "due without assessment");
        assert_eq!(count_after(|_, told| told.received.clear()), 2, "invented receipt, assets");
        assert_eq!(count_after(|books, _| books.receipts.clear()), 1, "lost receipt");
        let twice =
            |books: &mut Books, _: &mut Told| books.receipts.push(books.receipts[0].clone());
        assert_eq!(count_after(twice), 1, "booked twice");
        let held = |books: &mut Books, _: &mut Told| books.held = fen(1);
        assert_eq!(count_after(held), 1, "suspense");
        let back = |_: &mut Books, told: &mut Told| {
            told.taken_back.insert((ChannelKind::Wechat, "P1".to_owned()));
        };
        assert_eq!(count_after(back), 1, "return not booked");
        let fund = |books: &mut Books, _: &mut Told| {
            books.balances.insert(Account::Fund, AMOUNT + 1);
            books.balances.insert(Account::Clearing(ChannelKind::Wechat), -1);
        };
        assert_eq!(count_after(fund), 1, "clearing gave more than it got");
        let unpaid = |books: &mut Books, _: &mut Told| books.dues[0].state = DueState::Open;
        assert_eq!(count_after(unpaid), 2, "paid due asked for again: entries, receivable");
    }

    #[test]
    fn a_month_insured_without_a_bill_and_a_bill_without_insurance_are_seen() {
        let close = |books: &mut Books| books.closed.push(key().month);
        assert_eq!(count_after(|books, _| close(books)), 0, "insured and asked");
        let uninsured = |books: &mut Books, _: &mut Told| {
            close(books);
            books.enrolments.clear();
        };
        assert_eq!(count_after(uninsured), 1);
        let unasked = |books: &mut Books, _: &mut Told| {
            close(books);
            let second = books.enrolments[0].branches.with(Branch::Unemployment);
            books.enrolments[0].branches = second;
        };
        assert_eq!(count_after(unasked), 1);
    }

    #[test]
    fn a_closed_month_with_an_open_due_and_medical_arrears_without_suspension_are_seen() {
        let medical = |books: &mut Books, state| {
            let due = &mut books.dues[0];
            due.key.branch = Branch::Medical;
            books.enrolments[0].branches = BranchSet::EMPTY.with(Branch::Medical);
            due.state = state;
            books.paid.clear();
            books.closed.push(due.key.month);
            books.balances = BTreeMap::from([
                (Account::Clearing(ChannelKind::Wechat), AMOUNT),
                (Account::Receivable(Branch::Medical), AMOUNT),
                (Account::Pooled(Branch::Medical), -2 * AMOUNT),
            ]);
        };
        assert_eq!(count_after(|books, _| medical(books, DueState::Open)), 1);
        assert_eq!(count_after(|books, _| medical(books, DueState::Arrears)), 1);
    }
}
