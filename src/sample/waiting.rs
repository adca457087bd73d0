//! Waiting families: approved, in study, expired, on hold.

use super::bundle_files::BundleFile;
use super::casework::write_screening;
use super::dates::{self, TODAY, years};
use super::error::SampleError;
use super::newcomers::Contacts;
use super::record::Recorder;
use super::safety::write_household;
use crate::model::partial_date::Day;

const NEEDS: [&str; 5] = [
    "medical",
    "developmental",
    "behavioural",
    "learning",
    "trauma",
];

/// Writes the waiting families and the foster homes of the village. Gives the ids of the waiting families.
pub fn write_families(
    recorder: &mut Recorder,
    contacts: &Contacts,
) -> Result<Vec<String>, SampleError> {
    let mut ids = Vec::new();
    for (position, couple) in contacts.waiting_couples.iter().enumerate() {
        let id = format!("family-{}-{}", recorder.number + 1, position + 1);
        write_family(recorder, &id, *couple)?;
        let family = recorder.village.people[couple[1]].family.clone();
        let home = format!("household-{}-w{}", recorder.number + 1, position + 1);
        write_household(recorder, &home, &family, couple)?;
        ids.push(id);
    }
    for (position, couple) in contacts.foster_couples.iter().enumerate() {
        let family = recorder.village.people[couple[1]].family.clone();
        let home = format!("household-{}-f{}", recorder.number + 1, position + 1);
        write_household(recorder, &home, &family, couple)?;
        for carer in couple {
            write_screening(recorder, &recorder.village.people[*carer].id())?;
        }
    }
    Ok(ids)
}

fn write_family(recorder: &mut Recorder, id: &str, couple: [usize; 2]) -> Result<(), SampleError> {
    let village = recorder.village;
    let members = couple.map(|place| village.people[place].id());
    let dice = &mut *recorder.dice;
    let approval = dice.weighted(
        "approved",
        &[("in_study", 22), ("withdrawn", 4), ("", 4)],
        70,
    );
    // Three years each: some approvals have run out.
    let approved = Day(TODAY.0 - dice.between(20, years(3.4)));
    let (on, expires) = if approval == "approved" {
        (
            dates::exact(approved),
            dates::exact(dates::later(approved, years(3.0))),
        )
    } else {
        (String::new(), String::new())
    };
    let capacity = dice.weighted("1", &[("2", 32), ("3", 12), ("", 8), ("4", 3)], 45);
    let youngest = dice.between(0, 9);
    let oldest = (youngest + dice.between(3, 10)).min(18);
    let (from, to) = (youngest.to_string(), oldest.to_string());
    let on_hold = dice.weighted("no", &[("yes", 12), ("", 18)], 70);
    let mut accepts = Vec::new();
    for need in NEEDS {
        if dice.chance(0.6) {
            let answer = dice.weighted("accept", &[("would_consider", 35), ("decline", 20)], 45);
            accepts.push(format!("{need}={}={answer}", dice.between(1, 3)));
        }
    }
    let confirmed = dates::exact(Day(TODAY.0 - dice.between(0, years(1.2))));
    let place = recorder.towns.near[dice.position(3)].clone();
    let family = &village.people[couple[1]];
    let name = format!("{} family", family.family);
    let languages = recorder.lists.languages(family.ancestry).join(";");
    let (members, accepts) = (members.join(";"), accepts.join(";"));
    let fields = [
        id,
        &name,
        &members,
        approval,
        &on,
        &expires,
        capacity,
        &from,
        &to,
        on_hold,
        &place,
        &languages,
        &accepts,
        &confirmed,
        "adoption registry",
    ];
    recorder.row(BundleFile::Families, &fields)?;
    for member in couple {
        if recorder.dice.chance(0.8) {
            write_screening(recorder, &village.people[member].id())?;
        }
    }
    Ok(())
}
