//! Writes people and their ties as GEDCOM 5.5.1 or 7.0. Everybody is shown to [`FamilyPlan`] first, which gives out
//! references and forms families of partners and of the parents of each child; then each person is written once more.

use super::family_plan::{Family, FamilyPlan, Person};
use super::individuals::NOT_RECORDED;
use super::nodes::{Node, parse_kept};
use super::writing_dates::gedcom_date;
use crate::model::ids::SourceId;
use crate::model::partial_date::PartialDate;
use crate::model::person::{ContactKind, Gender, Name, NameKind};
use crate::model::statement::{Certainty, Evidence, Fact, SealClass, Statement};
use crate::model::store_copy::CopySubject;
use crate::model::tie::{ParentNature, UnionKind, UnionState};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 5.5.1
    V5,
    /// 7.0
    V7,
}

impl FamilyPlan {
    /// The head of the file, with what was kept of the first head.
    pub fn write_head(&self, out: &mut String) {
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
            "SOUR", "GEDC", "CHAR", "DATE", "FILE", "DEST", "SUBM", "SUBN", "_SOUR",
        ];
        for (source, text) in &self.kept_heads {
            for mut kept in self.parsed(source, text) {
                let children = std::mem::take(&mut kept.children);
                let kept: Vec<Node> = children
                    .into_iter()
                    .filter(|node| !ours.contains(&node.tag.trim_start_matches('_')))
                    .collect();
                head.put_back(kept);
            }
        }
        head.write(self.version, out);
        if self.version == Version::V5 {
            let mut submitter = Node::new("SUBM", "").with(Node::new("NAME", "Kinpath"));
            submitter.xref = "KINPATH".to_owned();
            submitter.write(self.version, out);
        }
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
        let mut record = Node::new("INDI", "");
        record.xref = person.xref.clone();
        if standing
            .iter()
            .any(|statement| statement.evidence.seal != SealClass::Open)
        {
            let word = match self.version {
                Version::V5 => "confidential",
                Version::V7 => "CONFIDENTIAL",
            };
            record = record.with(Node::new("RESN", word));
        }
        for statement in &standing {
            let line = self.line_of(statement, person, &record);
            record.children.extend(line);
        }
        self.add_contacts(&standing, &mut record);
        self.add_families(subject.number, person, &mut record);
        for statement in &standing {
            if let Fact::KeptLines(kept) = &statement.fact
                && !kept.under.starts_with("FAM @")
            {
                self.put_back(&person.source, &kept.under, &kept.text, &mut record);
            }
        }
        record.write(self.version, out);
    }

    /// Families, then sources and records that were kept, and the end.
    pub fn write_rest(&self, out: &mut String, mut flush: impl FnMut(&mut String)) {
        for (position, family) in self.families.iter().enumerate() {
            self.write_family(position, family, out);
            flush(out);
        }
        for (source, text) in &self.kept_records {
            for node in self.parsed(source, text) {
                let mut node = node;
                node.xref = self.named(source, &node.xref).unwrap_or_default();
                node.write(self.version, out);
            }
            flush(out);
        }
        for ((document, asserter), xref) in &self.new_sources {
            let mut record = Node::new("SOUR", "")
                .with_text("TITL", document)
                .with_text("AUTH", asserter);
            record.xref = xref.clone();
            record.write(self.version, out);
        }
        out.push_str("0 TRLR\n");
    }

    fn line_of(&self, statement: &Statement, person: &Person, record: &Node) -> Option<Node> {
        let evidence = &statement.evidence;
        let node = match &statement.fact {
            Fact::Name(name) => {
                let is_first = !record.children.iter().any(|child| child.tag == "NAME");
                self.name(name, is_first)
            }
            Fact::Unnamed(words) if words == NOT_RECORDED => return None,
            Fact::Unnamed(words) => return Some(Node::new("_UNNAMED", words)),
            Fact::Gender(gender) => {
                let sex = match gender {
                    Gender::Female => "F",
                    Gender::Male => "M",
                    Gender::Other => "X",
                    Gender::Unknown => return None,
                };
                return Some(Node::new("SEX", sex));
            }
            Fact::Birth { date, place } => self.event("BIRT", *date, *place),
            Fact::Death(death) if death.dead => self.event("DEAT", death.date, death.place),
            Fact::Residence(home) => {
                let dates = during(evidence);
                self.event("RESI", dates, Some(home.place))
            }
            Fact::Note(note) => return Some(Node::new("NOTE", note)),
            Fact::StatedKin(tie) => self.associate(tie.kin.0, &tie.as_told)?,
            Fact::Network(tie) => self.associate(tie.adult.0, &tie.role.replace('_', " "))?,
            _ => return None,
        };
        Some(self.cited(node, evidence.source, person))
    }

    fn name(&self, name: &Name, is_first: bool) -> Node {
        let whole = plain(&name.full);
        let (given, family) = (plain(&name.given), plain(&name.family));
        let front = crate::names::normalize::join_parts(&given, &family);
        let value = match whole.strip_prefix(&front) {
            Some(rest) if !family.is_empty() => format!("{given} /{family}/{rest}"),
            _ if !family.is_empty() && whole.contains(&family) => {
                whole.replacen(&family, &format!("/{family}/"), 1)
            }
            _ => whole,
        };
        let word = match name.kind {
            NameKind::Legal if is_first => "",
            NameKind::Legal => "legal",
            NameKind::Birth => "birth",
            NameKind::Previous => "former",
            NameKind::Alias => "aka",
            NameKind::Used => "used",
            NameKind::Traditional => "traditional",
        };
        let node = Node::new("NAME", value.trim());
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

    fn event(
        &self,
        tag: &str,
        date: Option<PartialDate>,
        place: Option<crate::model::ids::PlaceId>,
    ) -> Node {
        let date = date.and_then(|date| gedcom_date(date, self.version));
        let place = place.and_then(|place| self.places.get(&place.0));
        let is_bare = date.is_none() && place.is_none();
        let says_yes = is_bare && tag != "RESI";
        Node::new(tag, if says_yes { "Y" } else { "" })
            .with_text("DATE", &date.unwrap_or_default())
            .with_text("PLAC", place.map_or("", String::as_str))
    }

    fn associate(&self, other: u64, role: &str) -> Option<Node> {
        let other = self.people.get(&other)?;
        let node = Node::pointer("ASSO", &other.xref);
        Some(match self.version {
            Version::V5 => node.with_text("RELA", role),
            Version::V7 => node.with(Node::new("ROLE", "OTHER").with_text("PHRASE", role)),
        })
    }

    /// Contact points stand together, below a residence without a place.
    fn add_contacts(&self, standing: &[&Statement], record: &mut Node) {
        let mut node = Node::new("RESI", "");
        for statement in standing {
            if let Fact::Contact(contact) = &statement.fact {
                let tag = match contact.kind {
                    ContactKind::Phone => "PHON",
                    ContactKind::Email => "EMAIL",
                    ContactKind::Address => "ADDR",
                };
                let taken = |child: &Node| child.tag == "ADDR" && tag == "ADDR";
                if node.children.iter().any(taken) {
                    let more = Node::new("RESI", "").with_text(tag, &contact.value);
                    record.children.push(more);
                    continue;
                }
                node = node.with_text(tag, &contact.value);
            }
        }
        if !node.children.is_empty() {
            record.children.push(node);
        }
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
            if let Some(since) = link.since
                && link.nature == Some(ParentNature::Adoptive)
            {
                let event = self.event("ADOP", Some(since), None);
                let event = event.with(Node::pointer("FAMC", &family.xref));
                record.children.push(event);
            }
        }
        for position in &person.spouse_in {
            let family = &self.families[*position];
            record.children.push(Node::pointer("FAMS", &family.xref));
        }
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
        for (tag, partner) in [("HUSB", family.husband), ("WIFE", family.wife)] {
            if let Some(person) = partner.and_then(|partner| self.people.get(&partner)) {
                record = record.with(Node::pointer(tag, &person.xref));
            }
        }
        for union in &family.unions {
            if matches!(union.kind, UnionKind::Married | UnionKind::CommonLaw) {
                let mut event = self.event("MARR", union.since, None);
                if union.kind == UnionKind::CommonLaw {
                    event = event.with(Node::new("TYPE", "common law"));
                }
                record = record.with(event);
            }
            if union.state == UnionState::Ended {
                record = record.with(self.event("DIV", union.until, None));
            }
        }
        for link in self.children_of(position) {
            let Some(child) = self.people.get(&link.child) else {
                continue;
            };
            let mut node = Node::pointer("CHIL", &child.xref);
            for (tag, nature) in [("_FREL", link.to_husband), ("_MREL", link.to_wife)] {
                if link.nature.is_none() {
                    node = node.with_text(tag, nature.map_or("", ParentNature::word));
                }
            }
            record = record.with(node);
        }
        for (source, under, text) in &family.kept {
            self.put_back(source, under, text, &mut record);
        }
        record.write(self.version, out);
    }

    /// Puts kept lines back below the line that they stood under.
    fn put_back(&self, source: &str, under: &str, text: &str, record: &mut Node) {
        let prefix = self.prefix(source);
        let mut place = record;
        for name in under.split('\n').filter(|name| !name.is_empty()) {
            let (tag, value) = name.split_once(' ').unwrap_or((name, ""));
            let pointed = value
                .strip_prefix('@')
                .and_then(|value| value.strip_suffix('@'));
            let value = match pointed {
                Some(xref) => format!("@{}@", self.named(source, xref).unwrap_or_default()),
                None => value.replace("@@", "@"),
            };
            let there = place.children.iter().any(|child| {
                child.tag == tag.split('#').next().unwrap_or_default()
                    && (value.is_empty() || child.value == value)
            });
            let mark = if there { "" } else { prefix };
            place = place.at(format!("{mark}{tag} {value}").trim_end());
        }
        place.put_back(self.parsed(source, text));
    }

    fn parsed(&self, source: &str, text: &str) -> Vec<Node> {
        let is_v7 = self.version == Version::V7;
        let name = |xref: &str| {
            let void = is_v7.then(|| "VOID".to_owned());
            self.named(source, xref).or(void)
        };
        parse_kept(text, self.prefix(source), &name)
    }

    fn cited(&self, node: Node, source: SourceId, person: &Person) -> Node {
        let Some(source) = self.sources.get(&source) else {
            return node;
        };
        let is_the_file = source.document.to_lowercase().ends_with(".ged");
        if source.document.is_empty() || (is_the_file && source.page == person.first_xref) {
            return node;
        }
        let key = (source.document.clone(), source.asserter.clone());
        let xref = self.kept_sources.get(&key).or(self.new_sources.get(&key));
        let Some(xref) = xref else {
            return node;
        };
        let mut citation = Node::pointer("SOUR", xref).with_text("PAGE", &source.page);
        let date = source.date.and_then(|date| gedcom_date(date, self.version));
        if let Some(date) = date {
            citation = citation.with(Node::new("DATA", "").with(Node::new("DATE", &date)));
        }
        node.with(citation)
    }
}

/// From when until when something was true, as one date.
fn during(evidence: &Evidence) -> Option<PartialDate> {
    use crate::model::partial_date::End;
    let point = |date: Option<PartialDate>| match date {
        Some(PartialDate::Single(point)) => End::At(point),
        _ => End::Unknown,
    };
    match (evidence.valid_from, evidence.valid_to) {
        (from, None) => from,
        (from, to) => Some(PartialDate::Interval(point(from), point(to))),
    }
}

/// A name without the signs that mean something in a NAME line.
fn plain(text: &str) -> String {
    text.replace(['/', '\n'], " ").trim().to_owned()
}
