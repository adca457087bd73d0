//! What happened since a child was last matched, among everything that was read for the child: statements committed, and
//! dates that came to pass.

use super::dates::{Days, came_to_pass};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{Revision, StatementId, Subject};
use crate::model::rematch::Cause;
use crate::model::statement::{Fact, Statement};
use crate::store::Snapshot;
use std::collections::{BTreeMap, BTreeSet};

/// Since when.
pub struct Since<'c> {
    pub revision: Revision,
    pub days: Days,
    /// The subjects that later commits touched.
    pub changed: &'c BTreeSet<u64>,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    pub cause: Cause,
    pub subject: Subject,
    /// The numbers of whoever else the statement names.
    pub others: Vec<u64>,
    pub kind: EventKind,
}

/// What sort of statement it is, as far as it matters to what it can bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Joins two people, or two records.
    Tie,
    /// A caution, or who lives or lived with whom.
    Safety,
    Case,
    Inquiry,
    Membership,
    Other,
}

impl Event {
    pub fn names(&self, numbers: &BTreeSet<u64>) -> bool {
        numbers.contains(&self.subject.number())
            || self.others.iter().any(|other| numbers.contains(other))
    }
}

/// What happened to the subjects of these numbers.
pub fn events(
    moment: &Snapshot<'_>,
    permit: &Permit,
    read: &BTreeSet<u64>,
    since: &Since<'_>,
) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    for (position, &number) in read.iter().enumerate() {
        permit.go_on_at(position)?;
        // On the same day no date comes.
        if since.days.after == since.days.until && !since.changed.contains(&number) {
            continue;
        }
        let Some((subject, versions)) = moment.versions_numbered(number, permit.visibility())?
        else {
            continue;
        };
        if since.changed.contains(&number) {
            let new = versions
                .iter()
                .filter(|(made, _)| *made > since.revision && *made <= moment.revision());
            events.extend(new.map(|(made, statement)| Event {
                cause: Cause::Statement {
                    subject,
                    statement: statement.id,
                    revision: *made,
                },
                ..event(subject, statement)
            }));
        }
        let latest: BTreeMap<StatementId, &Statement> = versions
            .iter()
            .map(|(_, statement)| (statement.id, statement))
            .collect();
        for statement in latest.into_values().filter(|known| !known.retracted) {
            for (what, day) in came_to_pass(statement, since.days) {
                events.push(Event {
                    cause: Cause::Date {
                        what,
                        subject,
                        statement: statement.id,
                        day,
                    },
                    ..event(subject, statement)
                });
            }
        }
    }
    Ok(events)
}

/// An event of a statement; its cause is yet to be put in.
fn event(subject: Subject, statement: &Statement) -> Event {
    let fact = &statement.fact;
    let mut others: Vec<u64> = Vec::new();
    fact.clone().map_subjects(&mut |other| {
        others.push(other.number());
        other
    });
    let kind = match fact {
        Fact::Parent(_)
        | Fact::Union(_)
        | Fact::StatedKin(_)
        | Fact::Network(_)
        | Fact::SamePerson(_) => EventKind::Tie,
        Fact::Caution(_) | Fact::HouseholdMember(_) => EventKind::Safety,
        Fact::Case(_) => EventKind::Case,
        Fact::Inquiry(_) => EventKind::Inquiry,
        Fact::Membership(_) | Fact::Nation(_) => EventKind::Membership,
        _ => EventKind::Other,
    };
    Event {
        cause: Cause::Policy {
            name: String::new(),
            version: String::new(),
        },
        subject,
        others,
        kind,
    }
}
