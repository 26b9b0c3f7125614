//! The only file here that touches the network: sends a [`Request`] to a base URL.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::http_message::{Answer, Headers, Method, Request};

/// The largest answer that is read: WeChat's daily bill of 100,000 lines is about 30 MB.
pub const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Outside trouble: no answer came. Whether the other side acted on the request is unknown.
#[derive(Debug, thiserror::Error)]
#[error("no answer came from the other side")]
pub struct NoAnswer(#[source] Option<Box<ureq::Error>>);

/// Another side inside the process; `None` stands for an answer that never came.
pub type InProcess = dyn Fn(&Request) -> Option<Answer> + Send + Sync;

/// How requests leave.
#[derive(Clone)]
pub enum Sender {
    /// Over the network, by a connection pool with a time limit for each whole exchange.
    Network(ureq::Agent),
    /// To a sandbox inside the process: for demonstrations and tests under a clock of their own.
    InProcess(Arc<InProcess>),
}

impl Sender {
    /// A sender over the network that gives up on an exchange after `timeout`.
    #[must_use]
    pub fn network(timeout: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Self::Network(config.into())
    }

    /// Sends a request to `base_url`, such as `https://api.mch.weixin.qq.com`, and reads the
    /// whole answer. Blocks the calling thread. Redirects are not followed.
    ///
    /// # Errors
    /// [`NoAnswer`] when none came in time, or one larger than [`ANSWER_BYTES_MAX`].
    pub fn send(&self, base_url: &str, request: &Request) -> Result<Answer, NoAnswer> {
        match self {
            Self::Network(agent) => {
                send_over_network(agent, base_url, request).map_err(|e| NoAnswer(Some(Box::new(e))))
            }
            Self::InProcess(other_side) => other_side(request).ok_or(NoAnswer(None)),
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network(_) => "Sender::Network",
            Self::InProcess(_) => "Sender::InProcess",
        })
    }
}

fn send_over_network(
    agent: &ureq::Agent,
    base_url: &str,
    request: &Request,
) -> Result<Answer, ureq::Error> {
    let url = format!("{}{}", base_url.trim_end_matches('/'), request.target);
    let mut answer = match request.method {
        Method::Get => {
            let call = request.headers.iter().fold(agent.get(&url), |c, (n, v)| c.header(n, v));
            call.call()?
        }
        Method::Post => {
            let call = request.headers.iter().fold(agent.post(&url), |c, (n, v)| c.header(n, v));
            call.send(request.body.as_slice())?
        }
    };
    let mut headers = Headers::new();
    for (name, value) in answer.headers() {
        if let Ok(value) = value.to_str() {
            headers.push(name.as_str(), value);
        }
    }
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
    Ok(Answer { status: answer.status().as_u16(), headers, body })
}
