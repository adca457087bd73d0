//! Small hand-made files: what they mean, what is wrong with them, and that no bytes make the reader panic.

use super::read_bytes;
use crate::exchange::report::{ReadBundle, ReadOptions};
use crate::model::bundle::{Bundle, BundleFact, Severity};
use crate::model::ids::PersonId;
use crate::model::person::NameKind;
use crate::model::statement::{Certainty, Fact, SealClass};
use crate::model::tie::{ParentNature, UnionKind, UnionState};
use proptest::prelude::*;

const SOUND: &str = "0 HEAD
1 GEDC
2 VERS 5.5.1
1 CHAR UTF-8
0 @I1@ INDI
1 NAME Ann /Joseph/
2 NICK Annie
1 NAME Anna /Louie/
2 TYPE maiden
1 SEX f
1 BIRT
2 DATE ABT 2012
2 PLAC Vernon, BC
2 SOUR @S1@
3 PAGE p. 4
1 FAMC @F1@
1 FAMC @F2@
2 PEDI adopted
1 ASSO @I5@
2 RELA godparent
1 ASSO @I6@
2 RELA great-aunt
1 _EYES brown
0 @I2@ INDI
1 NAME Marg //
1 SEX F
1 CHR
2 DATE 3 MAR 1990
1 RESN confidential
0 @I3@ INDI
1 NAME /Paul/
1 DEAT Y
0 @I4@ INDI
1 NAME ...
1 RESI
2 DATE FROM 1990 TO 1995
2 PLAC Vernon, BC
0 @I5@ INDI
1 NAME Rose
0 @I6@ INDI
1 NAME Lily
0 @I7@ INDI
1 NAME Sam
1 ADOP
2 DATE 2001
2 FAMC @F2@
3 ADOP HUSB
1 FAMC @F3@
2 STAT disproven
0 @F1@ FAM
1 HUSB @I3@
1 WIFE @I2@
1 MARR
2 DATE 2010
1 DIV Y
1 CHIL @I1@
0 @F2@ FAM
1 HUSB @I4@
1 HUSB @I3@
1 CHIL @I7@
0 @F3@ FAM
1 WIFE @I5@
1 CHIL @I6@
2 _MREL Foster
0 @S1@ SOUR
1 TITL School file
1 AUTH counsellor
0 TRLR
";

/// The bundle with its facts in the open; a test may hold it to its end.
fn whole(read: &ReadBundle) -> &'static Bundle {
    Box::leak(Box::new(read.bundle.unpacked().unwrap()))
}

fn read(text: &str) -> ReadBundle {
    read_bytes("small.ged", text.as_bytes(), &ReadOptions::default())
}

fn facts(read: &ReadBundle, xref: &str) -> &'static [BundleFact] {
    let found = whole(read)
        .subjects
        .iter()
        .find(|subject| subject.external_id.xref == xref);
    &found.unwrap_or_else(|| panic!("no subject {xref}")).facts
}

fn number(read: &ReadBundle, xref: &str) -> PersonId {
    let found = whole(read)
        .subjects
        .iter()
        .position(|subject| subject.external_id.xref == xref);
    PersonId(found.unwrap_or_else(|| panic!("no subject {xref}")) as u64)
}

fn parents(read: &ReadBundle, xref: &str) -> Vec<(PersonId, ParentNature, Certainty)> {
    let ties = facts(read, xref)
        .iter()
        .filter_map(|fact| match &fact.fact {
            Fact::Parent(tie) => Some((tie.parent, tie.nature, fact.evidence.certainty)),
            _ => None,
        });
    ties.collect()
}

#[test]
fn people_are_read_with_names_births_and_sources() {
    let read = read(SOUND);
    assert_eq!(read.errors, 0, "{:?}", read.findings);
    assert_eq!(whole(&read).subjects[0].external_id.to_string(), "small:I1");
    let names: Vec<(NameKind, &str, &str)> = facts(&read, "I1")
        .iter()
        .filter_map(|fact| match &fact.fact {
            Fact::Name(name) => Some((name.kind, name.full.as_str(), name.family.as_str())),
            _ => None,
        })
        .collect();
    let expected = [
        (NameKind::Legal, "Ann Joseph", "Joseph"),
        (NameKind::Used, "Annie", ""),
        (NameKind::Birth, "Anna Louie", "Louie"),
    ];
    assert_eq!(names, expected);
    let birth = facts(&read, "I1")
        .iter()
        .find(|fact| matches!(fact.fact, Fact::Birth { place: Some(_), .. }));
    let source = birth.map(|fact| &whole(&read).sources[fact.evidence.source.0 as usize]);
    let told = source.map(|source| {
        (
            source.document.as_str(),
            source.page.as_str(),
            source.asserter.as_str(),
        )
    });
    assert_eq!(told, Some(("School file", "p. 4", "counsellor")));
    let baptised = "[..1990-03-03]".parse().ok();
    assert!(
        facts(&read, "I2")
            .iter()
            .any(|fact| matches!(fact.fact, Fact::Birth { date, .. } if date == baptised))
    );
    assert!(
        facts(&read, "I2")
            .iter()
            .all(|fact| fact.evidence.seal == SealClass::Safety)
    );
    assert!(
        facts(&read, "I4")
            .iter()
            .any(|fact| fact.fact == Fact::Unnamed("...".to_owned()))
    );
    assert!(
        facts(&read, "I4")
            .iter()
            .any(|fact| matches!(fact.fact, Fact::Residence(_))
                && fact.evidence.valid_to == "1995".parse().ok())
    );
    assert!(
        facts(&read, "I3")
            .iter()
            .any(|fact| matches!(fact.fact, Fact::Death(death) if death.dead))
    );
}

#[test]
fn ties_are_taken_once_with_their_nature() {
    let read = read(SOUND);
    let reported = Certainty::Reported;
    let person = |xref| number(&read, xref);
    let expected = [
        (person("I3"), ParentNature::Birth, reported),
        (person("I2"), ParentNature::Birth, reported),
        (person("I4"), ParentNature::Adoptive, reported),
        (person("I3"), ParentNature::Adoptive, reported),
    ];
    assert_eq!(parents(&read, "I1"), expected);
    assert_eq!(
        parents(&read, "I6"),
        [(person("I5"), ParentNature::Foster, reported)]
    );
    let of_sam = parents(&read, "I7");
    assert!(
        of_sam.contains(&(person("I5"), ParentNature::Birth, Certainty::Disproved)),
        "{of_sam:?}"
    );
    assert!(
        of_sam.contains(&(person("I3"), ParentNature::Adoptive, reported)),
        "{of_sam:?}"
    );
    assert!(
        facts(&read, "I3")
            .iter()
            .any(|fact| matches!(fact.fact, Fact::Union(union)
        if union.kind == UnionKind::Married && union.state == UnionState::Ended))
    );
    assert!(
        facts(&read, "I4")
            .iter()
            .any(|fact| matches!(fact.fact, Fact::Union(union)
        if union.kind == UnionKind::Other && union.partner == person("I3")))
    );
    assert!(
        facts(&read, "I1")
            .iter()
            .any(|fact| matches!(&fact.fact, Fact::Network(tie) if tie.role == "godparent"))
    );
    assert!(
        facts(&read, "I1")
            .iter()
            .any(|fact| matches!(&fact.fact, Fact::StatedKin(tie) if tie.term.degree() == 4))
    );
}

#[test]
fn what_is_not_understood_is_listed_with_its_line() {
    let read = read(SOUND);
    let told: Vec<(u64, &str)> = read
        .findings
        .iter()
        .map(|finding| (finding.origin.line, finding.reason.as_str()))
        .collect();
    assert_eq!(
        told,
        [(23, "INDI._EYES is not understood: it is kept as written")]
    );
}

/// Content, and the error as "line:tag reason begins".
const FAULTS: &[(&[u8], &str)] = &[
    (b"", "0: the file is empty"),
    (b"\xef\xbb\xbf \r\n", "0: the file is empty"),
    (
        b"id,full_name\np1,Ann\n",
        "1: the file begins with \"id,full_name\"",
    ),
    (
        b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe",
        "1: the file begins with",
    ),
    (
        b"0 HEAD\n0 @I1@ INDI\n1 NAME A",
        "3:NAME the file ends without",
    ),
    (b"0 HEAD\n0 @I1@ INDI\n1 NAME A /B", "the file ends without"),
    (
        b"0 HEAD\n1 NOTE a\0b\n0 TRLR",
        "2: the line holds a NUL character",
    ),
    (
        b"0 HEAD\n0 @I1@ INDI\n0 @I1@ INDI\n0 TRLR",
        "3:INDI the reference @I1@ is used already in line 2",
    ),
];

#[test]
fn every_fault_is_told_exactly_and_nothing_is_taken() {
    for (content, expected) in FAULTS {
        let read = read_bytes("small.ged", content, &ReadOptions::default());
        let errors = read
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        let told: Vec<String> = errors
            .map(|finding| {
                format!(
                    "{}:{} {}",
                    finding.origin.line, finding.origin.field, finding.reason
                )
            })
            .collect();
        assert!(
            told.iter().any(|told| told.contains(expected)),
            "wanted {expected}\nfound {told:#?}"
        );
        assert!(
            read.errors > 0 && whole(&read).subjects.is_empty(),
            "{expected}"
        );
    }
    let long = format!("0 HEAD\n1 NOTE {}\n0 TRLR", "x".repeat(1024 * 1024));
    let read = read(&long);
    assert_eq!(
        read.findings.first().map(|finding| finding.origin.line),
        Some(2)
    );
    assert!(read.errors == 1 && whole(&read).subjects.is_empty());
}

#[test]
fn doubts_are_warnings_and_the_people_are_taken() {
    let cases: &[(&[u8], &str)] = &[
        (b"0 HEAD\n0 @I1@ INDI\n1 BIRT\n2 DATE 31 FEB 1990\n0 TRLR", "4 the date \"31 FEB 1990\" is not taken: there is no such day"),
        (b"0 HEAD\n1 CHAR UTF-8\n0 @I1@ INDI\n1 NAME Zo\xe9\n0 TRLR", "4 the head says UTF-8, but this line is not"),
        (b"0 HEAD\n0 @I1@ INDI\n3 NAME Ann\n0 TRLR", "3 level 3 follows level 0"),
        (b"0 @I1@ INDI\n1 NAME A\n0 TRLR", "1 the file begins with \"0 @I1@ INDI\""),
        (b"0 HEAD\n0 @I1@ INDI\n1 NAME A\n", "3 the file ends without \"0 TRLR\": it may be cut off"),
        (b"0 HEAD\n0 @I1@ INDI\n0 @N1@ NOTE a\n0 @N1@ NOTE b\n0 TRLR", "4 the reference @N1@ is used already in line 3: the first record is meant"),
        (b"0 HEAD\n0 @I1@ INDI\n0 @F1@ FAM\n1 HUSB @I9@\n0 TRLR", "4 there is no person with the reference @I9@: it is kept as written"),
        (b"0 HEAD\n0 @I1@ INDI\n0 @F1@ FAM\n1 CHIL I9\n0 TRLR", "4 \"I9\" is not a reference to a person"),
        (b"0 HEAD\n0 @I1@ INDI\n1 FAMC @F9@\n0 TRLR", "3 there is no family with the reference @F9@"),
        (b"0 HEAD\n0 @I1@ INDI\n1 FAMC @I1@\n0 TRLR", "3 there is no family with the reference @I1@"),
        (b"0 HEAD\n0 @I1@ INDI\n1 ASSO @I7@\n0 TRLR", "3 there is no person with the reference @I7@"),
        (b"0 HEAD\n0 @I1@ INDI\n0 @F1@ FAM\n1 HUSB @I1@\n1 WIFE @I1@\n0 TRLR", "5 @I1@ is tied to itself: it is kept as written"),
        (b"0 HEAD\n0 @I1@ INDI\n0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I1@\n0 TRLR", "5 a person is their own parent: this is not taken"),
        (b"0 HEAD\n0 @I1@ INDI\n1 SEX boy\n0 TRLR", "3 the sex \"boy\" is not one of"),
        (
            b"0 HEAD\n0 @I1@ INDI\n1 BIRT\n2 DATE 1990\n0 @I2@ INDI\n1 BIRT\n2 DATE 1980\n0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I2@\n0 TRLR",
            "10 the child is older than the parent: \"I2\" (born 1980) and the birth parent \"I1\" (born 1990)",
        ),
        (
            b"0 HEAD\n0 @I1@ INDI\n0 @I2@ INDI\n0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I2@\n0 @F2@ FAM\n1 HUSB @I2@\n1 CHIL @I1@\n0 TRLR",
            "a person would be their own ancestor, each arrow leading to a birth parent: I2",
        ),
    ];
    for (content, expected) in cases {
        let read = read_bytes("small.ged", content, &ReadOptions::default());
        assert_eq!(read.errors, 0, "{:?}", read.findings);
        let told: Vec<String> = read
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.origin.line, finding.reason))
            .collect();
        assert!(
            told.iter().any(|told| told.contains(expected)),
            "wanted {expected}\nfound {told:#?}"
        );
        assert!(!whole(&read).subjects.is_empty());
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(data in prop::collection::vec(any::<u8>(), 0..400), head in any::<bool>()) {
        let mut bytes = if head { b"0 HEAD\n".to_vec() } else { Vec::new() };
        bytes.extend(data);
        let options = ReadOptions { accept_valid_rows: true, today: None };
        prop_assert!(read_bytes("x.ged", &bytes, &options).findings.len() <= 1_000);
    }

    #[test]
    fn mutated_files_never_panic(
        at in any::<prop::sample::Index>(),
        length in 0usize..40,
        inserted in "([0-3] |@I[1-7]@|@F[1-3]@| FAM| INDI|\n|\r|DATE |[a-z/@\u{0}é]){0,6}",
    ) {
        let mut bytes = SOUND.as_bytes().to_vec();
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, inserted.bytes());
        for accept_valid_rows in [false, true] {
            let read = read_bytes("x.ged", &bytes, &ReadOptions { accept_valid_rows, today: None });
            prop_assert!(read.errors == 0 || accept_valid_rows || whole(&read).subjects.is_empty());
        }
    }
}
