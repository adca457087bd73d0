//! Reads the store itself and holds every commit against its audit line: all of its statements, or it is torn.

use kinpath::model::ids::Revision;
use kinpath::model::visibility::Visibility;
use kinpath::store::{Store, StoreOptions};
use std::path::Path;

/// How many connections were recorded, and what is wrong.
pub fn check(folder: &Path, after: &mut Revision) -> (usize, Vec<String>) {
    let store = Store::open(folder, &StoreOptions::default()).expect("the store opens");
    let snapshot = store.snapshot().expect("a snapshot");
    let all = Visibility::all();
    let (mut connections, mut wrong) = (0, Vec::new());
    let lines = snapshot.audit(*after, usize::MAX).expect("the audit trail");
    let events = snapshot.changes(*after, usize::MAX).expect("the changes");
    if lines.len() != events.len() {
        let (lines, events) = (lines.len(), events.len());
        wrong.push(format!("{lines} audit lines for {events} change events"));
    }
    for (line, event) in lines.iter().zip(&events) {
        let is_connection = line.action == "record_connection";
        // Links come in commits of Kinpath's own.
        let is_expected = is_connection || line.action == "suggest_same_person";
        if !is_expected || event.revision != line.revision {
            let (action, revision) = (&line.action, line.revision);
            wrong.push(format!("commit {revision:?} is a stray \"{action}\""));
            continue;
        }
        connections += usize::from(is_connection);
        let made_then = |subject| {
            let versions = snapshot.statement_versions(subject, &all);
            let versions = versions.expect("statements").into_iter();
            versions
                .filter(|(revision, _)| *revision == line.revision)
                .count()
        };
        let found: usize = event.subjects.iter().copied().map(made_then).sum();
        if found as u64 != line.statements {
            wrong.push(format!(
                "commit {:?} is half there: {found} of {} statements",
                line.revision, line.statements
            ));
        }
    }
    *after = snapshot.revision();
    (connections, wrong)
}
