//! `NationService.ResolveNation`: the nation behind a name.

use super::answers::Answers;
use super::convert;
use super::convert::resource_name;
use super::v1;
use crate::error::Error;
use crate::model::ids::SubjectKind;
use crate::names::nations::{self, Candidate, Hint, NameKind, Resolution, Verdict};
use crate::workflow::{RecordedNation, ResolveNation, resolve_nation};

/// How many candidates of each kind are shown if the request does not say, and at most.
const USUAL: usize = 10;
const MOST: usize = 200;

impl Answers {
    /// The nations that a name may mean.
    pub(in crate::api) fn resolve_nation(
        &self,
        request: &v1::ResolveNationRequest,
    ) -> Result<v1::ResolveNationResponse, Error> {
        let limit = limit(request)?;
        let revision = self.fresh(&request.at_least_revision)?;
        let question = ResolveNation {
            text: convert::text("text", &request.text)?.to_owned(),
            region: convert::text("region", &request.region)?.to_owned(),
            place: convert::text("place", &request.place)?.to_owned(),
        };
        let answer = resolve_nation(&self.store, &self.permit, &question)?;
        let recorded = answer.recorded.iter().take(limit).map(recorded_candidate);
        Ok(v1::ResolveNationResponse {
            recorded: recorded.collect(),
            revision,
            ..reference_answer(&answer.reference, limit)
        })
    }
}

/// The nations of the reference list that a name may mean, asked without a store.
pub fn resolve_reference_nation(
    request: &v1::ResolveNationRequest,
) -> Result<v1::ResolveNationResponse, Error> {
    let text = convert::text("text", &request.text)?;
    if text.is_empty() {
        return Err(Error::invalid("text", "say which name to look for"));
    }
    if !request.place.is_empty() {
        let reason = "places are those of a store: say which one to ask";
        return Err(Error::invalid("place", reason));
    }
    let hint = Hint {
        region: convert::text("region", &request.region)?.to_owned(),
        near: None,
    };
    let resolution = nations::resolve_nation(text, &hint);
    Ok(reference_answer(&resolution, limit(request)?))
}

fn limit(request: &v1::ResolveNationRequest) -> Result<usize, Error> {
    match usize::try_from(request.limit) {
        Ok(0) => Ok(USUAL),
        Ok(limit) if limit <= MOST => Ok(limit),
        _ => Err(Error::invalid("limit", format!("must be 0 to {MOST}"))),
    }
}

fn reference_answer(resolution: &Resolution, limit: usize) -> v1::ResolveNationResponse {
    let shown = resolution.candidates.iter().take(limit);
    v1::ResolveNationResponse {
        verdict: v1::NationVerdict::from(resolution.verdict).into(),
        recorded: Vec::new(),
        reference: shown.map(reference_candidate).collect(),
        known_elsewhere: resolution.elsewhere.clone().unwrap_or_default(),
        revision: String::new(),
    }
}

impl From<Verdict> for v1::NationVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Certain => Self::Certain,
            Verdict::Probable => Self::Probable,
            Verdict::Several => Self::Several,
            Verdict::NoneOfThese => Self::None,
        }
    }
}

fn reference_candidate(candidate: &Candidate) -> v1::ReferenceNationCandidate {
    let nation = candidate.nation;
    let others = nation.names.iter();
    v1::ReferenceNationCandidate {
        display_name: nation.name.clone(),
        other_names: others
            .filter(|(name, kind)| *kind != NameKind::Current && *name != nation.name)
            .map(|(name, _)| name.clone())
            .collect(),
        level: v1::NationLevel::from(nation.level).into(),
        number: nation.number.clone(),
        peoples: nation.peoples().map(|people| people.name.clone()).collect(),
        languages: nation.languages.clone(),
        region: nation.region.clone(),
        certainty: rounded(candidate.certainty),
        reasons: candidate.reasons.clone(),
    }
}

fn recorded_candidate(recorded: &RecordedNation) -> v1::RecordedNationCandidate {
    let nation = &recorded.nation;
    v1::RecordedNationCandidate {
        nation: Some(v1::Nation {
            name: resource_name(SubjectKind::Nation, recorded.public_id),
            display_name: nation.name.clone(),
            other_names: nation.other_names.clone(),
            level: v1::NationLevel::from(nation.level).into(),
            languages: nation.languages.clone(),
            number: nation.number.clone(),
            ..v1::Nation::default()
        }),
        certainty: rounded(recorded.certainty),
        reasons: recorded.reasons.clone(),
    }
}

/// To three decimals: more would claim what nobody knows.
fn rounded(certainty: f64) -> f64 {
    (certainty * 1000.0).round() / 1000.0
}
