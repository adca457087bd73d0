//! Which subject and source of a bundle gets, or has, which number in the store.

use super::backend::{Deadline, GO_ON, Order, ReadView, Table};
use super::error::StoreError;
use super::import_journal::Load;
use super::index_entries::decode_subject;
use super::index_keys::IndexKey;
use super::keys;
use super::records::source_hash;
use super::records::{State, decode, encode};
use super::stage::fits;
use crate::model::bundle::{BundleContent, BundleFact};
use crate::model::ids::{SourceId, StewardId, Subject};
use crate::model::statement::{Evidence, Fact, Source};
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

/// Imported external ids are those of this store's agency.
pub const OWNER: StewardId = StewardId::AGENCY;

/// The numbers of a bundle's subjects and sources.
pub struct Plan<'a> {
    pub bundle: &'a dyn BundleContent,
    /// By position in the bundle.
    subjects: Vec<Subject>,
    sources: Vec<SourceId>,
    /// Positions of the new subjects, in the order of their numbers.
    pub new: Vec<usize>,
    /// Positions of those known before.
    pub known: Vec<usize>,
    /// The first statement number of each new subject, in the same order.
    pub first_statements: Vec<u64>,
    /// Sources that are not stored yet.
    pub new_sources: Vec<(SourceId, &'a Source)>,
}

impl<'a> Plan<'a> {
    /// The number that a position stands for.
    pub fn subject(&self, position: usize) -> Subject {
        self.subjects[position]
    }

    /// A fact with the store's numbers in place of positions.
    pub fn fact(&self, mut fact: Fact) -> Fact {
        fact.map_subjects(&mut |local| self.subjects[local.number() as usize]);
        fact
    }

    pub fn evidence(&self, evidence: &Evidence) -> Evidence {
        Evidence {
            source: self.sources[evidence.source.0 as usize],
            ..*evidence
        }
    }

    pub fn source(&self, evidence: &Evidence) -> &'a Source {
        &self.bundle.sources()[evidence.source.0 as usize]
    }

    /// The numbers that a load in progress set aside.
    pub fn for_load(
        bundle: &'a dyn BundleContent,
        view: &dyn ReadView,
        load: &Load,
    ) -> Result<Plan<'a>, StoreError> {
        let is_known = |position: usize| load.known[position / 8] & (1 << (position % 8)) != 0;
        let mut new = Vec::with_capacity(load.subjects as usize);
        new.extend((0..bundle.len()).filter(|position| !is_known(*position)));
        let mut known = Vec::with_capacity(bundle.len() - new.len());
        known.extend((0..bundle.len()).filter(|position| is_known(*position)));
        let found = find_subjects(view, bundle, &known)?;
        let mut subjects = Vec::with_capacity(bundle.len());
        let mut numbers = load.first_subject..;
        let mut found = found.into_iter();
        for position in 0..bundle.len() {
            let number = if is_known(position) {
                found.next().flatten()
            } else {
                let kind = bundle.kind(position);
                let number = numbers.next();
                kind.zip(number).map(|(kind, number)| kind.subject(number))
            };
            let number = number.ok_or_else(|| StoreError::damaged("an import lost a subject"))?;
            subjects.push(number);
        }
        let (sources, new_sources) = number_sources(view, bundle, load)?;
        Ok(Plan {
            bundle,
            subjects,
            sources,
            first_statements: first_statements(bundle, &new, load.first_statement),
            new,
            known,
            new_sources,
        })
    }
}

/// Sets numbers aside for everything in the bundle that is not known yet.
pub fn set_aside(
    bundle: &dyn BundleContent,
    view: &dyn ReadView,
    state: &mut State,
) -> Result<Load, StoreError> {
    let positions: Vec<usize> = (0..bundle.len()).collect();
    let found = if state.next_subject == 1 {
        vec![None; positions.len()]
    } else {
        find_subjects(view, bundle, &positions)?
    };
    let mut known = vec![0; bundle.len().div_ceil(8)];
    let (mut subjects, mut statements) = (0, 0);
    let mut meant = HashSet::new();
    for (position, found) in found.iter().enumerate() {
        if let Some(found) = found {
            if !meant.insert(found.number()) {
                let external_id = bundle.external_id(position);
                let reason = format!(
                    "{external_id} and another record stand for the same one of this store"
                );
                return Err(StoreError::invalid("public_id", reason));
            }
            known[position / 8] |= 1 << (position % 8);
        } else {
            subjects += 1;
            statements += bundle.fact_count(position) as u64;
        }
    }
    let load = Load {
        first_subject: state.next_subject,
        subjects,
        first_statement: state.next_statement,
        first_source: state.next_source,
        sources: bundle.sources().len() as u64,
        known,
        loaded: 0,
    };
    state.next_subject += subjects;
    state.next_statement += statements;
    state.next_source += load.sources;
    Ok(load)
}

fn find_subjects(
    view: &dyn ReadView,
    bundle: &dyn BundleContent,
    positions: &[usize],
) -> Result<Vec<Option<Subject>>, StoreError> {
    const KEYS: usize = 8192;
    let mut all = vec![None; positions.len()];
    positions
        .par_chunks(KEYS)
        .zip(all.par_chunks_mut(KEYS))
        .try_for_each(|(positions, found)| {
            let keys: Vec<Vec<u8>> = positions
                .iter()
                .filter_map(|position| external_key(bundle, *position))
                .collect();
            let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
            view.get_many(
                Table::Index,
                &keys,
                Deadline::NONE,
                &mut |position, value| {
                    found[position] = value.map(decode_subject).transpose()?;
                    Ok(())
                },
            )?;
            find_by_public_id(view, bundle, positions, found)
        })?;
    Ok(all)
}

/// Finds those that their external id did not find and that carry a public id.
fn find_by_public_id(
    view: &dyn ReadView,
    bundle: &dyn BundleContent,
    positions: &[usize],
    found: &mut [Option<Subject>],
) -> Result<(), StoreError> {
    let mut places = Vec::new();
    let mut keys = Vec::new();
    for (place, position) in positions.iter().enumerate() {
        if let (None, Some(id)) = (found[place], bundle.public_id(*position)) {
            places.push(place);
            keys.push(IndexKey::PublicId(id).encode());
        }
    }
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    view.get_many(Table::Index, &keys, Deadline::NONE, &mut |nth, value| {
        let Some(subject) = value.map(decode_subject).transpose()? else {
            return Ok(());
        };
        let wanted = positions[places[nth]];
        if Some(subject.kind()) != bundle.kind(wanted) {
            let reason = format!(
                "that of {} is the one of a {} in this store",
                bundle.external_id(wanted),
                subject.kind().word()
            );
            return Err(StoreError::invalid("public_id", reason));
        }
        found[places[nth]] = Some(subject);
        Ok(())
    })
}

fn external_key(bundle: &dyn BundleContent, position: usize) -> Option<Vec<u8>> {
    let key = IndexKey::ExternalId {
        steward: OWNER,
        kind: bundle.kind(position)?,
        external_id: bundle.external_id(position),
    };
    Some(key.encode())
}

type Numbered<'a> = (Vec<SourceId>, Vec<(SourceId, &'a Source)>);

/// Known sources keep their number; others take one of those set aside, the same again if a load is resumed.
fn number_sources<'a>(
    view: &dyn ReadView,
    bundle: &'a dyn BundleContent,
    load: &Load,
) -> Result<Numbered<'a>, StoreError> {
    let hashes: Vec<[u8; 16]> = bundle
        .sources()
        .par_iter()
        .map(source_hash)
        .collect::<Result<_, _>>()?;
    let mut numbers = stored_sources(view, load)?;
    let taken: HashSet<u64> = numbers.values().map(|id| id.0).collect();
    let keys: Vec<Vec<u8>> = hashes
        .iter()
        .map(|hash| IndexKey::Source(*hash).encode())
        .collect();
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    view.get_many(
        Table::Index,
        &keys,
        Deadline::NONE,
        &mut |position, value| {
            if let Some(value) = value {
                let id = SourceId(decode(value)?);
                numbers.entry(hashes[position]).or_insert(id);
            }
            Ok(())
        },
    )?;
    let mut free = (load.first_source..).filter(|number| !taken.contains(number));
    let mut new = Vec::new();
    let mut ids = Vec::with_capacity(hashes.len());
    for (hash, source) in hashes.iter().zip(bundle.sources()) {
        let id = match numbers.get(hash) {
            Some(id) => *id,
            None => {
                let id = free
                    .next()
                    .map(SourceId)
                    .ok_or_else(|| StoreError::invalid("sources", "too many"))?;
                numbers.insert(*hash, id);
                new.push((id, source));
                id
            }
        };
        ids.push(id);
    }
    Ok((ids, new))
}

/// Sources that a load wrote before it was cut off.
fn stored_sources(
    view: &dyn ReadView,
    load: &Load,
) -> Result<HashMap<[u8; 16], SourceId>, StoreError> {
    let mut stored = HashMap::new();
    let range = keys::number(load.first_source).to_vec()
        ..keys::number(load.first_source + load.sources).to_vec();
    view.scan(
        Table::Sources,
        &range,
        Order::Ascending,
        Deadline::NONE,
        &mut |key, value| {
            if let Some(number) = keys::parse_number(key) {
                stored.insert(source_hash(&decode(value)?)?, SourceId(number));
            }
            GO_ON
        },
    )?;
    Ok(stored)
}

fn first_statements(bundle: &dyn BundleContent, new: &[usize], first: u64) -> Vec<u64> {
    let mut next = first;
    new.iter()
        .map(|position| {
            let first = next;
            next += bundle.fact_count(*position) as u64;
            first
        })
        .collect()
}

/// Refuses a bundle whose numbers point outside it or at the wrong kind of subject.
pub fn check(bundle: &dyn BundleContent) -> Result<(), StoreError> {
    (0..bundle.len()).into_par_iter().try_for_each(|position| {
        let facts = bundle.facts(position)?;
        facts
            .iter()
            .try_for_each(|fact| check_fact(bundle, position, fact))
    })?;
    let mut public_ids = HashSet::new();
    for position in 0..bundle.len() {
        let id = bundle.public_id(position);
        if id.is_some_and(|id| !public_ids.insert(id)) {
            let reason = format!("that of {} stands twice", bundle.external_id(position));
            return Err(StoreError::invalid("public_id", reason));
        }
    }
    check_external_ids(bundle)
}

/// Every external id stands once. Compared by hash first, as there may be millions.
fn check_external_ids(bundle: &dyn BundleContent) -> Result<(), StoreError> {
    let hasher = FxBuildHasher;
    let name = |position: usize| (bundle.kind(position), bundle.external_id(position));
    let mut hashes: Vec<(u64, u32)> = Vec::with_capacity(bundle.len());
    hashes.extend((0..bundle.len()).map(|p| (hasher.hash_one(name(p)), p as u32)));
    hashes.par_sort_unstable();
    for same in hashes.chunk_by(|one, other| one.0 == other.0) {
        let mut seen = HashSet::new();
        for (_, position) in same.iter().filter(|_| same.len() > 1) {
            let (kind, external_id) = name(*position as usize);
            if !seen.insert((kind, external_id.clone())) {
                return Err(StoreError::ExternalIdInUse { external_id });
            }
        }
    }
    Ok(())
}

fn check_fact(
    bundle: &dyn BundleContent,
    position: usize,
    fact: &BundleFact,
) -> Result<(), StoreError> {
    let is_fit = bundle
        .kind(position)
        .is_some_and(|kind| fits(kind, &fact.fact));
    if !is_fit || fact.evidence.source.0 >= bundle.sources().len() as u64 {
        let external_id = bundle.external_id(position);
        let reason = format!("a fact of {external_id} cannot be stored");
        return Err(StoreError::invalid("bundle", reason));
    }
    let mut missing = None;
    fact.fact.clone().map_subjects(&mut |named| {
        let there = usize::try_from(named.number()).ok();
        if there.and_then(|there| bundle.kind(there)) != Some(named.kind()) {
            missing = Some(named);
        }
        named
    });
    missing.map_or(Ok(()), |subject| {
        Err(StoreError::UnknownSubject { subject })
    })
}

/// A hash of everything in a bundle.
pub fn digest(bundle: &dyn BundleContent) -> Result<[u8; 32], StoreError> {
    const SUBJECTS: usize = 4096;
    let chunks: Vec<usize> = (0..bundle.len()).step_by(SUBJECTS).collect();
    let parts: Vec<[u8; 32]> = chunks
        .into_par_iter()
        .map(|start| {
            let mut hash = Sha256::new();
            for position in start..bundle.len().min(start + SUBJECTS) {
                let Some(kind) = bundle.kind(position) else {
                    continue;
                };
                hash.update(encode(&(kind, &bundle.external_id(position)))?);
                if let Some(id) = bundle.public_id(position) {
                    hash.update(id.0.to_be_bytes());
                }
                for fact in bundle.facts(position)?.iter() {
                    hash.update(encode(&(&fact.fact, &fact.evidence))?);
                }
            }
            Ok(hash.finalize().into())
        })
        .collect::<Result<_, StoreError>>()?;
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.update(encode(&bundle.sources())?);
    Ok(hash.finalize().into())
}
