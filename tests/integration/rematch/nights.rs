//! Many nights of random events: the changes lead from the first lists to the last, and each cause really happened.

use super::events::Events;
use super::{FIRST_NIGHT, fill, how, lists, run};
use kinpath::access::Permit;
use kinpath::model::ids::PersonId;
use kinpath::model::partial_date::Day;
use kinpath::model::rematch::{Cause, ChildList, ListChange, Run};
use kinpath::model::visibility::Visibility;
use kinpath::store::{Store, StoreOptions};
use kinpath::workflow::{Readers, rematch_touched, replay};
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
    let mut whole = run(&store, FIRST_NIGHT);
    let (mut matched, mut all, mut runs) = (0, 0, 0);
    let mut readers: Option<Readers> = None;
    for round in 0..setting("KINPATH_REMATCH_CHANGES", 60) {
        events.happen(&store, 1, FIRST_NIGHT);
        let how = how(FIRST_NIGHT);
        let mut last = whole.number;
        // What is held in memory, and what is read anew, find the same children.
        if round % 7 == 0 {
            readers = None;
        }
        let between = rematch_touched(&store, &permit, &how, &mut readers, &mut |_| {});
        if let Some(between) = between.expect("done") {
            matched += between.counts.matched;
            runs += 1;
            last = between.number;
            let was = lists(&store, whole.number);
            let mut replayed = was.clone();
            for (child, changes) in changes(&store, &between) {
                let list = replayed.entry(child).or_default();
                *list = replay(list, &changes);
                let news = changes.iter().filter(|change| change.is_news);
                for cause in news.flat_map(|change| &change.causes) {
                    let wrong = wrong_cause(&store, &whole, &between, cause);
                    assert_eq!(wrong, None, "round {round}");
                }
            }
            replayed.retain(|_, list| list.waits);
            assert!(replayed == lists(&store, last), "round {round}");
        }
        let between = lists(&store, last);
        whole = run(&store, FIRST_NIGHT);
        assert!(between == lists(&store, whole.number), "round {round}");
        all += between.len() as u64;
    }
    println!("{runs} runs between nights; {matched} of {all} children were matched");
    assert!(matched * 2 < all, "{matched} of {all} were matched");
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings);
}

/// Many runs between two nights: the night tells what changed since the night before, and repeats nothing else.
#[test]
fn a_night_tells_what_changed_since_the_night_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::in_memory(&StoreOptions::default()).expect("a store");
    fill(&store, folder.path(), 500);
    let mut events = Events::new(&store, 99);
    let permit = Permit::system("test");
    let mut readers: Option<Readers> = None;
    let mut before = run(&store, FIRST_NIGHT);
    let mut told = 0;
    for night in 1..6 {
        for _ in 0..8 {
            events.happen(&store, 1, before.as_of);
            let how = how(before.as_of);
            let between = rematch_touched(&store, &permit, &how, &mut readers, &mut |_| {});
            told += u32::from(between.expect("done").is_some());
        }
        let mut replayed = lists(&store, before.number);
        let after = run(&store, Day(FIRST_NIGHT.0 + night));
        assert_eq!(after.previous, Some(before.number));
        for (child, changes) in changes(&store, &after) {
            let list = replayed.entry(child).or_default();
            *list = replay(list, &changes);
        }
        replayed.retain(|_, list| list.waits);
        assert!(replayed == lists(&store, after.number), "night {night}");
        before = after;
    }
    assert!(told > 10, "{told}");
    // Those between the last two nights are kept, so that whoever watches can go on.
    let kept = store
        .snapshot()
        .expect("one")
        .rematch_runs(None, 999)
        .expect("runs");
    assert_eq!(kept.iter().filter(|run| run.is_night()).count(), 6);
    assert!(kept.iter().any(|run| !run.is_night()));
    let oldest = kept
        .iter()
        .filter(|run| run.is_night())
        .nth(1)
        .expect("a night");
    let between = kept.iter().filter(|run| !run.is_night());
    assert!(between.clone().all(|run| run.number > oldest.number));
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings);
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
