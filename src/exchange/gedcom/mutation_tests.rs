//! Small files with every kind of damage, from a seed: none panics or hangs, and what is refused says where and why.

use super::read_bytes;
use crate::exchange::report::{ReadBundle, ReadOptions};
use crate::model::bundle::{BundleContent, Severity};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Lines of which files are made; `#` stands for a number.
const LINES: [&str; 40] = [
    "0 @I#@ INDI",
    "0 @F#@ FAM",
    "0 @S#@ SOUR",
    "0 @N#@ NOTE words",
    "1 NAME Ann# /Lee/",
    "2 GIVN Ann",
    "2 NICK Annie",
    "1 SEX F",
    "1 BIRT Y",
    "1 DEAT",
    "1 CHR",
    "2 DATE BET 1 JAN 19# AND 2 FEB 1950",
    "2 DATE @#DJULIAN@ 1 MAR 17#",
    "2 DATE (about then)",
    "2 PLAC Hope, BC",
    "3 MAP",
    "4 LATI N49.#",
    "4 LONG W121.#",
    "1 RESI",
    "2 ADDR 1 Main St",
    "3 CITY Hope",
    "1 PHON 604 555 #",
    "1 FAMC @F#@",
    "2 PEDI adopted",
    "2 STAT challenged",
    "1 FAMS @F#@",
    "1 HUSB @I#@",
    "1 WIFE @I#@",
    "1 CHIL @I#@",
    "2 _FREL step",
    "1 MARR",
    "1 DIV N",
    "1 ADOP",
    "2 FAMC @F#@",
    "3 ADOP WIFE",
    "1 ASSO @I#@",
    "2 RELA godparent",
    "1 NOTE some words\n2 CONT more\n2 CONC of it",
    "1 RESN confidential",
    "1 SOUR @S#@\n2 PAGE #\n2 _VENDOR x\n1 NATI Sliammon",
];

fn whole_file() -> impl Strategy<Value = Vec<u8>> {
    let heads = prop::sample::select(vec![
        "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n1 CHAR UTF-8\n",
        "0 HEAD\n1 GEDC\n2 VERS 7.0\n",
        "0 HEAD\n1 CHAR ANSEL\n",
        "\u{feff}0 HEAD\n1 LANG English\n",
    ]);
    let lines = prop::collection::vec((prop::sample::select(LINES.to_vec()), 1u32..6), 1..60);
    (heads, lines, any::<bool>()).prop_map(|(head, lines, is_wide)| {
        let mut text = head.to_owned();
        for (line, number) in lines {
            text.push_str(&line.replace('#', &number.to_string()));
            text.push('\n');
        }
        text.push_str("0 TRLR\n");
        if is_wide && !text.starts_with('\u{feff}') {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            return [0xff, 0xfe].into_iter().chain(units).collect();
        }
        text.into_bytes()
    })
}

#[derive(Clone, Debug)]
enum Damage {
    FlipBit(usize, u8),
    SetByte(usize, u8),
    Cut(usize, usize),
    CutEnd(usize),
    Repeat(usize, usize, usize),
    SwapLines(usize, usize),
    RepeatLine(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || 0usize..4_000;
    prop_oneof![
        (at(), 0u8..8).prop_map(|(at, bit)| Damage::FlipBit(at, bit)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::SetByte(at, byte)),
        (at(), 1usize..80).prop_map(|(at, length)| Damage::Cut(at, length)),
        at().prop_map(Damage::CutEnd),
        (at(), 1usize..120, 1usize..40).prop_map(|(at, length, n)| Damage::Repeat(at, length, n)),
        (at(), at()).prop_map(|(one, other)| Damage::SwapLines(one, other)),
        (at(), 1usize..60).prop_map(|(line, times)| Damage::RepeatLine(line, times)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damage: &Damage) -> Vec<u8> {
    let length = bytes.len().max(1);
    let range = |at: usize, long: usize| at % length..(at % length + long).min(length);
    match *damage {
        _ if bytes.is_empty() => {}
        Damage::FlipBit(at, bit) => bytes[at % length] ^= 1 << bit,
        Damage::SetByte(at, byte) => bytes[at % length] = byte,
        Damage::Cut(at, long) => {
            bytes.drain(range(at, long));
        }
        Damage::CutEnd(at) => bytes.truncate(at % length),
        Damage::Repeat(at, long, times) => {
            let part = bytes[range(at, long)].repeat(times);
            bytes.splice(at % length..at % length, part);
        }
        Damage::SwapLines(..) | Damage::RepeatLine(..) => {
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let count = lines.len();
            match *damage {
                Damage::SwapLines(one, other) => lines.swap(one % count, other % count),
                Damage::RepeatLine(line, times) => {
                    let again = std::iter::repeat_n(lines[line % count], times);
                    let again: Vec<&[u8]> = again.collect();
                    lines.splice(line % count..line % count, again);
                }
                _ => {}
            }
            bytes = lines.concat();
        }
    }
    bytes
}

/// What must hold of anything that was read.
fn check(read: &ReadBundle) {
    let errors = read
        .findings
        .iter()
        .filter(|one| one.severity == Severity::Error);
    assert_eq!(errors.count() as u64, read.errors.min(1_000));
    for finding in &read.findings {
        assert!(!finding.reason.is_empty());
    }
    if read.errors > 0 {
        assert!(read.bundle.is_empty());
        assert_eq!(read.findings[0].severity, Severity::Error);
    }
    let bundle = read.bundle.unpacked().unwrap();
    for fact in bundle.subjects.iter().flat_map(|subject| &subject.facts) {
        assert!((fact.evidence.source.0 as usize) < bundle.sources.len());
        fact.fact.clone().map_subjects(&mut |named| {
            let there = bundle.subjects.get(named.number() as usize);
            assert_eq!(there.map(|there| there.kind), Some(named.kind()));
            named
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_500, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_taken_or_refused(
        bytes in whole_file(),
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let bytes = damages.iter().fold(bytes, damaged);
        let began = Instant::now();
        let read = read_bytes("x.ged", &bytes, &ReadOptions::default());
        prop_assert!(began.elapsed() < Duration::from_secs(10));
        check(&read);
        let options = ReadOptions { accept_valid_rows: true, ..ReadOptions::default() };
        let taken = read_bytes("x.ged", &bytes, &options);
        prop_assert_eq!(taken.errors, read.errors);
        prop_assert!(taken.bundle.unpacked().is_ok());
    }
}

/// Lines that are not understood, and a word of what is said of them.
const FAULTS: [(&str, &str); 5] = [
    ("words without a level", "no level and tag"),
    ("7 NOTE too deep", "level 7 follows"),
    ("2 DATE the day of the flood", "the day of the flood"),
    ("1 FAMC @F77@", "F77"),
    ("1 ASSO @I77@", "I77"),
];

/// A file without faults: people of four lines each.
fn good_lines(people: usize) -> Vec<String> {
    let person = |n| {
        let name = format!("1 NAME Ann{n} /Lee/");
        [
            format!("0 @I{n}@ INDI"),
            name,
            "1 BIRT".to_owned(),
            "2 DATE 1901".to_owned(),
        ]
    };
    let head = ["0 HEAD", "1 GEDC", "2 VERS 5.5.1", "1 CHAR UTF-8"].map(str::to_owned);
    let lines = head.into_iter().chain((0..people).flat_map(person));
    lines.chain(["0 TRLR".to_owned()]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_finding_names_the_line_of_the_one_fault(
        people in 1usize..40,
        chosen in 0usize..1_000,
        (fault, word) in prop::sample::select(FAULTS.to_vec()),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let mut lines = good_lines(people);
        let read = |lines: &[String]| {
            let text = lines.join(end) + end;
            read_bytes("x.ged", text.as_bytes(), &ReadOptions::default())
        };
        prop_assert_eq!(&read(&lines).findings, &vec![]);
        // The date of somebody is the line damaged: the fourth of each four.
        let damaged = 7 + chosen % people * 4;
        lines[damaged] = fault.to_owned();
        let findings = read(&lines).findings;
        let found = findings.iter().find(|one| one.reason.contains(word));
        let line = found.map(|one| one.origin.line);
        prop_assert_eq!(line, Some(damaged as u64 + 1), "{:?}", findings);
        let is_near = |line: u64| line == damaged as u64 + 1;
        prop_assert!(findings.iter().all(|one| is_near(one.origin.line)), "{:?}", findings);
    }
}
