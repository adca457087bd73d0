//! The rules, each as a pure function of a few numbers. What orders families and what is told of them both come from here.

use crate::lookup::family_columns::{Days, NOT_ANSWERED, Said, approval};
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::placement::candidate::Distance;

/// What one rule says of one family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Does not arise.
    NotAsked,
    /// With the share of its points, 0 to 1.
    Yes(f64),
    /// Excludes.
    No,
    /// Not known, and must be before anybody decides.
    Review,
    /// Not known; an answer could only add points.
    Silent,
}

/// One rule of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub id: String,
    /// What it is about, for sentences.
    pub title: String,
    /// Points of a full yes.
    pub weight: f64,
    pub test: Test,
}

impl Rule {
    /// What a yes is for. Rules are named after what excludes; parts of a score speak for the family.
    pub fn part(&self) -> &str {
        match self.test {
            Test::Given | Test::InForce { .. } => "approval",
            Test::Hold => "availability",
            Test::Consent { .. } => "consent",
            _ => &self.id,
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Approved, and from today or earlier.
    Given,
    /// The approval has not expired, today and when a placement is likely.
    InForce {
        likely: Day,
    },
    Hold,
    Room {
        needed: u8,
    },
    Ages(Ages),
    /// What the family answered to a category.
    Answers(Asked),
    /// A child who may consent said no.
    Consent {
        name: String,
    },
    /// Distance; from level 3 on only within 25 km.
    Near {
        level: u8,
        shares: [f64; 5],
    },
    Region {
        must: bool,
    },
    Language {
        must: bool,
    },
    Attachment,
}

/// Why a category is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    OtherMatch,
    Siblings,
    Gender,
    Permanence,
    Veto,
    Graded,
    Must,
    Helps,
    Wish,
}

/// A category, a level, and what each of the four answers means.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub key: String,
    pub level: u8,
    pub role: Role,
    /// By what the family said: nothing, accepts, would consider, declines.
    pub outcomes: [Verdict; 4],
}

impl Asked {
    pub fn new(key: &str, level: u8, role: Role) -> Asked {
        Asked {
            key: key.to_owned(),
            level,
            role,
            outcomes: [Verdict::NotAsked; 4],
        }
    }

    /// Fills in what answers mean; a family that would consider is worth this share.
    pub fn with_outcomes(self, considers: f64) -> Asked {
        use Verdict::{No, NotAsked, Review, Silent, Yes};
        let outcomes = match self.role {
            Role::OtherMatch => [NotAsked, No, NotAsked, NotAsked],
            Role::Veto => [Review, No, No, NotAsked],
            Role::Siblings | Role::Gender => [Silent, Yes(1.0), Yes(considers), No],
            Role::Graded | Role::Must | Role::Permanence => [Review, Yes(1.0), Yes(considers), No],
            Role::Helps | Role::Wish => [Silent, Yes(1.0), Yes(considers), Yes(0.0)],
        };
        Asked { outcomes, ..self }
    }
}

/// The ages of the children together, in whole years, as far as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Nobody can be younger; where that is not known: -1.
    pub lowest: i32,
    /// Nobody can be older; where that is not known: far more than any age.
    pub highest: i32,
    /// Somebody is at least as old.
    pub oldest: i32,
    /// Somebody is at most as old.
    pub youngest: i32,
    /// The oldest will be at least as old when a placement is likely.
    pub oldest_then: i32,
}

/// Older than anybody.
const NO_AGE: i32 = 1000;

impl Ages {
    pub fn of(births: &[Option<PartialDate>], as_of: Day, likely: Day) -> Ages {
        let mut ages = Ages {
            lowest: NO_AGE,
            highest: -1,
            oldest: -1,
            youngest: NO_AGE,
            oldest_then: -1,
        };
        for birth in births {
            let age = birth.map(|birth| birth.age_on(as_of));
            let (least, greatest) = age.map_or((None, None), |age| (age.least, age.greatest));
            let then = birth.and_then(|birth| birth.age_on(likely).least);
            ages.lowest = ages.lowest.min(least.unwrap_or(-1));
            ages.highest = ages.highest.max(greatest.unwrap_or(NO_AGE));
            ages.oldest = ages.oldest.max(least.unwrap_or(-1));
            ages.youngest = ages.youngest.min(greatest.unwrap_or(NO_AGE));
            ages.oldest_then = ages.oldest_then.max(then.unwrap_or(-1));
        }
        ages
    }

    /// Somebody is surely older than this.
    pub fn has_older_than(&self, to: u8) -> bool {
        to != NOT_ANSWERED && self.oldest > i32::from(to)
    }

    /// Somebody is surely younger than this.
    pub fn has_younger_than(&self, from: u8) -> bool {
        from != NOT_ANSWERED && self.youngest < i32::from(from)
    }
}

#[inline]
pub fn given(state: u8, approved: Days, as_of: Day) -> Verdict {
    match state {
        approval::NOT_RECORDED => Verdict::Review,
        approval::APPROVED if approved.first <= as_of.0 => Verdict::NotAsked,
        _ => Verdict::No,
    }
}

/// Half of the points where it ends before a placement is likely.
#[inline]
pub fn in_force(state: u8, expires: Days, as_of: Day, likely: Day) -> Verdict {
    if expires.last <= as_of.0 {
        Verdict::No
    } else if state != approval::APPROVED {
        Verdict::NotAsked
    } else if expires.first <= as_of.0 {
        Verdict::Review
    } else if expires.last <= likely.0 {
        Verdict::Yes(0.5)
    } else {
        Verdict::Yes(1.0)
    }
}

#[inline]
pub fn hold(on_hold: u8) -> Verdict {
    match on_hold {
        0 => Verdict::Yes(1.0),
        NOT_ANSWERED => Verdict::Review,
        _ => Verdict::No,
    }
}

#[inline]
pub fn room(capacity: u8, needed: u8) -> Verdict {
    if capacity == NOT_ANSWERED {
        Verdict::Review
    } else if capacity >= needed {
        Verdict::Yes(1.0)
    } else {
        Verdict::No
    }
}

/// How many together: a family that was not asked and whose room is known is taken by its room, which another rule looks at;
/// worth as much as one that would consider it.
#[inline]
pub fn siblings(said: Verdict, asked: &Asked, is_room_known: bool) -> Verdict {
    match said {
        Verdict::Silent if is_room_known => asked.outcomes[Said::WouldConsider as usize],
        said => said,
    }
}

/// Half of the points where a child will be too old when a placement is likely.
#[inline]
pub fn ages(ages: &Ages, from: u8, to: u8) -> Verdict {
    if ages.has_older_than(to) || ages.has_younger_than(from) {
        Verdict::No
    } else if from == NOT_ANSWERED
        || to == NOT_ANSWERED
        || ages.lowest < i32::from(from)
        || ages.highest > i32::from(to)
    {
        Verdict::Review
    } else if ages.oldest_then > i32::from(to) {
        Verdict::Yes(0.5)
    } else {
        Verdict::Yes(1.0)
    }
}

/// Whether a distance is near enough for a child who must stay near (level 3).
pub const NEAR_ENOUGH: Distance = Distance::Within25;

#[inline]
pub fn near(level: u8, shares: &[f64; 5], distance: Option<Distance>) -> Verdict {
    match distance {
        None if level > 0 => Verdict::Review,
        None => Verdict::Silent,
        Some(distance) if level >= 3 && distance > NEAR_ENOUGH => Verdict::No,
        Some(distance) => Verdict::Yes(shares[distance as usize]),
    }
}

#[inline]
pub fn same_region(must: bool, same: Truth) -> Verdict {
    match same {
        Truth::Yes => Verdict::Yes(1.0),
        Truth::No if must => Verdict::No,
        Truth::No => Verdict::Yes(0.0),
        Truth::Unknown if must => Verdict::Review,
        Truth::Unknown => Verdict::Silent,
    }
}

/// Whether a language of the child is spoken; nothing if no language is named.
#[inline]
pub fn language(must: bool, shared: Option<bool>) -> Verdict {
    match shared {
        Some(true) => Verdict::Yes(1.0),
        Some(false) if must => Verdict::No,
        Some(false) => Verdict::Yes(0.0),
        None if must => Verdict::Review,
        None => Verdict::Silent,
    }
}

impl Test {
    /// Whether it can exclude anybody.
    pub fn can_exclude(&self) -> bool {
        match self {
            Test::Answers(asked) => asked.outcomes.contains(&Verdict::No),
            Test::Near { level, .. } => *level >= 3,
            Test::Region { must } | Test::Language { must } => *must,
            Test::Attachment => false,
            _ => true,
        }
    }

    /// Whether a yes is worth less the longer ago the family confirmed it.
    pub fn grows_old(&self) -> bool {
        matches!(
            self,
            Test::Hold | Test::Room { .. } | Test::Ages(_) | Test::Answers(_)
        )
    }
}
