//! The nation behind a name as written: among the nations recorded here, and in the reference list.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{NationId, PublicId};
use crate::model::nation::Nation;
use crate::model::person::Coordinates;
use crate::names::nations::{
    self, Candidate, Hint, NameIndex, NameKind, Near, Resolution, common_words, rank, reason_near,
};
use crate::store::{Snapshot, Store};
use rustc_hash::FxHashMap;

/// Which name, and what else is known of the nation.
#[derive(Clone, Debug, Default)]
pub struct ResolveNation {
    pub text: String,
    /// A province or territory; may be empty.
    pub region: String,
    /// A recorded place near; may be empty.
    pub place: String,
}

/// A nation recorded here that may be meant.
#[derive(Clone, Debug)]
pub struct RecordedNation {
    pub id: NationId,
    pub public_id: PublicId,
    pub nation: Nation,
    /// From 0 to 1.
    pub certainty: f64,
    pub reasons: Vec<String>,
}

/// What a name may mean.
#[derive(Clone, Debug)]
pub struct NationAnswer {
    /// Likeliest first.
    pub recorded: Vec<RecordedNation>,
    pub reference: Resolution,
}

/// Less certain nations are not shown.
const LEAST_CERTAINTY: f64 = 0.05;
/// So many candidates of the reference list are looked for among the nations recorded.
const LOOKED_FOR: usize = 3;

/// Candidates with certainty and reasons; a name that is none of them is not forced onto one.
pub fn resolve_nation(
    store: &Store,
    permit: &Permit,
    question: &ResolveNation,
) -> Result<NationAnswer, Error> {
    let snapshot = permit.snapshot(store)?;
    nations_meant(&snapshot, permit, question)
}

/// The same within a snapshot that is already open.
pub fn nations_meant(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &ResolveNation,
) -> Result<NationAnswer, Error> {
    if question.text.trim().is_empty() {
        return Err(Error::invalid("text", "say which name to look for"));
    }
    let hint = Hint {
        region: question.region.clone(),
        near: centre_of(snapshot, permit, question)?,
    };
    let reference = nations::resolve_nation(&question.text, &hint);
    let all = visible_nations(snapshot, permit)?;
    let recorded = recorded_meant(&question.text, &all, &reference.candidates);
    Ok(NationAnswer {
        recorded,
        reference,
    })
}

fn centre_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &ResolveNation,
) -> Result<Option<Coordinates>, Error> {
    if question.place.is_empty() {
        return Ok(None);
    }
    let visibility = permit.visibility();
    let named = snapshot.places_named(&question.place, None, visibility)?;
    if named.is_empty() {
        return Err(Error::NotFound {
            what: "place",
            name: question.place.clone(),
        });
    }
    let places = snapshot.places(&named, visibility)?;
    Ok(places
        .into_iter()
        .flatten()
        .find_map(|(_, place)| place.centre))
}

/// A nation of the store.
#[derive(Clone, Debug)]
pub(super) struct RecordedAs {
    pub id: NationId,
    pub public_id: PublicId,
    pub nation: Nation,
}

/// Every nation of the store that may be seen.
pub(super) fn visible_nations(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
) -> Result<Vec<RecordedAs>, Error> {
    let ids = snapshot.all_nations()?;
    let nations = snapshot.nations(&ids, permit.visibility())?;
    let found = ids.into_iter().zip(nations);
    Ok(found
        .filter_map(|(id, found)| {
            found.map(|(public_id, nation)| RecordedAs {
                id,
                public_id,
                nation,
            })
        })
        .collect())
}

/// All names of recorded nations, ready to be asked; owners are positions.
pub(super) fn index_of(all: &[RecordedAs]) -> NameIndex {
    let mut index = NameIndex::new(common_words().clone());
    for (position, RecordedAs { nation, .. }) in all.iter().enumerate() {
        index.add(position as u32, &nation.name, NameKind::Current);
        for name in &nation.other_names {
            index.add(position as u32, name, NameKind::Other);
        }
    }
    index
}

/// The recorded nations that the text means by their own names, and those that are a candidate of the list.
fn recorded_meant(text: &str, all: &[RecordedAs], candidates: &[Candidate]) -> Vec<RecordedNation> {
    let index = index_of(all);
    let mut found: FxHashMap<usize, (f64, Vec<String>)> = FxHashMap::default();
    for one in rank(&index, text, |_| 1.0, |_, _| false) {
        let position = one.nearest.owner as usize;
        if let Some(recorded) = all.get(position) {
            let reason = reason_near(&index, &recorded.nation.name, &one);
            found.insert(position, (one.certainty, vec![reason]));
        }
    }
    for candidate in candidates.iter().take(LOOKED_FOR) {
        for position in recorded_as(candidate, all, &index) {
            let known = found.entry(position).or_default();
            known.0 = known.0.max(candidate.certainty);
            known.1.push(format!(
                "is recorded of {}, and the text {}",
                told(candidate),
                candidate.reasons.join(", ")
            ));
        }
    }
    let mut recorded: Vec<RecordedNation> = found
        .into_iter()
        .filter(|(_, (certainty, _))| *certainty >= LEAST_CERTAINTY)
        .filter_map(|(position, (certainty, reasons))| {
            let RecordedAs {
                id,
                public_id,
                nation,
            } = all.get(position)?.clone();
            Some(RecordedNation {
                id,
                public_id,
                nation,
                certainty,
                reasons,
            })
        })
        .collect();
    recorded.sort_by(|one, other| {
        let by_certainty = other.certainty.total_cmp(&one.certainty);
        by_certainty.then(one.public_id.cmp(&other.public_id))
    });
    recorded
}

fn told(candidate: &Candidate) -> String {
    if candidate.nation.number.is_empty() {
        candidate.nation.name.clone()
    } else {
        let number = &candidate.nation.number;
        format!("{} (band {number})", candidate.nation.name)
    }
}

/// Where a nation of the list is recorded: under its number or, where none is recorded, under one of its names.
fn recorded_as(candidate: &Candidate, all: &[RecordedAs], index: &NameIndex) -> Vec<usize> {
    let number = &candidate.nation.number;
    let has_number = |nation: &Nation| !number.is_empty() && nation.number.trim() == number;
    let mut positions: Vec<usize> = (0..all.len())
        .filter(|position| has_number(&all[*position].nation))
        .collect();
    for (name, _) in &candidate.nation.names {
        for nearest in index.nearest(name) {
            let position = nearest.owner as usize;
            let is_same = matches!(nearest.near, Near::Same | Near::ButNationWords);
            let has_other_number = all
                .get(position)
                .is_none_or(|recorded| !recorded.nation.number.trim().is_empty());
            if is_same && !has_other_number && !positions.contains(&position) {
                positions.push(position);
            }
        }
    }
    positions
}
