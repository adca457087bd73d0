//! The order in which a village is written: families lie together.

use super::villager::{Place, Sex, Standing, Village};

/// Mothers before their children, partners beside each other; visitors stand with their own village.
pub fn family_order(village: &Village) -> Vec<Place> {
    let mut partners: Vec<Vec<Place>> = vec![Vec::new(); village.people.len()];
    for couple in &village.couples {
        partners[couple.first].push(couple.second);
    }
    let mut listed = vec![false; village.people.len()];
    let mut order = Vec::with_capacity(village.people.len());
    for start in 0..village.people.len() {
        let mut waiting = vec![start];
        while let Some(place) = waiting.pop() {
            let person = &village.people[place];
            if listed[place] || person.standing == Standing::Visitor {
                continue;
            }
            // A man born here is listed with his mother's children.
            let comes_later = place == start
                && person.sex == Sex::Male
                && person.mother.is_some_and(|mother| !listed[mother]);
            if comes_later {
                continue;
            }
            listed[place] = true;
            order.push(place);
            waiting.extend(village.children[place].iter().rev());
            waiting.extend(partners[place].iter().rev());
        }
    }
    order
}
