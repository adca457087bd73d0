//! How common names are, from a published table (`data/names/frequencies.tsv`), never from the store: what is recorded, open or
//! sealed, moves no score.

use super::weights::weights;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/names/frequencies.tsv");

/// Shares of people, by folded name.
#[derive(Default)]
pub struct Frequencies {
    given: Names,
    family: Names,
}

/// Sorted names, each with the share of all names before it.
#[derive(Default)]
struct Names {
    sorted: Vec<(&'static str, f64)>,
    sums: Vec<f64>,
}

impl Names {
    fn of(mut sorted: Vec<(&'static str, f64)>) -> Names {
        sorted.sort_unstable_by_key(|(name, _)| *name);
        let mut sum = 0.0;
        let mut sums = vec![0.0];
        for (_, share) in &sorted {
            sum += share;
            sums.push(sum);
        }
        Names { sorted, sums }
    }

    fn share(&self, name: &str) -> Option<f64> {
        let found = self.sorted.binary_search_by_key(&name, |(name, _)| name);
        found.ok().map(|position| self.sorted[position].1)
    }

    fn share_beginning(&self, beginning: &str) -> f64 {
        let first = self.sorted.partition_point(|(name, _)| *name < beginning);
        let rest = &self.sorted[first..];
        let count = rest.partition_point(|(name, _)| name.starts_with(beginning));
        self.sums.get(first + count).unwrap_or(&0.0) - self.sums.get(first).unwrap_or(&0.0)
    }
}

impl Frequencies {
    /// The share of people with this first name; a small one where it is not in the table.
    pub fn given(&self, name: &str) -> f64 {
        self.given
            .share(name)
            .unwrap_or(0.0)
            .max(weights().names.rare_given)
    }

    /// The share of people with this family name.
    pub fn family(&self, name: &str) -> f64 {
        self.family
            .share(name)
            .unwrap_or(0.0)
            .max(weights().names.rare_family)
    }

    /// Every name of the table with the share of people who bear it, as a first or as a family name.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        let given = self.given.sorted.iter();
        given.chain(&self.family.sorted).copied()
    }

    /// The share of people whose first name begins so.
    pub fn given_beginning(&self, beginning: &str) -> f64 {
        let share = self.given.share_beginning(beginning);
        share.max(weights().names.rare_given)
    }

    /// The share of people whose family name begins so.
    pub fn family_beginning(&self, beginning: &str) -> f64 {
        let share = self.family.share_beginning(beginning);
        share.max(weights().names.rare_family)
    }
}

/// The frequencies built into the program.
pub fn frequencies() -> &'static Frequencies {
    static FREQUENCIES: OnceLock<Frequencies> = OnceLock::new();
    // The table is part of the program and a test proves that it parses, so the empty default is never met.
    FREQUENCIES.get_or_init(|| parse(TABLE).unwrap_or_default())
}

fn parse(text: &'static str) -> Result<Frequencies, String> {
    let (mut given, mut family) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (kind, count, names) = (cells.next(), cells.next(), cells.next());
        let share = count.and_then(|count| count.parse::<u32>().ok());
        let (Some(kind), Some(share), Some(names)) = (kind, share, names) else {
            return Err(line.to_owned());
        };
        let share = f64::from(share) / 1e6;
        let into = match kind {
            "given" => &mut given,
            "family" => &mut family,
            _ => return Err(line.to_owned()),
        };
        into.extend(names.split(' ').map(|name| (name, share)));
    }
    Ok(Frequencies {
        given: Names::of(given),
        family: Names::of(family),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_common_names_are_common() {
        let table = parse(TABLE).expect("parses");
        assert!(table.family("smith") > 0.009 && table.given("mary") > 0.01);
        assert_eq!(table.family("xyzzy"), weights().names.rare_family);
        assert!(table.given_beginning("mar") > table.given("mary"));
        assert!((table.given_beginning("") - 0.9).abs() < 0.1);
    }
}
