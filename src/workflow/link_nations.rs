//! Nations of a bundle that the store has already under another name. One that a file only names is linked to the
//! record with the same band number, if the reference list knows the name for certain; everything else is reported and
//! left as it is: two descriptions of one nation are for a person to put together.

use super::resolve_nation::{RecordedAs, index_of, visible_nations};
use crate::access::Permit;
use crate::error::Error;
use crate::exchange::nation_names::reference_id;
use crate::model::bundle::{BundleContent, Finding, Origin, Severity};
use crate::model::ids::{ExternalId, Subject, SubjectKind};
use crate::model::nation::Nation;
use crate::model::packed_bundle::PackedBundle;
use crate::model::statement::Fact;
use crate::names::nations::{NameIndex, rank};
use crate::store::{Snapshot, Store, StoreError};
use rustc_hash::{FxHashMap, FxHashSet};

/// From this certainty on a nation of the store with a like name is reported.
const WORTH_A_LOOK: f64 = 0.5;
/// Nations that a file only names have references that begin so.
const ONLY_NAMED: &str = "nation/";

/// Links nations of the bundle to those of the store where that is certain; tells what was linked and what may be the
/// same.
pub fn link_nations(
    store: &Store,
    permit: &Permit,
    bundle: &mut PackedBundle,
) -> Result<Vec<Finding>, Error> {
    let snapshot = permit.snapshot(store)?;
    let recorded = visible_nations(&snapshot, permit)?;
    if recorded.is_empty() {
        return Ok(Vec::new());
    }
    let known = Known::of(recorded);
    let mut findings = Vec::new();
    let mut linked: FxHashSet<ExternalId> = FxHashSet::default();
    for position in 0..bundle.len() {
        let Some(nation) = described(bundle, position)? else {
            continue;
        };
        let external_id = bundle.external_id(position);
        let is_known = snapshot
            .subject_of_external_id(SubjectKind::Nation, &external_id)?
            .is_some();
        if is_known {
            continue;
        }
        let told = known.tell(&snapshot, bundle, position, &nation, &mut linked)?;
        findings.extend(told.map(|reason| Finding {
            severity: Severity::Warning,
            origin: Origin {
                file: "nations".to_owned(),
                line: 0,
                field: bundle.xref(position as u64).to_owned(),
            },
            reason,
        }));
    }
    Ok(findings)
}

fn described(bundle: &PackedBundle, position: usize) -> Result<Option<Box<Nation>>, Error> {
    if bundle.kind(position) != Some(SubjectKind::Nation) {
        return Ok(None);
    }
    let facts = bundle.facts(position).map_err(StoreError::from)?;
    Ok(facts.iter().find_map(|fact| match &fact.fact {
        Fact::Nation(nation) => Some(nation.clone()),
        _ => None,
    }))
}

/// The nations of the store.
struct Known {
    nations: Vec<RecordedAs>,
    index: NameIndex,
    /// Positions by id in the reference list.
    by_reference: FxHashMap<&'static str, Vec<usize>>,
}

impl Known {
    fn of(nations: Vec<RecordedAs>) -> Known {
        let mut by_reference: FxHashMap<&'static str, Vec<usize>> = FxHashMap::default();
        for (position, recorded) in nations.iter().enumerate() {
            if let Some(id) = reference_id(&recorded.nation) {
                by_reference.entry(id).or_default().push(position);
            }
        }
        Known {
            index: index_of(&nations),
            nations,
            by_reference,
        }
    }

    /// Links the subject if that is certain; what is to be reported, if anything is.
    fn tell(
        &self,
        snapshot: &Snapshot<'_>,
        bundle: &mut PackedBundle,
        position: usize,
        nation: &Nation,
        linked: &mut FxHashSet<ExternalId>,
    ) -> Result<Option<String>, Error> {
        let same = reference_id(nation).and_then(|id| self.by_reference.get(id));
        let Some(positions) = same else {
            return Ok(self.like(nation));
        };
        if let [one] = positions.as_slice()
            && let Some(recorded) = self.nations.get(*one)
            && bundle.xref(position as u64).starts_with(ONLY_NAMED)
            && !nation.number.is_empty()
            && recorded.nation.number.trim() == nation.number
            && let Some(external_id) = external_id_of(snapshot, recorded)?
            && linked.insert(external_id.clone())
        {
            bundle.set_external_id(position, external_id);
            let facts = bundle.facts(position).map_err(StoreError::from)?;
            let mut facts = facts.into_owned();
            facts.retain(|fact| !matches!(fact.fact, Fact::Nation(_)));
            bundle.set_facts(position as u64, &facts);
            return Ok(Some(format!(
                "\"{}\" is the nation recorded as {}: it is linked to it",
                nation.name,
                in_words(recorded)
            )));
        }
        let recorded = positions
            .iter()
            .filter_map(|position| self.nations.get(*position));
        let recorded: Vec<String> = recorded.map(in_words).collect();
        Ok(Some(format!(
            "\"{}\" seems to be the nation recorded as {}: it is kept beside it",
            nation.name,
            recorded.join(", and as ")
        )))
    }

    /// A nation of the store with a like name.
    fn like(&self, nation: &Nation) -> Option<String> {
        let ranked = rank(&self.index, &nation.name, |_| 1.0, |_, _| false);
        let first = ranked.first().filter(|one| one.certainty >= WORTH_A_LOOK)?;
        let recorded = self.nations.get(first.nearest.owner as usize)?;
        Some(format!(
            "\"{}\" may be the nation recorded as {} (certainty {} %): it is kept beside it",
            nation.name,
            in_words(recorded),
            (first.certainty * 100.0).round()
        ))
    }
}

fn external_id_of(
    snapshot: &Snapshot<'_>,
    recorded: &RecordedAs,
) -> Result<Option<ExternalId>, Error> {
    let identities = snapshot.identities(&[Subject::Nation(recorded.id)])?;
    let first = identities.into_iter().flatten().next();
    Ok(first.and_then(|identities| identities.external_ids.into_iter().next()))
}

fn in_words(recorded: &RecordedAs) -> String {
    let nation = &recorded.nation;
    if nation.number.is_empty() {
        nation.name.clone()
    } else {
        format!("{} (band {})", nation.name, nation.number)
    }
}
