//! "Why not, and what would help": it agrees with the search for every person and family, and what it names admits.

use super::answer::name;
use super::family_lines::FamilyLines;
use super::find_family::day;
use super::properties::{Thrown, name_of, thrown};
use super::world::World;
use kinpath::access::Permit;
use kinpath::model::absence::{AbsenceAnswer, Change, ChangeKind, PersonOrFamily, Standing};
use kinpath::model::case::Purpose;
use kinpath::model::ids::PersonId;
use kinpath::model::lead::FamilyAnswer;
use kinpath::workflow::{ExplainAbsence, FindFamily, explain_absence, find_family};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Where the search puts somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Lead { tier: u32, rank: u32 },
    LeftOut { tier: u32, rule: String },
}

/// Everybody whom the search lists, by name.
fn places(answer: &FamilyAnswer) -> BTreeMap<String, Place> {
    let leads = answer.tiers.iter().flat_map(|tier| {
        tier.leads.iter().map(|lead| {
            let (tier, rank) = (tier.number, lead.rank);
            (name(&lead.target).to_owned(), Place::Lead { tier, rank })
        })
    });
    let left_out = answer.excluded.iter().map(|excluded| {
        let (tier, rule) = (excluded.tier, excluded.rule.clone());
        let place = Place::LeftOut { tier, rule };
        (name(&excluded.target).to_owned(), place)
    });
    leads.chain(left_out).collect()
}

fn explained(
    world: &World,
    permit: &Permit,
    search: &FindFamily,
    who: PersonOrFamily,
) -> Result<AbsenceAnswer, String> {
    let question = ExplainAbsence {
        child: search.child,
        who,
        purpose: search.purpose,
        as_of: search.as_of,
        order: search.order.clone(),
    };
    explain_absence(&world.store, permit, &question).map_err(|error| error.to_string())
}

/// Rules for those whom the search does not list at all.
const UNLISTED: [&str; 4] = ["no_relation", "another_record", "legal_status", "purpose"];

/// Where an explanation and the search differ.
fn difference(answer: &AbsenceAnswer, listed: Option<&Place>, is_family: bool) -> Option<String> {
    let agrees = match (&answer.standing, listed) {
        (Standing::Lead { rank, .. }, Some(Place::Lead { tier, rank: known })) => {
            (answer.tier, rank) == (*tier, known)
        }
        (Standing::Absent { obstacles, .. }, Some(Place::LeftOut { tier, rule })) => {
            obstacles.first().map(|one| &one.rule) == Some(rule) && answer.tier == *tier
        }
        (Standing::Absent { obstacles, .. }, None) => obstacles.first().is_some_and(|one| {
            let is_outside = is_family && one.rule == "outside_order";
            is_outside || UNLISTED.contains(&one.rule.as_str())
        }),
        _ => false,
    };
    let who = name(&answer.who);
    (!agrees).then(|| format!("{who}: listed as {listed:?}, explained as {answer:?}"))
}

/// Everybody's explanation in words without ids, and where it differs from the search.
pub fn explain_everybody(
    world: &World,
    permit: &Permit,
    search: &FindFamily,
    answer: &FamilyAnswer,
) -> (Vec<String>, Vec<String>) {
    let places = places(answer);
    let (mut told, mut differences) = (Vec::new(), Vec::new());
    for (who, id) in world.people() {
        match explained(world, permit, search, PersonOrFamily::Person(id)) {
            Ok(answer) => {
                told.push(format!("{who}: {} {:?}", answer.relation, answer.standing));
                // Of several records of one person the search shows one.
                let shown = name(&answer.who);
                differences.extend(difference(&answer, places.get(shown), false));
            }
            Err(error) => told.push(format!("{who}: {error}")),
        }
    }
    let snapshot = world.store.snapshot().unwrap();
    let families = snapshot.all_waiting_families(permit.visibility()).unwrap();
    for (id, _, family) in families.iter() {
        match explained(world, permit, search, PersonOrFamily::Family(*id)) {
            Ok(answer) => {
                told.push(format!("{}: {:?}", family.name, answer.standing));
                let listed = places.get(&family.name);
                differences.extend(difference(&answer, listed, true));
            }
            Err(error) => differences.push(format!("{}: {error}", family.name)),
        }
    }
    (told, differences)
}

/// What time and outreach add to a family that was thrown.
#[derive(Clone, Debug)]
struct Extras {
    /// Who of the child's generation was born so many days after 1 January 2008.
    teens: Vec<(usize, u16)>,
    /// Who declined, and how many months from now they may be asked again; 0 is never told.
    declined: Vec<(usize, u8)>,
    order: usize,
    purpose: usize,
    /// The person to whom the change is applied.
    admitted: usize,
}

const ORDERS: [&str; 6] = [
    "belonging-network",
    "bc-cfcsa-s71",
    "quebec-131-5",
    "connecticut-dcf",
    "us-icwa-foster",
    "everychild-support-family",
];

fn extras() -> impl Strategy<Value = Extras> {
    (
        proptest::collection::vec((0..14usize, 0..900u16), 0..4),
        proptest::collection::vec((0..14usize, 0..18u8), 0..4),
        0..ORDERS.len(),
        prop_oneof![3 => Just(0usize), 1 => 0..4usize],
        0..14usize,
    )
        .prop_map(|(teens, declined, order, purpose, admitted)| Extras {
            teens,
            declined,
            order,
            purpose,
            admitted,
        })
}

const TODAY: &str = "2026-11-21";

fn lines_of(family: &Thrown, extras: &Extras) -> FamilyLines {
    let mut lines = family.lines();
    let count = lines.people.len();
    for &(who, days) in &extras.teens {
        let who = who % count;
        // Who was born long after the child would be taken for the child.
        let is_youngest = family.generation(family.child()) == 4 && family.generation(who) == 4;
        if who == family.child() || !is_youngest {
            continue;
        }
        let born =
            kinpath::model::partial_date::Day(day("2008-01-01").unwrap().0 + i32::from(days));
        let parts = lines.people[who].split(", ");
        let mut parts: Vec<String> = parts
            .filter(|part| !part.starts_with("born "))
            .map(str::to_owned)
            .collect();
        parts.push(format!("born {born}"));
        lines.people[who] = parts.join(", ");
    }
    let mut seen = BTreeSet::new();
    let purpose = Purpose::ALL[extras.purpose].word();
    for &(who, months) in &extras.declined {
        if seen.insert(who % count) {
            let again = day(TODAY).unwrap().months_after(i32::from(months));
            let again = match months {
                0 => String::new(),
                _ => format!(", ask again {again}"),
            };
            let who = name_of(who % count);
            lines
                .outreach
                .push(format!("{who}: {purpose}, declined, 2026-02{again}"));
        }
    }
    lines.waiting_families.extend([
        "Oak family: approved 2025-01, until 2026-11-09, room for 0, ages 0 to 3, on hold"
            .to_owned(),
        "Ash family: in study".to_owned(),
    ]);
    lines
}

fn search(world: &World, child: &str, extras: &Extras) -> FindFamily {
    FindFamily {
        child: world.person(child).unwrap(),
        purpose: Purpose::ALL[extras.purpose],
        as_of: day(TODAY).unwrap(),
        order: Some(ORDERS[extras.order].to_owned()),
        leads_per_tier: 1_000,
        excluded_offset: 0,
        excluded_limit: 1_000,
    }
}

/// The world in which the changes have come about.
fn apply(
    lines: &FamilyLines,
    who: &str,
    child: &str,
    purpose: &str,
    changes: &[Change],
) -> FamilyLines {
    let mut lines = lines.clone();
    for change in changes {
        let words = change.words.as_str();
        match change.kind {
            ChangeKind::Time => {}
            ChangeKind::Answer => {
                let own = format!("{who}: ");
                lines.outreach.retain(|line| !line.starts_with(&own));
                lines
                    .outreach
                    .push(format!("{who}: {purpose}, willing, 2026-11"));
            }
            ChangeKind::Record => lines.ties.push(if words.contains("unpaid role") {
                format!("{who} is coach of {child} (network, unpaid)")
            } else if words.contains("role in the child's life") {
                format!("{who} is teacher of {child} (network)")
            } else if words.contains("counts them as family") {
                format!("{who} is auntie of {child} (custom)")
            } else if words.contains("calls them family") {
                format!("{who} is auntie of {child} (named by child)")
            } else if words.contains("lists (parent") {
                format!("{who} is step-parent of {child}")
            } else {
                assert!(words.contains("within civil degree"), "{words}");
                format!("{who} is auntie of {child} (stated, maternal)")
            }),
            ChangeKind::Decision => {
                let lifted = match words.contains("no-contact") {
                    true => format!("{who}: no contact"),
                    false => format!("{who}: barred from placement"),
                };
                let before = lines.cautions.len();
                lines.cautions.retain(|line| *line != lifted);
                assert!(lines.cautions.len() < before, "{words}");
            }
        }
    }
    lines
}

/// Why the changes named do not admit; nothing where they do.
fn not_admitted(
    lines: &FamilyLines,
    child: &str,
    who: &str,
    extras: &Extras,
    changes: &[Change],
) -> Option<String> {
    let purpose = Purpose::ALL[extras.purpose].word();
    let changed = apply(lines, who, child, purpose, changes);
    let world = match World::of(child, &changed) {
        Ok(world) => world,
        Err(error) => return Some(error),
    };
    let mut search = search(&world, child, extras);
    search.as_of = changes
        .iter()
        .filter_map(|change| change.from)
        .fold(search.as_of, Ord::max);
    let answer = find_family(&world.store, &Permit::local_operator(), &search).unwrap();
    match places(&answer).get(who) {
        Some(Place::Lead { .. }) => None,
        other => Some(format!("{who}: {changes:?} leave {other:?}")),
    }
}

/// A near miss is excluded, for one rule, and is a lead on the day named and not the day before.
fn wrong_near_misses(world: &World, search: &FindFamily, answer: &FamilyAnswer) -> Vec<String> {
    let mut wrong = Vec::new();
    for miss in &answer.near_misses {
        let who = name(&miss.excluded.target);
        let from = miss.change.from.unwrap();
        if !answer.excluded.contains(&miss.excluded) {
            wrong.push(format!("{who} is not among the excluded"));
        }
        for (day, is_lead) in [
            (from, true),
            (kinpath::model::partial_date::Day(from.0 - 1), false),
        ] {
            let search = FindFamily {
                as_of: day,
                ..search.clone()
            };
            let later = find_family(&world.store, &Permit::local_operator(), &search).unwrap();
            let place = places(&later).remove(who);
            if matches!(place, Some(Place::Lead { .. })) != is_lead {
                wrong.push(format!("{who} on {day}: {place:?}"));
            }
        }
    }
    wrong
}

#[test]
fn it_agrees_with_the_search_and_what_it_names_admits() {
    let (pairs, admitted, near) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(1_500)
    });
    let outcome = runner.run(&(thrown(), extras()), |(family, extras)| {
        let child = name_of(family.child());
        let lines = lines_of(&family, &extras);
        let world = World::of(&child, &lines).unwrap();
        let search = search(&world, &child, &extras);
        let permit = Permit::local_operator();
        let answer = find_family(&world.store, &permit, &search).unwrap();
        let (told, differences) = explain_everybody(&world, &permit, &search, &answer);
        prop_assert_eq!(differences, Vec::<String>::new());
        // The child and the families are no people to be found.
        pairs.set(pairs.get() + told.len() - 1);
        prop_assert_eq!(
            wrong_near_misses(&world, &search, &answer),
            Vec::<String>::new()
        );
        near.set(near.get() + answer.near_misses.len());
        let who = extras.admitted % lines.people.len();
        if who != family.child() {
            let id = world.person(&name_of(who)).unwrap();
            let found = explained(&world, &permit, &search, PersonOrFamily::Person(id)).unwrap();
            if let Standing::Absent {
                changes, obstacles, ..
            } = found.standing
            {
                let helpless = obstacles.iter().any(|one| one.change.is_none());
                prop_assert!(!changes.is_empty() || helpless, "{:?}", obstacles);
                if !changes.is_empty() {
                    let left = not_admitted(&lines, &child, &name_of(who), &extras, &changes);
                    prop_assert_eq!(left, None);
                    admitted.set(admitted.get() + 1);
                }
            }
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(pairs.get() >= 10_000, "only {} pairs", pairs.get());
    assert!(admitted.get() >= 300, "only {} admitted", admitted.get());
    assert!(near.get() >= 30, "only {} near misses", near.get());
}

/// One family, as a specialist reads the reasons.
fn reasons(who: &str, lines: &FamilyLines) -> (u32, Vec<String>, Vec<String>) {
    let world = World::of("Sam Reed", lines).unwrap();
    let search = FindFamily {
        child: world.person("Sam Reed").unwrap(),
        purpose: Purpose::Placement,
        as_of: day(TODAY).unwrap(),
        order: None,
        leads_per_tier: 0,
        excluded_offset: 0,
        excluded_limit: 0,
    };
    let snapshot = world.store.snapshot().unwrap();
    let permit = Permit::local_operator();
    let families = snapshot.all_waiting_families(permit.visibility()).unwrap();
    let family = families.iter().find(|(_, _, family)| family.name == who);
    let target = match family {
        Some((id, _, _)) => PersonOrFamily::Family(*id),
        None => PersonOrFamily::Person(world.person(who).unwrap()),
    };
    let found = explained(&world, &permit, &search, target).unwrap();
    match found.standing {
        Standing::Lead { rank, .. } => (found.tier, vec![format!("rank {rank}")], Vec::new()),
        Standing::Absent {
            obstacles, changes, ..
        } => (
            found.tier,
            obstacles
                .into_iter()
                .map(|one| format!("{}: {}", one.rule, one.reason))
                .collect(),
            changes.into_iter().map(|one| one.words).collect(),
        ),
    }
}

fn reeds() -> FamilyLines {
    let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    FamilyLines {
        people: own(&[
            "Sam Reed, boy, born 2017-04-10",
            "Ann Reed, woman, born 1990, phone",
            "Leo Reed, boy, born 2009-07-01",
            "Tom Reed, man, born 1940, died 2010",
            "Jo Reed, woman, born 1992",
            "Kay Vale, woman, born 1980",
            "Mo Vale, man, born 1982",
            "Zed Stone, man, born 1970",
        ]),
        ties: own(&[
            "Ann Reed is mother of Sam Reed",
            "Ann Reed is mother of Leo Reed",
            "Tom Reed is father of Ann Reed",
            "Tom Reed is father of Jo Reed",
            "Kay Vale is coach of Leo Reed (network)",
            "Jo Reed lives in household Oak Street",
            "Mo Vale lives in household Oak Street",
        ]),
        case: own(&["legal status: continuing custody order"]),
        outreach: own(&["Jo Reed: placement, declined, 2026-10-01, ask again 2027-02-01"]),
        waiting_families: own(&[
            "Pine family: approved 2023-01, until 2026-11-09, room for 0, ages 4 to 8, on hold",
            "Elm family: approved 2025-01, until 2027-12, room for 2, ages 4 to 14, available",
        ]),
        ..FamilyLines::default()
    }
}

#[test]
fn it_reads_as_a_specialist_would_say_it() {
    let lines = reeds();
    let texts = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(reasons("Ann Reed", &lines), (1, texts(&["rank 1"]), vec![]));
    assert_eq!(
        reasons("Elm family", &lines),
        (3, texts(&["rank 1"]), vec![])
    );
    for (who, tier, rules, changes) in [
        (
            "Leo Reed",
            1,
            texts(&["minor: 17 years old: a connection, not a placement"]),
            texts(&["is 17 years 4 months; 19 on 1 July 2028"]),
        ),
        ("Tom Reed", 1, texts(&["died: died in 2010"]), vec![]),
        (
            "Jo Reed",
            1,
            texts(&[
                "declined: declined placement on 1 October 2026; ask again from 1 February 2027",
            ]),
            texts(&["ask again from 1 February 2027"]),
        ),
        (
            "Kay Vale",
            0,
            texts(&[
                "no_relation: no relation that this order looks at is recorded; the nearest known link: coach of Leo Reed, the child's brother or maternal half-brother",
            ]),
            texts(&[
                "if it is so, record a role in the child's life, as a teacher, coach or godparent has: tier 2 holds such",
            ]),
        ),
        (
            "Mo Vale",
            0,
            texts(&[
                "no_relation: no relation that this order looks at is recorded; the nearest known link: lives with Jo Reed, the child's maternal aunt (possibly half)",
            ]),
            texts(&[
                "if it is so, record a role in the child's life, as a teacher, coach or godparent has: tier 2 holds such",
            ]),
        ),
        (
            "Zed Stone",
            0,
            texts(&["no_relation: no relation to the child is recorded"]),
            texts(&[
                "if it is so, record a role in the child's life, as a teacher, coach or godparent has: tier 2 holds such",
            ]),
        ),
        (
            "Pine family",
            3,
            texts(&[
                "approval_expired: approval expired on 9 November 2026, 12 days ago",
                "on_hold: the family is on hold",
                "capacity: room for 0, but 1 is to be placed",
                "age: accepts ages 4 to 8, a child is 9 years 7 months",
            ]),
            texts(&[
                "the family no longer on hold",
                "capacity 1 more",
                "ages accepted up to 9",
                "the approval renewed beyond 21 November 2026",
            ]),
        ),
    ] {
        assert_eq!(reasons(who, &lines), (tier, rules, changes), "{who}");
    }
}

#[test]
fn a_closed_tier_says_what_opens_it() {
    let lines = FamilyLines {
        case: vec!["legal status: temporary custody order".to_owned()],
        ..reeds()
    };
    let (tier, rules, changes) = reasons("Elm family", &lines);
    assert_eq!((tier, rules.len(), changes.len()), (3, 1, 1));
    assert!(
        rules[0].starts_with("legal_status: Not open yet"),
        "{rules:?}"
    );
}

#[test]
fn the_child_is_no_answer_and_nobody_is_not_found() {
    let lines = reeds();
    let world = World::of("Sam Reed", &lines).unwrap();
    let child = world.person("Sam Reed").unwrap();
    let ask = |who: PersonId| {
        let question = ExplainAbsence {
            child,
            who: PersonOrFamily::Person(who),
            purpose: Purpose::Placement,
            as_of: day(TODAY).unwrap(),
            order: None,
        };
        explain_absence(&world.store, &Permit::local_operator(), &question)
    };
    assert!(
        ask(child)
            .unwrap_err()
            .to_string()
            .contains("somebody else")
    );
    assert!(matches!(
        ask(PersonId(1 << 40)),
        Err(kinpath::error::Error::NotFound { .. })
    ));
}
