//! The order in which a village is written: families lie together. An adopted child whose birth ties are sealed
//! stands with the adoptive family, so that neither its number nor its file tells.

use super::villager::{Place, Standing, Village};
use crate::model::tie::ParentNature;

/// Mothers before their children, partners beside each other; visitors stand with their own village.
pub fn family_order(village: &Village) -> Vec<Place> {
    let mut partners: Vec<Vec<Place>> = vec![Vec::new(); village.people.len()];
    for couple in &village.couples {
        partners[couple.first].push(couple.second);
    }
    let mut adopted: Vec<Vec<Place>> = vec![Vec::new(); village.people.len()];
    for care in &village.care {
        if care.nature == ParentNature::Adoptive && village.people[care.child].record.sealed {
            adopted[care.parent].push(care.child);
        }
    }
    let mut listed = vec![false; village.people.len()];
    let mut order = Vec::with_capacity(village.people.len());
    // Whoever is not met with the family in the first round (a child of visitors, say) follows in the second.
    for round in 0..2 {
        for start in 0..village.people.len() {
            let person = &village.people[start];
            let has_family = person.mother.is_some() || person.father.is_some();
            if round == 0 && has_family {
                continue;
            }
            let mut waiting = vec![start];
            while let Some(place) = waiting.pop() {
                if listed[place] || village.people[place].standing == Standing::Visitor {
                    continue;
                }
                listed[place] = true;
                order.push(place);
                waiting.extend(adopted[place].iter().rev());
                let children = village.children[place].iter().rev();
                waiting.extend(children.filter(|child| !village.people[**child].record.sealed));
                waiting.extend(partners[place].iter().rev());
            }
        }
    }
    order
}
