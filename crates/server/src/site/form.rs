//! Forms: what was typed is kept, errors stand at the field and in a list on top, and a form of
//! another site is refused.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use policy::Text;

use super::visitor::Visitor;

/// The field that carries the token.
pub(crate) const TOKEN_FIELD: &str = "form_token";

/// A form as it was typed, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    values: BTreeMap<String, Vec<String>>,
    errors: Vec<(&'static str, Text)>,
}

impl Form {
    /// The form with a value put in.
    #[must_use]
    pub(crate) fn with(mut self, field: &str, value: impl Into<String>) -> Self {
        self.add(field, value);
        self
    }

    /// Puts a value in.
    pub(crate) fn add(&mut self, field: &str, value: impl Into<String>) {
        self.values.entry(field.to_owned()).or_default().push(value.into());
    }

    /// What was typed into a field, without the space around it.
    pub(crate) fn value(&self, field: &str) -> &str {
        self.values.get(field).and_then(|values| values.first()).map_or("", |text| text.trim())
    }

    /// Everything that was chosen in a field, such as its ticked boxes.
    pub(crate) fn values(&self, field: &str) -> impl Iterator<Item = &str> {
        self.values.get(field).into_iter().flatten().map(|text| text.trim())
    }

    /// Says what is wrong with a field.
    pub(crate) fn refuse(&mut self, field: &'static str, message: Text) {
        self.errors.push((field, message));
    }

    /// What is wrong, in the order of finding.
    pub(crate) fn errors(&self) -> &[(&'static str, Text)] {
        &self.errors
    }

    /// What is wrong with a field.
    pub(crate) fn error(&self, field: &str) -> Option<&Text> {
        self.errors.iter().find(|(found, _)| *found == field).map(|(_, message)| message)
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_sound(&self) -> bool {
        self.errors.is_empty()
    }

    fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (field, value) in form_urlencoded::parse(body) {
            form.add(&field, value);
        }
        form
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let body = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let form = Self::parse(&body);
        let expected = visitor.map(|visitor| visitor.form_token());
        if expected.is_some_and(|token| equal(token.as_bytes(), form.value(TOKEN_FIELD).as_bytes()))
        {
            Ok(form)
        } else {
            Err(StatusCode::BAD_REQUEST.into_response())
        }
    }
}

/// Compares without telling by its time where two texts differ.
pub(crate) fn equal(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_what_was_typed_beside_its_errors() {
        let mut form =
            Form::parse("name=%E5%BC%A0%E4%B8%89+&branch=pension&branch=medical".as_bytes());
        form.refuse("base", Text::fixed("请填写缴费基数", "Enter a base"));
        assert_eq!(form.value("name"), "张三");
        assert_eq!(form.value("branch"), "pension");
        assert!(form.error("base").is_some() && form.error("name").is_none());
        assert!(!form.is_sound());
    }
}
