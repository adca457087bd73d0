//! Coverage: for each side and generation what is known, asked or never asked; what is missing; whom to ask next.
//! Only an inquiry makes "never asked" untrue.

use crate::model::case::{AskedAbout, Inquiry, InquiryAnswer};
use crate::model::coverage::{Asked, Coverage, CoverageRow, NextQuestion};
use crate::model::ids::PersonId;
use crate::model::tie::Side;

/// The floor and the aim of the practice: connections found for a child (Family Finding: at least 40; 30 Days to
/// Family: at least 80).
pub const FLOOR: u32 = 40;
pub const AIM: u32 = 80;
/// How many questions are suggested at once.
const NEXT_QUESTIONS: usize = 3;

/// What coverage looks at of one relative by blood, adoption, custom or as stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRelative {
    pub id: PersonId,
    pub name: String,
    /// "paternal aunt".
    pub words: String,
    pub up: u8,
    pub down: u8,
    pub side: Side,
    pub named: bool,
    pub adult: bool,
    pub may_be_asked: bool,
    /// A way to reach them is recorded.
    pub reachable: bool,
    /// Has custody of a brother or sister of the child.
    pub parent_of_sibling: bool,
}

/// What is known about the family of one child.
pub struct FamilyKnown<'a> {
    pub relatives: &'a [KnownRelative],
    pub inquiries: &'a [Inquiry],
    /// Adults of the child's network, with a name and without.
    pub network_named: u32,
    pub network_unnamed: u32,
    /// Living connections found: kin and network.
    pub connections: u32,
    /// Whether the child has brothers or sisters whose other parents are asked for.
    pub has_half_siblings: bool,
    /// Sides on which nobody may be written to (family-violence exception to notice).
    pub closed_sides: &'a [Side],
}

const SIDES: [Side; 2] = [Side::Maternal, Side::Paternal];
/// Classes counted by side, with how many everyone has on one side.
const BY_SIDE: [(AskedAbout, Option<u32>); 5] = [
    (AskedAbout::Parents, Some(1)),
    (AskedAbout::Grandparents, Some(2)),
    (AskedAbout::GreatGrandparents, Some(4)),
    (AskedAbout::AuntsAndUncles, None),
    (AskedAbout::Cousins, None),
];

/// Works out the coverage.
pub fn coverage(family: &FamilyKnown) -> Coverage {
    let mut rows = Vec::new();
    for side in SIDES {
        for (about, expected) in BY_SIDE {
            rows.push(row(family, side, about, expected));
        }
    }
    rows.push(row(family, Side::Both, AskedAbout::Siblings, None));
    rows.push(CoverageRow {
        side: Side::Both,
        about: AskedAbout::Network,
        expected: None,
        named: family.network_named,
        unnamed: family.network_unnamed,
        asked: asked(family.inquiries, Side::Both, AskedAbout::Network),
    });
    let next_questions = next_questions(family, &rows);
    Coverage {
        missing_from_notice: missing_from_notice(family, &rows),
        connections: family.connections,
        floor: FLOOR,
        aim: AIM,
        next_questions,
        rows,
    }
}

/// The class that a relative counts in.
fn class_of(relative: &KnownRelative) -> Option<AskedAbout> {
    match (relative.up, relative.down) {
        (1, 0) => Some(AskedAbout::Parents),
        (2, 0) => Some(AskedAbout::Grandparents),
        (3, 0) => Some(AskedAbout::GreatGrandparents),
        (2, 1) => Some(AskedAbout::AuntsAndUncles),
        (1, 1) => Some(AskedAbout::Siblings),
        (2, 2) => Some(AskedAbout::Cousins),
        _ => None,
    }
}

fn row(family: &FamilyKnown, side: Side, about: AskedAbout, expected: Option<u32>) -> CoverageRow {
    let of_row = |relative: &&KnownRelative| {
        class_of(relative) == Some(about)
            && (side == Side::Both || relative.side == side || relative.side == Side::Both)
    };
    let count = |named: bool| {
        family
            .relatives
            .iter()
            .filter(of_row)
            .filter(|relative| relative.named == named)
            .count() as u32
    };
    CoverageRow {
        side,
        about,
        expected,
        named: count(true),
        unnamed: count(false),
        asked: asked(family.inquiries, side, about),
    }
}

fn asked(inquiries: &[Inquiry], side: Side, about: AskedAbout) -> Asked {
    let mut result = Asked::Never;
    for inquiry in inquiries {
        let same_side = side == Side::Both
            || matches!(inquiry.side, Side::Both | Side::Unknown)
            || inquiry.side == side;
        let same_class = inquiry.about == about
            || (inquiry.about == AskedAbout::All && about != AskedAbout::Network);
        if !same_side || !same_class {
            continue;
        }
        result = result.max(match inquiry.answer {
            InquiryAnswer::Named | InquiryAnswer::NoneExist => Asked::Answered,
            InquiryAnswer::DoesNotKnow | InquiryAnswer::Refused | InquiryAnswer::NotYet => {
                Asked::AskedOpen
            }
        });
    }
    result
}

fn none_exist(family: &FamilyKnown, side: Side, about: AskedAbout) -> bool {
    family.inquiries.iter().any(|inquiry| {
        inquiry.answer == InquiryAnswer::NoneExist
            && inquiry.about == about
            && (inquiry.side == side || matches!(inquiry.side, Side::Both | Side::Unknown))
    })
}

/// The usual notice list (42 USC 671(a)(29) and the practice's own: grandparents, aunts and uncles, adult brothers and
/// sisters, parents of brothers and sisters who have custody of them): whom of it nobody has recorded.
fn missing_from_notice(family: &FamilyKnown, rows: &[CoverageRow]) -> Vec<String> {
    let mut missing = Vec::new();
    for row in rows {
        let listed = matches!(
            row.about,
            AskedAbout::Grandparents | AskedAbout::AuntsAndUncles
        );
        if listed && !none_exist(family, row.side, row.about) {
            let lacking = row.expected.map_or(u32::from(row.named == 0), |expected| {
                expected.saturating_sub(row.named)
            });
            match (lacking, row.named) {
                (0, _) => {}
                (_, 0) => missing.push(format!("{} {}", row.side.word(), about_words(row.about))),
                (_, _) => missing.push(format!("one {} grandparent", row.side.word())),
            }
        }
    }
    let adult_sibling = family
        .relatives
        .iter()
        .any(|relative| class_of(relative) == Some(AskedAbout::Siblings) && relative.adult);
    if !adult_sibling && !none_exist(family, Side::Both, AskedAbout::Siblings) {
        missing.push("adult brothers and sisters".to_owned());
    }
    if family.has_half_siblings
        && !family
            .relatives
            .iter()
            .any(|relative| relative.parent_of_sibling && relative.named)
    {
        missing.push("parents of brothers and sisters who have custody of them".to_owned());
    }
    missing
}

/// The class in words.
pub fn about_words(about: AskedAbout) -> &'static str {
    match about {
        AskedAbout::Parents => "parents",
        AskedAbout::Grandparents => "grandparents",
        AskedAbout::GreatGrandparents => "great-grandparents",
        AskedAbout::AuntsAndUncles => "aunts and uncles",
        AskedAbout::Siblings => "brothers and sisters",
        AskedAbout::Cousins => "cousins",
        AskedAbout::Network => "people in the child's own network",
        AskedAbout::All => "everyone",
    }
}

/// The gaps worth asking about, the most worth first.
fn next_questions(family: &FamilyKnown, rows: &[CoverageRow]) -> Vec<NextQuestion> {
    let mut gaps: Vec<(u32, &CoverageRow)> = rows
        .iter()
        .filter_map(|row| worth(family, rows, row).map(|worth| (worth, row)))
        .collect();
    gaps.sort_by_key(|(worth, row)| (std::cmp::Reverse(*worth), row.side, row.about));
    gaps.into_iter()
        .take(NEXT_QUESTIONS)
        .map(|(_, row)| question(family, row))
        .collect()
}

/// How much a question is worth: nearer kin first, a side of which little is known first, never asked before asked.
/// Nothing where it was answered, or where there is no gap.
fn worth(family: &FamilyKnown, rows: &[CoverageRow], row: &CoverageRow) -> Option<u32> {
    if row.asked == Asked::Answered {
        return None;
    }
    let complete = row.expected.is_some_and(|expected| row.named >= expected);
    let closeness: u32 = match row.about {
        AskedAbout::Parents => 60,
        AskedAbout::Grandparents => 50,
        AskedAbout::AuntsAndUncles => 40,
        AskedAbout::Siblings => 35,
        AskedAbout::Network => 30,
        AskedAbout::Cousins => 15,
        AskedAbout::GreatGrandparents => 12,
        AskedAbout::All => 0,
    };
    if complete {
        return None;
    }
    let known_of_side = |side: Side| -> u32 {
        rows.iter()
            .filter(|row| row.side == side)
            .map(|row| row.named)
            .sum()
    };
    let neglected = match row.side {
        Side::Maternal => known_of_side(Side::Maternal) < known_of_side(Side::Paternal),
        Side::Paternal => known_of_side(Side::Paternal) < known_of_side(Side::Maternal),
        Side::Both | Side::Unknown => false,
    };
    let recorded = if row.named > 0 && row.expected.is_none() {
        15
    } else {
        0
    };
    let asked_before = if row.asked == Asked::AskedOpen { 10 } else { 0 };
    // Asking about a parent's parents makes no sense before the parent's name is known, unless somebody of that side is.
    let nobody_of_side = family
        .relatives
        .iter()
        .all(|relative| relative.side != row.side)
        && row.side != Side::Both;
    let premature = if nobody_of_side && row.about != AskedAbout::Parents {
        12
    } else {
        0
    };
    Some(
        (closeness + if neglected { 12 } else { 0 })
            .saturating_sub(recorded + asked_before + premature),
    )
}

fn question(family: &FamilyKnown, row: &CoverageRow) -> NextQuestion {
    let whose = match (row.about, row.side) {
        (AskedAbout::Parents, Side::Maternal) => "who the mother is".to_owned(),
        (AskedAbout::Parents, _) => "who the father is".to_owned(),
        (AskedAbout::Grandparents, Side::Maternal) => "the mother's parents".to_owned(),
        (AskedAbout::Grandparents, _) => "the father's parents".to_owned(),
        (AskedAbout::AuntsAndUncles, Side::Maternal) => {
            "the mother's brothers and sisters".to_owned()
        }
        (AskedAbout::AuntsAndUncles, _) => "the father's brothers and sisters".to_owned(),
        (about, Side::Maternal | Side::Paternal) => {
            format!("{} {}", row.side.word(), about_words(about))
        }
        (about, _) => about_words(about).to_owned(),
    };
    let question = match row.asked {
        Asked::Never => format!("Nobody was asked about {whose}."),
        Asked::AskedOpen | Asked::Answered => {
            format!("Somebody was asked about {whose}, but it is not settled.")
        }
    };
    let informant = best_informant(family, row);
    let whom = match informant {
        _ if row.about == AskedAbout::Network => {
            "Ask the child, and whoever looks after the child now.".to_owned()
        }
        Some(relative) if relative.reachable => {
            format!(
                "Ask {} ({}): a way to reach them is recorded.",
                relative.name, relative.words
            )
        }
        Some(relative) => format!(
            "Ask {} ({}); how to reach them is not recorded.",
            relative.name, relative.words
        ),
        None => "Nobody who could be asked is recorded yet.".to_owned(),
    };
    NextQuestion {
        question,
        side: row.side,
        about: row.about,
        ask: informant.map(|relative| relative.id),
        whom,
    }
}

/// The living adult most likely to know: of that side, reachable, near. Nobody of a side that may not be written to.
fn best_informant<'a>(family: &'a FamilyKnown, row: &CoverageRow) -> Option<&'a KnownRelative> {
    if row.about == AskedAbout::Network {
        return None;
    }
    let may_be_asked = |relative: &&KnownRelative| {
        relative.may_be_asked
            && relative.named
            && relative.adult
            && !family.closed_sides.contains(&relative.side)
    };
    family
        .relatives
        .iter()
        .filter(may_be_asked)
        .min_by_key(|relative| {
            let own_side = row.side == Side::Both || relative.side == row.side;
            (
                !own_side,
                !relative.reachable,
                relative.up + relative.down,
                relative.name.clone(),
                relative.id,
            )
        })
}
