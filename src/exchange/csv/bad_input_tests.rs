//! Bad input of every kind: each gives exactly this finding, and nothing is taken.

use super::read_named_files;
use super::tests::{FOLDER, SOUND};
use crate::exchange::report::ReadOptions;
use crate::model::bundle::Severity;

/// A fault: file, its content in place of the sound one, and the finding as "file:line:column reason begins".
type Fault = (&'static str, &'static [u8], &'static str);

const FAULTS: &[Fault] = &[
    ("people.csv", b"", "people.csv:0: the file is empty"),
    ("people.csv", b" \n\n", "people.csv:0: the file is empty"),
    (
        "people.csv",
        b"full_name\nAnn\n",
        "people.csv:1:id the column \"id\" is needed and missing",
    ),
    (
        "people.csv",
        b"id;full_name\np1;Ann\n",
        "people.csv:1:id the column \"id\" is needed and missing (the columns seem to be separated by semicolons",
    ),
    (
        "people.csv",
        b"id,id\np1,p2\n",
        "people.csv:1:id the column \"id\" stands twice",
    ),
    (
        "people.csv",
        b"\xff\xfei\0d\0",
        "people.csv:0: the file is in UTF-16",
    ),
    (
        "people.csv",
        b"id,full_name\np1,Ann\np2,Zo\xe9\n",
        "people.csv:3: the row is not valid UTF-8",
    ),
    (
        "people.csv",
        b"id,full_name\np1,A\0nn\n",
        "people.csv:2:full_name the cell holds the control character 0x00",
    ),
    (
        "people.csv",
        b"\x7fELF\x02\x01\x01\0\0\0\n\x01",
        "people.csv:1: the cell holds the control character 0x7f",
    ),
    (
        "people.csv",
        b"id,full_name\np1\n",
        "people.csv:2: the row has 1 cells, the header has 2",
    ),
    (
        "people.csv",
        b"id,full_name\np1,Joseph, Ann\n",
        "people.csv:2: the row has 3 cells, the header has 2",
    ),
    (
        "people.csv",
        b"id,full_name\np1,Ann\np2,\"Mar\np3,Rose\n",
        "people.csv:3:full_name a quote opens in this row and is never closed",
    ),
    (
        "people.csv",
        b"id,full_name\r\n\r\np1,Ann\r\np1,Rose\r\n",
        "people.csv:4:id the id \"p1\" is used already in people.csv line 3",
    ),
    (
        "people.csv",
        b"id,full_name\nn1,Ann\n",
        "people.csv:2:id the id \"n1\" is used already in nations.csv line 2",
    ),
    (
        "people.csv",
        b"id,full_name\n,Ann\n",
        "people.csv:2:id \"id\" is needed and empty",
    ),
    (
        "people.csv",
        b"id,full_name\nplace/x,Ann\n",
        "people.csv:2:id the id \"place/x\" begins like the ids that are made",
    ),
    (
        "people.csv",
        b"id,birth_date\np1,2012-02-31\n",
        "people.csv:2:birth_date \"2012-02-31\" is not a date: there is no such day",
    ),
    (
        "people.csv",
        b"id,birth_date\np1,12/03/2012\n",
        "people.csv:2:birth_date \"12/03/2012\" is not a date",
    ),
    (
        "people.csv",
        b"id,birth_date\np1,[1970..1960]\n",
        "people.csv:2:birth_date \"[1970..1960]\" is not a date",
    ),
    (
        "people.csv",
        b"id,birth_date\np1,Y-2147483648\n",
        "people.csv:2:birth_date \"Y-2147483648\" is not a date: the year is too far off",
    ),
    (
        "people.csv",
        b"id,birth_date,death_date\np1,1990,1980\n",
        "people.csv:2:death_date the death (1980) lies before the birth (1990)",
    ),
    (
        "people.csv",
        b"id,deceased,death_date\np1,no,1980\n",
        "people.csv:2:deceased \"no\" contradicts the death_date",
    ),
    (
        "people.csv",
        b"id,gender\np1,woman\n",
        "people.csv:2:gender \"woman\" is none of female, male, other",
    ),
    (
        "people.csv",
        b"id,deceased\np1,perhaps\n",
        "people.csv:2:deceased \"perhaps\" is neither yes nor no",
    ),
    (
        "people.csv",
        b"id,aliases\np1,nick=Bo\n",
        "people.csv:2:aliases \"nick\" is none of legal, birth, previous, alias, used, traditional",
    ),
    (
        "people.csv",
        b"id,nations\np1,n1=friend\n",
        "people.csv:2:nations \"friend\" is none of member, entitled",
    ),
    (
        "people.csv",
        b"id,certainty\np1,sure\n",
        "people.csv:2:certainty \"sure\" is none of confirmed, reported, disputed, disproved",
    ),
    (
        "people.csv",
        b"id,sealed\np1,secret\n",
        "people.csv:2:sealed \"secret\" is none of adoption, address, safety",
    ),
    (
        "people.csv",
        b"id,source\np1,file|p. 1|yesterday\n",
        "people.csv:2:source \"yesterday\" is not a date",
    ),
    (
        "people.csv",
        b"id,source\np1,a|b||c|d\n",
        "people.csv:2:source \"a|b||c|d\" has more than document|page|date|asserter",
    ),
    (
        "places.csv",
        b"name,lat,lon\nVernon,95,10\n",
        "places.csv:2:lat \"95\" is not a number from -90 to 90",
    ),
    (
        "places.csv",
        b"name,lat,lon\nVernon,50,\n",
        "places.csv:2:lat lat and lon are needed both",
    ),
    (
        "places.csv",
        b"name,lat,lon\nVernon,NaN,10\n",
        "places.csv:2:lat \"NaN\" is not a number",
    ),
    (
        "places.csv",
        b"name,region\nVernon,BC\nVERNON,BC\n",
        "places.csv:3:name the place \"VERNON\" with this region stands already",
    ),
    (
        "nations.csv",
        b"id,name,part_of\nn1,OKIB,n1\n",
        "nations.csv:2:part_of a nation cannot be part of itself",
    ),
    (
        "nations.csv",
        b"id,name,level\nn1,OKIB,tribe\n",
        "nations.csv:2:level \"tribe\" is none of community, people, language",
    ),
    (
        "nations.csv",
        b"id,name,offered_people\nn1,OKIB,p99\n",
        "nations.csv:2:offered_people there is no person with the id \"p99\"",
    ),
    (
        "ties.csv",
        b"kind,from,to\nparent,p9,p1\n",
        "ties.csv:2:from there is no person with the id \"p9\"",
    ),
    (
        "ties.csv",
        b"kind,from,to\nparent,h1,p1\n",
        "ties.csv:2:from the id \"h1\" is a household (households.csv line 2); a person is needed",
    ),
    (
        "ties.csv",
        b"kind,from,to\nparent,p1,p1\n",
        "ties.csv:2:to \"p1\" is tied to itself",
    ),
    (
        "ties.csv",
        b"kind,from,to\nunion,p2,p2\n",
        "ties.csv:2:to \"p2\" is tied to itself",
    ),
    (
        "ties.csv",
        b"kind,from,to\ncousin,p2,p1\n",
        "ties.csv:2:kind \"cousin\" is none of parent, union, stated_kin, network, household, membership",
    ),
    (
        "ties.csv",
        b"kind,from,to,nature\nparent,p2,p1,real\n",
        "ties.csv:2:nature \"real\" is none of birth, adoptive",
    ),
    (
        "ties.csv",
        b"kind,from,to,role\nstated_kin,p3,p1,boss\n",
        "ties.csv:2:role \"boss\" is not a word of kinship",
    ),
    (
        "ties.csv",
        b"kind,from,to,role\nnetwork,p3,p1,\n",
        "ties.csv:2:role \"role\" is needed and empty",
    ),
    (
        "ties.csv",
        b"kind,from,to,from_date,to_date\nunion,p3,p2,2010,2005\n",
        "ties.csv:2:to_date the end (2005) lies before the beginning (2010)",
    ),
    (
        "ties.csv",
        b"kind,from,to\nparent,p3,p4\nparent,p4,p3\n",
        "ties.csv:3:from a person would be their own ancestor, each arrow leading to a birth parent: p4 → p3 → p4",
    ),
    (
        "ties.csv",
        b"kind,from,to\nparent,p1,p2\n",
        "ties.csv:2:from the child is older than the parent: \"p2\" (born 1990~) and the birth parent \"p1\" (born 2012-03-04)",
    ),
    (
        "cautions.csv",
        b"person,kind\np1,danger\n",
        "cautions.csv:2:kind \"danger\" is none of barred_from_placement",
    ),
    (
        "screenings.csv",
        b"person,kind,result\np1,home visit,fine\n",
        "screenings.csv:2:result \"fine\" is none of cleared, pending, concerns",
    ),
    (
        "cases.csv",
        b"id,child\nc1,p77\n",
        "cases.csv:2:child there is no person with the id \"p77\"",
    ),
    (
        "cases.csv",
        b"id,child,needs\nc1,p1,learning=7\n",
        "cases.csv:2:needs \"7\" is not a number from 0 to 3",
    ),
    (
        "cases.csv",
        b"id,child,siblings_in_care\nc1,p1,p1\n",
        "cases.csv:2:siblings_in_care the child stands among their own siblings",
    ),
    (
        "families.csv",
        b"id,capacity\nf1,-1\n",
        "families.csv:2:capacity \"-1\" is not a number from 0 to 20",
    ),
    (
        "families.csv",
        b"id,age_from,age_to\nf1,9,5\n",
        "families.csv:2:age_to 5 is less than age_from (9)",
    ),
    (
        "families.csv",
        b"id,accepts\nf1,learning\n",
        "families.csv:2:accepts \"learning\" is not like learning=2=accept",
    ),
    (
        "inquiries.csv",
        b"case,about,answer\nc9,all,named\n",
        "inquiries.csv:2:case there is no case with the id \"c9\"",
    ),
    (
        "outreach.csv",
        b"case,whom,state\nc1,zz,willing\n",
        "outreach.csv:2:whom there is no person with the id \"zz\"",
    ),
];

/// The sound bundle with one file replaced.
fn read_with(
    file: &str,
    content: &[u8],
    options: &ReadOptions,
) -> crate::exchange::report::ReadBundle {
    let files: Vec<(&str, &[u8])> = SOUND
        .iter()
        .map(|(name, text)| {
            (
                *name,
                if *name == file {
                    content
                } else {
                    text.as_bytes()
                },
            )
        })
        .collect();
    read_named_files(FOLDER, &files, options)
}

#[test]
fn every_fault_is_told_exactly_and_nothing_is_taken() {
    for (file, content, expected) in FAULTS {
        let read = read_with(file, content, &ReadOptions::default());
        let told: Vec<String> = read
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| {
                let origin = &finding.origin;
                format!(
                    "{}:{}:{} {}",
                    origin.file, origin.line, origin.field, finding.reason
                )
            })
            .collect();
        assert!(
            told.iter().any(|told| told.starts_with(expected)),
            "wanted {expected}\nfound {told:#?}"
        );
        assert!(
            read.errors > 0
                && read.bundle.unpacked().unwrap().subjects.is_empty()
                && read.bundle.unpacked().unwrap().sources.is_empty(),
            "{expected}"
        );
    }
}

#[test]
fn a_huge_cell_is_refused() {
    let content = format!("id,full_name\np1,{}\n", "x".repeat(70_000));
    let read = read_with("people.csv", content.as_bytes(), &ReadOptions::default());
    let first = read
        .findings
        .first()
        .map(|finding| (finding.origin.line, finding.reason.as_str()));
    assert_eq!(
        first,
        Some((2, "the cell has 70000 bytes; at most 65536 are taken"))
    );
    assert!(read.bundle.unpacked().unwrap().subjects.is_empty());
}

#[test]
fn a_bundle_without_people_is_refused() {
    let read = read_named_files(FOLDER, &[], &ReadOptions::default());
    assert_eq!(read.errors, 1);
    assert!(read.findings[0].reason.starts_with("the file is missing"));
}

#[test]
fn doubts_are_warnings_and_the_rows_are_taken() {
    let today = "2026-11-21".parse().ok();
    let cases: [(&str, &[u8], &str); 6] = [
        (
            "people.csv",
            b"id,birth_date,colour\np1,2012,red\np2,1990,\np3,,\np4,1955,\n",
            "the column \"colour\" is not known",
        ),
        (
            "people.csv",
            b"id,birth_date\np1,2030\np2,1990\np3,\np4,1955\n",
            "2030 lies in the future",
        ),
        (
            "people.csv",
            b"id,full_name,nations\np1,Ann,Elsewhere\np2,,\np3,,\np4,,\n",
            "no nation has the id or name \"Elsewhere\"",
        ),
        (
            "ties.csv",
            b"kind,from,to\nunion,p2,p3\nunion,p3,p2\n",
            "the same tie stands in line 2",
        ),
        (
            "ties.csv",
            b"kind,from,to\nparent,p2,p1\nparent,p3,p1\nparent,p4,p1\n",
            "\"p1\" has more than two birth parents",
        ),
        (
            "ties.csv",
            b"kind,from,to,role\nnetwork,p2,p1,astronaut\n",
            "\"astronaut\" is not a known role",
        ),
    ];
    for (file, content, expected) in cases {
        let options = ReadOptions {
            accept_valid_rows: false,
            today,
        };
        let read = read_with(file, content, &options);
        assert_eq!(read.errors, 0, "{:?}", read.findings);
        assert!(
            read.findings
                .iter()
                .any(|finding| finding.reason.starts_with(expected)),
            "{expected}: {:?}",
            read.findings
        );
        assert!(!read.bundle.unpacked().unwrap().subjects.is_empty());
    }
}
