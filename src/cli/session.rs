//! Whom a command asks: a local store, or a server. Both take and give the same messages.

use super::arguments::Global;
use super::maintenance;
use super::stop::Stop;
use crate::access::Permit;
use crate::ambient;
use crate::api::v1;
use crate::api::{Client, LocalAnswers};
use crate::error::Error;
use std::future::Future;
use tokio::runtime::Runtime;

/// An open store, or a connection to a server.
pub enum Session {
    /// A store on this machine.
    Local(Box<LocalAnswers>),
    /// A server.
    Remote(Box<Remote>),
}

/// A connection and the runtime that drives it.
pub struct Remote {
    runtime: Runtime,
    client: Client,
}

impl Session {
    /// Opens what `--data` or `--server` names.
    pub fn open(global: &Global) -> Result<Session, Stop> {
        if let Some(address) = &global.server {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|why| Error::Internal {
                    detail: why.to_string(),
                })?;
            let client = runtime.block_on(Client::connect(address))?;
            return Ok(Session::Remote(Box::new(Remote { runtime, client })));
        }
        let store = maintenance::open(global)?;
        let answers = LocalAnswers::new(store, Permit::local_operator(), ambient::today());
        Ok(Session::Local(Box::new(answers)))
    }

    /// The messages of a whole answer.
    pub fn find_family(
        &self,
        request: &v1::FindFamilyRequest,
    ) -> Result<Vec<v1::FindFamilyResponse>, Error> {
        match self {
            Session::Local(answers) => answers.find_family(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.find_family(request).await }
            }),
        }
    }

    /// One page of the record of access.
    pub fn list_audit_entries(
        &self,
        request: &v1::ListAuditEntriesRequest,
    ) -> Result<v1::ListAuditEntriesResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_audit_entries(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_audit_entries(request).await }
            }),
        }
    }

    /// The end of the record of access.
    pub fn get_audit_head(
        &self,
        request: &v1::GetAuditHeadRequest,
    ) -> Result<v1::GetAuditHeadResponse, Error> {
        match self {
            Session::Local(answers) => answers.get_audit_head(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = *request;
                async move { client.get_audit_head(request).await }
            }),
        }
    }

    /// The person that a reference stands for.
    pub fn resolve_person(
        &self,
        request: &v1::ResolvePersonRequest,
    ) -> Result<v1::ResolvePersonResponse, Error> {
        match self {
            Session::Local(answers) => answers.resolve_person(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.resolve_person(request).await }
            }),
        }
    }

    /// Where a person or family stands for a child.
    pub fn explain_absence(
        &self,
        request: &v1::ExplainAbsenceRequest,
    ) -> Result<v1::ExplainAbsenceResponse, Error> {
        match self {
            Session::Local(answers) => answers.explain_absence(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.explain_absence(request).await }
            }),
        }
    }

    /// Every relation between two people.
    pub fn name_relationship(
        &self,
        request: &v1::NameRelationshipRequest,
    ) -> Result<v1::NameRelationshipResponse, Error> {
        match self {
            Session::Local(answers) => answers.name_relationship(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.name_relationship(request).await }
            }),
        }
    }

    /// One page of relatives.
    pub fn list_relatives(
        &self,
        request: &v1::ListRelativesRequest,
    ) -> Result<v1::ListRelativesResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_relatives(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_relatives(request).await }
            }),
        }
    }

    /// Everything recorded of a person.
    pub fn get_person(
        &self,
        request: &v1::GetPersonRequest,
    ) -> Result<v1::GetPersonResponse, Error> {
        match self {
            Session::Local(answers) => answers.get_person(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.get_person(request).await }
            }),
        }
    }

    /// One page of people found by name.
    pub fn search_people(
        &self,
        request: &v1::SearchPeopleRequest,
    ) -> Result<v1::SearchPeopleResponse, Error> {
        match self {
            Session::Local(answers) => answers.search_people(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.search_people(request).await }
            }),
        }
    }

    /// The nations that a name may mean.
    pub fn resolve_nation(
        &self,
        request: &v1::ResolveNationRequest,
    ) -> Result<v1::ResolveNationResponse, Error> {
        match self {
            Session::Local(answers) => answers.resolve_nation(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.resolve_nation(request).await }
            }),
        }
    }

    /// The forms of permanence for a child with a person or family.
    pub fn list_pathways(
        &self,
        request: &v1::ListPathwaysRequest,
    ) -> Result<v1::ListPathwaysResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_pathways(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_pathways(request).await }
            }),
        }
    }

    /// One page of the waiting families that fit a child.
    pub fn match_waiting_families(
        &self,
        request: &v1::MatchWaitingFamiliesRequest,
    ) -> Result<v1::MatchWaitingFamiliesResponse, Error> {
        match self {
            Session::Local(answers) => answers.match_waiting_families(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.match_waiting_families(request).await }
            }),
        }
    }

    /// One page of the children whom a waiting family fits.
    pub fn match_waiting_children(
        &self,
        request: &v1::MatchWaitingChildrenRequest,
    ) -> Result<v1::MatchWaitingChildrenResponse, Error> {
        match self {
            Session::Local(answers) => answers.match_waiting_children(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.match_waiting_children(request).await }
            }),
        }
    }

    /// The messages of a slate.
    pub fn propose_slate(
        &self,
        request: &v1::ProposeSlateRequest,
    ) -> Result<Vec<v1::ProposeSlateResponse>, Error> {
        match self {
            Session::Local(answers) => answers.propose_slate(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.propose_slate(request).await }
            }),
        }
    }

    /// One page of what is due.
    pub fn list_due_actions(
        &self,
        request: &v1::ListDueActionsRequest,
    ) -> Result<v1::ListDueActionsResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_due_actions(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_due_actions(request).await }
            }),
        }
    }

    /// One page of nightly runs.
    pub fn list_rematch_runs(
        &self,
        request: &v1::ListRematchRunsRequest,
    ) -> Result<v1::ListRematchRunsResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_rematch_runs(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_rematch_runs(request).await }
            }),
        }
    }

    /// One page of what changed in a night.
    pub fn list_rematch_changes(
        &self,
        request: &v1::ListRematchChangesRequest,
    ) -> Result<v1::ListRematchChangesResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_rematch_changes(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_rematch_changes(request).await }
            }),
        }
    }

    /// One page of what was suggested for a child in a night.
    pub fn list_rematch_leads(
        &self,
        request: &v1::ListRematchLeadsRequest,
    ) -> Result<v1::ListRematchLeadsResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_rematch_leads(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_rematch_leads(request).await }
            }),
        }
    }

    /// Records one person found for a child.
    pub fn record_connection(
        &self,
        request: &v1::RecordConnectionRequest,
    ) -> Result<v1::RecordConnectionResponse, Error> {
        match self {
            Session::Local(answers) => answers.record_connection(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.record_connection(request).await }
            }),
        }
    }

    /// The link between two records.
    pub fn get_same_person_link(
        &self,
        request: &v1::GetSamePersonLinkRequest,
    ) -> Result<v1::GetSamePersonLinkResponse, Error> {
        match self {
            Session::Local(answers) => answers.get_same_person_link(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.get_same_person_link(request).await }
            }),
        }
    }

    /// One page of links.
    pub fn list_same_person_links(
        &self,
        request: &v1::ListSamePersonLinksRequest,
    ) -> Result<v1::ListSamePersonLinksResponse, Error> {
        match self {
            Session::Local(answers) => answers.list_same_person_links(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.list_same_person_links(request).await }
            }),
        }
    }

    /// Decides about two records.
    pub fn decide_same_person(
        &self,
        request: &v1::DecideSamePersonRequest,
    ) -> Result<v1::DecideSamePersonResponse, Error> {
        match self {
            Session::Local(answers) => answers.decide_same_person(request),
            Session::Remote(remote) => remote.ask(|mut client| {
                let request = request.clone();
                async move { client.decide_same_person(request).await }
            }),
        }
    }
}

impl Remote {
    /// Asks the server and waits for the answer.
    pub(super) fn ask<T, Answer: Future<Output = Result<T, Error>>>(
        &self,
        question: impl FnOnce(Client) -> Answer,
    ) -> Result<T, Error> {
        self.runtime.block_on(question(self.client.clone()))
    }
}
