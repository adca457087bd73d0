//! MatchingService: children and waiting families.

use super::answers::Answers;
use super::convert;
use super::family_finding::position_of;
use super::held_messages::HeldMessages;
use super::mask;
use super::service::Service;
use super::v1;
use super::v1::matching_service_server::MatchingService;
use super::v1::propose_slate_response::Part;
use super::v1::{
    MatchWaitingChildrenRequest, MatchWaitingChildrenResponse, MatchWaitingFamiliesRequest,
    MatchWaitingFamiliesResponse, ProposeSlateRequest, ProposeSlateResponse, SlateComplete,
};
use crate::error::Error;
use crate::model::ids::{SubjectKind, WaitingFamilyId};
use crate::workflow::{
    MatchView, MatchWaitingChildren, MatchWaitingFamilies, ProposeSlate, SlateAim,
    match_waiting_children, match_waiting_families, propose_slate,
};
use tonic::{Request, Response, Status};

const DEFAULT_MATCHES: usize = 20;
const MOST_MATCHES: usize = 200;

impl Answers {
    /// One page of the waiting families that fit a child.
    pub(in crate::api) fn match_waiting_families(
        &self,
        request: &MatchWaitingFamiliesRequest,
    ) -> Result<MatchWaitingFamiliesResponse, Error> {
        let mask = request.read_mask.as_ref();
        mask::check_read::<v1::FamilyMatch>(mask)?;
        self.fresh(&request.at_least_revision)?;
        let as_of = self.day(&request.as_of)?;
        let order = convert::text("order", &request.order)?;
        let view = convert::read_enum::<v1::MatchView, MatchView>("view", request.view)?;
        let size = page_size(request.page_size)?;
        let child = self.person("child", &request.child)?;
        let paging = self.question(&[
            "matched families",
            &child.0.to_string(),
            &as_of.to_string(),
            order,
            &format!("{view:?}"),
            &request.without_sibling_plan.to_string(),
        ])?;
        let first = position_of(paging.position("page_token", &request.page_token)?);
        let question = MatchWaitingFamilies {
            child,
            as_of,
            order: (!order.is_empty()).then(|| order.to_owned()),
            view,
            offset: first,
            limit: size,
            sibling_plan: !request.without_sibling_plan && first == 0,
        };
        let answer = match_waiting_families(&self.store, &self.permit, &question)?;
        let last = first.saturating_add(answer.matches.len());
        let matches = answer.matches.iter();
        let matches = matches.map(|shown| self.masked(convert::family_match(shown), mask));
        Ok(MatchWaitingFamiliesResponse {
            matches: matches.collect::<Result<_, _>>()?,
            next_page_token: if last < answer.of_view(view) as usize {
                paging.token([last as u64, 0, 0])
            } else {
                String::new()
            },
            ..convert::families_matched(&answer)
        })
    }

    /// One page of the children whom a waiting family fits.
    pub(in crate::api) fn match_waiting_children(
        &self,
        request: &MatchWaitingChildrenRequest,
    ) -> Result<MatchWaitingChildrenResponse, Error> {
        let mask = request.read_mask.as_ref();
        mask::check_read::<v1::ChildMatch>(mask)?;
        self.fresh(&request.at_least_revision)?;
        let as_of = self.day(&request.as_of)?;
        let size = page_size(request.page_size)?;
        let family = self.resource(
            SubjectKind::WaitingFamily,
            "waiting_family",
            &request.waiting_family,
        )?;
        let paging = self.question(&[
            "matched children",
            &family.number().to_string(),
            &as_of.to_string(),
            &request.include_near_misses.to_string(),
        ])?;
        let first = position_of(paging.position("page_token", &request.page_token)?);
        let question = MatchWaitingChildren {
            family: WaitingFamilyId(family.number()),
            as_of,
            near_misses: request.include_near_misses,
            offset: first,
            limit: size,
        };
        let answer = match_waiting_children(&self.store, &self.permit, &question)?;
        let last = first.saturating_add(answer.children.len());
        let children = answer.children.iter();
        let children =
            children.map(|matched| self.masked(convert::child_match(matched, as_of), mask));
        Ok(MatchWaitingChildrenResponse {
            children: children.collect::<Result<_, _>>()?,
            next_page_token: if last < answer.listed() as usize {
                paging.token([last as u64, 0, 0])
            } else {
                String::new()
            },
            ..convert::children_matched(&answer)
        })
    }

    /// The messages of a whole slate.
    pub fn propose_slate(
        &self,
        request: &ProposeSlateRequest,
    ) -> Result<Vec<ProposeSlateResponse>, Error> {
        self.fresh(&request.at_least_revision)?;
        let as_of = self.day(&request.as_of)?;
        let because = convert::text("passing_over_because", &request.passing_over_because)?;
        let question = ProposeSlate {
            as_of,
            aim: convert::read_enum::<v1::SlateAim, SlateAim>("aim", request.aim)?,
            worker: convert::text("worker", &request.worker)?.to_owned(),
            passing_over_because: because.to_owned(),
            threads: half_of_the_cores(),
        };
        let slate = propose_slate(&self.store, &self.permit, &question)?;
        let head = Part::Head(convert::slate_head(&slate));
        let rows = slate.rows.iter();
        let rows = rows.map(|row| Part::Row(convert::slate_row(row, as_of)));
        let complete = Part::Complete(SlateComplete {
            row_count: u32::try_from(slate.rows.len()).unwrap_or(u32::MAX),
        });
        let parts = std::iter::once(head).chain(rows).chain([complete]);
        Ok(parts
            .map(|part| ProposeSlateResponse { part: Some(part) })
            .collect())
    }
}

/// A slate is no hurry: others want to be answered beside it.
fn half_of_the_cores() -> usize {
    let cores = std::thread::available_parallelism();
    cores.map_or(1, |cores| cores.get().div_ceil(2))
}

fn page_size(asked: i32) -> Result<usize, Error> {
    convert::page_size("page_size", asked, DEFAULT_MATCHES, MOST_MATCHES)
}

#[tonic::async_trait]
impl MatchingService for Service {
    async fn match_waiting_families(
        &self,
        request: Request<MatchWaitingFamiliesRequest>,
    ) -> Result<Response<MatchWaitingFamiliesResponse>, Status> {
        self.answer("MatchWaitingFamilies", request, |answers, request| {
            answers.match_waiting_families(request)
        })
        .await
    }

    async fn match_waiting_children(
        &self,
        request: Request<MatchWaitingChildrenRequest>,
    ) -> Result<Response<MatchWaitingChildrenResponse>, Status> {
        self.answer("MatchWaitingChildren", request, |answers, request| {
            answers.match_waiting_children(request)
        })
        .await
    }

    type ProposeSlateStream = HeldMessages<ProposeSlateResponse>;

    async fn propose_slate(
        &self,
        request: Request<ProposeSlateRequest>,
    ) -> Result<Response<HeldMessages<ProposeSlateResponse>>, Status> {
        let room = self.room();
        self.answer("ProposeSlate", request, move |answers, request| {
            room.hold(answers.propose_slate(request)?)
        })
        .await
    }
}
