//! What the ties of two records say: a shared child, spouse or parent by name speaks for one person; being parent and
//! child, or having children together, speaks against it for certain; brothers and sisters share nearly everything
//! and are told apart by given names and birth dates.

use super::name_levels::{Likeness, likeness};
use super::table::{NameWord, Role, Table};
use super::words::WordId;

/// The ties of every record of a table, by place.
#[derive(Clone, Debug, Default)]
pub struct Kin {
    pub parents: Vec<Vec<u32>>,
    pub children: Vec<Vec<u32>>,
    pub partners: Vec<Vec<u32>>,
}

/// What ties say of two records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KinEvidence {
    /// They are two people.
    Apart(&'static str),
    /// Evidence in bits, with its reason; nothing where it is zero.
    Bits(f64, &'static str),
}

/// Most that relatives of one name add, in bits.
const MOST_SHARED: f64 = 8.0;
/// What brothers and sisters with different given names or birth dates cost, in bits.
const SIBLINGS: f64 = -12.0;

/// What having one parent costs two records that could be one child's: families have several children.
const ONE_PARENT: f64 = -4.0;
/// What parents of other names cost: few people have quite other parents in another file.
const OTHER_PARENTS: f64 = -4.0;

impl Kin {
    pub fn of_size(records: usize) -> Kin {
        Kin {
            parents: vec![Vec::new(); records],
            children: vec![Vec::new(); records],
            partners: vec![Vec::new(); records],
        }
    }

    pub fn add_parent(&mut self, child: u32, parent: u32) {
        self.parents[child as usize].push(parent);
        self.children[parent as usize].push(child);
    }

    pub fn add_partner(&mut self, one: u32, other: u32) {
        self.partners[one as usize].push(other);
        self.partners[other as usize].push(one);
    }

    /// Whether anything of these ties is of this record.
    pub fn has_ties(&self, record: usize) -> bool {
        let lists = [&self.parents, &self.children, &self.partners];
        lists.into_iter().any(|list| !list[record].is_empty())
    }

    /// What the ties of two records say.
    pub fn evidence(&self, table: &Table, a: u32, b: u32) -> KinEvidence {
        let (one, other) = (a as usize, b as usize);
        if self.parents[one].contains(&b) || self.parents[other].contains(&a) {
            return KinEvidence::Apart("one is a parent of the other");
        }
        if self.partners[one].contains(&b) {
            return KinEvidence::Apart("they are partners");
        }
        let in_common =
            |lists: &[Vec<u32>]| lists[one].iter().any(|kin| lists[other].contains(kin));
        if in_common(&self.children) {
            return KinEvidence::Apart("they have a child together");
        }
        if in_common(&self.parents) && tell_siblings_apart(table, one, other) {
            return KinEvidence::Bits(SIBLINGS, "brothers or sisters");
        }
        if in_common(&self.parents) {
            return KinEvidence::Bits(ONE_PARENT, "one parent, as brothers and sisters have");
        }
        let mut best = KinEvidence::Bits(0.0, "");
        for (lists, words) in [
            (&self.children, "a child of the same name"),
            (&self.partners, "a partner of the same name"),
            (&self.parents, "a parent of the same name"),
        ] {
            // Of many relatives two bear one name by chance.
            let chances = (lists[one].len() * lists[other].len()).max(1) as f64;
            for x in &lists[one] {
                for y in &lists[other] {
                    let (x, y) = (*x as usize, *y as usize);
                    if x == y || table.births_contradict(x, y) {
                        continue;
                    }
                    let bits = same_name_bits(table, x, y) - chances.log2();
                    if matches!(best, KinEvidence::Bits(most, _) if bits > most) {
                        best = KinEvidence::Bits(bits, words);
                    }
                }
            }
        }
        if best == KinEvidence::Bits(0.0, "") && self.parents_differ(table, one, other) {
            return KinEvidence::Bits(OTHER_PARENTS, "parents of other names");
        }
        best
    }

    /// Whether both have named parents, none of whom is named like one of the other's.
    fn parents_differ(&self, table: &Table, one: usize, other: usize) -> bool {
        let given = |list: &[u32]| -> Vec<WordId> {
            let rows = list.iter().map(|kin| table.name_rows.row(*kin as usize));
            rows.flat_map(|row| words_of(row, Role::Given)).collect()
        };
        let (own, others) = (given(&self.parents[one]), given(&self.parents[other]));
        let alike = |x: &WordId, y: &WordId| likeness(&table.names, *x, *y) < Likeness::Unlike;
        !own.is_empty()
            && !others.is_empty()
            && !own.iter().any(|x| others.iter().any(|y| alike(x, y)))
    }
}

/// Whether two children of one parent differ in their given names or whole birth dates.
fn tell_siblings_apart(table: &Table, a: usize, b: usize) -> bool {
    let given = |record: usize| words_of(table.name_rows.row(record), Role::Given);
    let (one, other) = (given(a), given(b));
    let known = !one.is_empty() && !other.is_empty();
    let alike = |x: &WordId, y: &WordId| likeness(&table.names, *x, *y) < Likeness::Unlike;
    if known && !one.iter().any(|x| other.iter().any(|y| alike(x, y))) {
        return true;
    }
    table.births_contradict(a, b)
}

fn words_of(row: &[NameWord], role: Role) -> Vec<WordId> {
    row.iter()
        .filter(|word| word.role() == role)
        .map(|word| word.word())
        .collect()
}

/// How much it tells that two relatives bear one given and one family name.
fn same_name_bits(table: &Table, x: usize, y: usize) -> f64 {
    let (row, other) = (table.name_rows.row(x), table.name_rows.row(y));
    let shared = |role: Role| {
        let words = words_of(other, role);
        let own = words_of(row, role)
            .into_iter()
            .filter(|word| words.contains(word));
        own.map(|word| f64::from(table.names.bits(word)))
            .fold(0.0, f64::max)
    };
    let (given, family) = (shared(Role::Given), shared(Role::Family));
    if given == 0.0 || family == 0.0 {
        return 0.0;
    }
    // The family name is often that of the two records themselves, and told already.
    (given + family * 0.25).min(MOST_SHARED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::PersonFacts;
    use crate::linkage::{person_fields, push_person, weigh_by_own_counts};
    use crate::model::person::{Name, NameKind};

    fn table(people: &[(&str, &str, &str)]) -> Table {
        let mut table = Table::new(person_fields());
        for (given, family, born) in people {
            let name = Name {
                kind: NameKind::Legal,
                full: format!("{given} {family}"),
                given: (*given).to_owned(),
                family: (*family).to_owned(),
            };
            let births = born.parse().into_iter().collect();
            push_person(
                &mut table,
                &PersonFacts {
                    names: vec![name],
                    births,
                    ..PersonFacts::default()
                },
            );
        }
        weigh_by_own_counts(&mut table);
        table
    }

    #[test]
    fn twins_are_two_people() {
        let table = table(&[
            ("Ann", "Joe", "1961-03-04"),
            ("Beth", "Joe", "1961-03-04"),
            ("Ada", "Joe", "1930"),
        ]);
        let mut kin = Kin::of_size(3);
        kin.add_parent(0, 2);
        kin.add_parent(1, 2);
        assert_eq!(
            kin.evidence(&table, 0, 1),
            KinEvidence::Bits(SIBLINGS, "brothers or sisters")
        );
        assert!(matches!(kin.evidence(&table, 0, 2), KinEvidence::Apart(_)));
    }

    #[test]
    fn a_child_of_the_same_rare_name_speaks_for_one_person() {
        let people = [
            ("Marg", "Josef", ""),
            ("Margaret", "Joseph", ""),
            ("Zelda", "Quill", ""),
            ("Zelda", "Quill", ""),
        ];
        let table = table(&people);
        let mut kin = Kin::of_size(4);
        kin.add_parent(2, 0);
        kin.add_parent(3, 1);
        let KinEvidence::Bits(bits, words) = kin.evidence(&table, 0, 1) else {
            panic!("they are not apart");
        };
        assert!(bits > 0.5, "{bits}");
        assert_eq!(words, "a child of the same name");
    }
}
