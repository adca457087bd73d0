//! Cases with their inquiries and outreach.

use super::error::StoreError;
use super::index_keys::{self, IndexKey};
use super::snapshot::Snapshot;
use super::tie_kind::TieKind;
use super::ties::Page;
use crate::model::case::{Case, Inquiry, Outreach};
use crate::model::ids::{CaseId, PersonId, PublicId, StatementId, Subject, SubjectKind};
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;

impl Snapshot<'_> {
    /// The child's case: the active one, among several the last entered.
    pub fn case_of_child(
        &self,
        child: PersonId,
        visibility: &Visibility,
    ) -> Result<Option<(CaseId, Case)>, StoreError> {
        let everything = Page::first(usize::MAX);
        let tied = self.tied_to(
            Subject::Person(child),
            TieKind::Case,
            everything,
            visibility,
        )?;
        let ids: Vec<CaseId> = tied
            .iter()
            .map(|tied| CaseId(tied.subject.number()))
            .collect();
        let cases = self.cases(&ids, visibility)?;
        let found = ids.into_iter().zip(cases);
        Ok(found
            .filter_map(|(id, case)| case.map(|(_, case)| (id, case)))
            .filter(|(_, case)| case.child == child)
            .max_by_key(|(id, case)| (case.active, *id)))
    }

    /// Cases with their public ids, in the order asked for, in one read.
    pub fn cases(
        &self,
        ids: &[CaseId],
        visibility: &Visibility,
    ) -> Result<Vec<Option<(PublicId, Case)>>, StoreError> {
        let numbers: Vec<u64> = ids.iter().map(|id| id.0).collect();
        let documents = self.documents(&numbers)?.into_iter();
        Ok(documents
            .map(|document| {
                let document = document?;
                match document.seen_by(visibility)? {
                    Fact::Case(case) => Some((document.public_id, (**case).clone())),
                    _ => None,
                }
            })
            .collect())
    }

    /// All cases that there are, by number, whoever may see them.
    pub fn all_cases(&self) -> Result<Vec<CaseId>, StoreError> {
        self.index(
            &index_keys::of_kind(SubjectKind::Case),
            |key, _| match key {
                IndexKey::OfKind { number, .. } => Ok(Some(CaseId(number))),
                _ => Ok(None),
            },
        )
    }

    /// What was asked in a case, in the order of entry.
    pub fn inquiries(
        &self,
        case: CaseId,
        visibility: &Visibility,
    ) -> Result<Vec<(StatementId, Inquiry)>, StoreError> {
        let statements = self.statements(Subject::Case(case), visibility, None)?;
        Ok(statements
            .into_iter()
            .filter_map(|(_, statement)| match statement.fact {
                Fact::Inquiry(inquiry) => Some((statement.id, inquiry)),
                _ => None,
            })
            .collect())
    }

    /// What was done about leads of a case, in the order of entry.
    pub fn outreach(
        &self,
        case: CaseId,
        visibility: &Visibility,
    ) -> Result<Vec<(StatementId, Outreach)>, StoreError> {
        let statements = self.statements(Subject::Case(case), visibility, None)?;
        Ok(statements
            .into_iter()
            .filter_map(|(_, statement)| match statement.fact {
                Fact::Outreach(outreach) => Some((statement.id, outreach)),
                _ => None,
            })
            .collect())
    }
}
