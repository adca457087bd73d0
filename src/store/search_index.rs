//! The search index in use: kept up to date within commits, and read. A new person adds small segments of their own and reads
//! nothing; a changed one has their entries taken out of the segments where they stand. `rebuild` packs small segments.

use super::backend::{Deadline, GO_ON, Order, ReadView, STOP, Table};
use super::error::StoreError;
use super::overlay::Overlay;
use super::records::{finish, front};
use super::search_entries::SearchEntries;
use super::search_keys::{self, SegmentKey, SegmentWriter, parse_word, read_segment, word_key};
use super::sections::Section;
use super::snapshot::Snapshot;
use crate::lookup::keys::{self, KeyMaker};
use crate::lookup::scoring::Search;
use crate::lookup::steps::{MOST_IN_STEP, MOST_UNDER_KEY, Step};
use crate::model::visibility::Visibility;
use std::collections::{BTreeMap, BTreeSet};

/// Brings the index from what a person's statements said to what they say.
pub fn update(
    overlay: &mut Overlay<'_>,
    person: u64,
    before: &SearchEntries,
    after: &SearchEntries,
    maker: &mut KeyMaker,
) -> Result<(), StoreError> {
    let (old, new) = (by_place(before), by_place(after));
    for (place, columns) in &old {
        if new.get(place) != Some(columns) {
            remove(overlay, *place, person)?;
        }
    }
    for (place, columns) in &new {
        if old.get(place) != Some(columns) {
            insert(overlay, *place, person, columns);
        }
    }
    for (section, word) in after.words.difference(&before.words) {
        for key in maker.word_keys(word) {
            overlay.put(
                Table::Search,
                word_key(key, *section, word),
                finish(front()),
            );
        }
    }
    for (section, word) in before.words.difference(&after.words) {
        if !is_somebodys(overlay, *section, word)? {
            for key in maker.word_keys(word) {
                overlay.delete(Table::Search, word_key(key, *section, word));
            }
        }
    }
    Ok(())
}

type Place = (u64, Section);

/// People of a segment with their columns.
type KeptEntries = Vec<(u64, Vec<u8>)>;

fn by_place(entries: &SearchEntries) -> BTreeMap<Place, BTreeSet<&[u8]>> {
    let mut places: BTreeMap<Place, BTreeSet<&[u8]>> = BTreeMap::new();
    for (key, section, columns) in &entries.postings {
        places.entry((*key, *section)).or_default().insert(columns);
    }
    places
}

fn insert(
    overlay: &mut Overlay<'_>,
    (key, section): Place,
    person: u64,
    columns: &BTreeSet<&[u8]>,
) {
    let mut writer = SegmentWriter::new(person);
    for columns in columns {
        writer.push(person, columns);
    }
    let stored = SegmentKey {
        key,
        section,
        first: person,
    };
    overlay.put(Table::Search, stored.encode(), writer.finish());
}

/// Takes a person out of the segment that holds them.
fn remove(overlay: &mut Overlay<'_>, (key, section): Place, person: u64) -> Result<(), StoreError> {
    let mut rewritten: Vec<(Vec<u8>, KeptEntries)> = Vec::new();
    let mut range = search_keys::segments_of(key, section);
    let behind = SegmentKey {
        key,
        section,
        first: person.saturating_add(1),
    };
    range.end = range.end.min(behind.encode());
    overlay.scan(
        Table::Search,
        &range,
        Order::Ascending,
        Deadline::NONE,
        &mut |stored, value| {
            let (mut kept, mut found) = (Vec::new(), false);
            read_segment(first_of(stored)?, value, &mut |who, columns| {
                if who == person {
                    found = true;
                } else {
                    kept.push((who, columns.to_vec()));
                }
            })?;
            if found {
                rewritten.push((stored.to_vec(), kept));
            }
            GO_ON
        },
    )?;
    for (stored, kept) in rewritten {
        overlay.delete(Table::Search, stored);
        let Some((first, _)) = kept.first() else {
            continue;
        };
        let mut writer = SegmentWriter::new(*first);
        let moved = SegmentKey {
            key,
            section,
            first: *first,
        };
        for (who, columns) in &kept {
            writer.push(*who, columns);
        }
        overlay.put(Table::Search, moved.encode(), writer.finish());
    }
    Ok(())
}

fn first_of(stored: &[u8]) -> Result<u64, StoreError> {
    SegmentKey::decode(stored)
        .map(|stored| stored.first)
        .ok_or_else(|| StoreError::damaged("unreadable key in the search index"))
}

/// Whether anybody in a section still has a word in a family name.
fn is_somebodys(overlay: &Overlay<'_>, section: Section, word: &str) -> Result<bool, StoreError> {
    let mut found = false;
    overlay.scan(
        Table::Search,
        &search_keys::segments(&keys::family_of(word)),
        Order::Ascending,
        Deadline::NONE,
        &mut |stored, _| {
            let stored = SegmentKey::decode(stored)
                .ok_or_else(|| StoreError::damaged("unreadable key in the search index"))?;
            found = stored.section == section;
            if found { STOP } else { GO_ON }
        },
    )?;
    Ok(found)
}

impl Snapshot<'_> {
    /// Runs a search as far as it needs to go, over what the caller may see.
    pub fn search(
        &self,
        search: &mut Search<'_>,
        visibility: &Visibility,
    ) -> Result<(), StoreError> {
        for step in [Step::First, Step::Narrow, Step::Near, Step::Wide] {
            self.stop_check()?;
            let words = search.word_keys(step);
            if !words.is_empty() {
                self.near_words(&words, search, visibility)?;
            }
            self.people_under(search, step, visibility)?;
            if search.is_enough(step) {
                break;
            }
        }
        Ok(())
    }

    fn near_words(
        &self,
        wanted: &[u64],
        search: &mut Search<'_>,
        visibility: &Visibility,
    ) -> Result<(), StoreError> {
        let ranges: Vec<_> = wanted.iter().map(|key| search_keys::words(*key)).collect();
        self.view.scan_many(
            Table::Search,
            &ranges,
            self.deadline,
            &mut |_, stored, _| {
                let (_, section, word) = parse_word(stored)
                    .ok_or_else(|| StoreError::damaged("unreadable word in the search index"))?;
                if section.visible_to(visibility) {
                    search.take_word(word);
                }
                GO_ON
            },
        )
    }

    fn people_under(
        &self,
        search: &mut Search<'_>,
        step: Step,
        visibility: &Visibility,
    ) -> Result<(), StoreError> {
        let keys = search.postings(step);
        let ranges: Vec<_> = keys.iter().map(search_keys::segments).collect();
        let mut sections: Vec<Section> = Vec::new();
        // In the step, under the key at hand, and which key that is.
        let (mut read, mut under, mut at) = (0, 0, 0);
        self.view.scan_many(
            Table::Search,
            &ranges,
            self.deadline,
            &mut |position, stored, value| {
                if position != at {
                    (at, under) = (position, 0);
                }
                let stored = SegmentKey::decode(stored)
                    .ok_or_else(|| StoreError::damaged("unreadable key in the search index"))?;
                if !stored.section.visible_to(visibility) {
                    return GO_ON;
                }
                if read >= MOST_IN_STEP || under >= MOST_UNDER_KEY {
                    return STOP;
                }
                let known = sections.iter().position(|known| *known == stored.section);
                let section = known.unwrap_or_else(|| {
                    sections.push(stored.section);
                    sections.len() - 1
                });
                let mut readable = true;
                read_segment(stored.first, value, &mut |person, columns| {
                    read += 1;
                    under += 1;
                    readable &= search.take(person, section as u16, columns);
                })?;
                if readable {
                    GO_ON
                } else {
                    Err(StoreError::damaged(
                        "unreadable columns in the search index",
                    ))
                }
            },
        )
    }
}
