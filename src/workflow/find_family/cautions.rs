//! What a specialist must be careful about with a lead, in words.

use super::gather::Gathered;
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::Truth;
use crate::model::person::{CautionKind, CautionSet, ScreeningResult};
use crate::model::tie::UnionState;
use crate::placement::when::when;
use crate::workflow::relations::{are_one_person, capitalised, if_one_person};

/// The cautions for one person, the gravest first; then those that hold if another record is theirs too.
pub fn cautions(gathered: &Gathered, node: &Node) -> Vec<String> {
    let mut words = known_cautions(gathered, node);
    for other in gathered.other_records(node) {
        let condition = capitalised(&if_one_person(node, other));
        let of_other = known_cautions(gathered, other).into_iter();
        words.extend(of_other.map(|caution| format!("{condition}: {caution}")));
    }
    words
}

/// What must be settled before anything is done: whether somebody who is a danger is this person.
pub fn doubts(gathered: &Gathered, node: &Node) -> Vec<String> {
    let others = gathered.other_records(node).into_iter();
    others
        .filter_map(|other| {
            let danger = danger(other.cautions)?;
            let one_person = are_one_person(node, other);
            Some(format!("{one_person}, who {danger}?"))
        })
        .collect()
}

fn known_cautions(gathered: &Gathered, node: &Node) -> Vec<String> {
    let mut words: Vec<String> = own(node.cautions).into_iter().map(str::to_owned).collect();
    let mut told = Vec::new();
    for other in node
        .households
        .iter()
        .flat_map(|&id| gathered.household(id))
    {
        if let Some(member) = gathered.graph.person(*other)
            && member.id != node.id
            && !told.contains(&member.id)
            && let Some(danger) = danger(member.cautions)
        {
            words.push(format!(
                "Shares a household with {}, who {danger}.",
                member.name
            ));
            told.push(member.id);
        }
    }
    for tie in &node.ties {
        let Some(other) = gathered
            .graph
            .person(tie.other)
            .filter(|other| !told.contains(&other.id))
        else {
            continue;
        };
        let Some(danger) = danger(other.cautions) else {
            continue;
        };
        // Of several ties to one person, as a couple married again, the nearest counts.
        let of_other = node.ties.iter();
        let of_other = of_other.filter(|tie| {
            let person = gathered.graph.person(tie.other);
            person.is_some_and(|person| person.id == other.id)
        });
        words.push(match of_other.map(|tie| nearness(tie.kind)).min() {
            Some(Nearness::Partner) => format!("Is the partner of {}, who {danger}.", other.name),
            Some(Nearness::FormerPartner) => {
                format!("Is a former partner of {}, who {danger}.", other.name)
            }
            _ => format!("Is one step from {}, who {danger}.", other.name),
        });
        told.push(other.id);
    }
    if node
        .screening
        .is_some_and(|screening| screening.result == ScreeningResult::Concerns)
    {
        words.push("Screening raised concerns: speak with your supervisor first.".to_owned());
    }
    words
}

/// How near a tie brings somebody who is a danger.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Partner,
    FormerPartner,
    OneStep,
}

fn nearness(kind: NodeTieKind) -> Nearness {
    match kind {
        NodeTieKind::Partner {
            state: UnionState::Current,
            ..
        } => Nearness::Partner,
        NodeTieKind::Partner { .. } => Nearness::FormerPartner,
        _ => Nearness::OneStep,
    }
}

fn own(cautions: CautionSet) -> Vec<&'static str> {
    let table = [
        (
            CautionKind::SupervisorFirst,
            "Speak with your supervisor first.",
        ),
        (
            CautionKind::NoContact,
            "A no-contact order or declaration is in force: do not contact.",
        ),
        (
            CautionKind::BarredFromPlacement,
            "Barred from having a child placed with them.",
        ),
        (
            CautionKind::FamilyViolenceException,
            "The family-violence exception to notice covers this person: do not write to them.",
        ),
        (
            CautionKind::ProtectedAddress,
            "Protected address: where they live must not be told.",
        ),
    ];
    table
        .into_iter()
        .filter(|(kind, _)| cautions.contains(*kind))
        .map(|(_, words)| words)
        .collect()
}

/// Why somebody near a lead is a danger to a placement.
fn danger(cautions: CautionSet) -> Option<&'static str> {
    if cautions.contains(CautionKind::BarredFromPlacement) {
        Some("is barred from having a child placed with them")
    } else if cautions.contains(CautionKind::FamilyViolenceException) {
        Some("is covered by the family-violence exception")
    } else if cautions.contains(CautionKind::NoContact) {
        Some("is under a no-contact order or declaration")
    } else {
        None
    }
}

/// The screening state in words.
pub fn screening(gathered: &Gathered, node: &Node) -> String {
    let Some(screening) = node.screening else {
        return "needs screening".to_owned();
    };
    let expired = screening
        .expires
        .map(|expires| (expires, expires.on_or_before(gathered.as_of)));
    match (screening.result, expired) {
        (_, Some((expires, Truth::Yes))) => {
            format!("screening expired {}: needs screening", when(expires))
        }
        (ScreeningResult::Cleared, Some((expires, _))) => {
            format!("cleared until {}", expires.in_words())
        }
        (ScreeningResult::Cleared, None) => "cleared".to_owned(),
        (ScreeningResult::Pending, _) => "screening under way".to_owned(),
        (ScreeningResult::Concerns, _) => "screening raised concerns".to_owned(),
    }
}

/// What is not known of a lead.
pub fn unknown(node: &Node) -> Vec<String> {
    let mut unknown = Vec::new();
    if !node.named {
        unknown.push("name".to_owned());
    }
    if node.birth.is_none() {
        unknown.push("date of birth".to_owned());
    }
    if node.place.is_none() {
        unknown.push("where they live".to_owned());
    }
    if !node.reachable {
        unknown.push("a way to reach them".to_owned());
    }
    unknown
}
