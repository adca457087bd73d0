//! One run: whole, the same by any number of threads, from data in any order, and after every break.

use super::events::Events;
use super::{FIRST_NIGHT, fill, how, lists, run};
use kinpath::access::Permit;
use kinpath::model::case::Purpose;
use kinpath::model::ids::{PersonId, Revision, Subject};
use kinpath::model::lead::{FamilyAnswer, LeadStatus, LeadTarget};
use kinpath::model::partial_date::Day;
use kinpath::model::rematch::{ChildList, RunNumber, RunState, Target};
use kinpath::store::{Stop, Store, StoreOptions, restore};
use kinpath::workflow::{FindFamily, Rematch, cancel_rematch, find_family, rematch};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn in_memory() -> Store {
    Store::in_memory(&StoreOptions::default()).expect("a store")
}

fn answer(store: &Store, child: PersonId, as_of: Day) -> FamilyAnswer {
    let question = FindFamily {
        child,
        purpose: Purpose::Placement,
        as_of,
        order: None,
        leads_per_tier: usize::MAX,
        excluded_offset: 0,
        excluded_limit: usize::MAX,
    };
    find_family(store, &Permit::local_operator(), &question).expect("an answer")
}

/// People and families with tier, hundredths of points, and whether they need review; then who is left out.
type Compared = (Vec<(Target, u32, i32, bool)>, Vec<(PersonId, u32)>);

fn of_answer(answer: &FamilyAnswer) -> Compared {
    let mut leads = Vec::new();
    for tier in &answer.tiers {
        for nation in &tier.nations {
            let review = !nation.questions.is_empty();
            leads.push((Target::Nation(nation.id), tier.number, 0, review));
        }
        for lead in &tier.leads {
            let target = match &lead.target {
                LeadTarget::Person(person) => Target::Person(person.id),
                LeadTarget::WaitingFamily { id, .. } => Target::WaitingFamily(*id),
            };
            let points = (lead.score.total * 100.0).round() as i32;
            let review = lead.status == LeadStatus::NeedsReview;
            leads.push((target, tier.number, points, review));
        }
    }
    let excluded = answer.excluded.iter();
    let people = excluded.filter_map(|left_out| match &left_out.target {
        LeadTarget::Person(person) => Some((person.id, left_out.tier)),
        LeadTarget::WaitingFamily { .. } => None,
    });
    let mut people: Vec<_> = people.collect();
    people.sort_unstable();
    (leads, people)
}

fn of_list(list: &ChildList) -> Compared {
    let leads = list.leads.iter();
    let excluded = list.excluded.iter();
    (
        leads
            .map(|lead| {
                (
                    lead.target,
                    u32::from(lead.tier),
                    lead.score,
                    lead.needs_review,
                )
            })
            .collect(),
        excluded
            .map(|left_out| (left_out.person, u32::from(left_out.tier)))
            .collect(),
    )
}

#[test]
fn lists_are_what_find_family_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = in_memory();
    fill(&store, folder.path(), 2_000);
    let done = run(&store, FIRST_NIGHT);
    assert_eq!(done.state, RunState::Done);
    assert_eq!((done.counts.failed, done.counts.changes), (0, 0));
    let lists = lists(&store, done.number);
    assert_eq!(lists.len() as u64, done.counts.children);
    assert!(lists.len() >= 15, "{}", lists.len());
    for (child, list) in &lists {
        assert_eq!(
            of_list(list),
            of_answer(&answer(&store, *child, FIRST_NIGHT))
        );
    }
    let again = run(&store, FIRST_NIGHT);
    assert_eq!((again.counts.changed, again.counts.changes), (0, 0));
    assert_eq!(again.previous, Some(done.number));
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings);
    assert!(report.nightly > lists.len() as u64);
}

/// Lists with the ids of the files in place of numbers.
fn named(store: &Store, run: RunNumber) -> BTreeMap<String, String> {
    let snapshot = store.snapshot().expect("a snapshot");
    let id = |subject: Subject| {
        let ids = snapshot.identities(&[subject]).expect("read");
        ids[0].as_ref().expect("an id").external_ids[0].to_string()
    };
    let one = |(child, list): (PersonId, ChildList)| {
        let leads = list.leads.iter().map(|lead| {
            let target = id(lead.target.subject());
            let (tier, score, review) = (lead.tier, lead.score, lead.needs_review);
            format!(
                "{target} {tier} {score} {review} {} {}",
                lead.outreach, lead.cautions
            )
        });
        let mut excluded: Vec<String> = list
            .excluded
            .iter()
            .map(|left_out| {
                let person = id(Subject::Person(left_out.person));
                format!("{person} {} {}", left_out.tier, left_out.rule)
            })
            .collect();
        excluded.sort();
        let (order, coverage) = (list.order, list.coverage);
        let leads: Vec<String> = leads.collect();
        let text = format!(
            "{order} {coverage}\n{}\n{}",
            leads.join("\n"),
            excluded.join("\n")
        );
        (id(Subject::Person(child)), text)
    };
    lists(store, run).into_iter().map(one).collect()
}

/// The rows of a file the other way round.
fn turn_round(file: &Path) {
    let text = fs::read_to_string(file).expect("it can be read");
    let mut rows: Vec<&str> = text.lines().collect();
    rows[1..].reverse();
    fs::write(file, rows.join("\n") + "\n").expect("written");
}

#[test]
fn threads_and_order_of_entry_make_no_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    let community = folder.path().join("sample");
    let digest = |store: &Store| {
        store
            .snapshot()
            .expect("one")
            .rematch_digest()
            .expect("read")
    };
    let (one, two, other) = (in_memory(), in_memory(), in_memory());
    fill(&one, &community, 1_000);
    super::bring(&two, &community);
    for name in ["people.csv", "ties.csv", "cases.csv", "families.csv"] {
        turn_round(&community.join(name));
    }
    super::bring(&other, &community);
    let alone = Rematch {
        threads: 1,
        ..how(FIRST_NIGHT)
    };
    let permit = Permit::system("test");
    let done = rematch(&one, &permit, &alone, &mut |_| {}).expect("done");
    run(&two, FIRST_NIGHT);
    run(&other, FIRST_NIGHT);
    assert_eq!(digest(&one), digest(&two));
    let (here, there) = (named(&one, done.number), named(&other, done.number));
    assert!(here.len() >= 8, "{}", here.len());
    for (child, list) in &here {
        assert_eq!(Some(list), there.get(child), "{child}");
    }
}

#[test]
fn a_run_that_was_cut_off_ends_as_if_nothing_had_happened() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = StoreOptions::default();
    let first = Store::create(&folder.path().join("first"), &options).expect("a store");
    fill(&first, &folder.path().join("sample"), 1_000);
    let mut events = Events::new(&first, 11);
    run(&first, FIRST_NIGHT);
    events.happen(&first, 12, FIRST_NIGHT);
    let backup = folder.path().join("backup");
    first.backup(&backup).expect("backed up");
    let next = Day(FIRST_NIGHT.0 + 1);
    let whole = run(&first, next);
    assert!(whole.counts.changes > 0);
    let digest = |store: &Store| {
        store
            .snapshot()
            .expect("one")
            .rematch_digest()
            .expect("read")
    };
    let expected = digest(&first);

    for breaks_after in 0..4 {
        let data = folder.path().join(format!("cut-{breaks_after}"));
        restore(&backup, &data).expect("restored");
        let (from, to) = (folder.path().join("first.key"), data.with_extension("key"));
        std::fs::copy(from, to).expect("the keys");
        let mut seen = 0;
        let mut run_on = |store: &Store| {
            let stop = Stop::default();
            let told = stop.clone();
            let permit = Permit::system("test").until(stop);
            let mut parts = 0;
            rematch(store, &permit, &how(next), &mut |_| {
                parts += 1;
                seen += 1;
                if parts > breaks_after {
                    told.cancel();
                }
            })
        };
        let mut breaks = 0;
        loop {
            let store = Store::open(&data, &options).expect("it opens");
            let Ok(done) = run_on(&store) else {
                breaks += 1;
                // What is recorded in the meantime belongs to the next night.
                events.happen(&store, 3, next);
                assert!(breaks < 100, "it never ends");
                if breaks == 5 {
                    let done = run(&store, next);
                    assert_eq!(done.counts, whole.counts);
                    same(&first, &store, whole.number);
                    assert_eq!(digest(&store), expected);
                    break;
                }
                continue;
            };
            assert_eq!(done.counts, whole.counts);
            same(&first, &store, whole.number);
            assert_eq!(digest(&store), expected);
            break;
        }
        assert!(breaks > 0 && seen > 0);
    }
}

/// The same run found the same in two stores.
fn same(one: &Store, other: &Store, run: RunNumber) {
    let (one, other) = (
        one.snapshot().expect("one"),
        other.snapshot().expect("other"),
    );
    assert_eq!(
        one.rematch_run(run).expect("read"),
        other.rematch_run(run).expect("read")
    );
    let outcomes = one.rematch_outcomes(run).expect("outcomes");
    assert_eq!(outcomes, other.rematch_outcomes(run).expect("outcomes"));
    for child in outcomes.into_keys() {
        let list = one.rematch_list(child, run).expect("a list");
        assert_eq!(
            list,
            other.rematch_list(child, run).expect("a list"),
            "{child:?}"
        );
        let read = one.rematch_read(child, run).expect("read");
        assert_eq!(
            read,
            other.rematch_read(child, run).expect("read"),
            "{child:?}"
        );
    }
    let changes = one
        .rematch_changes(run, PersonId(0), usize::MAX)
        .expect("read");
    let there = other
        .rematch_changes(run, PersonId(0), usize::MAX)
        .expect("read");
    assert_eq!(changes, there);
}

#[test]
fn two_runs_never_overlap_and_a_cancelled_one_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = in_memory();
    fill(&store, folder.path(), 1_000);
    let permit = Permit::system("test");
    let mut refused = false;
    let first = rematch(&store, &permit, &how(FIRST_NIGHT), &mut |_| {
        refused |= rematch(&store, &permit, &how(FIRST_NIGHT), &mut |_| {}).is_err();
    });
    assert!(refused && first.is_ok());
    let digest = |store: &Store| {
        store
            .snapshot()
            .expect("one")
            .rematch_bytes()
            .expect("read")
    };
    let before = digest(&store);
    let stop = Stop::default();
    let told = stop.clone();
    let until = Permit::system("test").until(stop);
    let mut events = Events::new(&store, 3);
    events.happen(&store, 10, FIRST_NIGHT);
    let cut_off = rematch(&store, &until, &how(FIRST_NIGHT), &mut |run| {
        if run.counts.matched > 3 {
            told.cancel();
        }
    });
    assert!(cut_off.is_err());
    let number = RunNumber(2);
    let cancelled = cancel_rematch(&store, &permit, number, 9).expect("cancelled");
    assert_eq!(
        (cancelled.state, cancelled.counts.matched),
        (RunState::Cancelled, 0)
    );
    // The record of the run, and words that need not be forgotten.
    assert!(digest(&store) < before + 1_000);
    let after = run(&store, FIRST_NIGHT);
    assert_eq!(
        (after.number, after.previous),
        (RunNumber(3), Some(RunNumber(1)))
    );
    assert!(after.counts.changes > 0);
    assert!(store.verify(&mut |_| {}).expect("verified").is_clean());
}

#[test]
fn only_the_last_runs_are_kept_and_those_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = in_memory();
    fill(&store, folder.path(), 1_000);
    let mut events = Events::new(&store, 5);
    let permit = Permit::system("test");
    let mut told = BTreeMap::new();
    for night in 0..6 {
        let as_of = Day(FIRST_NIGHT.0 + night);
        let few = Rematch {
            keep: 3,
            ..how(as_of)
        };
        let done = rematch(&store, &permit, &few, &mut |_| {}).expect("done");
        told.insert(done.number, lists(&store, done.number));
        events.happen(&store, 6, as_of);
    }
    let snapshot = store.snapshot().expect("a snapshot");
    let kept = snapshot.rematch_runs(None, 100).expect("runs");
    let numbers: Vec<u64> = kept.iter().map(|run| run.number.0).collect();
    assert_eq!(numbers, [6, 5, 4]);
    for run in kept {
        assert_eq!(Some(&lists(&store, run.number)), told.get(&run.number));
        assert_ne!(run.revision, Revision::default());
    }
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings);
}
