//! Each named test with a yes, a no and an unknown; and unknown facts never make a no.

use super::*;
use crate::model::case::OutreachState;
use crate::model::partial_date::PartialDate;
use crate::model::person::ScreeningResult;
use crate::model::tie::{LegalState, ParentNature};
use crate::model::waiting_family::ApprovalState;
use crate::placement::order::IndigenousStatus;
use crate::placement::rule_file::{RuleFile, in_use, read};
use proptest::prelude::*;

fn date(text: &str) -> Option<PartialDate> {
    Some(text.parse().expect(text))
}

/// Nothing is known.
fn nothing() -> Facts {
    Facts {
        as_of: "2026-11-21".parse().expect("a day"),
        child_birth: None,
        indigenous: IndigenousStatus::NotRecorded,
        legal_status: String::new(),
        primary_goal: String::new(),
        concurrent_goal: String::new(),
        parents: Vec::new(),
        placements: Vec::new(),
        lead: LeadFacts {
            name: "June Reed".to_owned(),
            relation: None,
            kin_by_custom: false,
            sibling_held: None,
            same_nation: Truth::Unknown,
            screenings: Vec::new(),
            approvals: Vec::new(),
            bar: None,
            willing: None,
        },
        decisions: Vec::new(),
    }
}

fn parent(name: &str, is_lead: bool, legal_state: LegalState) -> ParentFact {
    ParentFact {
        name: name.to_owned(),
        is_lead,
        nature: ParentNature::Birth,
        legal_state,
        dead: false,
    }
}

fn placed(is_lead: bool, from: Option<PartialDate>, to: Option<PartialDate>) -> PlacementFact {
    PlacementFact {
        with: if is_lead { "June Reed" } else { "Max Cole" }.to_owned(),
        is_lead,
        from,
        to,
    }
}

fn screening(kind: &str, result: ScreeningResult, expires: Option<PartialDate>) -> ScreeningFact {
    ScreeningFact {
        who: "June Reed".to_owned(),
        kind: kind.to_owned(),
        result,
        date: None,
        expires,
    }
}

fn approved(approval: Option<ApprovalState>, expires: Option<PartialDate>) -> ApprovalFact {
    ApprovalFact {
        family: "Pine family".to_owned(),
        approval,
        expires,
    }
}

fn decide(key: &str, holds: bool, of: &str) -> Decision {
    Decision {
        key: key.to_owned(),
        holds,
        of: of.to_owned(),
    }
}

/// One row: a test as written in a file, and what makes it yes, no and unknown.
type Row = (&'static str, fn(&mut Facts), fn(&mut Facts), fn(&mut Facts));

fn relation(facts: &mut Facts, words: &str, doubt: &str) {
    facts.lead.relation = Some(RelationFact {
        words: words.to_owned(),
        doubt: doubt.to_owned(),
    });
}

const ROWS: &[Row] = &[
    (
        "{ child_age_at_least = 12 }",
        |f| f.child_birth = date("2014-11-21"),
        |f| f.child_birth = date("2014-11-22"),
        |f| f.child_birth = date("2014"),
    ),
    (
        "{ child_age_below = 12 }",
        |f| f.child_birth = date("2014-11-22"),
        |f| f.child_birth = date("2014-10"),
        |f| f.child_birth = date("2014-11~"),
    ),
    (
        "{ placed_with_for_months = 12 }",
        |f| f.placements = vec![placed(true, date("2025-11-21"), None)],
        |f| f.placements = vec![placed(true, date("2025-11-22"), None)],
        |f| f.placements = vec![placed(true, date("2025"), None)],
    ),
    (
        "\"cares_for_child\"",
        |f| f.placements = vec![placed(true, None, None)],
        |f| {
            f.placements = vec![
                placed(true, date("2024"), date("2025-06")),
                placed(false, date("2025-06"), None),
            ];
        },
        |f| f.placements = vec![placed(false, None, None)],
    ),
    (
        "\"is_parent\"",
        |f| f.parents = vec![parent("June Reed", true, LegalState::Unknown)],
        |f| {
            f.parents = vec![
                parent("Ann", false, LegalState::Intact),
                parent("Bob", false, LegalState::Unknown),
            ];
        },
        |f| f.parents = vec![parent("Ann", false, LegalState::Intact)],
    ),
    (
        "{ rights_of_lead_in = [\"intact\", \"suspended\"] }",
        |f| f.parents = vec![parent("June Reed", true, LegalState::Suspended)],
        |f| f.parents = vec![parent("June Reed", true, LegalState::Terminated)],
        |f| f.parents = vec![parent("June Reed", true, LegalState::Unknown)],
    ),
    (
        "{ rights_of_all_parents = \"ended\" }",
        |f| {
            f.parents = vec![
                parent("Ann", false, LegalState::Terminated),
                parent("Bob", false, LegalState::Relinquished),
            ];
        },
        |f| {
            f.parents = vec![
                parent("Ann", false, LegalState::Terminated),
                parent("Bob", false, LegalState::Intact),
            ];
        },
        |f| f.parents = vec![parent("Ann", false, LegalState::Terminated)],
    ),
    (
        "\"is_relative\"",
        |f| relation(f, "maternal aunt", ""),
        |f| f.decisions = vec![decide("related", false, "people/1")],
        |f| relation(f, "maternal aunt", "the father is disputed"),
    ),
    (
        "\"kin_by_custom\"",
        |f| f.lead.kin_by_custom = true,
        |f| f.decisions = vec![decide("kin_by_custom", false, "people/1")],
        |_| {},
    ),
    (
        "\"holds_sibling\"",
        |f| f.lead.sibling_held = Some("Kim Reed".to_owned()),
        |f| f.decisions = vec![decide("holds_sibling", false, "people/1")],
        |_| {},
    ),
    (
        "\"same_nation\"",
        |f| f.lead.same_nation = Truth::Yes,
        |f| f.lead.same_nation = Truth::No,
        |_| {},
    ),
    (
        "\"child_is_indigenous\"",
        |f| f.indigenous = IndigenousStatus::Known,
        |f| f.indigenous = IndigenousStatus::No,
        |f| f.indigenous = IndigenousStatus::Possible,
    ),
    (
        "\"screening_cleared\"",
        |f| f.lead.screenings = vec![screening("check", ScreeningResult::Cleared, date("2027"))],
        |f| f.lead.screenings = vec![screening("check", ScreeningResult::Concerns, None)],
        |f| f.lead.screenings = vec![screening("check", ScreeningResult::Pending, None)],
    ),
    (
        "\"licensed\"",
        |f| f.lead.approvals = vec![approved(Some(ApprovalState::Approved), date("2026-11-21"))],
        |f| {
            f.lead.screenings = vec![screening(
                "foster licence",
                ScreeningResult::Cleared,
                date("2026-11-20"),
            )];
        },
        |f| f.lead.screenings = vec![screening("check", ScreeningResult::Cleared, None)],
    ),
    (
        "\"lead_is_willing\"",
        |f| f.lead.willing = Some(OutreachState::Willing),
        |f| f.lead.willing = Some(OutreachState::Declined),
        |f| f.lead.willing = Some(OutreachState::NoReply),
    ),
    (
        "{ legal_status_in = [\"continuing_custody_order\"] }",
        |f| f.legal_status = "continuing_custody_order".to_owned(),
        |f| f.legal_status = "temporary_custody_order".to_owned(),
        |_| {},
    ),
    (
        "{ goal_not_in = [\"return_home\"] }",
        |f| {
            f.primary_goal = "adoption".to_owned();
            f.concurrent_goal = "guardianship".to_owned();
        },
        |f| f.concurrent_goal = "return_home".to_owned(),
        |f| f.primary_goal = "adoption".to_owned(),
    ),
    (
        "{ ruled_out = \"adoption\" }",
        |f| f.decisions = vec![decide("adoption_ruled_out", true, "")],
        |f| f.concurrent_goal = "adoption".to_owned(),
        |f| f.primary_goal = "oppla".to_owned(),
    ),
    (
        "{ not_ruled_out = \"adoption\" }",
        |f| f.primary_goal = "adoption".to_owned(),
        |f| f.decisions = vec![decide("adoption_ruled_out", true, "")],
        |f| f.primary_goal = "oppla".to_owned(),
    ),
    (
        "{ stated = \"grounds_for_termination\" }",
        |f| {
            f.decisions = vec![
                decide("grounds_for_termination", false, ""),
                decide("grounds_for_termination", true, ""),
            ];
        },
        |f| f.decisions = vec![decide("grounds_for_termination", false, "")],
        |f| f.decisions = vec![decide("grounds_for_termination", true, "people/1")],
    ),
    (
        "{ stated_of_lead = \"suitable_guardian\" }",
        |f| f.decisions = vec![decide("suitable_guardian", true, "people/1")],
        |f| f.decisions = vec![decide("suitable_guardian", false, "people/1")],
        |f| f.decisions = vec![decide("suitable_guardian", true, "")],
    ),
];

/// A file with one pathway of one condition, made of this test.
fn rules_of(test: &str) -> PathwayRules {
    let text = format!(
        "id = \"own\"\nversion = \"1\"\ntitle = \"t\"\njurisdiction = \"j\"\ncitation = \"c\"\n\
         applies = {{ orders = [\"*\"] }}\n[[pathway]]\nid = \"adoption\"\nform = \"adoption\"\n\
         title = \"Adoption\"\ncitation = \"c\"\ngoals = [\"adoption\", \"guardianship\"]\n[[pathway.condition]]\n\
         words = \"w\"\ncitation = \"c\"\nask = \"what is missing?\"\nany = [{test}]\n"
    );
    read("own.toml", &text).expect(test)
}

fn met(rules: &PathwayRules, facts: &Facts) -> ConditionAnswer {
    pathways(rules, facts)[0].conditions[0].clone()
}

#[test]
fn every_named_test_can_be_met_not_met_and_unknown() {
    for (test, yes, no, unknown) in ROWS {
        let rules = rules_of(test);
        for (set, expected) in [
            (yes, Truth::Yes),
            (no, Truth::No),
            (unknown, Truth::Unknown),
        ] {
            let mut facts = nothing();
            set(&mut facts);
            let answer = met(&rules, &facts);
            assert_eq!(answer.met, expected, "{test}: {}", answer.because);
            assert!(!answer.because.is_empty(), "{test}");
            assert_eq!(
                answer.missing.is_empty(),
                expected != Truth::Unknown,
                "{test}"
            );
        }
    }
    // A goal in words that the rules do not know may mean any form.
    let rules = rules_of("{ goal_not_in = [\"return_home\"] }");
    let mut facts = nothing();
    facts.primary_goal = "adoption".to_owned();
    facts.concurrent_goal = "back_to_mum".to_owned();
    assert_eq!(met(&rules, &facts).met, Truth::Unknown);
    // Noted as ruled out, and still a goal: which is right?
    let rules = rules_of("{ ruled_out = \"adoption\" }");
    let mut facts = nothing();
    facts.primary_goal = "adoption".to_owned();
    facts.decisions = vec![decide("adoption_ruled_out", true, "")];
    assert_eq!(met(&rules, &facts).met, Truth::Unknown);
    // Cautions are recorded or not: there is no unknown.
    let rules = rules_of("\"not_barred\"");
    let mut facts = nothing();
    assert_eq!(met(&rules, &facts).met, Truth::Yes);
    facts.lead.bar = Some("barred from placement".to_owned());
    assert_eq!(met(&rules, &facts).met, Truth::No);
}

#[test]
fn nothing_known_is_never_a_no() {
    for rules in in_use::<PathwayRules>().unwrap() {
        for pathway in pathways(rules, &nothing()) {
            assert_eq!(pathway.state, PathwayState::NeedsReview, "{}", pathway.id);
            for condition in pathway.conditions {
                assert_ne!(condition.met, Truth::No, "{}", condition.words);
            }
        }
    }
}

#[test]
fn what_time_alone_will_meet_says_when() {
    let rules = rules_of("{ placed_with_for_months = 12 }");
    let mut facts = nothing();
    facts.placements = vec![placed(true, date("2026-03-01"), None)];
    let answer = met(&rules, &facts);
    assert_eq!(answer.met, Truth::No);
    assert_eq!(
        answer.met_from.map(|day| day.to_string()),
        Some("2027-03-01".to_owned())
    );
}

#[test]
fn a_condition_that_does_not_apply_is_met_and_says_so() {
    let rules = in_use::<PathwayRules>().unwrap();
    let connecticut = rules.iter().find(|r| r.id == "connecticut-dcf").unwrap();
    let consent = |birth: Option<PartialDate>| {
        let mut facts = nothing();
        facts.child_birth = birth;
        let all = pathways(connecticut, &facts);
        let guardianship = all.iter().find(|p| p.id == "permanent_guardianship");
        let conditions = &guardianship.unwrap().conditions;
        conditions
            .iter()
            .find(|c| c.words.contains("consents, if 12"))
            .cloned()
            .unwrap()
    };
    let young = consent(date("2020-05-01"));
    assert_eq!(young.met, Truth::Yes);
    assert!(
        young.because.starts_with("does not apply"),
        "{}",
        young.because
    );
    assert_eq!(consent(date("2012-05-01")).met, Truth::Unknown);
    let unsure = consent(date("2014"));
    assert_eq!(unsure.met, Truth::Unknown);
    assert!(unsure.because.contains("whether this applies"));
}

#[test]
fn a_bad_file_is_refused_with_line_and_reason() {
    let good = PathwayRules::BUILT_IN[0].1;
    for (change, to, reason) in [
        ("is_parent", "is_giant", "unknown variant"),
        (
            "placed_with_for_months = 6",
            "placed_with_for_months = \"six\"",
            "invalid type",
        ),
        (
            "placed_with_for_months = 6",
            "placed_with_for_weeks = 6",
            "unknown variant",
        ),
        (
            "form = \"adoption\"",
            "form = \"cloning\"",
            "unknown variant",
        ),
        (
            "ruled_out = \"permanent_guardianship\"",
            "ruled_out = \"magic\"",
            "there is no pathway \"magic\"",
        ),
        ("any = [\"not_barred\"]", "any = []", "at least one test"),
        (
            "id = \"customary_adoption\"",
            "id = \"adoption\"",
            "stands twice",
        ),
        (
            "stated = \"adoption_not_appropriate\"",
            "stated = \"Is it so?\"",
            "is no key",
        ),
        (
            "version = \"2026-11-21\"",
            "version = \"\"",
            "version must be given",
        ),
        (
            "ask = \"Speak with the supervisor.\"",
            "ask = \"\"",
            "what to ask",
        ),
        ("applies = ", "colour = 1\napplies = ", "unknown field"),
    ] {
        let text = good.replacen(change, to, 1);
        assert_ne!(text, good, "{change}");
        let error = read::<PathwayRules>("own.toml", &text).expect_err(reason);
        let error = error.to_string();
        assert!(error.contains(reason), "{error}");
        assert!(error.contains("line "), "{error}");
    }
}

#[test]
fn every_file_names_orders_that_exist_and_the_last_fits_everywhere() {
    let orders = crate::placement::order::orders().unwrap();
    let all = in_use::<PathwayRules>().unwrap();
    for rules in all {
        for id in rules.applies.orders.iter().chain(&rules.applies.under) {
            assert!(
                id == "*" || orders.named(id).is_some(),
                "{}: {id}",
                rules.id
            );
        }
    }
    assert!(all.last().unwrap().applies.holds("any", "where"));
    let which = |order: &str, region: &str| {
        let found = all.iter().find(|rules| rules.applies.holds(order, region));
        found.unwrap().id.clone()
    };
    assert_eq!(which("connecticut-dcf", ""), "connecticut-dcf");
    assert_eq!(which("us-icwa-foster", "connecticut"), "connecticut-dcf");
    assert_eq!(which("us-icwa-foster", "Montana"), "us-federal");
    assert_eq!(
        which("canada-c92-s16", "British Columbia"),
        "british-columbia"
    );
    assert_eq!(which("canada-c92-s16", "Alberta"), "anywhere");
}

/// Facts of which each may be anything; and which of them are then forgotten.
fn some_facts() -> impl Strategy<Value = (Facts, Facts)> {
    (any::<u64>(), any::<u64>()).prop_map(|(chosen, forgotten)| {
        let mut full = nothing();
        for (bit, (_, yes, no, unknown)) in ROWS.iter().enumerate() {
            match (chosen >> (bit * 2)) & 3 {
                0 => yes(&mut full),
                1 => no(&mut full),
                2 => unknown(&mut full),
                _ => {}
            }
        }
        let mut less = full.clone();
        forget(&mut less, forgotten);
        (full, less)
    })
}

/// Makes some facts unknown.
fn forget(facts: &mut Facts, bits: u64) {
    let blank = nothing();
    let is = |bit: u32| bits >> bit & 1 == 1;
    if is(0) {
        facts.child_birth = None;
    }
    if is(1) {
        facts.indigenous = IndigenousStatus::NotRecorded;
    }
    if is(2) {
        facts.legal_status.clear();
    }
    if is(3) {
        facts.primary_goal.clear();
    }
    if is(4) {
        facts.concurrent_goal.clear();
    }
    if is(5) {
        facts.placements.iter_mut().for_each(|one| one.from = None);
    }
    if is(6) {
        let unknown = LegalState::Unknown;
        facts
            .parents
            .iter_mut()
            .for_each(|one| one.legal_state = unknown);
    }
    if is(7) {
        // Who is known to be an aunt is no parent: that the lead is both is no world.
        facts.parents.retain(|one| one.is_lead);
    }
    if is(8) {
        facts.lead.relation = None;
    }
    if is(9) {
        facts.lead.screenings = blank.lead.screenings;
        facts.lead.approvals = blank.lead.approvals;
    }
    if is(10) {
        facts.lead.willing = None;
    }
    if is(11) {
        // A decision and a goal that contradict each other are unknown together; the goal alone would be a no.
        facts.decisions.clear();
        facts.primary_goal.clear();
        facts.concurrent_goal.clear();
    }
    if is(12) {
        facts.lead.same_nation = Truth::Unknown;
    }
}

proptest! {
    /// Knowing less never turns a yes or an unknown into a no.
    #[test]
    fn forgetting_facts_never_makes_a_no((full, less) in some_facts()) {
        for rules in in_use::<PathwayRules>().unwrap() {
            let with = pathways(rules, &full);
            let without = pathways(rules, &less);
            for (one, other) in with.iter().zip(&without) {
                for (before, after) in one.conditions.iter().zip(&other.conditions) {
                    prop_assert!(
                        after.met != Truth::No || before.met == Truth::No,
                        "{}: {} became a no: {}", one.id, before.because, after.because
                    );
                }
            }
        }
    }
}
