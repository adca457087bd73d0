//! A sound bundle reads as it is meant; mutations of it never make the reader panic.

use super::read_named_files;
use crate::exchange::report::{ReadBundle, ReadOptions};
use crate::model::bundle::{Bundle, BundleSubject};
use crate::model::case::OutreachTarget;
use crate::model::ids::{NationId, PersonId, SubjectKind};
use crate::model::person::{ContactKind, Gender, NameKind};
use crate::model::same_person::{Probability, SamePersonLink, Verdict};
use crate::model::statement::{Certainty, Fact, SealClass};
use crate::model::tie::{ParentNature, Side, UnionState};
use proptest::prelude::*;
use std::path::Path;

pub const FOLDER: &str = "example";

/// A small family with one row or more in every file.
pub const SOUND: [(&str, &str); 12] = [
    (
        "places.csv",
        "name,region,lat,lon,source\nVernon,BC,50.27,-119.27,gazetteer\n",
    ),
    (
        "nations.csv",
        "id,name,other_names,level,part_of,languages,number,offered_people\n\
         n1,Okanagan Indian Band,OKIB,community,n2,nsyilxcən,616,p3\nn2,Syilx,Okanagan Nation,people,,,,\n",
    ),
    ("households.csv", "id,name\nh1,12 Pine Street\n"),
    (
        "people.csv",
        "id,full_name,given_names,family_name,birth_family_name,aliases,gender,birth_date,birth_place,deceased,death_date,places,nations,languages,phones,emails,description,certainty,sealed,source\n\
         p1,Ann Lee Joseph,Ann,Joseph,,used=Annie;Lee,F,2012-03-04,Vernon,,,Kelowna@2012/2015;Vernon@2015,n1=entitled;Okanagan Nation,English;nsyilxcən,250-555-0100,a@example.org,,confirmed,,file 1|p. 2|2020-01-02|worker\n\
         p2,,Marg,Joseph,Louie,,female,1990~,,,,,,,,,,,,\n\
         p3,,,,,,M,,,,,,,,,,mother's brother,,,\n\
         p4,Rose Louie,,,,,F,[1955..1960],,yes,,,,,,,,,,\n",
    ),
    (
        "ties.csv",
        "kind,from,to,nature,role,side,legal_state,from_date,to_date,certainty,sealed,source\n\
         parent,p2,p1,,,,suspended,,,confirmed,adoption,file 1\n\
         parent,p4,p2,birth,,,,,,,,\n\
         union,p2,p3,common_law,,,,2010,2013,,,\n\
         stated_kin,p3,p1,told,Uncle,maternal,,,,,,file 1\n\
         network,p4,p1,paid,Former foster-parent,,,2013,2014,,,\n\
         household,p4,h1,,,,,,,,,\n\
         membership,p4,OKIB,member,band office,,,,,,,\n",
    ),
    (
        "cautions.csv",
        "person,kind,note,sealed\np3,supervisor_first,call first,safety\n",
    ),
    (
        "screenings.csv",
        "person,kind,result,date\np4,criminal record,cleared,2024\n",
    ),
    (
        "cases.csv",
        "id,child,legal_status,siblings_in_care,needs,wishes,active\nc1,p1,,,learning=2,stay near school,yes\n",
    ),
    (
        "families.csv",
        "id,name,members,approval,capacity,age_from,age_to,place,accepts\n\
         f1,Pine family,p4,approved,2,5,15,Vernon,learning=2=would_consider\n",
    ),
    (
        "inquiries.csv",
        "case,asked,date,side,about,answer\nc1,p2,2024-05,maternal,grandparents,named\n",
    ),
    (
        "outreach.csv",
        "case,whom,purpose,state,date\nc1,n1,notice,contacted,2024-06-01\nc1,p4,connection,willing,\n",
    ),
    (
        "same_person.csv",
        "one,other,probability,verdict,verdict_reason,parameters,reasons,sealed,source\n\
         p2,p4,0.934,different,mother and daughter,v1,family name=exact=3.25=both Joseph;birth date=differs=-4.1=,,linkage\n",
    ),
];

/// The bundle with its facts in the open; a test may hold it to its end.
fn whole(read: &ReadBundle) -> &'static Bundle {
    Box::leak(Box::new(read.bundle.unpacked().unwrap()))
}

pub fn read(files: &[(&str, &str)], options: &ReadOptions) -> ReadBundle {
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .collect();
    read_named_files(FOLDER, &files, options)
}

fn subject<'b>(read: &'b ReadBundle, xref: &str) -> &'b BundleSubject {
    let found = whole(read)
        .subjects
        .iter()
        .find(|subject| subject.external_id.xref == xref);
    found.unwrap_or_else(|| panic!("no subject {xref}"))
}

fn number(read: &ReadBundle, xref: &str) -> u64 {
    let position = whole(read)
        .subjects
        .iter()
        .position(|subject| subject.external_id.xref == xref);
    position.unwrap_or_else(|| panic!("no subject {xref}")) as u64
}

fn facts<'b>(read: &'b ReadBundle, xref: &str) -> Vec<&'b Fact> {
    subject(read, xref)
        .facts
        .iter()
        .map(|fact| &fact.fact)
        .collect()
}

#[test]
fn a_sound_bundle_has_no_findings() {
    let read = read(&SOUND, &ReadOptions::default());
    assert_eq!(read.findings, []);
    assert_eq!(read.rows_read, 23);
    let kinds = |kind| {
        whole(&read)
            .subjects
            .iter()
            .filter(|subject| subject.kind == kind)
            .count()
    };
    assert_eq!(kinds(SubjectKind::Person), 4);
    assert_eq!(kinds(SubjectKind::Place), 2);
    assert_eq!(kinds(SubjectKind::Nation), 2);
    assert_eq!(subject(&read, "p1").external_id.to_string(), "example:p1");
    assert_eq!(subject(&read, "place/kelowna").kind, SubjectKind::Place);
}

#[test]
fn a_same_person_link_is_read_with_its_reasons_and_verdict() {
    let read = read(&SOUND, &ReadOptions::default());
    let links: Vec<&SamePersonLink> = facts(&read, "p2")
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::SamePerson(link) => Some(link),
            _ => None,
        })
        .collect();
    let [link] = links[..] else {
        panic!("{links:?}");
    };
    assert_eq!(link.other, PersonId(number(&read, "p4")));
    assert_eq!(link.probability, Probability::new(0.934));
    assert_eq!(link.verdict, Verdict::Different);
    assert_eq!(link.verdict_reason, "mother and daughter");
    let weights: Vec<(&str, f64)> = link
        .reasons
        .iter()
        .map(|reason| (reason.field.as_str(), reason.weight.bits()))
        .collect();
    assert_eq!(weights, [("family name", 3.25), ("birth date", -4.1)]);
}

#[test]
fn a_same_person_link_that_cannot_be_is_refused() {
    let table = [
        ("p2,p2,0.9,,,,", "always the same person as itself"),
        ("p2,p4,1.2,,,,", "not a number from 0 to 1"),
        ("p2,p4,0.9,maybe,,,", "maybe"),
        ("p2,p4,0.9,,,,names agree", "field=agreement=bits=words"),
        ("p2,p9,0.9,,,,", "no person with the id"),
        ("p2,p4,,,,,\np4,p2,,,,,", "stand in the file already"),
    ];
    for (row, reason) in table {
        let text =
            format!("one,other,probability,verdict,verdict_reason,parameters,reasons\n{row}\n");
        let mut files: Vec<(&str, &str)> = SOUND.to_vec();
        files.retain(|(name, _)| *name != "same_person.csv");
        files.push(("same_person.csv", &text));
        let read = read(&files, &ReadOptions::default());
        assert_eq!(read.errors, 1, "{row}");
        assert!(
            read.findings[0].reason.contains(reason),
            "{row}: {:?}",
            read.findings
        );
    }
}

#[test]
fn people_are_read_in_every_part() {
    let read = read(&SOUND, &ReadOptions::default());
    let names: Vec<(NameKind, &str)> = facts(&read, "p1")
        .iter()
        .filter_map(|fact| match fact {
            Fact::Name(name) => Some((name.kind, name.full.as_str())),
            _ => None,
        })
        .collect();
    let expected = [
        (NameKind::Legal, "Ann Lee Joseph"),
        (NameKind::Used, "Annie"),
        (NameKind::Alias, "Lee"),
    ];
    assert_eq!(names, expected);
    let person = facts(&read, "p1");
    let vernon = number(&read, "place/vernon");
    assert!(
        person.iter().any(
            |fact| matches!(fact, Fact::Birth { place: Some(place), .. } if place.0 == vernon)
        )
    );
    assert!(person.contains(&&Fact::Gender(Gender::Female)));
    assert!(
        person.iter().any(
            |fact| matches!(fact, Fact::Contact(contact) if contact.kind == ContactKind::Email)
        )
    );
    let memberships = person.iter().filter_map(|fact| match fact {
        Fact::Membership(membership) => Some(membership.nation),
        _ => None,
    });
    let nations = [NationId(number(&read, "n1")), NationId(number(&read, "n2"))];
    assert!(memberships.eq(nations));
    let first = &subject(&read, "p1").facts[0].evidence;
    assert_eq!(first.certainty, Certainty::Confirmed);
    let source = &whole(&read).sources[first.source.0 as usize];
    assert_eq!(
        (
            source.document.as_str(),
            source.page.as_str(),
            source.asserter.as_str()
        ),
        ("file 1", "p. 2", "worker")
    );
    assert!(
        facts(&read, "p2")
            .iter()
            .any(|fact| matches!(fact, Fact::Name(name) if name.full == "Marg Louie"))
    );
    assert!(facts(&read, "p3").contains(&&Fact::Unnamed("mother's brother".to_owned())));
    assert!(
        facts(&read, "p4")
            .iter()
            .any(|fact| matches!(fact, Fact::Death(death) if death.dead))
    );
}

#[test]
fn a_row_whose_ends_were_exchanged_is_taken_the_other_way_round_and_told() {
    let people =
        "id,full_name,birth_date\nchild,Ann Lee,2014\nteacher,Jo Park,1980\naunt,Bea Lee,1985\n";
    let ties = "kind,from,to,role,side\nnetwork,child,teacher,teacher,\nstated_kin,child,aunt,auntie,maternal\n";
    let read = read(
        &[("people.csv", people), ("ties.csv", ties)],
        &ReadOptions::default(),
    );
    assert_eq!((read.errors, read.warnings), (0, 2));
    assert!(read.findings.iter().all(|finding| {
        finding
            .reason
            .ends_with("the row is taken the other way round")
    }));
    let (teacher, aunt) = (
        PersonId(number(&read, "teacher")),
        PersonId(number(&read, "aunt")),
    );
    let of_child = facts(&read, "child");
    assert!(
        of_child
            .iter()
            .any(|fact| matches!(fact, Fact::Network(tie) if tie.adult == teacher))
    );
    assert!(
        of_child
            .iter()
            .any(|fact| matches!(fact, Fact::StatedKin(tie) if tie.kin == aunt))
    );
}
#[test]
fn ties_stand_with_their_first_end() {
    let read = read(&SOUND, &ReadOptions::default());
    let child = subject(&read, "p1");
    let parent = child
        .facts
        .iter()
        .find(|fact| matches!(fact.fact, Fact::Parent(_)));
    let parent = parent.unwrap_or_else(|| panic!("no parent"));
    assert_eq!(parent.evidence.seal, SealClass::Adoption);
    let Fact::Parent(tie) = &parent.fact else {
        return;
    };
    assert_eq!(
        (tie.parent, tie.nature),
        (PersonId(number(&read, "p2")), ParentNature::Birth)
    );
    assert!(
        facts(&read, "p1")
            .iter()
            .any(|fact| matches!(fact, Fact::StatedKin(kin)
        if kin.side == Side::Maternal && kin.as_told == "Uncle" && kin.term.degree() == 3))
    );
    assert!(
        facts(&read, "p1")
            .iter()
            .any(|fact| matches!(fact, Fact::Network(tie)
        if tie.role == "former_foster_parent" && tie.paid == Some(true)))
    );
    assert!(
        facts(&read, "p2")
            .iter()
            .any(|fact| matches!(fact, Fact::Union(tie) if tie.state == UnionState::Ended))
    );
    assert!(
        facts(&read, "p4")
            .iter()
            .any(|fact| matches!(fact, Fact::HouseholdMember(_)))
    );
    assert!(facts(&read, "n1").iter().any(|fact| matches!(fact, Fact::Nation(nation)
        if nation.part_of == Some(NationId(number(&read, "n2"))) && nation.offered_people.len() == 1)));
    assert!(
        facts(&read, "c1")
            .iter()
            .any(|fact| matches!(fact, Fact::Outreach(outreach)
        if matches!(outreach.whom, OutreachTarget::Nation(_))))
    );
}

#[test]
fn any_line_end_column_order_and_a_byte_order_mark_read_alike() {
    let plain = read(&SOUND, &ReadOptions::default());
    for line_end in ["\r\n", "\r"] {
        let files: Vec<(&str, String)> = SOUND
            .iter()
            .map(|(name, text)| (*name, format!("\u{feff}{}", text.replace('\n', line_end))))
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        assert_eq!(read(&files, &ReadOptions::default()), plain, "{line_end:?}");
    }
    let people = [("people.csv", "gender,full_name,id\nF,Ann,p1\n")];
    let read = read(&people, &ReadOptions::default());
    assert_eq!((read.errors, whole(&read).subjects.len()), (0, 1));
}

#[test]
fn with_valid_rows_accepted_faulty_rows_and_their_ties_are_left_out() {
    let files = [
        (
            "people.csv",
            "id,full_name,birth_date\np1,Ann,2012-02-31\np2,Marg,1990\np3,Rose,\n",
        ),
        (
            "ties.csv",
            "kind,from,to\nparent,p2,p1\nparent,p3,p2\nparent,p2,p3\n",
        ),
    ];
    let options = ReadOptions {
        accept_valid_rows: true,
        today: None,
    };
    let read = read(&files, &options);
    assert_eq!(read.errors, 3, "{:?}", read.findings);
    assert_eq!(whole(&read).subjects.len(), 2);
    assert!(
        read.findings[1]
            .reason
            .contains("left out because of the errors in people.csv line 2")
    );
    let parents = whole(&read)
        .subjects
        .iter()
        .flat_map(|subject| &subject.facts);
    assert_eq!(
        parents
            .filter(|fact| matches!(fact.fact, Fact::Parent(_)))
            .count(),
        1
    );
}

#[test]
fn a_folder_is_read_and_a_missing_one_is_an_error() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    for (name, text) in SOUND {
        std::fs::write(folder.path().join(name), text)?;
    }
    std::fs::write(folder.path().join("other.csv"), "x")?;
    let read = super::read_folder(folder.path(), &ReadOptions::default())?;
    assert_eq!(
        (read.errors, read.warnings, whole(&read).subjects.len()),
        (0, 1, 11)
    );
    assert!(super::read_folder(Path::new("/no/such/folder"), &ReadOptions::default()).is_err());
    Ok(())
}

proptest! {
    #[test]
    fn random_bytes_never_panic(data in prop::collection::vec(any::<u8>(), 0..600), file in 0usize..11) {
        let mut files: Vec<(&str, &[u8])> = SOUND.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        files[file].1 = &data;
        let read = read_named_files(FOLDER, &files, &ReadOptions { accept_valid_rows: true, today: None });
        prop_assert!(read.findings.len() <= 1_000);
    }

    #[test]
    fn mutated_bundles_never_panic(
        file in 0usize..11,
        at in any::<prop::sample::Index>(),
        length in 0usize..12,
        inserted in "[a-z0-9,;\"=@/|~?X\\[\\]. \n\r\u{0}-]{0,12}",
    ) {
        let (name, text) = SOUND[file];
        let mut bytes = text.as_bytes().to_vec();
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, inserted.bytes());
        let mut files: Vec<(&str, &[u8])> = SOUND.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        files[file] = (name, &bytes);
        for accept_valid_rows in [false, true] {
            let read = read_named_files(FOLDER, &files, &ReadOptions { accept_valid_rows, today: None });
            prop_assert!(read.errors == 0 || accept_valid_rows || whole(&read).subjects.is_empty());
        }
    }
}
