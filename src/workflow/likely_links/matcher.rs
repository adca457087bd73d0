//! Which records are probably of the same person as one record: candidates from the search index, scored by the parameters
//! that come with the program, with what ties say.

use super::records::{Compared, RecordKey, Records, Ties};
use super::sample::StoreSample;
use crate::error::Error;
use crate::linkage::{Few, FieldEvidence, Kin, Parameters, PersonFacts, odds_with_kin, shipped};
use crate::lookup::{BirthColumn, Question, QuestionName, Search};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, Store};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Pairs less probable than this are not suggested; the same as `kinpath duplicates` has by default.
pub const LEAST: f64 = 0.5;
/// How many candidates of one record are scored.
const MOST_CANDIDATES: usize = 24;
/// How many names of one record are looked up.
const MOST_NAMES: usize = 6;
/// How far below [`LEAST`] fields may leave a pair whose ties are asked: ties add no more, in bits.
const MOST_BY_TIES: f64 = 8.0;

/// A record that is probably of the same person.
#[derive(Clone, Debug)]
pub struct Likely {
    pub other: RecordKey,
    pub probability: f64,
    pub reasons: Vec<FieldEvidence>,
}

/// Compares records with those of a store.
pub struct Matcher {
    pub parameters: &'static Parameters,
    sample: Arc<StoreSample>,
    records: u64,
}

/// A candidate with the log odds that its fields give.
struct Candidate {
    key: RecordKey,
    compared: Compared,
    odds: f64,
}

impl Matcher {
    pub fn of(store: &Store, snapshot: &Snapshot<'_>) -> Result<Matcher, Error> {
        let parameters = shipped().ok_or_else(|| Error::Internal {
            detail: "the parameters that come with Kinpath are not of its form".to_owned(),
        })?;
        let sample = StoreSample::of(store, snapshot)?;
        Ok(Matcher {
            parameters,
            records: sample.people(snapshot),
            sample,
        })
    }

    /// About how many people the store has.
    pub fn people(&self) -> u64 {
        self.records
    }

    /// The likeliest first. `also` are compared in any case. Two sides of a sealed adoption are for the caller to tell apart.
    pub fn likely(
        &self,
        records: &Records<'_>,
        key: RecordKey,
        also: &[RecordKey],
    ) -> Result<Vec<Likely>, Error> {
        let compared = records.compared(key)?;
        if compared.facts.names.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys = self.candidates(records.snapshot, key, &compared)?;
        let more = also.iter().filter(|other| !keys.contains(other));
        keys.extend(more.copied().collect::<Vec<_>>());
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let few = Few::new(self.parameters, &self.sample.counts, self.records);
        let candidates = scored(&few, records, &compared, keys)?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        judged(&few, records, (key, &compared), &candidates)
    }

    fn candidates(
        &self,
        snapshot: &Snapshot<'_>,
        key: RecordKey,
        compared: &Compared,
    ) -> Result<Vec<RecordKey>, Error> {
        let facts = &compared.facts;
        let names = facts.names.iter().take(MOST_NAMES);
        let question = Question {
            names: names
                .map(|name| QuestionName::of_parts(&name.full, &name.given, &name.family))
                .filter(|name| !name.tokens.is_empty())
                .collect(),
            birth: facts.births.first().copied().and_then(BirthColumn::of),
            gender: facts.gender,
            places: compared.places.clone(),
            nations: compared.nations.clone(),
        };
        let own = key.person().map(|person| person.0);
        let mut search = Search::like_record(&question, self.records, own);
        snapshot.search(&mut search, &Visibility::open_only())?;
        let found = search.finish(MOST_CANDIDATES).into_iter();
        Ok(found
            .map(|found| RecordKey::of_person(crate::model::ids::PersonId(found.person)))
            .collect())
    }
}

/// Those whose fields leave it possible that ties make them likely.
fn scored(
    few: &Few<'_>,
    records: &Records<'_>,
    own: &Compared,
    keys: Vec<RecordKey>,
) -> Result<Vec<Candidate>, Error> {
    let mut read = Vec::with_capacity(keys.len());
    for key in keys {
        read.push((key, records.compared(key)?));
    }
    let mut facts: Vec<&PersonFacts> = vec![&own.facts];
    facts.extend(read.iter().map(|(_, compared)| &compared.facts));
    let people = few.people(&facts);
    let least = (LEAST / (1.0 - LEAST)).log2() - MOST_BY_TIES;
    let odds: Vec<Option<f64>> = (1..=read.len() as u32)
        .map(|row| people.odds(0, row, least))
        .collect();
    let scored = read.into_iter().zip(odds);
    Ok(scored
        .filter_map(|((key, compared), odds)| {
            let odds = odds?;
            Some(Candidate {
                key,
                compared,
                odds,
            })
        })
        .collect())
}

/// With what ties say; the likeliest first.
fn judged(
    few: &Few<'_>,
    records: &Records<'_>,
    (key, own): (RecordKey, &Compared),
    candidates: &[Candidate],
) -> Result<Vec<Likely>, Error> {
    let mut keys: Vec<RecordKey> = vec![key];
    keys.extend(candidates.iter().map(|candidate| candidate.key));
    let ties = records.ties(&keys)?;
    let mut rows: FxHashMap<RecordKey, u32> = FxHashMap::default();
    rows.extend(keys.iter().zip(0..).map(|(key, row)| (*key, row)));
    let mut relatives: Vec<Compared> = Vec::new();
    for Ties {
        parents,
        children,
        partners,
    } in &ties
    {
        for relative in parents.iter().chain(children).chain(partners) {
            if !rows.contains_key(relative) {
                rows.insert(*relative, (keys.len() + relatives.len()) as u32);
                relatives.push(records.compared(*relative)?);
            }
        }
    }
    let mut facts: Vec<&PersonFacts> = vec![&own.facts];
    facts.extend(candidates.iter().map(|candidate| &candidate.compared.facts));
    facts.extend(relatives.iter().map(|compared| &compared.facts));
    let people = few.people(&facts);
    let kin = kin_of(&ties, &rows, facts.len());
    let mut likely = Vec::new();
    for (candidate, row) in candidates.iter().zip(1..) {
        let odds = odds_with_kin(&people.table, &kin, 0, row, candidate.odds);
        let probability = odds.map(|odds| 1.0 / (1.0 + (-odds).exp2()));
        if let Some(probability) = probability.filter(|probability| *probability >= LEAST) {
            likely.push(Likely {
                other: candidate.key,
                probability,
                reasons: people.reasons(&kin, 0, row),
            });
        }
    }
    likely.sort_by(|a, b| {
        (b.probability.total_cmp(&a.probability)).then_with(|| a.other.cmp(&b.other))
    });
    Ok(likely)
}

/// The ties among the rows of a table; a tie told at both ends counts once.
fn kin_of(ties: &[Ties], rows: &FxHashMap<RecordKey, u32>, records: usize) -> Kin {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    let mut partners: Vec<(u32, u32)> = Vec::new();
    for (row, ties) in (0..).zip(ties) {
        let known = |list: &[RecordKey]| -> Vec<u32> {
            list.iter()
                .filter_map(|key| rows.get(key).copied())
                .collect()
        };
        parents.extend(known(&ties.parents).into_iter().map(|parent| (row, parent)));
        parents.extend(known(&ties.children).into_iter().map(|child| (child, row)));
        let both = known(&ties.partners).into_iter();
        partners.extend(both.map(|other| (row.min(other), row.max(other))));
    }
    let mut kin = Kin::of_size(records);
    for (list, add) in [
        (&mut parents, Kin::add_parent as fn(&mut Kin, u32, u32)),
        (&mut partners, Kin::add_partner),
    ] {
        list.sort_unstable();
        list.dedup();
        list.iter()
            .for_each(|(one, other)| add(&mut kin, *one, *other));
    }
    kin
}
