//! The same answers without a server: for the command line on a local store. Each is recorded as those of the server are.

use super::answers::Answers;
use super::v1;
use crate::access::Permit;
use crate::error::Error;
use crate::model::partial_date::Day;
use crate::store::Store;
use std::sync::Arc;

/// Answers from a store on this machine. Nothing is given out before its entry is in the record of access.
pub struct LocalAnswers(Answers);

impl LocalAnswers {
    /// Answers for this caller; `today` is the day that questions without a day are for.
    pub fn new(store: Arc<Store>, permit: Permit, today: Day) -> LocalAnswers {
        LocalAnswers(Answers::new(store, permit, today))
    }

    /// The person that a reference stands for.
    pub fn resolve_person(
        &self,
        request: &v1::ResolvePersonRequest,
    ) -> Result<v1::ResolvePersonResponse, Error> {
        self.0
            .recorded("ResolvePerson", request, Answers::resolve_person)
    }

    /// One page of the record of access.
    pub fn list_audit_entries(
        &self,
        request: &v1::ListAuditEntriesRequest,
    ) -> Result<v1::ListAuditEntriesResponse, Error> {
        self.0
            .recorded("ListAuditEntries", request, Answers::list_audit_entries)
    }

    /// The end of the record of access.
    pub fn get_audit_head(
        &self,
        request: &v1::GetAuditHeadRequest,
    ) -> Result<v1::GetAuditHeadResponse, Error> {
        self.0
            .recorded("GetAuditHead", request, Answers::get_audit_head)
    }

    /// The messages of a whole answer.
    pub fn find_family(
        &self,
        request: &v1::FindFamilyRequest,
    ) -> Result<Vec<v1::FindFamilyResponse>, Error> {
        self.0.recorded("FindFamily", request, Answers::find_family)
    }

    /// Where a person or family stands for a child.
    pub fn explain_absence(
        &self,
        request: &v1::ExplainAbsenceRequest,
    ) -> Result<v1::ExplainAbsenceResponse, Error> {
        self.0
            .recorded("ExplainAbsence", request, Answers::explain_absence)
    }

    /// Every relation between two people.
    pub fn name_relationship(
        &self,
        request: &v1::NameRelationshipRequest,
    ) -> Result<v1::NameRelationshipResponse, Error> {
        self.0
            .recorded("NameRelationship", request, Answers::name_relationship)
    }

    /// One page of relatives.
    pub fn list_relatives(
        &self,
        request: &v1::ListRelativesRequest,
    ) -> Result<v1::ListRelativesResponse, Error> {
        self.0
            .recorded("ListRelatives", request, Answers::list_relatives)
    }

    /// Everything recorded of a person.
    pub fn get_person(
        &self,
        request: &v1::GetPersonRequest,
    ) -> Result<v1::GetPersonResponse, Error> {
        self.0.recorded("GetPerson", request, Answers::get_person)
    }

    /// One page of people found by name.
    pub fn search_people(
        &self,
        request: &v1::SearchPeopleRequest,
    ) -> Result<v1::SearchPeopleResponse, Error> {
        self.0
            .recorded("SearchPeople", request, Answers::search_people)
    }

    /// The nations that a name may mean.
    pub fn resolve_nation(
        &self,
        request: &v1::ResolveNationRequest,
    ) -> Result<v1::ResolveNationResponse, Error> {
        self.0
            .recorded("ResolveNation", request, Answers::resolve_nation)
    }

    /// The forms of permanence for a child with a person or family.
    pub fn list_pathways(
        &self,
        request: &v1::ListPathwaysRequest,
    ) -> Result<v1::ListPathwaysResponse, Error> {
        self.0
            .recorded("ListPathways", request, Answers::list_pathways)
    }

    /// One page of the waiting families that fit a child.
    pub fn match_waiting_families(
        &self,
        request: &v1::MatchWaitingFamiliesRequest,
    ) -> Result<v1::MatchWaitingFamiliesResponse, Error> {
        self.0.recorded(
            "MatchWaitingFamilies",
            request,
            Answers::match_waiting_families,
        )
    }

    /// One page of the children whom a waiting family fits.
    pub fn match_waiting_children(
        &self,
        request: &v1::MatchWaitingChildrenRequest,
    ) -> Result<v1::MatchWaitingChildrenResponse, Error> {
        self.0.recorded(
            "MatchWaitingChildren",
            request,
            Answers::match_waiting_children,
        )
    }

    /// One page of what is due.
    pub fn list_due_actions(
        &self,
        request: &v1::ListDueActionsRequest,
    ) -> Result<v1::ListDueActionsResponse, Error> {
        self.0
            .recorded("ListDueActions", request, Answers::list_due_actions)
    }

    /// One page of nightly runs.
    pub fn list_rematch_runs(
        &self,
        request: &v1::ListRematchRunsRequest,
    ) -> Result<v1::ListRematchRunsResponse, Error> {
        self.0
            .recorded("ListRematchRuns", request, Answers::list_rematch_runs)
    }

    /// One page of what changed in a night.
    pub fn list_rematch_changes(
        &self,
        request: &v1::ListRematchChangesRequest,
    ) -> Result<v1::ListRematchChangesResponse, Error> {
        self.0
            .recorded("ListRematchChanges", request, Answers::list_rematch_changes)
    }

    /// One page of what was suggested for a child in a night.
    pub fn list_rematch_leads(
        &self,
        request: &v1::ListRematchLeadsRequest,
    ) -> Result<v1::ListRematchLeadsResponse, Error> {
        self.0
            .recorded("ListRematchLeads", request, Answers::list_rematch_leads)
    }

    /// Records one person found for a child.
    pub fn record_connection(
        &self,
        request: &v1::RecordConnectionRequest,
    ) -> Result<v1::RecordConnectionResponse, Error> {
        self.0
            .recorded("RecordConnection", request, Answers::record_connection)
    }

    /// The link between two records.
    pub fn get_same_person_link(
        &self,
        request: &v1::GetSamePersonLinkRequest,
    ) -> Result<v1::GetSamePersonLinkResponse, Error> {
        self.0
            .recorded("GetSamePersonLink", request, Answers::get_same_person_link)
    }

    /// The messages of a slate.
    pub fn propose_slate(
        &self,
        request: &v1::ProposeSlateRequest,
    ) -> Result<Vec<v1::ProposeSlateResponse>, Error> {
        self.0
            .recorded("ProposeSlate", request, Answers::propose_slate)
    }

    /// One page of links.
    pub fn list_same_person_links(
        &self,
        request: &v1::ListSamePersonLinksRequest,
    ) -> Result<v1::ListSamePersonLinksResponse, Error> {
        self.0.recorded(
            "ListSamePersonLinks",
            request,
            Answers::list_same_person_links,
        )
    }

    /// Decides about two records.
    pub fn decide_same_person(
        &self,
        request: &v1::DecideSamePersonRequest,
    ) -> Result<v1::DecideSamePersonResponse, Error> {
        self.0
            .recorded("DecideSamePerson", request, Answers::decide_same_person)
    }
}
