//! A search under way: which keys to look under next, how each person found compares, and in the end who it probably is.
//! Narrow keys come first; wide ones only while nobody stands out. The probability of each person is their odds against all
//! others found and against everybody else, so that two who fit equally well share it.

use super::birth::{BirthAgreement, BirthColumn};
use super::columns::Columns;
use super::frequencies::frequencies;
use super::keys::KeyMaker;
use super::name_match::{Agreement, Level, Part, PartAsked};
use super::question::{Question, QuestionName};
use super::steps::{NearWord, Step};
use super::weights::{Weights, weights};
use rustc_hash::{FxHashMap, FxHashSet};

/// Somebody found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub person: u64,
    /// How probably this is the person meant, given what is known to the caller.
    pub probability: f64,
    /// What the agreements say together.
    pub bits: f64,
    pub reasons: Vec<Reason>,
    /// Given and family part of the name that matched, folded.
    pub name: (String, String),
}

/// One agreement or disagreement.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub field: Field,
    pub how: How,
    /// What it says for (above 0) or against this person.
    pub bits: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    GivenName,
    FamilyName,
    Birth,
    Place,
    Nation,
    Gender,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Name(Level),
    /// Given and family name stand in each other's place.
    Exchanged,
    /// The folded name agrees, its marks do not.
    MarksDiffer,
    Birth(BirthAgreement),
    Agrees,
    Differs,
}

/// Whoever has fewer bits is no candidate.
const LEAST_BITS: f64 = -4.0;
/// How many people are looked for at least.
const WANTED: usize = 10;

pub(super) struct Asked {
    given: PartAsked,
    pub(super) family: PartAsked,
    /// The given part compared with recorded family names and the other way round.
    given_as_family: PartAsked,
    family_as_given: PartAsked,
    marks: u8,
    /// Given and family names, folded and joined as they stand in the index.
    whole: (String, String),
}

struct Candidate {
    person: u64,
    bits: f64,
    birth_agrees: bool,
    /// Where the columns stand.
    columns: std::ops::Range<usize>,
    section: u16,
}

pub struct Search<'q> {
    pub(super) question: &'q Question,
    weights: &'static Weights,
    pub(super) asked: Vec<Asked>,
    pub(super) keys: KeyMaker,
    /// log2 of how many people it might be.
    population: f64,
    /// Who is not looked for, by number.
    left_out: Option<u64>,
    /// The step before which it never ends.
    at_least: Step,
    pub(super) near: Vec<NearWord>,
    pub(super) seen_words: FxHashSet<(usize, String)>,
    seen: FxHashSet<(u64, u32)>,
    /// Who was taken just now, for the first time.
    seen_last: Option<u64>,
    bytes: Vec<u8>,
    candidates: Vec<Candidate>,
}

impl<'q> Search<'q> {
    /// `people`: about how many there are.
    pub fn new(question: &'q Question, people: u64) -> Search<'q> {
        let asked = question.names.iter().map(Asked::new).collect();
        // Rounded up to a power of two, so that a person more or less moves no score.
        let population = (people.max(64) as f64).log2().ceil();
        Search {
            question,
            weights: weights(),
            asked,
            keys: KeyMaker::default(),
            population,
            left_out: None,
            at_least: Step::First,
            near: Vec::new(),
            seen_words: FxHashSet::default(),
            seen: FxHashSet::default(),
            seen_last: None,
            bytes: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// The same for everybody who may be like this record, which is not looked for itself: whoever stands out does not
    /// end the search before the near spellings.
    pub fn like_record(question: &'q Question, people: u64, record: Option<u64>) -> Search<'q> {
        Search {
            left_out: record,
            at_least: Step::Near,
            ..Search::new(question, people)
        }
    }

    /// A person found under a key: one of their names with what stands beside it. `section` tells apart whose words these
    /// are. Says whether the bytes could be read.
    pub fn take(&mut self, person: u64, section: u16, columns: &[u8]) -> bool {
        let Some(ordinal) = columns.first() else {
            return false;
        };
        let which = u32::from(section) << 8 | u32::from(*ordinal);
        self.seen_last = None;
        if self.left_out == Some(person) || !self.seen.insert((person, which)) {
            return true;
        }
        self.seen_last = Some(person);
        let Some(read) = Columns::decode(columns) else {
            return false;
        };
        let birth = self.birth(&read);
        let bits = self.name(&read).bits() + birth.map_or(0.0, |(_, bits)| bits) + self.rest(&read);
        if bits >= LEAST_BITS {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(columns);
            self.candidates.push(Candidate {
                person,
                bits,
                birth_agrees: birth.is_some_and(|(agreement, _)| {
                    matches!(
                        agreement,
                        BirthAgreement::SameDay | BirthAgreement::Exchanged
                    )
                }),
                columns: start..self.bytes.len(),
                section,
            });
        }
        true
    }

    /// Like [`Search::take`], for somebody whose whole name begins as typed (nothing for no such text): they stay candidates
    /// also where a word too short to compare differs.
    pub fn take_beginning(&mut self, person: u64, section: u16, columns: &[u8], typed: &str) {
        let before = self.candidates.len();
        if !self.take(person, section, columns) || typed.is_empty() {
            return;
        }
        let words: Vec<&str> = typed.split(' ').collect();
        let bits = beginning_bits(&words);
        if let Some(taken) = self.candidates.get_mut(before) {
            taken.bits = taken.bits.max(bits);
        } else if self.seen_last == Some(person) {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(columns);
            self.candidates.push(Candidate {
                person,
                bits,
                birth_agrees: false,
                columns: start..self.bytes.len(),
                section,
            });
        }
    }

    /// Whether looking wider could not change the answer.
    pub fn is_enough(&self, step: Step) -> bool {
        if step < self.at_least {
            return false;
        }
        let mut best: FxHashMap<u64, (f64, bool)> = FxHashMap::default();
        for candidate in &self.candidates {
            let entry = best.entry(candidate.person).or_insert((f64::MIN, false));
            if candidate.bits > entry.0 {
                *entry = (candidate.bits, candidate.birth_agrees);
            }
        }
        let mut all: Vec<(f64, bool)> = best.into_values().collect();
        all.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let Some(&(first, birth_agrees)) = all.first() else {
            return false;
        };
        let others = all.iter().skip(1).map(|(bits, _)| bits.exp2());
        let against = (others.sum::<f64>() + self.population.exp2()).log2();
        let enough = &self.weights.enough;
        let margin = first - against;
        let needed = match step {
            Step::First | Step::Narrow if birth_agrees => enough.with_birth,
            Step::First | Step::Narrow => enough.without_birth,
            Step::Near | Step::Wide => enough.after_near,
        };
        if margin >= needed {
            return true;
        }
        // Whoever is found by wider keys only can agree no better than this.
        let bound = self.best_still_possible(step);
        all.get(WANTED - 1).is_some_and(|(bits, _)| *bits > bound)
    }

    fn best_still_possible(&self, step: Step) -> f64 {
        let names = &self.weights.names;
        let slip = names.one_slip - names.exact;
        let name = |asked: &Asked| {
            let (given, family) = (asked.given.best_bits(), asked.family.best_bits());
            match step {
                Step::First => given + family,
                Step::Narrow => (given + family + slip).max(given + names.family_differs),
                Step::Near | Step::Wide => family + (given + slip).max(names.given_differs),
            }
        };
        let best = self.asked.iter().map(name).fold(0.0, f64::max);
        let question = self.question;
        let other = &self.weights.other;
        let birth = question.birth.map_or(0.0, |birth| match birth.day {
            0 => self.weights.birth.same_year,
            _ => self.weights.birth.same_month,
        });
        let place = if question.places.is_empty() {
            0.0
        } else {
            other.place_agrees
        };
        let nation = if question.nations.is_empty() {
            0.0
        } else {
            other.nation_agrees
        };
        best + birth + place + nation
    }

    /// The people found, most probable first; at most `limit`.
    pub fn finish(mut self, limit: usize) -> Vec<Found> {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_unstable_by(|a, b| {
            b.bits
                .total_cmp(&a.bits)
                .then_with(|| self.recorded_name(a).cmp(&self.recorded_name(b)))
                .then(a.person.cmp(&b.person))
                .then(a.section.cmp(&b.section))
        });
        let mut seen = FxHashSet::default();
        let best: Vec<Candidate> = candidates
            .into_iter()
            .filter(|candidate| seen.insert(candidate.person))
            .collect();
        let all: f64 = best.iter().map(|candidate| candidate.bits.exp2()).sum();
        let against = all + self.population.exp2();
        best.iter()
            .take(limit)
            .filter_map(|candidate| self.found(candidate, against))
            .collect()
    }

    /// For the order of those who fit equally well.
    fn recorded_name(&self, candidate: &Candidate) -> Option<(&str, &str)> {
        let read = Columns::decode(self.bytes.get(candidate.columns.clone())?)?;
        Some((read.given, read.family))
    }

    fn found(&mut self, candidate: &Candidate, against: f64) -> Option<Found> {
        let bytes = self.bytes.get(candidate.columns.clone())?.to_vec();
        let read = Columns::decode(&bytes)?;
        Some(Found {
            person: candidate.person,
            probability: candidate.bits.exp2() / against,
            bits: candidate.bits,
            reasons: self.reasons(&read),
            name: (read.given.to_owned(), read.family.to_owned()),
        })
    }

    fn name(&mut self, read: &Columns<'_>) -> NameAgreement {
        let weights = &self.weights.names;
        let all = self
            .asked
            .iter_mut()
            .map(|asked| asked.compare(read, weights));
        all.max_by(|a, b| a.bits().total_cmp(&b.bits()))
            .unwrap_or_default()
    }

    fn birth(&self, read: &Columns<'_>) -> Option<(BirthAgreement, f64)> {
        let asked = self.question.birth?;
        let bits = |birth: BirthColumn| {
            let agreement = asked.agreement(birth);
            let width = asked.width().max(birth.width());
            (agreement, self.weights.birth.bits(agreement, width))
        };
        let all = read.births.iter().map(bits);
        all.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn rest(&self, read: &Columns<'_>) -> f64 {
        let mut sum = 0.0;
        self.each_other(read, &mut |_, _, bits| sum += bits);
        sum
    }

    fn each_other(&self, read: &Columns<'_>, add: &mut dyn FnMut(Field, How, f64)) {
        use crate::model::person::Gender;
        let (question, other) = (self.question, &self.weights.other);
        let sets = [
            (
                Field::Place,
                &question.places,
                read.places,
                (other.place_agrees, other.place_differs),
            ),
            (
                Field::Nation,
                &question.nations,
                read.nations,
                (other.nation_agrees, other.nation_differs),
            ),
        ];
        for (field, asked, recorded, (agrees, differs)) in sets {
            if asked.is_empty() || recorded.is_empty() {
                continue;
            }
            if recorded.iter().any(|number| asked.contains(&number)) {
                add(field, How::Agrees, agrees);
            } else {
                add(field, How::Differs, differs);
            }
        }
        let (asked, recorded) = (question.gender, read.gender);
        if asked != Gender::Unknown && recorded != Gender::Unknown {
            if asked == recorded {
                add(Field::Gender, How::Agrees, other.gender_agrees);
            } else {
                add(Field::Gender, How::Differs, other.gender_differs);
            }
        }
    }

    fn reasons(&mut self, read: &Columns<'_>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let name = self.name(read);
        let mut add = |field, how, bits| reasons.push(Reason { field, how, bits });
        for (field, agreement) in [
            (Field::GivenName, name.given),
            (Field::FamilyName, name.family),
        ] {
            if agreement.level != Level::Unknown {
                add(field, How::Name(agreement.level), agreement.bits);
            }
        }
        if name.exchanged != 0.0 {
            add(Field::FamilyName, How::Exchanged, name.exchanged);
        }
        if name.marks != 0.0 {
            add(Field::FamilyName, How::MarksDiffer, name.marks);
        }
        if let Some((agreement, bits)) = self.birth(read) {
            add(Field::Birth, How::Birth(agreement), bits);
        }
        self.each_other(read, &mut add);
        reasons
    }
}

/// How one name as asked agrees with one recorded.
#[derive(Clone, Copy)]
struct NameAgreement {
    given: Agreement,
    family: Agreement,
    exchanged: f64,
    marks: f64,
}

impl Default for NameAgreement {
    fn default() -> NameAgreement {
        NameAgreement {
            given: Agreement::UNKNOWN,
            family: Agreement::UNKNOWN,
            exchanged: 0.0,
            marks: 0.0,
        }
    }
}

impl NameAgreement {
    fn bits(&self) -> f64 {
        self.given.bits + self.family.bits + self.exchanged + self.marks
    }
}

impl Asked {
    fn new(name: &QuestionName) -> Asked {
        let tokens = &name.tokens;
        Asked {
            given: PartAsked::new(&tokens.given, Part::Given),
            family: PartAsked::new(&tokens.family, Part::Family),
            given_as_family: PartAsked::new(&tokens.given, Part::Family),
            family_as_given: PartAsked::new(&tokens.family, Part::Given),
            marks: name.marks,
            whole: super::keys::joined(tokens),
        }
    }

    fn compare(
        &mut self,
        read: &Columns<'_>,
        weights: &super::weights::NameWeights,
    ) -> NameAgreement {
        let mut straight = NameAgreement {
            given: self.given.agreement(read.given),
            family: self.family.agreement(read.family),
            ..NameAgreement::default()
        };
        let all_exact =
            straight.given.level == Level::Exact && straight.family.level == Level::Exact;
        if all_exact {
            // Marks are those of the whole name: of a part of it they say nothing.
            let is_whole = self.whole.0 == read.given && self.whole.1 == read.family;
            if is_whole && read.marks != self.marks {
                straight.marks = weights.marks_differ - weights.exact;
            }
            return straight;
        }
        let exchanged = NameAgreement {
            given: self.family_as_given.agreement(read.given),
            family: self.given_as_family.agreement(read.family),
            exchanged: weights.exchanged,
            marks: 0.0,
        };
        if exchanged.bits() > straight.bits() {
            exchanged
        } else {
            straight
        }
    }
}

/// What it says that a name begins with these words: the last may be cut off.
fn beginning_bits(words: &[&str]) -> f64 {
    let (names, table) = (&weights().names, frequencies());
    let Some((last, whole)) = words.split_last() else {
        return LEAST_BITS;
    };
    let share = table
        .family_beginning(last)
        .max(table.given_beginning(last));
    let rarity = |word: &&str| -table.given(word).max(table.family(word)).log2();
    let bits = names.beginning / 2.0 - share.log2() + whole.iter().map(rarity).sum::<f64>();
    bits.max(LEAST_BITS)
}
