//! The covered components of a signature and the signature base built from them (RFC 9421
//! section 2).

use std::borrow::Cow;

use sfv::{
    BareItem, Dictionary, FieldType, InnerList, Item, ItemSerializer, List, ListSerializer, Parser,
};

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

    /// The component that a covered item names; `None` for one that this program does not support.
    pub(super) fn of_item(item: &'a Item) -> Option<Self> {
        let BareItem::String(name) = &item.bare_item else { return None };
        let mut component = Self::new(name.as_str());
        for (key, value) in &item.params {
            match (key.as_str(), value) {
                ("req", BareItem::Boolean(true)) => component.of_request = true,
                ("key", BareItem::String(key)) => component.member = Some(key.as_str()),
                _ => return None,
            }
        }
        Some(component)
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

/// What precedes the list of what is covered, on the last line.
const PARAMS: &str = "\"@signature-params\": ";
/// More than the base of any call of ours, so that it grows in one place.
const BASE_BYTES: usize = 1024;

/// The lines that are signed: one for each covered component, then `@signature-params`.
///
/// # Errors
/// [`ComponentRefusal`].
pub fn signature_base(
    message: Message<'_>,
    covered: &InnerList,
) -> Result<String, ComponentRefusal> {
    let mut base = String::with_capacity(BASE_BYTES);
    for (place, item) in covered.items.iter().enumerate() {
        // Two spellings of one component differ only in the order of parameters, which the
        // comparison of parameter maps ignores.
        if covered.items.iter().take(place).any(|earlier| earlier == item) {
            return Err(ComponentRefusal::MustBeCoveredOnce(identifier(item)));
        }
        let value = component_value(message, item)?;
        if !value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
            return Err(ComponentRefusal::MustBeOneAsciiLine(identifier(item)));
        }
        let serializer = ItemSerializer::with_buffer(&mut base).bare_item(&item.bare_item);
        let _: &mut String = serializer.parameters(&item.params).finish();
        base.push_str(": ");
        base.push_str(&value);
        base.push('\n');
    }
    base.push_str(PARAMS);
    let mut list = ListSerializer::with_buffer(&mut base);
    let mut inner = list.inner_list();
    inner.items(&covered.items);
    let _: &mut String = inner.finish().parameters(&covered.params).finish();
    Ok(base)
}

/// The structured-field text of what a base covers: the end of its last line.
pub(super) fn covered_text(base: &str) -> &str {
    base.rsplit_once(PARAMS).map_or("", |(_, text)| text)
}

fn identifier(item: &Item) -> String {
    item.serialize()
}

fn component_value<'m>(
    message: Message<'m>,
    item: &Item,
) -> Result<Cow<'m, str>, ComponentRefusal> {
    let unsupported = || ComponentRefusal::MustBeSupported(identifier(item));
    let Component { name, of_request, member } =
        Component::of_item(item).ok_or_else(unsupported)?;
    let source = match (message, of_request) {
        (Message::Response(response), true) => Message::Request(response.request),
        (Message::Request(_), true) => return Err(unsupported()),
        (message, false) => message,
    };
    let value = match (name, member) {
        (derived, None) if derived.starts_with('@') => derived_value(source, derived),
        (derived, Some(_)) if derived.starts_with('@') => return Err(unsupported()),
        (field, None) => field_value(source.headers(), field),
        (field, Some(key)) => field_value(source.headers(), field)
            .and_then(|value| dictionary_member(&value, key))
            .map(Cow::Owned),
    };
    value.ok_or_else(|| ComponentRefusal::MustBePresent(identifier(item)))
}

/// Derived components (RFC 9421 section 2.2).
fn derived_value<'m>(source: Message<'m>, name: &str) -> Option<Cow<'m, str>> {
    match source {
        Message::Response(response) if name == "@status" => {
            Some(Cow::Owned(response.status.to_string()))
        }
        Message::Response(_) => None,
        Message::Request(request) => request_value(request, name),
    }
}

fn request_value<'m>(request: &'m Request<'m>, name: &str) -> Option<Cow<'m, str>> {
    let path = if request.path.is_empty() { "/" } else { request.path };
    let query = || request.query.map(|query| format!("?{query}"));
    Some(match name {
        "@method" => Cow::Borrowed(request.method),
        "@authority" => authority(request),
        "@scheme" => in_small_letters(request.scheme),
        "@path" => Cow::Borrowed(path),
        "@query" => query().map_or(Cow::Borrowed("?"), Cow::Owned),
        "@request-target" => Cow::Owned(format!("{path}{}", query().unwrap_or_default())),
        "@target-uri" => Cow::Owned(format!(
            "{}://{}{path}{}",
            in_small_letters(request.scheme),
            authority(request),
            query().unwrap_or_default()
        )),
        _ => return None,
    })
}

/// The host in lower case, without the scheme's own port.
fn authority<'m>(request: &Request<'m>) -> Cow<'m, str> {
    let own_port = if request.scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    let host = request.authority.strip_suffix(own_port).unwrap_or(request.authority);
    in_small_letters(host)
}

fn in_small_letters(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

fn dictionary_member(value: &str, key: &str) -> Option<String> {
    let dictionary: Dictionary = Parser::new(value).parse().ok()?;
    let members: List = vec![dictionary.get(key)?.clone()];
    members.serialize()
}
