//! The receipt that the teller prints: plain lines, the sum in figures and in capitals, the
//! person masked. Printed again it is the same, word for word.

use std::fmt::Write as _;

use units::{Fen, Timestamp, capital_amount};

use super::bank_word::{BankSerial, BankUnit};
use super::masked_person::MaskedPerson;
use super::quote::DueLine;

/// What a receipt says.
#[derive(Clone, Copy, Debug)]
pub struct Receipt<'a> {
    /// The number of our receipt.
    pub number: &'a str,
    /// Who paid.
    pub person: &'a MaskedPerson,
    /// What was paid.
    pub lines: &'a [DueLine],
    /// How much.
    pub amount: Fen,
    /// When the teller took the cash.
    pub paid_at: Timestamp,
    /// 流水号.
    pub serial: &'a BankSerial,
    /// 网点.
    pub branch_code: &'a BankUnit,
    /// 柜员.
    pub teller: &'a BankUnit,
}

/// The printable text, lines ended by a line feed.
#[must_use]
pub fn receipt_text(receipt: &Receipt<'_>) -> String {
    let mut text = String::from("灵活就业人员社会保险费缴费凭证\n");
    let mut row = |name: &str, value: &dyn std::fmt::Display| {
        writeln!(text, "{name}：{value}").expect("writing to a string never fails");
    };
    row("凭证号", &receipt.number);
    row("姓名", &receipt.person.name);
    row("公民身份号码", &receipt.person.identity_number);
    for line in receipt.lines {
        let name = format!("{} {}", line.month, line.branch_name);
        row(&name, &format_args!("{}元", line.amount_fen));
    }
    row("合计", &format_args!("{}元", receipt.amount));
    row("合计（大写）", &format_args!("人民币{}", capital_amount(receipt.amount)));
    row("缴费时间", &receipt.paid_at.to_rfc3339_seconds().replace('T', " ").replace("+08:00", ""));
    row("银行流水号", &receipt.serial);
    row("网点", &receipt.branch_code);
    row("柜员", &receipt.teller);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Branch;

    #[test]
    fn a_receipt_carries_the_sum_in_capitals_and_hides_the_person() {
        let month = "2026-11".parse().unwrap();
        let lines = [
            DueLine::new(month, Branch::Pension, "975.80".parse().unwrap()),
            DueLine::new(month, Branch::Medical, "400.32".parse().unwrap()),
        ];
        let person =
            MaskedPerson { name: "*三".into(), identity_number: "110***********002X".into() };
        let text = receipt_text(&Receipt {
            number: "20261124000001",
            person: &person,
            lines: &lines,
            amount: "1376.12".parse().unwrap(),
            paid_at: "2026-11-24T10:34:56+08:00".parse().unwrap(),
            serial: &BankSerial::parse("0000042").unwrap(),
            branch_code: &BankUnit::parse("320600001").unwrap(),
            teller: &BankUnit::parse("T0007").unwrap(),
        });
        assert_eq!(
            text,
            "灵活就业人员社会保险费缴费凭证\n\
             凭证号：20261124000001\n\
             姓名：*三\n\
             公民身份号码：110***********002X\n\
             2026-11 养老保险：975.80元\n\
             2026-11 医疗保险：400.32元\n\
             合计：1376.12元\n\
             合计（大写）：人民币壹仟叁佰柒拾陆元壹角贰分\n\
             缴费时间：2026-11-24 10:34:56\n\
             银行流水号：0000042\n\
             网点：320600001\n\
             柜员：T0007\n"
        );
    }
}
