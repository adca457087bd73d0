//! Brothers and sisters: where no home takes them all, the split over homes that leaves fewest without a home, then keeps
//! most of them together, then most of the others near, then fits best.

/// The most children that are looked at together.
pub const MOST_CHILDREN: usize = 6;

/// So many families, the best first, are looked at for a group of these children: enough that one is always left that no
/// other home has taken, and some to choose from for nearness.
pub fn choices(children: usize) -> usize {
    if children <= 4 { 8 } else { MOST_CHILDREN }
}

/// One home of a split.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// Position of the family.
    pub family: usize,
    /// Positions of the children.
    pub children: Vec<usize>,
    /// 0 to 100, for these children together.
    pub score: f64,
}

/// Children over homes.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Split {
    pub homes: Vec<Home>,
    /// Children for whom no home is open.
    pub unplaced: Vec<usize>,
    /// Pairs of brothers and sisters who stay together.
    pub pairs_together: usize,
    /// Pairs of those apart whose homes are near each other.
    pub pairs_near: usize,
    /// Sum over children of their home's score.
    pub score: f64,
}

impl Split {
    /// Whether this is better than another: fewer without a home, more pairs together, more near, a higher score.
    pub fn is_better_than(&self, other: &Split) -> bool {
        let key = |split: &Split| {
            (
                std::cmp::Reverse(split.unplaced.len()),
                split.pairs_together,
                split.pairs_near,
            )
        };
        key(self)
            .cmp(&key(other))
            .then_with(|| self.score.total_cmp(&other.score))
            .is_gt()
    }
}

/// The best splits of this many children, the best first, each with another grouping. `open` gives, for a set of children
/// (a bit each), the families open to them all with their scores, best first; `near` whether two homes are near each other.
/// Nothing where there are too many children.
pub fn best_splits(
    children: usize,
    most: usize,
    open: &mut dyn FnMut(u32) -> Vec<(usize, f64)>,
    near: &dyn Fn(usize, usize) -> bool,
) -> Vec<Split> {
    if children == 0 || children > MOST_CHILDREN || most == 0 {
        return Vec::new();
    }
    let everyone = (1u32 << children) - 1;
    let mut families: Vec<Vec<(usize, f64)>> = vec![Vec::new()];
    for set in 1..=everyone {
        let mut of_set = open(set);
        of_set.truncate(choices(children));
        families.push(of_set);
    }
    let mut search = Search {
        families,
        near,
        most,
        best: Vec::new(),
        homes: Vec::new(),
        unplaced: Vec::new(),
    };
    search.place(everyone);
    search.best
}

struct Search<'a> {
    /// By set of children.
    families: Vec<Vec<(usize, f64)>>,
    near: &'a dyn Fn(usize, usize) -> bool,
    most: usize,
    best: Vec<Split>,
    homes: Vec<(u32, usize, f64)>,
    unplaced: Vec<usize>,
}

impl Search<'_> {
    /// Places the children who are left, the first of them first.
    fn place(&mut self, left: u32) {
        if left == 0 {
            self.keep();
            return;
        }
        let first = left.trailing_zeros();
        let rest = left & !(1 << first);
        // Every set of those left that holds the first.
        let mut others = rest;
        loop {
            let set = others | (1 << first);
            for position in 0..self.families[set as usize].len() {
                let (family, score) = self.families[set as usize][position];
                if self.homes.iter().any(|(_, taken, _)| *taken == family) {
                    continue;
                }
                self.homes.push((set, family, score));
                self.place(left & !set);
                self.homes.pop();
            }
            if others == 0 {
                break;
            }
            others = (others - 1) & rest;
        }
        self.unplaced.push(first as usize);
        self.place(rest);
        self.unplaced.pop();
    }

    fn keep(&mut self) {
        let split = self.split();
        let groups = |split: &Split| -> Vec<Vec<usize>> {
            let homes = split.homes.iter();
            homes.map(|home| home.children.clone()).collect()
        };
        let own = groups(&split);
        if let Some(known) = self.best.iter().position(|known| groups(known) == own) {
            if !split.is_better_than(&self.best[known]) {
                return;
            }
            self.best.remove(known);
        }
        let at = self
            .best
            .partition_point(|known| !split.is_better_than(known));
        self.best.insert(at, split);
        self.best.truncate(self.most);
    }

    fn split(&self) -> Split {
        let pairs = |count: usize| count * count.saturating_sub(1) / 2;
        let size = |set: u32| set.count_ones() as usize;
        let mut pairs_near = 0;
        for (position, &(set, family, _)) in self.homes.iter().enumerate() {
            for &(other_set, other, _) in &self.homes[..position] {
                if (self.near)(family, other) {
                    pairs_near += size(set) * size(other_set);
                }
            }
        }
        Split {
            homes: self
                .homes
                .iter()
                .map(|&(set, family, score)| Home {
                    family,
                    children: members(set),
                    score,
                })
                .collect(),
            unplaced: self.unplaced.clone(),
            pairs_together: self.homes.iter().map(|(set, ..)| pairs(size(*set))).sum(),
            pairs_near,
            score: self
                .homes
                .iter()
                .map(|(set, _, score)| f64::from(set.count_ones()) * score)
                .sum(),
        }
    }
}

fn members(set: u32) -> Vec<usize> {
    (0..MOST_CHILDREN)
        .filter(|child| set & (1 << child) != 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every way of giving each child a family or none, without any cleverness.
    fn by_brute_force(
        children: usize,
        families: usize,
        score: &dyn Fn(u32, usize) -> Option<f64>,
        near: &dyn Fn(usize, usize) -> bool,
    ) -> Split {
        let mut best: Option<Split> = None;
        let mut choice = vec![0; children];
        loop {
            let mut split = Split::default();
            let mut possible = true;
            for family in 0..families {
                let set = (0..children)
                    .filter(|&child| choice[child] == family + 1)
                    .fold(0, |set, child| set | 1 << child);
                if set == 0 {
                    continue;
                }
                match score(set, family) {
                    None => possible = false,
                    Some(score) => {
                        let count = set.count_ones() as usize;
                        split.pairs_together += count * (count - 1) / 2;
                        split.score += count as f64 * score;
                        split.homes.push(Home {
                            family,
                            children: members(set),
                            score,
                        });
                    }
                }
            }
            for one in 0..children {
                for other in 0..one {
                    let (one, other) = (choice[one], choice[other]);
                    let apart = one != other && one > 0 && other > 0;
                    split.pairs_near += usize::from(apart && near(one - 1, other - 1));
                }
            }
            split.unplaced = (0..children).filter(|&child| choice[child] == 0).collect();
            if possible && best.as_ref().is_none_or(|best| split.is_better_than(best)) {
                best = Some(split);
            }
            let Some(position) = choice.iter().position(|&chosen| chosen < families) else {
                return best.unwrap();
            };
            choice[..position].fill(0);
            choice[position] += 1;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn the_split_is_the_best_there_is(
            children in 1..5usize,
            rooms in proptest::collection::vec((0..4u32, proptest::collection::vec(0..3u8, 5), 1..100u32), 1..5),
        ) {
            // A family takes a set of children if there is room and it declines none of them.
            let score = |set: u32, family: usize| {
                let (room, declines, base) = &rooms[family];
                let takes = set.count_ones() <= *room
                    && (0..children).all(|child| set & (1 << child) == 0 || declines[child] != 0);
                takes.then(|| f64::from((base * 7 + set * 13) % 100))
            };
            // Families live in a row, those next to each other are near.
            let near = |one: usize, other: usize| one.abs_diff(other) == 1;
            let mut open = |set: u32| {
                let mut open: Vec<(usize, f64)> = (0..rooms.len())
                    .filter_map(|family| Some((family, score(set, family)?)))
                    .collect();
                open.sort_by(|one, other| other.1.total_cmp(&one.1));
                open
            };
            let splits = best_splits(children, 3, &mut open, &near);
            let found = &splits[0];
            prop_assert!(splits.is_sorted_by(|one, other| !other.is_better_than(one)));
            let best = by_brute_force(children, rooms.len(), &score, &near);
            prop_assert_eq!(found.unplaced.len(), best.unplaced.len());
            prop_assert_eq!(found.pairs_together, best.pairs_together);
            prop_assert_eq!(found.pairs_near, best.pairs_near);
            prop_assert_eq!(found.score, best.score);
            let placed: usize = found.homes.iter().map(|home| home.children.len()).sum();
            prop_assert_eq!(placed + found.unplaced.len(), children);
        }
    }
}
