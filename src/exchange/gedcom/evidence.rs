//! Where a GEDCOM statement comes from (SOUR), and whether it is restricted (RESN). A statement without a source of its
//! own has that of its record, else the file. RESN `confidential` and `privacy` become the seal class Safety,
//! the one that only cleared people see; `locked` only says that it should not be edited and seals nothing.

use super::dates::read_date;
use super::reader::Reading;
use crate::exchange::assembly::Standing;
use crate::model::ids::SourceId;
use crate::model::statement::{Certainty, SealClass, Source};

/// How much of a title or text is kept, in characters.
const LONGEST_TEXT: usize = 2_000;

impl Reading<'_> {
    /// The standing of a fact that begins at a line of a record (or is the record itself).
    pub fn standing(&mut self, record: usize, fact: usize) -> Standing {
        let of_record = self.record_standing(record);
        if fact == record {
            return of_record;
        }
        let source = match self.take_first(fact, "SOUR") {
            Some(citation) => {
                let pointer = self.tree.line(citation).pointer();
                let has_record = pointer.and_then(|xref| self.record(xref)).is_some();
                let source = self.cited_source(citation);
                // An export leaves out of facts what the record cites, and points at records only.
                if !has_record || source == of_record.source {
                    self.keep_too(citation);
                }
                source
            }
            None => of_record.source,
        };
        Standing {
            source,
            seal: of_record.seal.max(self.take_seal(fact)),
            ..of_record
        }
    }

    /// Read once a record, as a record may have many facts.
    fn record_standing(&mut self, record: usize) -> Standing {
        if let Some((_, standing)) = self.last_standing.filter(|(of, _)| *of == record) {
            return standing;
        }
        let source = match self.take_first(record, "SOUR") {
            Some(citation) => {
                // What it says of facts is said by the record: it stays there.
                let source = self.cited_source(citation);
                self.keep_too(citation);
                source
            }
            None => self.assembly.source(Source {
                document: self.file.clone(),
                ..Source::default()
            }),
        };
        let standing = Standing {
            source,
            certainty: Certainty::Reported,
            seal: self.take_seal(record),
        };
        self.last_standing = Some((record, standing));
        standing
    }

    /// The seal that a RESN line below a line puts on it. The line itself is kept.
    pub fn take_seal(&mut self, position: usize) -> SealClass {
        let Some(line) = self.take_first(position, "RESN") else {
            return SealClass::Open;
        };
        self.keep_too(line);
        seal_of(self.tree.line(line).value)
    }

    fn cited_source(&mut self, citation: usize) -> SourceId {
        let mut source = Source::default();
        match self.tree.line(citation).pointer() {
            Some(xref) => match self.record(xref) {
                Some(record) => {
                    let told = ["TITL", "ABBR", "AUTH"].map(|tag| {
                        let line = self.tree.child(record, tag);
                        line.map_or_else(String::new, |line| self.tree.text(line))
                    });
                    (source.document, source.asserter) = document_of(&told);
                }
                None if xref == "VOID" => {}
                None => self.warn(
                    citation,
                    format!("there is no source with the reference @{xref}@"),
                ),
            },
            None => source.document = shortened(&self.tree.text(citation)),
        }
        if source.document.is_empty() {
            source.document = self.file.clone();
        }
        source.page = self.text_of(citation, "PAGE");
        if let Some(data) = self.take_first(citation, "DATA") {
            if let Some(line) = self.take_first(data, "DATE") {
                let read = read_date(self.tree.line(line).value);
                source.date = read.date;
                if read.doubt.is_some() || read.date.is_none() {
                    self.keep_too(line);
                }
            } else {
                self.keep_too(data);
            }
        }
        self.assembly.source(source)
    }

    fn text_of(&mut self, position: usize, tag: &str) -> String {
        let Some(line) = self.take_first(position, tag) else {
            return String::new();
        };
        shortened(&self.tree.text(line))
    }
}

/// What a RESN value, which may be a list, seals.
pub fn seal_of(restriction: &str) -> SealClass {
    let value = restriction.to_lowercase();
    let mut words = value.split(',').map(str::trim);
    if words.any(|word| matches!(word, "confidential" | "privacy")) {
        SealClass::Safety
    } else {
        SealClass::Open
    }
}

/// The document and who speaks in it, of the title, the short title and the author in a SOUR record.
pub fn document_of(told: &[String; 3]) -> (String, String) {
    let [title, short, author] = told.each_ref().map(|text| shortened(text));
    (if title.is_empty() { short } else { title }, author)
}

pub fn shortened(text: &str) -> String {
    text.trim().chars().take(LONGEST_TEXT).collect()
}
