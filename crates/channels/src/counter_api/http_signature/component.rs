//! The covered components of a signature and the signature base built from them (RFC 9421
//! section 2).

use sfv::{BareItem, Dictionary, FieldType, InnerList, Item, List, ListEntry, Parser};

use super::message::{Message, Request, field_value};

/// A component that we sign: a field name or a derived component such as `@method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component<'a> {
    name: &'a str,
    of_request: bool,
    member: Option<&'a str>,
}

/// Why no signature base can be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComponentRefusal {
    /// A covered component is not in the message.
    #[error("the signature covers {0}, which the message does not have")]
    MustBePresent(String),
    /// A component or parameter that this program does not support.
    #[error("the signature covers {0}, which is not supported")]
    MustBeSupported(String),
    /// A component is covered twice.
    #[error("the signature covers {0} twice")]
    MustBeCoveredOnce(String),
    /// The value of a component has characters that a signature base can't hold.
    #[error("the value of {0} must be printable ASCII on one line")]
    MustBeOneAsciiLine(String),
}

impl<'a> Component<'a> {
    /// A component of the message itself.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self { name, of_request: false, member: None }
    }

    /// A component of the request that a response answers (`;req`).
    #[must_use]
    pub const fn of_request(name: &'a str) -> Self {
        Self { name, of_request: true, member: None }
    }

    /// One member of a dictionary field (`;key="…"`).
    #[must_use]
    pub const fn member(self, key: &'a str) -> Self {
        Self { member: Some(key), ..self }
    }

    pub(super) fn to_item(self) -> Option<Item> {
        let mut item = Item::new(sf_string(self.name)?);
        if self.of_request {
            item.params.insert(sf_key("req")?, BareItem::Boolean(true));
        }
        if let Some(key) = self.member {
            item.params.insert(sf_key("key")?, sf_string(key)?);
        }
        Some(item)
    }
}

/// A structured-field string, or `None` when the text is not printable ASCII.
pub(super) fn sf_string(text: &str) -> Option<BareItem> {
    sfv::String::from_string(text.to_owned()).ok().map(BareItem::String)
}

/// A structured-field key.
pub(super) fn sf_key(text: &str) -> Option<sfv::Key> {
    sfv::Key::from_string(text.to_owned()).ok()
}

/// The lines that are signed: one for each covered component, then `@signature-params`.
///
/// # Errors
/// [`ComponentRefusal`].
pub fn signature_base(
    message: Message<'_>,
    covered: &InnerList,
) -> Result<String, ComponentRefusal> {
    let mut base = String::new();
    let mut seen: Vec<&Item> = Vec::new();
    for item in &covered.items {
        let identifier = item.serialize();
        // Two spellings of one component differ only in the order of parameters, which the
        // comparison of parameter maps ignores.
        if seen.contains(&item) {
            return Err(ComponentRefusal::MustBeCoveredOnce(identifier));
        }
        seen.push(item);
        let value = component_value(message, item)?;
        if !value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
            return Err(ComponentRefusal::MustBeOneAsciiLine(identifier));
        }
        base.push_str(&format!("{identifier}: {value}\n"));
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(&serialize_inner_list(covered));
    Ok(base)
}

/// The structured-field text of an inner list with its parameters.
pub(super) fn serialize_inner_list(list: &InnerList) -> String {
    let members: List = vec![ListEntry::InnerList(list.clone())];
    members.serialize().expect("a list of one member has a text")
}

fn component_value(message: Message<'_>, item: &Item) -> Result<String, ComponentRefusal> {
    let identifier = || item.serialize();
    let unsupported = || ComponentRefusal::MustBeSupported(identifier());
    let BareItem::String(name) = &item.bare_item else { return Err(unsupported()) };
    let (mut of_request, mut member) = (false, None);
    for (key, value) in &item.params {
        match (key.as_str(), value) {
            ("req", BareItem::Boolean(true)) => of_request = true,
            ("key", BareItem::String(key)) => member = Some(key.as_str()),
            _ => return Err(unsupported()),
        }
    }
    let source = match (message, of_request) {
        (Message::Response(response), true) => Message::Request(response.request),
        (Message::Request(_), true) => return Err(unsupported()),
        (message, false) => message,
    };
    let value = match (name.as_str(), member) {
        (derived, None) if derived.starts_with('@') => derived_value(source, derived),
        (derived, Some(_)) if derived.starts_with('@') => return Err(unsupported()),
        (field, None) => field_value(source.headers(), field),
        (field, Some(key)) => {
            field_value(source.headers(), field).and_then(|value| dictionary_member(&value, key))
        }
    };
    value.ok_or_else(|| ComponentRefusal::MustBePresent(identifier()))
}

/// Derived components (RFC 9421 section 2.2).
fn derived_value(source: Message<'_>, name: &str) -> Option<String> {
    match source {
        Message::Response(response) if name == "@status" => Some(response.status.to_string()),
        Message::Response(_) => None,
        Message::Request(request) => request_value(request, name),
    }
}

fn request_value(request: &Request<'_>, name: &str) -> Option<String> {
    let path = if request.path.is_empty() { "/" } else { request.path };
    let query = request.query.map(|query| format!("?{query}"));
    match name {
        "@method" => Some(request.method.to_owned()),
        "@authority" => Some(authority(request)),
        "@scheme" => Some(request.scheme.to_ascii_lowercase()),
        "@path" => Some(path.to_owned()),
        "@query" => Some(query.unwrap_or_else(|| "?".to_owned())),
        "@request-target" => Some(format!("{path}{}", query.unwrap_or_default())),
        "@target-uri" => Some(format!(
            "{}://{}{path}{}",
            request.scheme.to_ascii_lowercase(),
            authority(request),
            query.unwrap_or_default()
        )),
        _ => None,
    }
}

/// The host in lower case, without the scheme's own port.
fn authority(request: &Request<'_>) -> String {
    let authority = request.authority.to_ascii_lowercase();
    let own_port = if request.scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    authority.strip_suffix(own_port).unwrap_or(&authority).to_owned()
}

fn dictionary_member(value: &str, key: &str) -> Option<String> {
    let dictionary: Dictionary = Parser::new(value).parse().ok()?;
    let members: List = vec![dictionary.get(key)?.clone()];
    members.serialize()
}
