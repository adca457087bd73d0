//! Critical junctures of a case, at which those who said no, or did not answer, are asked again: a new placement, another
//! goal, parentage established, a brother or sister who came into care. A review is none: when it was held is not recorded.

use super::find_family::gather::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::{Case, OutreachState};
use crate::model::ids::{CaseId, Revision, Subject};
use crate::model::lead::OutreachBrief;
use crate::model::neighborhood::NodeTieKind;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::statement::Fact;
use crate::model::tie::{LegalState, ParentNature};
use crate::store::Snapshot;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Something that happened in a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Juncture {
    /// "a new placement".
    pub words: &'static str,
    pub date: PartialDate,
}

/// Everything of the kind that is recorded with a date that has come.
pub fn junctures(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    (id, case): (CaseId, &Case),
) -> Result<Vec<Juncture>, Error> {
    let mut found = Vec::new();
    let mut add = |words, date: Option<PartialDate>| {
        found.extend(date.map(|date| Juncture { words, date }));
    };
    let child = gathered.child();
    for tie in &child.ties {
        if let NodeTieKind::Parent {
            nature: ParentNature::Foster | ParentNature::Guardian,
            ..
        } = tie.kind
        {
            add("a new placement", tie.from);
        }
    }
    for record in child.record_ids() {
        let statements = snapshot.statements(Subject::Person(record), permit.visibility(), None)?;
        for (_, statement) in statements {
            if let Fact::Parent(tie) = &statement.fact
                && tie.nature == ParentNature::Birth
                && tie.legal_state == LegalState::Intact
            {
                add("parentage established", tie.legal_date);
            }
        }
    }
    for sibling in &case.siblings_in_care {
        let own = snapshot.case_of_child(*sibling, permit.visibility())?;
        let since = own.and_then(|(_, own)| own.in_care_since);
        add("a brother or sister came into care", since);
    }
    for day in goal_changes(snapshot, permit, id)? {
        add("another goal", Some(PartialDate::from_day(day)));
    }
    found.retain(|juncture| juncture.date.on_or_before(gathered.as_of) == Truth::Yes);
    Ok(found)
}

/// The days on which another goal was recorded.
fn goal_changes(snapshot: &Snapshot<'_>, permit: &Permit, case: CaseId) -> Result<Vec<Day>, Error> {
    let versions = snapshot.statement_versions(Subject::Case(case), permit.visibility())?;
    let mut days = Vec::new();
    let mut last: Option<(String, String)> = None;
    for (made, statement) in versions {
        let Fact::Case(case) = &statement.fact else {
            continue;
        };
        let goals = (case.primary_goal.clone(), case.concurrent_goal.clone());
        let before = last.replace(goals.clone());
        if before.is_none_or(|before| before == goals) {
            continue;
        }
        let just_before = Revision {
            sequence: made.sequence.saturating_sub(1),
            ..made
        };
        let commits = snapshot.changes(just_before, 1)?;
        let seconds = commits.first().map(|commit| commit.committed_at);
        let day = seconds.map(|seconds| seconds.div_euclid(SECONDS_A_DAY));
        days.extend(day.and_then(|day| i32::try_from(day).ok()).map(Day));
    }
    Ok(days)
}

/// The last juncture after somebody said no or did not answer; nothing if none surely came after.
pub fn since<'j>(brief: &OutreachBrief, junctures: &'j [Juncture]) -> Option<&'j Juncture> {
    if !matches!(
        brief.state,
        OutreachState::NoReply | OutreachState::Declined
    ) {
        return None;
    }
    let (_, asked) = brief.date?.possible_days();
    let asked = asked?;
    let first = |juncture: &Juncture| juncture.date.possible_days().0;
    let later = junctures.iter().filter(|one| first(one) > Some(asked));
    later.max_by_key(|one| first(one))
}
