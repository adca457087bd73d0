//! Brings derived records and index entries up to date with the statements of the subjects that changed, in an overlay.
//! What was only added to is added to (`additions.rs`); the rest is made anew.

use super::additions::{self, Change};
use super::backend::{Deadline, GO_ON, Order, ReadView, Table};
use super::derive::{Contribution, contributions, record};
use super::error::StoreError;
use super::history::{self, History};
use super::index_entries::index_entries;
use super::index_keys::{self, IndexKey};
use super::keys;
use super::overlay::Overlay;
use super::records::{TieEntry, decode};
use super::search_entries::search_entries;
use super::search_index;
use super::tie_kind::TieKind;
use crate::lookup::keys::KeyMaker;
use crate::model::ids::SubjectKind;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Makes anew what is derived from the changed subjects: their index entries and records, and the records of the
/// other ends of their ties, those before the change included.
pub fn refresh(overlay: &mut Overlay<'_>, changed: &BTreeSet<u64>) -> Result<(), StoreError> {
    let affected = refresh_indexes(overlay, changed)?;
    refresh_records(overlay, &affected)
}

/// The same for a commit group.
pub fn refresh_group(
    overlay: &mut Overlay<'_>,
    changes: &BTreeMap<u64, Change>,
) -> Result<(), StoreError> {
    let corrected: BTreeSet<u64> = changes
        .iter()
        .filter(|(_, change)| change.corrects)
        .map(|(&number, _)| number)
        .collect();
    // Records that are made anew read what is tied to them from the index, so that it comes first.
    let anew = refresh_indexes(overlay, &corrected)?;
    let anew = additions::apply(overlay, changes, anew)?;
    refresh_records(overlay, &anew)
}

/// Makes index entries anew. Returns the subjects whose records must be made anew.
fn refresh_indexes(
    overlay: &mut Overlay<'_>,
    changed: &BTreeSet<u64>,
) -> Result<BTreeSet<u64>, StoreError> {
    let mut affected = changed.clone();
    let mut maker = KeyMaker::default();
    for &number in changed {
        let before = history::read(overlay.base(), number, Deadline::NONE)?;
        let after = history::read(overlay, number, Deadline::NONE)?;
        for side in [&before, &after].into_iter().flatten() {
            contributions(side, &mut |contribution| {
                affected.insert(contribution.other);
            });
        }
        refresh_index(overlay, before.as_ref(), after.as_ref())?;
        let mut searched = |side: Option<&History>| {
            side.map(|history| search_entries(history.subject, history.live(), &mut maker))
                .unwrap_or_default()
        };
        let (old, new) = (searched(before.as_ref()), searched(after.as_ref()));
        search_index::update(overlay, number, &old, &new, &mut maker)?;
    }
    Ok(affected)
}

/// Makes the records of these subjects anew.
pub fn refresh_records(
    overlay: &mut Overlay<'_>,
    subjects: &BTreeSet<u64>,
) -> Result<(), StoreError> {
    let mut histories = Histories::default();
    for &number in subjects {
        let derived = match histories.get(overlay, number)? {
            Some(history) => {
                let contributed = contributed(overlay, &history, &mut histories)?;
                record(&history, &contributed)?
            }
            None => None,
        };
        match derived {
            Some(value) => overlay.put(Table::Nodes, keys::number(number), value),
            None => overlay.delete(Table::Nodes, keys::number(number)),
        }
    }
    Ok(())
}

/// Brings the index entries of one subject from what was to what is.
pub fn refresh_index(
    overlay: &mut Overlay<'_>,
    before: Option<&History>,
    after: Option<&History>,
) -> Result<(), StoreError> {
    let entries = |side: Option<&History>| side.map_or_else(|| Ok(BTreeMap::new()), index_entries);
    let (old, new) = (entries(before)?, entries(after)?);
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        overlay.delete(Table::Index, key.clone());
    }
    for (key, value) in new {
        if old.get(&key) != Some(&value) {
            overlay.put(Table::Index, key, value);
        }
    }
    Ok(())
}

/// Histories read once for a group.
#[derive(Default)]
struct Histories(HashMap<u64, Option<Rc<History>>>);

impl Histories {
    fn get(&mut self, view: &dyn ReadView, number: u64) -> Result<Option<Rc<History>>, StoreError> {
        if let Some(known) = self.0.get(&number) {
            return Ok(known.clone());
        }
        let read = history::read(view, number, Deadline::NONE)?.map(Rc::new);
        self.0.insert(number, read.clone());
        Ok(read)
    }
}

/// What others put into the record of this subject.
fn contributed(
    view: &dyn ReadView,
    history: &History,
    histories: &mut Histories,
) -> Result<Vec<Contribution>, StoreError> {
    let number = history.subject.number();
    let mut found = Vec::new();
    for subject in tied_subjects(view, number, contributing_kinds(history.subject.kind()))? {
        if let Some(tied) = histories.get(view, subject)? {
            contributions(&tied, &mut |contribution| {
                if contribution.other == number {
                    found.push(contribution);
                }
            });
        }
    }
    Ok(found)
}

/// By which kinds of tie others put something into the record of a subject.
fn contributing_kinds(kind: SubjectKind) -> &'static [TieKind] {
    match kind {
        SubjectKind::Person => &TieKind::WALKED_BOTH_WAYS,
        SubjectKind::Household => &[TieKind::Household],
        _ => &[],
    }
}

/// The subjects that are now tied to another by one of these kinds.
fn tied_subjects(
    view: &dyn ReadView,
    other: u64,
    kinds: &[TieKind],
) -> Result<BTreeSet<u64>, StoreError> {
    let mut subjects = BTreeSet::new();
    for kind in kinds {
        let range = index_keys::ties(other, *kind);
        view.scan(
            Table::Index,
            &range,
            Order::Ascending,
            Deadline::NONE,
            &mut |key, value| {
                let Some(IndexKey::Tie { subject, .. }) = IndexKey::decode(key) else {
                    return Err(StoreError::damaged("unreadable tie in the index"));
                };
                if decode::<TieEntry>(value)?.live {
                    subjects.insert(subject);
                }
                GO_ON
            },
        )?;
    }
    Ok(subjects)
}
