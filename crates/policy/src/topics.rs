//! Every topic that a pack may have values of.

use serde::Deserialize;
use toml::Spanned;
use units::Rate;

use crate::benefit::{
    AccountCrediting, Divisors, ElasticRetirement, EmployerLateFee, MinimumMonths, PensionFormula,
    RetirementDelay, SubsidyRule, SurvivorsGrant, TimeLimit,
};
use crate::collection::{
    AdjustmentRule, BackPaymentRule, Holidays, MedicalLapseRule, MonthlyWindow, NoticeRule, Office,
    OpenBranches, PayingBank, SettlementYearName, StopRule, SurrenderTerms, WithholdingRule,
};
use crate::component::Component;
use crate::contribution_base::BaseRule;
use crate::dated::{Dated, Terms, Timeline, Written};
use crate::problem::Place;
use crate::written::Yuan;

macro_rules! topics {
    ($($(#[$meta:meta])* $topic:ident: $value:ty),+ $(,)?) => {
        /// Every topic's values.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Topics {
            $($(#[$meta])* pub $topic: Timeline<$value>,)+
        }

        /// The topics of one file, as written.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct WrittenTopics {
            #[serde(deserialize_with = "crate::written::date")]
            pub(crate) checked_on: units::Date,
            $(#[serde(default)] $topic: Vec<Spanned<Written<$value>>>,)+
        }

        impl Topics {
            /// The names of all topics.
            pub const NAMES: &[&str] = &[$(stringify!($topic)),+];

            pub(crate) fn empty(pack: &str) -> Self {
                Self { $($topic: Timeline::empty(pack.to_owned(), stringify!($topic)),)+ }
            }

            /// Adds the values of one file of a layer.
            pub(crate) fn add(&mut self, written: WrittenTopics, source: Source<'_>) {
                $(for value in written.$topic {
                    self.$topic.push(source.dated(stringify!($topic), value));
                })+
            }

            /// The terms of every value of every topic.
            #[must_use]
            pub fn terms(&self) -> Vec<(&'static str, Vec<&Terms>)> {
                vec![$((
                    stringify!($topic),
                    self.$topic.entries().iter().map(|entry| &entry.terms).collect(),
                )),+]
            }
        }
    };
}

topics! {
    /// Which branches are open.
    open_branches: OpenBranches,
    /// 养老保险缴费基数.
    pension_base: BaseRule,
    /// 医疗保险缴费基数.
    medical_base: BaseRule,
    /// 失业保险缴费基数.
    unemployment_base: BaseRule,
    /// What a month of pension insurance costs.
    pension_charge: Vec<Component>,
    /// What a month of medical insurance costs.
    medical_charge: Vec<Component>,
    /// What a month of unemployment insurance costs.
    unemployment_charge: Vec<Component>,
    /// Settlement years of pension insurance.
    pension_settlement_year: SettlementYearName,
    /// Settlement years of medical insurance.
    medical_settlement_year: SettlementYearName,
    /// Settlement years of unemployment insurance.
    unemployment_settlement_year: SettlementYearName,
    /// What becomes of assessed dues when a value is published late.
    adjustment: AdjustmentRule,
    /// When offices register, renew and stop.
    desk_window: MonthlyWindow,
    /// When WeChat takes payments.
    wechat_window: MonthlyWindow,
    /// When bank counters take payments.
    counter_window: MonthlyWindow,
    /// When banks withhold.
    withholding_window: MonthlyWindow,
    /// The day of the month by which the money must be on the card.
    deposit_day: u32,
    /// The order of withholding.
    withholding: WithholdingRule,
    /// Paying banks.
    banks: Vec<PayingBank>,
    /// Offices.
    offices: Vec<Office>,
    /// When a stop takes effect.
    stop: StopRule,
    /// Back-payment.
    back_payment: BackPaymentRule,
    /// Lapse and return of medical cover.
    medical_lapse: MedicalLapseRule,
    /// Surrender.
    surrender: Vec<SurrenderTerms>,
    /// Notices.
    notices: NoticeRule,
    /// Legal holidays and worked weekends.
    holidays: Holidays,
    /// 记账利率 of a year.
    crediting_rate: Rate,
    /// How deposits of the running year earn interest.
    account_crediting: AccountCrediting,
    /// 延迟退休.
    retirement_delay: Vec<RetirementDelay>,
    /// 弹性退休.
    elastic_retirement: ElasticRetirement,
    /// 最低缴费年限.
    minimum_months: Vec<MinimumMonths>,
    /// 计发月数.
    divisors: Divisors,
    /// 养老金计发基数, a month.
    calculation_base: Yuan,
    /// 基本养老金.
    pension_formula: PensionFormula,
    /// 丧葬补助金 and 抚恤金.
    survivors_grant: SurvivorsGrant,
    /// 社保补贴.
    subsidy: SubsidyRule,
    /// 办理时限.
    time_limits: Vec<TimeLimit>,
    /// 滞纳金 of employers.
    employer_late_fee: EmployerLateFee,
}

/// Where a file's values come from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) layer: usize,
}

impl Source<'_> {
    fn dated<T>(self, topic: &'static str, value: Spanned<Written<T>>) -> Dated<T> {
        let place = Place::at(self.file, self.text, value.span().start);
        let written = value.into_inner();
        let terms = Terms {
            topic,
            from: written.from,
            until: written.until,
            published: written.published,
            provisional: written.provisional,
            reverts: written.reverts,
            corrects: written.corrects,
            cite: written.cite,
            note: written.note,
            place,
            layer: self.layer,
        };
        Dated { terms, value: written.value }
    }
}
