//! 办理记录: what happened to a person, newest first, each with its cause: who did it, by which file
//! or run, and why.

use std::collections::BTreeMap;

use insurance::cause::Cause;
use insurance::ids::PersonId;
use operations::{City, spoken};
use policy::{Branch, BranchSet, Text};
use store::Tx;
use store::tables::audit_event::{self, AuditEvent, Filter};
use store::tables::{enrolment, mandate, person, run, suspension};
use units::Date;

/// How many of a person's audit events are read.
const EVENTS_MAX: i64 = 200;

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub(super) on: Date,
    pub(super) what: Text,
    pub(super) cause: Text,
    /// A class of colour, or nothing.
    pub(super) tag: &'static str,
}

/// What happened to a person, newest first.
///
/// # Errors
/// The database's.
pub(super) fn happenings(
    tx: &mut Tx<'_>,
    city: &City,
    id: PersonId,
) -> Result<Vec<Happening>, store::Error> {
    let filter = Filter { subject: Some(id), ..Filter::default() };
    let events = audit_event::list(tx, &filter, EVENTS_MAX)?;
    let mut causes = Causes { city, events: events.iter().map(|e| (e.id, e.clone())).collect() };
    let mut found = Vec::new();
    if let Some(person) = person::find(tx, id)? {
        let what = Text::fixed("登记", "Registered");
        found.push(causes.happening(tx, (person.registered_on, what, ""), person.cause)?);
    }
    spans(tx, &mut causes, id, &mut found)?;
    for signed in mandate::list(tx, id)? {
        let what = Text::made(
            format!("签订代扣委托，账号尾号{}", super::mandate::ending(&signed.account_number)),
            format!(
                "Mandate signed, account ending in {}",
                super::mandate::ending(&signed.account_number)
            ),
        );
        found.push(causes.happening(tx, (signed.signed_on, what, ""), signed.cause)?);
    }
    suspensions(tx, id, &mut found)?;
    // What changed no dated fact of its own: phone, 社保通, the end of a mandate.
    found.extend(events.iter().filter_map(|event| of_event(city, event)));
    found.sort_by_key(|happening| std::cmp::Reverse(happening.on));
    Ok(found)
}

fn spans(
    tx: &mut Tx<'_>,
    causes: &mut Causes<'_>,
    id: PersonId,
    found: &mut Vec<Happening>,
) -> Result<(), store::Error> {
    let spans = enrolment::list(tx, id)?;
    for (at, span) in spans.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| spans.get(at));
        let changed = before.is_some_and(|before| before.is_changed_to(span));
        let (from, office) = (spoken::month(span.from), spoken::office(causes.city, &span.office));
        let (chosen, base) = (branches(span.branches), span.base);
        let verb = match (changed, before) {
            (true, _) => ("变更为", "Changed to"),
            (false, None) => ("参保", "Joined with"),
            (false, Some(_)) => ("续保", "Came back with"),
        };
        let what = Text::made(
            format!("{}：{}，基数{base}元，{}起（{}）", verb.0, chosen.zh, from.zh, office.zh),
            format!("{} {} on {base}, from {} ({})", verb.1, chosen.en, from.en, office.en),
        );
        found.push(causes.happening(tx, (span.opened_on, what, ""), span.cause)?);
        let replaced = spans.get(at + 1).is_some_and(|next| span.is_changed_to(next));
        if let (Some(closed), Some(until), false) = (span.closed_on, span.until, replaced) {
            let last = spoken::month(until);
            let words = if until < span.from {
                Text::made("停保：当月账单撤销", "Stopped: the month's bill was withdrawn")
            } else {
                Text::made(
                    format!("停保：保到{}", last.zh),
                    format!("Stopped: insured to the end of {}", last.en),
                )
            };
            let stopped = match span.end_cause {
                Some(cause) => causes.words(tx, cause)?,
                None => Text::fixed("停保时没有记下原因", "no cause was recorded then"),
            };
            found.push(Happening { on: closed, what: words, cause: stopped, tag: "warn" });
        }
    }
    Ok(())
}

fn suspensions(
    tx: &mut Tx<'_>,
    id: PersonId,
    found: &mut Vec<Happening>,
) -> Result<(), store::Error> {
    for stopped in suspension::list(tx, id)? {
        let unpaid = spoken::month(stopped.unpaid_month);
        let what = Text::fixed("医保待遇暂停", "Medical cover suspended");
        let cause = Text::made(
            format!("{}没有缴足", unpaid.zh),
            format!("{} was not paid in full", unpaid.en),
        );
        found.push(Happening { on: stopped.from_on, what, cause, tag: "bad" });
        if let (Some(on), Some(receipt)) = (stopped.lifted_on, stopped.lifted_by) {
            let what = Text::fixed("医保待遇恢复", "Medical cover restored");
            let cause =
                Text::made(format!("到账 {receipt}"), format!("money received, receipt {receipt}"));
            found.push(Happening { on, what, cause, tag: "good" });
        }
    }
    Ok(())
}

/// `养老、医疗`.
pub(super) fn branches(chosen: BranchSet) -> Text {
    let zh: Vec<_> = chosen.iter().map(Branch::chinese).collect();
    let en: Vec<_> = chosen.iter().map(Branch::word).collect();
    Text::made(zh.join("、"), en.join(" and "))
}

fn of_event(city: &City, event: &AuditEvent) -> Option<Happening> {
    let what = match event.action.as_str() {
        "change_phone" => Text::fixed("更换手机号", "Phone changed"),
        "switch_notices_on" => Text::fixed("开通社保通", "社保通 switched on"),
        "switch_notices_off" => Text::fixed("关闭社保通", "社保通 switched off"),
        "end_mandate" => Text::fixed("终止代扣委托", "Mandate ended"),
        _ => return None,
    };
    let on = event.recorded_at.date_in_shanghai();
    Some(Happening { on, what, cause: by(city, event), tag: "" })
}

/// `wu-min，鼓楼区社会保险经办机构：本人申请`.
fn by(city: &City, event: &AuditEvent) -> Text {
    let office = spoken::office(city, &event.office);
    let why = event.detail.split(':').next().unwrap_or_default();
    let (zh, en) = reason_words(why).unwrap_or(("", ""));
    let told = |words: &str, dash: &str| match words {
        "" => String::new(),
        words => format!("{dash}{words}"),
    };
    Text::made(
        format!("{}，{}{}", event.actor, office.zh, told(zh, "：")),
        format!("{}, {}{}", event.actor, office.en, told(en, ": ")),
    )
}

/// The words of a reason in the trail.
pub(in crate::console) fn reason_words(word: &str) -> Option<(&'static str, &'static str)> {
    let all = [super::choose::REASONS, super::stop::REASONS, super::mandate::REASONS];
    all.into_iter().flatten().find(|reason| reason.0 == word).map(|reason| (reason.1, reason.2))
}

/// Looks causes up, each once.
struct Causes<'c> {
    city: &'c City,
    events: BTreeMap<i64, AuditEvent>,
}

impl Causes<'_> {
    fn happening(
        &mut self,
        tx: &mut Tx<'_>,
        (on, what, tag): (Date, Text, &'static str),
        cause: Cause,
    ) -> Result<Happening, store::Error> {
        Ok(Happening { on, what, cause: self.words(tx, cause)?, tag })
    }

    fn words(&mut self, tx: &mut Tx<'_>, cause: Cause) -> Result<Text, store::Error> {
        Ok(match cause {
            Cause::Task(id) => match self.events.get(&id.get()) {
                Some(event) => by(self.city, event),
                None => Text::made(format!("经办 {id}"), format!("desk act {id}")),
            },
            Cause::Run(id) => match run::find(tx, id)? {
                Some(run) => Text::made(
                    format!("批量作业 {}，{}", run.kind, run.actor),
                    format!("job {} by {}", run.kind, run.actor),
                ),
                None => Text::made(format!("批量作业 {id}"), format!("job {id}")),
            },
            Cause::Case(id) => Text::made(format!("办件 {id}"), format!("case {id}")),
            Cause::Receipt(id) => Text::made(format!("到账 {id}"), format!("receipt {id}")),
            other => {
                let (_, id) = other.parts();
                Text::made(format!("依据编号 {id}"), format!("by number {id}"))
            }
        })
    }
}
