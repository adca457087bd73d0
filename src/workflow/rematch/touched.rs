//! Which children something recorded can touch: those for whose list one of the records was read that it changed. What
//! was read is noted while a child is matched, so that whatever the search looks at counts.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, Revision, StatementId, Subject, SubjectKind};
use crate::model::statement::{Fact, Statement};
use crate::store::{ALL_FAMILIES, Snapshot, WaitingFamilies};
use std::collections::BTreeSet;

/// What may have changed since a revision.
#[derive(Debug, Default)]
pub struct Touched {
    /// The numbers of the subjects whose records, or whose ties, may be others.
    pub numbers: BTreeSet<u64>,
    /// The children of the cases of which something was said.
    pub children: BTreeSet<PersonId>,
}

impl Touched {
    /// Since a revision. A tie touches both its ends, those that it had before too.
    pub fn since(
        moment: &Snapshot<'_>,
        permit: &Permit,
        revision: Revision,
    ) -> Result<Touched, Error> {
        let changed = moment.changed_after(revision)?;
        let mut touched = Touched::default();
        if changed.is_empty() {
            return Ok(touched);
        }
        let families = moment.all_waiting_families(permit.visibility())?;
        for (position, &number) in changed.iter().enumerate() {
            permit.go_on_at(position)?;
            let Some((subject, versions)) =
                moment.versions_numbered(number, permit.visibility())?
            else {
                continue;
            };
            let new: BTreeSet<StatementId> = versions
                .iter()
                .filter(|(made, _)| *made > revision)
                .map(|(_, statement)| statement.id)
                .collect();
            // What was committed after this moment is none of its business.
            if new.is_empty() {
                continue;
            }
            touched.numbers.insert(number);
            let said = versions.iter().filter(|(_, known)| new.contains(&known.id));
            for (_, statement) in said {
                touched.add(subject, statement, &families);
            }
        }
        Ok(touched)
    }

    fn add(&mut self, subject: Subject, statement: &Statement, families: &WaitingFamilies) {
        let others = statement.fact.other_subjects();
        self.numbers
            .extend(others.iter().map(|other| other.number()));
        if let Fact::Case(case) = &statement.fact {
            self.children.insert(case.child);
        }
        // What every question reads of the families: their profiles, their places, and whose address is protected.
        let is_of_families = match (subject, &statement.fact) {
            (Subject::Place(place), _) => families.columns.places.contains(&place),
            (Subject::Person(person), Fact::Caution(_)) => {
                !families.columns.families_of(person).is_empty()
            }
            _ => subject.kind() == SubjectKind::WaitingFamily,
        };
        if is_of_families {
            self.numbers.insert(ALL_FAMILIES);
        }
    }

    /// Whether one of these numbers, which stand in order, is among them.
    pub fn meets(&self, numbers: &[u64]) -> bool {
        match self.numbers.len() <= numbers.len() {
            true => {
                let mut touched = self.numbers.iter();
                touched.any(|number| numbers.binary_search(number).is_ok())
            }
            false => numbers.iter().any(|number| self.numbers.contains(number)),
        }
    }
}
