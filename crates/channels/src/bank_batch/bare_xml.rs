//! What any reader of a bank's file must do at least: find every tag, text and attribute. Measured
//! beside our readers, which also check the schema, the totals and every value.

/// Goes through a document and says how many tags, texts and attributes it holds.
///
/// # Errors
/// When it is not well-formed.
pub fn count(bytes: &[u8]) -> Result<u64, quick_xml::Error> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut buffer = Vec::new();
    let mut seen = 0_u64;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            quick_xml::events::Event::Eof => return Ok(seen),
            quick_xml::events::Event::Start(tag) => {
                seen += 1 + u64::try_from(tag.attributes().count()).unwrap_or(u64::MAX);
            }
            _ => seen += 1,
        }
    }
}
