//! FamilyFindingService: who could belong to a child, and how people are related.

use super::answers::Answers;
use super::convert;
use super::held_messages::HeldMessages;
use super::mask;
use super::page_token::Position;
use super::service::Service;
use super::v1::family_finding_service_server::FamilyFindingService;
use super::v1::find_family_response::Part;
use super::v1::{
    ExplainAbsenceRequest, ExplainAbsenceResponse, FindFamilyComplete, FindFamilyHeader,
    FindFamilyRequest, FindFamilyResponse, ListRelativesRequest, ListRelativesResponse,
    NameRelationshipRequest, NameRelationshipResponse, Purpose, Relative,
};
use crate::error::Error;
use crate::model::lead::FamilyAnswer;
use crate::workflow::{
    FindFamily, ListRelatives, find_family, find_family_and_nearest, list_relatives,
    name_relationship,
};
use pbjson_types::FieldMask;
use tonic::{Request, Response, Status};

const DEFAULT_LEADS: usize = 50;
const DEFAULT_EXCLUDED: usize = 50;
const MOST_OF_ONE_LIST: usize = 1000;
const DEFAULT_RELATIVES: usize = 100;
const MOST_RELATIVES: usize = 500;
const GREATEST_DEGREE: u8 = 12;

impl Answers {
    /// The messages of the whole answer, in the order in which they are sent.
    pub(in crate::api) fn find_family(
        &self,
        request: &FindFamilyRequest,
    ) -> Result<Vec<FindFamilyResponse>, Error> {
        mask::check_read::<FindFamilyResponse>(request.read_mask.as_ref())?;
        self.fresh(&request.at_least_revision)?;
        let purpose = convert::read_enum::<Purpose, _>("purpose", request.purpose)?;
        let as_of = self.day(&request.as_of)?;
        let order = convert::text("order", &request.order)?;
        let leads = convert::limit(request.leads_per_tier, DEFAULT_LEADS, MOST_OF_ONE_LIST);
        let page = convert::limit(
            request.excluded_page_size,
            DEFAULT_EXCLUDED,
            MOST_OF_ONE_LIST,
        );
        let child = self.person("child", &request.child)?;
        let paging = self.question(&[
            "excluded",
            &child.0.to_string(),
            &request.purpose.to_string(),
            &as_of.to_string(),
            order,
        ])?;
        let from = paging.position("excluded_page_token", &request.excluded_page_token)?;
        let offset = position_of(from);
        let question = FindFamily {
            child,
            purpose,
            as_of,
            order: (!order.is_empty()).then(|| order.to_owned()),
            leads_per_tier: leads,
            excluded_offset: offset,
            excluded_limit: page,
        };
        let answer = match request.near_misses {
            true => find_family_and_nearest(&self.store, &self.permit, &question)?,
            false => find_family(&self.store, &self.permit, &question)?,
        };
        let sent = offset + answer.excluded.len();
        let more = !answer.excluded.is_empty() && sent < answer.excluded_total as usize;
        let next = if more {
            paging.token([sent as u64, 0, 0])
        } else {
            String::new()
        };
        let mut messages = family_messages(&answer, next);
        if request.near_misses {
            add_near_misses(&mut messages, &answer);
        }
        let messages = messages.into_iter();
        messages
            .map(|message| self.only_of_its_kind(message, request.read_mask.as_ref()))
            .collect()
    }

    /// Every relation of `b` to `a`.
    pub(in crate::api) fn name_relationship(
        &self,
        request: &NameRelationshipRequest,
    ) -> Result<NameRelationshipResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let as_of = self.day(&request.as_of)?;
        let a = self.person("a", &request.a)?;
        let b = self.person("b", &request.b)?;
        let named = name_relationship(&self.store, &self.permit, a, b, as_of)?;
        let answer = NameRelationshipResponse {
            a: Some(convert::person_summary(&named.a, as_of)),
            b: Some(convert::person_summary(&named.b, as_of)),
            relations: named
                .relations
                .iter()
                .map(|relation| convert::relation(relation, as_of))
                .collect(),
            kinship_coefficient: Some(named.kinship_coefficient),
            contradictions: named.contradictions,
            revision,
        };
        self.masked(answer, request.read_mask.as_ref())
    }

    /// One page of a person's relatives.
    pub(in crate::api) fn list_relatives(
        &self,
        request: &ListRelativesRequest,
    ) -> Result<ListRelativesResponse, Error> {
        let degree = u8::try_from(request.degree)
            .ok()
            .filter(|degree| (1..=GREATEST_DEGREE).contains(degree))
            .ok_or_else(|| Error::invalid("degree", "must be 1 to 12"))?;
        let mask = request.read_mask.as_ref();
        mask::check_read::<Relative>(mask)?;
        let revision = self.fresh(&request.at_least_revision)?;
        let as_of = self.day(&request.as_of)?;
        let size = convert::page_size(
            "page_size",
            request.page_size,
            DEFAULT_RELATIVES,
            MOST_RELATIVES,
        )?;
        let person = self.person("person", &request.person)?;
        let paging = self.question(&[
            "relatives",
            &person.0.to_string(),
            &degree.to_string(),
            &as_of.to_string(),
        ])?;
        let from = paging.position("page_token", &request.page_token)?;
        let first = position_of(from);
        let question = ListRelatives {
            person,
            degree,
            as_of,
        };
        let relatives = list_relatives(&self.store, &self.permit, &question)?;
        let last = first.saturating_add(size).min(relatives.len());
        let page = relatives.get(first..last).unwrap_or_default();
        Ok(ListRelativesResponse {
            relatives: page
                .iter()
                .map(|relative| {
                    let shown = Relative {
                        person: Some(convert::person_summary(&relative.person, as_of)),
                        relations: relative
                            .relations
                            .iter()
                            .map(|relation| convert::relation(relation, as_of))
                            .collect(),
                    };
                    self.masked(shown, mask)
                })
                .collect::<Result<_, _>>()?,
            next_page_token: if last < relatives.len() {
                paging.token([last as u64, 0, 0])
            } else {
                String::new()
            },
            total_size: u32::try_from(relatives.len()).unwrap_or(u32::MAX),
            revision,
        })
    }

    /// The message with the fields of the mask; whole if no path begins with its kind.
    fn only_of_its_kind(
        &self,
        message: FindFamilyResponse,
        mask: Option<&FieldMask>,
    ) -> Result<FindFamilyResponse, Error> {
        let kind = match &message.part {
            Some(Part::Header(_)) => "header",
            Some(Part::Tier(_)) => "tier",
            Some(Part::Nation(_)) => "nation",
            Some(Part::Lead(_)) => "lead",
            Some(Part::Excluded(_)) => "excluded",
            Some(Part::Complete(_)) => "complete",
            Some(Part::NearMiss(_)) => "near_miss",
            None => return Ok(message),
        };
        let paths = mask.map_or(&[][..], |mask| &mask.paths);
        let is_of_kind = |path: &String| path.split('.').next() == Some(kind);
        if paths.iter().any(is_of_kind) {
            return self.masked(message, mask);
        }
        Ok(message)
    }
}

/// The position in a list that a token told.
pub(super) fn position_of(from: Option<Position>) -> usize {
    from.map_or(0, |position| {
        usize::try_from(position[0]).unwrap_or(usize::MAX)
    })
}

/// The answer as messages: header, then tier by tier, then who was left out, then complete.
pub fn family_messages(answer: &FamilyAnswer, next_excluded: String) -> Vec<FindFamilyResponse> {
    let as_of = answer.as_of;
    let mut parts = vec![Part::Header(FindFamilyHeader {
        child: Some(convert::person_summary(&answer.child, as_of)),
        purpose: Purpose::from(answer.purpose).into(),
        as_of: as_of.to_string(),
        revision: convert::revision_text(answer.revision),
        order: Some(convert::order_used(&answer.order)),
        tiers: answer.tiers.iter().map(convert::tier).collect(),
        excluded_count: answer.excluded_total,
        people_read: answer.people_read,
        weights_version: answer.weights_version.clone(),
    })];
    for tier in &answer.tiers {
        parts.push(Part::Tier(convert::tier(tier)));
        for nation in &tier.nations {
            parts.push(Part::Nation(convert::nation_lead(nation, tier.number)));
        }
        for lead in &tier.leads {
            parts.push(Part::Lead(convert::lead(lead, tier.number, as_of)));
        }
    }
    for excluded in &answer.excluded {
        parts.push(Part::Excluded(convert::excluded(excluded, as_of)));
    }
    parts.push(Part::Complete(FindFamilyComplete {
        coverage: Some(convert::coverage(&answer.coverage)),
        contradictions: answer.contradictions.clone(),
        next_excluded_page_token: next_excluded,
    }));
    parts
        .into_iter()
        .map(|part| FindFamilyResponse { part: Some(part) })
        .collect()
}

/// Puts those who are nearly leads before the last message.
fn add_near_misses(messages: &mut Vec<FindFamilyResponse>, answer: &FamilyAnswer) {
    let complete = messages.pop();
    let near = answer.near_misses.iter();
    messages.extend(near.map(|miss| FindFamilyResponse {
        part: Some(Part::NearMiss(convert::near_miss(miss, answer.as_of))),
    }));
    messages.extend(complete);
}

#[tonic::async_trait]
impl FamilyFindingService for Service {
    type FindFamilyStream = HeldMessages<FindFamilyResponse>;

    async fn find_family(
        &self,
        request: Request<FindFamilyRequest>,
    ) -> Result<Response<HeldMessages<FindFamilyResponse>>, Status> {
        let room = self.room();
        self.answer("FindFamily", request, move |answers, request| {
            room.hold(answers.find_family(request)?)
        })
        .await
    }

    async fn explain_absence(
        &self,
        request: Request<ExplainAbsenceRequest>,
    ) -> Result<Response<ExplainAbsenceResponse>, Status> {
        self.answer("ExplainAbsence", request, |answers, request| {
            answers.explain_absence(request)
        })
        .await
    }

    async fn name_relationship(
        &self,
        request: Request<NameRelationshipRequest>,
    ) -> Result<Response<NameRelationshipResponse>, Status> {
        self.answer("NameRelationship", request, |answers, request| {
            answers.name_relationship(request)
        })
        .await
    }

    async fn list_relatives(
        &self,
        request: Request<ListRelativesRequest>,
    ) -> Result<Response<ListRelativesResponse>, Status> {
        self.answer("ListRelatives", request, |answers, request| {
            answers.list_relatives(request)
        })
        .await
    }
}
