//! 医院查询: is this person covered on this day? The words of the interface that hospitals call,
//! `/hospital/v1`. Calls are signed as at bank counters
//! ([`http_signature`](crate::counter_api::http_signature)), and problems are
//! [`counter_api::problem`](crate::counter_api::problem)'s.

use std::fmt;

use insurance::entitlement::Cover;
use serde::{Deserialize, Serialize};
use units::{Date, Month};

use crate::counter_api::masked_person::MaskedPerson;

/// The document for hospitals' engineers: OpenAPI 3.1.
pub const OPENAPI_JSON: &str = include_str!("hospital_api/openapi.json");

/// `POST /hospital/v1/cover-query`. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverQuery {
    /// 公民身份号码, as on the identity card.
    pub identity_number: String,
    /// The day of treatment, today or earlier.
    pub date: Date,
}

impl fmt::Debug for CoverQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CoverQuery(hidden)")
    }
}

/// Whether a person is covered on a day, why, since when, and what would restore cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverAnswer {
    /// Whose, masked, to compare with the card in hand; absent when nobody has the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<MaskedPerson>,
    /// The day that was asked for.
    pub date: Date,
    /// Whether the pooled fund may pay for treatment of that day.
    pub covered: bool,
    /// Why.
    pub reason: CoverReason,
    /// Since which day it is so without a break, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// The first month that is not paid in full: paying it and those behind it restores cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpaid_month: Option<Month>,
    /// The first day that is covered again, while a waiting period runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covered_from: Option<Date>,
    /// The same in a sentence for the person, with the next step.
    pub explanation_zh: String,
    /// The same in English.
    pub explanation: String,
}

/// Why a person is covered or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverReason {
    /// Every month so far is paid in full, or its books are not closed.
    Covered,
    /// A month was not paid in full by its end.
    Suspended,
    /// The waiting period after joining, or after paying again, runs.
    Waiting,
    /// Not insured for medical costs in that month, or not registered here.
    NotInsured,
}

impl CoverAnswer {
    /// The answer for a day.
    #[must_use]
    pub fn new(person: Option<MaskedPerson>, date: Date, cover: Cover) -> Self {
        let (reason, since, unpaid_month, covered_from) = match cover {
            Cover::Covered { since } => (CoverReason::Covered, Some(since), None, None),
            Cover::Suspended { since, unpaid } => {
                (CoverReason::Suspended, Some(since), Some(unpaid), None)
            }
            Cover::Waiting { until } => (CoverReason::Waiting, None, None, Some(until)),
            Cover::NotInsured => (CoverReason::NotInsured, None, None, None),
        };
        let (explanation_zh, explanation) = sentences(date, cover);
        let covered = reason == CoverReason::Covered;
        Self {
            person,
            date,
            covered,
            reason,
            since,
            unpaid_month,
            covered_from,
            explanation_zh,
            explanation,
        }
    }
}

fn sentences(date: Date, cover: Cover) -> (String, String) {
    match cover {
        Cover::Covered { since } => (
            format!("{date}享受医疗保险待遇，自{since}起未中断。"),
            format!("Covered on {date}, without a break since {since}."),
        ),
        Cover::Suspended { since, unpaid } => (
            format!(
                "{unpaid}未足额缴费，自{since}起暂停医疗保险待遇。缴清该月及以后的欠费后恢复；暂停期间的费用不予补支。"
            ),
            format!(
                "Not covered since {since}: {unpaid} is not paid in full. Paying it and what is owed \
                 after it restores cover; costs of the days between are not paid afterwards."
            ),
        ),
        Cover::Waiting { until } => (
            format!("首次参保或中断后补缴的待遇等待期未满，自{until}起享受医疗保险待遇。"),
            format!(
                "The waiting period after joining, or after paying again, runs; cover begins on {until}."
            ),
        ),
        Cover::NotInsured => (
            format!(
                "{date}未参加本市灵活就业人员医疗保险。在单位参保或在外地参保的，请向相应经办机构查询。"
            ),
            format!(
                "Not insured here as flexibly employed on {date}. Ask where the person is insured by an \
                 employer or in another city."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_says_why_and_what_next() {
        let day: Date = "2026-11-24".parse().unwrap();
        let month: Month = "2026-09".parse().unwrap();
        let (since, until) = ("2026-10-01".parse().unwrap(), "2027-02-01".parse().unwrap());
        for (cover, json, words) in [
            (
                Cover::Covered { since },
                r#""covered":true,"reason":"covered","since":"2026-10-01""#,
                "未中断",
            ),
            (
                Cover::Suspended { since, unpaid: month },
                r#""reason":"suspended","since":"2026-10-01","unpaid_month":"2026-09""#,
                "缴清",
            ),
            (
                Cover::Waiting { until },
                r#""reason":"waiting","covered_from":"2027-02-01""#,
                "2027-02-01",
            ),
            (Cover::NotInsured, r#""covered":false,"reason":"not_insured","#, "经办机构"),
        ] {
            let text = serde_json::to_string(&CoverAnswer::new(None, day, cover)).unwrap();
            assert!(text.contains(json) && text.contains(words), "{text}");
        }
    }

    #[test]
    fn the_document_shows_what_is_read_and_answered() {
        let document: serde_json::Value = serde_json::from_str(OPENAPI_JSON).unwrap();
        let example = |name: &str| document["components"]["schemas"][name]["example"].clone();
        let query: CoverQuery = serde_json::from_value(example("CoverQuery")).unwrap();
        let answer: CoverAnswer = serde_json::from_value(example("CoverAnswer")).unwrap();
        assert_eq!(query.date, answer.date);
        let fields = |name: &str| {
            let schema = &document["components"]["schemas"][name]["properties"];
            schema.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        let written = serde_json::to_value(&answer).unwrap();
        for field in written.as_object().unwrap().keys() {
            assert!(fields("CoverAnswer").contains(field), "{field}");
        }
        assert!(document["paths"]["/hospital/v1/cover-query"]["post"].is_object());
    }
}
