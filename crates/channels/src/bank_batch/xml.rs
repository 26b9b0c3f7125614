//! A careful streaming reader of XML from outside.
//!
//! It never holds more than one element's text. It refuses document type declarations and
//! entities, and limits size, depth and text; where a message has a schema, every element,
//! attribute and value is checked against it while the file streams past. A caller descends:
//!
//! ```text
//! while let Some(tag) = xml.child()? {
//!     match tag.as_str() {
//!         "MsgId" => id = xml.text()?.to_owned(),
//!         _ => xml.skip()?,
//!     }
//! }
//! ```

use std::io::{self, BufRead};
use std::sync::LazyLock;

use quick_xml::events::{BytesStart, Event};
use units::Fen;

use super::file_refusal::{FileRefusal, FileRule, ReadError};
use counted::Counted;
use schema::{Schema, Walk};

mod counted;
mod schema;
mod value;

/// A message that can be read: its namespace and, for ISO 20022, its schema.
pub(crate) struct Message {
    pub(crate) namespace: &'static str,
    pub(crate) schema: Option<&'static LazyLock<Schema>>,
}

macro_rules! iso_message {
    ($name:ident, $schema:ident, $id:literal) => {
        static $schema: LazyLock<Schema> = LazyLock::new(|| {
            Schema::compile(include_str!(concat!("../../schemas/iso20022/", $id, ".xsd")))
        });
        pub(crate) static $name: Message = Message {
            namespace: concat!("urn:iso:std:iso:20022:tech:xsd:", $id),
            schema: Some(&$schema),
        };
    };
}

iso_message!(PAIN_008, PAIN_008_SCHEMA, "pain.008.001.08");
iso_message!(PAIN_002, PAIN_002_SCHEMA, "pain.002.001.10");
iso_message!(CAMT_054_V02, CAMT_054_V02_SCHEMA, "camt.054.001.02");
iso_message!(CAMT_054_V04, CAMT_054_V04_SCHEMA, "camt.054.001.04");
iso_message!(CAMT_054_V08, CAMT_054_V08_SCHEMA, "camt.054.001.08");

/// 批量代收业务 of China's small-value payment system; its schema is not public.
pub(crate) static BEPS_380: Message =
    Message { namespace: "urn:cnaps:std:beps:2010:tech:xsd:beps.380.001.01", schema: None };

/// 批量代收业务回执 of China's small-value payment system; its schema is not public.
pub(crate) static BEPS_381: Message =
    Message { namespace: "urn:cnaps:std:beps:2010:tech:xsd:beps.381.001.01", schema: None };

/// How much of a file is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of one element's text.
    pub text_bytes: usize,
    /// Elements inside elements.
    pub depth: usize,
}

impl Limits {
    /// 256 MiB, some 500,000 results; texts of 16 KiB; 40 levels (messages have about 15).
    pub const STANDARD: Self = Self { file_bytes: 256 << 20, text_bytes: 16 << 10, depth: 40 };
}

/// The reader; it stands inside an element.
pub(crate) struct Xml<R> {
    reader: quick_xml::Reader<Counted<R>>,
    limits: Limits,
    buffer: Vec<u8>,
    /// The text of the current element so far.
    text: String,
    /// Names of the open elements with a `/` before each, and where each begins.
    path: String,
    path_starts: Vec<usize>,
    currency: Option<String>,
    prefix: String,
    namespace: &'static str,
    walk: Option<Walk>,
}

enum Step {
    Open,
    Close,
    End,
}

impl<R: BufRead> Xml<R> {
    /// Opens a message and enters its `Document`; tells which of the accepted messages it is.
    pub(crate) fn open(
        source: R,
        limits: Limits,
        accepted: &[&'static Message],
    ) -> Result<(Self, &'static Message), ReadError> {
        let mut reader = quick_xml::Reader::from_reader(Counted::new(source, limits.file_bytes));
        reader.config_mut().expand_empty_elements = true;
        let mut xml = Self {
            reader,
            limits,
            buffer: Vec::with_capacity(4096),
            text: String::new(),
            path: String::new(),
            path_starts: Vec::new(),
            currency: None,
            prefix: String::new(),
            namespace: "",
            walk: None,
        };
        let message = xml.open_document(accepted)?;
        Ok((xml, message))
    }

    /// Enters the next child element, or leaves the current one and gives `None`.
    pub(crate) fn child(&mut self) -> Result<Option<&str>, ReadError> {
        self.text.clear();
        match self.step()? {
            Step::Open => {
                let start = self.path_starts.last().copied().unwrap_or(0);
                Ok(self.path.get(start..))
            }
            Step::Close => Ok(None),
            Step::End => Err(self.ill_formed("the file ends inside an element")),
        }
    }

    /// The text of the current element, or of its only child: `<Sts>BOOK</Sts>` and
    /// `<Sts><Cd>BOOK</Cd></Sts>`.
    pub(crate) fn text_or_child_text(&mut self) -> Result<String, ReadError> {
        let depth = self.path_starts.len();
        let mut text = String::new();
        while self.path_starts.len() >= depth {
            self.text.clear();
            match self.step()? {
                Step::End => return Err(self.ill_formed("the file ends inside an element")),
                Step::Close if !self.text.trim_matches(WHITE).is_empty() => {
                    text.clone_from(&self.text);
                }
                Step::Close | Step::Open => {}
            }
        }
        Ok(text)
    }

    /// The text of the current element, which it leaves.
    pub(crate) fn text(&mut self) -> Result<&str, ReadError> {
        self.text.clear();
        match self.step()? {
            Step::Close => Ok(&self.text),
            Step::Open => Err(self.schema_refusal("a value is expected, not elements".into())),
            Step::End => Err(self.ill_formed("the file ends inside an element")),
        }
    }

    /// The text of the current element as money; its currency, where it has one, must be CNY.
    pub(crate) fn amount(&mut self) -> Result<Fen, ReadError> {
        let other_currency = self.currency.as_deref().is_some_and(|code| code != "CNY");
        if other_currency {
            return Err(self.refuse(FileRule::CurrencyMustBeCny));
        }
        let read = fen_of_decimal(self.text()?);
        read.ok_or_else(|| self.refuse(FileRule::AmountMustBeWholeFen))
    }

    /// The text of the current element as a count.
    pub(crate) fn count(&mut self) -> Result<u64, ReadError> {
        let read = self.text()?.parse().ok();
        read.ok_or_else(|| self.schema_refusal("a count is expected".to_owned()))
    }

    /// Leaves the current element, whatever it holds; it is still checked.
    pub(crate) fn skip(&mut self) -> Result<(), ReadError> {
        let depth = self.path_starts.len();
        while self.path_starts.len() >= depth {
            self.text.clear();
            if let Step::End = self.step()? {
                return Err(self.ill_formed("the file ends inside an element"));
            }
        }
        Ok(())
    }

    /// After the root has closed: nothing more may come.
    pub(crate) fn finish(&mut self) -> Result<(), ReadError> {
        match self.step()? {
            Step::End => Ok(()),
            Step::Open | Step::Close => Err(self.ill_formed("there must be one root element")),
        }
    }

    /// A refusal where the reader stands.
    pub(crate) fn refuse(&self, rule: FileRule) -> ReadError {
        ReadError::Refused(FileRefusal {
            line: self.line(),
            element: self.path.trim_start_matches('/').to_owned(),
            rule,
        })
    }

    /// The line where the reader stands, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.reader.get_ref().lines + 1
    }

    fn ill_formed(&self, detail: &str) -> ReadError {
        self.refuse(FileRule::XmlMustBeWellFormed { detail: detail.to_owned() })
    }

    fn schema_refusal(&self, detail: String) -> ReadError {
        self.refuse(FileRule::SchemaMustBeKept { detail })
    }

    fn open_document(
        &mut self,
        accepted: &[&'static Message],
    ) -> Result<&'static Message, ReadError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        loop {
            buffer.clear();
            let event = self.reader.read_event_into(&mut buffer);
            match event.map_err(|error| self.parser_error(error))? {
                Event::Start(tag) => {
                    let message = self.enter_root(&tag, accepted)?;
                    self.buffer = buffer;
                    return Ok(message);
                }
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().and_then(Result::ok);
                    if encoding.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) {
                        return Err(self.refuse(FileRule::EncodingMustBe { encoding: "UTF-8" }));
                    }
                }
                Event::Text(text) if text.trim_matches(WHITE).is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err(self.refuse(FileRule::DocumentTypeMustBeAbsent)),
                _ => return Err(self.ill_formed("a root element is expected")),
            }
        }
    }

    fn enter_root(
        &mut self,
        tag: &BytesStart<'_>,
        accepted: &[&'static Message],
    ) -> Result<&'static Message, ReadError> {
        let name = tag.name();
        let prefix = name.prefix().map_or(String::new(), |prefix| prefix.as_ref().to_owned());
        let declaration =
            if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        let namespace = tag
            .attributes()
            .flatten()
            .find(|attribute| attribute.key.as_ref() == declaration)
            .map(|attribute| attribute.value.into_owned());
        let found = accepted.iter().find(|message| Some(message.namespace) == namespace.as_deref());
        let (Some(message), "Document") = (found, tag.local_name().as_ref()) else {
            let names: Vec<&str> = accepted.iter().map(|message| message.namespace).collect();
            let accepted = names.join(", ");
            return Err(self.refuse(FileRule::MessageMustBeKnown { accepted }));
        };
        self.prefix = prefix;
        self.namespace = message.namespace;
        self.walk = message.schema.map(|schema| Walk::in_document(schema));
        self.push_name("Document");
        Ok(message)
    }

    /// Goes to the next tag, gathering text on the way.
    fn step(&mut self) -> Result<Step, ReadError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let step = self.step_with(&mut buffer);
        self.buffer = buffer;
        step
    }

    fn step_with(&mut self, buffer: &mut Vec<u8>) -> Result<Step, ReadError> {
        loop {
            buffer.clear();
            let event = self.reader.read_event_into(buffer);
            match event.map_err(|error| self.parser_error(error))? {
                Event::Start(tag) => {
                    self.white_only()?;
                    self.enter(&tag)?;
                    return Ok(Step::Open);
                }
                Event::End(_) => {
                    self.leave()?;
                    return Ok(Step::Close);
                }
                Event::Text(text) => self.push_text(&text)?,
                Event::CData(text) => self.push_text(&text)?,
                Event::GeneralRef(reference) => {
                    let character = match &*reference {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok().flatten(),
                    };
                    let Some(character) = character else {
                        return Err(self.refuse(FileRule::EntityMustBePredefined));
                    };
                    self.push_text(character.encode_utf8(&mut [0; 4]))?;
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err(self.refuse(FileRule::DocumentTypeMustBeAbsent)),
                Event::Decl(_) => return Err(self.ill_formed("a declaration stands first")),
                Event::Eof => {
                    self.white_only()?;
                    return Ok(Step::End);
                }
                Event::Empty(_) => unreachable!("empty elements are expanded"),
            }
        }
    }

    fn enter(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        if self.path_starts.len() >= self.limits.depth {
            return Err(self.refuse(FileRule::DepthMustBeWithin { limit: self.limits.depth }));
        }
        let name = tag.name();
        let (prefix, local) = name.as_ref().split_once(':').unwrap_or(("", name.as_ref()));
        if let Some(walk) = &mut self.walk
            && let Err(detail) = walk.open(local)
        {
            return Err(self.schema_refusal(format!("{} found, {detail}", printable(local))));
        }
        self.push_name(local);
        let anything_goes = self.walk.as_ref().is_some_and(Walk::anything_goes);
        if !anything_goes && prefix != self.prefix {
            return Err(self.schema_refusal("the message's namespace is expected".to_owned()));
        }
        self.read_attributes(tag, anything_goes)
    }

    fn push_name(&mut self, name: &str) {
        self.path.push('/');
        self.path_starts.push(self.path.len());
        self.path.push_str(if is_plain(name) { name } else { "?" });
    }

    fn read_attributes(
        &mut self,
        tag: &BytesStart<'_>,
        anything_goes: bool,
    ) -> Result<(), ReadError> {
        self.currency = None;
        let attributes =
            if tag.attributes_raw().is_empty() { None } else { Some(tag.attributes()) };
        for attribute in attributes.into_iter().flatten() {
            let Ok(attribute) = attribute else {
                return Err(self.ill_formed("an attribute is malformed or repeated"));
            };
            let same_namespace = attribute.key.as_ref() == "xmlns"
                && self.prefix.is_empty()
                && attribute.value == self.namespace;
            if attribute.key.as_ref() == "Ccy" {
                self.currency = Some(attribute.value.into_owned());
            } else if !anything_goes && !same_namespace {
                return Err(self.schema_refusal("an attribute is not expected here".to_owned()));
            }
        }
        match &self.walk {
            Some(walk) => walk
                .attributes(self.currency.as_deref())
                .map_err(|detail| self.schema_refusal(detail)),
            None => Ok(()),
        }
    }

    fn leave(&mut self) -> Result<(), ReadError> {
        if let Some(walk) = &mut self.walk {
            let holds_elements = walk.holds_elements();
            let closed = walk.close(&self.text);
            if holds_elements {
                self.white_only()?;
            }
            closed.map_err(|detail| self.schema_refusal(detail))?;
        }
        if let Some(start) = self.path_starts.pop() {
            self.path.truncate(start - 1);
        }
        Ok(())
    }

    fn push_text(&mut self, text: &str) -> Result<(), ReadError> {
        if self.text.len() + text.len() > self.limits.text_bytes {
            return Err(
                self.refuse(FileRule::TextMustBeWithin { limit_bytes: self.limits.text_bytes })
            );
        }
        // Nearly every text is plain: no control character, nothing that begins like U+FFFE.
        let plain = text.bytes().all(|byte| byte >= b' ' && byte != 0xef);
        if !plain && !text.chars().all(super::is_xml_character) {
            return Err(self.ill_formed("a character that XML forbids"));
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Between elements only white space may stand.
    fn white_only(&mut self) -> Result<(), ReadError> {
        if !self.text.trim_matches(WHITE).is_empty() {
            return Err(self.schema_refusal("text is not expected between elements".to_owned()));
        }
        self.text.clear();
        Ok(())
    }

    fn parser_error(&self, error: quick_xml::Error) -> ReadError {
        if self.reader.get_ref().over_limit {
            let limit_bytes = self.limits.file_bytes;
            return self.refuse(FileRule::SizeMustBeWithin { limit_bytes });
        }
        match error {
            quick_xml::Error::Io(error) => {
                ReadError::Failed(io::Error::new(error.kind(), error.to_string()))
            }
            quick_xml::Error::Encoding(_) => {
                self.refuse(FileRule::EncodingMustBe { encoding: "UTF-8" })
            }
            quick_xml::Error::Syntax(_) => self.ill_formed("markup is not closed or not XML"),
            quick_xml::Error::IllFormed(_) => self.ill_formed("tags do not match"),
            _ => self.ill_formed("markup is not XML"),
        }
    }
}

const WHITE: [char; 4] = [' ', '\t', '\r', '\n'];

/// A decimal of a message as fen: digits, perhaps a point; more than two decimals only if zeros.
fn fen_of_decimal(text: &str) -> Option<Fen> {
    let text = text.trim_matches(WHITE);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let cents = match fraction.get(2..) {
        Some(rest) if rest.bytes().all(|byte| byte == b'0') => fraction.get(..2)?,
        Some(_) => return None,
        None => fraction,
    };
    let whole = if whole.is_empty() { "0" } else { whole };
    let cents = if cents.is_empty() { "00" } else { cents };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(cents) {
        return None;
    }
    let tens = if cents.len() == 1 { 10 } else { 1 };
    let fen = whole.parse::<i64>().ok()?.checked_mul(100)?;
    Fen::new(fen.checked_add(cents.parse::<i64>().ok()? * tens)?).ok()
}

/// A name of an element for a message, cut so that a hostile name stays short.
fn printable(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric()).take(40).collect()
}

/// Whether a name may stand in a refusal: no message that is read here has other letters in its
/// names, and what somebody put there is not repeated.
fn is_plain(name: &str) -> bool {
    name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests;
