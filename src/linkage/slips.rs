//! Kinds of slip that invented entries never have, `data/linkage/slips.toml`.

use super::comparison::Comparison;
use super::estimation::LevelChances;
use super::parameters::Parameters;
use super::table::FieldKind;
use serde::Deserialize;

const TEXT: &str = include_str!("../../data/linkage/slips.toml");

#[derive(Deserialize)]
struct Slips {
    slips: Vec<Slip>,
}

/// The least shares of one level.
#[derive(Deserialize)]
struct Slip {
    field: FieldKind,
    level: String,
    same: f64,
    #[serde(default)]
    strangers: f64,
    #[serde(default)]
    relatives: f64,
}

/// Adds them; a file that is not of this program's form adds nothing, which a test rules out.
pub fn add_slips(parameters: &mut Parameters) {
    let slips: Vec<Slip> = toml::from_str(TEXT).map_or_else(|_| Vec::new(), |all: Slips| all.slips);
    for learnt in &mut parameters.comparisons {
        let kind = match learnt.comparison {
            Comparison::Given => FieldKind::Given,
            Comparison::Family => FieldKind::Family,
            Comparison::Date(field) => parameters.fields[field].kind,
            _ => continue,
        };
        let known = learnt.comparison.levels();
        let words = |slip: &Slip| known.iter().position(|level| level.words == slip.level);
        for slip in slips.iter().filter(|slip| slip.field == kind) {
            if let Some(level) = words(slip).and_then(|place| learnt.levels.get_mut(place)) {
                level.m = level.m.max(slip.same);
                level.u = level.u.max(slip.strangers);
                level.r = level.r.max(slip.relatives);
            }
        }
        let groups: Vec<u8> = known.iter().map(|level| level.group).collect();
        make_whole(&mut learnt.levels, &groups);
    }
}

/// Makes the shares of each group of levels add up to one again; the first level is "not known" and stays.
fn make_whole(levels: &mut [LevelChances], groups: &[u8]) {
    let mut sums = [[0.0; 3]; 8];
    for (level, group) in levels.iter().zip(groups).skip(1) {
        let sums = &mut sums[usize::from(*group)];
        for (sum, share) in sums.iter_mut().zip([level.m, level.u, level.r]) {
            *sum += share;
        }
    }
    for (level, group) in levels.iter_mut().zip(groups).skip(1) {
        let [m, u, r] = sums[usize::from(*group)];
        level.m /= m;
        level.u /= u;
        level.r /= r;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::shipped;

    #[test]
    fn every_slip_names_a_level_and_is_in_the_shipped_parameters() {
        let all: Slips = toml::from_str(TEXT).expect("of this program's form");
        let parameters = shipped().expect("of this program's form");
        for slip in &all.slips {
            let learnt = parameters
                .comparisons
                .iter()
                .find(|learnt| match learnt.comparison {
                    Comparison::Given => slip.field == FieldKind::Given,
                    Comparison::Family => slip.field == FieldKind::Family,
                    Comparison::Date(field) => parameters.fields[field].kind == slip.field,
                    _ => false,
                });
            let learnt = learnt.expect("a comparison");
            let words = learnt.comparison.level_words();
            let place = words.iter().position(|words| *words == slip.level);
            let level = learnt.levels[place.expect("a level")];
            // Groups are made whole after slips are added, so that shares shrink by a part.
            assert!(level.m >= slip.same * 0.5, "{} {}", slip.level, level.m);
            assert!(level.u >= slip.strangers * 0.5, "{}", slip.level);
        }
    }
}
