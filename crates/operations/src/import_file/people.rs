//! A line of a file of people: somebody joins.

use insurance::cause::Cause;
use insurance::mobile_number::MobileNumber;
use insurance::social_security_card::SocialSecurityCard;
use policy::Text;
use store::Tx;
use store::tables::import_line::Fate;
use store::tables::{enrolment, person};
use units::{Date, Timestamp};

use super::Outcome;
use super::column::{self, Column, Need, Shape};
use super::fields;
use super::table::{FieldError, Line};
use crate::city::City;
use crate::enrol::{EnrolRefusal, EnrolmentForm, enrol};

/// The columns of a file of people.
pub(super) const COLUMNS: &[Column] = &[
    column::IDENTITY_NUMBER,
    column::NAME,
    Column {
        word: "office",
        title: "经办机构",
        need: Need::Required,
        shape: Shape::Words,
        hint: Text::fixed("机构代码或全称", "the office's code or full name"),
        example: "gulou",
    },
    column::BRANCHES,
    column::BASE,
    Column {
        word: "from",
        title: "参保起始月",
        need: Need::Required,
        shape: Shape::Words,
        hint: Text::fixed("如2026-11", "like 2026-11"),
        example: "2026-11",
    },
    Column {
        word: "card_number",
        title: "社保卡号",
        need: Need::Optional,
        shape: Shape::Digits,
        hint: Text::fixed("可不填", "may be empty"),
        example: "A10000001",
    },
    Column {
        word: "phone",
        title: "手机号",
        need: Need::Optional,
        shape: Shape::Words,
        hint: Text::fixed("可不填", "may be empty"),
        example: "13912345678",
    },
    Column {
        word: "household",
        title: "户籍所在地",
        need: Need::Optional,
        shape: Shape::Words,
        hint: Text::fixed("只作记录，不影响参保", "recorded; it decides nothing"),
        example: "南京市鼓楼区",
    },
    Column {
        word: "bank",
        title: "代扣银行",
        need: Need::Optional,
        shape: Shape::Words,
        hint: Text::fixed("已签委托的填写", "where a mandate is signed"),
        example: "ccb",
    },
    Column {
        word: "account_number",
        title: "银行账号",
        need: Need::Optional,
        shape: Shape::Digits,
        hint: Text::fixed("文本格式", "formatted as text"),
        example: "6217001234567890122",
    },
    column::HOLDER,
    column::SIGNED_ON,
];

/// What a line asks for.
pub(super) fn read(
    line: &Line<'_>,
    city: &City,
    (office, today): (Option<&str>, Date),
) -> Result<Box<EnrolmentForm>, FieldError> {
    let identity = fields::identity(line, today)?;
    let name = fields::name(line)?;
    let office = line.parse("office", |text| office_of(text, city, (office, today)))?;
    let card = line.find("card_number")?.map(card_of).transpose();
    let phone = line.find("phone")?.map(phone_of).transpose();
    let mandate = match line.find("bank")? {
        None => None,
        Some(_) => Some(fields::mandate(line, city, (&name, today))?),
    };
    Ok(Box::new(EnrolmentForm {
        identity,
        office,
        branches: line.parse("branches", fields::branches)?,
        base: line.parse("base", fields::yuan)?,
        from: line.parse("from", fields::month)?,
        card: card.map_err(|words| ("card_number", words))?,
        phone: phone.map_err(|words| ("phone", words))?,
        household: line.find("household")?.map(str::to_owned),
        name,
        mandate,
    }))
}

fn office_of(text: &str, city: &City, (own, today): (Option<&str>, Date)) -> Result<String, Text> {
    let offices = city.pack().topics().offices.on(today, today).map_err(|m| m.message())?;
    let found = offices.value.iter().find(|office| office.code == text || office.name.zh == text);
    let office = found.ok_or_else(|| {
        Text::fixed(
            "没有这个经办机构，请填写机构代码或全称。",
            "There is no such office; write its code or its full name.",
        )
    })?;
    if own.is_some_and(|own| own != office.code) {
        return Err(Text::fixed(
            "这一行属于别的经办机构，请交由该机构导入。",
            "This line belongs to another office; that office imports it.",
        ));
    }
    Ok(office.code.clone())
}

fn card_of(text: &str) -> Result<SocialSecurityCard, Text> {
    SocialSecurityCard::parse(text)
        .map_err(|refusal| Text::made(refusal.chinese(), refusal.to_string()))
}

fn phone_of(text: &str) -> Result<MobileNumber, Text> {
    MobileNumber::parse(text).map_err(|refusal| Text::made(refusal.chinese(), refusal.to_string()))
}

/// Registers the person and opens the enrolment.
///
/// # Errors
/// The database's.
pub(super) fn book(
    tx: &mut Tx<'_>,
    city: &City,
    form: &EnrolmentForm,
    (cause, now): (Cause, Timestamp),
) -> Result<Outcome, store::Error> {
    let known = person::find_by_identity(tx, &form.identity)?;
    if let Some(id) = known {
        let registered = person::find(tx, id)?.is_some_and(|person| person.name == form.name);
        if !registered {
            return Ok(Err(("name", fields::name_must_match())));
        }
        let same = |span: &insurance::enrolment::Enrolment| {
            let choice = (span.from, span.branches, span.base, span.office.as_str());
            span.until.is_none() && choice == (form.from, form.branches, form.base, &*form.office)
        };
        if enrolment::list(tx, id)?.iter().any(same) {
            let words = Text::fixed("已按同样内容参保", "insured like this already");
            return Ok(Ok((Fate::Unchanged, words)));
        }
    }
    Ok(match enrol(tx, city, form, cause, now) {
        Ok(_) if known.is_some() => {
            Ok((Fate::Booked, Text::fixed("续保（已登记过）", "joins again; registered before")))
        }
        Ok(_) => Ok((Fate::Booked, Text::fixed("新登记并参保", "registered and insured"))),
        Err(EnrolRefusal::Store(error)) => return Err(error),
        Err(refusal) => Err((field_of(&refusal), refusal.message(city))),
    })
}

/// The column that a refusal is about.
const fn field_of(refusal: &EnrolRefusal) -> &'static str {
    match refusal {
        EnrolRefusal::PersonMustNotBeInsured { .. } => "identity_number",
        EnrolRefusal::CardMustBeTheirs => "card_number",
        EnrolRefusal::OfficeMustExist(_) => "office",
        EnrolRefusal::Mandate(refusal) => super::mandates::field_of(refusal),
        EnrolRefusal::NameMustBeGiven | EnrolRefusal::NameMustMatch => "name",
        EnrolRefusal::NotEncoded(_) | EnrolRefusal::MonthMustNotBeEmployers { .. } => "from",
        EnrolRefusal::Law(law) => law_field(law),
        EnrolRefusal::Store(_) => "-",
    }
}

const fn law_field(refusal: &policy::Refusal) -> &'static str {
    match refusal {
        policy::Refusal::MustBeEncoded(_) => "from",
        policy::Refusal::BranchMustBeOpen(_)
        | policy::Refusal::ChoiceMustNotBeEmpty
        | policy::Refusal::BranchMustBeChosenTogether { .. } => "branches",
        policy::Refusal::BaseMustReachFloor { .. }
        | policy::Refusal::BaseMustNotExceedCap { .. }
        | policy::Refusal::BaseMustBeTier { .. } => "base",
    }
}
