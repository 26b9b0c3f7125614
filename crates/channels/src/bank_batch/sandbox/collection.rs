//! The sandbox bank behind the small-value payment system: it reads `beps.380` and writes
//! `beps.381`.
//!
//! A transaction's number is its message's number and its place, because places repeat from file
//! to file and the bank tells repeated orders by their number.

use std::fmt::Write as _;
use std::io::BufRead;

use units::{Date, Timestamp};

use super::Settled;
use super::order_file::{Order, OrderFile, read_account};
use crate::bank_batch::beps_381::REJECT_CODES;
use crate::bank_batch::debit::Totals;
use crate::bank_batch::file_refusal::{FileRule, ReadError};
use crate::bank_batch::xml::{self, Limits, Xml};

/// Reads a `beps.380.001.01`, checking its totals as a bank does.
///
/// # Errors
/// [`ReadError`] as of any file.
pub fn read(source: impl BufRead) -> Result<OrderFile, ReadError> {
    let limits = Limits { file_bytes: 1 << 30, ..Limits::STANDARD };
    let (mut xml, _) = Xml::open(source, limits, &[&xml::BEPS_380])?;
    let mut file = OrderFile::default();
    let mut claimed = Totals::default();
    while xml.child()?.is_some() {
        while let Some(tag) = xml.child()? {
            match tag {
                "GrpHdr" => {
                    while let Some(tag) = xml.child()? {
                        match tag {
                            "MsgId" => xml.text()?.clone_into(&mut file.message_id),
                            _ => xml.skip()?,
                        }
                    }
                }
                "BtchColltnChrgsInf" => read_batch(&mut xml, (&mut file, &mut claimed))?,
                _ => xml.skip()?,
            }
        }
    }
    if claimed.count != file.totals.count {
        let (what, expected, claimed) = ("DbtrNb", file.totals.count, claimed.count);
        return Err(xml.refuse(FileRule::CountMustMatch { what, expected, claimed }));
    }
    if claimed.sum != file.totals.sum {
        let (what, expected, claimed) = ("TtlAmt", file.totals.sum, claimed.sum);
        return Err(xml.refuse(FileRule::SumMustMatch { what, expected, claimed }));
    }
    xml.finish()?;
    Ok(file)
}

fn read_batch<R: BufRead>(
    xml: &mut Xml<R>,
    (file, claimed): (&mut OrderFile, &mut Totals),
) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "BtchNb" => xml.text()?.clone_into(&mut file.payment_information_id),
            "CdtrAcct" => file.creditor_account = read_account(xml)?,
            "TtlAmt" => claimed.sum = xml.amount()?,
            "DbtrNb" => claimed.count = xml.count()?,
            "DbtrDtls" => {
                let order = read_order(xml, &file.message_id)?;
                let with = file.totals.with(order.amount);
                file.totals = with.ok_or_else(|| xml.refuse(FileRule::AmountMustBeWholeFen))?;
                file.orders.push(order);
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_order<R: BufRead>(xml: &mut Xml<R>, message: &str) -> Result<Order, ReadError> {
    let mut order = Order::default();
    while let Some(tag) = xml.child()? {
        match tag {
            "TxId" => order.end_to_end_id = format!("{message}/{}", xml.text()?),
            "Amt" => order.amount = xml.amount()?,
            "DbtrAcct" => order.account = read_account(xml)?,
            _ => xml.skip()?,
        }
    }
    Ok(order)
}

/// Writes the `beps.381.001.01` that answers a whole file.
#[must_use]
pub fn write(file: &OrderFile, settled: &[Settled], on: Date) -> Vec<u8> {
    let made = Timestamp::start_of(on).plus_seconds(20 * 3600).to_rfc3339_seconds();
    let made = made.get(..19).unwrap_or_default();
    let paid = settled.iter().filter(|line| line.outcome.is_ok());
    let paid = paid.fold(Totals::default(), |sum, line| sum.with(line.amount).unwrap_or(sum));
    let (message, batch) = (&file.message_id, &file.payment_information_id);
    let day = on.to_string();
    let Totals { count, sum } = file.totals;
    let mut text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:cnaps:std:beps:2010:tech:xsd:beps.381.001.01">
<BtchColltnChrgsRspn>
<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{made}</CreDtTm><SysCd>BEPS</SysCd></GrpHdr>
<OrgnlMsgInf><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlBtchNb>{batch}</OrgnlBtchNb><OrgnlTrnsmtDt>{day}</OrgnlTrnsmtDt><OrgnlTtlAmt Ccy="CNY">{sum}</OrgnlTtlAmt><OrgnlTtlNb>{count}</OrgnlTtlNb></OrgnlMsgInf>
<NPCPrcInf><PrcSts>PR04</PrcSts><SttlmDt>{day}</SttlmDt></NPCPrcInf>
<BtchColltnChrgsRspnInf><RcvgTtlAmt Ccy="CNY">{}</RcvgTtlAmt><RcvgTtlNb>{}</RcvgTtlNb><OrgnlTxTpCd>09001</OrgnlTxTpCd>
"#,
        paid.sum, paid.count
    );
    for line in settled {
        let place = line.end_to_end_id.rsplit('/').next().unwrap_or_default();
        let status = match &line.outcome {
            Ok(_) => "<Sts>PR02</Sts>".to_owned(),
            Err((code, words)) => {
                let reject = reject_code(code);
                format!("<Sts>PR09</Sts><RjctCd>{reject}</RjctCd><RjctInf>{words}</RjctInf>")
            }
        };
        let _ = writeln!(
            text,
            r#"<RcvgDtls><RspnInf>{status}</RspnInf><TxId>{place}</TxId><Amt Ccy="CNY">{}</Amt></RcvgDtls>"#,
            line.amount
        );
    }
    text.push_str("</BtchColltnChrgsRspnInf>\n</BtchColltnChrgsRspn>\n</Document>\n");
    text.into_bytes()
}

/// The system's code for one of ISO's; `RJ90` 其他 for one that it does not have.
fn reject_code(iso: &str) -> &'static str {
    let known = REJECT_CODES.iter().find(|(_, of_iso, _)| *of_iso == iso);
    known.map_or("RJ90", |(code, _, _)| code)
}
