//! Writes people and their ties as GEDCOM 5.5.1 or 7.0. Everybody is shown to [`FamilyPlan`] first, which gives out
//! references and forms families of partners and of the parents of each child; then each person is written once more.

use super::citations::house_contacts;
use super::conform::conform;
use super::covered::Covered;
use super::evidence::seal_of;
use super::family_plan::{FamilyPlan, is_of_family};
use super::individuals::during;
use super::nodes::{Node, Reading, parse_kept};
use super::person_names::{NOT_RECORDED, is_name, written_name};
use super::writing_dates::gedcom_date;
use crate::model::ids::PlaceId;
use crate::model::partial_date::PartialDate;
use crate::model::person::{Contact, ContactKind, Gender, Name, NameKind};
use crate::model::statement::{Fact, SealClass, Statement};
use crate::model::store_copy::CopySubject;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 5.5.1
    V5,
    /// 7.0
    V7,
}

/// Lines of a record that were kept.
pub struct Kept<'k> {
    pub under: &'k str,
    pub nodes: Vec<Node>,
}

impl FamilyPlan {
    /// The head of the file, with what was kept of the first head.
    pub fn write_head(&mut self, out: &mut String) {
        let mut head = Node::new("HEAD", "");
        let version = match self.version {
            Version::V5 => {
                head = head
                    .with(Node::new("SOUR", "KINPATH").with(Node::new("NAME", "Kinpath")))
                    .with(Node::pointer("SUBM", "KINPATH"));
                Node::new("GEDC", "")
                    .with(Node::new("VERS", "5.5.1"))
                    .with(Node::new("FORM", "LINEAGE-LINKED"))
            }
            Version::V7 => Node::new("GEDC", "").with(Node::new("VERS", "7.0")),
        };
        head = head.with(version);
        if self.version == Version::V5 {
            head = head.with(Node::new("CHAR", "UTF-8"));
        }
        let ours = [
            "SOUR", "GEDC", "CHAR", "DATE", "FILE", "DEST", "SUBM", "SUBN", "_SOUR", "_CHAR",
            "_FILE", "_SUBN",
        ];
        for (source, text) in &self.kept_heads {
            for mut kept in self.parsed(source, text, &[]) {
                let children = std::mem::take(&mut kept.children);
                let kept: Vec<Node> = children
                    .into_iter()
                    .filter(|node| !ours.contains(&node.tag.as_str()))
                    .collect();
                head.put_back(kept);
            }
        }
        for schema in head.children.iter().filter(|child| child.tag == "SCHMA") {
            let definitions = schema.children.iter().filter(|child| child.tag == "TAG");
            let tags = definitions.filter_map(|tag| tag.value.split(' ').next());
            self.declared.extend(tags.map(str::to_owned));
        }
        self.write(head, out);
        if self.version == Version::V5 {
            let mut submitter = Node::new("SUBM", "").with(Node::new("NAME", "Kinpath"));
            submitter.xref = "KINPATH".to_owned();
            self.write(submitter, out);
        }
    }

    /// Writes a record in its final form.
    pub(super) fn write(&self, mut record: Node, out: &mut String) {
        match self.version {
            Version::V5 => record.fold_phrases(),
            Version::V7 => {
                let tag_of = |pointer: &str| self.tag_of(pointer).or(self.tag_of_made(pointer));
                conform(&mut record, &tag_of, &self.declared);
            }
        }
        if matches!(record.tag.as_str(), "INDI" | "FAM") {
            record.put_in_order();
        }
        record.write(self.version, out);
    }

    pub(super) fn tag_of_made(&self, pointer: &str) -> Option<&'static str> {
        self.made_names.borrow().contains(pointer).then_some("OBJE")
    }

    /// The record of one person; nothing for those who are not to be written.
    pub fn write_person(&self, subject: &CopySubject, out: &mut String) {
        let Some(person) = self.people.get(&subject.number) else {
            return;
        };
        let standing = subject.standing();
        let standing: Vec<&Statement> = standing
            .into_iter()
            .filter(|statement| self.is_shown(statement))
            .collect();
        let mut kept: Vec<Kept<'_>> = Vec::new();
        for statement in &standing {
            if let Fact::KeptLines(lines) = &statement.fact
                && !is_of_family(lines)
            {
                kept.push(self.kept(&person.source, "INDI", &lines.under, &lines.text));
            }
        }
        let covered = Covered::by(kept.iter().map(|kept| (kept.under, kept.nodes.as_slice())));
        let of_record = self.record_source(&kept);
        let mut record = Node::new("INDI", "");
        record.xref = person.xref.clone();
        let mut is_sealed = false;
        for statement in &standing {
            let evidence = &statement.evidence;
            if covered.holds(statement) {
                continue;
            }
            let Some((node, can_cite)) = self.line_of(statement, &record) else {
                continue;
            };
            let told = self.citation(evidence.source, &person.source, of_record.as_ref());
            let mut node = node;
            let is_sealing = evidence.seal != SealClass::Open;
            if can_cite {
                node.children.extend(told);
            } else if let Some(told) = told {
                record.put_back(vec![told]);
            }
            match node.tag.as_str() {
                "BIRT" | "DEAT" | "RESI" if is_sealing => node.children.push(self.restriction()),
                _ => is_sealed |= is_sealing,
            }
            record.children.push(node);
        }
        let adoptions = adoptions(&kept);
        self.add_families(subject.number, person, &adoptions, &mut record);
        if is_sealed {
            record.children.push(self.restriction());
        }
        for kept in kept {
            self.put_back(&person.source, kept, &mut record);
        }
        // One restriction of the whole says it for its parts.
        let is_whole = record
            .child_text("RESN")
            .is_some_and(|value| seal_of(value) != SealClass::Open);
        if is_whole {
            let ours = self.restriction();
            for event in &mut record.children {
                event
                    .children
                    .retain(|child| child.tag != "RESN" || child.value != ours.value);
            }
        }
        self.write(record, out);
    }

    pub(super) fn restriction(&self) -> Node {
        match self.version {
            Version::V5 => Node::new("RESN", "confidential"),
            Version::V7 => Node::new("RESN", "CONFIDENTIAL"),
        }
    }

    /// Families, then sources and records that were kept, and the end.
    pub fn write_rest(&self, out: &mut String, mut flush: impl FnMut(&mut String)) {
        for (position, family) in self.families.iter().enumerate() {
            self.write_family(position, family, out);
            flush(out);
        }
        for kept in &self.kept_records {
            for mut node in self.parsed(&kept.source, &kept.text, &[]) {
                node.xref.clone_from(&kept.xref);
                self.write(node, out);
            }
            flush(out);
        }
        for record in self.made_records.take() {
            self.write(record, out);
            flush(out);
        }
        let used = self.used_sources.borrow();
        for ((document, asserter), xref) in &self.new_sources {
            if !used.contains(xref) {
                continue;
            }
            let mut record = Node::new("SOUR", "")
                .with_text("TITL", document)
                .with_text("AUTH", asserter);
            record.xref = xref.clone();
            self.write(record, out);
        }
        out.push_str("0 TRLR\n");
    }

    /// The line that a fact becomes, and whether a source can stand below it.
    fn line_of(&self, statement: &Statement, record: &Node) -> Option<(Node, bool)> {
        let evidence = &statement.evidence;
        let node = match &statement.fact {
            Fact::Name(name) => {
                let is_first = !record.children.iter().any(|child| child.tag == "NAME");
                self.name(name, is_first)
            }
            Fact::Unnamed(words) if words == NOT_RECORDED => return None,
            Fact::Unnamed(words) if is_name(words) => {
                return Some((Node::new("_UNNAMED", words), false));
            }
            Fact::Unnamed(words) => return Some((Node::new("NAME", words), false)),
            Fact::Gender(gender) => {
                let sex = match gender {
                    Gender::Female => "F",
                    Gender::Male => "M",
                    Gender::Other => "X",
                    Gender::Unknown => return None,
                };
                return Some((Node::new("SEX", sex), false));
            }
            Fact::Birth { date, place } => self.event("BIRT", *date, *place),
            Fact::Death(death) if death.dead => self.event("DEAT", death.date, death.place),
            Fact::Residence(home) => self.event("RESI", during(evidence), Some(home.place)),
            Fact::Contact(contact) => return Some((contact_line(contact), false)),
            Fact::Note(note) => Node::new("NOTE", note),
            Fact::StatedKin(tie) => self.associate(tie.kin.0, &tie.as_told)?,
            Fact::Network(tie) => self.associate(tie.adult.0, &tie.role.replace('_', " "))?,
            _ => return None,
        };
        Some((node, true))
    }

    fn name(&self, name: &Name, is_first: bool) -> Node {
        let word = match name.kind {
            NameKind::Legal if is_first => "",
            NameKind::Legal => "legal",
            NameKind::Birth => "birth",
            NameKind::Previous => "former",
            NameKind::Alias => "aka",
            NameKind::Used => "used",
            NameKind::Traditional => "traditional",
        };
        let node = Node::new("NAME", &written_name(name));
        if word.is_empty() {
            return node;
        }
        let kind = match (self.version, word) {
            (Version::V5, _) => Node::new("TYPE", word),
            (Version::V7, "birth" | "aka") => Node::new("TYPE", &word.to_uppercase()),
            (Version::V7, _) => Node::new("TYPE", "OTHER").with(Node::new("PHRASE", word)),
        };
        node.with(kind)
    }

    pub(super) fn event(
        &self,
        tag: &str,
        date: Option<PartialDate>,
        place: Option<PlaceId>,
    ) -> Node {
        let date = date.and_then(|date| gedcom_date(date, self.version));
        let place = place.and_then(|place| self.places.get(&place.0));
        let is_bare = date.is_none() && place.is_none();
        let says_yes = is_bare && tag != "RESI";
        let node = Node::new(tag, if says_yes { "Y" } else { "" })
            .with_text("DATE", &date.unwrap_or_default());
        let Some(place) = place else {
            return node;
        };
        let mut line = Node::new("PLAC", &place.name);
        if let Some(centre) = place.centre {
            let degrees = |value: f64, signs: [char; 2]| {
                let sign = if value < 0.0 { signs[1] } else { signs[0] };
                format!("{sign}{}", value.abs())
            };
            let map = Node::new("MAP", "")
                .with(Node::new("LATI", &degrees(centre.latitude, ['N', 'S'])))
                .with(Node::new("LONG", &degrees(centre.longitude, ['E', 'W'])));
            line = line.with(map);
        }
        node.with(line)
    }

    fn associate(&self, other: u64, role: &str) -> Option<Node> {
        let other = self.people.get(&other)?;
        let node = Node::pointer("ASSO", &other.xref);
        Some(match self.version {
            Version::V5 => node.with_text("RELA", role),
            Version::V7 => node.with(Node::new("ROLE", "OTHER").with_text("PHRASE", role)),
        })
    }

    pub(super) fn kept<'k>(
        &self,
        source: &str,
        record: &str,
        under: &'k str,
        text: &str,
    ) -> Kept<'k> {
        let steps = under.split('\n').filter(|name| !name.is_empty());
        let tags = steps.map(|name| name.split([' ', '#']).next().unwrap_or_default());
        let above: Vec<&str> = [record].into_iter().chain(tags).collect();
        Kept {
            under,
            nodes: self.parsed(source, text, &above),
        }
    }

    /// Puts kept lines back below the line that they stood under.
    pub(super) fn put_back(&self, source: &str, kept: Kept<'_>, record: &mut Node) {
        let mut place = record;
        for name in kept.under.split('\n').filter(|name| !name.is_empty()) {
            let (tag, value) = name.split_once(' ').unwrap_or((name, ""));
            let pointed = value
                .strip_prefix('@')
                .and_then(|value| value.strip_suffix('@'));
            let value = match pointed {
                Some(xref) => format!("@{}@", self.named(source, xref).unwrap_or_default()),
                None => value.to_owned(),
            };
            place = place.at(format!("{tag} {value}").trim_end());
        }
        for node in kept.nodes.iter().filter(|node| node.tag == "SOUR") {
            let told = self.source_of(node);
            place.children.retain(|child| {
                let made = child.source.and_then(|source| self.sources.get(&source));
                made.is_none() || made != Some(&told)
            });
        }
        place.put_back(kept.nodes);
    }

    pub(super) fn parsed(&self, source: &str, text: &str, above: &[&str]) -> Vec<Node> {
        let reading = Reading {
            from: self.written_in(source),
            to: self.version,
            name: &|xref| self.named(source, xref),
        };
        let mut nodes = parse_kept(text, above, &reading);
        if self.version == Version::V7 {
            self.point_at_records(&mut nodes);
            if above == ["INDI"] {
                house_contacts(&mut nodes);
            }
        }
        nodes
    }
}

/// The families of kept adoptions, as pointers.
fn adoptions(kept: &[Kept<'_>]) -> Vec<String> {
    let nodes = kept.iter().flat_map(|kept| &kept.nodes);
    let adoptions = nodes.filter(|node| node.tag == "ADOP");
    let families = adoptions.filter_map(|node| node.child_text("FAMC"));
    families.map(str::to_owned).collect()
}

/// A contact point stands below a residence without a place.
fn contact_line(contact: &Contact) -> Node {
    let tag = match contact.kind {
        ContactKind::Phone => "PHON",
        ContactKind::Email => "EMAIL",
        ContactKind::Address => "ADDR",
    };
    Node::new("RESI", "").with_text(tag, &contact.value)
}
