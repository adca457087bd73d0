//! What the statements of one person put into the search index. Beside what is sealed stands what is open of the same steward,
//! because whoever sees the one sees the other; nothing sealed stands beside what is open.

use super::history::Version;
use super::sections::Section;
use crate::lookup::birth::BirthColumn;
use crate::lookup::columns::{Columns, Numbers};
use crate::lookup::keys::{KeyMaker, joined, words};
use crate::lookup::question::marks;
use crate::model::ids::Subject;
use crate::model::nation::MembershipState;
use crate::model::person::{Gender, Name};
use crate::model::statement::{Fact, SealClass};
use crate::names::tokens::NameTokens;
use std::collections::{BTreeMap, BTreeSet};

/// One person's part of the search index.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SearchEntries {
    /// Columns under each key, sorted, each once.
    pub postings: BTreeSet<(u64, Section, Vec<u8>)>,
    /// Words of family names.
    pub words: BTreeSet<(Section, String)>,
}

/// One name of a person in one section, with the keys that it stands under.
pub struct Entry {
    pub section: Section,
    pub columns: Vec<u8>,
    pub keys: Vec<u64>,
    /// Words of the family name.
    pub words: Vec<String>,
}

/// Whether a fact has a part in the index.
pub fn takes_part(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Name(_)
            | Fact::Gender(_)
            | Fact::Birth { .. }
            | Fact::Residence(_)
            | Fact::Membership(_)
    )
}

/// The entries of a person; nothing for other subjects.
pub fn entries<'h>(
    subject: Subject,
    live: impl Iterator<Item = &'h Version>,
    maker: &mut KeyMaker,
) -> Vec<Entry> {
    let Subject::Person(_) = subject else {
        return Vec::new();
    };
    let mut sections: BTreeMap<Section, Known<'h>> = BTreeMap::new();
    for version in live.filter(|version| takes_part(version.fact())) {
        let section = Section::of(&version.statement.evidence);
        sections.entry(section).or_default().add(version.fact());
    }
    let mut entries = Vec::new();
    for (section, own) in &sections {
        let open = Section {
            seal: SealClass::Open,
            ..*section
        };
        let beside = (*section != open).then(|| sections.get(&open)).flatten();
        own.entries(*section, beside, maker, &mut entries);
    }
    entries
}

/// The same, brought into order.
pub fn search_entries<'h>(
    subject: Subject,
    live: impl Iterator<Item = &'h Version>,
    maker: &mut KeyMaker,
) -> SearchEntries {
    let mut all = SearchEntries::default();
    for entry in entries(subject, live, maker) {
        let words = entry.words.into_iter().map(|word| (entry.section, word));
        all.words.extend(words);
        for key in entry.keys {
            let posting = (key, entry.section, entry.columns.clone());
            all.postings.insert(posting);
        }
    }
    all
}

/// What one section tells.
#[derive(Default)]
struct Known<'h> {
    names: Vec<&'h Name>,
    gender: Gender,
    births: Numbers<BirthColumn>,
    places: Numbers<u64>,
    nations: Numbers<u64>,
}

impl<'h> Known<'h> {
    fn add(&mut self, fact: &'h Fact) {
        match fact {
            Fact::Name(name) => self.names.push(name),
            Fact::Gender(gender) => self.gender = *gender,
            Fact::Birth { date, place } => {
                if let Some(birth) = date.and_then(BirthColumn::of) {
                    self.births.add(birth);
                }
                if let Some(place) = place {
                    self.places.add(place.0);
                }
            }
            Fact::Residence(residence) => self.places.add(residence.place.0),
            Fact::Membership(tie) if tie.state != MembershipState::NotAMember => {
                self.nations.add(tie.nation.0);
            }
            _ => {}
        }
    }

    /// What is sealed by itself says nothing that the open part does not, unless it is a name or goes with one.
    fn entries(
        &self,
        section: Section,
        open: Option<&Known<'h>>,
        maker: &mut KeyMaker,
        into: &mut Vec<Entry>,
    ) {
        let open_names = open.into_iter().flat_map(|open| &open.names);
        for (ordinal, name) in self.names.iter().chain(open_names).enumerate() {
            let (given, family) =
                joined(&NameTokens::of_parts(&name.full, &name.given, &name.family));
            let mut columns = Columns {
                ordinal: u8::try_from(ordinal).unwrap_or(u8::MAX),
                gender: self.gender,
                marks: marks(&name.full),
                given: &given,
                family: &family,
                ..Columns::default()
            };
            for known in std::iter::once(self).chain(open) {
                if columns.gender == Gender::Unknown {
                    columns.gender = known.gender;
                }
                known
                    .births
                    .iter()
                    .for_each(|birth| columns.births.add(birth));
                known
                    .places
                    .iter()
                    .for_each(|place| columns.places.add(place));
                known
                    .nations
                    .iter()
                    .for_each(|nation| columns.nations.add(nation));
            }
            let mut bytes = Vec::with_capacity(40);
            columns.encode(&mut bytes);
            into.push(Entry {
                section,
                columns: bytes,
                keys: maker.keys(&columns).postings,
                words: words(&family).map(str::to_owned).collect(),
            });
        }
    }
}
