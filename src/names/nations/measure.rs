//! How many names are recognised under each kind of damage, over any list of names with the nation that each means.

use super::damage::Damage;
use super::resolve::{Hint, Resolution, Verdict, resolve_nation};

/// A name and the nation that it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub name: String,
    /// The id in the reference list.
    pub id: String,
}

/// What came of all names under one kind of damage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub damage: Damage,
    pub asked: usize,
    /// The right nation was the first candidate.
    pub first: usize,
    /// The right nation was the first candidate and likelier than none and than any other.
    pub taken: usize,
    /// The first candidate was certain and wrong.
    pub certain_and_wrong: usize,
    /// The right nation was among the candidates.
    pub among: usize,
    /// Damaged name, the name meant, and what was taken first.
    pub failures: Vec<(String, String, String)>,
}

/// Resolves every name under every kind of damage, as often as there are rounds.
pub fn measure(asked: &[Asked], rounds: u64) -> Vec<Tally> {
    Damage::ALL
        .into_iter()
        .map(|damage| {
            let is_fixed = matches!(
                damage,
                Damage::AsWritten | Damage::UpperCase | Damage::WithoutMarks | Damage::WordsDropped
            );
            let rounds = if is_fixed { 1 } else { rounds };
            tally(damage, asked, rounds)
        })
        .collect()
}

fn tally(damage: Damage, asked: &[Asked], rounds: u64) -> Tally {
    let mut tally = Tally {
        damage,
        asked: 0,
        first: 0,
        taken: 0,
        certain_and_wrong: 0,
        among: 0,
        failures: Vec::new(),
    };
    for one in asked {
        for round in 0..rounds {
            let typed = damage.of(&one.name, round);
            let resolution = resolve_nation(&typed, &Hint::default());
            count(&mut tally, one, typed, &resolution);
        }
    }
    tally
}

fn count(tally: &mut Tally, one: &Asked, typed: String, resolution: &Resolution) {
    let first = resolution.candidates.first();
    let is_first = first.is_some_and(|candidate| candidate.nation.id == one.id);
    tally.asked += 1;
    tally.first += usize::from(is_first);
    let is_taken = matches!(resolution.verdict, Verdict::Certain | Verdict::Probable);
    tally.taken += usize::from(is_first && is_taken);
    let is_certain = resolution.verdict == Verdict::Certain;
    tally.certain_and_wrong += usize::from(is_certain && !is_first);
    let mut candidates = resolution.candidates.iter();
    tally.among += usize::from(candidates.any(|candidate| candidate.nation.id == one.id));
    if !is_first {
        let taken = first.map_or("none", |candidate| candidate.nation.name.as_str());
        tally
            .failures
            .push((typed, one.name.clone(), taken.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::nations::reference_nations;

    #[test]
    fn every_name_of_the_list_is_recognised_under_every_damage() {
        let mut asked = Vec::new();
        for nation in reference_nations().filter(|nation| !nation.number.is_empty()) {
            asked.extend(nation.names.iter().map(|(name, _)| Asked {
                name: name.clone(),
                id: nation.id.clone(),
            }));
        }
        assert!(asked.len() > 900);
        for tally in measure(&asked, 1) {
            let share = tally.first as f64 / tally.asked as f64;
            let failures: Vec<_> = tally.failures.iter().take(20).collect();
            let title = tally.damage.title();
            assert!(share >= 0.98, "{title}: {share} {failures:?}");
            assert!(
                tally.certain_and_wrong * 500 <= tally.asked,
                "{title}: {failures:?}"
            );
        }
    }
}
