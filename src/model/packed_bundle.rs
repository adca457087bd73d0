//! A bundle held small: of each subject 24 bytes, its reference and its facts as bytes, read when they are asked for.
//! Readers make these, as a line of a file may become a fact that takes fifteen times its size otherwise.

use super::bundle::{Bundle, BundleContent, BundleFact, BundleSubject, UnreadableFact};
use super::ids::{ExternalId, PublicId, SubjectKind};
use super::statement::{Evidence, Fact, Source};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Bytes are held in pieces of this size, so that growing never copies them.
const PIECE_BITS: u32 = 18;
const PIECE: usize = 1 << PIECE_BITS;

/// Bytes that are only added to. A place in them is the piece, then the position in it.
#[derive(Clone, Debug, PartialEq, Default)]
struct Bytes {
    pieces: Vec<Vec<u8>>,
}

impl Bytes {
    fn add(&mut self, bytes: &[u8]) -> u64 {
        let has_room = |piece: &Vec<u8>| piece.len() + bytes.len() <= PIECE;
        if !self.pieces.last().is_some_and(has_room) {
            self.pieces.push(Vec::with_capacity(PIECE.max(bytes.len())));
        }
        let number = self.pieces.len().saturating_sub(1) as u64;
        let mut start = 0;
        if let Some(piece) = self.pieces.last_mut() {
            start = piece.len() as u64;
            piece.extend_from_slice(bytes);
        }
        number << PIECE_BITS | start
    }

    /// Everything from a place to the end of its piece.
    fn from(&self, place: u64) -> &[u8] {
        let piece = self.pieces.get((place >> PIECE_BITS) as usize);
        let start = place as usize & (PIECE - 1);
        piece.and_then(|piece| piece.get(start..)).unwrap_or(&[])
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct PackedSubject {
    /// Where its reference stands: two bytes or more of length, then the text.
    xref: u64,
    /// Where its last fact stands, with 1 added; each fact tells the place of the one before it in the same way.
    last: u64,
    facts: u32,
    kind: SubjectKind,
}

/// A bundle in little memory. Numbers are positions, as in [`Bundle`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PackedBundle {
    /// The first part of every external id.
    source_name: String,
    bytes: Bytes,
    subjects: Vec<PackedSubject>,
    public_ids: FxHashMap<u32, PublicId>,
    /// External ids that are not of this source.
    renamed: BTreeMap<usize, ExternalId>,
    sources: Vec<Source>,
}

impl PackedBundle {
    /// `source_name` is the first part of every external id: the folder's name, the file's stem.
    pub fn new(source_name: &str) -> PackedBundle {
        PackedBundle {
            source_name: source_name.to_owned(),
            ..PackedBundle::default()
        }
    }

    /// Adds a subject and returns its number.
    pub fn add_subject(&mut self, kind: SubjectKind, xref: &str) -> u64 {
        let mut bytes = (xref.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(xref.as_bytes());
        self.subjects.push(PackedSubject {
            xref: self.bytes.add(&bytes),
            last: 0,
            facts: 0,
            kind,
        });
        self.subjects.len() as u64 - 1
    }

    /// Adds a source and returns its number.
    pub fn add_source(&mut self, source: Source) -> u64 {
        self.sources.push(source);
        self.sources.len() as u64 - 1
    }

    /// Gives a subject the public id that it has already.
    pub fn set_public_id(&mut self, subject: u64, id: PublicId) {
        self.public_ids.insert(subject as u32, id);
    }

    /// Gives a subject the external id of another record.
    pub fn set_external_id(&mut self, position: usize, id: ExternalId) {
        self.renamed.insert(position, id);
    }

    /// Adds a fact to a subject; a number that was never given out is ignored.
    pub fn add_fact(&mut self, subject: u64, fact: &Fact, evidence: &Evidence) {
        let Some(subject) = self.subjects.get_mut(subject as usize) else {
            return;
        };
        let bytes = postcard::to_extend(&(subject.last, fact, evidence), Vec::with_capacity(64));
        // What could not be written is found when it is read.
        subject.last = bytes.map_or(u64::MAX, |bytes| self.bytes.add(&bytes) + 1);
        subject.facts += 1;
    }

    /// Puts other facts in the place of those of a subject. The old ones take up memory still.
    pub fn set_facts(&mut self, subject: u64, facts: &[BundleFact]) {
        if let Some(subject) = self.subjects.get_mut(subject as usize) {
            (subject.last, subject.facts) = (0, 0);
        }
        for fact in facts {
            self.add_fact(subject, &fact.fact, &fact.evidence);
        }
    }

    /// The reference that the file gave to a subject; empty for a number that was never given out.
    pub fn xref(&self, subject: u64) -> &str {
        let Some(subject) = self.subjects.get(subject as usize) else {
            return "";
        };
        let text = self.bytes.from(subject.xref).split_first_chunk::<4>();
        let text = text.and_then(|(length, rest)| rest.get(..u32::from_le_bytes(*length) as usize));
        std::str::from_utf8(text.unwrap_or_default()).unwrap_or_default()
    }

    /// Everything as it is told elsewhere; takes many times the memory.
    pub fn unpacked(&self) -> Result<Bundle, UnreadableFact> {
        let subject = |position: usize| {
            Ok(BundleSubject {
                kind: self.subjects[position].kind,
                external_id: self.external_id(position),
                public_id: self.public_id(position),
                facts: self.facts(position)?.into_owned(),
            })
        };
        Ok(Bundle {
            subjects: (0..self.len()).map(subject).collect::<Result<_, _>>()?,
            sources: self.sources.clone(),
        })
    }
}

impl BundleContent for PackedBundle {
    fn len(&self) -> usize {
        self.subjects.len()
    }

    fn kind(&self, position: usize) -> Option<SubjectKind> {
        self.subjects.get(position).map(|subject| subject.kind)
    }

    fn external_id(&self, position: usize) -> ExternalId {
        match self.renamed.get(&position) {
            Some(other) => other.clone(),
            None => ExternalId {
                source: self.source_name.clone(),
                xref: self.xref(position as u64).to_owned(),
            },
        }
    }

    fn public_id(&self, position: usize) -> Option<PublicId> {
        self.public_ids.get(&(position as u32)).copied()
    }

    fn fact_count(&self, position: usize) -> usize {
        self.subjects
            .get(position)
            .map_or(0, |subject| subject.facts as usize)
    }

    fn facts(&self, position: usize) -> Result<Cow<'_, [BundleFact]>, UnreadableFact> {
        let mut facts = Vec::with_capacity(self.fact_count(position));
        let mut next = self
            .subjects
            .get(position)
            .map_or(0, |subject| subject.last);
        while let Some(place) = next.checked_sub(1) {
            let read = postcard::take_from_bytes(self.bytes.from(place));
            let ((before, fact, evidence), _): ((u64, Fact, Evidence), _) =
                read.map_err(|_| UnreadableFact { position })?;
            facts.push(BundleFact { fact, evidence });
            next = before;
        }
        facts.reverse();
        Ok(facts.into())
    }

    fn sources(&self) -> &[Source] {
        &self.sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{PersonId, SourceId, StewardId};
    use crate::model::statement::{Certainty, SealClass};
    use crate::model::tie::{LegalState, ParentNature, ParentTie};

    const EVIDENCE: Evidence = Evidence {
        source: SourceId(0),
        valid_from: None,
        valid_to: None,
        certainty: Certainty::Reported,
        seal: SealClass::Open,
        steward: StewardId::AGENCY,
    };

    #[test]
    fn what_goes_in_comes_out_in_the_same_order() {
        let mut bundle = PackedBundle::new("tudor");
        bundle.add_source(Source::default());
        let numbers: Vec<u64> = (0..3_000)
            .map(|n| bundle.add_subject(SubjectKind::Person, &format!("I{n}")))
            .collect();
        let long = "x".repeat(2 * PIECE);
        for round in 0..3 {
            for &number in &numbers {
                let note = format!("{round} of {number}");
                bundle.add_fact(number, &Fact::Note(note), &EVIDENCE);
            }
            bundle.add_fact(7, &Fact::Note(long.clone()), &EVIDENCE);
        }
        bundle.set_public_id(1, PublicId(77));
        let whole = bundle.unpacked().unwrap();
        assert_eq!(whole.subjects[2_999].external_id.to_string(), "tudor:I2999");
        assert_eq!(whole.subjects[1].public_id, Some(PublicId(77)));
        let notes = |position: usize| -> Vec<String> {
            let facts = whole.subjects[position].facts.iter();
            let notes = facts.map(|fact| match &fact.fact {
                Fact::Note(note) => note.clone(),
                other => format!("{other:?}"),
            });
            notes.collect()
        };
        assert_eq!(notes(2_999), ["0 of 2999", "1 of 2999", "2 of 2999"]);
        assert_eq!(notes(7)[3], long);
        assert_eq!((notes(7).len(), bundle.fact_count(7)), (6, 6));
        let kept = bundle.facts(7).unwrap()[..2].to_vec();
        bundle.set_facts(7, &kept);
        assert_eq!(bundle.facts(7).unwrap().as_ref(), kept);
    }

    #[test]
    fn a_parent_tie_takes_few_bytes() {
        let mut bundle = PackedBundle::new("x");
        let tie = ParentTie {
            parent: PersonId(1_000_000),
            nature: ParentNature::Birth,
            legal_state: LegalState::Unknown,
            legal_date: None,
            court: String::new(),
        };
        let child = bundle.add_subject(SubjectKind::Person, "I1");
        for _ in 0..1_000 {
            bundle.add_fact(child, &Fact::Parent(tie.clone()), &EVIDENCE);
        }
        let bytes: usize = bundle.bytes.pieces.iter().map(Vec::len).sum();
        assert!(bytes < 20_000, "{bytes}");
        assert_eq!(std::mem::size_of::<PackedSubject>(), 24);
    }
}
