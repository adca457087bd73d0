//! Placement orders: versioned, cited policies read from `data/placement_order/`, one file each. Adding a jurisdiction
//! takes a file, no code.

mod reading;
mod which;

pub use reading::OrderError;
pub(in crate::placement) use reading::line_of;
pub use which::{Chosen, IndigenousStatus, KindOfPlacement, Situation};

use crate::model::reach::Reach;
use crate::model::relation_pattern::{PatternJoint, RelationPattern};
use serde::Deserialize;
use std::sync::OnceLock;

/// The order used where neither the question, the case nor a rule names one.
pub const DEFAULT_ORDER: &str = "belonging-network";

/// Kin are looked for at least this far, whatever an order says: beyond its reach they are connections. Our default.
const CONNECTION_DEGREE: u8 = 6;
const CONNECTION_AFFINITY_DEGREE: u8 = 4;

/// One placement order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementOrder {
    pub id: String,
    pub version: String,
    pub title: String,
    pub jurisdiction: String,
    pub citation: String,
    /// What of this file nobody has checked against the text of the law; shown with every answer.
    #[serde(default)]
    pub to_be_checked: Vec<String>,
    /// In whole years. Nobody younger is a lead for placement or notice.
    pub age_of_majority: u8,
    pub parent_with_ended_rights: ParentWithEndedRights,
    pub kin: KinRules,
    pub earlier_tiers: EarlierTiers,
    /// What the law asks to be considered whoever is chosen.
    #[serde(default)]
    pub consider: Vec<Duty>,
    /// What the law asks to be written down.
    #[serde(default)]
    pub document: Vec<Duty>,
    /// What may not influence the answer.
    #[serde(default)]
    pub not_used: Vec<NotUsed>,
    /// Orders that limit this one, by id.
    #[serde(default)]
    pub modifiers: Vec<String>,
    #[serde(rename = "tier")]
    pub tiers: Vec<Tier>,
}

/// What becomes of a parent whose rights have ended, for placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParentWithEndedRights {
    Excluded,
    Lead,
}

/// Through which ties kin are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KinRules {
    /// Whether kin count through a parent whose rights have ended.
    pub through_ended_rights: bool,
    /// Whether birth kin count after an adoption.
    pub birth_kin_after_adoption: bool,
    /// Whether a parent who is only presumed, and kin through them, count.
    pub presumed_parents: bool,
    /// Whether partners whose union has ended still count.
    pub former_partners: bool,
    /// Whether foster parents and guardians, and those in their family, are looked at.
    pub foster_and_guardian: bool,
}

/// What an order says of going on to a later tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlierTiers {
    /// Earlier tiers are looked at first; the list shows all.
    LookedAtFirst,
    /// Earlier tiers must be exhausted, or passed over with a reason that is written down.
    ExhaustedOrReason,
}

impl EarlierTiers {
    /// For those who read the answer.
    pub fn words(self) -> &'static str {
        match self {
            EarlierTiers::LookedAtFirst => "Earlier tiers are looked at first.",
            EarlierTiers::ExhaustedOrReason => {
                "A later tier is open once the earlier ones are exhausted, or passed over for a reason that is written down."
            }
        }
    }
}

/// Something that the law asks for, in words, with its source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    pub words: String,
    pub citation: String,
}

/// What may not influence an answer, and why.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotUsed {
    pub attribute: Attribute,
    pub words: String,
    pub citation: String,
    /// Used all the same where the child's case records a need of this category: a language that the child needs.
    #[serde(default)]
    pub unless_need: String,
}

/// What an order can forbid to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    Race,
    Colour,
    NationalOrigin,
    /// Membership of a nation, and belonging to the child's.
    Nation,
    Language,
    Religion,
    /// Anything worked out from a name: the order of names decides no tie.
    Name,
}

impl Attribute {
    pub fn word(self) -> &'static str {
        match self {
            Attribute::Race => "race",
            Attribute::Colour => "colour",
            Attribute::NationalOrigin => "national origin",
            Attribute::Nation => "nation",
            Attribute::Language => "language",
            Attribute::Religion => "religion",
            Attribute::Name => "name",
        }
    }
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// 1 is the first.
    pub number: u32,
    pub title: String,
    pub citation: String,
    /// Whoever any of these holds is in the tier. Empty: nobody recorded here can be in it, `empty_words` says why.
    #[serde(default)]
    pub holds: Vec<Holding>,
    #[serde(default)]
    pub empty_words: String,
    /// Holds nobody unless the child is, or may be, Indigenous.
    #[serde(default)]
    pub only_for_indigenous: bool,
    /// The legal statuses that open the tier's waiting families; empty means that they are always open.
    #[serde(default)]
    pub needs_legal_status: Vec<String>,
    /// The same in words.
    #[serde(default)]
    pub needs_legal_status_words: String,
}

/// One group of people whom a tier holds.
#[derive(Clone, Debug, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    pub who: Who,
    /// Of kin: greatest civil degree by blood, adoption or custom.
    #[serde(default)]
    pub degree: u8,
    /// Of kin: greatest civil degree of the relative whose partner still counts.
    #[serde(default)]
    pub affinity_degree: u8,
    /// Of kin: the relations listed, by the names of `relations.toml`; with or instead of a degree.
    #[serde(default)]
    pub relations: Vec<String>,
    /// Only who belongs to a nation as said here.
    pub nation: Option<NationTest>,
    /// Of the network: only paid roles (true) or only unpaid ones (false); who is not known to be either needs review.
    pub paid: Option<bool>,
    /// Of the network and foster family: only who cares for the child day by day, at present.
    #[serde(default)]
    pub present_carer: bool,
    /// Of called family: only by the nation's law or custom.
    #[serde(default)]
    pub by_custom: bool,
    /// The relations as shapes, filled in when the file is read.
    #[serde(skip)]
    pub patterns: Vec<RelationPattern>,
}

/// Who falls in a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Kin by blood, adoption, custom, affinity or as stated, within the degree or the relations given.
    #[default]
    Kin,
    /// Whoever the child, or the nation's custom, calls close family, whatever the degree.
    CalledFamily,
    /// The child's nations, in a list of their own.
    Nations,
    /// People whom one of the child's nations has offered or approved.
    OfferedByNation,
    /// Adults of the child's network.
    Network,
    /// Foster parents, guardians and those in their family.
    FosterKin,
    WaitingFamilies,
}

/// What a tier asks about nations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NationTest {
    /// A member of one of the child's own nations (band or community).
    SameCommunity,
    /// A member of one of the child's nations, or of another of the same people.
    SamePeople,
    /// Offered or approved by one of the child's nations.
    OfferedByNation,
    /// A member of any nation.
    AnyNation,
}

impl Holding {
    /// Whether a relation of this civil degree is among those held by degree.
    pub fn holds_degree(&self, civil_degree: u8, is_by_affinity: bool) -> bool {
        let greatest = match is_by_affinity {
            false => self.degree,
            true if self.degree > 0 => self.affinity_degree.max(1),
            true => self.affinity_degree,
        };
        civil_degree <= greatest
    }

    /// Whether a relation is among those listed, by its stretches (generations up and down) and how they join.
    pub fn lists(&self, stretches: &[(u8, u8)], joints: &[PatternJoint]) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(stretches, joints))
    }
}

impl PlacementOrder {
    /// The widest reach that any tier asks for, for one walk that serves all.
    pub fn walk_reach(&self) -> Reach {
        let mut widest = Reach {
            degree: CONNECTION_DEGREE,
            affinity_degree: CONNECTION_AFFINITY_DEGREE,
            former_partners: self.kin.former_partners,
            through_ended_rights: self.kin.through_ended_rights,
            birth_kin_after_adoption: self.kin.birth_kin_after_adoption,
            presumed_parents: self.kin.presumed_parents,
            foster_and_guardian: self.kin.foster_and_guardian,
            half_sibling_degree: 0,
        };
        for holding in self.tiers.iter().flat_map(|tier| &tier.holds) {
            widest.degree = widest.degree.max(holding.degree);
            widest.affinity_degree = widest.affinity_degree.max(holding.affinity_degree);
            for pattern in &holding.patterns {
                if let Some(degree) = pattern.degree_beyond_half_sibling() {
                    // The parent alone is always looked at, as whoever holds a sibling.
                    let degree = if degree > 1 {
                        degree.min(holding.degree)
                    } else {
                        0
                    };
                    widest.half_sibling_degree = widest.half_sibling_degree.max(degree);
                    continue;
                }
                let degree = pattern.greatest_degree();
                if pattern.is_by_affinity() {
                    widest.affinity_degree = widest.affinity_degree.max(degree);
                }
                widest.degree = widest.degree.max(degree);
            }
        }
        widest
    }

    /// Whether any tier asks about nations of people or families.
    pub fn asks_about_nations(&self) -> bool {
        self.tiers
            .iter()
            .flat_map(|tier| &tier.holds)
            .any(|holding| holding.nation.is_some() || holding.who == Who::OfferedByNation)
    }
}

impl Tier {
    /// Whether the tier holds a group at all.
    pub fn holds_any(&self, who: Who) -> bool {
        self.holds.iter().any(|holding| holding.who == who)
    }
}

/// Everything about orders that comes with the program or with an agency's own files.
#[derive(Clone, Debug, PartialEq)]
pub struct Orders {
    pub orders: Vec<PlacementOrder>,
    /// The text of each order's file, in the same order.
    texts: Vec<String>,
    modifiers: Vec<Modifier>,
    rules: Vec<which::Rule>,
}

/// A law that limits other orders: what may not be looked at, and where it does not apply.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modifier {
    pub id: String,
    pub version: String,
    pub title: String,
    pub citation: String,
    #[serde(default)]
    pub to_be_checked: Vec<String>,
    /// It does not apply where the child is, or may be, Indigenous.
    #[serde(default)]
    pub not_for_indigenous: bool,
    pub not_for_indigenous_words: String,
    pub not_used: Vec<NotUsed>,
}

static ORDERS: OnceLock<Orders> = OnceLock::new();

/// The orders that come with the program, and an agency's own. A bad file is told at start.
pub fn orders() -> Result<&'static Orders, OrderError> {
    if let Some(orders) = ORDERS.get() {
        return Ok(orders);
    }
    let read = reading::built_in()?;
    Ok(ORDERS.get_or_init(|| read))
}

/// Takes an agency's own orders, as (file name, text), beside those that come with the program; one with a known id
/// replaces it. Must be called before the first question; later it is an error.
pub fn take_own(files: &[(String, String)]) -> Result<(), OrderError> {
    let mut orders = reading::built_in()?;
    for (file, text) in files {
        orders.add(file, text)?;
    }
    ORDERS.set(orders).map_err(|_| OrderError {
        file: "orders".to_owned(),
        reason: "placement orders were used before these were taken".to_owned(),
    })
}

/// Reads one file as `kinpath orders check` does.
pub fn read_order(file: &str, text: &str) -> Result<PlacementOrder, OrderError> {
    orders()?.check(file, text)
}
