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

    pub fn millionths(self) -> u32 {
        self.0
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

/// Two records, in whichever order they are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair(PersonId, PersonId);

impl Pair {
    pub fn of(one: PersonId, other: PersonId) -> Pair {
        Pair(one.min(other), one.max(other))
    }

    pub fn ends(self) -> [PersonId; 2] {
        [self.0, self.1]
    }
}

/// Which undecided links a walk follows. The figures stand in `data/ranking.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkPolicy {
    /// Links less likely than this are not followed.
    pub least_probability: f64,
    /// What a link is worth that a human proposed without a score.
    pub told: f64,
    /// At most this many undecided links on one path.
    pub most_on_a_path: u8,
    /// At most this many undecided links of one record, the likeliest, and those as likely as the last of them.
    pub most_of_a_record: usize,
}

impl LinkPolicy {
    /// Follows no undecided link.
    pub const DECIDED_ONLY: LinkPolicy = LinkPolicy {
        least_probability: 1.0,
        told: 0.0,
        most_on_a_path: 0,
        most_of_a_record: 0,
    };

    /// What an undecided link is worth as evidence, 0 to 1; nothing if it is not likely enough.
    pub fn worth(&self, probability: Option<Probability>) -> Option<f64> {
        let worth = probability.map_or(self.told, Probability::value);
        (self.most_on_a_path > 0 && worth >= self.least_probability).then_some(worth)
    }
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
