//! An answer in the plain lines in which scenarios expect it.

use kinpath::model::coverage::{Asked, CoverageRow};
use kinpath::model::lead::{
    Excluded, FamilyAnswer, Lead, LeadStatus, LeadTarget, NationLead, OtherRecord,
};
use kinpath::model::same_person::Verdict;
use kinpath::model::tie::Side;
use kinpath::placement::coverage::about_words;

/// "Ann Reed: maternal grandmother; needs review".
pub fn lead_line(lead: &Lead) -> String {
    let review = match lead.status {
        LeadStatus::Open => "",
        LeadStatus::NeedsReview => "; needs review",
    };
    format!("{}: {}{review}", name(&lead.target), lead.relation)
}

/// "also Marg Josef" where that was decided, else "perhaps Marg Josef, 93 %".
pub fn record_line(other: &OtherRecord) -> String {
    let name = &other.record.name;
    if other.verdict == Verdict::Same {
        return format!("also {name}");
    }
    match other.probability {
        Some(probability) => format!("perhaps {name}, {}", probability.in_words()),
        None => format!("perhaps {name}"),
    }
}

pub fn name(target: &LeadTarget) -> &str {
    target.content_key().0
}

/// "Raven Point: through mother Ann Reed (mother), maternal, member".
pub fn nation_line(nation: &NationLead) -> String {
    let side = match nation.side {
        Side::Unknown => String::new(),
        side => format!(", {}", side.word()),
    };
    format!(
        "{}: through {}{side}, {}",
        nation.name,
        nation.through,
        nation.membership.word().replace('_', " ")
    )
}

/// "maternal grandparents: 1 named, 1 unnamed, never asked".
pub fn coverage_line(row: &CoverageRow) -> String {
    let side = match row.side {
        Side::Maternal => "maternal ",
        Side::Paternal => "paternal ",
        Side::Both | Side::Unknown => "",
    };
    let unnamed = match row.unnamed {
        0 => String::new(),
        count => format!(", {count} unnamed"),
    };
    let asked = match row.asked {
        Asked::Never => "never asked",
        Asked::AskedOpen => "not settled",
        Asked::Answered => "answered",
    };
    format!(
        "{side}{}: {} named{unnamed}, {asked}",
        about_words(row.about),
        row.named
    )
}

pub fn excluded_line(excluded: &Excluded) -> String {
    let connection = if excluded.connection { "yes" } else { "no" };
    format!(
        "{{ name = \"{}\", tier = {}, relation = \"{}\", rule = \"{}\", reason = \"{}\", connection = \"{connection}\" }}",
        name(&excluded.target),
        excluded.tier,
        excluded.relation,
        excluded.rule,
        excluded.reason
    )
}

/// The whole answer, to be read beside a failure; without ids, so that two answers can be compared.
pub fn told(answer: &FamilyAnswer) -> String {
    let mut lines = Vec::new();
    for tier in &answer.tiers {
        lines.push(format!(
            "tier {} ({} in all) {}",
            tier.number, tier.total, tier.empty_because
        ));
        lines.extend(
            tier.nations
                .iter()
                .map(|nation| format!("   nation {} {:?}", nation_line(nation), nation.questions)),
        );
        for lead in &tier.leads {
            let path: Vec<String> = lead
                .kinship
                .iter()
                .flat_map(|relation| &relation.path)
                .chain(&lead.path)
                .map(|step| format!("{} {}", step.words, step.person.name))
                .collect();
            lines.push(format!("   {:.1} {}", lead.score.total, lead_line(lead)));
            if !lead.also_recorded_as.is_empty() {
                let records: Vec<String> = lead.also_recorded_as.iter().map(record_line).collect();
                lines.push(format!("        records {records:?}"));
            }
            let parts: Vec<&str> = lead
                .score
                .parts
                .iter()
                .map(|part| part.name.as_str())
                .collect();
            lines.push(format!(
                "        path {path:?} score {parts:?} also {:?} questions {:?} cautions {:?} unknown {:?} {} {:?}",
                lead.other_ways, lead.questions, lead.cautions, lead.unknown, lead.screening,
                lead.outreach.iter().map(|outreach| (outreach.purpose.word(), outreach.state.word())).collect::<Vec<_>>()
            ));
        }
    }
    lines.extend(
        answer
            .excluded
            .iter()
            .map(|excluded| format!("excluded {}", excluded_line(excluded))),
    );
    let coverage = &answer.coverage;
    lines.extend(
        coverage
            .rows
            .iter()
            .map(|row| format!("coverage {}", coverage_line(row))),
    );
    lines.push(format!(
        "missing from notice {:?}; connections {}",
        coverage.missing_from_notice, coverage.connections
    ));
    lines.extend(
        coverage
            .next_questions
            .iter()
            .map(|next| format!("next: {} {}", next.question, next.whom)),
    );
    lines.extend(
        answer
            .contradictions
            .iter()
            .map(|words| format!("contradiction: {words}")),
    );
    lines.push(format!("people read {}", answer.people_read));
    lines.join("\n")
}
