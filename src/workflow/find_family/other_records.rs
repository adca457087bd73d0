//! The other records of a lead: those that a verdict joined, and those that may be of the same person.

use super::gather::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, Subject};
use crate::model::lead::OtherRecord;
use crate::model::neighborhood::{JoinedRecord, Node};
use crate::model::same_person::{LinkReason, Pair, SamePersonLink, Verdict};
use crate::model::statement::Fact;
use crate::store::Snapshot;
use rustc_hash::{FxHashMap, FxHashSet};

/// What was said of pairs of records, for those shown.
#[derive(Default)]
pub struct Links(FxHashMap<Pair, SamePersonLink>);

impl Links {
    /// Reads the links of these people, with their reasons.
    pub fn read<'g>(
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        gathered: &'g Gathered,
        people: impl Iterator<Item = &'g Node>,
    ) -> Result<Links, Error> {
        let mut subjects: FxHashSet<PersonId> = FxHashSet::default();
        for node in people.filter(|node| !node.links.is_empty() || !node.records.is_empty()) {
            subjects.extend(node.record_ids());
            let others = gathered.other_records(node).into_iter();
            subjects.extend(others.flat_map(Node::record_ids));
        }
        let mut links: FxHashMap<Pair, SamePersonLink> = FxHashMap::default();
        for subject in subjects {
            let said = snapshot.statements(Subject::Person(subject), permit.visibility(), None)?;
            for (_, statement) in said {
                let Fact::SamePerson(link) = statement.fact else {
                    continue;
                };
                let pair = Pair::of(subject, link.other);
                let rank = |link: &SamePersonLink| (link.verdict, link.probability);
                if links
                    .get(&pair)
                    .is_none_or(|known| rank(known) < rank(&link))
                {
                    links.insert(pair, link);
                }
            }
        }
        Ok(Links(links))
    }

    /// Why two people may be one: of several links between their records the likeliest.
    fn between(&self, one: &Node, other: &Node) -> Option<&SamePersonLink> {
        let others: Vec<PersonId> = other.record_ids().collect();
        let pairs = one
            .record_ids()
            .flat_map(|one| others.iter().map(move |other| Pair::of(one, *other)));
        pairs
            .filter_map(|pair| self.0.get(&pair))
            .max_by_key(|link| (link.verdict, link.probability))
    }

    /// The reasons of a link on a path.
    pub fn reasons(&self, one: &Node, other: &Node) -> Vec<LinkReason> {
        let link = self.between(one, other);
        link.map_or_else(Vec::new, |link| link.reasons.clone())
    }

    /// The other records of a lead: first those that are theirs, then those that may be, the likeliest first.
    pub fn other_records(&self, gathered: &Gathered, node: &Node) -> Vec<OtherRecord> {
        let joined = node.records.iter().filter(|record| record.id != node.id);
        let mut others: Vec<OtherRecord> = joined
            .map(|record| {
                let mut link = None;
                for other in node.record_ids() {
                    link = link.or(self.0.get(&Pair::of(other, record.id)));
                }
                other_record(record.clone(), Verdict::Same, link)
            })
            .collect();
        for other in gathered.other_records(node) {
            let record = JoinedRecord {
                id: other.id,
                public_id: other.public_id,
                name: other.name.clone(),
                birth: other.birth,
            };
            let link = self.between(node, other);
            others.push(other_record(record, Verdict::Undecided, link));
        }
        others
    }
}

fn other_record(
    record: JoinedRecord,
    verdict: Verdict,
    link: Option<&SamePersonLink>,
) -> OtherRecord {
    OtherRecord {
        record,
        verdict,
        probability: link.and_then(|link| link.probability),
        reasons: link.map_or_else(Vec::new, |link| link.reasons.clone()),
        verdict_reason: link.map_or_else(String::new, |link| link.verdict_reason.clone()),
    }
}
