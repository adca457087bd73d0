//! What the words of a connection mean: a tie that can be entered, or choices where they may mean several things.

use super::RecordConnection;
use crate::error::{Choice, Error};
use crate::kinship::naming::name_of_term;
use crate::model::person::Gender;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::tie::{ParentNature, Side};
use crate::names::kin_words::{KinWord, read_kin_word};
use crate::names::network_roles::{NetworkRole, network_role};
use crate::names::normalize::fold;

/// The choice that keeps a kinship word as told.
pub const AS_TOLD: &str = "as told";

/// What is to be entered.
#[derive(Clone, Debug)]
pub enum Reading {
    /// An adult of the child's network.
    Network(&'static NetworkRole),
    /// A parent of the child.
    Parent {
        nature: ParentNature,
        gender: Gender,
    },
    /// A parent of the child's mother or father.
    Grandparent { side: Side, gender: Gender },
    /// A brother or sister: of both parents, or of the one on this side.
    Sibling {
        half_on: Option<Side>,
        gender: Gender,
    },
    /// A brother or sister of the child's mother or father.
    AuntOrUncle { side: Side, gender: Gender },
    /// The child's own child.
    Child { gender: Gender },
    /// A kinship word kept as one unresolved step.
    Stated {
        term: KinTerm,
        side: Side,
        gender: Gender,
    },
}

/// Reads the words, with the choice made and the side given.
pub fn read(request: &RecordConnection) -> Result<Reading, Error> {
    let chosen = request.choice.trim();
    let told_side = chosen
        .strip_prefix(AS_TOLD)
        .map(|side| side.trim_start_matches([',', ' ']));
    let text = if chosen.is_empty() || told_side.is_some() {
        request.relation.as_str()
    } else {
        chosen
    };
    if let Some(role) = network_role(text) {
        return Ok(Reading::Network(role));
    }
    let Some(word) = read_kin_word(text) else {
        return Err(Error::invalid(
            if chosen.is_empty() {
                "relation"
            } else {
                "choice"
            },
            format!(
                "\"{text}\" is not understood. Say it in words like \"mother's brother\", \"maternal grandmother\", \
                 \"half-sister on father's side\", \"teacher\" or \"former foster parent\""
            ),
        ));
    };
    let side = side_of(request, &word)?;
    let gender = if word.gender == Gender::Unknown {
        request.gender
    } else {
        word.gender
    };
    if let Some(told_side) = told_side {
        let side = match Side::from_word(told_side) {
            Some(Side::Unknown) => side,
            Some(told) => told,
            None => {
                return Err(Error::invalid(
                    "choice",
                    format!("\"{chosen}\" is not one of the choices"),
                ));
            }
        };
        return Ok(Reading::Stated {
            term: word.term,
            side,
            gender,
        });
    }
    kin(text, word.term, side, gender)
}

/// The side of the word, or the one given; they must not contradict each other.
fn side_of(request: &RecordConnection, word: &KinWord) -> Result<Side, Error> {
    match (word.side, request.side) {
        (Side::Unknown, given) => Ok(given),
        (told, Side::Unknown) => Ok(told),
        (told, given) if told == given => Ok(told),
        (told, given) => Err(Error::invalid(
            "side",
            format!(
                "is {}, but \"{}\" is on the {} side",
                given.word(),
                request.relation,
                told.word()
            ),
        )),
    }
}

fn kin(text: &str, term: KinTerm, side: Side, gender: Gender) -> Result<Reading, Error> {
    let stated = Reading::Stated { term, side, gender };
    let one_side = matches!(side, Side::Maternal | Side::Paternal);
    let is_aunt_or_uncle = (term.line, term.up, term.down) == (StatedLine::Kin, 2, 1);
    if term.courtesy || (is_aunt_or_uncle && !one_side) {
        return if one_side {
            Ok(stated)
        } else {
            Err(courtesy_choices(term, gender))
        };
    }
    match (term.line, term.up, term.down) {
        (StatedLine::Kin, 1, 0) => Ok(Reading::Parent {
            nature: nature_of(text),
            gender,
        }),
        (StatedLine::Kin, 2, 0) if one_side => Ok(Reading::Grandparent { side, gender }),
        (StatedLine::Kin, 2, 0) => Err(side_choices(term, gender)),
        (StatedLine::Kin, 1, 1) if !term.half => Ok(Reading::Sibling {
            half_on: None,
            gender,
        }),
        (StatedLine::Kin, 1, 1) if one_side => Ok(Reading::Sibling {
            half_on: Some(side),
            gender,
        }),
        (StatedLine::Kin, 1, 1) => Err(half_choices(gender)),
        (StatedLine::Kin, 2, 1) if one_side && !term.half => {
            Ok(Reading::AuntOrUncle { side, gender })
        }
        (StatedLine::Kin, 0, 1) => Ok(Reading::Child { gender }),
        // Who stands between is not told, so it stays one unresolved step.
        _ => Ok(stated),
    }
}

fn nature_of(text: &str) -> ParentNature {
    let folded = fold(text);
    let says = |words: &[&str]| folded.split(' ').any(|word| words.contains(&word));
    if says(&["adoptive", "adopted"]) {
        ParentNature::Adoptive
    } else if says(&["presumed", "putative", "alleged", "possible"]) {
        ParentNature::Presumed
    } else if says(&["customary", "custom"]) {
        ParentNature::Customary
    } else {
        ParentNature::Birth
    }
}

fn choice(value: impl Into<String>, label: impl Into<String>) -> Choice {
    Choice {
        value: value.into(),
        label: label.into(),
    }
}

fn ambiguous(choices: Vec<Choice>) -> Error {
    Error::Ambiguous {
        field: "relation".to_owned(),
        choices,
    }
}

/// "Auntie" may be a parent's sister, an uncle's wife, or a friend of the family.
fn courtesy_choices(term: KinTerm, gender: Gender) -> Error {
    let plain = name_of_term(
        KinTerm {
            courtesy: false,
            ..term
        },
        Side::Unknown,
        gender,
        false,
    );
    let mut choices = Vec::new();
    if (term.up, term.down) == (2, 1) {
        let sibling = name_of_term(
            KinTerm {
                up: 1,
                down: 1,
                ..term
            },
            Side::Unknown,
            gender,
            false,
        );
        for parent in ["mother", "father"] {
            choices.push(choice(
                format!("{parent}'s {sibling}"),
                format!("the {parent}'s {sibling}, by birth or adoption"),
            ));
        }
    }
    for side in [Side::Maternal, Side::Paternal] {
        let side = side.word();
        let label = format!("{side} {plain} in some way; how exactly is not known");
        choices.push(choice(format!("{AS_TOLD}, {side}"), label));
    }
    choices.push(choice(
        AS_TOLD,
        format!("called \"{plain}\"; whether and how they are kin is not known"),
    ));
    choices.push(choice(
        "family friend",
        "no kin: a friend of the family who is called so",
    ));
    ambiguous(choices)
}

fn side_choices(term: KinTerm, gender: Gender) -> Error {
    let parent = name_of_term(
        KinTerm {
            up: 1,
            down: 0,
            ..term
        },
        Side::Unknown,
        gender,
        false,
    );
    let choices = ["mother", "father"]
        .map(|own| choice(format!("{own}'s {parent}"), format!("on the {own}'s side")))
        .into_iter()
        .chain([choice(AS_TOLD, "the side is not known")]);
    ambiguous(choices.collect())
}

fn half_choices(gender: Gender) -> Error {
    let sibling = match gender {
        Gender::Female => "half-sister",
        Gender::Male => "half-brother",
        Gender::Other | Gender::Unknown => "half-sibling",
    };
    let choices = ["mother", "father"]
        .map(|own| {
            choice(
                format!("{sibling} on {own}'s side"),
                format!("they have the same {own}"),
            )
        })
        .into_iter()
        .chain([choice(AS_TOLD, "which parent they share is not known")]);
    ambiguous(choices.collect())
}
