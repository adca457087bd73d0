//! Nations told in a file: `NATI`, and a `FACT` of which the `TYPE` is a word such as "First Nation" or "Band". Only a name
//! that the reference list knows for certain makes a membership, with a report; the lines themselves are kept in any case.

use super::reader::Reading;
use crate::exchange::nation_names::told_nation;
use crate::model::ids::{NationId, SubjectKind};
use crate::model::nation::{Membership, MembershipState};
use crate::model::statement::Fact;
use crate::names::nations::is_nation_word;
use crate::names::normalize::fold;
use rustc_hash::FxHashMap;

/// The nations of a file so far.
#[derive(Debug, Default)]
pub struct FileNations {
    by_reference: FxHashMap<&'static str, u64>,
    /// Nothing for a text that is not certain.
    by_text: FxHashMap<String, Option<u64>>,
}

/// Reads the nations of a person.
pub fn read_nations(
    reading: &mut Reading<'_>,
    nations: &mut FileNations,
    record: usize,
    person: u64,
) {
    for line in told_lines(reading, record) {
        let Some(nation) = nation_told(reading, nations, record, line) else {
            continue;
        };
        let membership = Membership {
            nation: NationId(nation),
            state: MembershipState::Claimed,
            confirmed_by: String::new(),
        };
        let evidence = reading.standing(record, line).always();
        reading
            .assembly
            .add_fact(person, Fact::Membership(membership), evidence);
    }
}

/// The lines that tell a nation.
fn told_lines(reading: &Reading<'_>, record: usize) -> Vec<usize> {
    let tells = |&line: &usize| match reading.tree.line(line).tag {
        "NATI" => true,
        "FACT" => reading.tree.child(line, "TYPE").is_some_and(|kind| {
            let kind = fold(reading.tree.line(kind).value);
            !kind.is_empty() && kind.split(' ').all(is_nation_word)
        }),
        _ => false,
    };
    reading.tree.children(record).filter(tells).collect()
}

/// The nation that a line tells, made and reported if it is the first to do so; nothing where it is not certain.
fn nation_told(
    reading: &mut Reading<'_>,
    nations: &mut FileNations,
    record: usize,
    line: usize,
) -> Option<u64> {
    let text = reading.tree.text(line).trim().to_owned();
    if let Some(known) = nations.by_text.get(&text) {
        return *known;
    }
    let told = told_nation(&text);
    let number = told.reference.map(|id| {
        reading.warn(line, told.report);
        let standing = reading.standing(record, line);
        *nations.by_reference.entry(id).or_insert_with(|| {
            let xref = format!("nation/{id}");
            let number = reading.assembly.add_subject(SubjectKind::Nation, &xref);
            let fact = Fact::Nation(Box::new(told.nation));
            reading.assembly.add_fact(number, fact, standing.always());
            number
        })
    });
    nations.by_text.insert(text, number);
    number
}

#[cfg(test)]
mod tests {
    use crate::exchange::gedcom::read_bytes;
    use crate::exchange::report::ReadOptions;
    use crate::model::ids::SubjectKind;
    use crate::model::statement::Fact;

    #[test]
    fn a_nation_that_is_certain_makes_a_membership_and_every_line_is_kept() {
        let file = b"0 HEAD\n0 @I1@ INDI\n1 NAME Ann /Lee/\n1 NATI Sliammon\n0 @I2@ INDI\n1 NAME Joe /Lee/\n\
                     1 FACT Tla'amin\n2 TYPE First Nation\n1 NATI Canadian\n0 TRLR";
        let read = read_bytes("small.ged", file, &ReadOptions::default());
        assert_eq!(read.errors, 0, "{:?}", read.findings);
        let reasons = read.findings.iter().map(|finding| finding.reason.as_str());
        let taken =
            reasons.filter(|reason| reason.contains("is taken as Tla'amin Nation (band 554"));
        assert_eq!(taken.count(), 2, "{:?}", read.findings);
        let subjects = &read.bundle.unpacked().unwrap().subjects;
        let nations = subjects
            .iter()
            .filter(|one| one.kind == SubjectKind::Nation);
        assert_eq!(nations.count(), 1);
        let facts = || subjects.iter().flat_map(|subject| &subject.facts);
        let memberships = facts().filter(|fact| matches!(fact.fact, Fact::Membership(_)));
        assert_eq!(memberships.count(), 2);
        let kept = facts().filter_map(|fact| match &fact.fact {
            Fact::KeptLines(lines) => Some(lines.text.as_str()),
            _ => None,
        });
        let kept: String = kept.collect();
        for value in ["Sliammon", "Tla'amin", "Canadian"] {
            assert!(kept.contains(value), "{kept}");
        }
    }
}
