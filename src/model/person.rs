//! What is said of one person: names, life dates, places, contact points, cautions, screening.

use super::ids::PlaceId;
use super::partial_date::PartialDate;
use serde::{Deserialize, Serialize};

/// The kinds of name. After the British Columbia person name standard (bcgov/inclusive-names-service): a whole
/// name may stand alone; parts are never required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NameKind {
    Legal,
    Birth,
    Previous,
    Alias,
    Used,
    Traditional,
}

impl NameKind {
    pub const ALL: [NameKind; 6] = [
        NameKind::Legal,
        NameKind::Birth,
        NameKind::Previous,
        NameKind::Alias,
        NameKind::Used,
        NameKind::Traditional,
    ];

    /// The word used in files and messages.
    pub fn word(self) -> &'static str {
        match self {
            NameKind::Legal => "legal",
            NameKind::Birth => "birth",
            NameKind::Previous => "previous",
            NameKind::Alias => "alias",
            NameKind::Used => "used",
            NameKind::Traditional => "traditional",
        }
    }
}

/// A name as written. `full` is always set; parts are empty where they are not known or do not exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Name {
    pub kind: NameKind,
    pub full: String,
    pub given: String,
    pub family: String,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Gender {
    Female,
    Male,
    /// Known, and neither female nor male.
    Other,
    #[default]
    Unknown,
}

impl Gender {
    /// The word used in files and messages; empty for unknown.
    pub fn word(self) -> &'static str {
        match self {
            Gender::Female => "female",
            Gender::Male => "male",
            Gender::Other => "other",
            Gender::Unknown => "",
        }
    }
}

/// What is known of a person's death. No death statement at all means that nothing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Death {
    /// Somebody said that the person is alive (false) or dead (true).
    pub dead: bool,
    pub date: Option<PartialDate>,
    pub place: Option<PlaceId>,
}

/// A place lived. Validity is the statement's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Residence {
    pub place: PlaceId,
}

/// Why a place matters to whom it is said of, beyond living there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PlaceMeaning {
    /// The child's school.
    School,
    /// A community that the child belongs to: a church, a team, a gathering.
    Community,
    /// The territory of a nation.
    Territory,
}

impl PlaceMeaning {
    pub const ALL: [PlaceMeaning; 3] = [
        PlaceMeaning::School,
        PlaceMeaning::Community,
        PlaceMeaning::Territory,
    ];

    pub fn word(self) -> &'static str {
        match self {
            PlaceMeaning::School => "school",
            PlaceMeaning::Community => "community",
            PlaceMeaning::Territory => "territory",
        }
    }
}

/// A place that matters to a child, or the territory of a nation. Validity is the statement's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImportantPlace {
    pub place: PlaceId,
    pub meaning: PlaceMeaning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ContactKind {
    Phone,
    Email,
    Address,
}

/// A contact point as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Contact {
    pub kind: ContactKind,
    pub value: String,
}

/// What a specialist must be careful about with this person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CautionKind {
    /// Must not have a child placed with them.
    BarredFromPlacement,
    /// A court order or declaration forbids contact.
    NoContact,
    /// The family-violence exception to notice covers this person: they are not to be written to.
    FamilyViolenceException,
    /// Where they live must not be told.
    ProtectedAddress,
    /// Speak with a supervisor before doing anything.
    SupervisorFirst,
}

impl CautionKind {
    pub const ALL: [CautionKind; 5] = [
        CautionKind::BarredFromPlacement,
        CautionKind::NoContact,
        CautionKind::FamilyViolenceException,
        CautionKind::ProtectedAddress,
        CautionKind::SupervisorFirst,
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            CautionKind::BarredFromPlacement => "barred_from_placement",
            CautionKind::NoContact => "no_contact",
            CautionKind::FamilyViolenceException => "family_violence_exception",
            CautionKind::ProtectedAddress => "protected_address",
            CautionKind::SupervisorFirst => "supervisor_first",
        }
    }

    /// This caution's bit in [`CautionSet`].
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A caution with the words of whoever recorded it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Caution {
    pub kind: CautionKind,
    pub note: String,
}

/// The cautions in force for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct CautionSet(pub u8);

impl CautionSet {
    pub fn insert(&mut self, kind: CautionKind) {
        self.0 |= kind.bit();
    }

    pub fn contains(self, kind: CautionKind) -> bool {
        self.0 & kind.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn union(self, other: CautionSet) -> CautionSet {
        CautionSet(self.0 | other.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ScreeningResult {
    Cleared,
    Pending,
    /// Not cleared. Shown as a caution; a person decides what follows.
    Concerns,
}

impl ScreeningResult {
    pub fn word(self) -> &'static str {
        match self {
            ScreeningResult::Cleared => "cleared",
            ScreeningResult::Pending => "pending",
            ScreeningResult::Concerns => "concerns",
        }
    }
}

/// A check of a person or home. No screening at all means "needs screening", never an exclusion.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Screening {
    /// "criminal record", "child protection record", "home visit".
    pub kind: String,
    pub result: ScreeningResult,
    pub date: Option<PartialDate>,
    pub expires: Option<PartialDate>,
}

/// A place by name, with the centre of the community where it is known (degrees, WGS 84).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub name: String,
    pub region: String,
    pub centre: Option<Coordinates>,
}

/// Degrees north and east, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coordinates {
    pub latitude: f64,
    pub longitude: f64,
}

/// The earth's mean radius in kilometres (IUGG).
const EARTH_RADIUS: f64 = 6371.0;

impl Coordinates {
    /// Great-circle distance in kilometres (haversine formula).
    pub fn kilometres_to(self, other: Coordinates) -> f64 {
        let (latitude, other_latitude) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_north = (other_latitude - latitude) / 2.0;
        let half_east = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = half_north.sin().powi(2)
            + latitude.cos() * other_latitude.cos() * half_east.sin().powi(2);
        2.0 * EARTH_RADIUS * chord.sqrt().min(1.0).asin()
    }

    /// The same as a point on a sphere, for comparing one place with very many.
    pub fn direction(self) -> Direction {
        let (latitude, longitude) = (self.latitude.to_radians(), self.longitude.to_radians());
        Direction([
            latitude.cos() * longitude.cos(),
            latitude.cos() * longitude.sin(),
            latitude.sin(),
        ])
    }
}

/// A point on a sphere of radius 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direction([f64; 3]);

impl Direction {
    /// The cosine of the angle to another point: the greater, the nearer.
    pub fn cosine_to(self, other: Direction) -> f64 {
        let [x, y, z] = self.0;
        let [other_x, other_y, other_z] = other.0;
        x * other_x + y * other_y + z * other_z
    }

    /// The cosine at which two points are this far apart.
    pub fn cosine_of(kilometres: f64) -> f64 {
        (kilometres / EARTH_RADIUS).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_an_atlas() {
        let vancouver = Coordinates {
            latitude: 49.2827,
            longitude: -123.1207,
        };
        let victoria = Coordinates {
            latitude: 48.4284,
            longitude: -123.3656,
        };
        assert!((vancouver.kilometres_to(victoria) - 96.7).abs() < 1.0);
        assert_eq!(vancouver.kilometres_to(vancouver), 0.0);
        let cosine = vancouver.direction().cosine_to(victoria.direction());
        let kilometres = vancouver.kilometres_to(victoria);
        assert!(Direction::cosine_of(kilometres + 0.01) < cosine);
        assert!(Direction::cosine_of(kilometres - 0.01) > cosine);
    }
}
