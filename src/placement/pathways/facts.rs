//! What the rules of permanence look at: plain facts of a child, a case and a lead. What is empty or `None` is unknown.

use crate::model::case::OutreachState;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::person::ScreeningResult;
use crate::model::tie::{LegalState, ParentNature};
use crate::model::waiting_family::ApprovalState;
use crate::placement::order::IndigenousStatus;

/// Everything that one answer is worked out from.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub as_of: Day,
    pub child_birth: Option<PartialDate>,
    pub indigenous: IndigenousStatus,
    /// The legal status in the jurisdiction's words; empty if not recorded.
    pub legal_status: String,
    pub primary_goal: String,
    pub concurrent_goal: String,
    /// Parents by birth, adoption or presumption.
    pub parents: Vec<ParentFact>,
    /// With whom the child lives or has lived away from home.
    pub placements: Vec<PlacementFact>,
    pub lead: LeadFacts,
    /// What was decided and noted, in the order of entry; a later one stands for the present.
    pub decisions: Vec<Decision>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ParentFact {
    pub name: String,
    pub is_lead: bool,
    pub nature: ParentNature,
    pub legal_state: LegalState,
    pub dead: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacementFact {
    pub with: String,
    pub is_lead: bool,
    pub from: Option<PartialDate>,
    pub to: Option<PartialDate>,
}

/// What is known of the person or family that is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadFacts {
    pub name: String,
    pub relation: Option<RelationFact>,
    pub kin_by_custom: bool,
    /// A brother or sister of the child whose parent or guardian the lead is.
    pub sibling_held: Option<String>,
    /// Whether the lead belongs to a nation of the child.
    pub same_nation: Truth,
    pub screenings: Vec<ScreeningFact>,
    pub approvals: Vec<ApprovalFact>,
    /// What bars a placement with them: the caution in words.
    pub bar: Option<String>,
    /// The last answer to the question of a placement.
    pub willing: Option<OutreachState>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RelationFact {
    pub words: String,
    /// Why it may not count, if it may not: disputed, or through a couple that has parted.
    pub doubt: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ScreeningFact {
    pub who: String,
    pub kind: String,
    pub result: ScreeningResult,
    pub date: Option<PartialDate>,
    pub expires: Option<PartialDate>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalFact {
    pub family: String,
    pub approval: Option<ApprovalState>,
    pub expires: Option<PartialDate>,
}

/// A decision noted in the case: `decision: adoption_not_appropriate = yes`, or of one lead:
/// `decision: suitable_guardian of people/… = yes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub key: String,
    pub holds: bool,
    /// Whom it is about, as written after "of"; empty if it is about the child.
    pub of: String,
}

impl Decision {
    /// Reads a note; nothing if it is none of a decision.
    pub fn read(note: &str) -> Option<Decision> {
        let rest = strip_word(note.trim(), "decision:")?;
        let (what, value) = rest.split_once('=')?;
        let (key, of) = what.split_once(" of ").unwrap_or((what, ""));
        let answer: String = value
            .trim()
            .chars()
            .take_while(|c| c.is_alphabetic())
            .collect();
        let holds = match answer.to_lowercase().as_str() {
            "yes" => true,
            "no" => false,
            _ => return None,
        };
        let key = as_word(key);
        (!key.is_empty()).then(|| Decision {
            key,
            holds,
            of: of.trim().to_owned(),
        })
    }
}

/// A status, goal or key as rules write it, however somebody wrote it: "Return home" is `return_home`.
pub fn as_word(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

/// What follows a word at the beginning, whatever its case.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let beginning = text.get(..word.len())?;
    beginning
        .eq_ignore_ascii_case(word)
        .then(|| &text[word.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_read_from_notes() {
        let read = |note: &str| Decision::read(note).map(|d| (d.key, d.holds, d.of));
        let is = |key: &str, holds, of: &str| Some((key.to_owned(), holds, of.to_owned()));
        assert_eq!(
            read("decision: adoption_not_appropriate = yes"),
            is("adoption_not_appropriate", true, "")
        );
        assert_eq!(
            read("Decision: Adoption not appropriate = NO (court, 2026-03)"),
            is("adoption_not_appropriate", false, "")
        );
        assert_eq!(
            read("decision: suitable_guardian of people/ABC = yes, team of 2 May"),
            is("suitable_guardian", true, "people/ABC")
        );
        for note in [
            "",
            "likes hockey",
            "decision: adoption = maybe",
            "decision: = yes",
            "decision: x",
        ] {
            assert_eq!(read(note), None, "{note}");
        }
    }
}
