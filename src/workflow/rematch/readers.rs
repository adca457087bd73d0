//! Who reads whom: for which children a record was read. Held in memory between runs, so that a change finds the children
//! whom it can touch without looking at all of them.

use super::night::Outcomes;
use super::touched::Touched;
use crate::error::Error;
use crate::model::ids::{PersonId, Revision};
use crate::model::rematch::RunNumber;
use crate::store::{Chunk, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Of more children matched since, everything is put in order anew.
const MOST_ANEW: usize = 4096;

/// What holds of every child as of a run, and for whom which subject was read.
#[derive(Debug)]
pub struct Readers {
    /// The last run.
    pub run: RunNumber,
    /// Commits up to this one touched nobody else.
    pub seen: Revision,
    pub outcomes: Outcomes,
    /// Subject and child, in order.
    pairs: Vec<(u64, PersonId)>,
    /// What was read for those who were matched since: of them the pairs hold no longer.
    anew: BTreeMap<PersonId, Vec<u64>>,
}

impl Readers {
    /// As of a run that was done.
    pub fn read(
        snapshot: &Snapshot<'_>,
        run: RunNumber,
        revision: Revision,
    ) -> Result<Readers, Error> {
        let mut pairs = Vec::new();
        snapshot.rematch_reads(run, &mut |child, read| {
            pairs.extend(read.into_iter().map(|subject| (subject, child)));
        })?;
        pairs.sort_unstable();
        Ok(Readers {
            run,
            seen: revision,
            outcomes: snapshot.rematch_outcomes(run)?,
            pairs,
            anew: BTreeMap::new(),
        })
    }

    /// The children whose answer may be another, with those whose case changed and those who could not be matched.
    pub fn touched_by(&self, touched: &Touched) -> BTreeSet<PersonId> {
        let mut children = touched.children.clone();
        for &subject in &touched.numbers {
            let first = self.pairs.partition_point(|(known, _)| *known < subject);
            let of_subject = self.pairs[first..]
                .iter()
                .take_while(|(known, _)| *known == subject)
                .map(|(_, child)| *child);
            children.extend(of_subject.filter(|child| !self.anew.contains_key(child)));
        }
        let anew = self.anew.iter().filter(|(_, read)| touched.meets(read));
        children.extend(anew.map(|(child, _)| *child));
        if !touched.numbers.is_empty() {
            let failed = self.outcomes.values().filter(|one| one.failure.is_some());
            children.extend(failed.map(|outcome| outcome.child));
        }
        children
    }

    /// Takes in what a run wrote.
    pub fn take_in(&mut self, run: RunNumber, chunk: &Chunk) {
        self.run = run;
        for outcome in &chunk.outcomes {
            match outcome.is_gone() {
                true => self.outcomes.remove(&outcome.child),
                false => self.outcomes.insert(outcome.child, *outcome),
            };
        }
        for result in &chunk.results {
            if let Some(read) = &result.read {
                self.anew.insert(result.child, read.clone());
            }
        }
        if self.anew.len() > MOST_ANEW {
            let anew = std::mem::take(&mut self.anew);
            self.pairs.retain(|(_, child)| !anew.contains_key(child));
            let of_anew = anew.into_iter();
            self.pairs.extend(
                of_anew.flat_map(|(child, read)| {
                    read.into_iter().map(move |subject| (subject, child))
                }),
            );
            self.pairs.sort_unstable();
        }
    }
}
