//! Missing topics, and values that make no sense.

use units::Fen;

use crate::branch::Branch;
use crate::collection::{Holidays, MonthlyWindow};
use crate::component::Component;
use crate::contribution_base::BaseRule;
use crate::dated::{Dated, Terms, Timeline};
use crate::pack::Pack;
use crate::problem::{Place, Problem};

/// The largest base that a charge is tried on where the base has no cap of its own.
const BASE_TRIED: Fen = Fen::from_yuan(1_000_000);

pub(super) fn problems(pack: &Pack) -> Vec<Problem> {
    let mut found = missing(pack);
    for branch in Branch::ALL {
        for base in pack.base_rules(branch).entries() {
            found.extend(base_problem(pack, base).map(|message| at(&base.terms, message)));
        }
        for charge in pack.charges(branch).entries() {
            found.extend(charge_problem(&charge.value).map(|message| at(&charge.terms, message)));
        }
    }
    let topics = pack.topics();
    let windows = [
        &topics.desk_window,
        &topics.wechat_window,
        &topics.counter_window,
        &topics.withholding_window,
    ];
    for window in windows.into_iter().flat_map(Timeline::entries) {
        found.extend(window_problem(window.value).map(|message| at(&window.terms, message)));
    }
    for year in topics.holidays.entries() {
        found.extend(holiday_problem(year).map(|message| at(&year.terms, message)));
    }
    found.extend(doubled(&topics.offices, |office| &office.code));
    found.extend(doubled(&topics.banks, |bank| &bank.code));
    found
}

fn at(terms: &Terms, message: String) -> Problem {
    Problem { place: terms.place.clone(), kind: "nonsense", message }
}

/// What a city can't do without.
fn missing(pack: &Pack) -> Vec<Problem> {
    if pack.name() == "national" {
        return Vec::new();
    }
    let topics = pack.topics();
    let mut needed = vec![
        ("open_branches", topics.open_branches.entries().is_empty()),
        ("back_payment", topics.back_payment.entries().is_empty()),
        ("adjustment", topics.adjustment.entries().is_empty()),
        ("holidays", topics.holidays.entries().is_empty()),
    ];
    let open = topics.open_branches.entries().iter().flat_map(|entry| {
        let open = entry.value.open.iter().copied();
        open.filter(|branch| !entry.value.not_encoded.contains(branch))
    });
    for branch in open {
        let [base, charge, year] = match branch {
            Branch::Pension => ["pension_base", "pension_charge", "pension_settlement_year"],
            Branch::Medical => ["medical_base", "medical_charge", "medical_settlement_year"],
            Branch::Unemployment => {
                ["unemployment_base", "unemployment_charge", "unemployment_settlement_year"]
            }
        };
        needed.push((base, pack.base_rules(branch).entries().is_empty()));
        needed.push((charge, pack.charges(branch).entries().is_empty()));
        needed.push((year, pack.settlement_years(branch).entries().is_empty()));
        if branch == Branch::Medical {
            needed.push(("medical_lapse", topics.medical_lapse.entries().is_empty()));
        }
    }
    let place = Place { file: format!("{}/pack.toml", pack.name()), line: 1 };
    let absent = needed.into_iter().filter(|(_, is_missing)| *is_missing);
    absent
        .map(|(topic, _)| Problem {
            place: place.clone(),
            kind: "missing",
            message: format!("no file has a value of [[{topic}]]; see policies/_template for one"),
        })
        .collect()
}

fn base_problem(pack: &Pack, base: &Dated<BaseRule>) -> Option<String> {
    match &base.value {
        BaseRule::Tiers(tiers) if tiers.is_empty() => Some("there is no tier".to_owned()),
        BaseRule::Tiers(tiers) if !tiers.is_sorted_by(|a, b| a < b) => {
            Some("tiers must rise from the first to the last, each once".to_owned())
        }
        BaseRule::Range { floor, cap, .. } if floor > cap => {
            Some(format!("the floor {floor} is above the cap {cap}"))
        }
        BaseRule::FloorOf(other) | BaseRule::SameAs(other) => {
            let chained = |rule: &Dated<BaseRule>| {
                matches!(rule.value, BaseRule::FloorOf(_) | BaseRule::SameAs(_))
            };
            pack.base_rules(*other).entries().iter().any(chained).then(|| {
                format!("the base of {} must not refer to another base itself", other.word())
            })
        }
        _ => None,
    }
}

fn charge_problem(components: &[Component]) -> Option<String> {
    if components.is_empty() {
        return Some("a charge has at least one component".to_owned());
    }
    let parts = components.iter().map(|component| component.on(BASE_TRIED));
    let sums = parts.collect::<Option<Vec<_>>>();
    let amount = sums.and_then(|parts| Fen::checked_sum(parts.iter().map(|part| part.amount)));
    amount.is_none().then(|| format!("the charge on a base of {BASE_TRIED} is too large for money"))
}

fn window_problem(window: MonthlyWindow) -> Option<String> {
    let days = 1..=31;
    let sane = days.contains(&window.first) && days.contains(&window.last);
    (!sane || window.first > window.last)
        .then(|| format!("days {} to {} are not days of a month", window.first, window.last))
}

fn holiday_problem(year: &Dated<Holidays>) -> Option<String> {
    let until = year.terms.until?;
    let inside = |day| (year.terms.from..=until).contains(day);
    let ranges = year.value.off.iter().flat_map(|(first, last)| [first, last]);
    let outside = ranges.chain(&year.value.worked).find(|day| !inside(day));
    outside.map(|day| format!("{day} lies outside {} to {until}", year.terms.from))
}

fn doubled<T>(lists: &Timeline<Vec<T>>, code: fn(&T) -> &String) -> Vec<Problem> {
    let mut found = Vec::new();
    for list in lists.entries() {
        let mut codes: Vec<&String> = list.value.iter().map(code).collect();
        codes.sort();
        let twice = codes.windows(2).find(|pair| pair[0] == pair[1]);
        found.extend(
            twice.map(|pair| at(&list.terms, format!("the code \"{}\" is given twice", pair[0]))),
        );
    }
    found
}
