//! Parents other than by birth: adoption, guardians, care by a nation's custom, step-parents. (Foster parents
//! stand with the cases.)

use super::dates::{TODAY, later, span, years, years_between};
use super::dice::Dice;
use super::villager::{Care, Couple, CoupleEnd, Place, Sex, Standing, Village};
use crate::model::partial_date::Day;
use crate::model::tie::{LegalState, ParentNature};

/// Share of children who were adopted.
const ADOPTED: f64 = 0.075;

/// Adds the other parents. Nobody becomes a parent of somebody less than 16 years younger.
pub fn add_other_parents(village: &mut Village, dice: &mut Dice) {
    let couples = couples_by_birth(village);
    for child in 0..village.people.len() {
        let person = &village.people[child];
        if person.standing != Standing::Family || person.mother.is_none() {
            continue;
        }
        if person.generation >= 2 && dice.chance(ADOPTED) {
            adopt(village, &couples, child, dice);
        } else if dice.chance(0.025) {
            entrust_to_relative(village, child, dice);
        }
    }
    second_mothers(village, dice);
    step_parents(village, dice);
}

/// Couples in order of the first partner's birth.
fn couples_by_birth(village: &Village) -> Vec<Couple> {
    let mut couples = village.couples.clone();
    couples.sort_by_key(|couple| (village.people[couple.first].born, couple.first, couple.from));
    couples
}

fn adopt(village: &mut Village, couples: &[Couple], child: Place, dice: &mut Dice) {
    let born = village.people[child].born;
    let day = later(born, span(dice, 0.2, 9.0));
    if day >= TODAY || !village.people[child].is_alive_on(day) {
        return;
    }
    let Some(couple) = (0..12).find_map(|_| adopting_couple(village, couples, child, day, dice))
    else {
        return;
    };
    for parent in [couple.first, couple.second] {
        village.care.push(Care {
            parent,
            child,
            nature: ParentNature::Adoptive,
            legal_state: LegalState::Intact,
            from: day,
            to: None,
        });
    }
    let family = village.people[couple.second].family.clone();
    let given_up = dice.chance(0.45);
    let sealed = dice.chance(0.85);
    let person = &mut village.people[child];
    person.family = family;
    person.record.sealed = sealed;
    person.record.legal_state = if given_up {
        LegalState::Relinquished
    } else {
        LegalState::Terminated
    };
}

fn adopting_couple(
    village: &Village,
    couples: &[Couple],
    child: Place,
    day: Day,
    dice: &mut Dice,
) -> Option<Couple> {
    let person = &village.people[child];
    let oldest = later(person.born, -years(44.0));
    let youngest = later(person.born, -years(21.0));
    let from = couples.partition_point(|couple| village.people[couple.first].born < oldest);
    let to = couples.partition_point(|couple| village.people[couple.first].born < youngest);
    let couple = couples.get(from + dice.position(to.saturating_sub(from)))?;
    let fits = |parent: Place| {
        let candidate = &village.people[parent];
        candidate.is_alive_on(day)
            && candidate.standing == Standing::Family
            && years_between(candidate.born, person.born) >= 18
            && Some(parent) != person.mother
            && Some(parent) != person.father
    };
    let together = couple.from < day
        && match couple.end {
            CoupleEnd::Together => true,
            CoupleEnd::Separated(end) | CoupleEnd::Widowed(end) => end > day,
        };
    (from < to && together && fits(couple.first) && fits(couple.second)).then_some(*couple)
}

/// A grandmother, aunt or uncle on the mother's side brings the child up: as guardian, or by custom.
fn entrust_to_relative(village: &mut Village, child: Place, dice: &mut Dice) {
    let day = later(village.people[child].born, span(dice, 1.0, 12.0));
    let Some(mother) = village.people[child].mother else {
        return;
    };
    let grandmother = village.people[mother].mother;
    let aunts = grandmother.map(|grandmother| village.children[grandmother].clone());
    let born = village.people[child].born;
    let carer = aunts
        .unwrap_or_default()
        .into_iter()
        .chain(grandmother)
        .filter(|carer| *carer != mother)
        .find(|carer| {
            let candidate = &village.people[*carer];
            candidate.is_alive_on(day) && years_between(candidate.born, born) >= 18
        });
    let Some(parent) = carer.filter(|_| day < TODAY && village.people[child].is_alive_on(day))
    else {
        return;
    };
    let by_custom = village.people[child].has_nation() && dice.chance(0.6);
    village.care.push(Care {
        parent,
        child,
        nature: if by_custom {
            ParentNature::Customary
        } else {
            ParentNature::Guardian
        },
        legal_state: if by_custom {
            LegalState::Unknown
        } else {
            LegalState::Intact
        },
        from: day,
        to: None,
    });
}

/// The second mother of a child born in a couple of two women has adopted it.
fn second_mothers(village: &mut Village, dice: &mut Dice) {
    let couples: Vec<Couple> = village
        .couples
        .iter()
        .filter(|couple| village.people[couple.second].sex == Sex::Female)
        .copied()
        .collect();
    for couple in couples {
        for child in village.children[couple.first].clone() {
            let person = &village.people[child];
            let in_their_time =
                !person.record.sealed && person.born >= couple.from && person.father.is_none();
            let second = &village.people[couple.second];
            if in_their_time && years_between(second.born, person.born) >= 16 && dice.chance(0.9) {
                village.care.push(Care {
                    parent: couple.second,
                    child,
                    nature: ParentNature::Adoptive,
                    legal_state: LegalState::Intact,
                    from: later(person.born, 90),
                    to: None,
                });
            }
        }
    }
}

/// Some partners of a parent are recorded as step-parents outright.
fn step_parents(village: &mut Village, dice: &mut Dice) {
    for couple in village.couples.clone() {
        for (parent, partner) in [(couple.first, couple.second), (couple.second, couple.first)] {
            for child in village.children.get(parent).cloned().unwrap_or_default() {
                let person = &village.people[child];
                let own = person.mother == Some(partner) || person.father == Some(partner);
                let given_away = person.record.sealed;
                let minor =
                    years_between(person.born, couple.from) < 16 && person.born < couple.from;
                let older = years_between(village.people[partner].born, person.born) >= 16;
                if !own && !given_away && minor && older && dice.chance(0.2) {
                    village.care.push(Care {
                        parent: partner,
                        child,
                        nature: ParentNature::Step,
                        legal_state: LegalState::Unknown,
                        from: couple.from,
                        to: match couple.end {
                            CoupleEnd::Separated(day) => Some(day),
                            _ => None,
                        },
                    });
                }
            }
        }
    }
}
