//! What was done on a case: who was asked about kin, who was written to, who was screened.

use super::bundle_files::BundleFile;
use super::cases::{ChildInCare, case_id};
use super::close_kin::{Kin, close_kin};
use super::dates::{self, TODAY, years, years_between};
use super::error::SampleError;
use super::record::Recorder;
use super::surroundings::nation_id;
use super::villager::Sex;
use crate::model::case::{AskedAbout, InquiryAnswer};
use crate::model::partial_date::Day;
use crate::model::tie::Side;

/// Writes the inquiries and the outreach of one case. `waiting` are the ids of waiting families of the village.
pub fn write_casework(
    recorder: &mut Recorder,
    case: &ChildInCare,
    waiting: &[String],
) -> Result<(), SampleError> {
    let kin = close_kin(recorder.village, case.child);
    for _ in 0..recorder.dice.between(0, 6) {
        write_inquiry(recorder, case, &kin)?;
    }
    write_notices(recorder, case)?;
    write_outreach(recorder, case, &kin)?;
    if case.has_final_order && recorder.dice.chance(0.2) {
        let position = recorder.dice.position(waiting.len());
        if let Some(family) = waiting.get(position) {
            let state =
                recorder
                    .dice
                    .weighted("contacted", &[("declined", 30), ("willing", 30)], 40);
            let date = day_in_care(recorder, case);
            outreach_row(recorder, case, family, ["placement", state, &date, "", ""])?;
        }
    }
    Ok(())
}

/// A day on which the child was in care.
fn day_in_care(recorder: &mut Recorder, case: &ChildInCare) -> String {
    dates::exact(Day(recorder.dice.between(case.since.0, TODAY.0)))
}

fn write_inquiry(
    recorder: &mut Recorder,
    case: &ChildInCare,
    kin: &[Kin],
) -> Result<(), SampleError> {
    let side = recorder
        .dice
        .weighted(Side::Maternal, &[(Side::Paternal, 24), (Side::Both, 8)], 68);
    let position = recorder.dice.position(AskedAbout::ALL.len());
    let about = AskedAbout::ALL
        .get(position)
        .copied()
        .unwrap_or(AskedAbout::All);
    let known = kin.iter().any(|kin| is_about(kin, side, about));
    let answer = if known && recorder.dice.chance(0.8) {
        InquiryAnswer::Named
    } else {
        recorder.dice.weighted(
            InquiryAnswer::DoesNotKnow,
            &[
                (InquiryAnswer::NoneExist, if known { 0 } else { 14 }),
                (InquiryAnswer::Refused, 16),
                (InquiryAnswer::NotYet, 22),
            ],
            40,
        )
    };
    let (asked, asked_name) = who_was_asked(recorder, kin);
    let date = day_in_care(recorder, case);
    let source = recorder.case_source(case.child);
    let id = case_id(case.case_number);
    let side = side.word();
    let (about, answer) = (about.word(), answer.word());
    let fields = [
        &id,
        &asked,
        &asked_name,
        &date,
        side,
        about,
        answer,
        &source,
    ];
    recorder.row(BundleFile::Inquiries, &fields)
}

/// A grown-up relative by id and name, or somebody by name only.
fn who_was_asked(recorder: &mut Recorder, kin: &[Kin]) -> (String, String) {
    let adults: Vec<&Kin> = kin
        .iter()
        .filter(|kin| {
            let person = &recorder.village.people[kin.place];
            person.died.is_none() && years_between(person.born, TODAY) >= 19
        })
        .collect();
    let choice = recorder.dice.position(adults.len());
    match adults.get(choice) {
        Some(kin) if recorder.dice.chance(0.75) => {
            let person = &recorder.village.people[kin.place];
            (person.id(), person.full_name())
        }
        _ => (
            String::new(),
            recorder
                .dice
                .word(&["mother", "band office", "school", "child"])
                .to_string(),
        ),
    }
}

fn is_about(kin: &Kin, side: Side, about: AskedAbout) -> bool {
    let side_fits = side == Side::Both || kin.side == side || kin.side == Side::Both;
    let words: &[&str] = match about {
        AskedAbout::Parents => &["mother", "father"],
        AskedAbout::Grandparents => &["grandmother", "grandfather"],
        AskedAbout::GreatGrandparents => &["great-grandmother", "great-grandfather"],
        AskedAbout::AuntsAndUncles => &["aunt", "uncle"],
        AskedAbout::Siblings => &["sister", "brother"],
        AskedAbout::Cousins => &["cousin"],
        AskedAbout::Network => &[],
        AskedAbout::All => return side_fits,
    };
    side_fits && words.contains(&kin.word)
}

fn write_notices(recorder: &mut Recorder, case: &ChildInCare) -> Result<(), SampleError> {
    let nations = recorder.village.people[case.child].nations;
    for nation in nations.into_iter().flatten() {
        if recorder.dice.chance(0.55) {
            let state =
                recorder
                    .dice
                    .weighted("contacted", &[("no_reply", 20), ("willing", 30)], 50);
            let date = day_in_care(recorder, case);
            let whom = nation_id(nation);
            outreach_row(recorder, case, &whom, ["notice", state, &date, "", ""])?;
        }
    }
    Ok(())
}

fn write_outreach(
    recorder: &mut Recorder,
    case: &ChildInCare,
    kin: &[Kin],
) -> Result<(), SampleError> {
    for kin in kin {
        let person = &recorder.village.people[kin.place];
        let grown = person.died.is_none() && years_between(person.born, TODAY) >= 19;
        if !grown || kin.word == "cousin" || !recorder.dice.chance(0.3) {
            continue;
        }
        let whom = person.id();
        let female = person.sex == Sex::Female;
        let purpose =
            recorder
                .dice
                .weighted("placement", &[("connection", 35), ("notice", 15)], 50);
        let state = recorder.dice.weighted(
            "contacted",
            &[
                ("planned", 12),
                ("no_reply", 18),
                ("declined", 20),
                ("willing", 22),
            ],
            28,
        );
        let date = day_in_care(recorder, case);
        let again = if state == "declined" && recorder.dice.chance(0.6) {
            dates::exact(Day(TODAY.0 + recorder.dice.between(-200, years(1.5))))
        } else {
            String::new()
        };
        let note = match state {
            "declined" => recorder
                .dice
                .word(&["house is full", "works away", "health", "not now"]),
            "willing" if female => "says she would need help with school runs",
            _ => "",
        };
        outreach_row(recorder, case, &whom, [purpose, state, &date, &again, note])?;
        if state == "willing" && recorder.dice.chance(0.6) {
            write_screening(recorder, &whom)?;
        }
    }
    Ok(())
}

/// `fields` are purpose, state, date, ask_again and note.
fn outreach_row(
    recorder: &mut Recorder,
    case: &ChildInCare,
    whom: &str,
    fields: [&str; 5],
) -> Result<(), SampleError> {
    let [purpose, state, date, again, note] = fields;
    let source = recorder.case_source(case.child);
    let id = case_id(case.case_number);
    let row = [&id, whom, purpose, state, date, again, note, &source];
    recorder.row(BundleFile::Outreach, &row)
}

/// Writes one screening of a person.
pub fn write_screening(recorder: &mut Recorder, person: &str) -> Result<(), SampleError> {
    let kind = recorder
        .dice
        .word(&["criminal record", "child protection record", "home visit"]);
    let result = recorder
        .dice
        .weighted("cleared", &[("pending", 25), ("concerns", 7)], 68);
    let day = Day(TODAY.0 - recorder.dice.between(10, years(2.5)));
    let date = dates::exact(day);
    let expires = if result == "cleared" {
        dates::exact(dates::later(day, years(3.0)))
    } else {
        String::new()
    };
    let sealed = if result == "concerns" { "safety" } else { "" };
    let row = [
        person,
        kind,
        result,
        &date,
        &expires,
        sealed,
        "screening register",
    ];
    recorder.row(BundleFile::Screenings, &row)
}
