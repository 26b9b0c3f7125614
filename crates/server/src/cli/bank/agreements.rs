//! What was agreed with each paying bank, as TOML:
//!
//! ```toml
//! initiator = "南京市社会保险管理中心"
//! initiator_code = "12320100MB0000000F"
//!
//! [[bank]]
//! code = "ccb"
//! number = "105301000013"
//! account_name = "南京市社会保险基金财政专户"
//! account = "32001881234059000001"
//! limit = 50000
//! format = "iso20022"      # or "cnaps2", or the name or file of a text profile
//! ```

use anyhow::{Context, bail};
use channels::bank_batch::debit::{Creditor, FileLimit};
use channels::bank_batch::text_profile::Profile;
use insurance::cnaps_bank_number::CnapsBankNumber;
use operations::withholding::{Agreement, FileFormat};
use serde::Deserialize;

use super::AgreementArgs;
use crate::app::App;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreements {
    initiator: String,
    initiator_code: String,
    bank: Vec<Bank>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bank {
    code: String,
    number: String,
    account_name: String,
    account: String,
    limit: u64,
    format: String,
}

/// The agreements of a file, or the invented ones of a sandbox.
pub(super) fn read(app: &App, args: &AgreementArgs) -> anyhow::Result<Vec<Agreement>> {
    let Some(file) = &args.agreements else {
        if app.sandbox {
            return invented(app);
        }
        bail!("--agreements FILE must name the agreements with the paying banks");
    };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} can't be read", file.display()))?;
    let agreements: Agreements =
        toml::from_str(&text).with_context(|| file.display().to_string())?;
    agreements.bank.iter().map(|bank| agreement(&agreements, bank)).collect()
}

fn agreement(agreements: &Agreements, bank: &Bank) -> anyhow::Result<Agreement> {
    let bank_number =
        CnapsBankNumber::parse(&bank.number).with_context(|| format!("bank {}", bank.code))?;
    Ok(Agreement {
        bank: bank.code.clone(),
        creditor: Creditor {
            initiator: agreements.initiator.clone(),
            initiator_code: agreements.initiator_code.clone(),
            name: bank.account_name.clone(),
            account: bank.account.clone(),
            bank: bank_number.clone(),
        },
        bank_number,
        limit: FileLimit { count: bank.limit },
        format: format(&bank.format)?,
    })
}

fn format(name: &str) -> anyhow::Result<FileFormat> {
    if name == "iso20022" {
        return Ok(FileFormat::Iso20022);
    }
    if name == "cnaps2" {
        return Ok(FileFormat::Cnaps2);
    }
    if let Some(profile) = Profile::built_in().into_iter().find(|each| each.name == name) {
        return Ok(FileFormat::Text(Box::new(profile)));
    }
    let text = std::fs::read_to_string(name).with_context(|| {
        format!(
            "{name:?} is neither iso20022, nor cnaps2, nor a built-in profile, nor a profile's file"
        )
    })?;
    let profile = Profile::read(&text).with_context(|| name.to_owned())?;
    Ok(FileFormat::Text(Box::new(profile)))
}

/// Every withholding bank of the pack, with an invented account.
fn invented(app: &App) -> anyhow::Result<Vec<Agreement>> {
    let today = app.clock.now().date_in_shanghai();
    let banks = &app.city.pack().topics().banks.on(today, today)?.value;
    let agreements = Agreements {
        initiator: "社会保险管理中心（演示）".to_owned(),
        initiator_code: "12320100MB0000000F".to_owned(),
        bank: Vec::new(),
    };
    let invent = |code: &str| Bank {
        code: code.to_owned(),
        number: if code == "boc" { "104100000004" } else { "105301000013" }.to_owned(),
        account_name: "社会保险基金财政专户（演示）".to_owned(),
        account: "32001881234059000001".to_owned(),
        limit: 50_000,
        format: match code {
            "psbc" => "fixed-gb18030",
            "boc" => "cnaps2",
            _ => "iso20022",
        }
        .to_owned(),
    };
    let withholding = banks.iter().filter(|bank| bank.withholds);
    withholding.map(|bank| agreement(&agreements, &invent(&bank.code))).collect()
}
