//! What each agreement is worth, in bits (`data/linkage/search.toml`).

use super::birth::BirthAgreement;
use serde::Deserialize;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/linkage/search.toml");

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    pub version: u32,
    pub names: NameWeights,
    pub birth: BirthWeights,
    pub other: OtherWeights,
    pub enough: Enough,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameWeights {
    pub rare_given: f64,
    pub rare_family: f64,
    pub exact: f64,
    pub marks_differ: f64,
    pub initial: f64,
    pub nickname: f64,
    pub shared_nickname: f64,
    pub beginning: f64,
    pub one_slip: f64,
    pub sounds_alike: f64,
    pub sounds_only: f64,
    pub alike: f64,
    pub two_slips: f64,
    pub given_differs: f64,
    pub family_differs: f64,
    pub exchanged: f64,
    pub part_only: f64,
    pub other_word: f64,
    pub second_word_agrees: f64,
    pub second_word_differs: f64,
    pub least_alike: f64,
    pub least_alike_in_sound: f64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BirthWeights {
    pub same_day: f64,
    pub exchanged: f64,
    pub same_month: f64,
    pub same_year_and_day: f64,
    pub same_month_and_day: f64,
    pub same_year: f64,
    pub only_year: f64,
    pub within_years: f64,
    pub next_year: f64,
    pub few_years: f64,
    pub different: f64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherWeights {
    pub place_agrees: f64,
    pub place_differs: f64,
    pub nation_agrees: f64,
    pub nation_differs: f64,
    pub gender_agrees: f64,
    pub gender_differs: f64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enough {
    pub with_birth: f64,
    pub without_birth: f64,
    pub after_near: f64,
}

impl BirthWeights {
    /// `width` is that of the wider of the two spans: the wider, the less an agreement says.
    pub fn bits(&self, agreement: BirthAgreement, width: i16) -> f64 {
        match agreement {
            BirthAgreement::SameDay => self.same_day,
            BirthAgreement::Exchanged => self.exchanged,
            BirthAgreement::SameMonth => self.same_month,
            BirthAgreement::SameYearAndDay => self.same_year_and_day,
            BirthAgreement::SameMonthAndDay => self.same_month_and_day,
            BirthAgreement::SameYear => self.same_year,
            BirthAgreement::OnlyYear => self.only_year,
            BirthAgreement::WithinYears => self.within_years - f64::from(width + 1).log2(),
            BirthAgreement::NextYear => self.next_year,
            BirthAgreement::FewYears => self.few_years,
            BirthAgreement::Different => self.different,
        }
    }
}

/// The weights built into the program.
pub fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    // The table is part of the program and a test proves that it parses, so the empty default is never met.
    WEIGHTS.get_or_init(|| toml::from_str(TABLE).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_better_agreement_weighs_more() {
        let weights: Result<Weights, _> = toml::from_str(TABLE);
        let weights = weights.expect("parses");
        let names = &weights.names;
        assert!(weights.version > 0);
        assert!(names.exact > names.nickname && names.nickname > names.alike);
        let birth = &weights.birth;
        assert!(birth.same_day > birth.exchanged && birth.exchanged > birth.same_month);
        assert!(birth.only_year > birth.few_years && birth.few_years > birth.different);
    }
}
