//! Many nights of random events: the changes lead from the first lists to the last, and each cause really happened.

use super::events::Events;
use super::{FIRST_NIGHT, fill, how, lists, run};
use kinpath::access::Permit;
use kinpath::model::ids::PersonId;
use kinpath::model::partial_date::Day;
use kinpath::model::rematch::{Cause, ChildList, ListChange, Run, RunScope};
use kinpath::model::visibility::Visibility;
use kinpath::store::{Store, StoreOptions};
use kinpath::workflow::{Rematch, rematch, replay};
use std::collections::BTreeMap;

fn setting(name: &str, otherwise: i32) -> i32 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

type ByChild<T> = BTreeMap<PersonId, T>;

fn changes(store: &Store, run: &Run) -> ByChild<Vec<ListChange>> {
    let snapshot = store.snapshot().expect("a snapshot");
    let changes = snapshot.rematch_changes(run.number, PersonId(0), usize::MAX);
    changes.expect("changes").into_iter().collect()
}

/// What is wrong with a cause; nothing if it happened between the two runs.
fn wrong_cause(store: &Store, before: &Run, after: &Run, cause: &Cause) -> Option<String> {
    let snapshot = store.snapshot().expect("a snapshot");
    let versions = |subject| {
        let versions = snapshot.statement_versions(subject, &Visibility::all());
        versions.expect("versions")
    };
    match cause {
        Cause::Statement {
            subject,
            statement,
            revision,
        } => {
            let made = versions(*subject);
            let is_there = made
                .iter()
                .any(|(at, version)| at == revision && version.id == *statement);
            let since = *revision > before.revision && *revision <= after.revision;
            (!is_there || !since).then(|| format!("{cause:?} did not happen"))
        }
        Cause::Date {
            subject,
            statement,
            day,
            ..
        } => {
            let is_there = versions(*subject)
                .iter()
                .any(|(_, version)| version.id == *statement);
            let since = *day > before.as_of && *day <= after.as_of;
            (!is_there || !since).then(|| format!("{cause:?} did not come"))
        }
        Cause::Policy { .. } => Some("no policy changed".to_owned()),
    }
}

/// Only those touched are matched, and the lists are those of everyone matched.
#[test]
fn matching_only_whom_a_change_can_touch_gives_what_matching_everyone_gives() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::in_memory(&StoreOptions::default()).expect("a store");
    fill(&store, folder.path(), 1_000);
    let mut events = Events::new(&store, 606);
    let permit = Permit::system("test");
    run(&store, FIRST_NIGHT);
    let (mut matched, mut all) = (0, 0);
    for round in 0..setting("KINPATH_REMATCH_CHANGES", 60) {
        events.happen(&store, 1, FIRST_NIGHT);
        let only_touched = Rematch {
            scope: RunScope::Touched,
            ..how(FIRST_NIGHT)
        };
        let between = rematch(&store, &permit, &only_touched, &mut |_| {}).expect("done");
        let whole = run(&store, FIRST_NIGHT);
        assert_eq!(changes(&store, &whole), BTreeMap::new(), "round {round}");
        assert_eq!(lists(&store, between.number), lists(&store, whole.number));
        all += between.counts.matched;
        matched += between.counts.anew;
    }
    println!("{matched} of {all} children were matched");
    assert!(matched * 2 < all, "{matched} of {all} were matched");
}

#[test]
fn changes_lead_from_night_to_night_and_have_causes_that_happened() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::in_memory(&StoreOptions::default()).expect("a store");
    fill(&store, folder.path(), 300);
    let mut events = Events::new(&store, 2_026);
    let mut before = run(&store, FIRST_NIGHT);
    let mut replayed: ByChild<ChildList> = lists(&store, before.number);
    let (mut news, mut without_cause, mut kinds) = (0, 0, BTreeMap::new());
    let mut unexplained = Vec::new();
    for night in 1..=setting("KINPATH_REMATCH_NIGHTS", 60) {
        let as_of = Day(FIRST_NIGHT.0 + night);
        events.happen(&store, (night % 5) as usize, as_of);
        let after = run(&store, as_of);
        assert_eq!(after.counts.failed, 0);
        for (child, changes) in changes(&store, &after) {
            let list = replayed.entry(child).or_default();
            *list = replay(list, &changes);
            for change in &changes {
                for cause in &change.causes {
                    let wrong = wrong_cause(&store, &before, &after, cause);
                    assert_eq!(wrong, None, "night {night}: {change:?}");
                }
                if change.is_news {
                    *kinds.entry(change.kind()).or_insert(0) += 1;
                    news += 1;
                    if change.causes.is_empty() {
                        without_cause += 1;
                        unexplained.push(format!("night {night}: {change:?}"));
                    }
                }
            }
        }
        replayed.retain(|_, list| list.waits);
        assert!(replayed == lists(&store, after.number), "night {night}");
        before = after;
    }
    println!("{news} pieces of news, {without_cause} without a cause: {kinds:?}");
    assert!(news > 50, "{news}");
    assert!(kinds.len() >= 6, "{kinds:?}");
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings);
}
