//! Files made to do harm: each is taken or refused with line and reason; none panics or hangs.

use super::{read_bytes, read_file};
use crate::exchange::report::ReadOptions;
use std::time::{Duration, Instant};

/// What must come of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Taken,
    Refused,
    /// Whichever: it must only end.
    Either,
}

use Outcome::{Either, Refused, Taken};

const HEAD: &str = "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n";
const ANN: &str = "0 @I1@ INDI\n1 NAME Ann /Lee/\n";
const TRLR: &str = "0 TRLR\n";

fn file(records: &str) -> Vec<u8> {
    format!("{HEAD}{records}{TRLR}").into_bytes()
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2], mark: &[u8]) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(to_bytes);
    mark.iter().copied().chain(units).collect()
}

fn repeated(line: &str, times: usize) -> Vec<u8> {
    file(&format!("{ANN}{}", line.repeat(times)))
}

fn levels(count: u32) -> Vec<u8> {
    let deep: String = (2..count)
        .map(|level| format!("{level} NOTE x\n"))
        .collect();
    file(&format!("{ANN}1 _A\n{deep}"))
}

fn small_files() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    let whole = format!("{HEAD}{ANN}{TRLR}");
    let text = |records: &str| file(records);
    vec![
        ("empty", Vec::new(), Refused),
        ("one byte", vec![0], Refused),
        ("only line ends", b"\n\r\n\r".to_vec(), Refused),
        ("only a BOM", b"\xef\xbb\xbf".to_vec(), Refused),
        ("half a BOM", b"\xef\xbb".to_vec(), Refused),
        ("not GEDCOM", b"id,name\n1,Ann\n".to_vec(), Refused),
        ("head alone", b"0 HEAD".to_vec(), Refused),
        ("no trailer", format!("{HEAD}{ANN}").into_bytes(), Taken),
        (
            "cut in a tag",
            whole.as_bytes()[..whole.len() - 3].to_vec(),
            Refused,
        ),
        (
            "cut in a name",
            format!("{HEAD}0 @I1@ INDI\n1 NAME An").into_bytes(),
            Refused,
        ),
        ("whole", whole.clone().into_bytes(), Taken),
        (
            "UTF-8 BOM",
            [b"\xef\xbb\xbf", whole.as_bytes()].concat(),
            Taken,
        ),
        (
            "BOM in the middle",
            text(&format!("{ANN}\u{feff}1 SEX F\n")),
            Taken,
        ),
        (
            "BOM in a value",
            text("0 @I1@ INDI\n1 NAME A\u{feff}nn /Lee/\n"),
            Taken,
        ),
        (
            "UTF-16 little",
            utf16(&whole, u16::to_le_bytes, b"\xff\xfe"),
            Taken,
        ),
        (
            "UTF-16 big",
            utf16(&whole, u16::to_be_bytes, b"\xfe\xff"),
            Taken,
        ),
        (
            "UTF-16 without a mark",
            utf16(&whole, u16::to_le_bytes, b""),
            Either,
        ),
        (
            "UTF-16 cut in a unit",
            {
                let mut bytes = utf16(&whole, u16::to_le_bytes, b"\xff\xfe");
                bytes.pop();
                bytes
            },
            Either,
        ),
        (
            "UTF-16 lone surrogate",
            [utf16(&whole, u16::to_le_bytes, b"\xff\xfe"), vec![0, 0xd8]].concat(),
            Either,
        ),
        ("UTF-32 mark", b"\xff\xfe\x00\x000 HEAD".to_vec(), Refused),
        (
            "bad UTF-8",
            [
                HEAD.as_bytes(),
                b"0 @I1@ INDI\n1 NAME \xff\xfe\x80 /Lee/\n0 TRLR\n",
            ]
            .concat(),
            Either,
        ),
        (
            "overlong UTF-8",
            [
                HEAD.as_bytes(),
                b"0 @I1@ INDI\n1 NAME \xc0\xaf /Lee/\n0 TRLR\n",
            ]
            .concat(),
            Either,
        ),
        (
            "says ANSEL",
            format!("0 HEAD\n1 CHAR ANSEL\n{ANN}{TRLR}").into_bytes(),
            Taken,
        ),
        (
            "ANSEL mark at the end",
            b"0 HEAD\n1 CHAR ANSEL\n0 @I1@ INDI\n1 NAME A\xe2\n0 TRLR\n".to_vec(),
            Either,
        ),
        (
            "says an unknown set",
            format!("0 HEAD\n1 CHAR KLINGON\n{ANN}{TRLR}").into_bytes(),
            Taken,
        ),
        (
            "says UNICODE in bytes",
            format!("0 HEAD\n1 CHAR UNICODE\n{ANN}{TRLR}").into_bytes(),
            Either,
        ),
        (
            "NUL in a value",
            text("0 @I1@ INDI\n1 NAME A\0nn\n"),
            Refused,
        ),
        ("only NULs", vec![0; 4096], Refused),
        (
            "control characters",
            text("0 @I1@ INDI\n1 NAME A\u{1}\u{1b}[2J /Lee/\n"),
            Either,
        ),
        ("CR ends", whole.replace('\n', "\r").into_bytes(), Taken),
        (
            "CR LF ends",
            whole.replace('\n', "\r\n").into_bytes(),
            Taken,
        ),
        (
            "LF CR ends",
            whole.replace('\n', "\n\r").into_bytes(),
            Taken,
        ),
        (
            "mixed ends",
            format!("0 HEAD\r1 GEDC\r\n2 VERS 5.5.1\n{ANN}{TRLR}").into_bytes(),
            Taken,
        ),
        (
            "unicode line ends",
            text("0 @I1@ INDI\n1 NAME A\u{2028}B /Lee/\n"),
            Taken,
        ),
        ("level jump", text(&format!("{ANN}7 DEEP x\n")), Taken),
        (
            "level of 40 digits",
            text(&format!("{ANN}{} X y\n", "9".repeat(40))),
            Taken,
        ),
        ("negative level", text(&format!("{ANN}-1 X y\n")), Taken),
        ("begins at level 1", b"1 HEAD\n0 TRLR\n".to_vec(), Refused),
        ("no tags", text(&format!("{ANN}1\n2\n1 \n")), Taken),
        (
            "tag of 1,000 letters",
            text(&format!("{ANN}1 {} y\n", "T".repeat(1000))),
            Taken,
        ),
        (
            "reference used twice",
            text(&format!("{ANN}{ANN}")),
            Refused,
        ),
        ("no reference", text("0 INDI\n1 NAME Ann\n"), Taken),
        ("empty reference", text("0 @@ INDI\n1 NAME Ann\n"), Taken),
        (
            "reference without an end",
            text("0 @I1 INDI\n1 NAME Ann\n"),
            Either,
        ),
        (
            "reference of 100,000 letters",
            text(&format!("0 @{}@ INDI\n", "I".repeat(100_000))),
            Either,
        ),
        ("family of nobody", text("0 @F1@ FAM\n1 HUSB @I9@\n"), Taken),
        (
            "child of no family",
            text(&format!("{ANN}1 FAMC @F9@\n")),
            Taken,
        ),
        (
            "child of a person",
            text(&format!("{ANN}1 FAMC @I1@\n")),
            Taken,
        ),
        (
            "pointer that is none",
            text(&format!("{ANN}1 FAMC F1\n")),
            Taken,
        ),
        (
            "VOID pointers",
            text("0 @F1@ FAM\n1 HUSB @VOID@\n1 CHIL @VOID@\n"),
            Taken,
        ),
        (
            "own parent",
            text(&format!(
                "{ANN}1 FAMC @F1@\n0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I1@\n"
            )),
            Taken,
        ),
        (
            "own spouse",
            text(&format!("{ANN}0 @F1@ FAM\n1 HUSB @I1@\n1 WIFE @I1@\n")),
            Taken,
        ),
        (
            "own grandparent",
            text(&format!(
                "{ANN}0 @I2@ INDI\n1 NAME Bo\n0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I2@\n0 @F2@ FAM\n1 HUSB @I2@\n1 CHIL @I1@\n"
            )),
            Taken,
        ),
        (
            "associate of oneself",
            text(&format!("{ANN}1 ASSO @I1@\n2 RELA friend\n")),
            Taken,
        ),
        (
            "source of itself",
            text(&format!(
                "{ANN}1 SOUR @S1@\n0 @S1@ SOUR\n1 TITL a\n1 SOUR @S1@\n"
            )),
            Taken,
        ),
        (
            "note that points to itself",
            text(&format!("{ANN}1 NOTE @N1@\n0 @N1@ NOTE\n1 NOTE @N1@\n")),
            Taken,
        ),
        (
            "impossible date",
            text(&format!("{ANN}1 BIRT\n2 DATE 31 FEB 1900\n")),
            Taken,
        ),
        (
            "date of 100,000 letters",
            text(&format!("{ANN}1 BIRT\n2 DATE {}\n", "1".repeat(100_000))),
            Taken,
        ),
        (
            "bounds of dates",
            text(&format!(
                "{ANN}1 BIRT\n2 DATE BEF 0 B.C.\n1 DEAT\n2 DATE AFT 31 DEC 9999\n"
            )),
            Taken,
        ),
        (
            "born after death",
            text(&format!("{ANN}1 BIRT\n2 DATE 2000\n1 DEAT\n2 DATE 1900\n")),
            Either,
        ),
        (
            "map out of the world",
            text(&format!(
                "{ANN}1 BIRT\n2 PLAC X\n3 MAP\n4 LATI N1e999\n4 LONG WNaN\n"
            )),
            Taken,
        ),
        (
            "only slashes for a name",
            text("0 @I1@ INDI\n1 NAME ////////\n"),
            Taken,
        ),
        (
            "line too long",
            text(&format!("{ANN}1 NOTE {}\n", "x".repeat(2 << 20))),
            Refused,
        ),
        (
            "GEDZIP as it is",
            b"PK\x03\x04 and then nothing".to_vec(),
            Refused,
        ),
        (
            "trailer in the middle",
            format!("{HEAD}{TRLR}{ANN}{TRLR}").into_bytes(),
            Taken,
        ),
        (
            "lines after the trailer",
            format!("{whole}0 @I2@ INDI\n").into_bytes(),
            Taken,
        ),
        (
            "lower-case tags",
            text("0 @i1@ indi\n1 name Ann /Lee/\n"),
            Taken,
        ),
        (
            "tabs for spaces",
            text("0\t@I1@\tINDI\n1\tNAME\tAnn\n"),
            Taken,
        ),
        (
            "restrictions in a list",
            text(&format!(
                "{ANN}1 RESN CONFIDENTIAL, LOCKED\n1 ORDN\n2 TYPE x\n"
            )),
            Taken,
        ),
        (
            "note used twice",
            text(&format!("{ANN}0 @N1@ NOTE a\n0 @N1@ NOTE b\n")),
            Taken,
        ),
        (
            "family without a reference",
            text(&format!("{ANN}0 FAM\n1 HUSB @I1@\n1 CHIL @I1@\n")),
            Taken,
        ),
        (
            "members that look like kept ones",
            text(&format!(
                "{ANN}0 @F1@ FAM\n1 HUSB @I1@\n1 MEMBERS @I1@\n1 = x\n1 DATE! 1\n"
            )),
            Taken,
        ),
        (
            "@ signs",
            text(&format!("{ANN}1 NOTE @@@@@ @ @#@ @#D@\n")),
            Taken,
        ),
    ]
}

fn big_files() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    let people: String = (0..50_000).map(|n| format!("0 @P{n}@ INDI\n")).collect();
    let one_family: String = (0..20_000)
        .map(|n| format!("0 @P{n}@ INDI\n1 FAMC @F1@\n"))
        .chain(["0 @F1@ FAM\n".to_owned()])
        .chain((0..20_000).map(|n| format!("1 CHIL @P{n}@\n")))
        .collect();
    let lone: String = (0..20_000)
        .map(|n| format!("0 @F{n}@ FAM\n1 HUSB @I1@\n"))
        .collect();
    vec![
        ("100,000 levels", levels(100_000), Taken),
        ("100,000 tiny lines", repeated("1 X\n", 100_000), Taken),
        (
            "100,000 residences",
            repeated("1 RESI\n2 PLAC z\n", 100_000),
            Taken,
        ),
        ("100,000 names", repeated("1 NAME B /C/\n", 100_000), Taken),
        (
            "50,000 notes",
            repeated("1 NOTE x\n2 CONT y\n", 50_000),
            Taken,
        ),
        ("50,000 people without a word", file(&people), Taken),
        ("20,000 children of nobody", file(&one_family), Taken),
        (
            "20,000 families of one",
            file(&format!("{ANN}{lone}")),
            Taken,
        ),
    ]
}

fn check(files: Vec<(&'static str, Vec<u8>, Outcome)>, most: Duration) {
    for (name, bytes, outcome) in files {
        let began = Instant::now();
        let read = read_bytes("x.ged", &bytes, &ReadOptions::default());
        assert!(began.elapsed() < most, "{name}: {:?}", began.elapsed());
        let found = if read.errors == 0 { Taken } else { Refused };
        assert!(
            outcome == Either || found == outcome,
            "{name}: {found:?}: {:?}",
            read.findings.first()
        );
        if found == Refused {
            assert!(!read.findings[0].reason.is_empty(), "{name}");
            assert!(
                read.bundle.unpacked().unwrap().subjects.is_empty(),
                "{name}"
            );
        }
    }
}

#[test]
fn hostile_files_are_taken_or_refused() {
    let files = small_files();
    assert!(files.len() >= 60, "{}", files.len());
    check(files, Duration::from_secs(5));
}

#[test]
fn huge_files_end_in_time() {
    check(big_files(), Duration::from_secs(20));
}

#[test]
fn every_beginning_of_a_file_ends() {
    let whole = file(&format!(
        "{ANN}1 BIRT\n2 DATE BET 1 JAN 1900 AND 2 FEB 1901\n2 PLAC X\n1 NOTE y\n2 CONT z\n"
    ));
    for length in 0..whole.len() {
        let read = read_bytes("x.ged", &whole[..length], &ReadOptions::default());
        let told = read.errors + read.warnings;
        assert!(told > 0 || length + 1 >= whole.len(), "{length}");
    }
}

#[test]
fn an_archive_that_unpacks_to_far_more_is_refused() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    for (name, text, is_taken) in [
        ("good.gdz", file(ANN), true),
        ("bomb.gdz", vec![b' '; 8 << 20], false),
    ] {
        let path = folder.path().join(name);
        let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("gedcom.ged", options).unwrap();
        archive.write_all(&text).unwrap();
        archive.finish().unwrap();
        let read = read_file(&path, &ReadOptions::default());
        assert_eq!(read.is_ok_and(|read| read.errors == 0), is_taken, "{name}");
    }
}
