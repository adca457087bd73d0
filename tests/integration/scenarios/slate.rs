//! The slate over all waiting children, through the store: what it proposes stands in each child's own list, at the rank and
//! score told.

use super::world::World;
use kinpath::access::Permit;
use kinpath::model::ids::PersonId;
use kinpath::model::lead::LeadTarget;
use kinpath::model::partial_date::Day;
use kinpath::workflow::{
    MatchView, MatchWaitingFamilies, ProposeSlate, Slate, SlateAim, SlateOutcome, SlateRow,
    match_waiting_families, propose_slate,
};

const PEOPLE: &str = "\
id,full_name,gender,birth_date,deceased,languages
ana,Ana Wren,F,2018-03,,Cree
ben,Ben Lark,M,2017-05,,English
cy,Cy Finch,M,2019-01,,English
dot,Dot Finch,F,2021-01,,English
eve,Eve Heron,F,2016-09,,English
gus,Gus Stork,M,2015-02,,English
mum,Ida Heron,F,1990,yes,
aunt,Una Heron,F,1988,no,
";
const TIES: &str = "\
kind,from,to,nature,role
parent,mum,eve,,
stated_kin,aunt,eve,told,maternal aunt
";
const CASES: &str = "\
id,child,legal_status,in_care_since,siblings_in_care,worker,placement_order,active
c1,ana,continuing custody order,2024-01-01,,D. Marsh,,yes
c2,ben,continuing custody order,2023-01-01,,D. Marsh,,yes
c3,cy,continuing custody order,2022-01-01,dot,P. Osei,,yes
c4,dot,continuing custody order,2022-01-01,cy,P. Osei,,yes
c5,eve,continuing custody order,2021-01-01,,P. Osei,,yes
c6,gus,temporary custody order,2020-01-01,,P. Osei,,yes
";
const OUTREACH: &str = "\
case,whom,purpose,state,date
c5,aunt,placement,willing,2026-10-01
";
const FAMILIES: &str = "\
id,name,approval,approved_on,approval_expires,capacity,age_from,age_to,on_hold,languages
oak,Oak family,approved,2025-01-01,2028-01-01,3,0,15,no,English
elm,Elm family,approved,2025-01-01,2028-01-01,1,0,15,no,Cree
fir,Fir family,approved,2025-01-01,2028-01-01,1,6,15,,English
";

fn today() -> Day {
    Day::from_ymd(2026, 11, 21).expect("a day")
}

fn world() -> World {
    let files = [
        ("people.csv", PEOPLE),
        ("ties.csv", TIES),
        ("cases.csv", CASES),
        ("outreach.csv", OUTREACH),
        ("families.csv", FAMILIES),
    ];
    World::of_files(&files.map(|(name, text)| (name, text.as_bytes().to_vec()))).unwrap()
}

fn slate(world: &World, aim: SlateAim, worker: &str, passing_over_because: &str) -> Slate {
    let question = ProposeSlate {
        as_of: today(),
        aim,
        worker: worker.to_owned(),
        passing_over_because: passing_over_because.to_owned(),
        threads: 2,
    };
    propose_slate(&world.store, &Permit::system("a test"), &question).unwrap()
}

fn names(row: &SlateRow) -> String {
    let names: Vec<&str> = row
        .children
        .iter()
        .map(|child| child.name.as_str())
        .collect();
    names.join(", ")
}

/// By the first name, which is the id in the files.
fn child(world: &World, name: &str) -> PersonId {
    let first = name.split(' ').next().expect("a name");
    world.person(&first.to_lowercase()).unwrap()
}

fn family_name(family: &LeadTarget) -> &str {
    match family {
        LeadTarget::WaitingFamily { name, .. } => name,
        LeadTarget::Person(person) => &person.name,
    }
}

/// "Ana Wren: Elm family" for each row.
fn told(slate: &Slate) -> Vec<String> {
    let rows = slate.rows.iter();
    rows.map(|row| match &row.outcome {
        SlateOutcome::Proposed { family, .. } => {
            format!("{}: {}", names(row), family_name(family))
        }
        _ => format!("{}: {}", names(row), row.why()),
    })
    .collect()
}

#[test]
fn brothers_and_sisters_together_kin_first_and_those_who_waited_longest_first() {
    let world = world();
    assert_eq!(
        told(&slate(&world, SlateAim::GreatestTotal, "", "")),
        [
            "Gus Stork: Not open yet: this tier needs a Continuing Custody Order; the legal status recorded is \"temporary custody order\".",
            "Eve Heron: earlier tiers come first: 1 willing or being asked in tier 1 (Birth family, and the child's band or nation)",
            "Cy Finch, Dot Finch: Oak family",
            "Ben Lark: Fir family",
            "Ana Wren: Elm family",
        ]
    );
}

#[test]
fn what_is_proposed_stands_in_the_childs_own_list() {
    let world = world();
    let mut proposed = 0;
    for aim in [SlateAim::GreatestTotal, SlateAim::Stable] {
        for row in slate(&world, aim, "", "the aunt asked for time").rows {
            let SlateOutcome::Proposed {
                family,
                score,
                rank,
                needs_review,
            } = &row.outcome
            else {
                continue;
            };
            let question = MatchWaitingFamilies {
                child: child(&world, &row.children[0].name),
                as_of: today(),
                order: None,
                view: MatchView::Open,
                offset: 0,
                limit: 20,
                sibling_plan: false,
            };
            let permit = Permit::system("a test");
            let own = match_waiting_families(&world.store, &permit, &question).unwrap();
            assert_eq!(own.open, row.open);
            let same = &own.matches[*rank as usize - 1];
            assert_eq!(family_name(&same.family), family_name(family));
            assert!((same.found.brief.score - score).abs() < 1e-3);
            assert_eq!(!same.found.questions.is_empty(), *needs_review);
            proposed += 1;
        }
    }
    assert_eq!(proposed, 6);
}

#[test]
fn a_reason_passes_over_earlier_tiers_and_is_repeated() {
    let world = world();
    let slate = slate(
        &world,
        SlateAim::GreatestTotal,
        "",
        "the aunt asked for time",
    );
    assert_eq!(slate.passing_over_because, "the aunt asked for time");
    let eve = slate.rows.iter().find(|row| names(row) == "Eve Heron");
    let eve = eve.expect("a row");
    assert_eq!(eve.open, 3);
    // Four ask for three families: one of them hears that each is better placed, and nothing of whom with.
    let without: Vec<String> = slate
        .rows
        .iter()
        .filter(|row| row.outcome == SlateOutcome::BetterPlacedElsewhere)
        .map(SlateRow::why)
        .collect();
    assert_eq!(
        without,
        ["the 3 families that are open to them are all better placed with other children"]
    );
}

#[test]
fn a_worker_sees_the_own_children_on_the_stable_slate_of_all() {
    let world = world();
    assert_eq!(
        told(&slate(&world, SlateAim::Stable, "d. marsh", "")),
        ["Ben Lark: Oak family", "Ana Wren: Elm family"]
    );
}

#[test]
fn cases_that_disagree_on_who_belongs_together_are_put_off() {
    let cases = CASES.replace("2022-01-01,cy,", "2022-01-01,cy;eve,");
    let files = [
        ("people.csv", PEOPLE),
        ("cases.csv", cases.as_str()),
        ("families.csv", FAMILIES),
    ];
    let files = files.map(|(name, text)| (name, text.as_bytes().to_vec()));
    let world = World::of_files(&files).unwrap();
    let told = told(&slate(&world, SlateAim::GreatestTotal, "", ""));
    let put_off: Vec<&String> = told
        .iter()
        .filter(|row| row.contains("do not agree"))
        .collect();
    assert_eq!(
        put_off,
        [
            "Dot Finch, Cy Finch, Eve Heron: the cases of these brothers and sisters do not agree on who is to be placed together: mend the cases"
        ]
    );
}
