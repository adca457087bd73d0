//! SamePersonService: whether two records are of one person.

use super::answers::Answers;
use super::convert;
use super::service::Service;
use super::statements::page_size;
use super::v1;
use super::v1::same_person_service_server::SamePersonService;
use crate::error::Error;
use crate::model::ids::{PersonId, StatementId};
use crate::model::same_person::Verdict;
use crate::store::LinkPosition;
use crate::workflow::{
    Decision, Written, decide_same_person, links_of_person, links_of_verdict, propose_same_person,
    same_person_link, same_person_links_of_commit,
};
use tonic::{Request, Response, Status};

/// Longer reasons are refused, in bytes.
const LONGEST_REASON: usize = 4_000;

impl Answers {
    /// The link between two records.
    pub(in crate::api) fn get_same_person_link(
        &self,
        request: &v1::GetSamePersonLinkRequest,
    ) -> Result<v1::GetSamePersonLinkResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let (one, other) = self.two(&request.one, &request.other)?;
        let link = same_person_link(&self.store, &self.permit, one, other, self.today)?;
        let link = link.ok_or_else(|| Error::NotFound {
            what: "same-person link",
            name: format!("{} and {}", request.one, request.other),
        })?;
        Ok(v1::GetSamePersonLinkResponse {
            link: Some(self.masked(
                convert::same_person_link(&link, self.today),
                request.read_mask.as_ref(),
            )?),
            revision,
        })
    }

    /// One page of links, the likeliest first.
    pub(in crate::api) fn list_same_person_links(
        &self,
        request: &v1::ListSamePersonLinksRequest,
    ) -> Result<v1::ListSamePersonLinksResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let verdict = match request.verdict {
            0 => None,
            told => Some(convert::needed::<v1::Verdict, _>("verdict", told)?),
        };
        let size = page_size(request.page_size)?;
        let told = request.verdict.to_string();
        let paging = self.question(&["same-person links", &request.person, &told])?;
        let from = paging.position("page_token", &request.page_token)?;
        let (links, next) = match request.person.as_str() {
            "" => {
                let after = from.and_then(|[unlikeliness, subject, statement]| {
                    Some(LinkPosition {
                        unlikeliness: unlikeliness.try_into().ok()?,
                        subject: PersonId(subject),
                        statement: StatementId(statement),
                    })
                });
                let verdict = verdict.unwrap_or(Verdict::Undecided);
                let page = (after, size);
                let (links, next) =
                    links_of_verdict(&self.store, &self.permit, verdict, page, self.today)?;
                let next =
                    next.map(|next| [next.unlikeliness.into(), next.subject.0, next.statement.0]);
                (links, next)
            }
            person => {
                let person = self.person("person", person)?;
                let all = links_of_person(&self.store, &self.permit, person, self.today)?;
                let wanted = all
                    .into_iter()
                    .filter(|link| verdict.is_none_or(|verdict| link.link.verdict == verdict));
                let wanted: Vec<_> = wanted.collect();
                let first = from.map_or(0, |[first, ..]| first);
                let first = usize::try_from(first)
                    .unwrap_or(usize::MAX)
                    .min(wanted.len());
                let end = first.saturating_add(size).min(wanted.len());
                let next = (end < wanted.len()).then_some([end as u64, 0, 0]);
                (wanted[first..end].to_vec(), next)
            }
        };
        Ok(v1::ListSamePersonLinksResponse {
            links: links
                .iter()
                .map(|link| convert::same_person_link(link, self.today))
                .collect(),
            next_page_token: next.map_or_else(String::new, |next| paging.token(next)),
            revision,
        })
    }

    /// Records that two records may be of one person.
    pub(in crate::api) fn propose_same_person(
        &self,
        request: &v1::ProposeSamePersonRequest,
    ) -> Result<v1::ProposeSamePersonResponse, Error> {
        let (one, other) = self.two(&request.one, &request.other)?;
        let proposal = Decision {
            one,
            other,
            verdict: Verdict::Undecided,
            reason: reason(&request.reason)?,
            source: convert::read_source("source", request.source.clone())?,
            etag: String::new(),
        };
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| propose_same_person(&self.store, &self.permit, write, &proposal),
        )?;
        let (link, revision) = self.written_link(&proposal, written)?;
        Ok(v1::ProposeSamePersonResponse { link, revision })
    }

    /// Decides about two records.
    pub(in crate::api) fn decide_same_person(
        &self,
        request: &v1::DecideSamePersonRequest,
    ) -> Result<v1::DecideSamePersonResponse, Error> {
        let (one, other) = self.two(&request.one, &request.other)?;
        let decision = Decision {
            one,
            other,
            verdict: convert::needed::<v1::Verdict, _>("verdict", request.verdict)?,
            reason: reason(&request.reason)?,
            source: convert::read_source("source", request.source.clone())?,
            etag: request.etag.clone(),
        };
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| decide_same_person(&self.store, &self.permit, write, &decision),
        )?;
        let (link, revision) = self.written_link(&decision, written)?;
        Ok(v1::DecideSamePersonResponse { link, revision })
    }

    fn two(&self, one: &str, other: &str) -> Result<(PersonId, PersonId), Error> {
        Ok((self.person("one", one)?, self.person("other", other)?))
    }

    /// The link as it was written, and the revision; nothing after a trial.
    fn written_link(
        &self,
        decision: &Decision,
        written: Option<Written>,
    ) -> Result<(Option<v1::SamePersonLink>, String), Error> {
        let Some(written) = written else {
            return Ok((None, String::new()));
        };
        let ends = [decision.one, decision.other];
        let today = self.today;
        let link = same_person_links_of_commit(&self.store, &self.permit, ends, &written, today)?;
        let link = link.map(|link| convert::same_person_link(&link, today));
        Ok((link, convert::revision_text(written.revision)))
    }
}

fn reason(text: &str) -> Result<String, Error> {
    let reason = convert::text("reason", text)?.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "needed: why, in your words"));
    }
    if reason.len() > LONGEST_REASON {
        return Err(Error::invalid("reason", "at most 4,000 bytes"));
    }
    Ok(reason.to_owned())
}

#[tonic::async_trait]
impl SamePersonService for Service {
    async fn get_same_person_link(
        &self,
        request: Request<v1::GetSamePersonLinkRequest>,
    ) -> Result<Response<v1::GetSamePersonLinkResponse>, Status> {
        self.answer("GetSamePersonLink", request, |answers, request| {
            answers.get_same_person_link(request)
        })
        .await
    }

    async fn list_same_person_links(
        &self,
        request: Request<v1::ListSamePersonLinksRequest>,
    ) -> Result<Response<v1::ListSamePersonLinksResponse>, Status> {
        self.answer("ListSamePersonLinks", request, |answers, request| {
            answers.list_same_person_links(request)
        })
        .await
    }

    async fn propose_same_person(
        &self,
        request: Request<v1::ProposeSamePersonRequest>,
    ) -> Result<Response<v1::ProposeSamePersonResponse>, Status> {
        self.answer("ProposeSamePerson", request, |answers, request| {
            answers.propose_same_person(request)
        })
        .await
    }

    async fn decide_same_person(
        &self,
        request: Request<v1::DecideSamePersonRequest>,
    ) -> Result<Response<v1::DecideSamePersonResponse>, Status> {
        self.answer("DecideSamePerson", request, |answers, request| {
            answers.decide_same_person(request)
        })
        .await
    }
}
