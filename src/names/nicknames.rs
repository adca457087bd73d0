//! First names and the forms by which their bearers are called, in both directions (`data/names/nicknames.toml`).

use super::normalize::fold;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/names/nicknames.toml");

/// How two first names belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NicknameRelation {
    /// One is a short or pet form of the other: Peggy and Margaret.
    Direct,
    /// Both are forms of one name: Peg and Maggie, of Margaret.
    Shared,
}

/// How two folded first names belong together; nothing if they do not, or are the same.
pub fn nickname_relation(a: &str, b: &str) -> Option<NicknameRelation> {
    let table = table();
    let (a, b) = (*table.numbers.get(a)?, *table.numbers.get(b)?);
    if a == b {
        return None;
    }
    let (of_a, of_b) = (table.names.get(a)?, table.names.get(b)?);
    if of_a.forms.contains(&b) || of_b.forms.contains(&a) {
        return Some(NicknameRelation::Direct);
    }
    let shared = of_a.whole.iter().any(|whole| of_b.whole.contains(whole));
    shared.then_some(NicknameRelation::Shared)
}

/// The folded names that belong directly to a folded name: its forms, and the names that it is a form of.
pub fn nicknames_of(name: &str) -> impl Iterator<Item = &'static str> {
    let table = table();
    let entry = table.numbers.get(name).and_then(|n| table.names.get(*n));
    entry
        .into_iter()
        .flat_map(|entry| entry.forms.iter().chain(&entry.whole))
        .filter_map(|number| table.names.get(*number))
        .map(|entry| entry.text.as_str())
}

/// Every folded name with each of its short or pet forms.
pub fn nickname_pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let table = table();
    let text = |number: &usize| table.names.get(*number).map(|entry| entry.text.as_str());
    table.names.iter().flat_map(move |entry| {
        let forms = entry.forms.iter().filter_map(text);
        forms.map(|form| (entry.text.as_str(), form))
    })
}

#[derive(Default)]
struct Table {
    numbers: FxHashMap<String, usize>,
    names: Vec<Entry>,
}

#[derive(Default)]
struct Entry {
    text: String,
    forms: Vec<usize>,
    /// The names of which this is a form.
    whole: Vec<usize>,
}

impl Table {
    fn number(&mut self, name: &str) -> usize {
        let text = fold(name);
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        let number = self.names.len();
        self.numbers.insert(text.clone(), number);
        self.names.push(Entry {
            text,
            ..Entry::default()
        });
        number
    }
}

fn table() -> &'static Table {
    static NICKNAMES: OnceLock<Table> = OnceLock::new();
    // The table is part of the program and a test proves that it parses, so the empty default is never met.
    NICKNAMES.get_or_init(|| parse(TABLE).unwrap_or_default())
}

fn parse(text: &str) -> Result<Table, String> {
    let rows: BTreeMap<String, Vec<String>> =
        toml::from_str(text).map_err(|error| error.to_string())?;
    let mut table = Table::default();
    for (name, forms) in &rows {
        let whole = table.number(name);
        for form in forms {
            let form = table.number(form);
            if form == whole {
                return Err(format!("\"{name}\" is a form of itself"));
            }
            table.names[whole].forms.push(form);
            table.names[form].whole.push(whole);
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses() {
        let table = parse(TABLE);
        assert!(
            table.as_ref().is_ok_and(|table| table.names.len() > 1500),
            "{:?}",
            table.err()
        );
    }

    #[test]
    fn forms_are_known_both_ways() {
        use NicknameRelation::{Direct, Shared};
        for (a, b, relation) in [
            ("margaret", "peggy", Some(Direct)),
            ("peggy", "margaret", Some(Direct)),
            ("marg", "margaret", Some(Direct)),
            ("peg", "maggie", Some(Shared)),
            ("margaret", "margaret", None),
            ("margaret", "robert", None),
            ("margaret", "nobody", None),
        ] {
            assert_eq!(nickname_relation(a, b), relation, "{a} {b}");
        }
        assert!(nicknames_of("peggy").any(|name| name == "margaret"));
        assert!(nicknames_of("margaret").any(|name| name == "peggy"));
        assert_eq!(nicknames_of("ᐃᓄᒃ").count(), 0);
    }
}
