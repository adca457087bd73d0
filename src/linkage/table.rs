//! Records in compact columns. Every field is a set of values; an empty set is no evidence. Records stand in an order
//! that follows from their content, so that results do not depend on the order in which they came.

use super::dates::LinkDate;
use super::words::{WordId, Words, hash_of, mixed, pair_key};
use crate::names::normalize::fold;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// What a field holds; it decides how values are compared and which blocking keys they give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Given,
    Family,
    /// A whole name of which the parts are not told apart.
    Name,
    Birth,
    Death,
    Place,
    Postcode,
    /// A street, the name of a house, a line of an address.
    Street,
    /// A house number and the like: tells little alone.
    Number,
    /// A number or code that belongs to one person.
    Identifier,
    Phone,
    Sex,
    /// Words with a limited number of values: an occupation, a nation.
    Category,
}

impl FieldKind {
    pub const ALL: [FieldKind; 13] = [
        FieldKind::Given,
        FieldKind::Family,
        FieldKind::Name,
        FieldKind::Birth,
        FieldKind::Death,
        FieldKind::Place,
        FieldKind::Postcode,
        FieldKind::Street,
        FieldKind::Number,
        FieldKind::Identifier,
        FieldKind::Phone,
        FieldKind::Sex,
        FieldKind::Category,
    ];

    /// The word used in files, flags and messages.
    pub fn word(self) -> &'static str {
        match self {
            FieldKind::Given => "given",
            FieldKind::Family => "family",
            FieldKind::Name => "name",
            FieldKind::Birth => "birth",
            FieldKind::Death => "death",
            FieldKind::Place => "place",
            FieldKind::Postcode => "postcode",
            FieldKind::Street => "street",
            FieldKind::Number => "number",
            FieldKind::Identifier => "identifier",
            FieldKind::Phone => "phone",
            FieldKind::Sex => "sex",
            FieldKind::Category => "category",
        }
    }

    pub fn is_name(self) -> bool {
        matches!(self, FieldKind::Given | FieldKind::Family | FieldKind::Name)
    }

    pub fn is_date(self) -> bool {
        matches!(self, FieldKind::Birth | FieldKind::Death)
    }
}

/// A field: its kind, and a label where there are several of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Field {
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

impl Field {
    pub fn of(kind: FieldKind) -> Field {
        Field {
            kind,
            label: String::new(),
        }
    }

    /// As in messages: `place`, or `street (second)`.
    pub fn words(&self) -> String {
        if self.label.is_empty() {
            self.kind.word().to_owned()
        } else {
            format!("{} ({})", self.kind.word(), self.label)
        }
    }
}

/// Which part of a name a word stood in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Given,
    Family,
    Whole,
}

/// A word of a name with its part, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameWord(u32);

impl NameWord {
    fn new(word: WordId, role: Role) -> NameWord {
        NameWord(word << 2 | role as u32)
    }

    pub fn word(self) -> WordId {
        self.0 >> 2
    }

    pub fn role(self) -> Role {
        match self.0 & 3 {
            0 => Role::Given,
            1 => Role::Family,
            _ => Role::Whole,
        }
    }
}

/// Rows of any length, one after the other.
#[derive(Clone, Debug)]
pub struct Rows<Item> {
    items: Vec<Item>,
    ends: Vec<u32>,
}

impl<Item> Default for Rows<Item> {
    fn default() -> Self {
        Rows {
            items: Vec::new(),
            ends: Vec::new(),
        }
    }
}

impl<Item: Copy> Rows<Item> {
    pub fn row(&self, place: usize) -> &[Item] {
        let start = if place == 0 {
            0
        } else {
            self.ends[place - 1] as usize
        };
        &self.items[start..self.ends[place] as usize]
    }

    pub fn push(&mut self, row: &[Item]) {
        self.items.extend_from_slice(row);
        self.ends.push(self.items.len() as u32);
    }

    /// Adds a row of distinct values, in order.
    fn push_set(&mut self, values: impl Iterator<Item = Item>)
    where
        Item: Ord,
    {
        let start = self.items.len();
        self.items.extend(values);
        self.items[start..].sort_unstable();
        let mut kept = start;
        for place in start..self.items.len() {
            if place == start || self.items[place] != self.items[kept - 1] {
                self.items[kept] = self.items[place];
                kept += 1;
            }
        }
        self.items.truncate(kept);
        self.ends.push(self.items.len() as u32);
    }

    fn in_order(&self, order: &[u32]) -> Rows<Item> {
        let mut rows = Rows {
            items: Vec::with_capacity(self.items.len()),
            ends: Vec::with_capacity(order.len()),
        };
        for place in order {
            rows.push(self.row(*place as usize));
        }
        rows
    }
}

/// A field of text: its values and their rows.
#[derive(Clone, Debug, Default)]
pub struct TextColumn {
    pub words: Words,
    pub rows: Rows<WordId>,
}

/// Records to be linked.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub fields: Vec<Field>,
    /// The number that each record had when it came, by its place here.
    pub came: Vec<u32>,
    /// A hash of each record's content.
    pub hashes: Vec<u64>,
    /// Which file each record is of, where two are linked to one another.
    pub sides: Vec<u8>,
    pub two_sided: bool,
    /// Pairs of records (as [`pair_key`]) that must not be compared, whatever they hold.
    pub apart: FxHashSet<u64>,
    /// By record, whether it is one of those who are to be compared with all others; empty if all are.
    pub concerned: Vec<bool>,
    pub names: Words,
    pub name_rows: Rows<NameWord>,
    /// By field; empty for names and texts.
    pub dates: Vec<Rows<LinkDate>>,
    /// By field; empty for names and dates.
    pub texts: Vec<TextColumn>,
}

impl Table {
    pub fn new(fields: Vec<Field>) -> Table {
        let count = fields.len();
        Table {
            fields,
            dates: (0..count).map(|_| Rows::default()).collect(),
            texts: (0..count).map(|_| TextColumn::default()).collect(),
            ..Table::default()
        }
    }

    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Adds a record of one side (0 where there is only one file): values by field, in any order.
    pub fn push(&mut self, side: u8, values: &[(usize, &str)]) {
        let mut name_words: Vec<NameWord> = Vec::new();
        let mut hash = u64::from(side);
        for (place, field) in self.fields.iter().enumerate() {
            let texts = || {
                let of_field = values.iter().filter(|(of, _)| *of == place);
                of_field
                    .map(|(_, text)| *text)
                    .filter(|text| !text.trim().is_empty())
            };
            for text in texts() {
                hash = hash.wrapping_add(mixed(hash_of(text).wrapping_add(place as u64)));
            }
            match field.kind {
                kind if kind.is_name() => {
                    let role = match kind {
                        FieldKind::Given => Role::Given,
                        FieldKind::Family => Role::Family,
                        _ => Role::Whole,
                    };
                    for text in texts() {
                        for word in fold(text).split(' ') {
                            name_words.push(NameWord::new(self.names.intern(word), role));
                        }
                    }
                }
                kind if kind.is_date() => {
                    self.dates[place].push_set(texts().filter_map(LinkDate::read));
                }
                kind => {
                    let TextColumn { words, rows } = &mut self.texts[place];
                    rows.push_set(texts().map(|text| words.intern(&text_form(kind, text))));
                }
            }
        }
        self.name_rows.push_set(name_words.into_iter());
        self.push_front(side, mixed(hash));
    }

    fn push_front(&mut self, side: u8, hash: u64) {
        self.came.push(self.came.len() as u32);
        self.sides.push(side);
        self.two_sided |= side != 0;
        self.hashes.push(hash);
    }

    /// Adds all records of a table of the same fields, neither of them settled yet.
    pub fn append(&mut self, more: &Table) {
        let names = self.names.intern_all(&more.names);
        for record in 0..more.len() {
            let row = more.name_rows.row(record).iter();
            let row = row.map(|word| NameWord::new(names[word.word() as usize], word.role()));
            self.name_rows.push_set(row);
            self.push_front(more.sides[record], more.hashes[record]);
        }
        for (place, field) in self.fields.iter().enumerate() {
            let records = 0..more.len();
            if field.kind.is_date() {
                records.for_each(|record| self.dates[place].push(more.dates[place].row(record)));
            } else if !field.kind.is_name() {
                let TextColumn { words, rows } = &mut self.texts[place];
                let other = &more.texts[place];
                let known = words.intern_all(&other.words);
                for record in records {
                    let row = other.rows.row(record).iter();
                    rows.push_set(row.map(|word| known[*word as usize]));
                }
            }
        }
    }

    /// Puts the records into the order of their content.
    pub fn settle(&mut self) {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by_key(|place| (self.hashes[*place as usize], *place));
        self.came = order
            .iter()
            .map(|place| self.came[*place as usize])
            .collect();
        self.sides = order
            .iter()
            .map(|place| self.sides[*place as usize])
            .collect();
        self.hashes = order
            .iter()
            .map(|place| self.hashes[*place as usize])
            .collect();
        self.name_rows = self.name_rows.in_order(&order);
        for (place, field) in self.fields.iter().enumerate() {
            match field.kind {
                kind if kind.is_name() => {}
                kind if kind.is_date() => self.dates[place] = self.dates[place].in_order(&order),
                _ => self.texts[place].rows = self.texts[place].rows.in_order(&order),
            }
        }
    }

    /// Whether a record bears a word that was equated with another.
    pub fn bears_equated(&self, record: usize) -> bool {
        let names = self.name_rows.row(record).iter();
        let columns = self.texts.iter();
        let mut columns = columns.filter(|column| column.words.has_equivalents());
        names
            .map(|word| word.word())
            .any(|word| self.names.has_equivalent(word))
            || columns.any(|column| {
                let row = column.rows.row(record);
                row.iter().any(|word| column.words.has_equivalent(*word))
            })
    }

    /// Whether two records may be compared: never a record with itself, nor two of one file where two are linked.
    pub fn may_pair(&self, a: usize, b: usize) -> bool {
        a != b
            && (!self.two_sided || self.sides[a] != self.sides[b])
            && (self.concerned.is_empty() || self.concerned[a] || self.concerned[b])
            && !self.keeps_apart(a, b)
    }

    /// Whether any two records of a table may be compared that share a key.
    pub fn may_pair_all(&self) -> bool {
        !self.two_sided && self.concerned.is_empty() && self.apart.is_empty()
    }

    /// Whether two records must not be compared, whatever they hold. Two of one file, where two files are linked, are not
    /// compared either, but may well turn out to be one person.
    pub fn keeps_apart(&self, a: usize, b: usize) -> bool {
        !self.apart.is_empty() && self.apart.contains(&pair_key(a as u32, b as u32))
    }

    /// Whether two records have whole birth dates, none of them of the same year.
    pub fn births_contradict(&self, a: usize, b: usize) -> bool {
        let birth = self.fields_of(FieldKind::Birth).next();
        birth.is_some_and(|field| {
            let (one, other) = (self.dates[field].row(a), self.dates[field].row(b));
            let whole =
                |dates: &[LinkDate]| !dates.is_empty() && dates.iter().all(|date| date.is_whole());
            let same_year = |x: &LinkDate| other.iter().any(|y| x.year == y.year);
            whole(one) && whole(other) && !one.iter().any(same_year)
        })
    }

    /// How many pairs there are in all.
    pub fn all_pairs(&self) -> f64 {
        let records = self.len() as f64;
        if self.two_sided {
            let second = self.sides.iter().filter(|side| **side != 0).count() as f64;
            return (records - second) * second;
        }
        records * (records - 1.0) / 2.0
    }

    /// The fields of a kind.
    pub fn fields_of(&self, kind: FieldKind) -> impl Iterator<Item = usize> + '_ {
        self.fields
            .iter()
            .enumerate()
            .filter(move |(_, field)| field.kind == kind)
            .map(|(place, _)| place)
    }
}

/// The comparable form of a text.
fn text_form(kind: FieldKind, text: &str) -> String {
    let folded = fold(text);
    match kind {
        FieldKind::Postcode | FieldKind::Identifier | FieldKind::Number => folded.replace(' ', ""),
        FieldKind::Phone => {
            let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
            let start = digits.len().saturating_sub(10);
            digits[start..].to_owned()
        }
        _ => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stand_in_an_order_of_their_content() {
        let fields = vec![Field::of(FieldKind::Given), Field::of(FieldKind::Place)];
        let people = [
            ["Ann", "Hope"],
            ["Bert", "Yale"],
            ["Cleo", ""],
            ["Dan", "Yale"],
        ];
        let order_of = |turned: bool| {
            let mut table = Table::new(fields.clone());
            let mut people: Vec<_> = people.iter().collect();
            if turned {
                people.reverse();
            }
            for [given, place] in &people {
                table.push(0, &[(0, given), (1, place)]);
            }
            table.settle();
            let came = table.came.iter();
            came.map(|place| people[*place as usize][0])
                .collect::<Vec<_>>()
        };
        assert_eq!(order_of(false), order_of(true));
    }
}
