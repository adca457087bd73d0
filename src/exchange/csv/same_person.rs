//! `same_person.csv`: two records that may be, are, or are not one person.

use super::cells::CellReader;
use super::concerns::needed_person;
use super::reading::{Reading, StandingColumns};
use super::table::{Column, Row, Table};
use super::writer::CsvWriter;
use super::writer_rows::Cells;
use crate::exchange::report::shown;
use crate::model::ids::PersonId;
use crate::model::same_person::{EvidenceWeight, LinkReason, Probability, SamePersonLink, Verdict};
use crate::model::statement::Fact;

/// The file's own columns; certainty, seal and source follow.
pub const COLUMNS: &[&str] = &[
    "one",
    "other",
    "probability",
    "verdict",
    "verdict_reason",
    "parameters",
    "reasons",
    "certainty",
    "sealed",
    "source",
];

struct Columns {
    one: Column,
    other: Column,
    probability: Column,
    verdict: Column,
    verdict_reason: Column,
    parameters: Column,
    reasons: Column,
    standing: StandingColumns,
}

pub fn read_same_person(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("same_person.csv", data, &mut reading.findings) else {
        return;
    };
    let columns = Columns {
        one: table.needed("one", &mut reading.findings),
        other: table.needed("other", &mut reading.findings),
        probability: table.column("probability"),
        verdict: table.column("verdict"),
        verdict_reason: table.column("verdict_reason"),
        parameters: table.column("parameters"),
        reasons: table.column("reasons"),
        standing: StandingColumns::of(&mut table),
    };
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    let mut pairs = rustc_hash::FxHashSet::default();
    while let Some(row) = table.next_row(&mut reading.findings) {
        let one = needed_person(reading, row, columns.one);
        let other = needed_person(reading, row, columns.other);
        let standing = reading.standing(row, columns.standing);
        let mut cells = CellReader::new(row, &mut reading.findings);
        let is_new = match (one, other) {
            (Some(one), Some(other)) => pairs.insert((one.min(other), one.max(other))),
            _ => true,
        };
        if !is_new {
            cells.fail(columns.other, "these two records stand in the file already");
        }
        if one.is_some() && one == other {
            cells.fail(
                columns.other,
                "a record is always the same person as itself",
            );
        }
        let link = read_link(
            &mut cells,
            row,
            &columns,
            PersonId(other.unwrap_or_default()),
        );
        let is_faulty = cells.is_faulty();
        if let (Some(one), Some(_), Some(standing), false) = (one, other, standing, is_faulty) {
            let fact = Fact::SamePerson(link);
            reading.assembly.add_fact(one, fact, standing.always());
        }
    }
    reading.count_rows(&table);
}

fn read_link(
    cells: &mut CellReader<'_, '_>,
    row: Row<'_>,
    columns: &Columns,
    other: PersonId,
) -> SamePersonLink {
    let probability = match cells.text(columns.probability) {
        "" => None,
        text => {
            let probability = text.parse().ok().and_then(Probability::new);
            if probability.is_none() {
                let reason = format!("{} is not a number from 0 to 1", shown(text));
                cells.fail(columns.probability, reason);
            }
            probability
        }
    };
    let verdict = cells.word(columns.verdict, &Verdict::ALL, Verdict::word);
    let reasons = cells.list(columns.reasons).map(read_reason).collect();
    let reasons: Option<Vec<LinkReason>> = reasons;
    if reasons.is_none() {
        let reason = "a reason is field=agreement=bits=words, as in family name=sounds alike=4.2=Josef, Joseph";
        cells.fail(columns.reasons, reason);
    }
    SamePersonLink {
        other,
        probability,
        reasons: reasons.unwrap_or_default(),
        parameters: row.cell(columns.parameters).to_owned(),
        verdict: verdict.unwrap_or_default(),
        verdict_reason: row.cell(columns.verdict_reason).to_owned(),
    }
}

fn read_reason(text: &str) -> Option<LinkReason> {
    let mut parts = text.splitn(4, '=').map(str::trim);
    let (field, agreement) = (parts.next()?, parts.next()?);
    let bits: f64 = parts.next()?.parse().ok()?;
    let is_weight = bits.is_finite() && bits.abs() < 10_000.0;
    is_weight.then(|| LinkReason {
        field: field.to_owned(),
        agreement: agreement.to_owned(),
        weight: EvidenceWeight::of_bits(bits),
        words: parts.next().unwrap_or_default().to_owned(),
    })
}

/// The cells of one link.
pub fn link_cells(writer: &CsvWriter, id: &str, link: &SamePersonLink) -> Cells {
    let plain = |text: &str| text.replace('=', ":");
    let reasons = link.reasons.iter().map(|reason| {
        format!(
            "{}={}={}={}",
            plain(&reason.field),
            plain(&reason.agreement),
            reason.weight.bits(),
            reason.words
        )
    });
    let probability = link.probability.map(Probability::value);
    Cells::new()
        .text(id)
        .text(writer.names.of(link.other.0))
        .text(&probability.map_or_else(String::new, |value| value.to_string()))
        .text(link.verdict.word())
        .text(&link.verdict_reason)
        .text(&link.parameters)
        .list(reasons)
}
