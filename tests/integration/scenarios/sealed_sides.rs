//! The four ways by which two sides of a sealed adoption could be told of one another: search, duplicates of the whole
//! store, links at writes, the report of an import. None does, in whatever world.

use super::family_lines::FamilyLines;
use super::likely_links::{
    bundle_of, duplicates, in_words, look_at_everybody, open_caller, suggested,
};
use super::world::World;
use kinpath::access::Permit;
use kinpath::workflow::{SearchPeople, SearchScope, import_bundle, probably_known, search_people};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A child before and after an adoption, with kin on both sides.
#[derive(Clone, Debug)]
struct Adoption {
    given: String,
    family: String,
    /// What the name became: a slip, or the same.
    changed: bool,
    born: String,
    /// Children whom the birth mother kept, under the names of the adopter's.
    siblings: usize,
    /// Whether a link of the two records is sealed too, and the tie to the birth mother.
    is_linked: bool,
    is_tied: bool,
}

fn adoption() -> impl Strategy<Value = Adoption> {
    let names = ("[A-Z][a-z]{3,7}", "[A-Z][b-df-hj-np-tv-z][a-z]{2,6}[a-r]");
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (names, 2005..2020, 10..28, 0..3usize, flags).prop_map(
        |((given, family), year, day, siblings, (changed, is_linked, is_tied))| Adoption {
            given,
            family,
            changed,
            born: format!("{year}-05-{day}"),
            siblings,
            is_linked,
            is_tied: is_tied || !is_linked,
        },
    )
}

impl Adoption {
    fn before(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// Never the same name: names are ids here.
    fn after(&self) -> String {
        let more = if self.changed { "e" } else { "" };
        format!("{}{more} {}s", self.given, self.family)
    }

    fn kin(&self, side: &str, number: usize) -> String {
        format!("Kin{} {}{side}", ["ar", "or", "ul"][number], self.family)
    }

    /// People and open ties of both sides, without what is sealed.
    fn open_lines(&self) -> FamilyLines {
        let (before, after, born) = (self.before(), self.after(), &self.born);
        let mut lines = FamilyLines {
            people: vec![
                format!("{before}, girl, born {born}, lives in Hope"),
                format!("{after}, girl, born {born}, lives in Hope"),
                format!("Dana {}, woman, born 1985-01-02", self.family),
                format!("Nora {}s, woman, born 1980-03-30", self.family),
            ],
            ties: vec![
                format!("Dana {} is mother of {before}", self.family),
                format!("Nora {}s is adoptive mother of {after}", self.family),
            ],
            ..FamilyLines::default()
        };
        for number in 0..self.siblings {
            for (side, parent) in [
                ("", format!("Dana {}", self.family)),
                ("s", format!("Nora {}s", self.family)),
            ] {
                let kin = self.kin(side, number);
                lines
                    .people
                    .push(format!("{kin}, boy, born 20{:02}-07-07", 10 + number));
                lines.ties.push(format!("{parent} is mother of {kin}"));
            }
        }
        lines
    }

    fn sealed_ties(&self) -> Vec<String> {
        let tie = format!(
            "Dana {} is mother of {} (sealed adoption)",
            self.family,
            self.after()
        );
        self.is_tied.then_some(tie).into_iter().collect()
    }

    fn sealed_links(&self) -> Vec<String> {
        let link = format!("{} is {} (sealed adoption)", self.before(), self.after());
        self.is_linked.then_some(link).into_iter().collect()
    }

    fn lines(&self) -> FamilyLines {
        let mut lines = self.open_lines();
        lines.ties.extend(self.sealed_ties());
        lines.links.extend(self.sealed_links());
        lines
    }

    /// Whether a line "one may be other" tells of both sides.
    fn crosses(&self, line: &str) -> bool {
        let sides = line.split(" may be ").map(|name| name.ends_with('s'));
        sides.collect::<BTreeSet<bool>>().len() == 2
    }
}

/// Everything that somebody who is not cleared is told about a name: whom, how probably, why.
fn searched(world: &World, name: &str) -> Vec<String> {
    let asked = SearchPeople {
        text: name.to_owned(),
        ..SearchPeople::default()
    };
    let scope = SearchScope {
        limit: 20,
        today: "2026-11-21".parse().unwrap(),
    };
    let found = search_people(&world.store, &open_caller(), &asked, scope).unwrap();
    let told = found.into_iter().map(|found| {
        let also: Vec<_> = found
            .person
            .also_recorded_as
            .iter()
            .map(|other| &other.name)
            .collect();
        format!(
            "{} {:.6} {} {:?} {also:?}",
            found.person.name, found.probability, found.matched_name, found.reasons
        )
    });
    told.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn none_of_four_ways_tells_of_the_other_side(adoption in adoption()) {
        let cleared = Permit::local_operator();
        let open = open_caller();
        let world = World::of("", &adoption.lines()).unwrap();

        let without = World::of("", &adoption.open_lines()).unwrap();
        for name in [adoption.before(), adoption.after(), adoption.kin("s", 0)] {
            prop_assert_eq!(searched(&world, &name), searched(&without, &name));
        }

        let told = duplicates(&world, &open);
        prop_assert!(!told.iter().any(|line| adoption.crosses(line)), "{told:?}");

        for writer in [&open, &cleared] {
            look_at_everybody(&world, writer);
            let told = suggested(&world, writer);
            prop_assert!(!told.iter().any(|line| adoption.crosses(line)), "{told:?}");
        }

        // The side after the adoption comes in a file, to a store that knows the side before it.
        let (mut known, mut file) = (adoption.open_lines(), adoption.lines());
        let is_after = |line: &String| {
            let name = line.split(',').next().unwrap_or_default();
            name.ends_with('s')
        };
        known.people.retain(|line| !is_after(line));
        known.ties.retain(|line| !line.ends_with('s') && !line.contains("s is "));
        let mother = format!("Dana {},", adoption.family);
        file.people.retain(|line| {
            is_after(line) || line.starts_with(&mother)
                || (adoption.is_linked && line.starts_with(&format!("{},", adoption.before())))
        });
        let names: Vec<String> = file.people.iter()
            .filter_map(|line| line.split(',').next().map(str::to_owned))
            .collect();
        let is_in_file = |line: &String| {
            let line = line.replace(" (sealed adoption)", "");
            names.iter().any(|name| line.ends_with(&format!(" of {name}")))
                && names.iter().any(|name| line.starts_with(&format!("{name} is")))
        };
        file.ties.retain(is_in_file);
        let world = World::of("", &known).unwrap();
        let bundle = bundle_of(&file);
        for permit in [&open, &cleared] {
            let told = probably_known(&world.store, permit, &bundle, &mut |_, _| {}).unwrap();
            prop_assert_eq!(in_words(&told), Vec::<String>::new());
        }
        let imported = import_bundle(&world.store, &cleared, "file", &bundle, &mut |_| {}).unwrap();
        prop_assert_eq!(in_words(&imported.links.probably_known), Vec::<String>::new());
        let told = suggested(&world, &cleared);
        prop_assert!(!told.iter().any(|line| adoption.crosses(line)), "{told:?}");
    }

    #[test]
    fn without_the_seal_the_two_sides_are_found(adoption in adoption()) {
        let world = World::of("", &adoption.open_lines()).unwrap();
        look_at_everybody(&world, &Permit::local_operator());
        let told = suggested(&world, &open_caller());
        let pair = format!("{} may be {}", adoption.before(), adoption.after());
        prop_assert!(told.contains(&pair), "{pair} is not among {told:?}");
    }
}
