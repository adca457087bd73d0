//! DueActionService: what is due in a case, or in all open cases of a worker.

use super::answers::Answers;
use super::convert;
use super::family_finding::position_of;
use super::mask;
use super::service::Service;
use super::v1;
use super::v1::due_action_service_server::DueActionService;
use super::v1::{ListDueActionsRequest, ListDueActionsResponse};
use crate::error::Error;
use crate::model::ids::{CaseId, SubjectKind};
use crate::workflow::{DueOf, ListDueActions, list_due_actions};
use tonic::{Request, Response, Status};

const DEFAULT_ACTIONS: usize = 100;
const MOST_ACTIONS: usize = 500;

impl Answers {
    /// One page of what is due.
    pub(in crate::api) fn list_due_actions(
        &self,
        request: &ListDueActionsRequest,
    ) -> Result<ListDueActionsResponse, Error> {
        let mask = request.read_mask.as_ref();
        mask::check_read::<v1::DueAction>(mask)?;
        self.fresh(&request.at_least_revision)?;
        let as_of = self.day(&request.as_of)?;
        let worker = convert::text("worker", &request.worker)?;
        let case = convert::text("case", &request.case)?;
        let size = convert::page_size(
            "page_size",
            request.page_size,
            DEFAULT_ACTIONS,
            MOST_ACTIONS,
        )?;
        let of = match (case.is_empty(), worker.is_empty()) {
            (false, true) => {
                let case = self.resource(SubjectKind::Case, "case", case)?;
                DueOf::Case(CaseId(case.number()))
            }
            (true, false) => DueOf::Worker(worker.to_owned()),
            _ => {
                let reason = "needed: a case or a worker, one of the two";
                return Err(Error::invalid("case", reason));
            }
        };
        let within = request.within_days;
        let paging = self.question(&[
            "due",
            &format!("{of:?}"),
            &as_of.to_string(),
            &format!("{within:?}"),
        ])?;
        let first = position_of(paging.position("page_token", &request.page_token)?);
        let question = ListDueActions {
            of,
            as_of,
            within_days: within,
        };
        let answer = list_due_actions(&self.store, &self.permit, &question)?;
        let last = first.saturating_add(size).min(answer.actions.len());
        let page = answer.actions.get(first..last).unwrap_or_default();
        let cases = match first {
            0 => answer.cases.as_slice(),
            _ => &[],
        };
        Ok(ListDueActionsResponse {
            due_actions: page
                .iter()
                .map(|action| self.masked(convert::due_action(action, as_of), mask))
                .collect::<Result<_, _>>()?,
            cases: cases
                .iter()
                .map(|days| convert::case_days(days, as_of))
                .collect(),
            as_of: as_of.to_string(),
            revision: convert::revision_text(answer.revision),
            next_page_token: if last < answer.actions.len() {
                paging.token([last as u64, 0, 0])
            } else {
                String::new()
            },
            total_size: u32::try_from(answer.actions.len()).unwrap_or(u32::MAX),
        })
    }
}

#[tonic::async_trait]
impl DueActionService for Service {
    async fn list_due_actions(
        &self,
        request: Request<ListDueActionsRequest>,
    ) -> Result<Response<ListDueActionsResponse>, Status> {
        self.answer("ListDueActions", request, |answers, request| {
            answers.list_due_actions(request)
        })
        .await
    }
}
