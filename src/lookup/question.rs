//! What is asked of the search index.

use super::birth::BirthColumn;
use crate::model::person::Gender;
use crate::names::look_alikes::written_form;
use crate::names::tokens::NameTokens;

/// Whom somebody looks for. Everything but a name or a birth may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Question {
    /// The names by which the person may be recorded; the best counts.
    pub names: Vec<QuestionName>,
    pub birth: Option<BirthColumn>,
    pub gender: Gender,
    /// Numbers of places, of nations.
    pub places: Vec<u64>,
    pub nations: Vec<u64>,
}

/// One name as asked.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct QuestionName {
    pub tokens: NameTokens,
    /// A checksum of the name as written, see [`marks`].
    pub marks: u8,
}

impl QuestionName {
    /// From a name with its parts where they are known (empty where not).
    pub fn of_parts(full: &str, given: &str, family: &str) -> QuestionName {
        let whole = crate::names::normalize::join_parts(given, family);
        QuestionName {
            tokens: NameTokens::of_parts(full, given, family),
            marks: marks(if full.is_empty() { &whole } else { full }),
        }
    }
}

/// A checksum of the written form of a name: names that fold alike but differ in marks mostly have different ones.
pub fn marks(name: &str) -> u8 {
    let sum = written_form(name)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    (sum ^ (sum >> 32)) as u8
}
