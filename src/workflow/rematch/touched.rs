//! Which children something recorded can touch: those for whose list one of the records was read that it changed. What
//! was read is noted while a child is matched, so that whatever the search looks at counts.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{Revision, StatementId, SubjectKind};
use crate::store::{ALL_FAMILIES, Snapshot};
use std::collections::BTreeSet;

/// The numbers of the subjects whose records, or whose ties, may have changed.
pub struct Touched(BTreeSet<u64>);

impl Touched {
    /// Since a revision. A tie touches both its ends, those that it had before too.
    pub fn since(
        moment: &Snapshot<'_>,
        permit: &Permit,
        revision: Revision,
    ) -> Result<Touched, Error> {
        let changed = moment.changed_after(revision)?;
        let mut touched = BTreeSet::new();
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
            touched.insert(number);
            if subject.kind() == SubjectKind::WaitingFamily {
                touched.insert(ALL_FAMILIES);
            }
            let said = versions.iter().filter(|(_, known)| new.contains(&known.id));
            for (_, statement) in said {
                let others = statement.fact.other_subjects();
                touched.extend(others.iter().map(|other| other.number()));
            }
        }
        Ok(Touched(touched))
    }

    /// Whether one of these numbers, which stand in order, is among them.
    pub fn meets(&self, numbers: &[u64]) -> bool {
        match self.0.len() <= numbers.len() {
            true => self
                .0
                .iter()
                .any(|number| numbers.binary_search(number).is_ok()),
            false => numbers.iter().any(|number| self.0.contains(number)),
        }
    }
}
