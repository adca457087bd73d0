//! The close kin of a child as the record knows them, with the word a file would use. Only for choosing whom
//! files speak of: the service derives kinship itself.

use super::villager::{Place, Sex, Village};
use crate::model::tie::Side;

/// One relative.
#[derive(Clone, Copy, Debug)]
pub struct Kin {
    pub place: Place,
    /// "maternal" and the like stand in `side`.
    pub word: &'static str,
    pub side: Side,
}

/// Parents, brothers and sisters, grandparents, great-grandparents, aunts, uncles and first cousins.
pub fn close_kin(village: &Village, child: Place) -> Vec<Kin> {
    let mut found: Vec<Kin> = Vec::new();
    for parent in village.open_parents(child) {
        let side = side_of(village, child, parent);
        add(
            village,
            &mut found,
            child,
            parent,
            ("mother", "father"),
            side,
        );
        for sibling in village.open_children(parent) {
            add(
                village,
                &mut found,
                child,
                sibling,
                ("sister", "brother"),
                side,
            );
        }
        for grandparent in village.open_parents(parent) {
            let words = ("grandmother", "grandfather");
            add(village, &mut found, child, grandparent, words, side);
            add_aunts(village, &mut found, child, (parent, grandparent), side);
            for great in village.open_parents(grandparent) {
                let words = ("great-grandmother", "great-grandfather");
                add(village, &mut found, child, great, words, side);
            }
        }
    }
    found
}

fn add_aunts(
    village: &Village,
    found: &mut Vec<Kin>,
    child: Place,
    (parent, grandparent): (Place, Place),
    side: Side,
) {
    for aunt in village.open_children(grandparent) {
        if aunt == parent {
            continue;
        }
        add(village, found, child, aunt, ("aunt", "uncle"), side);
        for cousin in village.open_children(aunt) {
            add(village, found, child, cousin, ("cousin", "cousin"), side);
        }
    }
}

fn side_of(village: &Village, child: Place, parent: Place) -> Side {
    if village.people[child].mother == Some(parent) {
        Side::Maternal
    } else {
        Side::Paternal
    }
}

fn add(
    village: &Village,
    found: &mut Vec<Kin>,
    child: Place,
    place: Place,
    (female, male): (&'static str, &'static str),
    side: Side,
) {
    if place == child {
        return;
    }
    if let Some(known) = found.iter_mut().find(|known| known.place == place) {
        if known.side != side {
            known.side = Side::Both;
        }
        return;
    }
    let word = if village.people[place].sex == Sex::Female {
        female
    } else {
        male
    };
    found.push(Kin { place, word, side });
}
