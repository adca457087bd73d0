//! Citations on their way out, and the records that 7.0 wants where 5.5.1 has words: of sources, of media.

use super::dates::read_date;
use super::evidence::shortened;
use super::family_plan::FamilyPlan;
use super::nodes::Node;
use super::versions::media_type_of;
use super::writer::Kept;
use super::writing_dates::gedcom_date;
use crate::model::ids::SourceId;
use crate::model::statement::Source;

impl FamilyPlan {
    /// 7.0 has no sources in words and no media without a record: each becomes a record.
    pub(super) fn point_at_records(&self, nodes: &mut [Node]) {
        let mut open: Vec<&mut Node> = nodes.iter_mut().collect();
        while let Some(node) = open.pop() {
            if node.tag == "SOUR" && !node.is_pointer && node.xref.is_empty() {
                let key = (shortened(&node.value), String::new());
                if let Some(xref) = self.source_xref(&key) {
                    node.value = format!("@{xref}@");
                    node.is_pointer = true;
                }
            }
            if node.tag == "OBJE" && (node.is_pointer || !node.xref.is_empty()) {
                give_forms(node);
            } else if node.tag == "OBJE" && node.child_text("FILE").is_some() {
                let mut record = std::mem::replace(node, Node::new("OBJE", ""));
                give_forms(&mut record);
                node.value = format!("@{}@", self.made_record(record));
                node.is_pointer = true;
            }
            open.extend(node.children.iter_mut());
        }
    }

    /// Takes a record to be written last, and gives it a reference.
    fn made_record(&self, mut record: Node) -> String {
        let mut names = self.made_names.borrow_mut();
        let mut number = names.len() + 1;
        while self.tag_of(&format!("@O{number}@")).is_some()
            || names.contains(&format!("@O{number}@"))
        {
            number += 1;
        }
        let name = format!("O{number}");
        names.insert(format!("@{name}@"));
        record.xref.clone_from(&name);
        self.made_records.borrow_mut().push(record);
        name
    }

    /// The source that a citation means.
    pub(super) fn source_of(&self, citation: &Node) -> Source {
        let mut source = Source {
            document: shortened(&citation.value),
            page: citation
                .child_text("PAGE")
                .map_or_else(String::new, shortened),
            ..Source::default()
        };
        if citation.is_pointer {
            let xref = citation.value.trim_matches('@');
            let known = self.sources_by_xref.get(xref).cloned();
            (source.document, source.asserter) = known.unwrap_or_default();
        }
        let data = citation.children.iter().find(|child| child.tag == "DATA");
        let date = data.and_then(|data| data.child_text("DATE"));
        source.date = date.and_then(|date| read_date(date).date);
        source
    }

    /// What the first citation of a whole record says, where its file had one.
    pub(super) fn record_source(&self, kept: &[Kept<'_>]) -> Option<Source> {
        let whole = kept.iter().filter(|kept| kept.under.is_empty());
        let mut citations = whole
            .flat_map(|kept| &kept.nodes)
            .filter(|node| node.tag == "SOUR");
        citations.next().map(|citation| self.source_of(citation))
    }

    /// A citation of a source; nothing for the file itself and for what the whole record cites.
    pub(super) fn citation(
        &self,
        number: SourceId,
        file: &str,
        of_record: Option<&Source>,
    ) -> Option<Node> {
        let source = self.sources.get(&number)?;
        let stem = std::path::Path::new(&source.document).file_stem();
        let is_file = stem.is_some_and(|stem| stem.to_string_lossy().replace(':', "_") == file)
            && !file.is_empty();
        if source.document.is_empty() || is_file || of_record == Some(source) {
            return None;
        }
        let key = (source.document.clone(), source.asserter.clone());
        let xref = self.source_xref(&key)?;
        let mut citation = Node::pointer("SOUR", &xref).with_text("PAGE", &source.page);
        let date = source.date.and_then(|date| gedcom_date(date, self.version));
        if let Some(date) = date {
            citation = citation.with(Node::new("DATA", "").with(Node::new("DATE", &date)));
        }
        citation.source = Some(number);
        Some(citation)
    }

    /// The reference of a source's record, which is written if it was made here.
    fn source_xref(&self, key: &(String, String)) -> Option<String> {
        if let Some(xref) = self.kept_sources.get(key) {
            return Some(xref.clone());
        }
        let xref = self.new_sources.get(key)?;
        self.used_sources.borrow_mut().insert(xref.clone());
        Some(xref.clone())
    }
}

/// 7.0 has contact points below events only: those of a person go below a residence each.
pub fn house_contacts(nodes: &mut [Node]) {
    for node in nodes {
        if matches!(node.tag.as_str(), "PHON" | "EMAIL" | "FAX" | "WWW" | "ADDR") {
            let contact = std::mem::replace(node, Node::new("RESI", ""));
            node.children.push(contact);
        }
    }
}

/// 5.5 gives the form of media beside the file, 5.5.1 and 7.0 below it; 7.0 needs one.
fn give_forms(media: &mut Node) {
    let is_file = |child: &Node| child.tag == "FILE";
    if !media.children.iter().any(is_file) {
        return;
    }
    let beside = media.children.iter().position(|child| child.tag == "FORM");
    let beside = beside.map(|at| media.children.remove(at));
    for file in media.children.iter_mut().filter(|child| is_file(child)) {
        if file.child_text("FORM").is_some() {
            continue;
        }
        let form = match &beside {
            Some(form) => form.value.clone(),
            None => media_type_of(&file.value).to_owned(),
        };
        file.children.push(Node::new("FORM", &form));
    }
}
