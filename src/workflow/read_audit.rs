//! The record of access as auditors read it: who was shown or changed what.

use super::export_records::check_sees_everything;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{CaseId, PersonId, PublicId, Revision, Subject, SubjectKind};
use crate::store::{AuditFilter, ListedEntry, SignedHead, Snapshot, Store};
use rustc_hash::FxHashMap;

/// Which entries are asked for; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct ListAudit {
    pub person: Option<PersonId>,
    pub actor: Option<String>,
    pub case: Option<CaseId>,
    pub method: Option<String>,
    /// Seconds since 1970-01-01 UTC.
    pub from: Option<i64>,
    pub until: Option<i64>,
    /// Entries after this place.
    pub after: Revision,
    pub limit: usize,
}

/// Some entries.
#[derive(Clone, Debug, Default)]
pub struct AuditAnswer {
    pub entries: Vec<ListedEntry>,
    /// The public ids of what the entries say was changed.
    pub ids: FxHashMap<Subject, PublicId>,
    /// Where the next page begins; nothing at the end.
    pub more_after: Option<Revision>,
}

/// Lists entries, oldest first. `case_name` makes the resource name of a case.
pub fn list_audit_entries(
    store: &Store,
    permit: &Permit,
    question: &ListAudit,
    case_name: &dyn Fn(PublicId) -> String,
) -> Result<AuditAnswer, Error> {
    check_sees_everything(permit)?;
    let snapshot = permit.snapshot(store)?;
    let person = match question.person {
        Some(person) => Some((person, id_of(&snapshot, Subject::Person(person))?)),
        None => None,
    };
    let case = match question.case {
        Some(case) => {
            let case = Subject::Case(case);
            Some((case, case_name(id_of(&snapshot, case)?)))
        }
        None => None,
    };
    let filter = AuditFilter {
        person: person.map(|(person, id)| (Subject::Person(person), id)),
        actor: question.actor.clone(),
        case,
        method: question.method.clone(),
        from: question.from,
        until: question.until,
    };
    let page = snapshot.audit_entries(&filter, question.after, question.limit)?;
    let mut subjects: Vec<Subject> = (page.entries.iter())
        .filter_map(|listed| listed.entry.changed.as_ref())
        .flat_map(|changed| changed.subjects.iter().copied())
        .collect();
    subjects.sort_unstable();
    subjects.dedup();
    let ids = snapshot.identities(&subjects)?;
    let known = subjects.into_iter().zip(ids);
    Ok(AuditAnswer {
        ids: known
            .filter_map(|(subject, ids)| Some((subject, ids?.public_id)))
            .collect(),
        entries: page.entries,
        more_after: page.more_after,
    })
}

/// The end of the record, signed.
pub fn audit_head(store: &Store, permit: &Permit) -> Result<SignedHead, Error> {
    check_sees_everything(permit)?;
    Ok(store.audit_head())
}

fn id_of(snapshot: &Snapshot<'_>, subject: Subject) -> Result<PublicId, Error> {
    let mut ids = snapshot.identities(&[subject])?;
    let known = ids.pop().flatten().map(|ids| ids.public_id);
    known.ok_or_else(|| Error::NotFound {
        what: match subject.kind() {
            SubjectKind::Case => "case",
            _ => "person",
        },
        name: subject.number().to_string(),
    })
}
