//! What placement looks at of one person: their node, how they belong to the child, what was done so far.

use crate::model::lead::{Line, OutreachBrief};
use crate::model::neighborhood::Node;
use crate::model::partial_date::PartialDate;
use crate::model::person::Direction;

/// Somebody who may be a lead.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    pub node: &'a Node,
    /// The nearest way of being kin, if any.
    pub kinship: Option<KinshipBrief>,
    /// Adult of the child's network, with how sure that is.
    pub network: Option<NetworkBrief>,
    /// Parent of any kind, or guardian, of a brother or sister of the child, but not of the child.
    pub holds_a_sibling: bool,
    /// The child named them, or the nation's custom does.
    pub named_by_child_or_custom: bool,
    /// A birth parent of the child whose rights have ended.
    pub rights_ended: bool,
    /// The earliest birth date of their children, for a least age where their own is not known.
    pub eldest_child_born: Option<PartialDate>,
    /// The latest outreach for each purpose.
    pub outreach: &'a [OutreachBrief],
    /// How far they live from the nearest place that matters to the child, and which that is ("the child", "the child's
    /// school"), where both centres are known.
    pub distance: Option<(Distance, &'a str)>,
    /// Offered or approved by one of the child's nations.
    pub offered_by_nation: bool,
    pub same_nation: bool,
    pub same_language: bool,
}

/// The nearest relation in brief.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KinshipBrief {
    /// Civil degree.
    pub degree: u8,
    pub unions: u8,
    pub line: Line,
    /// Product of the certainties on the path, 0 to 1.
    pub certainty: f64,
    /// Whether a tie on the path is disputed.
    pub disputed: bool,
    /// Whether it runs through a couple or a foster home that is no more.
    pub former: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkBrief {
    pub certainty: f64,
    /// Whether the role is one of caring for the child day by day.
    pub caring: bool,
}

/// How far from the child, in bands, so that no address can be worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    SamePlace,
    Within25,
    Within100,
    Within400,
    Farther,
}

impl Distance {
    /// The band for a distance in kilometres.
    pub fn of_kilometres(kilometres: f64) -> Distance {
        match kilometres {
            d if d <= 25.0 => Distance::Within25,
            d if d <= 100.0 => Distance::Within100,
            d if d <= 400.0 => Distance::Within400,
            _ => Distance::Farther,
        }
    }

    /// The band before whatever it is measured from: "within 25 km of".
    pub fn words(self) -> &'static str {
        match self {
            Distance::SamePlace => "in the same place as",
            Distance::Within25 => "within 25 km of",
            Distance::Within100 => "within 100 km of",
            Distance::Within400 => "within 400 km of",
            Distance::Farther => "more than 400 km from",
        }
    }
}

/// The bands as cosines, for comparing one place with very many.
#[derive(Clone, Copy, Debug)]
pub struct DistanceBands([f64; 3]);

impl Default for DistanceBands {
    fn default() -> DistanceBands {
        DistanceBands([25.0, 100.0, 400.0].map(Direction::cosine_of))
    }
}

impl DistanceBands {
    /// The band between two points.
    pub fn between(&self, one: Direction, other: Direction) -> Distance {
        let cosine = one.cosine_to(other);
        match self.0 {
            [near, ..] if cosine >= near => Distance::Within25,
            [_, near, _] if cosine >= near => Distance::Within100,
            [.., near] if cosine >= near => Distance::Within400,
            _ => Distance::Farther,
        }
    }
}
