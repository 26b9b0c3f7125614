//! `wechat_visitor`: browsers inside WeChat, and who WeChat says their user is.

use units::Timestamp;

use crate::{Error, Row, Tx};

/// What WeChat said of a browser's user.
#[derive(Clone, PartialEq, Eq)]
pub enum VisitorAnswer {
    /// 用户标识: the user's openid.
    Known(String),
    /// 快照页: a throw-away user, who may look and not pay.
    ThrowAway,
    /// WeChat gave no usable answer.
    None,
}

/// Hides the openid.
impl std::fmt::Debug for VisitorAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Known(hidden)",
            Self::ThrowAway => "ThrowAway",
            Self::None => "None",
        })
    }
}

/// A browser that was sent to WeChat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WechatVisitor {
    /// The hash of the `state` whose answer is awaited.
    pub state_hash: Option<String>,
    /// When it was sent.
    pub asked_at: Timestamp,
    /// What came back.
    pub answer: Option<VisitorAnswer>,
}

/// Notes that a browser is sent to WeChat with a `state`. What was known of it is asked anew.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    browser: &str,
    state_hash: &str,
    asked_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO wechat_visitor (browser_hash, state_hash, asked_at) VALUES ($1, $2, $3) \
         ON CONFLICT (browser_hash) DO UPDATE SET state_hash = excluded.state_hash, \
         asked_at = excluded.asked_at, answer = NULL, openid = NULL",
        &[browser.into(), state_hash.into(), asked_at.into()],
    )?;
    Ok(())
}

/// What is known of a browser.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, browser: &str) -> Result<Option<WechatVisitor>, Error> {
    tx.query_opt(
        "SELECT state_hash, asked_at, answer, openid FROM wechat_visitor WHERE browser_hash = $1",
        &[browser.into()],
        |row| {
            Ok(WechatVisitor {
                state_hash: row.opt_string(0)?,
                asked_at: row.timestamp(1)?,
                answer: answer(row)?,
            })
        },
    )
}

/// Takes the awaited `state` away, so that it is used once. Answers 0 when it is not the one that
/// this browser was sent with.
///
/// # Errors
/// [`Error`] of the database.
pub fn take_state(
    tx: &mut Tx<'_>,
    browser: &str,
    state_hash: &str,
    asked_since: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE wechat_visitor SET state_hash = NULL WHERE browser_hash = $1 \
         AND state_hash = $2 AND asked_at >= $3",
        &[browser.into(), state_hash.into(), asked_since.into()],
    )
}

/// Notes what WeChat said.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_answer(tx: &mut Tx<'_>, browser: &str, answer: &VisitorAnswer) -> Result<u64, Error> {
    let (code, openid): (i64, Option<&str>) = match answer {
        VisitorAnswer::Known(openid) => (1, Some(openid)),
        VisitorAnswer::ThrowAway => (2, None),
        VisitorAnswer::None => (3, None),
    };
    tx.execute(
        "UPDATE wechat_visitor SET answer = $2, openid = $3 WHERE browser_hash = $1",
        &[browser.into(), code.into(), openid.into()],
    )
}

/// Forgets browsers that were sent before a moment.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM wechat_visitor WHERE asked_at < $1", &[moment.into()])
}

fn answer(row: &Row<'_>) -> Result<Option<VisitorAnswer>, Error> {
    match (row.opt_int(2)?, row.opt_string(3)?) {
        (None, _) => Ok(None),
        (Some(1), Some(openid)) => Ok(Some(VisitorAnswer::Known(openid))),
        (Some(2), _) => Ok(Some(VisitorAnswer::ThrowAway)),
        (Some(3), _) => Ok(Some(VisitorAnswer::None)),
        (Some(_), _) => Err(Error::Corrupt { column: 2, expected: "an answer of WeChat" }),
    }
}
