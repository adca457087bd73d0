//! Rows of ties between people, households and nations.

use super::writer::CsvWriter;
use super::writer_rows::{Cells, Written};
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Fact, Statement};
use crate::model::tie::{KinBasis, Side, UnionState};
use crate::names::kin_words::read_kin_word;

/// What a tie's row says.
struct Tie<'s> {
    kind: &'static str,
    other: u64,
    nature: &'static str,
    role: &'s str,
    side: Side,
    legal_state: &'static str,
    legal_date: Option<PartialDate>,
    court: &'s str,
    /// True where the subject is `from`.
    is_from: bool,
}

pub fn write_tie(writer: &mut CsvWriter, id: &str, statement: &Statement, number: u64) -> Written {
    let Some(tie) = tie(&statement.fact) else {
        writer.leave_out("stated kin in words that are not read back the same");
        return Ok(());
    };
    let evidence = &statement.evidence;
    let dates = [evidence.valid_from, evidence.valid_to];
    let mut ends = (number, tie.other);
    if tie.kind == "union" && ends.0 > ends.1 {
        ends = (ends.1, ends.0);
    }
    let nature = if tie.kind == "network" {
        ""
    } else {
        tie.nature
    };
    let word = format!("{nature} {}", told_apart_by(&tie));
    if !writer.is_first((tie.kind, ends.0, ends.1, word, tie.side, dates)) {
        writer.leave_out("ties told again");
        return Ok(());
    }
    let other = writer.names.of(tie.other).to_owned();
    let (from, to) = if tie.is_from {
        (id, other.as_str())
    } else {
        (other.as_str(), id)
    };
    let cells = Cells::new()
        .text(tie.kind)
        .text(from)
        .text(to)
        .text(tie.nature)
        .text(tie.role)
        .text(tie.side.word())
        .text(tie.legal_state)
        .date(tie.legal_date)
        .text(tie.court)
        .date(evidence.valid_from)
        .date(evidence.valid_to);
    writer.row("ties.csv", cells, evidence)
}

/// The reader tells stated kin and network ties apart by their words, others by their nature alone.
fn told_apart_by<'s>(tie: &Tie<'s>) -> &'s str {
    match tie.kind {
        "stated_kin" | "network" => tie.role,
        _ => "",
    }
}

/// Nothing for stated kin whose words do not say what is recorded.
fn tie(fact: &Fact) -> Option<Tie<'_>> {
    let plain = Tie {
        kind: "",
        other: 0,
        nature: "",
        role: "",
        side: Side::Unknown,
        legal_state: "",
        legal_date: None,
        court: "",
        is_from: false,
    };
    Some(match fact {
        Fact::Parent(tie) => Tie {
            kind: "parent",
            other: tie.parent.0,
            nature: tie.nature.word(),
            legal_state: tie.legal_state.word(),
            legal_date: tie.legal_date,
            court: &tie.court,
            ..plain
        },
        Fact::Union(tie) => Tie {
            kind: "union",
            other: tie.partner.0,
            nature: tie.kind.word(),
            legal_state: match tie.state {
                UnionState::Current => "current",
                UnionState::Ended => "ended",
            },
            is_from: true,
            ..plain
        },
        Fact::StatedKin(tie) => {
            let read = read_kin_word(tie.as_told.trim())?;
            if read.term != tie.term {
                return None;
            }
            Tie {
                kind: "stated_kin",
                other: tie.kin.0,
                nature: match tie.basis {
                    KinBasis::Told => "told",
                    KinBasis::NamedByChild => "named_by_child",
                    KinBasis::Custom => "custom",
                },
                role: &tie.as_told,
                side: tie.side,
                ..plain
            }
        }
        Fact::Network(tie) => Tie {
            kind: "network",
            other: tie.adult.0,
            nature: match tie.paid {
                Some(true) => "paid",
                Some(false) => "unpaid",
                None => "",
            },
            role: &tie.role,
            ..plain
        },
        Fact::HouseholdMember(tie) => Tie {
            kind: "household",
            other: tie.household.0,
            is_from: true,
            ..plain
        },
        Fact::Membership(tie) => Tie {
            kind: "membership",
            other: tie.nation.0,
            nature: tie.state.word(),
            role: &tie.confirmed_by,
            is_from: true,
            ..plain
        },
        _ => return None,
    })
}
