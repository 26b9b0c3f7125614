//! The audit trail and the looks at people: no row was changed, taken out or put in.

use std::collections::BTreeMap;

use store::Tx;
use store::tables::audit_event::Link;
use store::tables::{access_log, audit_event};

/// How far a chain was followed: records seen, and the last one's hash.
type Ends = BTreeMap<String, (i64, String)>;

/// What is broken: the rule, and where.
pub(super) fn check_trails(tx: &mut Tx<'_>) -> Result<Vec<(&'static str, String)>, store::Error> {
    let mut found = Vec::new();
    let mut ends = Ends::new();
    audit_event::each_link(tx, |event, link| {
        let hash = |previous: &str| event.chain_after(previous, link.place);
        if !follow(&mut ends, event.office.clone(), &link, hash) {
            found.push(("audit_chain", format!("event {} of office {:?}", event.id, event.office)));
        }
        Ok(())
    })?;
    for (office, events, head) in audit_event::list_heads(tx)? {
        check_head(&mut found, ("audit_chain", "office"), &mut ends, (office, events, head));
    }
    found.extend(ends.into_keys().map(|office| ("audit_chain", format!("{office:?} has no head"))));
    let mut ends = Ends::new();
    access_log::each_link(tx, |look, link| {
        let hash = |previous: &str| look.chain_after(previous, link.place);
        if !follow(&mut ends, look.person.to_string(), &link, hash) {
            found.push(("access_chain", format!("look {} at person {}", look.id, look.person)));
        }
        Ok(())
    })?;
    for (person, looks, head) in access_log::list_heads(tx)? {
        let head = (person.to_string(), looks, head);
        check_head(&mut found, ("access_chain", "person"), &mut ends, head);
    }
    found.extend(ends.into_keys().map(|person| ("access_chain", format!("{person} has no head"))));
    Ok(found)
}

/// Goes one record on. Answers whether it stands where its chain says, with its own hash. Going on
/// from the stored hash names each altered record once, not all behind it.
fn follow(ends: &mut Ends, chain: String, link: &Link, hash: impl Fn(&str) -> String) -> bool {
    let (count, last) = ends.remove(&chain).unwrap_or_default();
    let holds = link.place == count + 1 && hash(&last) == link.hash;
    ends.insert(chain, (count + 1, link.hash.clone()));
    holds
}

fn check_head(
    found: &mut Vec<(&'static str, String)>,
    (rule, what): (&'static str, &str),
    ends: &mut Ends,
    (chain, records, head): (String, i64, String),
) {
    let (count, last) = ends.remove(&chain).unwrap_or_default();
    if count != records || last != head {
        let detail = format!("{what} {chain}: {count} records found, {records} counted");
        found.push((rule, detail));
    }
}
