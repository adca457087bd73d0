//! A family read by the real CSV reader into a store in memory, and the people in it by name.

use super::family_lines::{FamilyLines, bundle_files};
use kinpath::exchange::csv::read_named_files;
use kinpath::model::bundle::Bundle;
use kinpath::model::ids::{ExternalId, PersonId, SubjectKind};
use kinpath::store::{ImportRequest, Store, StoreOptions};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// A store with one family.
pub struct World {
    pub store: Store,
    people: BTreeMap<String, PersonId>,
}

impl World {
    /// Reads a family. An error tells the line or the reader's finding.
    pub fn of(child: &str, lines: &FamilyLines) -> Result<World, String> {
        let files = bundle_files(child, lines)?;
        World::of_files(&files)
    }

    pub fn of_files(files: &[(&'static str, Vec<u8>)]) -> Result<World, String> {
        let named: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, text)| (*name, text.as_slice()))
            .collect();
        let read = read_named_files("scenario", &named, &Default::default());
        if read.errors > 0 {
            let reasons: Vec<String> = read
                .findings
                .iter()
                .map(|finding| {
                    let origin = &finding.origin;
                    format!("{} line {}: {}", origin.file, origin.line, finding.reason)
                })
                .collect();
            return Err(reasons.join("; "));
        }
        Ok(store_of(
            &read.bundle.unpacked().map_err(|why| why.to_string())?,
        ))
    }

    /// Everybody, by name.
    pub fn people(&self) -> impl Iterator<Item = (&str, PersonId)> {
        self.people.iter().map(|(name, id)| (name.as_str(), *id))
    }

    pub fn person(&self, name: &str) -> Result<PersonId, String> {
        self.people
            .get(name)
            .copied()
            .ok_or_else(|| format!("nobody called \"{name}\" stands among the people"))
    }
}

/// Imports a bundle into a new store.
fn store_of(bundle: &Bundle) -> World {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let request = ImportRequest::new("scenario", "a test");
    store
        .import(bundle, &request, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    let snapshot = store.snapshot().unwrap();
    let ids: Vec<ExternalId> = bundle
        .subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Person)
        .map(|subject| subject.external_id.clone())
        .collect();
    let people = ids
        .into_iter()
        .map(|id| {
            let subject = snapshot
                .subject_of_external_id(SubjectKind::Person, &id)
                .unwrap();
            (id.xref, PersonId(subject.unwrap().number()))
        })
        .collect();
    drop(snapshot);
    World { store, people }
}
