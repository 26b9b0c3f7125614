//! The fields of each kind of case: reading what was typed, and showing it again.

use std::str::FromStr;

use insurance::casework::form::{AccountWish, CaseForm, Heir, Payee, Span, SuspenseWish};
use insurance::casework::kind::CaseKind;
use insurance::ids::PersonId;
use policy::collection::SurrenderReason;
use policy::{Branch, Text};
use units::Month;

use crate::site::form::Form;

/// Reasons for surrender: word, Chinese, English.
pub(super) const REASONS: [(&str, SurrenderReason, &str, &str); 2] = [
    ("settled-abroad", SurrenderReason::SettledAbroad, "出国（境）定居", "Settled abroad"),
    (
        "loss-of-nationality",
        SurrenderReason::LossOfNationality,
        "丧失中国国籍",
        "Lost Chinese nationality",
    ),
];

/// Reads a form; what is wrong is said at its field.
pub(super) fn read(
    kind: CaseKind,
    form: &mut Form,
    rightful: Option<PersonId>,
) -> Option<CaseForm> {
    match kind {
        CaseKind::Surrender => read_surrender(form),
        CaseKind::Death => read_death(form),
        CaseKind::TransferIn => read_transfer_in(form),
        CaseKind::TransferOut => {
            let branch = branch(form);
            let city = form.value("city").to_owned();
            let payee = payee(form, ["holder", "bank", "account"]);
            Some(CaseForm::TransferOut { branch: branch?, city, payee: payee? })
        }
        CaseKind::Suspense => {
            let wish = match form.value("wish") {
                "apply" => SuspenseWish::Apply,
                _ => SuspenseWish::SendBack,
            };
            let suspense = parsed(form, "suspense", choose());
            let payee = optional_payee(form)?;
            Some(CaseForm::Suspense { suspense: suspense?, wish, payee })
        }
        CaseKind::WrongReceipt => {
            let receipt = parsed(form, "receipt", choose());
            if rightful.is_none() {
                let words = Text::fixed(
                    "没有找到这位参保人，请核对身份证号。",
                    "No such person is registered; check the identity number.",
                );
                form.refuse("identity", words);
            }
            Some(CaseForm::WrongReceipt { receipt: receipt?, rightful: rightful? })
        }
        CaseKind::WrongDue => read_due(form),
        CaseKind::Objection => Some(CaseForm::Objection {
            about: form.value("about").to_owned(),
            answer: form.value("answer").to_owned(),
        }),
        CaseKind::Recovery => {
            let amount = parsed(form, "amount", sum());
            let arrived_on = parsed(form, "arrived_on", day());
            let reference = form.value("reference").to_owned();
            Some(CaseForm::Recovery { amount: amount?, arrived_on: arrived_on?, reference })
        }
    }
}

fn read_surrender(form: &mut Form) -> Option<CaseForm> {
    let word = form.value("reason").to_owned();
    let reason = REASONS.iter().find(|(known, ..)| *known == word).map(|(_, reason, ..)| *reason);
    if reason.is_none() {
        form.refuse("reason", choose());
    }
    let wish = match form.value("wish") {
        "keep" => AccountWish::Keep,
        _ => AccountWish::EndAndPay,
    };
    let informed_on = parsed(form, "informed_on", day());
    let payee = optional_payee(form)?;
    Some(CaseForm::Surrender { reason: reason?, wish, informed_on: informed_on?, payee })
}

fn read_death(form: &mut Form) -> Option<CaseForm> {
    let died_on = parsed(form, "died_on", day());
    let monthly_income = parsed(form, "monthly_income", sum());
    let lines: Vec<String> = form.value("heirs").lines().map(str::to_owned).collect();
    let heirs: Option<Vec<Heir>> =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| heir(line)).collect();
    if heirs.is_none() {
        let words = Text::fixed(
            "每行写一位继承人：姓名，份额，开户银行，账号。",
            "One heir a line: name, part, bank, account.",
        );
        form.refuse("heirs", words);
    }
    let grants_to = payee(form, ["holder", "bank", "account"]);
    Some(CaseForm::Death {
        died_on: died_on?,
        monthly_income: monthly_income?,
        heirs: heirs?,
        grants_to: grants_to?,
    })
}

/// `李一，1，建设银行，6217001234567890122`.
fn heir(line: &str) -> Option<Heir> {
    let parts: Vec<&str> = line.split(['，', ',', '\t']).map(str::trim).collect();
    let [holder, share, bank, account] = *parts else { return None };
    let payee = Payee::new(holder, bank, account).ok()?;
    Some(Heir { share: share.parse().ok()?, payee })
}

fn read_transfer_in(form: &mut Form) -> Option<CaseForm> {
    let branch = branch(form);
    let lines: Vec<String> = form.value("months").lines().map(str::to_owned).collect();
    let months: Option<Vec<Span>> =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| span(line)).collect();
    if months.is_none() {
        let words =
            Text::fixed("每行写一段：2019-01 2021-06。", "One span a line: 2019-01 2021-06.");
        form.refuse("months", words);
    }
    let account = parsed(form, "account_sum", sum());
    let pooled = parsed(form, "pooled_sum", sum());
    let arrived_on = parsed(form, "arrived_on", day());
    Some(CaseForm::TransferIn {
        branch: branch?,
        city: form.value("city").to_owned(),
        months: months?,
        account: account?,
        pooled: pooled?,
        arrived_on: arrived_on?,
        reference: form.value("reference").to_owned(),
    })
}

/// `2019-01 2021-06`.
fn span(line: &str) -> Option<Span> {
    let months: Vec<Month> = line
        .split([' ', '，', ',', '至', '\t'])
        .filter_map(|part| part.trim().parse().ok())
        .collect();
    let [from, until] = *months else { return None };
    Some(Span { from, until })
}

/// `2026-11 pension 0`, the value of an option.
fn read_due(form: &mut Form) -> Option<CaseForm> {
    let due = form.value("due").to_owned();
    let parts: Vec<&str> = due.split(' ').collect();
    let read = match *parts {
        [month, branch, part] => {
            let branch = Branch::ALL.into_iter().find(|known| known.word() == branch);
            month.parse::<Month>().ok().zip(branch).zip(part.parse::<u8>().ok())
        }
        _ => None,
    };
    if read.is_none() {
        form.refuse("due", choose());
    }
    let ((month, branch), part) = read?;
    Some(CaseForm::WrongDue { month, branch, part })
}

fn branch(form: &mut Form) -> Option<Branch> {
    let word = form.value("branch").to_owned();
    let found = Branch::ALL.into_iter().find(|branch| branch.word() == word);
    if found.is_none() {
        form.refuse("branch", choose());
    }
    found
}

fn payee(form: &mut Form, [holder, bank, account]: [&'static str; 3]) -> Option<Payee> {
    match Payee::new(form.value(holder), form.value(bank), form.value(account)) {
        Ok(payee) => Some(payee),
        Err(refusal) => {
            use insurance::casework::form::PayeeRefusal as R;
            let field = match refusal {
                R::HolderMustBeNamed => holder,
                R::BankMustBeNamed => bank,
                R::AccountMustBeANumber => account,
            };
            form.refuse(field, refusal.message());
            None
        }
    }
}

/// A payee that may be left out: then all three fields are empty. `None` when one is wrong.
fn optional_payee(form: &mut Form) -> Option<Option<Payee>> {
    let fields = ["holder", "bank", "account"];
    if fields.iter().all(|field| form.value(field).is_empty()) {
        return Some(None);
    }
    payee(form, fields).map(Some)
}

fn parsed<T: FromStr>(form: &mut Form, field: &'static str, words: Text) -> Option<T> {
    let read = form.value(field).replace(',', "").parse().ok();
    if read.is_none() {
        form.refuse(field, words);
    }
    read
}

fn choose() -> Text {
    Text::fixed("请选择一项。", "Choose one.")
}

fn day() -> Text {
    Text::fixed("请填写日期，例如2026-11-24。", "Enter a day, such as 2026-11-24.")
}

fn sum() -> Text {
    Text::fixed("请填写金额，例如5000.00。", "Enter a sum, such as 5000.00.")
}

/// A form as it was stored, to be changed.
pub(super) fn filled(case: &CaseForm) -> Form {
    let with_payee = |form: Form, payee: Option<&Payee>| match payee {
        None => form,
        Some(payee) => form
            .with("holder", &*payee.holder)
            .with("bank", &*payee.bank)
            .with("account", &*payee.account),
    };
    match case {
        CaseForm::Surrender { reason, wish, informed_on, payee } => {
            let word = REASONS.iter().find(|(_, known, ..)| known == reason).map_or("", |r| r.0);
            let wish = if *wish == AccountWish::Keep { "keep" } else { "end" };
            let form = Form::default()
                .with("reason", word)
                .with("wish", wish)
                .with("informed_on", informed_on.to_string());
            with_payee(form, payee.as_ref())
        }
        CaseForm::Death { died_on, monthly_income, heirs, grants_to } => {
            let line = |heir: &Heir| {
                let Payee { holder, bank, account } = &heir.payee;
                format!("{holder}，{}，{bank}，{account}", heir.share)
            };
            let heirs: Vec<String> = heirs.iter().map(line).collect();
            let form = Form::default()
                .with("died_on", died_on.to_string())
                .with("monthly_income", monthly_income.to_string())
                .with("heirs", heirs.join("\n"));
            with_payee(form, Some(grants_to))
        }
        CaseForm::TransferIn { branch, city, months, account, pooled, arrived_on, reference } => {
            let span = |span: &Span| format!("{} {}", span.from, span.until);
            let months: Vec<String> = months.iter().map(span).collect();
            Form::default()
                .with("branch", branch.word())
                .with("city", &**city)
                .with("months", months.join("\n"))
                .with("account_sum", account.to_string())
                .with("pooled_sum", pooled.to_string())
                .with("arrived_on", arrived_on.to_string())
                .with("reference", &**reference)
        }
        CaseForm::TransferOut { branch, city, payee } => {
            let form = Form::default().with("branch", branch.word()).with("city", &**city);
            with_payee(form, Some(payee))
        }
        CaseForm::Suspense { suspense, wish, payee } => {
            let wish = if *wish == SuspenseWish::Apply { "apply" } else { "send-back" };
            let form = Form::default().with("suspense", suspense.to_string()).with("wish", wish);
            with_payee(form, payee.as_ref())
        }
        CaseForm::WrongReceipt { receipt, .. } => {
            Form::default().with("receipt", receipt.to_string())
        }
        CaseForm::WrongDue { month, branch, part } => {
            Form::default().with("due", format!("{month} {} {part}", branch.word()))
        }
        CaseForm::Objection { about, answer } => {
            Form::default().with("about", &**about).with("answer", &**answer)
        }
        CaseForm::Recovery { amount, arrived_on, reference } => Form::default()
            .with("amount", amount.to_string())
            .with("arrived_on", arrived_on.to_string())
            .with("reference", &**reference),
    }
}

#[cfg(test)]
mod tests {
    use units::Fen;

    use super::*;

    fn typed(fields: &[(&str, &str)]) -> Form {
        fields.iter().fold(Form::default(), |form, (field, value)| form.with(field, *value))
    }

    #[test]
    fn a_form_that_is_shown_again_says_what_was_stored() {
        let payee = [("holder", "张三"), ("bank", "建设银行"), ("account", "6217001234567890122")];
        let cases: [(CaseKind, Vec<(&str, &str)>); 7] = [
            (
                CaseKind::Surrender,
                vec![
                    ("reason", "loss-of-nationality"),
                    ("wish", "end"),
                    ("informed_on", "2026-11-24"),
                ],
            ),
            (
                CaseKind::Death,
                vec![
                    ("died_on", "2026-10-30"),
                    ("monthly_income", "5,000.00"),
                    ("heirs", "李一，1，建设银行，62170012345678\n李二,2,建设银行,62170012345679"),
                ],
            ),
            (
                CaseKind::TransferIn,
                vec![
                    ("branch", "pension"),
                    ("city", "苏州市"),
                    ("months", "2019-01 2020-12\n2021-03 至 2021-06"),
                    ("account_sum", "100"),
                    ("pooled_sum", "0"),
                    ("arrived_on", "2026-11-20"),
                    ("reference", "B1"),
                ],
            ),
            (CaseKind::TransferOut, vec![("branch", "pension"), ("city", "苏州市")]),
            (CaseKind::Suspense, vec![("suspense", "12"), ("wish", "apply")]),
            (CaseKind::WrongDue, vec![("due", "2026-11 pension 0")]),
            (
                CaseKind::Recovery,
                vec![("amount", "1,000.00"), ("arrived_on", "2026-11-20"), ("reference", "B2")],
            ),
        ];
        for (kind, mut fields) in cases {
            fields.extend(payee);
            let mut form = typed(&fields);
            let read_once = read(kind, &mut form, None);
            assert!(form.is_sound(), "{kind:?} {:?}", form.errors());
            let read_once = read_once.unwrap();
            let mut again = filled(&read_once);
            assert_eq!(read(kind, &mut again, None), Some(read_once), "{kind:?}");
        }
    }

    #[test]
    fn every_missing_field_is_named() {
        let mut form = Form::default();
        assert_eq!(read(CaseKind::TransferIn, &mut form, None), None);
        let fields: Vec<&str> = form.errors().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["branch", "account_sum", "pooled_sum", "arrived_on"]);
        let mut form = typed(&[("heirs", "李一 1")]);
        assert_eq!(read(CaseKind::Death, &mut form, None), None);
        assert!(form.error("heirs").is_some());
        assert_eq!(Fen::ZERO.to_string(), "0.00");
    }
}
