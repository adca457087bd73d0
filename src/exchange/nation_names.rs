//! Nations named in files: what a name is taken as after the reference list, and how that is reported. A name that the
//! list does not know for certain stays as it was written.

use super::report::shown;
use crate::model::nation::{Nation, NationLevel};
use crate::names::nations::{Candidate, Hint, NameKind, Verdict, nation_of_number, resolve_nation};

/// How many candidates are named where a text is not recognised.
const CANDIDATES: usize = 3;

/// What a name in a file is taken as.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldNation {
    /// The record to make if there is none yet.
    pub nation: Nation,
    /// The id in the reference list, if it is certain.
    pub reference: Option<&'static str>,
    /// What is to be reported: "… is taken as …" or "… is not recognised: …".
    pub report: String,
}

/// What a nation's name as written in a file is taken as.
pub fn told_nation(text: &str) -> ToldNation {
    let resolution = resolve_nation(text, &Hint::default());
    if let Some(candidate) = resolution.certain() {
        return ToldNation {
            nation: nation_from_list(candidate, text),
            reference: Some(&candidate.nation.id),
            report: format!("{} is taken as {}", shown(text), in_words(candidate)),
        };
    }
    let mut report = format!("{} is not recognised", shown(text));
    let candidates: Vec<String> = resolution
        .candidates
        .iter()
        .take(CANDIDATES)
        .map(in_words)
        .collect();
    let lead = match resolution.verdict {
        _ if candidates.is_empty() => "",
        Verdict::Several => ": several nations share the name: ",
        Verdict::Certain | Verdict::Probable | Verdict::NoneOfThese => ": it may be ",
    };
    report.push_str(lead);
    report.push_str(&candidates.join(", or "));
    if let Some(elsewhere) = &resolution.elsewhere {
        report.push_str(&format!(" (elsewhere: {elsewhere})"));
    }
    ToldNation {
        nation: nation_as_written(text),
        reference: None,
        report,
    }
}

/// The id in the reference list of a nation described in a file, by its number or else by its name.
pub fn reference_id(nation: &Nation) -> Option<&'static str> {
    if !nation.number.trim().is_empty() {
        return nation_of_number(&nation.number).map(|known| known.id.as_str());
    }
    let resolution = resolve_nation(&nation.name, &Hint::default());
    let candidate = resolution.certain()?;
    let is_same_level = candidate.nation.level == nation.level;
    is_same_level.then_some(candidate.nation.id.as_str())
}

/// "Tla'amin Nation (band 554, certainty 97 %: is another name of it, "Sliammon")".
fn in_words(candidate: &Candidate) -> String {
    let number = if candidate.nation.number.is_empty() {
        String::new()
    } else {
        format!("band {}, ", candidate.nation.number)
    };
    format!(
        "{} ({number}certainty {} %: {})",
        candidate.nation.name,
        (candidate.certainty * 100.0).round(),
        candidate.reasons.join(", ")
    )
}

fn nation_from_list(candidate: &Candidate, text: &str) -> Nation {
    let known = candidate.nation;
    let mut other_names: Vec<String> = known
        .names
        .iter()
        .filter(|(name, kind)| *kind != NameKind::Current && *name != known.name)
        .map(|(name, _)| name.clone())
        .collect();
    if text != known.name && !other_names.iter().any(|name| name == text) {
        other_names.push(text.to_owned());
    }
    Nation {
        name: known.name.clone(),
        other_names,
        level: known.level,
        languages: known.languages.clone(),
        number: known.number.clone(),
        ..nation_as_written(text)
    }
}

/// A nation of which nothing is known but its name.
pub fn nation_as_written(text: &str) -> Nation {
    Nation {
        name: text.to_owned(),
        other_names: Vec::new(),
        level: NationLevel::Community,
        part_of: None,
        languages: Vec::new(),
        number: String::new(),
        agencies: Vec::new(),
        designated_representative: String::new(),
        governing_body: String::new(),
        offered_people: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_list_is_taken_with_what_the_list_knows() {
        let told = told_nation("Sliammon Indian Band");
        assert_eq!(told.reference, Some("554"));
        assert_eq!(told.nation.name, "Tla'amin Nation");
        assert_eq!(told.nation.number, "554");
        let others = &told.nation.other_names;
        assert!(others.iter().any(|name| name == "Sliammon Indian Band"));
        assert!(
            told.report
                .contains("is taken as Tla'amin Nation (band 554, certainty 9")
        );
    }

    #[test]
    fn any_other_name_stays_as_written() {
        for (text, report) in [
            ("Willow Bend First Nation", "is not recognised"),
            ("Sturgeon Lake", "several nations share the name"),
            ("Suquamish", "elsewhere: Suquamish"),
        ] {
            let told = told_nation(text);
            assert_eq!((told.reference, told.nation.name.as_str()), (None, text));
            assert!(told.report.contains(report), "{}", told.report);
        }
    }

    #[test]
    fn a_described_nation_is_known_by_number_or_name() {
        let mut nation = nation_as_written("Okanagan Indian Band");
        assert_eq!(reference_id(&nation), Some("616"));
        nation.number = "0554".to_owned();
        assert_eq!(reference_id(&nation), Some("554"));
        nation.number = "9999".to_owned();
        assert_eq!(reference_id(&nation), None);
    }
}
