//! Who could go where: the families that fit each group of children, in the children's order.

/// Each group's families with what the placement is worth, as rows of two columns laid end to end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offers {
    ends: Vec<usize>,
    families: Vec<u32>,
    worth: Vec<i64>,
}

impl Offers {
    /// Adds the next group: its families in the order in which they suit it, each with what the placement is worth
    /// (more than nothing, in any unit).
    pub fn add(&mut self, group: impl IntoIterator<Item = (u32, i64)>) {
        for (family, worth) in group {
            self.families.push(family);
            self.worth.push(worth);
        }
        self.ends.push(self.families.len());
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.ends.len()
    }

    /// How many pairs of a group and a family there are.
    pub fn pairs(&self) -> usize {
        self.families.len()
    }

    /// The families of a group, in its order.
    pub fn of(&self, group: usize) -> impl ExactSizeIterator<Item = (u32, i64)> + '_ {
        let first = match group {
            0 => 0,
            later => self.ends[later - 1],
        };
        let row = first..self.ends[group];
        let worth = self.worth[row.clone()].iter().copied();
        self.families[row].iter().copied().zip(worth)
    }

    /// One more than the greatest number of a family.
    pub fn families(&self) -> usize {
        let greatest = self.families.iter().max();
        greatest.map_or(0, |&greatest| greatest as usize + 1)
    }

    /// The same pairs seen from the families.
    pub fn turned(&self) -> Offers {
        let mut ends = vec![0; self.families()];
        for &family in &self.families {
            ends[family as usize] += 1;
        }
        let mut end = 0;
        for count in &mut ends {
            // Each row begins where the one before ends; it is filled up to its own end below.
            let first = end;
            end += *count;
            *count = first;
        }
        let mut turned = Offers {
            ends,
            families: vec![0; self.families.len()],
            worth: vec![0; self.families.len()],
        };
        for group in 0..self.groups() {
            for (family, worth) in self.of(group) {
                let at = &mut turned.ends[family as usize];
                turned.families[*at] = group as u32;
                turned.worth[*at] = worth;
                *at += 1;
            }
        }
        turned
    }
}
