//! A document of XML, written as it comes: an element a line, and as deep as it stands.

use super::escape::escape;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

/// A document that is being written. It must be told to [end](Xml::end).
pub(super) struct Xml<'a> {
    writer: Writer<&'a mut dyn Write>,
}

impl<'a> Xml<'a> {
    pub(super) fn begin(out: &'a mut dyn Write) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(out, b' ', 4);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Xml { writer })
    }

    /// Begins an element, which is to be [closed](Xml::close).
    pub(super) fn open(&mut self, tag: Tag) -> io::Result<()> {
        self.writer.write_event(Event::Start(tag.start))
    }

    pub(super) fn close(&mut self, name: &'static str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, tag: Tag) -> io::Result<()> {
        self.writer.write_event(Event::Empty(tag.start))
    }

    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_event(Event::Text(BytesText::from_escaped(escape(text))))
    }

    /// Has what follows text begin on a line of its own; behind an element it does.
    pub(super) fn end_line(&mut self) -> io::Result<()> {
        self.writer.write_indent()
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.writer.write_indent()
    }
}

/// What an element begins with, or all of it.
pub(super) struct Tag {
    start: BytesStart<'static>,
}

impl Tag {
    pub(super) fn new(name: &'static str) -> Self {
        Tag { start: BytesStart::new(name) }
    }

    /// With one more attribute.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.start.push_attribute((name.as_bytes(), escape(value).as_bytes()));
        self
    }
}
