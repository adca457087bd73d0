//! Same-person links: two records that may be one person, how likely that is and why, and what a human decided.

use super::ids::PersonId;
use serde::{Deserialize, Serialize};

/// A probability in millionths, so that what is stored, shown and compared is the same number everywhere.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub struct Probability(u32);

impl Probability {
    pub const CERTAIN: Probability = Probability(1_000_000);

    /// Nothing for what is no probability.
    pub fn new(value: f64) -> Option<Probability> {
        (0.0..=1.0)
            .contains(&value)
            .then(|| Probability((value * 1e6).round() as u32))
    }

    /// 0 to 1.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 1e6
    }

    /// "93 %"; above 99 % and below 1 % with one more place, and never "100 %" short of it.
    pub fn in_words(self) -> String {
        match self.0 {
            1_000_000 => "100 %".to_owned(),
            10_000..=990_000 => format!("{} %", (self.0 + 5_000) / 10_000),
            _ => format!("{}.{} %", self.0 / 10_000, self.0 % 10_000 / 1_000),
        }
    }
}

/// The weight of evidence in hundredths of a bit: positive speaks for one person, negative for two.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub struct EvidenceWeight(pub i32);

impl EvidenceWeight {
    pub fn of_bits(bits: f64) -> EvidenceWeight {
        EvidenceWeight((bits * 100.0).round() as i32)
    }

    /// In bits: the logarithm to the base of 2 of how much likelier the finding is for one person than for two.
    pub fn bits(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// What a human decided about two records.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Verdict {
    #[default]
    Undecided,
    /// One person: both records are shown as one.
    Same,
    /// Two people: remembered, and not suggested again.
    Different,
}

impl Verdict {
    pub const ALL: [Verdict; 3] = [Verdict::Undecided, Verdict::Same, Verdict::Different];

    /// The word used in files and messages.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Undecided => "undecided",
            Verdict::Same => "same",
            Verdict::Different => "different",
        }
    }

    pub fn from_word(word: &str) -> Option<Verdict> {
        Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.word() == word)
    }
}

/// How one field of two records compares.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct LinkReason {
    /// "family name", "birth date", "child".
    pub field: String,
    /// How it agrees: "exact", "sounds alike", "differs".
    pub agreement: String,
    pub weight: EvidenceWeight,
    /// For people: "Josef and Joseph sound alike".
    pub words: String,
}

/// The subject and `other` may be one person. There is one link for two records, said of either of them; its source is
/// whoever or whatever proposed it. A verdict is a further version with the source of whoever decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SamePersonLink {
    pub other: PersonId,
    /// Absent where a human said so without a score.
    pub probability: Option<Probability>,
    /// The strongest first.
    pub reasons: Vec<LinkReason>,
    /// The version of the parameters that gave the probability; empty where a human said so.
    pub parameters: String,
    pub verdict: Verdict,
    /// Why it was decided so, in the words of whoever decided.
    pub verdict_reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_told_without_overstating() {
        let table = [
            (1.0, "100 %"),
            (0.999_96, "99.9 %"),
            (0.934, "93 %"),
            (0.5, "50 %"),
            (0.004, "0.4 %"),
            (0.0, "0.0 %"),
        ];
        for (value, words) in table {
            let probability = Probability::new(value).unwrap();
            assert_eq!(probability.in_words(), words);
            assert!((probability.value() - value).abs() < 1e-6);
        }
        for none in [-0.1, 1.1, f64::NAN] {
            assert_eq!(Probability::new(none), None);
        }
    }

    #[test]
    fn verdicts_are_read_back() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::from_word(verdict.word()), Some(verdict));
        }
    }
}
