//! Gaps, overlaps, corrections and citations of dated values.

use crate::dated::Terms;
use crate::pack::Pack;
use crate::problem::Problem;

pub(super) fn problems(pack: &Pack) -> Vec<Problem> {
    let mut found = Vec::new();
    for (_, terms) in pack.topics().terms() {
        for value in &terms {
            found.extend(citation(pack, value));
            found.extend(period(value));
            found.extend(correction(value, &terms));
        }
        for pair in terms.windows(2) {
            found.extend(neighbours(pair[0], pair[1]));
        }
    }
    found
}

fn problem(value: &Terms, kind: &'static str, message: String) -> Problem {
    Problem { place: value.place.clone(), kind, message }
}

fn citation(pack: &Pack, value: &Terms) -> Option<Problem> {
    let id = value.cite.instrument.as_str();
    let instrument = pack.instruments().iter().find(|instrument| instrument.id == id);
    let Some(instrument) = instrument else {
        let message = format!(
            "{} cites the document \"{id}\", which no instruments.toml lists; add it there with number, title and address",
            value.topic
        );
        return Some(problem(value, "uncited", message));
    };
    if value.cite.quote.trim().is_empty() {
        let message = format!(
            "{} quotes no words of \"{id}\"; write the words it rests on, or how it follows from them",
            value.topic
        );
        return Some(problem(value, "uncited", message));
    }
    let expires_on = instrument.expires_on?;
    value.until.is_none_or(|until| until > expires_on).then(|| {
        let message = format!(
            "{} rests on \"{id}\", which is valid to {expires_on} only; end the value with until = {expires_on}",
            value.topic
        );
        problem(value, "expired", message)
    })
}

fn period(value: &Terms) -> Option<Problem> {
    let message = match value.until {
        Some(until) if until < value.from => {
            format!("{} ends on {until}, before it begins on {}", value.topic, value.from)
        }
        None if value.reverts => {
            format!(
                "{} reverts, but has no until; say when the earlier value holds again",
                value.topic
            )
        }
        _ => return None,
    };
    Some(problem(value, "period", message))
}

fn correction(value: &Terms, all: &[&Terms]) -> Option<Problem> {
    let corrects = value.corrects.as_ref()?;
    let earlier = all.iter().any(|other| {
        (other.layer, other.from, other.published)
            == (value.layer, corrects.from, corrects.published)
            && other.published < value.published
    });
    (!earlier).then(|| {
        let message = format!(
            "{} corrects the value from {} published {}, but there is no such earlier value; the wrong line must stay in the file",
            value.topic, corrects.from, corrects.published
        );
        problem(value, "correction", message)
    })
}

/// Problems between one value and the next in the order of layer, first day and publication.
fn neighbours(earlier: &Terms, later: &Terms) -> Option<Problem> {
    if earlier.layer != later.layer {
        return None;
    }
    let topic = later.topic;
    let ends_before = earlier.until.is_some_and(|until| until < later.from);
    if ends_before {
        let gap = earlier.until.is_some_and(|until| until.next() != later.from);
        return gap.then(|| {
            let until = earlier.until.unwrap_or(earlier.from);
            let message = format!(
                "{topic} has no value between {until} ({}) and {}; those days would be refused",
                earlier.place, later.from
            );
            problem(later, "gap", message)
        });
    }
    let replaced = earlier.until.is_none() && earlier.from < later.from;
    let allowed = replaced || earlier.provisional || later.reverts || later.corrects.is_some();
    if allowed && (earlier.from, earlier.published) != (later.from, later.published) {
        return None;
    }
    let message = format!(
        "{topic} from {} overlaps the value from {} ({}); end that one with until, mark it provisional, or say what this one corrects",
        later.from, earlier.from, earlier.place
    );
    Some(problem(later, "overlap", message))
}
