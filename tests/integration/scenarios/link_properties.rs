//! What holds for every family with records that may be one person's: an undecided link takes nothing from anybody, a
//! verdict "different" leaves no trace, and the order in which records and links are entered does not matter.

use super::answer::{coverage_line, excluded_line, lead_line, name};
use super::find_family::broken_promises;
use super::properties::{Thrown, answer, name_of, thrown, told_without_ids};
use kinpath::model::case::Purpose;
use kinpath::model::lead::{FamilyAnswer, Lead};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Two people by number, and how likely it is in percent that they are one.
type ThrownLink = (usize, usize, u8);

fn family_and_links() -> impl Strategy<Value = (Thrown, Vec<ThrownLink>)> {
    let link = (0..14usize, 0..14usize, 40..100u8);
    (thrown(), proptest::collection::vec(link, 1..5))
}

fn link_lines(family: &Thrown, links: &[ThrownLink], verdict: &str) -> Vec<String> {
    let count = family.lines().people.len();
    let mut seen = BTreeSet::new();
    let links = links.iter().filter_map(|&(one, other, percent)| {
        let (one, other) = (one % count, other % count);
        let is_new = one != other && seen.insert((one.min(other), one.max(other)));
        is_new.then(|| {
            let (one, other) = (name_of(one), name_of(other));
            format!("{one} {verdict} {other} ({percent} %: alike)")
        })
    });
    links.collect()
}

fn with_links(family: &Thrown, links: Vec<String>) -> FamilyAnswer {
    let mut lines = family.lines();
    lines.links = links;
    answer(family.child(), &lines, Purpose::Placement)
}

/// Leads and people left out whose relation rests on no undecided link, and what is known of the family.
fn certain(answer: &FamilyAnswer) -> Vec<String> {
    let mut lines = Vec::new();
    for tier in &answer.tiers {
        let leads = tier.leads.iter().filter(|lead| lead.if_words.is_empty());
        lines.extend(leads.map(|lead| {
            let ways: Vec<&String> = lead
                .other_ways
                .iter()
                .filter(|way| !way.starts_with("if "))
                .collect();
            let line = lead_line(lead).replace("; needs review", "");
            format!("{} {line} {} {ways:?}", tier.number, lead.score.total)
        }));
    }
    let excluded = answer.excluded.iter().map(excluded_line);
    // Whom no tier holds for certain may be a probable lead of one.
    lines.extend(
        excluded.filter(|line| !line.contains("relation = \"if ") && !line.contains("tier = 0,")),
    );
    lines.extend(answer.coverage.rows.iter().map(coverage_line));
    lines.extend(answer.coverage.missing_from_notice.iter().cloned());
    lines
}

/// Whom no tier holds, by name. A relation that rests on an undecided link is left aside.
fn outside(answer: &FamilyAnswer) -> BTreeMap<String, String> {
    let excluded = answer.excluded.iter();
    let outside = excluded.filter(|one| one.tier == 0 && !one.relation.starts_with("if "));
    outside
        .map(|one| (name(&one.target).to_owned(), excluded_line(one)))
        .collect()
}

/// Whom a tier holds only if records are one person's, as a lead or but for a rule.
fn held_perhaps(answer: &FamilyAnswer) -> BTreeSet<String> {
    let leads = answer.tiers.iter().flat_map(|tier| &tier.leads);
    let leads = leads.filter(|lead| !lead.if_words.is_empty());
    let excluded = answer.excluded.iter();
    let excluded = excluded.filter(|one| one.tier > 0 && one.relation.starts_with("if "));
    leads
        .map(|lead| &lead.target)
        .chain(excluded.map(|one| &one.target))
        .map(|target| name(target).to_owned())
        .collect()
}

/// Civil degree, and what couples on the way take off.
fn closeness(lead: &Lead) -> Option<(u8, Option<String>)> {
    let parts = lead.score.parts.iter();
    let by_union = parts.filter(|part| part.name == "by_union");
    let by_union = by_union.map(|part| part.points.to_string()).next();
    Some((lead.kinship.as_ref()?.civil_degree, by_union))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_undecided_link_takes_nothing_from_certain_leads((family, links) in family_and_links()) {
        let without = with_links(&family, Vec::new());
        let with = with_links(&family, link_lines(&family, &links, "may be"));
        prop_assert_eq!(broken_promises(&with), Vec::<String>::new());
        prop_assert_eq!(certain(&with), certain(&without));
        // Whom no tier holds for certain stays so, unless a tier holds them if records are one person's.
        let (outside_with, outside_without) = (outside(&with), outside(&without));
        let perhaps = held_perhaps(&with);
        for (who, line) in &outside_without {
            let stays = outside_with.get(who) == Some(line);
            prop_assert!(stays || perhaps.contains(who), "{} becomes {:?}", line, outside_with.get(who));
        }
        for (who, line) in &outside_with {
            prop_assert_eq!(Some(line), outside_without.get(who));
        }
        for tier in &with.tiers {
            for lead in tier.leads.iter().filter(|lead| !lead.if_words.is_empty()) {
                prop_assert!(lead.relation.starts_with(&lead.if_words), "{}", lead.relation);
                prop_assert!(!lead.questions.is_empty(), "{} asks nothing", name(&lead.target));
                let as_close = tier.leads.iter().filter(|other| {
                    other.if_words.is_empty() && closeness(other) == closeness(lead)
                });
                for other in as_close {
                    prop_assert!(other.rank < lead.rank, "{} stands below {}", name(&other.target), name(&lead.target));
                }
            }
        }
    }

    #[test]
    fn a_verdict_different_leaves_no_trace((family, links) in family_and_links()) {
        let without = with_links(&family, Vec::new());
        let with = with_links(&family, link_lines(&family, &links, "is not"));
        prop_assert_eq!(told_without_ids(&with), told_without_ids(&without));
        prop_assert_eq!(with.people_read, without.people_read);
    }

    #[test]
    fn the_order_of_records_and_links_does_not_matter(
        (family, people, links) in family_and_links().prop_flat_map(|(family, links)| {
            let people = family.lines().people;
            (Just(family), Just(people).prop_shuffle(), Just(links))
        }),
        is_decided in any::<bool>(),
    ) {
        let verdict = if is_decided { "is" } else { "may be" };
        let mut lines = family.lines();
        lines.links = link_lines(&family, &links, verdict);
        let one = answer(family.child(), &lines, Purpose::Placement);
        prop_assert_eq!(broken_promises(&one), Vec::<String>::new());
        lines.people = people;
        lines.ties.reverse();
        lines.links.reverse();
        let other = answer(family.child(), &lines, Purpose::Placement);
        prop_assert_eq!(told_without_ids(&one), told_without_ids(&other));
    }
}
