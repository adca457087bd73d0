//! A statement: one thing that somebody asserted, with its source, validity, certainty, seal and steward.
//! Statements are the truth; everything else in a store is derived from them.

use super::case::{Case, Inquiry, Outreach, OutreachTarget};
use super::ids::{NationId, PersonId, PlaceId, SourceId, StatementId, StewardId, Subject};
use super::nation::{Membership, Nation};
use super::partial_date::PartialDate;
use super::person::{
    Caution, Contact, Death, Gender, ImportantPlace, Name, Place, Residence, Screening,
};
use super::same_person::SamePersonLink;
use super::tie::{HouseholdMember, NetworkTie, ParentTie, StatedKin, Union};
use super::waiting_family::WaitingFamily;
use serde::{Deserialize, Serialize};

/// How sure the asserter, or whoever checked, is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Certainty {
    /// Checked against a document or with the people concerned.
    Confirmed,
    /// Told by somebody, not checked.
    #[default]
    Reported,
    /// Somebody else says otherwise.
    Disputed,
    /// Known to be wrong; kept for history, never used.
    Disproved,
}

impl Certainty {
    /// The word used in files and messages.
    pub fn word(self) -> &'static str {
        match self {
            Certainty::Confirmed => "confirmed",
            Certainty::Reported => "reported",
            Certainty::Disputed => "disputed",
            Certainty::Disproved => "disproved",
        }
    }

    /// Reads the word used in files.
    pub fn from_word(word: &str) -> Option<Certainty> {
        [
            Certainty::Confirmed,
            Certainty::Reported,
            Certainty::Disputed,
            Certainty::Disproved,
        ]
        .into_iter()
        .find(|certainty| certainty.word() == word)
    }
}

/// What each certainty is worth, 0 to 1. The figures stand in `data/ranking.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertaintyScale {
    pub confirmed: f64,
    pub reported: f64,
    pub disputed: f64,
    /// Factor for a parent who is only presumed.
    pub presumed: f64,
    /// Factor for a relation that was told in a word only.
    pub stated: f64,
}

/// Why a statement may be hidden. `Open` is not hidden.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum SealClass {
    #[default]
    Open,
    /// Joins the record before an adoption with the record after it.
    Adoption,
    /// Would tell where a protected person lives.
    Address,
    /// Safety concerns and screening results.
    Safety,
}

impl SealClass {
    pub const ALL: [SealClass; 4] = [
        SealClass::Open,
        SealClass::Adoption,
        SealClass::Address,
        SealClass::Safety,
    ];

    /// The word used in files and messages; empty for `Open`.
    pub fn word(self) -> &'static str {
        match self {
            SealClass::Open => "",
            SealClass::Adoption => "adoption",
            SealClass::Address => "address",
            SealClass::Safety => "safety",
        }
    }

    /// Reads the word used in files; empty is `Open`.
    pub fn from_word(word: &str) -> Option<SealClass> {
        SealClass::ALL
            .into_iter()
            .find(|class| class.word() == word)
    }
}

/// Where a statement comes from. All parts may be empty, but an empty source is shown as "no source given".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Source {
    /// The document: "file 2001-03", "letter from the school", "tudor.ged".
    pub document: String,
    /// Page, line or paragraph in it.
    pub page: String,
    /// When the document was written.
    pub date: Option<PartialDate>,
    /// Who said so.
    pub asserter: String,
}

/// What stands with every statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    pub source: SourceId,
    /// From when it was true in the world.
    pub valid_from: Option<PartialDate>,
    /// Until when it was true in the world; nothing means that no end is known.
    pub valid_to: Option<PartialDate>,
    pub certainty: Certainty,
    pub seal: SealClass,
    pub steward: StewardId,
}

/// One assertion about a subject. A later version with the same id replaces an earlier one; a retracted version
/// ends it. Nothing is ever removed (lawful erasure apart).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    pub id: StatementId,
    pub fact: Fact,
    pub evidence: Evidence,
    /// True if this version withdraws the statement.
    pub retracted: bool,
}

/// What a statement says of its subject. Ties name the other end; the subject is the first end:
/// the child of a parent tie, the child of a network tie, the member of a nation or household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    Name(Name),
    /// Not yet named: how the person is spoken of ("mother's brother, name unknown").
    Unnamed(String),
    Gender(Gender),
    Birth {
        date: Option<PartialDate>,
        place: Option<PlaceId>,
    },
    Death(Death),
    Residence(Residence),
    Contact(Contact),
    Language(String),
    Caution(Caution),
    Screening(Screening),
    Parent(ParentTie),
    Union(Union),
    StatedKin(StatedKin),
    Network(NetworkTie),
    Membership(Membership),
    HouseholdMember(HouseholdMember),
    Place(Place),
    Nation(Box<Nation>),
    Household {
        name: String,
    },
    Case(Box<Case>),
    Inquiry(Inquiry),
    Outreach(Outreach),
    WaitingFamily(Box<WaitingFamily>),
    /// Anything else worth keeping, in the words of whoever wrote it down.
    Note(String),
    /// Lines of a GEDCOM file that are not understood, to be given back as they stood. Of a person; of the household
    /// that stands for the file where they belong to nobody.
    KeptLines(KeptLines),
    /// The subject and another record may be, are, or are not one person.
    SamePerson(SamePersonLink),
    /// A place that matters: a child's school or community, a nation's territory.
    ImportantPlace(ImportantPlace),
}

/// Lines of a GEDCOM file as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeptLines {
    /// The lines that they stand under, from the record down, one a line: `FAM @F1@`, then `MARR`.
    pub under: String,
    /// With levels that begin at 0.
    pub text: String,
}

impl Fact {
    /// The other person this fact ties its subject to, if it is a tie between people.
    pub fn other_person(&self) -> Option<PersonId> {
        match self {
            Fact::Parent(tie) => Some(tie.parent),
            Fact::Union(tie) => Some(tie.partner),
            Fact::StatedKin(tie) => Some(tie.kin),
            Fact::Network(tie) => Some(tie.adult),
            Fact::SamePerson(link) => Some(link.other),
            _ => None,
        }
    }

    /// Every other subject this fact names, so that it can be found from there too.
    pub fn other_subjects(&self) -> Vec<Subject> {
        match self {
            Fact::Membership(tie) => vec![Subject::Nation(tie.nation)],
            Fact::HouseholdMember(tie) => vec![Subject::Household(tie.household)],
            Fact::Case(case) => vec![Subject::Person(case.child)],
            Fact::Outreach(outreach) => match outreach.whom {
                OutreachTarget::Person(person) => vec![Subject::Person(person)],
                OutreachTarget::Nation(nation) => vec![Subject::Nation(nation)],
                OutreachTarget::WaitingFamily(family) => {
                    vec![Subject::WaitingFamily(family)]
                }
            },
            Fact::WaitingFamily(family) => family
                .members
                .iter()
                .map(|member| Subject::Person(*member))
                .collect(),
            _ => self
                .other_person()
                .map(Subject::Person)
                .into_iter()
                .collect(),
        }
    }

    /// Replaces every subject this fact names by what `f` makes of it. A subject of another kind is not taken over.
    pub fn map_subjects(&mut self, f: &mut dyn FnMut(Subject) -> Subject) {
        match self {
            Fact::Name(_)
            | Fact::Unnamed(_)
            | Fact::Gender(_)
            | Fact::Contact(_)
            | Fact::Language(_)
            | Fact::Caution(_)
            | Fact::Screening(_)
            | Fact::Place(_)
            | Fact::Note(_)
            | Fact::KeptLines(_)
            | Fact::Household { .. } => {}
            Fact::Birth { place, .. } => map_places(place, f),
            Fact::Death(death) => map_places(&mut death.place, f),
            Fact::Residence(residence) => map_place(&mut residence.place, f),
            Fact::ImportantPlace(important) => map_place(&mut important.place, f),
            Fact::Parent(tie) => map_person(&mut tie.parent, f),
            Fact::Union(tie) => map_person(&mut tie.partner, f),
            Fact::StatedKin(tie) => map_person(&mut tie.kin, f),
            Fact::Network(tie) => map_person(&mut tie.adult, f),
            Fact::SamePerson(link) => map_person(&mut link.other, f),
            Fact::Membership(tie) => map_nation(&mut tie.nation, f),
            Fact::HouseholdMember(tie) => {
                if let Subject::Household(household) = f(Subject::Household(tie.household)) {
                    tie.household = household;
                }
            }
            Fact::Nation(nation) => {
                map_people(&mut nation.offered_people, f);
                if let Some(whole) = &mut nation.part_of {
                    map_nation(whole, f);
                }
            }
            Fact::Case(case) => {
                map_person(&mut case.child, f);
                map_people(&mut case.siblings_in_care, f);
            }
            Fact::Inquiry(inquiry) => {
                if let Some(asked) = &mut inquiry.asked {
                    map_person(asked, f);
                }
            }
            Fact::Outreach(outreach) => map_target(&mut outreach.whom, f),
            Fact::WaitingFamily(family) => {
                map_people(&mut family.members, f);
                map_places(&mut family.place, f);
            }
        }
    }
}

fn map_person(person: &mut PersonId, f: &mut dyn FnMut(Subject) -> Subject) {
    if let Subject::Person(mapped) = f(Subject::Person(*person)) {
        *person = mapped;
    }
}

fn map_people(people: &mut [PersonId], f: &mut dyn FnMut(Subject) -> Subject) {
    for person in people {
        map_person(person, f);
    }
}

fn map_nation(nation: &mut NationId, f: &mut dyn FnMut(Subject) -> Subject) {
    if let Subject::Nation(mapped) = f(Subject::Nation(*nation)) {
        *nation = mapped;
    }
}

fn map_place(place: &mut PlaceId, f: &mut dyn FnMut(Subject) -> Subject) {
    if let Subject::Place(mapped) = f(Subject::Place(*place)) {
        *place = mapped;
    }
}

fn map_places(place: &mut Option<PlaceId>, f: &mut dyn FnMut(Subject) -> Subject) {
    if let Some(place) = place {
        map_place(place, f);
    }
}

fn map_target(target: &mut OutreachTarget, f: &mut dyn FnMut(Subject) -> Subject) {
    match target {
        OutreachTarget::Person(person) => map_person(person, f),
        OutreachTarget::Nation(nation) => map_nation(nation, f),
        OutreachTarget::WaitingFamily(family) => {
            if let Subject::WaitingFamily(mapped) = f(Subject::WaitingFamily(*family)) {
                *family = mapped;
            }
        }
    }
}
