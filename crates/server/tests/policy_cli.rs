//! `shebao policy` as a lawyer, a clerk and a program use it: every figure as text and as JSON, with
//! its steps and citations; refusals; what is wrong in a folder.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CLOCK: [&str; 2] = ["--clock", "2026-11-24T10:00:00+08:00"];

fn shebao(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shebao"));
    command.args(CLOCK).args(arguments).output().unwrap()
}

fn explain(question: &str) -> (Output, Output) {
    let words: Vec<&str> = question.split_whitespace().collect();
    let text = shebao(&[&["policy", "explain"], &words[..]].concat());
    let json = shebao(&[&["--json", "policy", "explain"], &words[..]].concat());
    (text, json)
}

fn shown(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A question, the result in fen where it is money, and words that its steps must have.
const QUESTIONS: &[(&str, Option<i64>, &[&str])] = &[
    (
        "charge nanjing --month 2025-10 --branch pension --base 4952",
        Some(99_040),
        &["4952.00 × 20% = 990.40", "396.16", "苏人社发〔2025〕33号", "nanjing/pension_base.toml:"],
    ),
    (
        "bill nanjing --month 2025-10 --base 4952",
        Some(149_560),
        &["养老保险：缴费基数", "医疗保险：大病医疗救助", "990.40 + 406.20 + 99.00 = 1495.60"],
    ),
    ("bill beijing --month 2025-10 --base 7162", Some(208_894), &["1432.40", "584.92", "71.62"]),
    (
        "difference nanjing --month 2025-03 --branch pension --base 4879 --assessed-on 2025-03-01",
        Some(1_460),
        &["990.40 − 975.80 = 14.60", "2025-03-01", "自2025年1月1日起执行"],
    ),
    (
        "difference nanjing --month 2025-10 --branch pension --base 4952 --assessed-on 2025-10-01",
        Some(0),
        &["没有差额"],
    ),
    (
        "back-payment nanjing --branch pension --due 898.80 --first 2023-05 --paid-on 2026-10-08",
        Some(93_618),
        &["2024年记账利率", "× (1 + 2.62%)", "2025年记账利率", "898.80 + 37.38", "仅对用人单位"],
    ),
    (
        "back-payment nanjing --branch pension --due 898.80 --first 2023-05 --paid-on 2026-10-08 \
         --years with_the_months_year",
        Some(97_335),
        &["2023年记账利率", "× (1 + 3.97%)", "898.80 + 74.55"],
    ),
    (
        "back-payment nanjing --branch pension --due 898.80 --first 2023-01 --last 2023-12 \
         --paid-on 2026-10-08 --rounded-per year",
        Some(1_123_421),
        &["2023-01…2023-12", "10785.60 + 448.61"],
    ),
    (
        "account nanjing --year 2024 --opening 10000 --monthly 390.32",
        Some(1_500_209),
        &["2.62%", "262.00", "from the month after", "56.25"],
    ),
    (
        "account nanjing --year 2024 --opening 10000 --monthly 390.32 --deposits from_their_month",
        Some(1_501_231),
        &["months from its own month", "66.47"],
    ),
    (
        "account nanjing --year 2023 --last-year 2024 --opening 10000",
        Some(1_066_940),
        &["2023年记账利率", "397.00", "2024年记账利率", "10397.00 × 2.62%"],
    ),
    (
        "withholding nanjing --balance 1376.11 --due pension=975.80 --due medical=400.32 \
         --due unemployment=97.58 --shortfall continue",
        Some(107_338),
        &[
            "养老保险 → 医疗保险 → 失业保险",
            "400.32 未扣",
            "97.58 扣款",
            "302.73",
            "继续扣下一险种",
        ],
    ),
    (
        "withholding nanjing --balance 1376.11 --due pension=975.80 --due medical=400.32 \
         --due unemployment=97.58 --shortfall stop",
        Some(97_580),
        &["97.58 未扣", "400.31", "不再扣款"],
    ),
    (
        "surrender nanjing --reason death --on 2025-08-15 --balance 31250.40 --monthly 396.16 --months 6",
        Some(3_362_736),
        &["依法继承", "31250.40 + 2376.96 + 0.00 = 33627.36", "第六条"],
    ),
    (
        "surrender nanjing --reason death --on 2025-08-15 --balance 31250.40 --monthly 396.16 \
         --months 6 --running-year earns_the_last_rate",
        Some(3_419_655),
        &["按2024年记账利率", "× 2.62% × 8 ÷ 12", "545.84 + 23.35 = 569.19"],
    ),
    (
        "surrender nanjing --reason settled_abroad --on 2025-08-15 --balance 31250.40",
        Some(0),
        &["保留个人账户", "离境定居"],
    ),
    (
        "survivors nanjing --contributed-months 192 --income 5000 --on 2025-08-15",
        Some(6_000_000),
        &[
            "丧葬补助金",
            "5000.00 × 2 = 10000.00",
            "5000.00 × 10 = 50000.00",
            "人社部发〔2021〕18号",
        ],
    ),
    ("retirement nanjing --born 1965-09 --category man", None, &["60岁3个月 → 2025-12", "3个月"]),
    ("minimum-months nanjing --year 2034", None, &["210个月"]),
    (
        "divisor nanjing --age-months 721 --on 2025-06-01",
        None,
        &["139 − (139 − 132) × 1 ÷ 12 ≈ 138.4"],
    ),
    (
        "pension nanjing --index 1.2762 --months 304 --account 190912.85 --age-months 600 \
         --on 2024-01-15",
        Some(346_240),
        &["计发基数", "8613.00", "2483.29", "190912.85 ÷ 195.0 = 979.04", "3462.33 → 3462.40"],
    ),
    (
        "subsidy nanjing --month 2025-10 --branch pension --base 6000",
        Some(76_507),
        &["990.40 × 2/3 + 209.60 × 50% = 765.07"],
    ),
    (
        "late-fee nanjing --arrears 10000 --days 30",
        Some(15_000),
        &["10000.00 × 0.05% × 30 = 150.00"],
    ),
];

#[test]
fn every_figure_is_explained_as_text_and_as_json() {
    for (question, amount, words) in QUESTIONS {
        let (text, as_json) = explain(question);
        assert!(text.status.success() && as_json.status.success(), "{question}: {text:?}");
        let text = shown(&text);
        for word in *words {
            assert!(text.contains(word), "{question}: {word} is not in\n{text}");
        }
        let answer = json(&as_json);
        let explanation = &answer["explanation"];
        assert_eq!(explanation["amount"].as_i64(), *amount, "{question}: {answer}");
        assert!(!answer["value"].is_null(), "{question}: {answer}");
        let steps = explanation["steps"].as_array().unwrap();
        let is_cited = |step: &Value| step["citation"]["title"].is_string();
        let is_nothing = *amount == Some(0) && steps.is_empty();
        assert!(is_nothing || steps.iter().any(is_cited), "{question} cites nothing: {answer}");
        assert_eq!(explanation["pack"]["version"].as_str().map(str::len), Some(32), "{question}");
    }
}

#[test]
fn what_no_document_says_is_refused_with_a_code_and_a_next_step() {
    let refused = [
        ("charge nanjing --month 2022-12 --branch pension --base 4250", "not_encoded"),
        ("charge nanjing --month 2025-10 --branch pension --base 4951.99", "base_must_reach_floor"),
        ("charge nanjing --month 2025-10 --branch pension --base 5000", "base_must_be_tier"),
        ("bill shanghai --month 2026-10 --branch unemployment --base 7546", "branch_must_be_open"),
        (
            "back-payment nanjing --branch pension --due 700 --first 2014-05 --paid-on 2026-10-08",
            "not_encoded",
        ),
        (
            "back-payment shanghai --branch pension --due 1509.20 --first 2026-09 --paid-on 2026-10-08",
            "back_payment_must_be_open",
        ),
        ("account nanjing --year 2015 --opening 10000", "not_encoded"),
        ("surrender nanjing --reason settled_abroad --on 2010-08-15 --balance 1", "not_encoded"),
        ("divisor nanjing --age-months 480000 --on 2025-06-01", "age_must_have_divisor"),
    ];
    for (question, code) in refused {
        let (text, as_json) = explain(question);
        assert_eq!(text.status.code(), Some(1), "{question}: {text:?}");
        assert!(!shown(&text).is_empty(), "{question}");
        let answer = json(&as_json);
        assert_eq!(answer["refused"], code, "{question}: {answer}");
        assert!(answer["message"]["zh"].as_str().unwrap().chars().count() > 10, "{answer}");
        assert!(answer["message"]["en"].is_string());
    }
}

#[test]
fn a_word_that_is_none_is_refused_with_the_words_that_are() {
    let (text, _) = explain("surrender nanjing --reason divorce --balance 1");
    assert_eq!(text.status.code(), Some(2));
    let said = String::from_utf8(text.stderr).unwrap();
    assert!(said.contains("loss_of_nationality"), "{said}");
    let (text, _) = explain("charge atlantis --month 2025-10 --branch pension --base 1");
    assert_eq!(text.status.code(), Some(2));
    assert!(String::from_utf8(text.stderr).unwrap().contains("nanjing-2021"));
}

#[test]
fn every_shipped_city_passes_its_check_and_a_spoilt_one_says_where() {
    for city in policy::shipped::names() {
        let output = shebao(&["policy", "check", city]);
        assert!(output.status.success(), "{city}: {}", shown(&output));
    }
    let folder = tempfile::tempdir().unwrap();
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/_template");
    for inner in ["", "cases"] {
        std::fs::create_dir_all(folder.path().join(inner)).unwrap();
        for entry in std::fs::read_dir(template.join(inner)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap();
                std::fs::copy(&path, folder.path().join(inner).join(name)).unwrap();
            }
        }
    }
    let city = folder.path().to_str().unwrap();
    let sealed = shebao(&["policy", "seal", city]);
    std::fs::write(folder.path().join("pack.seals"), &sealed.stdout).unwrap();
    assert!(shebao(&["policy", "check", city]).status.success());
    let pension = folder.path().join("pension.toml");
    let text = std::fs::read_to_string(&pension).unwrap();
    std::fs::write(&pension, text.replace("rate = \"20%\"", "rate = \"21%\"")).unwrap();
    let output = shebao(&["--json", "policy", "check", city]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&output);
    let kinds: Vec<_> = found["problems"].as_array().unwrap().iter().map(|p| &p["kind"]).collect();
    assert!(kinds.contains(&&Value::from("edited")), "{found}");
    assert!(kinds.contains(&&Value::from("contradicts")), "{found}");
}
