//! 验证码: the digits of a browser as picture and sound, new ones, and whether they were typed right.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use insurance::person::inquiry::{CODE_DIGITS, CODE_SECONDS};
use ring::rand::{SecureRandom, SystemRandom};
use store::tables::verification_code::{self, VerificationCode};
use units::Timestamp;

use super::{code_picture, code_sound};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::equal;
use crate::site::visit::Visit;

/// Gives the browser new digits.
///
/// # Errors
/// The database's.
pub(super) async fn renew(app: &App, visit: &Visit) -> Result<(), store::Error> {
    let browser = visit.visitor.browser_hash();
    let code = VerificationCode { digits: fresh_digits(), made_at: app.clock.now() };
    app.db.write_async(move |tx| verification_code::insert(tx, &browser, &code)).await
}

/// Gives the browser new digits when those that it has can't be used any more.
///
/// # Errors
/// The database's.
pub(super) async fn renew_if_over(app: &App, visit: &Visit) -> Result<(), store::Error> {
    match find(app, visit).await? {
        Some(_) => Ok(()),
        None => renew(app, visit).await,
    }
}

/// Whether these are the browser's digits. Right or wrong, they are used up.
///
/// # Errors
/// The database's.
pub(super) async fn take(app: &App, visit: &Visit, typed: &str) -> Result<bool, store::Error> {
    let (browser, typed, now) = (visit.visitor.browser_hash(), folded(typed), app.clock.now());
    app.db
        .write_async(move |tx| {
            let Some(code) = verification_code::find(tx, &browser)? else { return Ok(false) };
            let mine = verification_code::delete(tx, &browser, &code)? == 1;
            Ok(mine && is_good(&code, now) && equal(code.digits.as_bytes(), typed.as_bytes()))
        })
        .await
}

/// `GET /self-service/code.svg`.
pub(crate) async fn picture(
    State(app): State<Arc<App>>,
    visit: Visit,
) -> Result<Response, Failure> {
    let Some(code) = find(&app, &visit).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let seed = format!("{}{}{}", visit.visitor.browser_hash(), code.made_at, code.digits);
    let kind = [(header::CONTENT_TYPE, "image/svg+xml")];
    Ok((kind, code_picture::draw(&code.digits, &seed)).into_response())
}

/// `GET /self-service/code.wav`, also in parts: telephones ask for sound in parts.
pub(crate) async fn sound(
    State(app): State<Arc<App>>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Some(code) = find(&app, &visit).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let file = code_sound::speak(&code.digits, visit.language);
    let kind = [(header::CONTENT_TYPE, "audio/wav"), (header::ACCEPT_RANGES, "bytes")];
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some((first, last)) = asked.and_then(|range| part(range, file.len())) else {
        return Ok((kind, file).into_response());
    };
    let which = format!("bytes {first}-{last}/{}", file.len());
    let body = file.get(first..=last).unwrap_or_default().to_vec();
    let head = [(header::CONTENT_RANGE, which)];
    Ok((StatusCode::PARTIAL_CONTENT, kind, head, body).into_response())
}

async fn find(app: &App, visit: &Visit) -> Result<Option<VerificationCode>, store::Error> {
    let (browser, now) = (visit.visitor.browser_hash(), app.clock.now());
    let found = app.db.lookup_async(move |tx| verification_code::find(tx, &browser)).await?;
    Ok(found.filter(|code| is_good(code, now)))
}

fn is_good(code: &VerificationCode, now: Timestamp) -> bool {
    now < code.made_at.plus_seconds(CODE_SECONDS)
}

/// Digits by chance, each as likely as any other.
///
/// # Panics
/// When the system has no randomness: nothing may go on without it.
fn fresh_digits() -> String {
    let mut digits = String::with_capacity(CODE_DIGITS);
    while digits.len() < CODE_DIGITS {
        let mut byte = [0];
        SystemRandom::new().fill(&mut byte).expect("the system gives random bytes");
        if byte[0] < 250 {
            digits.push(char::from(b'0' + byte[0] % 10));
        }
    }
    digits
}

/// Digits as somebody types them: spaces dropped, full-width digits made narrow.
fn folded(typed: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    };
    typed.chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

/// First and last byte of `bytes=0-1023` or `bytes=512-` of a file.
fn part(range: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first: usize = first.parse().ok()?;
    let end = length.checked_sub(1)?;
    let last = if last.is_empty() { end } else { last.parse::<usize>().ok()?.min(end) };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_may_be_typed_with_spaces_and_full_width() {
        assert_eq!(folded(" 4０ 7１ "), "4071");
        assert_eq!(fresh_digits().len(), CODE_DIGITS);
    }

    #[test]
    fn a_part_of_the_sound_stays_inside_it() {
        assert_eq!(part("bytes=0-1", 100), Some((0, 1)));
        assert_eq!(part("bytes=90-", 100), Some((90, 99)));
        assert_eq!(part("bytes=0-500", 100), Some((0, 99)));
        for nonsense in ["bytes=100-", "bytes=-5", "bytes=a-b", "lines=0-1", "bytes=5-4"] {
            assert_eq!(part(nonsense, 100), None, "{nonsense}");
        }
    }
}
