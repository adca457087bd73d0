//! Writes people and their ties as GEDCOM 5.5.1 or 7.0. Everybody is shown to [`FamilyPlan`] first, which gives out
//! references and forms families of partners and of the parents of each child; then each person is written once more.

use super::conform::conform;
use super::covered::Covered;
use super::dates::read_date;
use super::evidence::{seal_of, shortened};
use super::family_plan::{Family, FamilyPlan, Link, Person, is_of_family};
use super::individuals::{NOT_RECORDED, during, is_name, written_name};
use super::nodes::{Node, Reading, parse_kept};
use super::versions::media_type_of;
use super::writing_dates::gedcom_date;
use crate::model::ids::{PlaceId, SourceId};
use crate::model::partial_date::PartialDate;
use crate::model::person::{Contact, ContactKind, Gender, Name, NameKind};
use crate::model::statement::{Certainty, Fact, SealClass, Source, Statement};
use crate::model::store_copy::CopySubject;
use crate::model::tie::{ParentNature, UnionKind, UnionState};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 5.5.1
    V5,
    /// 7.0
    V7,
}

/// Lines of a record that were kept.
struct Kept<'k> {
    under: &'k str,
    nodes: Vec<Node>,
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
    fn write(&self, mut record: Node, out: &mut String) {
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

    fn tag_of_made(&self, pointer: &str) -> Option<&'static str> {
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
        self.add_families(subject.number, person, &mut record);
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

    fn restriction(&self) -> Node {
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

    fn event(&self, tag: &str, date: Option<PartialDate>, place: Option<PlaceId>) -> Node {
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

    fn add_families(&self, number: u64, person: &Person, record: &mut Node) {
        for (position, link) in self.families_of_child(number) {
            let family = &self.families[position];
            let mut node = Node::pointer("FAMC", &family.xref);
            if let Some(nature) = link.nature.filter(|nature| *nature != ParentNature::Birth) {
                node = node.with(self.pedigree(nature));
            }
            let status = match link.certainty {
                Certainty::Confirmed => "proven",
                Certainty::Disputed => "challenged",
                Certainty::Disproved => "disproven",
                Certainty::Reported => "",
            };
            let status = match self.version {
                Version::V5 => status.to_owned(),
                Version::V7 => status.to_uppercase(),
            };
            node = node.with_text("STAT", &status);
            record.children.push(node);
            record.children.extend(self.adoption(link, family));
        }
        for position in &person.spouse_in {
            let family = &self.families[*position];
            record.children.push(Node::pointer("FAMS", &family.xref));
        }
    }

    /// The event that dates an adoption; a kept one says it better.
    fn adoption(&self, link: &Link, family: &Family) -> Option<Node> {
        let is_adopted = [link.to_husband, link.to_wife].contains(&Some(ParentNature::Adoptive));
        let since = link.since.filter(|_| is_adopted)?;
        let by_whom = match (link.nature, link.to_husband) {
            (Some(_), _) => None,
            (None, Some(ParentNature::Adoptive)) => Some(Node::new("ADOP", "HUSB")),
            (None, _) => Some(Node::new("ADOP", "WIFE")),
        };
        let mut family = Node::pointer("FAMC", &family.xref);
        family.children.extend(by_whom);
        Some(self.event("ADOP", Some(since), None).with(family))
    }

    fn pedigree(&self, nature: ParentNature) -> Node {
        let word = match nature {
            ParentNature::Adoptive => "adopted",
            other => other.word(),
        };
        match (self.version, nature) {
            (Version::V5, _) => Node::new("PEDI", word),
            (Version::V7, ParentNature::Adoptive | ParentNature::Foster) => {
                Node::new("PEDI", &word.to_uppercase())
            }
            (Version::V7, _) => Node::new("PEDI", "OTHER").with(Node::new("PHRASE", word)),
        }
    }

    fn write_family(&self, position: usize, family: &Family, out: &mut String) {
        let mut record = Node::new("FAM", "");
        record.xref = family.xref.clone();
        for (tag, partner) in &family.partners {
            if let Some(person) = self.people.get(partner) {
                record = record.with(Node::pointer(tag, &person.xref));
            }
        }
        let kept: Vec<Kept<'_>> = family
            .kept
            .iter()
            .map(|(source, under, text)| self.kept(source, "FAM", under, text))
            .collect();
        let of_record = self.record_source(&kept);
        let mut is_sealed = false;
        for union in &family.unions {
            is_sealed |= union.seal != SealClass::Open;
            let told = self.citation(union.source, &family.source, of_record.as_ref());
            if matches!(union.kind, UnionKind::Married | UnionKind::CommonLaw) {
                let mut event = self.event("MARR", union.since, None);
                if union.kind == UnionKind::CommonLaw {
                    event = event.with(Node::new("TYPE", "common law"));
                }
                event.children.extend(told);
                record = record.with(event);
            } else if let Some(told) = told {
                record.put_back(vec![told]);
            }
            if union.state == UnionState::Ended {
                record = record.with(self.event("DIV", union.until, None));
            }
        }
        for link in self.children_of(position) {
            let Some(child) = self.people.get(&link.child) else {
                continue;
            };
            if let Some(told) = self.citation(link.source, &family.source, of_record.as_ref()) {
                record.put_back(vec![told]);
            }
            let mut node = Node::pointer("CHIL", &child.xref);
            for (tag, nature) in [("_FREL", link.to_husband), ("_MREL", link.to_wife)] {
                if link.nature.is_none() {
                    node = node.with_text(tag, nature.map_or("", ParentNature::word));
                }
            }
            record = record.with(node);
        }
        let has_restriction = |kept: &Kept<'_>| {
            let mut below = kept
                .nodes
                .iter()
                .flat_map(|node| [node].into_iter().chain(&node.children));
            below.any(|node| node.tag == "RESN")
        };
        if is_sealed && !kept.iter().any(has_restriction) {
            record.children.push(self.restriction());
        }
        for kept in kept {
            self.put_back(&family.source, kept, &mut record);
        }
        self.write(record, out);
    }

    fn kept<'k>(&self, source: &str, record: &str, under: &'k str, text: &str) -> Kept<'k> {
        let steps = under.split('\n').filter(|name| !name.is_empty());
        let tags = steps.map(|name| name.split([' ', '#']).next().unwrap_or_default());
        let above: Vec<&str> = [record].into_iter().chain(tags).collect();
        Kept {
            under,
            nodes: self.parsed(source, text, &above),
        }
    }

    /// Puts kept lines back below the line that they stood under.
    fn put_back(&self, source: &str, kept: Kept<'_>, record: &mut Node) {
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

    fn parsed(&self, source: &str, text: &str, above: &[&str]) -> Vec<Node> {
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

    /// 7.0 has no sources in words and no media without a record: each becomes a record.
    fn point_at_records(&self, nodes: &mut [Node]) {
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
    fn source_of(&self, citation: &Node) -> Source {
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
    fn record_source(&self, kept: &[Kept<'_>]) -> Option<Source> {
        let whole = kept.iter().filter(|kept| kept.under.is_empty());
        let mut citations = whole
            .flat_map(|kept| &kept.nodes)
            .filter(|node| node.tag == "SOUR");
        citations.next().map(|citation| self.source_of(citation))
    }

    /// A citation of a source; nothing for the file itself and for what the whole record cites.
    fn citation(&self, number: SourceId, file: &str, of_record: Option<&Source>) -> Option<Node> {
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
fn house_contacts(nodes: &mut [Node]) {
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

/// A contact point stands below a residence without a place.
fn contact_line(contact: &Contact) -> Node {
    let tag = match contact.kind {
        ContactKind::Phone => "PHON",
        ContactKind::Email => "EMAIL",
        ContactKind::Address => "ADDR",
    };
    Node::new("RESI", "").with_text(tag, &contact.value)
}
