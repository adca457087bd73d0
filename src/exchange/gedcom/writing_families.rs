//! Families on their way out: FAM records, and the lines by which a person points at them.

use super::family_plan::{Family, FamilyPlan, Link, Person};
use super::nodes::Node;
use super::writer::{Kept, Version};
use crate::model::statement::{Certainty, SealClass};
use crate::model::tie::{ParentNature, UnionKind, UnionState};

impl FamilyPlan {
    pub(super) fn add_families(
        &self,
        number: u64,
        person: &Person,
        adoptions: &[String],
        record: &mut Node,
    ) {
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
            if !adoptions.contains(&format!("@{}@", family.xref)) {
                record.children.extend(self.adoption(link, family));
            }
        }
        for position in &person.spouse_in {
            let family = &self.families[*position];
            record.children.push(Node::pointer("FAMS", &family.xref));
        }
    }

    /// The event that dates an adoption.
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

    pub(super) fn write_family(&self, position: usize, family: &Family, out: &mut String) {
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
}
