//! `ties.csv`: each row "`from` is the … of `to`".

use super::cells::{CellReader, origin};
use super::communities::find_nation;
use super::concerns::needed_subject;
use super::family_rules::{self, check_ages};
use super::reading::{Reading, StandingColumns};
use super::table::{Column, Row, Table};
use crate::exchange::assembly::Standing;
use crate::exchange::family_check::BirthTie;
use crate::exchange::report::shown;
use crate::model::ids::{HouseholdId, PersonId, SubjectKind};
use crate::model::nation::{Membership, MembershipState};
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Certainty, Fact};
use crate::model::tie::{
    HouseholdMember, KinBasis, LegalState, NetworkTie, ParentNature, ParentTie, Side, StatedKin,
    Union, UnionKind, UnionState,
};
use crate::names::kin_words::read_kin_word;
use crate::names::network_roles::{network_role, role_word};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// The file whose rows are read here.
pub const FILE: &str = "ties.csv";

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Parent,
    Union,
    StatedKin,
    Network,
    Household,
    Membership,
}

impl Kind {
    const ALL: [Kind; 6] = [
        Kind::Parent,
        Kind::Union,
        Kind::StatedKin,
        Kind::Network,
        Kind::Household,
        Kind::Membership,
    ];

    fn word(self) -> &'static str {
        match self {
            Kind::Parent => "parent",
            Kind::Union => "union",
            Kind::StatedKin => "stated_kin",
            Kind::Network => "network",
            Kind::Household => "household",
            Kind::Membership => "membership",
        }
    }
}

struct Columns {
    kind: Column,
    from: Column,
    to: Column,
    nature: Column,
    role: Column,
    side: Column,
    legal_state: Column,
    legal_date: Column,
    court: Column,
    from_date: Column,
    to_date: Column,
    standing: StandingColumns,
}

/// What tells two ties apart: kind, both ends, and everything else hashed.
type TieKey = (Kind, u32, u32, u64);

pub fn read_ties(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open(FILE, data, &mut reading.findings) else {
        return;
    };
    let columns = Columns {
        kind: table.needed("kind", &mut reading.findings),
        from: table.needed("from", &mut reading.findings),
        to: table.needed("to", &mut reading.findings),
        nature: table.column("nature"),
        role: table.column("role"),
        side: table.column("side"),
        legal_state: table.column("legal_state"),
        legal_date: table.column("legal_date"),
        court: table.column("court"),
        from_date: table.column("from_date"),
        to_date: table.column("to_date"),
        standing: StandingColumns::of(&mut table),
    };
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    let mut seen: FxHashMap<TieKey, u32> = FxHashMap::default();
    while let Some(row) = table.next_row(&mut reading.findings) {
        read_tie(reading, row, &columns, &mut seen);
    }
    reading.count_rows(&table);
}

/// A tie understood: on whom it stands and what it says.
struct Tie {
    subject: u64,
    other: u64,
    fact: Fact,
}

fn read_tie(
    reading: &mut Reading,
    row: Row<'_>,
    columns: &Columns,
    seen: &mut FxHashMap<TieKey, u32>,
) {
    let standing = reading.standing(row, columns.standing);
    let mut cells = CellReader::new(row, &mut reading.findings);
    cells.needed_text(columns.kind);
    let kind = cells.word(columns.kind, &Kind::ALL, Kind::word);
    let (from_date, to_date) = (cells.date(columns.from_date), cells.date(columns.to_date));
    if let (Some(first), Some(last)) = (from_date, to_date)
        && last.before(first) == crate::model::partial_date::Truth::Yes
    {
        cells.fail(
            columns.to_date,
            format!("the end ({last}) lies before the beginning ({first})"),
        );
    }
    let is_faulty = cells.is_faulty();
    let (Some(kind), Some(standing)) = (kind, standing) else {
        return;
    };
    let tie = match kind {
        Kind::Parent => read_parent(reading, row, columns),
        Kind::Union => read_union(reading, row, columns, to_date),
        Kind::StatedKin => read_stated_kin(reading, row, columns),
        Kind::Network => read_network(reading, row, columns),
        Kind::Household => read_household(reading, row, columns),
        Kind::Membership => read_membership(reading, row, columns, standing),
    };
    let (Some(tie), false) = (tie, is_faulty) else {
        return;
    };
    let line = row.line.try_into().unwrap_or(u32::MAX);
    if let Some(first) = seen_before(seen, &tie, kind, (from_date, to_date), line) {
        let reason = format!("the same tie stands in line {first}: it is taken once");
        reading.findings.warning(origin(&row, ""), reason);
        return;
    }
    if let Fact::Parent(parent) = &tie.fact
        && parent.nature == ParentNature::Birth
        && standing.certainty != Certainty::Disproved
    {
        let (child, parent) = (tie.subject as u32, tie.other as u32);
        if !check_ages(reading, row, child, parent) {
            return;
        }
        reading.birth_ties.push(BirthTie {
            child,
            parent,
            line,
        });
    }
    reading
        .assembly
        .add_fact(tie.subject, tie.fact, standing.during(from_date, to_date));
}

/// The line of the same tie, if it was read before. Partners may stand in either order.
fn seen_before(
    seen: &mut FxHashMap<TieKey, u32>,
    tie: &Tie,
    kind: Kind,
    dates: (Option<PartialDate>, Option<PartialDate>),
    line: u32,
) -> Option<u32> {
    let mut hasher = FxHasher::default();
    dates.hash(&mut hasher);
    match &tie.fact {
        Fact::Parent(tie) => tie.nature.hash(&mut hasher),
        Fact::Union(tie) => tie.kind.hash(&mut hasher),
        Fact::StatedKin(tie) => (&tie.as_told, tie.basis, tie.side).hash(&mut hasher),
        Fact::Network(tie) => tie.role.hash(&mut hasher),
        Fact::Membership(tie) => tie.state.hash(&mut hasher),
        _ => {}
    }
    let (mut first, mut second) = (tie.subject as u32, tie.other as u32);
    if kind == Kind::Union && first > second {
        std::mem::swap(&mut first, &mut second);
    }
    let known = *seen
        .entry((kind, first, second, hasher.finish()))
        .or_insert(line);
    (known != line).then_some(known)
}

/// Both ends as two different people.
fn two_people(reading: &mut Reading, row: Row<'_>, columns: &Columns) -> Option<(u64, u64)> {
    let from = needed_subject(reading, row, columns.from, SubjectKind::Person);
    let to = needed_subject(reading, row, columns.to, SubjectKind::Person);
    let (from, to) = (from?, to?);
    if from == to {
        let reason = format!("{} is tied to itself", shown(row.cell(columns.from)));
        reading
            .findings
            .error(origin(&row, columns.to.name), reason);
        return None;
    }
    Some((from, to))
}

fn read_parent(reading: &mut Reading, row: Row<'_>, columns: &Columns) -> Option<Tie> {
    let ends = two_people(reading, row, columns);
    let mut cells = CellReader::new(row, &mut reading.findings);
    let nature = cells.word(columns.nature, &ParentNature::ALL, ParentNature::word);
    let legal_state = cells.word(columns.legal_state, &LegalState::ALL, LegalState::word);
    let legal_date = cells.date(columns.legal_date);
    let (from, to) = ends.filter(|_| !cells.is_faulty())?;
    let tie = ParentTie {
        parent: PersonId(from),
        nature: nature.unwrap_or(ParentNature::Birth),
        legal_state: legal_state.unwrap_or_default(),
        legal_date,
        court: row.cell(columns.court).to_owned(),
    };
    Some(Tie {
        subject: to,
        other: from,
        fact: Fact::Parent(tie),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UnionWord {
    Current,
    Ended,
    Widowed,
}

fn read_union(
    reading: &mut Reading,
    row: Row<'_>,
    columns: &Columns,
    to_date: Option<PartialDate>,
) -> Option<Tie> {
    const WORDS: [UnionWord; 3] = [UnionWord::Current, UnionWord::Ended, UnionWord::Widowed];
    let ends = two_people(reading, row, columns);
    let mut cells = CellReader::new(row, &mut reading.findings);
    let kind = cells.word(columns.nature, &UnionKind::ALL, UnionKind::word);
    let word = cells.word(columns.legal_state, &WORDS, |word| match word {
        UnionWord::Current => "current",
        UnionWord::Ended => "ended",
        UnionWord::Widowed => "widowed",
    });
    let (from, to) = ends.filter(|_| !cells.is_faulty())?;
    let state = match word {
        Some(UnionWord::Ended) => UnionState::Ended,
        None if to_date.is_some() => UnionState::Ended,
        Some(UnionWord::Current | UnionWord::Widowed) | None => UnionState::Current,
    };
    let tie = Union {
        partner: PersonId(to),
        kind: kind.unwrap_or(UnionKind::Married),
        state,
    };
    Some(Tie {
        subject: from,
        other: to,
        fact: Fact::Union(tie),
    })
}

fn read_stated_kin(reading: &mut Reading, row: Row<'_>, columns: &Columns) -> Option<Tie> {
    const SIDES: [Side; 4] = [Side::Maternal, Side::Paternal, Side::Both, Side::Unknown];
    const BASES: [KinBasis; 3] = [KinBasis::Told, KinBasis::NamedByChild, KinBasis::Custom];
    let ends = two_people(reading, row, columns);
    let mut cells = CellReader::new(row, &mut reading.findings);
    let as_told = cells.needed_text(columns.role);
    let read = read_kin_word(as_told);
    if read.is_none() && !as_told.is_empty() {
        let reason = format!(
            "{} is not a word of kinship that is understood; write it like aunt, great-grandmother, second cousin",
            shown(as_told)
        );
        cells.fail(columns.role, reason);
    }
    let written_side = cells.word(columns.side, &SIDES, Side::word);
    let basis = cells.word(columns.nature, &BASES, |basis| match basis {
        KinBasis::Told => "told",
        KinBasis::NamedByChild => "named_by_child",
        KinBasis::Custom => "custom",
    });
    let read = read?;
    if let Some(side) = written_side
        && read.side != Side::Unknown
        && side != read.side
    {
        cells.warn(
            columns.side,
            format!(
                "{} says the {} side: the column is taken",
                shown(as_told),
                read.side.word()
            ),
        );
    }
    let mut ends = ends.filter(|_| !cells.is_faulty())?;
    if read.term.up > read.term.down {
        ends = elder_first(reading, row, columns, ends);
    }
    let (from, to) = ends;
    let tie = StatedKin {
        kin: PersonId(from),
        term: read.term,
        as_told: as_told.to_owned(),
        side: written_side.unwrap_or(read.side),
        basis: basis.unwrap_or_default(),
    };
    Some(Tie {
        subject: to,
        other: from,
        fact: Fact::StatedKin(tie),
    })
}

fn read_network(reading: &mut Reading, row: Row<'_>, columns: &Columns) -> Option<Tie> {
    let ends = two_people(reading, row, columns);
    // A tree may say that two people were close and not how.
    let may_be_empty =
        ends.is_some_and(|(from, to)| family_rules::were_written_by_a_store(reading, from, to));
    let mut cells = CellReader::new(row, &mut reading.findings);
    let role = if may_be_empty {
        cells.text(columns.role)
    } else {
        cells.needed_text(columns.role)
    };
    let paid = cells.word(columns.nature, &[true, false], |paid| {
        if paid { "paid" } else { "unpaid" }
    });
    let known = network_role(role);
    if known.is_none() && !role.is_empty() {
        cells.warn(
            columns.role,
            format!("{} is not a known role and is kept as it is", shown(role)),
        );
    }
    let ends = ends.filter(|_| !cells.is_faulty())?;
    let (from, to) = elder_first(reading, row, columns, ends);
    let tie = NetworkTie {
        adult: PersonId(from),
        role: known.map_or_else(|| role_word(role), |known| known.word.clone()),
        paid,
    };
    Some(Tie {
        subject: to,
        other: from,
        fact: Fact::Network(tie),
    })
}

/// By how many years the wrong end must be the younger before a row is taken the other way round.
const SURELY_YOUNGER: u16 = 12;

/// The ends of a tie whose first end must be the elder, such as a teacher's or an aunt's. Where the dates of birth say
/// that the columns were exchanged, the row is taken the other way round and this is told.
fn elder_first(
    reading: &mut Reading,
    row: Row<'_>,
    columns: &Columns,
    (from, to): (u64, u64),
) -> (u64, u64) {
    let first_day = reading
        .birth_of(from)
        .and_then(|birth| birth.possible_days().0);
    let last_day = reading
        .birth_of(to)
        .and_then(|birth| birth.possible_days().1);
    let exchanged = match (first_day, last_day) {
        (Some(from_born), Some(to_born)) => from_born.years_before(SURELY_YOUNGER) > to_born,
        _ => false,
    };
    // Two whom a store wrote stand as it held them.
    if !exchanged || family_rules::were_written_by_a_store(reading, from, to) {
        return (from, to);
    }
    let mut cells = CellReader::new(row, &mut reading.findings);
    cells.warn(
        columns.from,
        format!(
            "{} was born more than {SURELY_YOUNGER} years after {}: the row is taken the other way round",
            shown(row.cell(columns.from)),
            shown(row.cell(columns.to))
        ),
    );
    (to, from)
}

fn read_household(reading: &mut Reading, row: Row<'_>, columns: &Columns) -> Option<Tie> {
    let person = needed_subject(reading, row, columns.from, SubjectKind::Person);
    let household = needed_subject(reading, row, columns.to, SubjectKind::Household);
    let (subject, other) = (person?, household?);
    let fact = Fact::HouseholdMember(HouseholdMember {
        household: HouseholdId(other),
    });
    Some(Tie {
        subject,
        other,
        fact,
    })
}

fn read_membership(
    reading: &mut Reading,
    row: Row<'_>,
    columns: &Columns,
    standing: Standing,
) -> Option<Tie> {
    let person = needed_subject(reading, row, columns.from, SubjectKind::Person);
    let mut cells = CellReader::new(row, &mut reading.findings);
    let text = cells.needed_text(columns.to);
    let state = cells.word(columns.nature, &MembershipState::ALL, MembershipState::word);
    let subject = person.filter(|_| !cells.is_faulty())?;
    let nation = find_nation(reading, row, columns.to, text, standing);
    let membership = Membership {
        nation,
        state: state.unwrap_or_default(),
        confirmed_by: row.cell(columns.role).to_owned(),
    };
    Some(Tie {
        subject,
        other: nation.0,
        fact: Fact::Membership(membership),
    })
}
