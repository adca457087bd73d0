//! PathwayService: which forms of permanence are open, and what each still needs.

use super::answers::Answers;
use super::convert;
use super::family_finding::position_of;
use super::mask;
use super::service::Service;
use super::v1;
use super::v1::list_pathways_response;
use super::v1::pathway_service_server::PathwayService;
use super::v1::{ListPathwaysRequest, ListPathwaysResponse};
use crate::error::Error;
use crate::model::lead::LeadTarget;
use crate::workflow::{ListPathways, list_pathways};
use tonic::{Request, Response, Status};

const DEFAULT_PATHWAYS: usize = 20;
const MOST_PATHWAYS: usize = 100;

impl Answers {
    /// One page of the forms of permanence for a child with a person or family.
    pub(in crate::api) fn list_pathways(
        &self,
        request: &ListPathwaysRequest,
    ) -> Result<ListPathwaysResponse, Error> {
        let mask = request.read_mask.as_ref();
        mask::check_read::<v1::Pathway>(mask)?;
        self.fresh(&request.at_least_revision)?;
        let as_of = self.day(&request.as_of)?;
        let order = convert::text("order", &request.order)?;
        let size = convert::page_size(
            "page_size",
            request.page_size,
            DEFAULT_PATHWAYS,
            MOST_PATHWAYS,
        )?;
        let child = self.person("child", &request.child)?;
        let lead = self.person_or_family("lead", &request.lead)?;
        let paging = self.question(&[
            "pathways",
            &child.0.to_string(),
            &format!("{lead:?}"),
            &as_of.to_string(),
            order,
        ])?;
        let first = position_of(paging.position("page_token", &request.page_token)?);
        let question = ListPathways {
            child,
            lead,
            as_of,
            order: (!order.is_empty()).then(|| order.to_owned()),
        };
        let answer = list_pathways(&self.store, &self.permit, &question)?;
        let last = first.saturating_add(size).min(answer.pathways.len());
        let page = answer.pathways.get(first..last).unwrap_or_default();
        let lead = match &answer.lead {
            LeadTarget::Person(person) => {
                list_pathways_response::Lead::Person(convert::person_summary(person, as_of))
            }
            LeadTarget::WaitingFamily {
                public_id, name, ..
            } => list_pathways_response::Lead::WaitingFamily(convert::waiting_family(
                *public_id, name,
            )),
        };
        Ok(ListPathwaysResponse {
            child: Some(convert::person_summary(&answer.child, as_of)),
            lead: Some(lead),
            relation: answer.relation,
            as_of: as_of.to_string(),
            revision: convert::revision_text(answer.revision),
            rules: Some(convert::rules_used(&answer.rules)),
            because: answer.because,
            wishes: answer.wishes,
            pathways: page
                .iter()
                .map(|pathway| self.masked(convert::pathway(pathway), mask))
                .collect::<Result<_, _>>()?,
            next_page_token: if last < answer.pathways.len() {
                paging.token([last as u64, 0, 0])
            } else {
                String::new()
            },
        })
    }
}

#[tonic::async_trait]
impl PathwayService for Service {
    async fn list_pathways(
        &self,
        request: Request<ListPathwaysRequest>,
    ) -> Result<Response<ListPathwaysResponse>, Status> {
        self.answer("ListPathways", request, |answers, request| {
            answers.list_pathways(request)
        })
        .await
    }
}
