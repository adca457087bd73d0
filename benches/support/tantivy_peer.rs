//! The peer: the same register in a tantivy index held in memory, asked the same questions as a careful user of it would:
//! every word of the name fuzzily and exactly, with more for the birth date, its year and the place where they are known.
//! Fuzzy hits all score alike there, so the exact ones are added.

use crate::register::{Entry, Query};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query as Asked, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TEXT};
use tantivy::{Index, Searcher, TantivyDocument, Term};

/// A searchable register.
pub struct Peer {
    searcher: Searcher,
    name: Field,
    born: Field,
    year: Field,
    place: Field,
}

impl Peer {
    /// Indexes a register; documents are numbered as the entries are.
    pub fn of(entries: &[Entry]) -> Peer {
        let mut schema = Schema::builder();
        let name = schema.add_text_field("name", TEXT);
        let born = schema.add_text_field("born", STRING);
        let year = schema.add_text_field("year", STRING);
        let place = schema.add_text_field("place", STRING);
        let number = schema.add_u64_field("number", FAST);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index
            .writer_with_num_threads::<TantivyDocument>(1, 400_000_000)
            .expect("a writer");
        for (place_of_entry, entry) in entries.iter().enumerate() {
            let mut document = TantivyDocument::default();
            for text in [
                &entry.given,
                &entry.second,
                &entry.family,
                &entry.birth_family,
            ] {
                document.add_text(name, text);
            }
            let (of_year, month, day) = entry.born;
            document.add_text(born, format!("{of_year:04}-{month:02}-{day:02}"));
            document.add_text(year, format!("{of_year:04}"));
            document.add_text(place, &entry.place);
            document.add_u64(number, place_of_entry as u64);
            writer.add_document(document).expect("it is added");
        }
        writer.commit().expect("a commit");
        let searcher = index.reader().expect("a reader").searcher();
        Peer {
            searcher,
            name,
            born,
            year,
            place,
        }
    }

    /// Where the person meant stands among the first ten, from 0.
    pub fn rank(&self, query: &Query, entries: &[Entry], distance: u8) -> Option<usize> {
        let asked = self.asked(query, distance);
        let best = TopDocs::with_limit(10).order_by_score();
        let found = self.searcher.search(&asked, &best).expect("an answer");
        found.iter().position(|(_, address)| {
            let segment = self.searcher.segment_reader(address.segment_ord);
            let numbers = segment.fast_fields().u64("number").expect("numbers");
            let number = numbers.first(address.doc_id).expect("a number");
            entries[number as usize].id == query.truth
        })
    }

    fn asked(&self, query: &Query, distance: u8) -> BooleanQuery {
        let mut clauses: Vec<(Occur, Box<dyn Asked>)> = Vec::new();
        let mut add = |clause: Box<dyn Asked>, weight: f32| {
            clauses.push((Occur::Should, Box::new(BoostQuery::new(clause, weight))));
        };
        let exact = |field: Field, text: &str| -> Box<dyn Asked> {
            let term = Term::from_field_text(field, text);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        let words = format!("{} {}", query.given, query.family).to_lowercase();
        let words = words.split(|letter: char| !letter.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            let term = Term::from_field_text(self.name, word);
            add(
                Box::new(FuzzyTermQuery::new(term, distance, true)),
                FUZZY_WEIGHT,
            );
            add(exact(self.name, word), 1.0);
        }
        if query.birth.len() == 10 {
            add(exact(self.born, &query.birth), 1.0);
        }
        if query.birth.len() >= 4 {
            add(exact(self.year, &query.birth[..4]), 1.0);
        }
        if !query.place.is_empty() {
            add(exact(self.place, &query.place), 1.0);
        }
        BooleanQuery::new(clauses)
    }
}

/// What a fuzzy hit weighs beside an exact one's rarity.
const FUZZY_WEIGHT: f32 = 3.0;
