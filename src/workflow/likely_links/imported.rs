//! What an import brings is compared with the store: before, to tell who is probably recorded already; afterwards, to record
//! likely links. Nobody is merged. Both can be done again and give the same.

use super::file_people::{FilePeople, known_people};
use super::matcher::{LEAST, Likely, Matcher};
use super::records::{FileRecords, RecordKey, Records};
use super::{Links, link_reason, suggested_already};
use crate::access::Permit;
use crate::error::Error;
use crate::linkage::shipped;
use crate::model::audit::{SeenLevel, Shown};
use crate::model::bundle::BundleContent;
use crate::model::ids::{ExternalId, PersonId, PublicId, SubjectKind};
use crate::model::partial_date::PartialDate;
use crate::model::same_person::{LinkReason, Pair, Probability};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, Store};
use crate::workflow::find_duplicates::PeopleToLink;
use crate::workflow::same_person::{
    Suggested, Suggestion, apart_by_adoption, are_apart, replace_suggestions,
};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// Somebody in a file who is probably recorded already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbablyKnown {
    pub external_id: ExternalId,
    /// The name in the file.
    pub name: String,
    /// The likeliest first.
    pub candidates: Vec<KnownCandidate>,
}

/// A record that may be of the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCandidate {
    pub public_id: PublicId,
    pub name: String,
    pub birth: Option<PartialDate>,
    pub probability: Probability,
    /// The strongest first.
    pub reasons: Vec<LinkReason>,
}

/// Whom a list of probably known people shows.
pub fn shown_by(known: &[ProbablyKnown]) -> Shown {
    let mut shown = Shown::default();
    for candidate in known.iter().flat_map(|known| &known.candidates) {
        let id = candidate.public_id;
        shown.add(SubjectKind::Person, id, SeenLevel::Identifying);
    }
    shown
}

/// Hears how many people are done, of how many.
pub type LinkProgress<'a> = &'a mut dyn FnMut(u64, u64);

/// People compared between two reports of progress, and by one thread at a time.
const PORTION: usize = 2_048;
const AT_A_TIME: usize = 32;
/// Links recorded in one commit.
const LINKS_OF_A_COMMIT: usize = 500;
/// A store that is begun with more people than this is filled without comparing them, so that its first import costs no more
/// time and memory than it must: nobody in it was known before.
const MOST_TO_BEGIN_WITH: usize = 50_000;
/// Comparing everybody with everybody costs about as much as looking up one in so many.
const WHOLE_STORE: usize = 30;

/// Who of a file's people that the store does not know by their ids is probably recorded already; in the order of the
/// file. Changes nothing.
pub fn probably_known(
    store: &Store,
    permit: &Permit,
    bundle: &dyn BundleContent,
    progress: LinkProgress<'_>,
) -> Result<Vec<ProbablyKnown>, Error> {
    let known = find_probably_known(store, permit, bundle, progress)?;
    permit.close_read(store, "compare_import", &shown_by(&known))?;
    Ok(known)
}

fn find_probably_known(
    store: &Store,
    permit: &Permit,
    bundle: &dyn BundleContent,
    progress: LinkProgress<'_>,
) -> Result<Vec<ProbablyKnown>, Error> {
    let permit = permit.clone().limited_to(Visibility::open_only());
    let snapshot = permit.snapshot(store)?;
    let known = known_people(&snapshot, bundle)?;
    let of_file: FxHashSet<PersonId> = known.iter().flatten().copied().collect();
    let is_new = |position: &usize| {
        bundle.kind(*position) == Some(SubjectKind::Person) && known[*position].is_none()
    };
    let new: Vec<usize> = (0..bundle.len()).filter(is_new).collect();
    if new.is_empty() || snapshot.numbers().end <= 1 {
        return Ok(Vec::new());
    }
    let matcher = Matcher::of(store, &snapshot)?;
    drop(snapshot);
    let file = FilePeople::of(bundle, &known)?;
    let mut found = Vec::new();
    for (portion, positions) in new.chunks(PORTION).enumerate() {
        progress((portion * PORTION) as u64, new.len() as u64);
        let parts: Result<Vec<Vec<ProbablyKnown>>, Error> = positions
            .par_chunks(AT_A_TIME)
            .map(|positions| {
                let snapshot = permit.snapshot(store)?;
                let records = Records::of(&snapshot, Some(&file));
                let mut known = Vec::new();
                for position in positions {
                    let key = RecordKey::in_file(*position);
                    let mut likely = matcher.likely(&records, key, &[])?;
                    // Whom the file itself brings is no news.
                    likely.retain(|likely| {
                        likely
                            .other
                            .person()
                            .is_some_and(|other| !of_file.contains(&other))
                    });
                    let candidates = candidates(&records, key, &likely)?;
                    if !candidates.is_empty() {
                        known.push(ProbablyKnown {
                            external_id: bundle.external_id(*position),
                            name: name_in_file(&file, *position)?,
                            candidates,
                        });
                    }
                }
                Ok(known)
            })
            .collect();
        found.extend(parts?.into_iter().flatten());
    }
    Ok(found)
}

fn name_in_file(file: &FilePeople<'_>, position: usize) -> Result<String, Error> {
    let mut names = file.compared(position)?.facts.names.into_iter();
    Ok(names.next().map(|name| name.full).unwrap_or_default())
}

/// Those of whom may be told: nobody on the other side of a sealed adoption.
fn candidates(
    records: &Records<'_>,
    key: RecordKey,
    likely: &[Likely],
) -> Result<Vec<KnownCandidate>, Error> {
    let mut candidates = Vec::new();
    for likely in likely {
        let neighbours = |keys: &[RecordKey], seen: &Visibility| records.neighbours(keys, seen);
        if are_apart(key, likely.other, &neighbours)? {
            continue;
        }
        let (Some(person), Some(probability)) =
            (likely.other.person(), Probability::new(likely.probability))
        else {
            continue;
        };
        let nodes = records
            .snapshot
            .nodes(&[person], &Visibility::open_only())?;
        candidates.extend(nodes.into_iter().flatten().map(|node| KnownCandidate {
            public_id: node.public_id,
            name: node.name.clone(),
            birth: node.birth,
            probability,
            reasons: likely.reasons.iter().map(link_reason).collect(),
        }));
    }
    Ok(candidates)
}

/// What came of comparing those whom an import brought.
#[derive(Clone, Debug, Default)]
pub struct LinksOfImport {
    pub suggested: Suggested,
    /// Who of them is new and probably recorded already; in the order of the file.
    pub probably_known: Vec<ProbablyKnown>,
    /// A store was begun with more people than are compared on the way in: `kinpath duplicates --record` compares them.
    pub not_compared: bool,
}

/// Records the likely links of everybody whom an import brought, in portions of which each is whole. `first_new` is the
/// first number that the import gave to a record, where that is known.
pub fn suggest_links_of_import(
    store: &Store,
    permit: &Permit,
    bundle: &dyn BundleContent,
    first_new: Option<u64>,
    progress: LinkProgress<'_>,
) -> Result<LinksOfImport, Error> {
    let permit = permit.clone().limited_to(Visibility::open_only());
    let snapshot = permit.snapshot(store)?;
    let known = known_people(&snapshot, bundle)?;
    let people = Brought::of(&known, first_new);
    let is_all_there_is = bundle.len() as u64 + 1 >= snapshot.numbers().end;
    if is_all_there_is && people.all.len() > MOST_TO_BEGIN_WITH {
        return Ok(LinksOfImport {
            not_compared: true,
            ..LinksOfImport::default()
        });
    }
    let all = Matcher::of(store, &snapshot)?.people();
    drop(snapshot);
    let mut report: FxHashMap<PersonId, Vec<Suggestion>> = FxHashMap::default();
    let mut take = |links: &Links| {
        for found in &links.found {
            for (one, other) in [(found.one, found.other), (found.other, found.one)] {
                if people.has_new(one) && !people.has(other) {
                    report.entry(one).or_default().push(found.clone());
                }
            }
        }
    };
    let suggested = if people.all.len() as u64 * WHOLE_STORE as u64 > all {
        of_whole_store(store, &permit, &people, &mut take, progress)?
    } else {
        one_by_one(store, &permit, &people.all, &mut take, progress)?
    };
    let snapshot = permit.snapshot(store)?;
    let mut probably_known = Vec::new();
    for (position, person) in known.iter().enumerate() {
        let found = person.as_ref();
        let found = found.and_then(|person| Some((person, report.get(person)?)));
        if let Some((person, found)) = found {
            let external_id = bundle.external_id(position);
            probably_known.extend(told(&snapshot, &external_id, *person, found)?);
        }
    }
    Ok(LinksOfImport {
        suggested,
        probably_known,
        not_compared: false,
    })
}

/// The people of an import, in the order of their numbers.
struct Brought {
    all: Vec<PersonId>,
    first_new: Option<u64>,
}

impl Brought {
    fn of(known: &[Option<PersonId>], first_new: Option<u64>) -> Brought {
        let mut all: Vec<PersonId> = known.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        Brought { all, first_new }
    }

    fn has(&self, person: PersonId) -> bool {
        self.all.binary_search(&person).is_ok()
    }

    /// Whether it was new, or may have been.
    fn has_new(&self, person: PersonId) -> bool {
        self.first_new.is_none_or(|first| person.0 >= first) && self.has(person)
    }

    /// Those who were there before, or may have been.
    fn earlier(&self) -> &[PersonId] {
        let end = self.first_new.map(PersonId);
        let end = end.map(|end| self.all.partition_point(|person| *person < end));
        &self.all[..end.unwrap_or(self.all.len())]
    }
}

/// A record of the store with its candidates, as far as may be told.
fn told(
    snapshot: &Snapshot<'_>,
    external_id: &ExternalId,
    person: PersonId,
    found: &[Suggestion],
) -> Result<Option<ProbablyKnown>, Error> {
    let open = Visibility::open_only();
    let mut candidates = Vec::new();
    for suggestion in found {
        let pair = Pair::of(suggestion.one, suggestion.other);
        if apart_by_adoption(snapshot, pair)? {
            continue;
        }
        let other = pair.ends().into_iter().find(|end| *end != person);
        let other = snapshot.nodes(&[other.unwrap_or(person)], &open)?;
        candidates.extend(other.into_iter().flatten().map(|node| KnownCandidate {
            public_id: node.public_id,
            name: node.name,
            birth: node.birth,
            probability: suggestion.probability,
            reasons: suggestion.reasons.clone(),
        }));
    }
    candidates.sort_by_key(|candidate| {
        (
            std::cmp::Reverse(candidate.probability),
            candidate.public_id,
        )
    });
    let own = snapshot.nodes(&[person], &open)?.pop().flatten();
    let name = own.map(|node| node.name).unwrap_or_default();
    Ok((!candidates.is_empty()).then(|| ProbablyKnown {
        external_id: external_id.clone(),
        name,
        candidates,
    }))
}

fn one_by_one(
    store: &Store,
    permit: &Permit,
    people: &[PersonId],
    take: &mut dyn FnMut(&Links),
    progress: LinkProgress<'_>,
) -> Result<Suggested, Error> {
    let mut all = Suggested::default();
    for (number, portion) in people.chunks(PORTION).enumerate() {
        progress((number * PORTION) as u64, people.len() as u64);
        let links = looked_up(store, permit, portion)?;
        take(&links);
        all.add(record(store, permit, &links)?);
    }
    Ok(all)
}

/// The links of some people by the search index.
fn looked_up(store: &Store, permit: &Permit, people: &[PersonId]) -> Result<Links, Error> {
    let snapshot = permit.snapshot(store)?;
    let matcher = Matcher::of(store, &snapshot)?;
    drop(snapshot);
    let parts: Result<Vec<Links>, Error> = people
        .par_chunks(AT_A_TIME)
        .map(|people| {
            let snapshot = permit.snapshot(store)?;
            let records = Records::of(&snapshot, None);
            let mut links = Links::default();
            for person in people {
                links.add(&matcher, &records, *person)?;
            }
            Ok(links)
        })
        .collect();
    let mut links = Links::default();
    for part in parts? {
        links.append(part);
    }
    Ok(links)
}

/// Compares everybody with everybody, as `kinpath duplicates` does, and keeps what concerns these people.
fn of_whole_store(
    store: &Store,
    permit: &Permit,
    people: &Brought,
    take: &mut dyn FnMut(&Links),
    progress: LinkProgress<'_>,
) -> Result<Suggested, Error> {
    let parameters = shipped().ok_or_else(|| Error::Internal {
        detail: "the parameters that come with Kinpath are not of its form".to_owned(),
    })?;
    let read = PeopleToLink::read_named(store, permit)?.concerning(&|person| people.has(person));
    let grouped = read.grouped(parameters)?;
    let mut all = Suggested::default();
    let mut found = FxHashSet::default();
    for from in (0..grouped.len()).step_by(PORTION) {
        progress(from as u64, grouped.len() as u64);
        permit.go_on()?;
        let mut links = Links::default();
        for duplicate in grouped.duplicates(from..grouped.len().min(from + PORTION), LEAST) {
            let one = grouped.person(duplicate.link.a);
            let other = grouped.person(duplicate.link.b);
            if people.has(one) || people.has(other) {
                found.insert(Pair::of(one, other));
                let probability = Probability::new(duplicate.probability);
                links
                    .found
                    .extend(probability.map(|probability| Suggestion {
                        one,
                        other,
                        probability,
                        reasons: duplicate.reasons.iter().map(link_reason).collect(),
                    }));
            }
        }
        take(&links);
        all.add(record(store, permit, &links)?);
    }
    drop(grouped);
    // What was suggested earlier and was not found now is looked at by itself.
    let snapshot = permit.snapshot(store)?;
    let mut doubtful = Vec::new();
    for person in people.earlier() {
        let suggested = suggested_already(&snapshot, *person)?;
        let is_new = |other: &PersonId| !found.contains(&Pair::of(*person, *other));
        if suggested.iter().any(is_new) {
            doubtful.push(*person);
        }
    }
    drop(snapshot);
    for portion in doubtful.chunks(PORTION) {
        let mut links = looked_up(store, permit, portion)?;
        links.leave_out(&found);
        found.extend(links.found.iter().map(|one| Pair::of(one.one, one.other)));
        take(&links);
        all.add(record(store, permit, &links)?);
    }
    Ok(all)
}

fn record(store: &Store, permit: &Permit, links: &Links) -> Result<Suggested, Error> {
    let edition = shipped().map_or("", |parameters| parameters.edition.as_str());
    let mut all = Suggested::default();
    for found in links.found.chunks(LINKS_OF_A_COMMIT) {
        permit.go_on()?;
        all.add(replace_suggestions(store, permit, edition, found, &[])?);
    }
    for gone in links.gone.chunks(LINKS_OF_A_COMMIT) {
        all.add(replace_suggestions(store, permit, edition, &[], gone)?);
    }
    Ok(all)
}
