//! The only file here that touches the network: sends a [`Request`] to a base URL.

use std::time::Duration;

use crate::http_message::{Answer, Headers, Method, Request};

/// The largest answer that is read: WeChat's daily bill of 100,000 lines is about 30 MB.
pub const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Outside trouble: no answer came. Whether the other side acted on the request is unknown.
#[derive(Debug, thiserror::Error)]
#[error("no answer came from the other side")]
pub struct NoAnswer(#[source] Box<ureq::Error>);

/// A connection pool with a time limit for each whole exchange.
#[derive(Clone, Debug)]
pub struct Sender(ureq::Agent);

impl Sender {
    /// A sender that gives up on an exchange after `timeout`.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("shebao")
            .build();
        Self(config.into())
    }

    /// Sends a request to `base_url`, such as `https://api.mch.weixin.qq.com`, and reads the
    /// whole answer. Blocks the calling thread. Redirects are not followed.
    ///
    /// # Errors
    /// [`NoAnswer`] when none came in time, or one larger than [`ANSWER_BYTES_MAX`].
    pub fn send(&self, base_url: &str, request: &Request) -> Result<Answer, NoAnswer> {
        let url = format!("{}{}", base_url.trim_end_matches('/'), request.target);
        let answer = match request.method {
            Method::Get => {
                let mut call = self.0.get(&url);
                for (name, value) in request.headers.iter() {
                    call = call.header(name, value);
                }
                call.call()
            }
            Method::Post => {
                let mut call = self.0.post(&url);
                for (name, value) in request.headers.iter() {
                    call = call.header(name, value);
                }
                call.send(request.body.as_slice())
            }
        };
        let mut answer = answer.map_err(|error| NoAnswer(Box::new(error)))?;
        let mut headers = Headers::new();
        for (name, value) in answer.headers() {
            if let Ok(value) = value.to_str() {
                headers.push(name.as_str(), value);
            }
        }
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.map_err(|error| NoAnswer(Box::new(error)))?;
        Ok(Answer { status: answer.status().as_u16(), headers, body })
    }
}
