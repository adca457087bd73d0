//! The answer to "who could belong to this child": leads in tiers, what was left out and why.

use super::absence::NearMiss;
use super::case::{OutreachState, Purpose};
use super::coverage::Coverage;
use super::ids::{NationId, PersonId, PublicId, Revision, WaitingFamilyId};
use super::nation::MembershipState;
use super::neighborhood::JoinedRecord;
use super::partial_date::{Day, PartialDate};
use super::person::Gender;
use super::same_person::{LinkReason, Probability, Verdict};
use super::statement::{Certainty, Source};
use super::tie::Side;

/// A person as shown in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSummary {
    pub id: PersonId,
    pub public_id: PublicId,
    pub name: String,
    /// False for somebody not yet named.
    pub named: bool,
    pub gender: Gender,
    pub birth: Option<PartialDate>,
    /// True once known to be dead at the date of the question.
    pub dead: bool,
    pub death: Option<PartialDate>,
    /// The other records of this person, where a verdict joined several.
    pub also_recorded_as: Vec<JoinedRecord>,
}

/// Through what a relation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    Blood,
    Adoption,
    /// By a nation's custom.
    Custom,
    /// A kinship word somebody told.
    Stated,
    Affinity,
    Step,
    Foster,
    Guardian,
}

impl Line {
    pub fn word(self) -> &'static str {
        match self {
            Line::Blood => "blood",
            Line::Adoption => "adoption",
            Line::Custom => "custom",
            Line::Stated => "stated",
            Line::Affinity => "affinity",
            Line::Step => "step",
            Line::Foster => "foster",
            Line::Guardian => "guardian",
        }
    }
}

/// Whether a relation through siblings runs through both their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sibship {
    /// The relation does not run through siblings.
    Direct,
    Full,
    Half,
    /// One of the parents who would decide it is not recorded.
    PossiblyHalf,
}

impl Sibship {
    pub fn word(self) -> &'static str {
        match self {
            Sibship::Direct => "direct",
            Sibship::Full => "full",
            Sibship::Half => "half",
            Sibship::PossiblyHalf => "unknown",
        }
    }
}

/// One way in which one person is related to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// What the second person is to the first: "maternal half-great-aunt".
    pub words: String,
    /// The plain word without side, half, line or "former": "great-aunt".
    pub term: String,
    pub side: Side,
    pub line: Line,
    pub sibship: Sibship,
    /// Generations from the first person up to the common ancestor, and from there down to the second.
    pub up: u8,
    pub down: u8,
    /// Civil degree: parent and child steps on the path. By affinity, the degree of the partner.
    pub civil_degree: u8,
    /// Partners on the path.
    pub unions: u8,
    /// The nearest common ancestors, where the relation has any.
    pub common_ancestors: Vec<PersonSummary>,
    pub path: Vec<PathStep>,
    /// Product of the certainties along the path, 0 to 1.
    pub certainty: f64,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStep {
    /// Who is reached by this step.
    pub person: PersonSummary,
    /// What that person is to the one before: "mother", "former husband".
    pub words: String,
    pub certainty: Certainty,
    pub from: Option<PartialDate>,
    pub to: Option<PartialDate>,
    pub source: Source,
    /// Set where this is no step of kinship but another record that may be the same person's.
    pub link: Option<PathLink>,
}

/// The link by which a path goes over to another record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLink {
    pub probability: Option<Probability>,
    pub verdict: Verdict,
    /// The strongest first.
    pub reasons: Vec<LinkReason>,
}

/// A record that is, or may be, of the same person as a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherRecord {
    pub record: JoinedRecord,
    pub verdict: Verdict,
    /// Absent where a human said so without a score.
    pub probability: Option<Probability>,
    /// The strongest first.
    pub reasons: Vec<LinkReason>,
    /// Why it was decided so, where it was.
    pub verdict_reason: String,
}

/// One part of a score, so that the sum can be checked by eye.
#[derive(Clone, Debug, PartialEq)]
pub struct ScorePart {
    /// The name of the weight in `data/ranking.toml`.
    pub name: String,
    pub points: f64,
    /// Why, in words.
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Score {
    /// Sum of the parts.
    pub total: f64,
    pub parts: Vec<ScorePart>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeadStatus {
    /// Nothing that the order asks for is unknown.
    Open,
    /// One or more answers are missing; see the questions.
    NeedsReview,
}

/// What was last done about a lead for the purpose asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutreachBrief {
    pub purpose: Purpose,
    pub state: OutreachState,
    pub date: Option<PartialDate>,
    pub ask_again: Option<PartialDate>,
}

/// Who is suggested.
#[derive(Clone, Debug, PartialEq)]
pub enum LeadTarget {
    Person(PersonSummary),
    WaitingFamily {
        id: WaitingFamilyId,
        public_id: PublicId,
        name: String,
    },
}

impl LeadTarget {
    /// The name shown, then the public id: an order that does not depend on entry.
    pub fn content_key(&self) -> (&str, PublicId) {
        match self {
            LeadTarget::Person(person) => (&person.name, person.public_id),
            LeadTarget::WaitingFamily {
                public_id, name, ..
            } => (name, *public_id),
        }
    }
}

/// One suggestion for one child and purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    pub target: LeadTarget,
    /// 1 is the first within the tier.
    pub rank: u32,
    /// In words; for a network adult the role, for a waiting family "approved waiting family".
    pub relation: String,
    /// The relation that put the lead here; absent for network adults and waiting families.
    pub kinship: Option<Relation>,
    /// The network tie or profile that put the lead here, as a path of one step; empty where `kinship` is set.
    pub path: Vec<PathStep>,
    /// Their other ways of belonging.
    pub other_ways: Vec<String>,
    pub score: Score,
    pub status: LeadStatus,
    /// What one answer would settle ("age not known: at least 19 is asked").
    pub questions: Vec<String>,
    pub cautions: Vec<String>,
    pub outreach: Vec<OutreachBrief>,
    /// In words: "needs screening", "cleared until 2027-03-01".
    pub screening: String,
    /// Other records that are, or may be, of the same person.
    pub also_recorded_as: Vec<OtherRecord>,
    /// "if Marg Josef is Margaret Joseph": what must be true for this person to be related at all. Empty for a lead
    /// that rests on no undecided link.
    pub if_words: String,
    /// What is not known of them: "date of birth", "where they live", "a way to reach them".
    pub unknown: Vec<String>,
}

/// A nation of the child: one lead, its designated representative.
#[derive(Clone, Debug, PartialEq)]
pub struct NationLead {
    pub id: NationId,
    pub public_id: PublicId,
    pub name: String,
    pub other_names: Vec<String>,
    pub membership: MembershipState,
    pub confirmed_by: String,
    /// Through whom: "the child", "mother", …
    pub through: String,
    pub side: Side,
    pub designated_representative: String,
    pub agencies: Vec<String>,
    pub outreach: Vec<OutreachBrief>,
    pub questions: Vec<String>,
}

/// One tier of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct TierAnswer {
    /// 1 is the first.
    pub number: u32,
    pub title: String,
    pub citation: String,
    /// In the first tier, where the order says so: the child's nations, in a list of their own.
    pub nations: Vec<NationLead>,
    pub leads: Vec<Lead>,
    /// How many leads there are, of which `leads` are the first.
    pub total: u32,
    /// Why there are no leads; empty where there are some.
    pub empty_because: String,
}

/// Somebody who would be in a tier but for a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Excluded {
    pub target: LeadTarget,
    /// 0 where no tier of the order holds them.
    pub tier: u32,
    pub relation: String,
    /// The first rule that excludes: "died", "minor", "barred", "declined", …
    pub rule: String,
    /// In words: "died in 1998", "14 years old: connection, not placement".
    pub reason: String,
    /// Whether they are leads for the purpose of connection all the same.
    pub connection: bool,
    /// Of a waiting family: this rule excludes it, and no other.
    pub near_miss: bool,
    /// Of a waiting family: what would admit it, all together: "capacity 1 more". Empty for people.
    pub would_admit: String,
}

/// Which placement order was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderUsed {
    pub id: String,
    pub version: String,
    pub title: String,
    pub citation: String,
    /// Why this order: "named by the case", "an Indigenous child in Canada (…)".
    pub because: String,
    /// What the order says of going on to a later tier.
    pub earlier_tiers: String,
    /// What the law asks to be considered, to be written down, and not to be looked at.
    pub consider: Vec<CitedWords>,
    pub document: Vec<CitedWords>,
    pub not_used: Vec<CitedWords>,
    /// What nobody has checked, what does not apply here and why, what must be asked.
    pub notes: Vec<String>,
}

/// Words with the source that they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedWords {
    pub words: String,
    pub citation: String,
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilyAnswer {
    pub child: PersonSummary,
    pub purpose: Purpose,
    pub as_of: Day,
    /// What the store knew: everything up to and including this revision.
    pub revision: Revision,
    pub order: OrderUsed,
    pub tiers: Vec<TierAnswer>,
    /// The excluded on this page, and how many there are in all.
    pub excluded: Vec<Excluded>,
    pub excluded_total: u32,
    /// The version of the weights that ranked the leads.
    pub weights_version: String,
    /// Of the excluded those whom one rule excludes: people whom time alone admits within a year, the soonest first; where
    /// asked for, the nearest waiting families.
    pub near_misses: Vec<NearMiss>,
    pub coverage: Coverage,
    /// What does not add up in the records: "Ann Lee is recorded as her own ancestor".
    pub contradictions: Vec<String>,
    /// How many people's records were read for this answer.
    pub people_read: u32,
}
