//! Children in care: who they are, their status and goals, their carers and the adults around them.

use super::bundle_files::{BundleFile, TieRow};
use super::close_kin::close_kin;
use super::dates::{self, TODAY, later, span, years, years_between};
use super::dice::Dice;
use super::error::SampleError;
use super::newcomers::Contacts;
use super::record::Recorder;
use super::villager::{Place, Sex, Standing, Village};
use crate::model::partial_date::Day;

/// A child in care.
pub struct ChildInCare {
    pub child: Place,
    /// Brothers and sisters in care, to be placed together.
    pub siblings: Vec<Place>,
    pub since: Day,
    /// The number in the case's id; given when it is written.
    pub case_number: u64,
    pub has_final_order: bool,
}

/// Share of the children in care who are of a nation, and of groups of brothers and sisters among the choices.
const OF_NATION: f64 = 0.51;
const SIBLING_GROUPS: f64 = 0.34;

/// Chooses up to `wanted` living minors, brothers and sisters together.
pub fn choose_children(village: &Village, wanted: usize, dice: &mut Dice) -> Vec<ChildInCare> {
    let minors: Vec<Place> = (0..village.people.len())
        .filter(|place| {
            let person = &village.people[*place];
            let age = years_between(person.born, TODAY);
            let of_family = person.standing == Standing::Family && person.mother.is_some();
            of_family && person.died.is_none() && (0..18).contains(&age)
        })
        .collect();
    let (of_nation, others): (Vec<Place>, Vec<Place>) = minors
        .iter()
        .partition(|place| village.people[**place].has_nation());
    let mut chosen: Vec<ChildInCare> = Vec::new();
    let mut taken = vec![false; village.people.len()];
    for _ in 0..wanted * 4 {
        if chosen.len() >= wanted {
            break;
        }
        let prefer_nation = others.is_empty() || (!of_nation.is_empty() && dice.chance(OF_NATION));
        let list = if prefer_nation { &of_nation } else { &others };
        let Some(child) = list.get(dice.position(list.len())).copied() else {
            break;
        };
        if taken[child] {
            continue;
        }
        let mut group = vec![child];
        if dice.chance(SIBLING_GROUPS) {
            let limit = (wanted - chosen.len()).min(1 + dice.between(1, 3) as usize);
            add_siblings(village, &minors, &taken, &mut group, limit);
        }
        take_into_care(village, &group, &mut taken, &mut chosen, dice);
    }
    chosen
}

fn add_siblings(
    village: &Village,
    minors: &[Place],
    taken: &[bool],
    group: &mut Vec<Place>,
    limit: usize,
) {
    let mother = group
        .first()
        .and_then(|child| village.open_parents(*child).next());
    let Some(mother) = mother else {
        return;
    };
    for sibling in village.open_children(mother) {
        let is_minor = minors.binary_search(&sibling).is_ok();
        let free = is_minor && !taken[sibling] && !group.contains(&sibling);
        if free && group.len() < limit {
            group.push(sibling);
        }
    }
}

fn take_into_care(
    village: &Village,
    group: &[Place],
    taken: &mut [bool],
    chosen: &mut Vec<ChildInCare>,
    dice: &mut Dice,
) {
    let youngest = group.iter().map(|child| village.people[*child].born).max();
    let latest = youngest.unwrap_or(TODAY);
    let days_since = TODAY.0.saturating_sub(latest.0).max(1);
    let since = Day(TODAY.0 - dice.between(0, days_since.min(years(6.0))));
    let has_final_order = dice.chance(0.45);
    for child in group {
        taken[*child] = true;
        chosen.push(ChildInCare {
            child: *child,
            siblings: group
                .iter()
                .copied()
                .filter(|other| other != child)
                .collect(),
            since,
            case_number: 0,
            has_final_order,
        });
    }
}

/// Writes one case with the child's carers and network.
pub fn write_case(
    recorder: &mut Recorder,
    case: &ChildInCare,
    contacts: &Contacts,
) -> Result<(), SampleError> {
    write_case_row(recorder, case)?;
    write_foster_parents(recorder, case, contacts)?;
    write_network(recorder, case, contacts)?;
    write_stated_kin(recorder, case, contacts)
}

fn write_case_row(recorder: &mut Recorder, case: &ChildInCare) -> Result<(), SampleError> {
    let village = recorder.village;
    let child = &village.people[case.child];
    let dice = &mut *recorder.dice;
    let status = if case.has_final_order {
        "continuing_custody_order"
    } else {
        dice.weighted(
            "temporary_custody_order",
            &[("interim_order", 18), ("", 14)],
            23,
        )
    };
    let status_date = Day(dice.between(case.since.0, TODAY.0));
    let goals = [
        "adoption",
        "guardianship",
        "kinship_placement",
        "customary_adoption",
    ];
    let primary = if case.has_final_order {
        dice.pick(&goals)
    } else {
        "return_home"
    };
    let concurrent = if dice.chance(0.5) {
        dice.pick(&goals)
    } else {
        ""
    };
    let concurrent = if concurrent == primary {
        ""
    } else {
        concurrent
    };
    let siblings: Vec<String> = case
        .siblings
        .iter()
        .map(|place| village.people[*place].id())
        .collect();
    let mut needs = Vec::new();
    for category in [
        "medical",
        "developmental",
        "behavioural",
        "learning",
        "trauma",
    ] {
        if dice.chance(0.3) {
            needs.push(format!("{category}={}", dice.between(0, 3)));
        }
    }
    let wishes = if years_between(child.born, TODAY) >= 6 && dice.chance(0.4) {
        dice.word(&[
            "to live with a brother or sister",
            "to stay at the same school",
            "to see grandmother",
            "to keep playing hockey",
            "to learn the language",
            "a dog",
        ])
    } else {
        ""
    };
    let worker = format!("worker {}", recorder.number % 400 + 1);
    let agency = format!(
        "{} Child and Family Services (invented)",
        recorder.towns.region
    );
    let status_date = if status.is_empty() {
        String::new()
    } else {
        dates::exact(status_date)
    };
    let id = case_id(case.case_number);
    let source = recorder.case_source(case.child);
    let region = recorder.towns.region.as_str();
    let since = dates::exact(case.since);
    let (child_id, siblings, needs) = (child.id(), siblings.join(";"), needs.join(";"));
    let fields = [
        &id,
        &child_id,
        status,
        &status_date,
        &since,
        primary,
        concurrent,
        &siblings,
        &needs,
        wishes,
        region,
        &worker,
        &agency,
        "",
        "yes",
        &source,
    ];
    recorder.row(BundleFile::Cases, &fields)
}

/// The id of the case with this number.
pub fn case_id(number: u64) -> String {
    format!("case-{number}")
}

/// The present foster parents by a parent tie; earlier ones stay in the child's network.
fn write_foster_parents(
    recorder: &mut Recorder,
    case: &ChildInCare,
    contacts: &Contacts,
) -> Result<(), SampleError> {
    let village = recorder.village;
    let homes = &contacts.foster_couples;
    if homes.is_empty() {
        return Ok(());
    }
    let child = &village.people[case.child];
    let child_id = child.id();
    let source = recorder.case_source(case.child);
    let mut day = case.since;
    let moves = recorder.dice.between(0, 3);
    for number in 0..=moves {
        let couple = homes[recorder.dice.position(homes.len())];
        let days_left = TODAY.0 - day.0;
        if days_left < 60 {
            return Ok(());
        }
        let last = number == moves;
        let until = later(day, recorder.dice.between(30, days_left - 1));
        let (from, to) = (dates::exact(day), dates::exact(until));
        for carer in couple {
            let row = TieRow {
                kind: if last { "parent" } else { "network" },
                from: &village.people[carer].id(),
                to: &child_id,
                nature: if last { "foster" } else { "paid" },
                role: if last { "" } else { "former_foster_parent" },
                from_date: &from,
                to_date: if last { "" } else { &to },
                certainty: "confirmed",
                source: &source,
                ..TieRow::default()
            };
            recorder.files.tie(&row)?;
        }
        day = until;
    }
    Ok(())
}

fn write_network(
    recorder: &mut Recorder,
    case: &ChildInCare,
    contacts: &Contacts,
) -> Result<(), SampleError> {
    let village = recorder.village;
    let child = &village.people[case.child];
    let source = recorder.case_source(case.child);
    let child_id = child.id();
    let mut known: Vec<Place> = Vec::new();
    let number = recorder.dice.between(2, 9);
    for _ in 0..number {
        let choice = recorder.dice.position(contacts.others.len());
        let Some((adult, role, paid)) = contacts.others.get(choice).copied() else {
            return Ok(());
        };
        if known.contains(&adult) {
            continue;
        }
        known.push(adult);
        let from = later(child.born, span(recorder.dice, 0.0, 6.0)).min(TODAY);
        let from = if recorder.dice.chance(0.6) {
            dates::month(from)
        } else {
            String::new()
        };
        recorder.files.tie(&TieRow {
            kind: "network",
            from: &village.people[adult].id(),
            to: &child_id,
            nature: paid,
            role,
            from_date: &from,
            source: &source,
            ..TieRow::default()
        })?;
    }
    Ok(())
}

/// An "auntie" or "uncle" the child named, with or without a side.
fn write_stated_kin(
    recorder: &mut Recorder,
    case: &ChildInCare,
    contacts: &Contacts,
) -> Result<(), SampleError> {
    if !recorder.dice.chance(0.28) {
        return Ok(());
    }
    let village = recorder.village;
    let choice = recorder.dice.position(contacts.others.len());
    let kin = if recorder.dice.chance(0.5) {
        contacts.others.get(choice).map(|(adult, _, _)| *adult)
    } else {
        unrelated_adult(village, case.child, recorder.dice)
    };
    let Some(kin) = kin else {
        return Ok(());
    };
    let relative = &village.people[kin];
    let of_nation = village.people[case.child].has_nation();
    let old = years_between(relative.born, TODAY) > 58;
    let role = match (relative.sex, old) {
        (Sex::Male, true) if of_nation => "mosom",
        (Sex::Male, true) => "grandpa",
        (Sex::Male, false) => "uncle",
        (_, true) if of_nation => "kokum",
        (_, true) => "granny",
        (_, false) => "auntie",
    };
    let side = recorder
        .dice
        .weighted("maternal", &[("paternal", 15), ("", 55)], 30);
    let by_custom = if of_nation { 20 } else { 0 };
    let nature =
        recorder
            .dice
            .weighted("told", &[("named_by_child", 35), ("custom", by_custom)], 45);
    recorder.files.tie(&TieRow {
        kind: "stated_kin",
        from: &relative.id(),
        to: &village.people[case.child].id(),
        nature,
        role,
        side,
        certainty: "reported",
        source: &recorder.case_source(case.child),
        ..TieRow::default()
    })
}

/// A grown-up villager who is not close kin on record.
fn unrelated_adult(village: &Village, child: Place, dice: &mut Dice) -> Option<Place> {
    let kin = close_kin(village, child);
    (0..8).find_map(|_| {
        let place = dice.position(village.people.len());
        let person = &village.people[place];
        let age = years_between(person.born, TODAY);
        let fits =
            person.died.is_none() && (24..80).contains(&age) && person.standing == Standing::Family;
        (fits && !kin.iter().any(|known| known.place == place)).then_some(place)
    })
}
