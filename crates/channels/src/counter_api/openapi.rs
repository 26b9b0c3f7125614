//! The OpenAPI 3.1 document of the counter interface, written by hand in `openapi.json` and kept
//! true by tests: every example reads into its type and back, every code and status is there.

/// The document, as it is served at `/counter/v1/openapi.json`.
pub const OPENAPI_JSON: &str = include_str!("openapi.json");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::super::day_end::{
        DayDetailAnswer, DayEndAnswer, DayEndRequest, DayTotal, DifferenceLine,
    };
    use super::super::masked_person::MaskedPerson;
    use super::super::payment::{Correction, PaymentAnswer, PaymentRequest, StatusAnswer};
    use super::super::problem::{Problem, ProblemCode};
    use super::super::quote::{DueLine, DuesQuery, Quote};
    use super::super::reversal::{ReversalAnswer, ReversalRequest};
    use super::*;

    fn document() -> Value {
        serde_json::from_str(OPENAPI_JSON).unwrap()
    }

    fn words(list: &Value) -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    fn check_example<T: DeserializeOwned + Serialize>(name: &str) {
        let schema = document()["components"]["schemas"][name].clone();
        let example = &schema["example"];
        let read: T = serde_json::from_value(example.clone())
            .unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert_eq!(&serde_json::to_value(&read).unwrap(), example, "{name}");

        let properties: BTreeSet<_> =
            schema["properties"].as_object().unwrap().keys().cloned().collect();
        let required = words(&schema["required"]);
        assert!(required.is_subset(&properties), "{name}");
        for field in &required {
            let mut without = example.clone();
            without.as_object_mut().unwrap().remove(field);
            assert!(serde_json::from_value::<T>(without).is_err(), "{name} without {field}");
        }
        for field in properties.difference(&required) {
            let mut without = example.clone();
            without.as_object_mut().unwrap().remove(field);
            assert!(serde_json::from_value::<T>(without).is_ok(), "{name} without {field}");
        }
        let mut with_more = example.clone();
        with_more["more"] = Value::Bool(true);
        assert!(serde_json::from_value::<T>(with_more).is_err(), "{name} with another field");
    }

    #[test]
    fn every_object_of_the_document_is_a_type_of_this_program() {
        check_example::<DuesQuery>("DuesQuery");
        check_example::<Quote>("Quote");
        check_example::<MaskedPerson>("MaskedPerson");
        check_example::<DueLine>("DueLine");
        check_example::<PaymentRequest>("PaymentRequest");
        check_example::<PaymentAnswer>("PaymentAnswer");
        check_example::<StatusAnswer>("StatusAnswer");
        check_example::<Correction>("Correction");
        check_example::<ReversalRequest>("ReversalRequest");
        check_example::<ReversalAnswer>("ReversalAnswer");
        check_example::<DayTotal>("DayTotal");
        check_example::<DayEndRequest>("DayEndRequest");
        check_example::<DayEndAnswer>("DayEndAnswer");
        check_example::<DifferenceLine>("DifferenceLine");
        check_example::<DayDetailAnswer>("DayDetailAnswer");
        check_example::<Problem>("Problem");
        let objects = document()["components"]["schemas"]
            .as_object()
            .unwrap()
            .values()
            .filter(|schema| schema["type"] == "object")
            .count();
        assert_eq!(objects, 16, "a new object needs its line above");
    }

    #[test]
    fn the_document_lists_every_problem_code_under_its_status() {
        let document = document();
        let known: BTreeSet<String> =
            ProblemCode::ALL.iter().map(|code| code.word().to_owned()).collect();
        assert_eq!(words(&document["components"]["schemas"]["ProblemCode"]["enum"]), known);
        let responses = document["components"]["responses"].as_object().unwrap();
        let listed: BTreeSet<String> = responses
            .values()
            .flat_map(|response| response["description"].as_str().unwrap().split("; "))
            .map(str::to_owned)
            .collect();
        assert_eq!(listed, known);
        for path in document["paths"].as_object().unwrap().values() {
            for operation in path.as_object().unwrap().values() {
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let Some(name) = response["$ref"].as_str() else { continue };
                    let name = name.rsplit('/').next().unwrap();
                    let codes = responses[name]["description"].as_str().unwrap().split("; ");
                    for code in codes {
                        let code = ProblemCode::ALL.iter().find(|known| known.word() == code);
                        assert_eq!(code.unwrap().status().to_string(), *status, "{name}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => {
                    for (name, member) in members {
                        match member.as_str() {
                            Some(target) if name == "$ref" => found.push(target.to_owned()),
                            _ => references(member, found),
                        }
                    }
                }
                Value::Array(members) => {
                    members.iter().for_each(|member| references(member, found));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 100);
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
    }

    #[test]
    fn every_code_speaks_to_the_teller_in_a_sentence() {
        for code in ProblemCode::ALL {
            assert!(code.chinese().ends_with('。'), "{}", code.word());
            let problem = code.problem();
            assert_eq!(problem.status, code.status());
            assert_eq!(&*problem.kind, format!("urn:shebao:counter:{}", code.word()));
        }
        let later =
            ProblemCode::WithholdingInProgress.problem().until("2026-12-01".parse().unwrap());
        assert!(later.detail_zh.ends_with("可于2026-12-01起办理。") && later.retryable);
    }
}
