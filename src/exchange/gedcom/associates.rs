//! ASSO lines: stated kin and ties of a person's network.

use super::reader::Reading;
use super::versions::ROLES;
use crate::model::ids::PersonId;
use crate::model::statement::Fact;
use crate::model::tie::{KinBasis, NetworkTie, StatedKin};
use crate::names::kin_words::read_kin_word;
use crate::names::network_roles::{network_role, role_word};

/// GEDCOM 7's fixed words in plain ones.
fn role_of_enumeration(word: &str) -> &str {
    let known = ROLES.iter().find(|(fixed, _)| *fixed == word);
    match known {
        Some((_, plain)) => plain,
        None if word == "OTHER" => "",
        None => word,
    }
}

/// The words of RELA, or of GEDCOM 7's ROLE: a fixed word, or a phrase for others. Words that an export would not
/// write again are kept.
fn read_role<'t>(reading: &mut Reading<'t>, associate: usize) -> &'t str {
    if let Some(line) = reading.take_first(associate, "ROLE") {
        reading.keep_too(line);
        let phrase = reading.tree.child_value(line, "PHRASE");
        if !phrase.is_empty() {
            return phrase;
        }
        return role_of_enumeration(reading.tree.line(line).value.trim());
    }
    let Some(line) = reading.take_first(associate, "RELA") else {
        return "";
    };
    let role = reading.tree.line(line).value.trim();
    let stored = network_role(role).map_or_else(|| role_word(role), |known| known.word.clone());
    if stored.replace('_', " ") != role {
        reading.keep_too(line);
    }
    role
}

/// ASSO: the associate is the RELA of this person. A word of kinship becomes stated kin, anything else a network tie.
pub fn read_associates(reading: &mut Reading<'_>, record: usize) {
    let Some(person) = reading.person_of(record) else {
        return;
    };
    for line in reading.take_all(record, "ASSO") {
        let Some(associate) = reading.person_at(line) else {
            continue;
        };
        let standing = reading.standing(record, line);
        let role = read_role(reading, line);
        if associate == person {
            reading.warn(
                line,
                "a person is associated with themselves: this is not taken",
            );
            reading.keep_too(line);
            continue;
        }
        let fact = match read_kin_word(role) {
            Some(kin) => Fact::StatedKin(StatedKin {
                kin: PersonId(associate),
                term: kin.term,
                as_told: role.to_owned(),
                side: kin.side,
                basis: KinBasis::Told,
            }),
            None => Fact::Network(NetworkTie {
                adult: PersonId(associate),
                role: network_role(role)
                    .map_or_else(|| role_word(role), |known| known.word.clone()),
                paid: None,
            }),
        };
        reading.assembly.add_fact(person, fact, standing.always());
    }
}
