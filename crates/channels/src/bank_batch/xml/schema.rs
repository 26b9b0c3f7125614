//! A message's ISO 20022 schema, as tables that a streaming reader walks.
//!
//! ISO 20022 schemas use a small, regular part of XML Schema: a type is a sequence of elements, or
//! a choice, or a choice inside a sequence; or a restricted text; or an amount with its currency;
//! or anything. So one list of slots per type is enough, and a file is checked while it streams
//! past: no document tree, and the line of the first fault is known. (General validators build a
//! tree, several times the file's size.) The tests compare its verdicts with libxml2's.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use regex::Regex;

use super::value::{Base, SimpleType};

/// A compiled schema.
#[derive(Debug)]
pub(crate) struct Schema {
    types: Vec<Type>,
    document: usize,
}

#[derive(Debug)]
enum Type {
    /// Elements in order.
    Slots(Vec<Slot>),
    /// A text.
    Simple(SimpleType),
    /// An amount: a text with a `Ccy` attribute; both are types of their own.
    Amount { text: usize, currency: usize },
    /// Anything well-formed (`SplmtryData`).
    Any,
}

/// One place in a sequence: one of several elements.
#[derive(Debug, Default)]
struct Slot {
    alternatives: Vec<Element>,
}

#[derive(Debug)]
struct Element {
    name: String,
    type_index: usize,
    least: u32,
    most: u32,
}

/// Where a walk stands: one frame per open element.
#[derive(Debug)]
pub(super) struct Walk {
    schema: &'static Schema,
    frames: Vec<Frame>,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    type_index: usize,
    slot: usize,
    /// The alternative taken in the slot.
    taken: Option<usize>,
    count: u32,
}

impl Frame {
    const fn of(type_index: usize) -> Self {
        Self { type_index, slot: 0, taken: None, count: 0 }
    }
}

impl Slot {
    /// Whether the slot may be left with `count` of the alternative `taken`.
    fn may_leave(&self, taken: Option<usize>, count: u32) -> bool {
        match taken {
            Some(index) => self.alternatives.get(index).is_none_or(|e| count >= e.least),
            None => self.alternatives.iter().any(|element| element.least == 0),
        }
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.alternatives.iter().map(|e| e.name.as_str()).collect();
        names.join(" or ")
    }
}

impl Walk {
    /// A walk that stands inside the opened `Document`.
    pub(super) fn in_document(schema: &'static Schema) -> Self {
        Self { schema, frames: vec![Frame::of(schema.document)] }
    }

    /// Enters a child element.
    pub(super) fn open(&mut self, name: &str) -> Result<(), String> {
        let Some(frame) = self.frames.last_mut() else { return Err("no element here".into()) };
        let slots = match self.schema.types.get(frame.type_index) {
            Some(Type::Slots(slots)) => slots,
            Some(Type::Any) => {
                let any = frame.type_index;
                self.frames.push(Frame::of(any));
                return Ok(());
            }
            _ => return Err("a value is expected, not elements".to_owned()),
        };
        while let Some(slot) = slots.get(frame.slot) {
            let found = slot.alternatives.iter().position(|element| element.name == name);
            let fits = found.filter(|index| frame.taken.is_none_or(|taken| taken == *index));
            if let Some(index) = fits
                && let Some(element) = slot.alternatives.get(index)
                && frame.count < element.most
            {
                frame.taken = Some(index);
                frame.count += 1;
                let child = element.type_index;
                self.frames.push(Frame::of(child));
                return Ok(());
            }
            if !slot.may_leave(frame.taken, frame.count) {
                return Err(format!("{} is expected here", slot.names()));
            }
            *frame = Frame { slot: frame.slot + 1, ..Frame::of(frame.type_index) };
        }
        Err("this element is not expected here".to_owned())
    }

    /// Leaves the element, whose own text is given.
    pub(super) fn close(&mut self, text: &str) -> Result<(), String> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        match self.schema.types.get(frame.type_index) {
            Some(Type::Slots(slots)) => {
                let rest = slots.get(frame.slot..).unwrap_or_default();
                for (index, slot) in rest.iter().enumerate() {
                    let (taken, count) =
                        if index == 0 { (frame.taken, frame.count) } else { (None, 0) };
                    if !slot.may_leave(taken, count) {
                        return Err(format!("{} is missing", slot.names()));
                    }
                }
                Ok(())
            }
            Some(Type::Simple(simple)) => simple.violation(text).map_or(Ok(()), Err),
            Some(Type::Amount { text: index, .. }) => self.schema.check_text(*index, text),
            Some(Type::Any) | None => Ok(()),
        }
    }

    /// Checks the attributes of the element just opened: none, but `Ccy` on an amount.
    pub(super) fn attributes(&self, currency: Option<&str>) -> Result<(), String> {
        let open = self.frames.last().and_then(|frame| self.schema.types.get(frame.type_index));
        match (open, currency) {
            (Some(Type::Amount { currency: index, .. }), Some(code)) => {
                self.schema.check_text(*index, code)
            }
            (Some(Type::Amount { .. }), None) => Err("the attribute Ccy is missing".to_owned()),
            (Some(Type::Any), _) | (_, None) => Ok(()),
            (_, Some(_)) => Err("an attribute is not expected here".to_owned()),
        }
    }

    /// Whether anything goes in the open element.
    pub(super) fn anything_goes(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| matches!(self.schema.types.get(frame.type_index), Some(Type::Any)))
    }

    /// Whether the open element holds elements, and so no text.
    pub(super) fn holds_elements(&self) -> bool {
        self.frames.last().is_some_and(|frame| {
            matches!(self.schema.types.get(frame.type_index), Some(Type::Slots(_)))
        })
    }
}

impl Schema {
    /// Compiles one of the schemas in `schemas/iso20022`.
    ///
    /// # Panics
    /// When the schema uses a part of XML Schema that ISO 20022 does not; the schemas are part of
    /// the program and a test compiles each.
    pub(crate) fn compile(xsd: &str) -> Self {
        let mut types = Types::default();
        let mut reader = quick_xml::Reader::from_str(xsd);
        let mut path: Vec<Option<usize>> = Vec::new();
        loop {
            match reader.read_event().expect("a schema of the program is well-formed") {
                Event::Start(tag) => {
                    let inside = path.last().copied().flatten();
                    path.push(types.read_tag(&tag, inside).or(inside));
                }
                Event::Empty(tag) => {
                    types.read_tag(&tag, path.last().copied().flatten());
                }
                Event::End(tag) => {
                    let inside = path.pop().flatten();
                    if let ("choice", Some(inside)) = (tag.local_name().as_ref(), inside) {
                        types.choosing.insert(inside, false);
                    }
                }
                Event::Eof => return types.finish(),
                _ => {}
            }
        }
    }

    fn check_text(&self, index: usize, text: &str) -> Result<(), String> {
        match self.types.get(index) {
            Some(Type::Simple(simple)) => simple.violation(text).map_or(Ok(()), Err),
            _ => Ok(()),
        }
    }
}

/// Types while a schema is read: names are resolved to indexes as they are met.
#[derive(Default)]
struct Types {
    by_name: HashMap<String, usize>,
    types: Vec<Type>,
    /// Whether an `xs:choice` is open, by type.
    choosing: HashMap<usize, bool>,
}

impl Types {
    fn index_of(&mut self, name: &str) -> usize {
        if let Some(index) = self.by_name.get(name) {
            return *index;
        }
        let index = self.types.len();
        // A built-in type used without a restriction is its own simple type.
        let built_in = Base::from_name(name).map(|base| Type::Simple(SimpleType::of(base)));
        self.types.push(built_in.unwrap_or_else(|| Type::Slots(Vec::new())));
        self.by_name.insert(name.to_owned(), index);
        index
    }

    /// Reads one tag inside the type `inside`; gives the type that a tag opens.
    fn read_tag(&mut self, tag: &BytesStart<'_>, inside: Option<usize>) -> Option<usize> {
        let attribute = |name: &str| {
            tag.attributes().flatten().find(|a| a.key.as_ref() == name).map(|a| a.value.to_string())
        };
        let kind = tag.local_name();
        if let "complexType" | "simpleType" = kind.as_ref() {
            return Some(
                self.index_of(&attribute("name").expect("types of ISO schemas are named")),
            );
        }
        let inside = inside?;
        match kind.as_ref() {
            "sequence" => {
                self.choosing.insert(inside, false);
            }
            "choice" => {
                self.choosing.insert(inside, true);
                self.slots(inside).push(Slot::default());
            }
            "element" => self.add_element(inside, tag),
            "any" => self.types[inside] = Type::Any,
            "extension" => {
                let text = self.index_of(&attribute("base").expect("an extension has a base"));
                self.types[inside] = Type::Amount { text, currency: text };
            }
            "attribute" => {
                assert_eq!(attribute("name").as_deref(), Some("Ccy"), "ISO schemas have only Ccy");
                let code = self.index_of(&attribute("type").expect("an attribute has a type"));
                if let Type::Amount { currency, .. } = &mut self.types[inside] {
                    *currency = code;
                }
            }
            "restriction" => {
                let base = attribute("base").and_then(|name| Base::from_name(&name));
                let base = base.expect("ISO schemas restrict six built-in types");
                self.types[inside] = Type::Simple(SimpleType::of(base));
            }
            "simpleContent" => {}
            facet => {
                let value = attribute("value").expect("a facet has a value");
                self.add_facet(inside, facet, &value);
            }
        }
        None
    }

    fn slots(&mut self, index: usize) -> &mut Vec<Slot> {
        match &mut self.types[index] {
            Type::Slots(slots) => slots,
            _ => panic!("a type of elements holds no facets"),
        }
    }

    fn add_element(&mut self, inside: usize, tag: &BytesStart<'_>) {
        let mut element = Element { name: String::new(), type_index: 0, least: 1, most: 1 };
        for attribute in tag.attributes().flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "name" => value.clone_into(&mut element.name),
                "type" => element.type_index = self.index_of(value),
                "minOccurs" => element.least = value.parse().expect("minOccurs is a number"),
                "maxOccurs" if value == "unbounded" => element.most = u32::MAX,
                "maxOccurs" => element.most = value.parse().expect("maxOccurs is a number"),
                other => panic!("ISO schemas have no attribute {other} on elements"),
            }
        }
        let choosing = self.choosing.get(&inside).copied().unwrap_or(false);
        let slots = self.slots(inside);
        match slots.last_mut() {
            Some(slot) if choosing => slot.alternatives.push(element),
            _ => slots.push(Slot { alternatives: vec![element] }),
        }
    }

    fn add_facet(&mut self, inside: usize, facet: &str, value: &str) {
        let Type::Simple(simple) = &mut self.types[inside] else {
            panic!("{facet} belongs to a simple type");
        };
        let number = || value.parse().expect("the facet is a number");
        match facet {
            "minLength" => simple.length_min = Some(number()),
            "maxLength" => simple.length_max = Some(number()),
            "totalDigits" => simple.total_digits = Some(number()),
            "fractionDigits" => simple.fraction_digits = Some(number()),
            "minInclusive" => {
                assert_eq!(value, "0", "ISO schemas bound numbers at zero only");
                simple.not_negative = true;
            }
            "enumeration" => simple.enumeration.push(value.to_owned()),
            "pattern" => {
                let whole = format!("^(?:{value})$");
                simple.pattern = Some(Regex::new(&whole).expect("ISO patterns are plain"));
            }
            other => panic!("ISO schemas have no facet {other}"),
        }
    }

    fn finish(self) -> Schema {
        let document = *self.by_name.get("Document").expect("an ISO schema has a Document");
        Schema { types: self.types, document }
    }
}
