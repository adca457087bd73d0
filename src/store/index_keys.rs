//! Every key of table `index`. Text ends with two zero bytes, a zero inside it being followed by 255, so that no text is
//! taken for the beginning of another.

use super::backend::KeyRange;
use super::keys::prefixed;
use super::same_person::LinkPosition;
use super::sections::{Section, seal_byte, seal_of_byte};
use super::tie_kind::TieKind;
use crate::model::ids::{ExternalId, PersonId, PublicId, StatementId, StewardId, SubjectKind};
use crate::model::same_person::Verdict;

/// A key of table `index`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexKey {
    PublicId(PublicId),
    /// Unique within steward and kind.
    ExternalId {
        steward: StewardId,
        kind: SubjectKind,
        external_id: ExternalId,
    },
    PersonName {
        folded: String,
        person: u64,
        section: Section,
    },
    PlaceName {
        folded: String,
        region: String,
        place: u64,
        section: Section,
    },
    NationName {
        folded: String,
        nation: u64,
        section: Section,
    },
    /// From the other end of a tie to the subject of its statement.
    Tie {
        other: u64,
        kind: TieKind,
        subject: u64,
        statement: StatementId,
    },
    /// Every subject of the kinds that are listed: all but people.
    OfKind {
        kind: SubjectKind,
        number: u64,
    },
    /// The first half of the SHA-256 of a source.
    Source([u8; 16]),
    /// A same-person link, by verdict and likelihood.
    SamePerson {
        verdict: Verdict,
        position: LinkPosition,
        section: Section,
    },
}

const PUBLIC_ID: u8 = 1;
const EXTERNAL_ID: u8 = 2;
const PERSON_NAME: u8 = 3;
const PLACE_NAME: u8 = 4;
const NATION_NAME: u8 = 5;
const TIE: u8 = 6;
const OF_KIND: u8 = 7;
const SOURCE: u8 = 8;
const SAME_PERSON: u8 = 20;

const KINDS: [(SubjectKind, u8); 6] = [
    (SubjectKind::Person, 1),
    (SubjectKind::Nation, 2),
    (SubjectKind::Household, 3),
    (SubjectKind::Place, 4),
    (SubjectKind::Case, 5),
    (SubjectKind::WaitingFamily, 6),
];

/// The number of a kind on disk.
pub fn kind_byte(kind: SubjectKind) -> u8 {
    KINDS
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or(0, |(_, byte)| *byte)
}

pub fn kind_of_byte(byte: u8) -> Option<SubjectKind> {
    KINDS
        .iter()
        .find(|(_, known)| *known == byte)
        .map(|(kind, _)| *kind)
}

impl IndexKey {
    pub fn encode(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(40);
        match self {
            IndexKey::PublicId(id) => {
                key.push(PUBLIC_ID);
                key.extend_from_slice(&id.0.to_be_bytes());
            }
            IndexKey::ExternalId {
                steward,
                kind,
                external_id,
            } => {
                key.push(EXTERNAL_ID);
                key.extend_from_slice(&steward.0.to_be_bytes());
                key.push(kind_byte(*kind));
                put_text(&mut key, &external_id.source);
                put_text(&mut key, &external_id.xref);
            }
            IndexKey::PersonName {
                folded,
                person,
                section,
            } => {
                key.push(PERSON_NAME);
                put_text(&mut key, folded);
                put_number_and_section(&mut key, *person, *section);
            }
            IndexKey::PlaceName {
                folded,
                region,
                place,
                section,
            } => {
                key.push(PLACE_NAME);
                put_text(&mut key, folded);
                put_text(&mut key, region);
                put_number_and_section(&mut key, *place, *section);
            }
            IndexKey::NationName {
                folded,
                nation,
                section,
            } => {
                key.push(NATION_NAME);
                put_text(&mut key, folded);
                put_number_and_section(&mut key, *nation, *section);
            }
            IndexKey::Tie {
                other,
                kind,
                subject,
                statement,
            } => {
                key.extend_from_slice(&ties(*other, *kind).start);
                key.extend_from_slice(&subject.to_be_bytes());
                key.extend_from_slice(&statement.0.to_be_bytes());
            }
            IndexKey::OfKind { kind, number } => {
                key.extend_from_slice(&[OF_KIND, kind_byte(*kind)]);
                key.extend_from_slice(&number.to_be_bytes());
            }
            IndexKey::Source(hash) => {
                key.push(SOURCE);
                key.extend_from_slice(hash);
            }
            IndexKey::SamePerson {
                verdict,
                position,
                section,
            } => {
                put_link(&mut key, *verdict, *position);
                key.extend_from_slice(&section.steward.0.to_be_bytes());
                key.push(seal_byte(section.seal));
            }
        }
        key
    }

    /// Reads a key back; nothing if it is none of ours.
    pub fn decode(key: &[u8]) -> Option<IndexKey> {
        let (tag, mut rest) = key.split_first()?;
        let rest = &mut rest;
        let decoded = match *tag {
            PUBLIC_ID => IndexKey::PublicId(PublicId(u128::from_be_bytes(take(rest)?))),
            EXTERNAL_ID => IndexKey::ExternalId {
                steward: StewardId(u32::from_be_bytes(take(rest)?)),
                kind: kind_of_byte(take::<1>(rest)?[0])?,
                external_id: ExternalId {
                    source: take_text(rest)?,
                    xref: take_text(rest)?,
                },
            },
            PERSON_NAME => IndexKey::PersonName {
                folded: take_text(rest)?,
                person: take_number(rest)?,
                section: take_section(rest)?,
            },
            PLACE_NAME => IndexKey::PlaceName {
                folded: take_text(rest)?,
                region: take_text(rest)?,
                place: take_number(rest)?,
                section: take_section(rest)?,
            },
            NATION_NAME => IndexKey::NationName {
                folded: take_text(rest)?,
                nation: take_number(rest)?,
                section: take_section(rest)?,
            },
            TIE => IndexKey::Tie {
                other: take_number(rest)?,
                kind: TieKind::of_byte(take::<1>(rest)?[0])?,
                subject: take_number(rest)?,
                statement: StatementId(take_number(rest)?),
            },
            OF_KIND => IndexKey::OfKind {
                kind: kind_of_byte(take::<1>(rest)?[0])?,
                number: take_number(rest)?,
            },
            SOURCE => IndexKey::Source(take(rest)?),
            SAME_PERSON => IndexKey::SamePerson {
                verdict: verdict_of_byte(take::<1>(rest)?[0])?,
                position: LinkPosition {
                    unlikeliness: u32::from_be_bytes(take(rest)?),
                    subject: PersonId(take_number(rest)?),
                    statement: StatementId(take_number(rest)?),
                },
                section: take_section(rest)?,
            },
            _ => return None,
        };
        rest.is_empty().then_some(decoded)
    }
}

/// All people one of whose folded names begins with `prefix`.
pub fn person_names(prefix: &str) -> KeyRange {
    let mut start = vec![PERSON_NAME];
    put_text(&mut start, prefix);
    start.truncate(start.len() - TEXT_END.len());
    prefixed(&start)
}

/// All places of a folded name, in whatever region.
pub fn place_names(folded: &str) -> KeyRange {
    let mut start = vec![PLACE_NAME];
    put_text(&mut start, folded);
    prefixed(&start)
}

/// All nations of a folded name.
pub fn nation_names(folded: &str) -> KeyRange {
    let mut start = vec![NATION_NAME];
    put_text(&mut start, folded);
    prefixed(&start)
}

/// All ties of one kind to a subject.
pub fn ties(other: u64, kind: TieKind) -> KeyRange {
    let mut start = vec![TIE];
    start.extend_from_slice(&other.to_be_bytes());
    start.push(kind.byte());
    prefixed(&start)
}

/// The subject to which the ties of a range are; nothing for other ranges.
pub fn tied_to_whom(start: &[u8]) -> Option<u64> {
    let mut rest = start.strip_prefix(&[TIE])?;
    take_number(&mut rest)
}

/// All listed subjects of a kind.
pub fn of_kind(kind: SubjectKind) -> KeyRange {
    prefixed(&[OF_KIND, kind_byte(kind)])
}

/// All same-person links of a verdict, or those from a position on.
pub fn same_person_links(verdict: Verdict, from: Option<LinkPosition>) -> KeyRange {
    let mut range = prefixed(&[SAME_PERSON, verdict_byte(verdict)]);
    if let Some(position) = from {
        range.start.clear();
        put_link(&mut range.start, verdict, position);
    }
    range
}

fn put_link(key: &mut Vec<u8>, verdict: Verdict, position: LinkPosition) {
    key.extend_from_slice(&[SAME_PERSON, verdict_byte(verdict)]);
    key.extend_from_slice(&position.unlikeliness.to_be_bytes());
    key.extend_from_slice(&position.subject.0.to_be_bytes());
    key.extend_from_slice(&position.statement.0.to_be_bytes());
}

fn verdict_byte(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Undecided => 1,
        Verdict::Same => 2,
        Verdict::Different => 3,
    }
}

fn verdict_of_byte(byte: u8) -> Option<Verdict> {
    Verdict::ALL
        .into_iter()
        .find(|verdict| verdict_byte(*verdict) == byte)
}

const TEXT_END: [u8; 2] = [0, 0];

fn put_text(key: &mut Vec<u8>, text: &str) {
    for &byte in text.as_bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(u8::MAX);
        }
    }
    key.extend_from_slice(&TEXT_END);
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        match take::<1>(rest)?[0] {
            0 => match take::<1>(rest)?[0] {
                0 => return String::from_utf8(bytes).ok(),
                u8::MAX => bytes.push(0),
                _ => return None,
            },
            byte => bytes.push(byte),
        }
    }
}

fn put_number_and_section(key: &mut Vec<u8>, number: u64, section: Section) {
    key.extend_from_slice(&number.to_be_bytes());
    key.extend_from_slice(&section.steward.0.to_be_bytes());
    key.push(seal_byte(section.seal));
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(take(rest)?))
}

fn take_section(rest: &mut &[u8]) -> Option<Section> {
    Some(Section {
        steward: StewardId(u32::from_be_bytes(take(rest)?)),
        seal: seal_of_byte(take::<1>(rest)?[0])?,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::statement::SealClass;
    use proptest::prelude::*;

    const SECTION: Section = Section {
        steward: StewardId(1),
        seal: SealClass::Adoption,
    };

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keys_on_disk_do_not_change() {
        let external_id = ExternalId {
            source: "a".to_owned(),
            xref: "I1".to_owned(),
        };
        let golden: [(Vec<u8>, &str); 9] = [
            (
                IndexKey::PublicId(PublicId(5)).encode(),
                "0100000000000000000000000000000005",
            ),
            (
                IndexKey::ExternalId {
                    steward: StewardId(1),
                    kind: SubjectKind::Person,
                    external_id,
                }
                .encode(),
                "02000000010161000049310000",
            ),
            (
                IndexKey::PersonName {
                    folded: "a\0".to_owned(),
                    person: 3,
                    section: SECTION,
                }
                .encode(),
                "036100ff000000000000000000030000000101",
            ),
            (
                IndexKey::PlaceName {
                    folded: "a".to_owned(),
                    region: String::new(),
                    place: 3,
                    section: SECTION,
                }
                .encode(),
                "04610000000000000000000000030000000101",
            ),
            (
                IndexKey::NationName {
                    folded: "a".to_owned(),
                    nation: 3,
                    section: SECTION,
                }
                .encode(),
                "0561000000000000000000030000000101",
            ),
            (
                IndexKey::Tie {
                    other: 4,
                    kind: TieKind::Union,
                    subject: 3,
                    statement: StatementId(9),
                }
                .encode(),
                "0600000000000000040400000000000000030000000000000009",
            ),
            (
                IndexKey::OfKind {
                    kind: SubjectKind::Case,
                    number: 3,
                }
                .encode(),
                "07050000000000000003",
            ),
            (
                IndexKey::Source([7; 16]).encode(),
                "0807070707070707070707070707070707",
            ),
            (person_names("ma").end, "036d62"),
        ];
        for (key, expected) in golden {
            assert_eq!(hex(&key), expected);
        }
    }

    #[test]
    fn a_name_is_not_the_beginning_of_another() {
        let name = |folded: &str| {
            IndexKey::PersonName {
                folded: folded.to_owned(),
                person: 1,
                section: SECTION,
            }
            .encode()
        };
        assert!(person_names("ann").contains(&name("anna")));
        assert!(person_names("ann").contains(&name("ann")));
        assert!(!person_names("ann").contains(&name("an")));
        let place = |folded: &str| IndexKey::PlaceName {
            folded: folded.to_owned(),
            region: String::new(),
            place: 1,
            section: SECTION,
        };
        assert!(!place_names("york").contains(&place("yorkton").encode()));
    }

    fn section() -> impl Strategy<Value = Section> {
        (any::<u32>(), 0..4u8).prop_map(|(steward, seal)| Section {
            steward: StewardId(steward),
            seal: seal_of_byte(seal).unwrap(),
        })
    }

    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec(prop_oneof![Just('\0'), Just('\u{1}'), any::<char>()], 0..6)
            .prop_map(|chars| chars.into_iter().collect())
    }

    fn kind() -> impl Strategy<Value = SubjectKind> {
        (1..=6u8).prop_map(|byte| kind_of_byte(byte).unwrap())
    }

    fn index_key() -> impl Strategy<Value = IndexKey> {
        let numbers = (any::<u64>(), any::<u64>(), any::<u64>());
        prop_oneof![
            any::<u128>().prop_map(|id| IndexKey::PublicId(PublicId(id))),
            (any::<u32>(), kind(), text(), text()).prop_map(|(steward, kind, source, xref)| {
                IndexKey::ExternalId {
                    steward: StewardId(steward),
                    kind,
                    external_id: ExternalId { source, xref },
                }
            }),
            (text(), any::<u64>(), section()).prop_map(|(folded, person, section)| {
                IndexKey::PersonName {
                    folded,
                    person,
                    section,
                }
            }),
            (text(), text(), any::<u64>(), section()).prop_map(
                |(folded, region, place, section)| {
                    IndexKey::PlaceName {
                        folded,
                        region,
                        place,
                        section,
                    }
                }
            ),
            (text(), any::<u64>(), section()).prop_map(|(folded, nation, section)| {
                IndexKey::NationName {
                    folded,
                    nation,
                    section,
                }
            }),
            (numbers, 1..=12u8).prop_map(|((other, subject, statement), kind)| IndexKey::Tie {
                other,
                kind: TieKind::of_byte(kind).unwrap(),
                subject,
                statement: StatementId(statement),
            }),
            (kind(), any::<u64>()).prop_map(|(kind, number)| IndexKey::OfKind { kind, number }),
            any::<[u8; 16]>().prop_map(IndexKey::Source),
            (
                0..3usize,
                any::<u32>(),
                any::<u64>(),
                any::<u64>(),
                section()
            )
                .prop_map(|(verdict, unlikeliness, subject, statement, section)| {
                    IndexKey::SamePerson {
                        verdict: Verdict::ALL[verdict],
                        position: LinkPosition {
                            unlikeliness,
                            subject: PersonId(subject),
                            statement: StatementId(statement),
                        },
                        section,
                    }
                }),
        ]
    }

    proptest! {
        #[test]
        fn index_keys_read_back(key in index_key()) {
            prop_assert_eq!(IndexKey::decode(&key.encode()), Some(key));
        }

        #[test]
        fn names_sort_as_their_text(a in text(), b in text(), section in section()) {
            let key = |folded: &String| IndexKey::PersonName { folded: folded.clone(), person: 1, section }.encode();
            prop_assert_eq!(key(&a).cmp(&key(&b)), a.cmp(&b));
        }

        #[test]
        fn cut_keys_are_refused(key in index_key(), cut in 1..8usize) {
            let mut bytes = key.encode();
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            prop_assert_ne!(IndexKey::decode(&bytes), Some(key));
        }
    }
}
