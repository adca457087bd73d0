//! Decisions noted in a case or with its child: "decision: adoption_not_appropriate = yes".

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{CaseId, Subject};
use crate::model::neighborhood::Node;
use crate::model::statement::{Certainty, Fact};
use crate::placement::pathways::Decision;
use crate::store::Snapshot;

/// All of them, in the order of entry; the child by all records that are the child's.
pub fn noted_decisions(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    child: &Node,
    case: Option<CaseId>,
) -> Result<Vec<Decision>, Error> {
    let mut noted = Vec::new();
    let records = child.record_ids().map(Subject::Person);
    for subject in records.chain(case.map(Subject::Case)) {
        for (revision, statement) in snapshot.statements(subject, permit.visibility(), None)? {
            let stands = statement.evidence.certainty != Certainty::Disproved;
            if let Fact::Note(text) = &statement.fact
                && stands
            {
                let decisions = text.lines().filter_map(Decision::read);
                noted.extend(decisions.map(|decision| (revision, statement.id, decision)));
            }
        }
    }
    noted.sort_by_key(|(revision, id, _)| (*revision, *id));
    Ok(noted.into_iter().map(|(_, _, decision)| decision).collect())
}
