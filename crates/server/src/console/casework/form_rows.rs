//! What was handed in, as a list of facts; accounts are masked.

use insurance::casework::form::{AccountWish, CaseForm, Heir, Payee, Span, SuspenseWish};
use policy::{Branch, Text};

use super::form_fields::REASONS;

/// What people call a fact, and the fact.
type Row = (Text, Text);

/// The facts of a form, in its order.
pub(super) fn rows(case: &CaseForm) -> Vec<Row> {
    match case {
        CaseForm::Surrender { .. } => rows_of_surrender(case),
        CaseForm::Death { died_on, monthly_income, heirs, grants_to } => {
            let mut rows = vec![
                row("死亡日期", "Day of death", died_on),
                row("城镇居民月人均可支配收入", "Urban income a head and month", monthly_income),
            ];
            rows.extend(heirs.iter().map(heir));
            rows.push(row("遗属待遇领取人", "Grants are paid to", &account(grants_to)));
            rows
        }
        CaseForm::TransferIn { branch, city, months, arrived_on, reference, .. } => {
            let span = |span: &Span| format!("{}—{}", span.from, span.until);
            let months: Vec<String> = months.iter().map(span).collect();
            vec![
                row("转出地", "From", city),
                said("险种", "Insurance", insurance(*branch)),
                row("参保月份", "Months", &months.join("；")),
                row("到账", "Arrived", &format!("{arrived_on} {reference}")),
            ]
        }
        CaseForm::TransferOut { branch, city, payee } => vec![
            row("转入地", "To", city),
            said("险种", "Insurance", insurance(*branch)),
            row("收款人", "Payee", &account(payee)),
        ],
        CaseForm::Suspense { suspense, wish, payee } => {
            let wish = match wish {
                SuspenseWish::Apply => Text::fixed("用于应缴", "apply to dues"),
                SuspenseWish::SendBack => Text::fixed("退回", "send back"),
            };
            let mut rows = vec![
                row("挂账编号", "Suspense", suspense),
                said("处理方式", "What becomes of it", wish),
            ];
            rows.extend(payee.iter().map(|payee| row("收款人", "Payee", &account(payee))));
            rows
        }
        CaseForm::WrongReceipt { receipt, rightful } => vec![
            row("误记的到账编号", "Receipt booked in error", receipt),
            row("实际缴费人编号", "Rightful person", rightful),
        ],
        CaseForm::WrongDue { month, branch, part } => {
            let Text { zh, en } = insurance(*branch);
            let due =
                Text::made(format!("{month} {zh}（{part}）"), format!("{month} {en} ({part})"));
            vec![said("误核定的应缴", "Due asked for in error", due)]
        }
        CaseForm::Objection { about, answer } => {
            vec![row("异议内容", "What is disputed", about), row("核查结果", "Answer", answer)]
        }
        CaseForm::Recovery { amount, arrived_on, reference } => vec![
            row("追回金额", "Came back", amount),
            row("到账", "Arrived", &format!("{arrived_on} {reference}")),
        ],
    }
}

fn rows_of_surrender(case: &CaseForm) -> Vec<Row> {
    let CaseForm::Surrender { reason, wish, informed_on, payee } = case else {
        return Vec::new();
    };
    let words = REASONS.iter().find(|(_, known, ..)| known == reason);
    let words = words.map_or(Text::fixed("", ""), |(_, _, zh, en)| Text::fixed(zh, en));
    let wish = match wish {
        AccountWish::EndAndPay => Text::fixed("终止关系，一次性支付", "end and pay"),
        AccountWish::Keep => Text::fixed("保留账户", "keep the account"),
    };
    let mut rows = vec![
        said("情形", "Reason", words),
        said("本人意愿", "The person's wish", wish),
        row("书面告知日期", "Informed in writing on", informed_on),
    ];
    rows.extend(payee.iter().map(|payee| row("收款人", "Payee", &account(payee))));
    rows
}

fn row(zh: &'static str, en: &'static str, value: &impl ToString) -> Row {
    said(zh, en, Text::made(value.to_string(), value.to_string()))
}

/// A fact that each language says in its own words.
fn said(zh: &'static str, en: &'static str, value: Text) -> Row {
    (Text::fixed(zh, en), value)
}

fn heir(heir: &Heir) -> Row {
    let words = format!("{}（{}）", account(&heir.payee), heir.share);
    row("继承人（份额）", "Heir (part)", &words)
}

fn account(payee: &Payee) -> String {
    format!("{} {} {}", payee.holder, payee.bank, payee.masked_account())
}

fn insurance(branch: Branch) -> Text {
    Text::fixed(branch.chinese(), branch.word())
}
