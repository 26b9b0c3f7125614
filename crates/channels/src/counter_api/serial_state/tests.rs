use super::*;

fn fen(count: i64) -> Fen {
    Fen::new(count).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn posting(content: u8, amount: i64) -> Posting {
    Posting {
        content: Some(Content::of(&[&[content]])),
        amount: fen(amount),
        accounting_on: day("2026-11-24"),
    }
}

fn reversing(serial: &str, amount: i64) -> Reversing {
    let serial = BankSerial::parse(serial).unwrap();
    Reversing { serial, amount: fen(amount), accounting_on: day("2026-11-24") }
}

fn states() -> Vec<(&'static str, SerialState)> {
    vec![
        ("Unknown", SerialState::Unknown),
        ("Posted", SerialState::Posted(posting(1, 100))),
        ("Reversed", SerialState::Reversed(posting(1, 100), reversing("R1", 100))),
        ("NotFound", SerialState::NotFound),
        ("ReversedBeforePayment", SerialState::ReversedBeforePayment(reversing("R1", 100))),
    ]
}

fn name(state: &SerialState) -> &'static str {
    match state {
        SerialState::Unknown => "Unknown",
        SerialState::Posted(_) => "Posted",
        SerialState::Reversed(..) => "Reversed",
        SerialState::NotFound => "NotFound",
        SerialState::ReversedBeforePayment(_) => "ReversedBeforePayment",
    }
}

fn events() -> Vec<(&'static str, SerialEvent)> {
    use AccountingDay::{Closed, Open};
    let other_day = Reversing { accounting_on: day("2026-11-25"), ..reversing("R1", 100) };
    vec![
        ("pay", SerialEvent::Pay(posting(1, 100), Open)),
        ("pay, day closed", SerialEvent::Pay(posting(1, 100), Closed)),
        ("pay, other content", SerialEvent::Pay(posting(2, 100), Open)),
        ("ask", SerialEvent::Ask),
        ("reverse", SerialEvent::Reverse(reversing("R1", 100), Open)),
        ("reverse, other serial", SerialEvent::Reverse(reversing("R2", 100), Open)),
        ("reverse, other sum", SerialEvent::Reverse(reversing("R1", 99), Open)),
        ("reverse, other day", SerialEvent::Reverse(other_day, Open)),
        ("reverse, day closed", SerialEvent::Reverse(reversing("R1", 100), Closed)),
        ("book from file", SerialEvent::BookFromFile(posting(3, 100))),
        ("book from file, other sum", SerialEvent::BookFromFile(posting(3, 99))),
        ("reverse from file", SerialEvent::ReverseFromFile(reversing("F1", 100))),
    ]
}

/// The whole table: each line a state, an event, and what follows.
#[test]
fn every_edge_of_a_serials_life_is_as_written_here() {
    let mut edges = String::new();
    for (from, state) in states() {
        for (event_name, event) in events() {
            let to = match next(state.clone(), event) {
                Ok(next) if next == state => "stays".to_owned(),
                Ok(next) => format!("→ {}", name(&next)),
                Err(refusal) => format!("✗ {refusal:?}"),
            };
            edges.push_str(&format!("{from} | {event_name} | {to}\n"));
        }
    }
    println!("{edges}");
    assert_eq!(edges, include_str!("edges.txt"));
}

#[test]
fn not_found_is_final_for_a_payment_that_comes_late() {
    let state = next(SerialState::Unknown, SerialEvent::Ask).unwrap();
    assert_eq!(state.status(), SerialStatus::NotFound);
    let late = next(state, SerialEvent::Pay(posting(1, 100), AccountingDay::Open));
    assert_eq!(late, Err(SerialRefusal::SerialMustNotBeClosed));
}

#[test]
fn a_reversal_before_its_payment_is_recorded_and_the_payment_refused() {
    let reverse = SerialEvent::Reverse(reversing("R1", 100), AccountingDay::Open);
    let state = next(SerialState::Unknown, reverse).unwrap();
    assert_eq!(state.status(), SerialStatus::Reversed);
    let late = next(state, SerialEvent::Pay(posting(1, 100), AccountingDay::Open));
    assert_eq!(late, Err(SerialRefusal::PaymentMustNotBeReversed));
}

proptest::proptest! {
    /// Whatever comes in whatever order, a booked serial is booked once with one content, and a
    /// serial that the bank was told is not there is never booked by a payment.
    #[test]
    fn no_order_of_calls_books_twice(order in proptest::collection::vec(0_usize..9, 1..30)) {
        let events = events();
        let mut state = SerialState::Unknown;
        let mut bookings = 0;
        for at in order {
            let before = state.clone();
            if let Ok(after) = next(state.clone(), events[at].1.clone()) {
                if matches!(after, SerialState::Posted(_)) && !matches!(before, SerialState::Posted(_)) {
                    bookings += 1;
                    proptest::prop_assert_eq!(&before, &SerialState::Unknown);
                }
                state = after;
            }
        }
        proptest::prop_assert!(bookings <= 1);
    }
}
