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

    /// Puts a value in place of what was typed.
    pub(crate) fn replace(&mut self, field: &str, value: impl Into<String>) {
        self.values.insert(field.to_owned(), vec![value.into()]);
    }

    /// A form as [`encoded`](Self::encoded) wrote it, or as a query holds it.
    pub(crate) fn from_encoded(text: &str) -> Self {
        Self::parse(text.as_bytes())
    }

    /// What was typed in the encoding of forms, without the token and the fields of `left_out`.
    pub(crate) fn encoded(&self, left_out: &[&str]) -> String {
        let kept = |field: &str| field != TOKEN_FIELD && !left_out.contains(&field);
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (field, values) in self.values.iter().filter(|(field, _)| kept(field)) {
            text.extend_pairs(values.iter().map(|value| (field, value)));
        }
        text.finish()
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

    #[test]
    fn a_form_that_was_kept_is_the_same_but_for_its_token() {
        let form = Form::parse("form_token=t&name=%E5%BC%A0+&branch=a&branch=b&draft=1".as_bytes());
        let kept = Form::from_encoded(&form.encoded(&["draft"]));
        assert_eq!(kept.value("name"), "张");
        assert_eq!(kept.values("branch").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((kept.value("form_token"), kept.value("draft")), ("", ""));
    }
}
