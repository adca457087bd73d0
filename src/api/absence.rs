//! ExplainAbsence of FamilyFindingService: why somebody is no lead, and what would help.

use super::answers::Answers;
use super::convert;
use super::mask;
use super::v1;
use super::v1::explain_absence_response::Who;
use super::v1::{ExplainAbsenceRequest, ExplainAbsenceResponse, Purpose};
use crate::error::Error;
use crate::model::absence::{AbsenceAnswer, Standing};
use crate::model::lead::LeadTarget;
use crate::workflow::{ExplainAbsence, explain_absence};

impl Answers {
    /// Where a person or family stands for a child.
    pub(in crate::api) fn explain_absence(
        &self,
        request: &ExplainAbsenceRequest,
    ) -> Result<ExplainAbsenceResponse, Error> {
        let mask = request.read_mask.as_ref();
        mask::check_read::<ExplainAbsenceResponse>(mask)?;
        self.fresh(&request.at_least_revision)?;
        let purpose = convert::read_enum::<Purpose, _>("purpose", request.purpose)?;
        let as_of = self.day(&request.as_of)?;
        let order = convert::text("order", &request.order)?;
        let child = self.person("child", &request.child)?;
        let who = self.person_or_family("who", &request.who)?;
        let question = ExplainAbsence {
            child,
            who,
            purpose,
            as_of,
            order: (!order.is_empty()).then(|| order.to_owned()),
        };
        let answer = explain_absence(&self.store, &self.permit, &question)?;
        self.masked(response(answer), mask)
    }
}

fn response(answer: AbsenceAnswer) -> ExplainAbsenceResponse {
    let as_of = answer.as_of;
    let who = match &answer.who {
        LeadTarget::Person(person) => Who::Person(convert::person_summary(person, as_of)),
        LeadTarget::WaitingFamily {
            public_id, name, ..
        } => Who::WaitingFamily(convert::waiting_family(*public_id, name)),
    };
    let about = ExplainAbsenceResponse {
        child: Some(convert::person_summary(&answer.child, as_of)),
        who: Some(who),
        relation: answer.relation,
        purpose: Purpose::from(answer.purpose).into(),
        as_of: as_of.to_string(),
        revision: convert::revision_text(answer.revision),
        order: Some(convert::order_used(&answer.order)),
        tier: answer.tier,
        tier_title: answer.tier_title,
        ..ExplainAbsenceResponse::default()
    };
    match answer.standing {
        Standing::Lead {
            rank,
            status,
            questions,
        } => ExplainAbsenceResponse {
            rank: Some(rank),
            status: v1::LeadStatus::from(status).into(),
            questions,
            ..about
        },
        Standing::Absent {
            obstacles,
            changes,
            connection,
        } => ExplainAbsenceResponse {
            obstacles: obstacles.iter().map(convert::obstacle).collect(),
            changes: changes.iter().map(convert::admitting_change).collect(),
            connection,
            ..about
        },
    }
}
