//! From what was typed to a question of the index: which words are a date, a place, a name.

use super::SearchPeople;
use crate::access::Permit;
use crate::error::Error;
use crate::lookup::question::marks;
use crate::lookup::{BirthColumn, Question, QuestionName};
use crate::model::partial_date::PartialDate;
use crate::names::normalize::fold;
use crate::names::tokens::NameTokens;
use crate::store::Snapshot;

/// The most words in the name of a place.
const PLACE_WORDS: usize = 4;

pub fn read(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    asked: &SearchPeople,
) -> Result<Question, Error> {
    let mut question = Question {
        names: names(asked),
        birth: asked.birth.and_then(BirthColumn::of),
        gender: asked.gender,
        ..Question::default()
    };
    for place in &asked.places {
        let places = snapshot.places_named(place, None, permit.visibility())?;
        question.places.extend(places.iter().map(|place| place.0));
    }
    for nation in &asked.nations {
        let nations = snapshot.nations_named(nation, permit.visibility())?;
        question
            .nations
            .extend(nations.iter().map(|nation| nation.0));
    }
    read_text(snapshot, permit, &asked.text, &mut question)?;
    question.names.retain(|name| !name.tokens.is_empty());
    Ok(question)
}

fn names(asked: &SearchPeople) -> Vec<QuestionName> {
    let name = &asked.name;
    let mut names = vec![QuestionName::of_parts(
        &name.full,
        &name.given,
        &name.family,
    )];
    if !name.birth_family.trim().is_empty() {
        let given = names[0].tokens.given.join(" ");
        names.push(QuestionName::of_parts("", &given, &name.birth_family));
    }
    let others = name.others.iter();
    names.extend(others.map(|other| QuestionName::of_parts(other, "", "")));
    names
}

/// Dates may stand anywhere, a place at the end. What may be a place or a part of the name is taken as both.
fn read_text(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    text: &str,
    question: &mut Question,
) -> Result<(), Error> {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        match date(word) {
            Some(birth) if question.birth.is_none() => question.birth = Some(birth),
            _ => words.push(word),
        }
    }
    let mut readings = vec![words.join(" ")];
    let longest = words.len().saturating_sub(1).min(PLACE_WORDS);
    for count in (1..=longest).rev() {
        let (name, place) = words.split_at(words.len() - count);
        let places = snapshot.places_named(&place.join(" "), None, permit.visibility())?;
        if !places.is_empty() {
            question.places.extend(places.iter().map(|place| place.0));
            readings.push(name.join(" ").trim_end_matches(',').to_owned());
            break;
        }
    }
    for reading in readings {
        let tokens = NameTokens::of_text(&reading);
        // "Van Dyke", "Mary Smith Jones": which words are the family name is not known.
        let whole = fold(&reading);
        let more_words = tokens.given.len() >= 2 && !reading.contains(',');
        if more_words {
            let mut family = tokens.given.clone();
            let given = vec![family.remove(0)];
            family.extend(tokens.family.clone());
            question.names.push(QuestionName {
                tokens: NameTokens { given, family },
                marks: marks(&reading),
            });
        }
        if !whole.is_empty() {
            question.names.push(QuestionName {
                tokens,
                marks: marks(&reading),
            });
        }
    }
    Ok(())
}

/// A word that is a date: "1961", "1961-03-12", "196X", "1961~", "[1965..1970]".
fn date(word: &str) -> Option<BirthColumn> {
    let word = word.trim_matches([',', ';', '(', ')']);
    let begins = word.starts_with(|sign: char| sign.is_ascii_digit() || sign == '[');
    if !begins || word.len() < 4 {
        return None;
    }
    word.parse::<PartialDate>().ok().and_then(BirthColumn::of)
}
