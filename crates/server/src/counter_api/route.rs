//! The addresses of the interfaces: `/counter/v1` for banks, `/hospital/v1` for hospitals.

use axum::http::{HeaderMap, Method};
use channels::counter_api::bank_word::BankSerial;
use channels::counter_api::problem::{Problem, ProblemCode};
use operations::City;
use store::tables::counter_key::Partner;
use units::{Date, Timestamp};

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    OpenApi(Partner),
    QueryCover,
    QueryDues,
    Pay,
    AskStatus(Date, BankSerial),
    Reverse,
    EndDay,
    DayDetail(Date),
}

/// Every way in: method, path, and whose keys open it.
pub const WAYS: [&str; 9] = [
    "GET /counter/v1/openapi.json  everybody",
    "POST /counter/v1/dues-query  bank",
    "POST /counter/v1/payments  bank",
    "GET /counter/v1/payments/{date}/{serial}  bank",
    "POST /counter/v1/reversals  bank",
    "POST /counter/v1/day-ends  bank",
    "POST /counter/v1/day-ends/{date}/detail  bank",
    "GET /hospital/v1/openapi.json  everybody",
    "POST /hospital/v1/cover-query  hospital",
];

impl Route {
    /// The route of a method and a path.
    pub(super) fn of(method: &Method, path: &str) -> Result<Self, Problem> {
        let nothing = || ProblemCode::RouteNotFound.problem();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let (known, route) = match parts.as_slice() {
            ["counter", "v1", rest @ ..] => Self::of_counter(rest)?,
            ["hospital", "v1", "openapi.json"] => (Method::GET, Self::OpenApi(Partner::Hospital)),
            ["hospital", "v1", "cover-query"] => (Method::POST, Self::QueryCover),
            _ => return Err(nothing()),
        };
        if *method == known { Ok(route) } else { Err(ProblemCode::MethodNotAllowed.problem()) }
    }

    fn of_counter(parts: &[&str]) -> Result<(Method, Self), Problem> {
        let nothing = || ProblemCode::RouteNotFound.problem();
        Ok(match parts {
            ["openapi.json"] => (Method::GET, Self::OpenApi(Partner::Bank)),
            ["dues-query"] => (Method::POST, Self::QueryDues),
            ["payments"] => (Method::POST, Self::Pay),
            ["payments", date, serial] => {
                let date = date.parse().map_err(|_| nothing())?;
                let serial = BankSerial::parse(serial).map_err(|_| nothing())?;
                (Method::GET, Self::AskStatus(date, serial))
            }
            ["reversals"] => (Method::POST, Self::Reverse),
            ["day-ends"] => (Method::POST, Self::EndDay),
            ["day-ends", date, "detail"] => {
                (Method::POST, Self::DayDetail(date.parse().map_err(|_| nothing())?))
            }
            _ => return Err(nothing()),
        })
    }

    /// Whose keys open it.
    pub(super) const fn partner(&self) -> Partner {
        match self {
            Self::OpenApi(partner) => *partner,
            Self::QueryCover => Partner::Hospital,
            Self::QueryDues
            | Self::Pay
            | Self::AskStatus(..)
            | Self::Reverse
            | Self::EndDay
            | Self::DayDetail(_) => Partner::Bank,
        }
    }

    pub(super) fn takes_file(&self) -> bool {
        matches!(self, Self::DayDetail(_))
    }

    /// The media type of the body that the route reads.
    pub(super) fn media_type(&self) -> Option<&'static str> {
        match self {
            Self::OpenApi(_) | Self::AskStatus(..) => None,
            Self::QueryCover | Self::QueryDues | Self::Pay | Self::Reverse | Self::EndDay => {
                Some("application/json")
            }
            Self::DayDetail(_) => Some("text/plain"),
        }
    }
}

/// The bank's `X-Request-ID`, or one of ours.
pub(super) fn request_id(headers: &HeaderMap, city: &City, now: Timestamp) -> String {
    const LENGTH_MAX: usize = 64;
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let word = |text: &&str| {
        (1..=LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    match given.filter(word) {
        Some(given) => given.to_owned(),
        None => city.fresh::<insurance::ids::MessageId>(now).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of a route in [`WAYS`].
    fn way_line(route: &Route) -> &'static str {
        let at = match route {
            Route::OpenApi(Partner::Bank) => 0,
            Route::QueryDues => 1,
            Route::Pay => 2,
            Route::AskStatus(..) => 3,
            Route::Reverse => 4,
            Route::EndDay => 5,
            Route::DayDetail(_) => 6,
            Route::OpenApi(Partner::Hospital) => 7,
            Route::QueryCover => 8,
        };
        WAYS[at]
    }

    #[test]
    fn every_listed_way_is_one_route_opened_by_the_partner_on_its_line() {
        for line in WAYS {
            let (way, callers) = line.split_once("  ").unwrap();
            let (method, path) = way.split_once(' ').unwrap();
            let path = path.replace("{date}", "2026-11-24").replace("{serial}", "0000042");
            let route = Route::of(&method.parse().unwrap(), &path).unwrap();
            assert_eq!(way_line(&route), line);
            let opened_by = match (&route, route.partner()) {
                (Route::OpenApi(_), _) => "everybody",
                (_, Partner::Bank) => "bank",
                (_, Partner::Hospital) => "hospital",
            };
            assert_eq!(callers, opened_by, "{line}");
        }
    }

    #[test]
    fn every_address_has_one_method_and_other_addresses_are_not_there() {
        let code = |method: Method, path: &str| Route::of(&method, path).unwrap_err().code;
        assert_eq!(Route::of(&Method::POST, "/counter/v1/payments").unwrap(), Route::Pay);
        assert!(matches!(
            Route::of(&Method::GET, "/counter/v1/payments/2026-11-24/0000042").unwrap(),
            Route::AskStatus(..)
        ));
        assert_eq!(code(Method::GET, "/counter/v1/payments"), ProblemCode::MethodNotAllowed);
        for path in [
            "/counter/v1/",
            "/counter/v1/payments/",
            "/counter/v1/payments/2026-02-30/1",
            "/counter/v1/payments/2026-11-24/a-b",
            "/counter/v1/payments/2026-11-24/1/2",
            "/counter/v1/day-ends/today/detail",
            "/counter/v2/payments",
            "/hospital/v1/payments",
            "/hospital/v1/cover-query/",
        ] {
            assert_eq!(code(Method::GET, path), ProblemCode::RouteNotFound, "{path}");
        }
    }
}
