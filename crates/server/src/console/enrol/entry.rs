//! The form of somebody who joins, read field by field; every sentence can be read out.

use insurance::bank_card::BankCard;
use insurance::identity_number::{IdentityNumber, IdentityNumberRefusal};
use insurance::mobile_number::MobileNumber;
use insurance::social_security_card::SocialSecurityCard;
use operations::City;
use operations::desk::join::{NoticeWish, first_month};
use operations::enrol::{EnrolmentForm, MandateForm};
use policy::Text;
use units::{Date, Month};

use crate::console::choice;
use crate::site::form::Form;

/// What a clerk entered, each field checked by its type.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) form: EnrolmentForm,
    pub(super) notices: NoticeWish,
}

/// Reads the form. What is wrong is said at its field, all of it at once.
pub(super) fn read(form: &mut Form, city: &City, (office, today): (&str, Date)) -> Option<Entry> {
    let identity = identity(form, today);
    let name = form.value("name").to_owned();
    if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        let words = Text::fixed(
            "姓名应为1至60个字，与身份证一致。",
            "The name must have 1 to 60 letters, as on the identity card.",
        );
        form.refuse("name", words);
    }
    let phone = optional(form, "phone", MobileNumber::parse, |refusal| {
        Text::made(refusal.chinese(), sentence(&refusal))
    });
    let card = optional(form, "card", SocialSecurityCard::parse, |refusal| {
        Text::made(refusal.chinese(), sentence(&refusal))
    });
    let household = Some(form.value("household").to_owned()).filter(|text| !text.is_empty());
    let choice = choice::read(form);
    let from = month(form, city, today);
    let mandate = mandate(form, today);
    let notices = match form.value("notices") {
        "on" => NoticeWish::On,
        _ => NoticeWish::Off,
    };
    if !form.is_sound() {
        return None;
    }
    let (office, choice) = (office.to_owned(), choice?);
    let (branches, base, identity, from) = (choice.branches, choice.base, identity?, from?);
    let read = EnrolmentForm {
        identity,
        name,
        card,
        phone,
        household,
        office,
        branches,
        base,
        from,
        mandate,
    };
    Some(Entry { form: read, notices })
}

/// The identity number. A first-generation number is answered with the 18 characters that it
/// became; the old card of foreign permanent residents with the way to the new one.
fn identity(form: &mut Form, today: Date) -> Option<IdentityNumber> {
    let typed = form.value("identity").to_owned();
    let refusal = match IdentityNumber::parse(&typed, today) {
        Ok(identity) => return Some(identity),
        Err(refusal) => refusal,
    };
    let upgraded = IdentityNumber::upgrade_first_generation(&typed);
    let words = match (refusal, upgraded) {
        (IdentityNumberRefusal::MustNotBeFirstGeneration, Some(new)) => {
            form.replace("identity", new.as_str());
            Text::fixed(
                "15位旧号码自2013年起停用，已换算成18位，请与现在的身份证核对后再继续。",
                "Numbers of 15 digits are void since 2013. It was turned into 18 characters: compare them with \
                 today's identity card, then go on.",
            )
        }
        _ if typed.is_empty() => Text::fixed("请输入身份证号。", "Enter the identity number."),
        _ if is_old_residence_card(&typed) => Text::fixed(
            "这是旧版外国人永久居留身份证号（15位）。请按新版证件填写18位号码（9开头）；还没换证的，请先到出入境管理部门换领。",
            "This is the number of an old foreign permanent resident card (15 characters). Use the 18 characters \
             of the new card, which begin with 9; the exit and entry administration exchanges old cards.",
        ),
        (refusal, _) => Text::made(refusal.chinese(), sentence(&refusal)),
    };
    form.refuse("identity", words);
    None
}

/// Three letters of the country, then twelve digits: cards issued before December 2023.
fn is_old_residence_card(typed: &str) -> bool {
    let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    text.len() == 15
        && text.get(..3).is_some_and(|country| country.bytes().all(|b| b.is_ascii_alphabetic()))
        && text.get(3..).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

fn optional<T, E>(
    form: &mut Form,
    field: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
    words: impl Fn(E) -> Text,
) -> Option<T> {
    if form.value(field).is_empty() {
        return None;
    }
    parse(form.value(field)).map_err(|refusal| form.refuse(field, words(refusal))).ok()
}

/// The first insured month: this one or the next, seen from the next open day.
fn month(form: &mut Form, city: &City, today: Date) -> Option<Month> {
    let first = first_month(city, today).map_err(|closed| form.refuse("from", closed.message()));
    let first = first.ok()?;
    let typed = form.value("from");
    let month = if typed.is_empty() { Some(first) } else { typed.parse().ok() };
    // A draft of last month, or one booked for the next, begins with the first month still possible.
    let month = month.map(|month: Month| month.max(first));
    if month.is_none_or(|month| month > first.next()) {
        let words = Text::fixed(
            "参保起始月只能是本月或下月。",
            "The first month is this month or the next.",
        );
        form.refuse("from", words);
    }
    month
}

/// The mandate, where an account was entered.
fn mandate(form: &mut Form, today: Date) -> Option<MandateForm> {
    let account = form.value("account").to_owned();
    if account.is_empty() {
        return None;
    }
    let parsed = BankCard::parse(&account).map_err(|refusal| {
        form.refuse("account", Text::made(refusal.chinese(), sentence(&refusal)));
    });
    let holder = match form.value("holder") {
        "" => form.value("name"),
        holder => holder,
    };
    Some(MandateForm {
        bank: form.value("bank").to_owned(),
        account_number: parsed.ok()?.as_str().to_owned(),
        holder: holder.to_owned(),
        signed_on: today,
    })
}

/// An error's text as a sentence.
pub(in crate::console) fn sentence(refusal: &impl ToString) -> String {
    let text = refusal.to_string();
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
