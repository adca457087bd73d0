//! The reasons of an answer, in words.

use crate::lookup::birth::BirthAgreement;
use crate::lookup::frequencies::frequencies;
use crate::lookup::name_match::Level;
use crate::lookup::{Field, Found, How, Question, Reason};
use crate::model::neighborhood::Node;
use crate::model::partial_date::PartialDate;

/// One thing that speaks for or against a person.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchReason {
    /// "given name", "family name", "birth", "place", "nation", "gender".
    pub field: &'static str,
    /// "the same; about 1 in 140 people has it".
    pub words: String,
    /// Above 0 for, below 0 against; one more doubles the odds.
    pub bits: f64,
}

pub fn reasons(question: &Question, found: &Found, node: &Node) -> Vec<SearchReason> {
    let words = |reason: &Reason| SearchReason {
        field: field(reason.field),
        words: in_words(question, found, node, reason),
        bits: reason.bits,
    };
    found.reasons.iter().map(words).collect()
}

fn field(field: Field) -> &'static str {
    match field {
        Field::GivenName => "given name",
        Field::FamilyName => "family name",
        Field::Birth => "birth",
        Field::Place => "place",
        Field::Nation => "nation",
        Field::Gender => "gender",
    }
}

fn in_words(question: &Question, found: &Found, node: &Node, reason: &Reason) -> String {
    match reason.how {
        How::Name(level) => name(found, reason.field, level),
        How::Exchanged => "given and family name in each other's place".to_owned(),
        How::MarksDiffer => "the same but for accents or marks".to_owned(),
        How::Birth(agreement) => {
            let recorded = node.birth.map(PartialDate::in_words);
            match recorded {
                Some(recorded) => format!("{}: recorded {recorded}", birth(agreement)),
                None => birth(agreement).to_owned(),
            }
        }
        How::Agrees if reason.field == Field::Place && question.places.len() > 1 => {
            "one of the places agrees".to_owned()
        }
        How::Agrees => "agrees".to_owned(),
        How::Differs => "another is recorded".to_owned(),
    }
}

fn name(found: &Found, field: Field, level: Level) -> String {
    let (recorded, share) = match field {
        Field::GivenName => (
            &found.name.0,
            frequencies().given(first_word(&found.name.0)),
        ),
        _ => (
            &found.name.1,
            frequencies().family(first_word(&found.name.1)),
        ),
    };
    let how = match level {
        Level::Exact => "the same",
        Level::Nickname => "a usual form of",
        Level::SharedNickname => "a form of the same name as",
        Level::Beginning => "the beginning of",
        Level::OneSlip => "one letter off",
        Level::SoundsAlike | Level::SoundsOnly => "sounds like",
        Level::Alike => "much like",
        Level::TwoSlips => "two letters off",
        Level::Initial => "the initial fits",
        Level::Unknown => "not given",
        Level::Different => "another name:",
    };
    if level == Level::Different {
        return format!("{how} {recorded}");
    }
    format!("{how}, {recorded}: {}", rarity(share))
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// "about 1 in 140 people".
fn rarity(share: f64) -> String {
    let one_in = (1.0 / share).round();
    if one_in >= 100_000.0 {
        return "a rare name".to_owned();
    }
    let step = 10f64.powf(one_in.log10().floor() - 1.0).max(1.0);
    format!("about 1 in {} people", (one_in / step).round() * step)
}

fn birth(agreement: BirthAgreement) -> &'static str {
    match agreement {
        BirthAgreement::SameDay => "the same day",
        BirthAgreement::Exchanged => "day and month exchanged",
        BirthAgreement::SameMonth => "the same month",
        BirthAgreement::SameYearAndDay => "the same year and day, another month",
        BirthAgreement::SameMonthAndDay => "the same day and month, another year",
        BirthAgreement::SameYear => "the same year",
        BirthAgreement::OnlyYear => "the same year, another day",
        BirthAgreement::WithinYears => "within the years known",
        BirthAgreement::NextYear => "one year apart",
        BirthAgreement::FewYears => "a few years apart",
        BirthAgreement::Different => "many years apart",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarity_reads_as_people_say_it() {
        assert_eq!(rarity(0.01), "about 1 in 100 people");
        assert_eq!(rarity(0.0071), "about 1 in 140 people");
        assert_eq!(rarity(0.000_01), "a rare name");
    }
}
