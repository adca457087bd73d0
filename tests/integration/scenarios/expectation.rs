//! What a scenario expects of an answer, and what of it the answer does not keep.

use super::answer::{coverage_line, excluded_line, lead_line, name, nation_line, record_line};
use kinpath::model::lead::{Excluded, FamilyAnswer, Lead};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is not mentioned of tiers, excluded people, cautions and contradictions is expected not to be there; what is not
/// mentioned of coverage, questions, paths and nations is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// False: the leads listed must stand in this order, others may stand between them.
    leads_complete: Option<bool>,
    /// "Ann Reed: maternal grandmother", "Bob Hill: maternal uncle; needs review", best first.
    tier_1: Vec<String>,
    tier_2: Vec<String>,
    tier_3: Vec<String>,
    tier_4: Vec<String>,
    tier_5: Vec<String>,
    /// Words of the notes that stand with the order.
    order_notes: Vec<String>,
    /// "Raven Point: through the child, entitled".
    nations: Option<Vec<String>>,
    /// Words that the questions about nations hold.
    nation_questions: Vec<String>,
    /// "1" to "3": words of the reason why the tier is empty.
    empty_because: BTreeMap<String, String>,
    /// More about single leads. A lead with cautions must stand here.
    lead: Vec<LeadExpectation>,
    excluded: Vec<ExcludedExpectation>,
    /// Rows of the coverage that matter: "maternal grandparents: 1 named, never asked".
    coverage: Vec<String>,
    connections: Option<u32>,
    missing_from_notice: Option<Vec<String>>,
    /// Words of the next questions with whom to ask, in order.
    next_questions: Option<Vec<String>>,
    contradictions: Vec<String>,
    /// Names that stand nowhere in the answer, paths and coverage included.
    absent: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadExpectation {
    name: String,
    /// Words of each caution and of each question, in order, all of them.
    #[serde(default)]
    cautions: Vec<String>,
    questions: Option<Vec<String>>,
    /// All other ways of belonging, exactly.
    other_ways: Option<Vec<String>>,
    /// The steps in words, exactly: "mother", "mother".
    path: Option<Vec<String>>,
    /// Words of the score's reasons that must be there.
    #[serde(default)]
    score_reasons: Vec<String>,
    screening: Option<String>,
    /// All that is not known of them.
    unknown: Option<Vec<String>>,
    /// The other records, exactly: "also Marg Josef", "perhaps Marg Josef, 93 %".
    recorded: Option<Vec<String>>,
    /// The source of the last step of the path.
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExcludedExpectation {
    name: String,
    relation: Option<String>,
    rule: String,
    /// Words of the reason.
    #[serde(default)]
    reason: String,
    /// Whether they are a lead for connection all the same.
    connection: bool,
}

impl Expectation {
    /// What of it the answer does not keep, in words.
    pub fn unmet(&self, answer: &FamilyAnswer) -> Vec<String> {
        let mut unmet = Vec::new();
        self.check_tiers(answer, &mut unmet);
        self.check_leads(answer, &mut unmet);
        for words in &self.order_notes {
            let notes = &answer.order.notes;
            if !notes.iter().any(|note| note.contains(words.as_str())) {
                unmet.push(format!("no note says \"{words}\": {notes:#?}"));
            }
        }
        self.check_excluded(answer, &mut unmet);
        self.check_coverage(answer, &mut unmet);
        contains_in_order(
            "contradictions",
            &self.contradictions,
            &answer.contradictions,
            &mut unmet,
        );
        let whole = format!("{answer:?}");
        for name in &self.absent {
            if whole.contains(name.as_str()) {
                unmet.push(format!("\"{name}\" stands in the answer"));
            }
        }
        unmet
    }

    fn check_tiers(&self, answer: &FamilyAnswer, unmet: &mut Vec<String>) {
        let is_complete = self.leads_complete.unwrap_or(true);
        let expected_tiers = [
            &self.tier_1,
            &self.tier_2,
            &self.tier_3,
            &self.tier_4,
            &self.tier_5,
        ];
        for (number, expected) in (1..).zip(expected_tiers) {
            let Some(tier) = answer.tiers.iter().find(|tier| tier.number == number) else {
                if !expected.is_empty() {
                    unmet.push(format!("there is no tier {number}"));
                }
                continue;
            };
            let mut found: Vec<String> = tier.leads.iter().map(lead_line).collect();
            if !is_complete {
                found.retain(|line| expected.contains(line));
            }
            if &found != expected {
                unmet.push(format!(
                    "tier {number}: expected {expected:#?}, found {found:#?}"
                ));
            }
            if let Some(words) = self.empty_because.get(&number.to_string())
                && !tier.empty_because.contains(words.as_str())
            {
                unmet.push(format!(
                    "tier {number} should be empty because \"{words}\": \"{}\"",
                    tier.empty_because
                ));
            }
            if tier.leads.is_empty() && tier.empty_because.is_empty() {
                unmet.push(format!("tier {number} is empty and does not say why"));
            }
        }
        let nations: Vec<&_> = answer.tiers.iter().flat_map(|tier| &tier.nations).collect();
        if let Some(expected) = &self.nations {
            let found: Vec<String> = nations.iter().map(|nation| nation_line(nation)).collect();
            if &found != expected {
                unmet.push(format!("nations: expected {expected:#?}, found {found:#?}"));
            }
        }
        for words in &self.nation_questions {
            if !nations
                .iter()
                .flat_map(|nation| &nation.questions)
                .any(|question| question.contains(words.as_str()))
            {
                unmet.push(format!("no nation asks \"{words}\""));
            }
        }
    }

    fn check_leads(&self, answer: &FamilyAnswer, unmet: &mut Vec<String>) {
        let leads = || answer.tiers.iter().flat_map(|tier| &tier.leads);
        for expected in &self.lead {
            match leads().find(|lead| name(&lead.target) == expected.name) {
                Some(lead) => expected.check(lead, unmet),
                None => unmet.push(format!("{} is no lead", expected.name)),
            }
        }
        for lead in leads().filter(|lead| !lead.cautions.is_empty()) {
            if self
                .lead
                .iter()
                .all(|expected| expected.name != name(&lead.target))
            {
                unmet.push(format!(
                    "{} has cautions that nobody expects: {:?}",
                    name(&lead.target),
                    lead.cautions
                ));
            }
        }
    }

    fn check_excluded(&self, answer: &FamilyAnswer, unmet: &mut Vec<String>) {
        for expected in &self.excluded {
            let found = answer
                .excluded
                .iter()
                .find(|excluded| name(&excluded.target) == expected.name);
            match found {
                Some(found) if expected.fits(found) => {}
                Some(found) => unmet.push(format!(
                    "excluded: expected {expected:?}, found {}",
                    excluded_line(found)
                )),
                None => unmet.push(format!("{} is not among the excluded", expected.name)),
            }
        }
        for found in &answer.excluded {
            if self
                .excluded
                .iter()
                .all(|expected| expected.name != name(&found.target))
            {
                unmet.push(format!(
                    "excluded though nobody expects it: {}",
                    excluded_line(found)
                ));
            }
        }
    }

    fn check_coverage(&self, answer: &FamilyAnswer, unmet: &mut Vec<String>) {
        let coverage = &answer.coverage;
        let rows: Vec<String> = coverage.rows.iter().map(coverage_line).collect();
        for expected in &self.coverage {
            if !rows.contains(expected) {
                unmet.push(format!("coverage: \"{expected}\" is not among {rows:#?}"));
            }
        }
        if let Some(expected) = self.connections
            && expected != coverage.connections
        {
            unmet.push(format!(
                "connections: expected {expected}, found {}",
                coverage.connections
            ));
        }
        if let Some(expected) = &self.missing_from_notice
            && expected != &coverage.missing_from_notice
        {
            unmet.push(format!(
                "missing from notice: expected {expected:#?}, found {:#?}",
                coverage.missing_from_notice
            ));
        }
        if let Some(expected) = &self.next_questions {
            let found: Vec<String> = coverage
                .next_questions
                .iter()
                .map(|next| format!("{} {}", next.question, next.whom))
                .collect();
            contains_in_order("next questions", expected, &found, unmet);
        }
    }
}

impl LeadExpectation {
    fn check(&self, lead: &Lead, unmet: &mut Vec<String>) {
        let of = |what: &str| format!("{} of {}", what, self.name);
        contains_in_order(&of("cautions"), &self.cautions, &lead.cautions, unmet);
        if let Some(questions) = &self.questions {
            contains_in_order(&of("questions"), questions, &lead.questions, unmet);
        }
        let steps = || {
            lead.kinship
                .iter()
                .flat_map(|relation| &relation.path)
                .chain(&lead.path)
        };
        let mut same = |what: &str, expected: &Option<Vec<String>>, found: Vec<String>| {
            if let Some(expected) = expected
                && expected != &found
            {
                unmet.push(format!(
                    "{}: expected {expected:?}, found {found:?}",
                    of(what)
                ));
            }
        };
        same("other ways", &self.other_ways, lead.other_ways.clone());
        same(
            "records",
            &self.recorded,
            lead.also_recorded_as.iter().map(record_line).collect(),
        );
        same("unknown", &self.unknown, lead.unknown.clone());
        same(
            "path",
            &self.path,
            steps().map(|step| step.words.clone()).collect(),
        );
        for words in &self.score_reasons {
            if !lead
                .score
                .parts
                .iter()
                .any(|part| part.reason.contains(words.as_str()))
            {
                unmet.push(format!(
                    "{}: nothing says \"{words}\": {:?}",
                    of("score"),
                    lead.score.parts
                ));
            }
        }
        if let Some(screening) = &self.screening
            && !lead.screening.contains(screening.as_str())
        {
            unmet.push(format!(
                "{}: expected \"{screening}\", found \"{}\"",
                of("screening"),
                lead.screening
            ));
        }
        let source = steps().last().map(|step| step.source.document.clone());
        if self.source.is_some() && self.source != source {
            unmet.push(format!(
                "{}: expected {:?}, found {source:?}",
                of("source"),
                self.source
            ));
        }
    }
}

impl ExcludedExpectation {
    fn fits(&self, found: &Excluded) -> bool {
        self.rule == found.rule
            && found.reason.contains(&self.reason)
            && self.connection == found.connection
            && self
                .relation
                .as_ref()
                .is_none_or(|relation| relation == &found.relation)
    }
}

/// Each of the found must hold the words expected in its place, and there must be no more and no fewer.
fn contains_in_order(what: &str, expected: &[String], found: &[String], unmet: &mut Vec<String>) {
    let fits = expected.len() == found.len()
        && expected
            .iter()
            .zip(found)
            .all(|(words, found)| found.contains(words.as_str()));
    if !fits {
        unmet.push(format!("{what}: expected {expected:#?}, found {found:#?}"));
    }
}
